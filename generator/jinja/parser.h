/* parser.h - what the parts of the parser share: the current token, and making expressions.
 *
 * A function that parses returns NULL after an error. parse_attach and parse_make2 accept such a
 * NULL and pass it on. */
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
    int depth, blocks;         /* levels of nesting at this token */
    bool failed;               /* an error was reported; further ones are not */
};

/* Whether the current token is of this kind and, unless `text` is NULL, has this text. */
bool parse_is(const struct parser *p, enum token_kind kind, const char *text);
bool parse_is_op(const struct parser *p, const char *text);
/* The same, and if so advances to the next token. */
bool parse_skip(struct parser *p, enum token_kind kind, const char *text);
bool parse_skip_op(struct parser *p, const char *text);
bool parse_skip_name(struct parser *p, const char *text);
/* The same as parse_skip, but another token is an error. */
bool parse_expect(struct parser *p, enum token_kind kind, const char *text);
/* Reports an error at the current token if it is the first one; returns NULL. */
void *parse_fail(struct parser *p, const char *format, ...) printf_like(2, 3);
/* The current token in the words of a message; a literal is described by its kind only, because it
 * may be secret. */
const char *parse_found(const struct parser *p);

/* An expression without parts; never NULL. */
struct expr *parse_make(struct parser *p, enum expr_kind kind, const struct token *at);
/* Appends `part` to e->args, or NULL for a part that is absent; returns `e`. */
struct expr *parse_attach(struct parser *p, struct expr *e, struct expr *part);
struct expr *parse_attach_nothing(struct parser *p, struct expr *e);
/* An expression of two parts. */
struct expr *parse_make2(struct parser *p, enum expr_kind kind, const struct token *at,
                         struct expr *left, struct expr *right);

#endif
