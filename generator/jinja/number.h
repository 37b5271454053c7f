/* number.h - the filters of numbers: abs, int and round, for the table of filters. */
#ifndef JINJA_NUMBER_H
#define JINJA_NUMBER_H
#include <stdbool.h>

struct jinja;
struct value;

/* `args` as callee.h has them. */
bool number_abs(struct jinja *j, const struct value *args, struct value *out);
bool number_int(struct jinja *j, const struct value *args, struct value *out);
bool number_round(struct jinja *j, const struct value *args, struct value *out);

#endif
