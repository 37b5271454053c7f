/* primary.h - the parser of what stands between operators. */
#ifndef JINJA_PRIMARY_H
#define JINJA_PRIMARY_H

struct expr;
struct parser;

/* All give NULL after an error, and for a NULL that they are given. */
struct expr *parse_primary(struct parser *p);
struct expr *parse_postfix(struct parser *p, struct expr *e);
/* The current token is "|", or "is". */
struct expr *parse_filter(struct parser *p, struct expr *subject);
struct expr *parse_test(struct parser *p, struct expr *subject);

#endif
