/* lex.h - the tokens of a template. */
#ifndef JINJA_LEX_H
#define JINJA_LEX_H
#include <stddef.h>

#include "jinja/value.h" /* for struct value */

struct jinja;

enum token_kind {
    TOKEN_END, /* of the template */
    TOKEN_DATA,
    TOKEN_PRINT_BEGIN,
    TOKEN_PRINT_END,
    TOKEN_BLOCK_BEGIN,
    TOKEN_BLOCK_END,
    TOKEN_NAME,
    TOKEN_STRING,
    TOKEN_INT,
    TOKEN_FLOAT,
    TOKEN_OPERATOR
};

struct token {
    enum token_kind kind;
    const char *at;
    size_t len;
    const char *text;   /* of data, a name, an operator: itself, terminated */
    struct value value; /* of a literal */
};

/* The tokens of jinja.source, the last one TOKEN_END; NULL after an error. */
const struct token *jinja_lex(struct jinja *j);

#endif
