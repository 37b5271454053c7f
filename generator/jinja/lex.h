/* lex.h - splits a template into tokens. */
#ifndef JINJA_LEX_H
#define JINJA_LEX_H
#include <stddef.h>

#include "jinja/value.h" /* for struct value */

struct jinja;

enum token_kind {
    TOKEN_END,  /* of the template */
    TOKEN_DATA, /* text outside of tags */
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
    const char *at;     /* in jinja.source */
    size_t len;         /* bytes */
    const char *text;   /* a terminated copy of these bytes */
    struct value value; /* of a string, an int or a float */
};

/* The tokens of jinja.source, in the arena; the last one is TOKEN_END. Returns NULL after an
 * error. */
const struct token *jinja_lex(struct jinja *j);

#endif
