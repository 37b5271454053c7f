/* parse.h - the parser of expressions. */
#ifndef JINJA_PARSE_H
#define JINJA_PARSE_H
#include <stdbool.h>

struct expr;
struct parser;

/* Without its "if" where `with_if` is false; NULL after an error. */
struct expr *parse_expr(struct parser *p, bool with_if);
/* expr ("," expr)* ","?, a tuple when there is a comma. `empty` allows nothing at all. NULL after
 * an error. */
struct expr *parse_tuple(struct parser *p, bool with_if, bool empty);

#endif
