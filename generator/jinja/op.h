/* op.h - operators between values, by Python's rules. */
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
/* NULL when there is no such operator. */
const struct binary *binary_find(const char *text);
/* -value (`sign` is -1) or +value */
bool binary_sign(struct jinja *j, int sign, const struct value *value, struct value *out);

/* == != < <= > >= in, "not in" */
struct comparison {
    const char *text;
    bool (*apply)(struct jinja *j, const struct value *a, const struct value *b, bool *out);
};
/* NULL when there is no such operator. */
const struct comparison *comparison_find(const char *text);

#endif
