/* parse.h - the parser of expressions. Its functions return NULL after an error.
 *
 * Without `with_if`, `value if condition else other` is not part of the expression: a statement
 * such as {% for %} may have an "if" of its own there. */
#ifndef JINJA_PARSE_H
#define JINJA_PARSE_H
#include <stdbool.h>

struct expr;
struct parser;

struct expr *parse_expr(struct parser *p, bool with_if);
/* expr ("," expr)* ","? - a tuple if there is a comma, else the expression. `empty`: no expression
 * at all is allowed, and is the empty tuple. */
struct expr *parse_tuple(struct parser *p, bool with_if, bool empty);

#endif
