/* number.h - the filters abs, int and round, for the table in filter.c. */
#ifndef JINJA_NUMBER_H
#define JINJA_NUMBER_H
#include <stdbool.h>

struct jinja;
struct value;

/* `args` and `out` are those of callee.apply. */
bool number_abs(struct jinja *j, const struct value *args, struct value *out);
bool number_int(struct jinja *j, const struct value *args, struct value *out);
bool number_round(struct jinja *j, const struct value *args, struct value *out);

#endif
