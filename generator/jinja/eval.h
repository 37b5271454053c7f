/* eval.h - evaluates expressions. */
#ifndef JINJA_EVAL_H
#define JINJA_EVAL_H
#include <stdbool.h>

struct expr;
struct jinja;
struct value;

/* Sets jinja.at to the place of `expr`. */
bool jinja_eval(struct jinja *j, const struct expr *expr, struct value *out);

#endif
