/* primary.h - the parser of operands: literals, names and brackets, and the subscripts, filters and
 * tests after them. */
#ifndef JINJA_PRIMARY_H
#define JINJA_PRIMARY_H

struct expr;
struct parser;

/* All return NULL after an error, and if the expression that they are given is NULL. */
/* A literal, a name, or an expression in brackets. */
struct expr *parse_primary(struct parser *p);
/* `e` with the attributes and subscripts that follow it. */
struct expr *parse_postfix(struct parser *p, struct expr *e);
/* `subject` with one filter or test; the current token is its "|" or "is". */
struct expr *parse_filter(struct parser *p, struct expr *subject);
struct expr *parse_test(struct parser *p, struct expr *subject);

#endif
