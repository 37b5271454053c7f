/* Statements by recursive descent:
 *
 *   template = statement*
 *   statement = DATA | "{{" tuple "}}" | "{%" (if | for | set) "%}"
 */
#include <string.h>

#include "base/util.h"
#include "jinja/ast.h"
#include "jinja/block.h"
#include "jinja/lex.h"
#include "jinja/parse.h"
#include "jinja/parser.h"
#include "jinja/rendering.h"

/* The names that may end a list of statements; the last one is NULL. */
typedef const char *const end_names[4];

static bool at_end(const struct parser *p, end_names ends)
{
    const struct token *name = p->token + 1;
    if (p->token->kind != TOKEN_BLOCK_BEGIN || name->kind != TOKEN_NAME)
        return false;
    for (size_t i = 0; ends[i]; i++)
        if (strcmp(name->text, ends[i]) == 0)
            return true;
    return false;
}

static struct stmt *make(struct parser *p, enum stmt_kind kind, const struct token *at)
{
    struct stmt *s = arena_alloc(p->j->arena, sizeof *s);
    *s = (struct stmt){.kind = kind, .at = at->at};
    return s;
}

static struct stmt *parse_statement(struct parser *p);

/* Parses statements until a tag that is named in `ends`; then the current token is the one after
 * that name. */
static struct stmt *parse_body(struct parser *p, end_names ends)
{
    struct stmt *first = NULL, **last = &first;
    parse_skip(p, TOKEN_OPERATOR, ":");
    if (!parse_expect(p, TOKEN_BLOCK_END, NULL))
        return NULL;
    while (!p->failed && !at_end(p, ends)) {
        if (p->token->kind == TOKEN_END)
            return parse_fail(p, "a block has no {%% %s %%}", ends[0]);
        if ((*last = parse_statement(p)))
            last = &(*last)->next;
    }
    p->token += p->failed ? 0 : 2;
    return first;
}

/* Whether the name before the current token is `name`. */
static bool ended_by(const struct parser *p, const char *name)
{
    return !p->failed && strcmp(p->token[-1].text, name) == 0;
}

/* if = "if" condition body ("elif" condition body)* ("else" body)? "endif" */
static struct stmt *parse_if(struct parser *p, const struct token *at)
{
    static end_names ends = {"endif", "elif", "else"}, end = {"endif"};
    struct stmt *first = NULL, **last = &first;
    int branches = 0;
    do {
        struct stmt *s = *last = make(p, STMT_IF, at);
        if (++branches > NESTING_MAX)
            return parse_fail(p, "more than %d branches are not supported", NESTING_MAX);
        if (!(s->expr = parse_tuple(p, false, false)))
            return NULL;
        s->body = parse_body(p, ends);
        last = &s->other;
        at = p->token - 1;
    } while (ended_by(p, "elif"));
    if (ended_by(p, "else"))
        *last = parse_body(p, end);
    return first;
}

static struct target *parse_targets(struct parser *p);

/* target = NAME | "(" targets ")" */
static struct target *parse_target(struct parser *p)
{
    static const char *const words[] = {"true",  "false", "none", "True",
                                        "False", "None",  "loop", "self"};
    const struct token *at = p->token;
    if (parse_skip(p, TOKEN_OPERATOR, "(")) {
        struct target *inner = ++p->depth > NESTING_MAX
                                   ? parse_fail(p, "brackets are nested too deep")
                                   : parse_targets(p);
        p->depth--;
        return inner && parse_expect(p, TOKEN_OPERATOR, ")") ? inner : NULL;
    }
    if (!parse_expect(p, TOKEN_NAME, NULL))
        return NULL;
    struct target *t = arena_alloc(p->j->arena, sizeof *t);
    *t = (struct target){.name = at->text, .at = at->at};
    for (size_t i = 0; i < countof(words); i++)
        if (strcmp(words[i], t->name) == 0) {
            p->token = at;
            return parse_fail(p, "'%s' cannot be set", t->name);
        }
    return t;
}

/* targets = target ("," target)* ","?, a tuple when there is a comma */
static struct target *parse_targets(struct parser *p)
{
    struct target *tuple = arena_alloc(p->j->arena, sizeof *tuple), *item = NULL;
    bool comma = false;
    *tuple = (struct target){.at = p->token->at};
    do {
        if (comma && (parse_is(p, TOKEN_BLOCK_END, NULL) || parse_is(p, TOKEN_OPERATOR, ")")))
            break;
        if (!(item = parse_target(p)))
            return NULL;
        array_push(p->j->arena, tuple->items, tuple->count, item);
    } while (parse_skip(p, TOKEN_OPERATOR, ",") && (comma = true));
    return comma ? tuple : item;
}

/* for = "for" targets "in" tuple ("if" expr)? body ("else" body)? "endfor" */
static struct stmt *parse_for(struct parser *p, const struct token *at)
{
    static end_names ends = {"endfor", "else"}, end = {"endfor"};
    struct stmt *s = make(p, STMT_FOR, at);
    s->target = parse_targets(p);
    if (!s->target || !parse_expect(p, TOKEN_NAME, "in"))
        return NULL;
    s->expr = parse_tuple(p, false, false);
    if (!s->expr)
        return NULL;
    if (parse_skip(p, TOKEN_NAME, "if") && !(s->filter = parse_expr(p, true)))
        return NULL;
    if (parse_is(p, TOKEN_NAME, "recursive"))
        return parse_fail(p, "'recursive' is not supported");
    s->body = parse_body(p, ends);
    if (ended_by(p, "else"))
        s->other = parse_body(p, end);
    return s;
}

/* set = "set" targets "=" tuple */
static struct stmt *parse_set(struct parser *p, const struct token *at)
{
    struct stmt *s = make(p, STMT_SET, at);
    s->target = parse_targets(p);
    if (!s->target)
        return NULL;
    if (parse_is(p, TOKEN_BLOCK_END, NULL) || parse_is(p, TOKEN_OPERATOR, "|"))
        return parse_fail(p, "{%% set %%} without '=' is not supported");
    if (!parse_expect(p, TOKEN_OPERATOR, "="))
        return NULL;
    s->expr = parse_tuple(p, true, false);
    return s->expr ? s : NULL;
}

static const struct {
    const char *name;
    struct stmt *(*parse)(struct parser *p, const struct token *at);
} statements[] = {{"if", parse_if}, {"for", parse_for}, {"set", parse_set}};

static struct stmt *parse_block(struct parser *p)
{
    const struct token *name = ++p->token;
    struct stmt *s = NULL;
    if (name->kind != TOKEN_NAME)
        return parse_fail(p, "expected the name of a statement");
    if (++p->blocks > BLOCKS_MAX)
        return parse_fail(p, "blocks are nested deeper than %d levels", BLOCKS_MAX);
    int blocks = p->blocks;
    for (size_t i = 0; i < countof(statements); i++)
        if (strcmp(statements[i].name, name->text) == 0) {
            p->token++;
            s = statements[i].parse(p, name);
            p->blocks = blocks - 1;
            return !p->failed && parse_expect(p, TOKEN_BLOCK_END, NULL) ? s : NULL;
        }
    if (str_starts(name->text, "end") || strcmp(name->text, "else") == 0 ||
        strcmp(name->text, "elif") == 0)
        return parse_fail(p, "{%% %s %%} does not belong to an open block", name->text);
    return parse_fail(p, "{%% %s %%} is not supported", name->text);
}

static struct stmt *parse_statement(struct parser *p)
{
    struct stmt *s;
    switch (p->token->kind) {
    case TOKEN_DATA:
        s = make(p, STMT_DATA, p->token);
        s->text = p->token->text;
        s->len = p->token++->len;
        return s;
    case TOKEN_PRINT_BEGIN:
        s = make(p, STMT_PRINT, p->token++);
        s->expr = parse_tuple(p, true, false);
        return s->expr && parse_expect(p, TOKEN_PRINT_END, NULL) ? s : NULL;
    default:
        return parse_block(p);
    }
}

bool jinja_parse(struct jinja *j, struct stmt **first)
{
    struct parser p = {.j = j, .token = jinja_lex(j)};
    struct stmt **last = first;
    *first = NULL;
    while (p.token && !p.failed && p.token->kind != TOKEN_END)
        if ((*last = parse_statement(&p)))
            last = &(*last)->next;
    return p.token && !p.failed;
}
