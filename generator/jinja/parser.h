/* parser.h - what the parts of the parser share: the current token, and making expressions.
 *
 * Functions that give a pointer give NULL after an error, and take it for one of their parts. */
#ifndef JINJA_PARSER_H
#define JINJA_PARSER_H
#include <stdbool.h>

#include "base/util.h" /* for printf_like */
#include "jinja/ast.h" /* for enum expr_kind */
#include "jinja/lex.h" /* for struct token */

struct jinja;

struct parser {
    struct jinja *j;
    const struct token *token; /* the current one */
    int depth, blocks;         /* of nesting here */
    bool failed;
};

/* Whether the current token is of this kind, and this one where `text` is not NULL. */
bool parse_is(const struct parser *p, enum token_kind kind, const char *text);
bool parse_is_op(const struct parser *p, const char *text);
/* The same, and goes on behind it. */
bool parse_skip(struct parser *p, enum token_kind kind, const char *text);
bool parse_skip_op(struct parser *p, const char *text);
bool parse_skip_name(struct parser *p, const char *text);
/* The same; it is an error when it is another. */
bool parse_expect(struct parser *p, enum token_kind kind, const char *text);
/* Reports the first error, at the current token; always NULL. */
void *parse_fail(struct parser *p, const char *format, ...) printf_like(2, 3);
/* What stands at the current token, for a message; of a literal only its kind. */
const char *parse_found(const struct parser *p);

struct expr *parse_make(struct parser *p, enum expr_kind kind, const struct token *at);
/* Appends a part, or one that is not there. */
struct expr *parse_attach(struct parser *p, struct expr *e, struct expr *part);
struct expr *parse_attach_nothing(struct parser *p, struct expr *e);
struct expr *parse_make2(struct parser *p, enum expr_kind kind, const struct token *at,
                         struct expr *left, struct expr *right);

#endif
