#include <stdarg.h>
#include <string.h>

#include "base/util.h"
#include "jinja/ast.h"
#include "jinja/lex.h"
#include "jinja/parser.h"
#include "jinja/rendering.h"

bool parse_is(const struct parser *p, enum token_kind kind, const char *text)
{
    return p->token->kind == kind && (!text || strcmp(p->token->text, text) == 0);
}

bool parse_skip(struct parser *p, enum token_kind kind, const char *text)
{
    if (!parse_is(p, kind, text))
        return false;
    p->token++;
    return true;
}

void *parse_fail(struct parser *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = arena_vprintf(p->j->arena, format, args);
    va_end(args);
    p->j->at = p->token->at;
    if (!p->failed)
        jinja_fail(p->j, "%s", message);
    p->failed = true;
    return NULL;
}

static const char *kind_words(enum token_kind kind)
{
    return kind == TOKEN_PRINT_END ? "'}}'" : kind == TOKEN_BLOCK_END ? "'%}'" : "a name";
}

const char *parse_found(const struct parser *p)
{
    const struct token *t = p->token;
    if (t->kind == TOKEN_NAME || t->kind == TOKEN_OPERATOR)
        return arena_printf(p->j->arena, "'%s'", t->text);
    return t->kind == TOKEN_END || t->kind == TOKEN_DATA ? "the end"
           : t->kind == TOKEN_STRING                     ? "text"
           : t->kind == TOKEN_INT || t->kind == TOKEN_FLOAT
               ? "a number"
               : arena_printf(p->j->arena, "'%s'", t->text);
}

bool parse_expect(struct parser *p, enum token_kind kind, const char *text)
{
    if (parse_skip(p, kind, text))
        return true;
    parse_fail(p, text ? "expected '%s', found %s" : "expected %s, found %s",
               text ? text : kind_words(kind), parse_found(p));
    return false;
}

bool parse_skip_op(struct parser *p, const char *text)
{
    return parse_skip(p, TOKEN_OPERATOR, text);
}

bool parse_is_op(const struct parser *p, const char *text)
{
    return parse_is(p, TOKEN_OPERATOR, text);
}

bool parse_skip_name(struct parser *p, const char *text)
{
    return parse_skip(p, TOKEN_NAME, text);
}

struct expr *parse_make(struct parser *p, enum expr_kind kind, const struct token *at)
{
    struct expr *e = arena_alloc(p->j->arena, sizeof *e);
    *e = (struct expr){.kind = kind, .at = at->at, .height = 1};
    return e;
}

struct expr *parse_attach(struct parser *p, struct expr *e, struct expr *part)
{
    if (!e || !part)
        return NULL;
    array_push(p->j->arena, e->args, e->count, part);
    if (e->height <= part->height)
        e->height = part->height + 1;
    if (e->height > NESTING_MAX)
        return parse_fail(p, "this is nested deeper than %d levels", NESTING_MAX);
    return e;
}

struct expr *parse_make2(struct parser *p, enum expr_kind kind, const struct token *at,
                         struct expr *left, struct expr *right)
{
    return parse_attach(p, parse_attach(p, parse_make(p, kind, at), left), right);
}

struct expr *parse_attach_nothing(struct parser *p, struct expr *e)
{
    array_push(p->j->arena, e->args, e->count, NULL);
    return e;
}
