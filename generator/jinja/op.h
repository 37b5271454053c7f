/* op.h - the operators of values, with Python's rules. */
#ifndef JINJA_OP_H
#define JINJA_OP_H
#include <stdbool.h>

struct jinja;
struct value;

/* + - * / // % ** */
struct binary {
    const char *text;
    bool (*apply)(struct jinja *j, const struct value *a, const struct value *b, struct value *out);
};
/* Returns NULL if there is no such operator. */
const struct binary *binary_find(const char *text);
/* -value if `sign` is -1, +value if it is 1 */
bool binary_sign(struct jinja *j, int sign, const struct value *value, struct value *out);

/* == != < <= > >= in, "not in" */
struct comparison {
    const char *text;
    bool (*apply)(struct jinja *j, const struct value *a, const struct value *b, bool *out);
};
/* Returns NULL if there is no such operator. */
const struct comparison *comparison_find(const char *text);

#endif
