/* Expressions by recursive descent; the grammar above each function is that of Jinja's parser.py.
 * Names such as "if" and "in" are ordinary names where the grammar does not ask for them. This file
 * parses operators, primary.c their operands. */
#include <string.h>

#include "base/util.h"
#include "jinja/ast.h"
#include "jinja/lex.h"
#include "jinja/op.h"
#include "jinja/parse.h"
#include "jinja/parser.h"
#include "jinja/primary.h"
#include "jinja/rendering.h"

/* unary = ("-" | "+") unary | primary postfix, and where `filters`: (filter | test)* after it */
static struct expr *parse_unary(struct parser *p, bool filters)
{
    const struct token *at = p->token;
    struct expr *e;
    if (++p->depth > NESTING_MAX)
        return parse_fail(p, "this is nested deeper than %d levels", NESTING_MAX);
    if (parse_skip_op(p, "-") || parse_skip_op(p, "+")) {
        e = parse_attach(p, parse_make(p, EXPR_SIGN, at), parse_unary(p, false));
        if (e)
            e->name = at->text;
    } else {
        e = parse_primary(p);
    }
    e = parse_postfix(p, e);
    while (e && filters) {
        if (parse_is_op(p, "|"))
            e = parse_filter(p, e);
        else if (parse_is(p, TOKEN_NAME, "is"))
            e = parse_test(p, e);
        else if (parse_is_op(p, "("))
            return parse_fail(p, "a call is not supported");
        else
            break;
    }
    p->depth--;
    return e;
}

/* The precedences of binary operators and of "~", loosest first. */
enum { SUM, CONCAT, PRODUCT, POWER, PRECEDENCES };

static bool is_binary(const struct parser *p, int precedence)
{
    static const char *const operators[PRECEDENCES][4] = {
        [SUM] = {"+", "-"}, [CONCAT] = {"~"}, [PRODUCT] = {"*", "/", "//", "%"}, [POWER] = {"**"}};
    for (size_t i = 0; i < 4 && operators[precedence][i]; i++)
        if (parse_is_op(p, operators[precedence][i]))
            return true;
    return false;
}

/* sum     = concat (("+" | "-") concat)*
 * concat  = product ("~" product)*
 * product = power (("*" | "/" | "//" | "%") power)*
 * power   = unary ("**" unary)*, from left to right */
static struct expr *parse_binary(struct parser *p, int precedence)
{
    if (precedence == PRECEDENCES)
        return parse_unary(p, true);
    struct expr *left = parse_binary(p, precedence + 1);
    while (left && is_binary(p, precedence)) {
        const struct token *at = p->token++;
        struct expr *right = parse_binary(p, precedence + 1);
        if (precedence == CONCAT && left->kind == EXPR_CONCAT) {
            left = parse_attach(p, left, right);
            continue;
        }
        left = parse_make2(p, precedence == CONCAT ? EXPR_CONCAT : EXPR_BINARY, at, left, right);
        if (left)
            left->binary = binary_find(at->text);
    }
    return left;
}

/* Skips a comparison operator and returns it; returns NULL if there is none. */
static const struct comparison *skip_comparison(struct parser *p)
{
    const struct comparison *c = NULL;
    if (p->token->kind == TOKEN_OPERATOR || parse_is(p, TOKEN_NAME, "in"))
        c = comparison_find(p->token->text);
    if (parse_is(p, TOKEN_NAME, "not") && p->token[1].kind == TOKEN_NAME &&
        strcmp(p->token[1].text, "in") == 0) {
        p->token++;
        c = comparison_find("not in");
    }
    p->token += c != NULL;
    return c;
}

/* compare = sum (("==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not" "in") sum)* */
static struct expr *parse_compare(struct parser *p)
{
    struct expr *first = parse_binary(p, SUM), *e = NULL;
    const struct comparison **list = NULL, *c;
    size_t n = 0;
    for (const struct token *at = p->token; first && (c = skip_comparison(p)); at = p->token) {
        if (!e && !(e = parse_attach(p, parse_make(p, EXPR_COMPARE, at), first)))
            return NULL;
        array_push(p->j->arena, list, n, c);
        if (!parse_attach(p, e, parse_binary(p, SUM)))
            return NULL;
        e->comparisons = list;
    }
    return e ? e : first;
}

/* not = "not" not | compare */
static struct expr *parse_not(struct parser *p)
{
    const struct token *at = p->token;
    if (!parse_skip_name(p, "not"))
        return parse_compare(p);
    if (++p->depth > NESTING_MAX)
        return parse_fail(p, "this is nested deeper than %d levels", NESTING_MAX);
    struct expr *e = parse_attach(p, parse_make(p, EXPR_NOT, at), parse_not(p));
    p->depth--;
    return e;
}

/* and = not ("and" not)* */
static struct expr *parse_and(struct parser *p)
{
    struct expr *left = parse_not(p);
    for (const struct token *at = p->token; left && parse_skip_name(p, "and"); at = p->token)
        left = parse_make2(p, EXPR_AND, at, left, parse_not(p));
    return left;
}

/* or = and ("or" and)* */
static struct expr *parse_or(struct parser *p)
{
    struct expr *left = parse_and(p);
    for (const struct token *at = p->token; left && parse_skip_name(p, "or"); at = p->token)
        left = parse_make2(p, EXPR_OR, at, left, parse_and(p));
    return left;
}

/* expr = or ("if" or ("else" expr)?)*; without the "if" unless `with_if` */
struct expr *parse_expr(struct parser *p, bool with_if)
{
    if (++p->depth > NESTING_MAX)
        return parse_fail(p, "this is nested deeper than %d levels", NESTING_MAX);
    struct expr *e = parse_or(p);
    for (const struct token *at = p->token; with_if && e && parse_skip_name(p, "if");
         at = p->token) {
        e = parse_make2(p, EXPR_IF, at, e, parse_or(p));
        if (e && parse_skip_name(p, "else"))
            e = parse_attach(p, e, parse_expr(p, true));
        else if (e)
            parse_attach_nothing(p, e);
    }
    p->depth--;
    return e;
}

static bool is_tuple_end(const struct parser *p)
{
    return p->token->kind == TOKEN_PRINT_END || p->token->kind == TOKEN_BLOCK_END ||
           parse_is_op(p, ")");
}

struct expr *parse_tuple(struct parser *p, bool with_if, bool empty)
{
    struct expr *tuple = parse_make(p, EXPR_TUPLE, p->token);
    bool comma = false;
    while (!is_tuple_end(p)) {
        tuple = parse_attach(p, tuple, parse_expr(p, with_if));
        if (!tuple || !parse_is_op(p, ","))
            break;
        comma = true;
        p->token++;
    }
    if (!tuple || comma)
        return tuple;
    if (tuple->count)
        return tuple->args[0];
    return empty ? tuple : parse_fail(p, "expected an expression, found %s", parse_found(p));
}
