/* Operands by recursive descent: literals, names and brackets, and after them attributes,
 * subscripts, filters and tests. The grammar above each function is that of Jinja's parser.py. */
#include <string.h>

#include "base/util.h"
#include "jinja/ast.h"
#include "jinja/callee.h"
#include "jinja/filter.h"
#include "jinja/lex.h"
#include "jinja/parse.h"
#include "jinja/parser.h"
#include "jinja/primary.h"
#include "jinja/test.h"
#include "jinja/text.h"
#include "jinja/value.h"

/* string = STRING+ */
static struct expr *parse_string(struct parser *p)
{
    struct expr *e = parse_make(p, EXPR_CONST, p->token);
    struct buf buf = {0};
    bool ok = true;
    for (; p->token->kind == TOKEN_STRING; p->token++)
        ok = ok && text_put(p->j, &buf, p->token->value.text, p->token->value.count);
    if (!text_take(p->j, ok, &buf, &e->value))
        p->failed = true;
    return p->failed ? NULL : e;
}

/* list = "[" (expr ("," expr)* ","?)? "]" */
static struct expr *parse_list(struct parser *p)
{
    struct expr *e = parse_make(p, EXPR_LIST, p->token++);
    while (e && !parse_is_op(p, "]")) {
        if (e->count && !parse_expect(p, TOKEN_OPERATOR, ","))
            return NULL;
        if (!parse_is_op(p, "]"))
            e = parse_attach(p, e, parse_expr(p, true));
    }
    return e && parse_expect(p, TOKEN_OPERATOR, "]") ? e : NULL;
}

/* dict = "{" (expr ":" expr ("," expr ":" expr)* ","?)? "}" */
static struct expr *parse_dict(struct parser *p)
{
    struct expr *e = parse_make(p, EXPR_DICT, p->token++);
    while (e && !parse_is_op(p, "}")) {
        if (e->count && !parse_expect(p, TOKEN_OPERATOR, ","))
            return NULL;
        if (parse_is_op(p, "}"))
            break;
        struct expr *key = parse_expr(p, true);
        if (key && (key->kind == EXPR_LIST || key->kind == EXPR_DICT))
            return parse_fail(p, "a list or a map as a key is not supported");
        e = parse_attach(p, e, key);
        if (!e || !parse_expect(p, TOKEN_OPERATOR, ":"))
            return NULL;
        e = parse_attach(p, e, parse_expr(p, true));
    }
    return e && parse_expect(p, TOKEN_OPERATOR, "}") ? e : NULL;
}

static struct expr *parse_name(struct parser *p)
{
    static const struct {
        const char *name;
        struct value value;
    } constants[] = {
        {"true", {.kind = VALUE_BOOL, .integer = 1}},
        {"True", {.kind = VALUE_BOOL, .integer = 1}},
        {"false", {.kind = VALUE_BOOL}},
        {"False", {.kind = VALUE_BOOL}},
        {"none", {.kind = VALUE_NONE}},
        {"None", {.kind = VALUE_NONE}},
    };
    static const char *const jinjas[] = {"range",  "dict",      "lipsum", "cycler",
                                         "joiner", "namespace", "self"};
    struct expr *e = parse_make(p, EXPR_NAME, p->token);
    e->name = p->token->text;
    for (size_t i = 0; i < countof(jinjas); i++)
        if (strcmp(jinjas[i], e->name) == 0)
            return parse_fail(p, "Jinja's '%s' is not supported", e->name);
    for (size_t i = 0; i < countof(constants); i++)
        if (strcmp(constants[i].name, e->name) == 0) {
            e->kind = EXPR_CONST;
            e->value = constants[i].value;
        }
    p->token++;
    return e;
}

/* primary = NAME | string | INT | FLOAT | "(" tuple? ")" | list | dict */
struct expr *parse_primary(struct parser *p)
{
    struct expr *e;
    if (p->token->kind == TOKEN_NAME)
        return parse_name(p);
    if (p->token->kind == TOKEN_STRING)
        return parse_string(p);
    if (p->token->kind == TOKEN_INT || p->token->kind == TOKEN_FLOAT) {
        e = parse_make(p, EXPR_CONST, p->token);
        e->value = p->token++->value;
        return e;
    }
    if (parse_is_op(p, "["))
        return parse_list(p);
    if (parse_is_op(p, "{"))
        return parse_dict(p);
    if (!parse_skip_op(p, "("))
        return parse_fail(p, "expected a value, found %s", parse_found(p));
    e = parse_tuple(p, true, true);
    return e && parse_expect(p, TOKEN_OPERATOR, ")") ? e : NULL;
}

/* slice = expr? ":" expr? (":" expr?)?, where `from` was parsed already */
static struct expr *parse_slice(struct parser *p, struct expr *object, struct expr *from)
{
    struct expr *e = parse_attach(p, parse_make(p, EXPR_SLICE, p->token), object);
    if (e)
        e = from ? parse_attach(p, e, from) : parse_attach_nothing(p, e);
    p->token++;
    for (int i = 0; e && i < 2; i++) {
        bool nothing = i == 1 && !parse_skip_op(p, ":"); /* no step */
        nothing = nothing || parse_is_op(p, ":") || parse_is_op(p, "]") || parse_is_op(p, ",");
        e = nothing ? parse_attach_nothing(p, e) : parse_attach(p, e, parse_expr(p, true));
    }
    if (e && parse_is_op(p, ","))
        return parse_fail(p, "a slice in a tuple is not supported");
    return e && parse_expect(p, TOKEN_OPERATOR, "]") ? e : NULL;
}

/* subscript = "[" (slice | expr ("," expr)*) "]" */
static struct expr *parse_subscript(struct parser *p, struct expr *object)
{
    const struct token *at = p->token++;
    if (parse_is_op(p, ":"))
        return parse_slice(p, object, NULL);
    if (parse_is_op(p, "]"))
        return parse_fail(p, "an empty subscript is not supported");
    struct expr *first = parse_expr(p, true);
    if (first && parse_is_op(p, ":"))
        return parse_slice(p, object, first);
    if (!first || !parse_is_op(p, ",")) {
        struct expr *item = parse_make2(p, EXPR_ITEM, at, object, first);
        return item && parse_expect(p, TOKEN_OPERATOR, "]") ? item : NULL;
    }
    struct expr *tuple = parse_attach(p, parse_make(p, EXPR_TUPLE, at), first);
    while (tuple && parse_skip_op(p, ","))
        tuple = parse_attach(p, tuple, parse_expr(p, true));
    tuple = parse_make2(p, EXPR_ITEM, at, object, tuple);
    return tuple && parse_expect(p, TOKEN_OPERATOR, "]") ? tuple : NULL;
}

/* attribute = "." (NAME | INT) */
static struct expr *parse_attribute(struct parser *p, struct expr *object)
{
    const struct token *at = ++p->token;
    if (at->kind == TOKEN_NAME) {
        struct expr *e = parse_attach(p, parse_make(p, EXPR_ATTR, at), object);
        if (e)
            e->name = at->text;
        p->token++;
        return e;
    }
    if (at->kind != TOKEN_INT)
        return parse_fail(p, "expected a name or a number after '.'");
    struct expr *index = parse_make(p, EXPR_CONST, at);
    index->value = p->token++->value;
    return parse_make2(p, EXPR_ITEM, at, object, index);
}

/* postfix = (attribute | subscript | call)*, where a call is not supported */
struct expr *parse_postfix(struct parser *p, struct expr *e)
{
    while (e) {
        if (parse_is_op(p, "."))
            e = parse_attribute(p, e);
        else if (parse_is_op(p, "["))
            e = parse_subscript(p, e);
        else if (parse_is_op(p, "("))
            return parse_fail(p, "a call is not supported; use a filter: value|upper");
        else
            break;
    }
    return e;
}

/* The index in call->args of the parameter `name`, or of the first free one if that is NULL; 0
 * after an error. */
static size_t find_param(struct parser *p, struct expr *call, const char *name, bool named)
{
    for (size_t i = 0; i < PARAMS_MAX && call->callee->params[i]; i++)
        if (name ? strcmp(call->callee->params[i], name) == 0 : !call->args[i + 1]) {
            if (call->args[i + 1])
                break;
            return i + 1;
        }
    if (name)
        parse_fail(p, "'%s': the parameter '%s' is not supported, or is given twice",
                   call->callee->name, name);
    else if (named)
        parse_fail(p, "a parameter without a name must not follow one with a name");
    else
        parse_fail(p, "too many parameters for '%s', or they are not supported",
                   call->callee->name);
    return 0;
}

static bool give(struct parser *p, struct expr *call, const char *name, bool named,
                 struct expr *value)
{
    size_t at = value ? find_param(p, call, name, named) : 0;
    if (!at)
        return false;
    call->args[at] = value;
    if (call->height <= value->height)
        call->height = value->height + 1;
    return true;
}

/* args = "(" (arg ("," arg)* ","?)? ")"; arg = expr | NAME "=" expr */
static bool parse_args(struct parser *p, struct expr *call)
{
    bool named = false;
    p->token++;
    for (bool first = true; !parse_is_op(p, ")"); first = false) {
        if (!first && !parse_expect(p, TOKEN_OPERATOR, ","))
            return false;
        if (parse_is_op(p, ")"))
            break;
        if (parse_is_op(p, "*") || parse_is_op(p, "**")) {
            parse_fail(p, "parameters by '%s' are not supported", p->token->text);
            return false;
        }
        const char *name = NULL;
        if (p->token->kind == TOKEN_NAME && strcmp(p->token[1].text, "=") == 0 &&
            p->token[1].kind == TOKEN_OPERATOR) {
            name = p->token->text;
            named = true;
            p->token += 2;
        } else if (named) {
            parse_fail(p, "a parameter without a name must not follow one with a name");
            return false;
        }
        if (!give(p, call, name, named, parse_expr(p, true)))
            return false;
    }
    return parse_expect(p, TOKEN_OPERATOR, ")");
}

/* An EXPR_CALL of `subject` whose parameters are all absent. */
static struct expr *make_call(struct parser *p, const struct token *at, struct expr *subject,
                              const struct callee *callee)
{
    struct expr *e = parse_attach(p, parse_make(p, EXPR_CALL, at), subject);
    for (size_t i = 0; e && i < PARAMS_MAX; i++)
        parse_attach_nothing(p, e);
    if (e)
        e->callee = callee;
    return e;
}

static struct expr *check_required(struct parser *p, struct expr *call)
{
    for (size_t i = 0; i < call->callee->required; i++)
        if (!call->args[i + 1])
            return parse_fail(p, "'%s' needs its parameter '%s'", call->callee->name,
                              call->callee->params[i]);
    return call;
}

static void *unknown(struct parser *p, const char *what, const char *name, const char *near)
{
    return near
               ? parse_fail(p, "the %s '%s' is not supported; did you mean '%s'?", what, name, near)
               : parse_fail(p, "the %s '%s' is not supported", what, name);
}

/* In Jinja the name of a filter or test may contain dots; no such name exists here. */
static bool refuse_dot(struct parser *p)
{
    if (parse_is_op(p, "."))
        parse_fail(p, "a name with a dot is not supported here; use brackets: (value|filter).name");
    return p->failed;
}

/* filter = "|" NAME args? */
struct expr *parse_filter(struct parser *p, struct expr *subject)
{
    const struct token *at = ++p->token;
    if (at->kind != TOKEN_NAME)
        return parse_fail(p, "expected the name of a filter after '|'");
    const struct callee *callee = filter_find(at->text);
    if (!callee)
        return unknown(p, "filter", at->text, filter_nearest(at->text));
    p->token++;
    struct expr *e = refuse_dot(p) ? NULL : make_call(p, at, subject, callee);
    if (e && parse_is_op(p, "(") && !parse_args(p, e))
        return NULL;
    return e ? check_required(p, e) : NULL;
}

/* Whether a test's parameter without brackets begins here. */
static bool is_bare_arg(const struct parser *p)
{
    enum token_kind kind = p->token->kind;
    if (kind == TOKEN_NAME)
        return !parse_is(p, kind, "else") && !parse_is(p, kind, "or") && !parse_is(p, kind, "and");
    return kind == TOKEN_STRING || kind == TOKEN_INT || kind == TOKEN_FLOAT ||
           parse_is_op(p, "[") || parse_is_op(p, "{");
}

/* test = "is" "not"? NAME (args | primary postfix)? */
struct expr *parse_test(struct parser *p, struct expr *subject)
{
    const struct token *at = p->token++;
    bool negated = parse_skip_name(p, "not");
    const char *name = p->token->text;
    if (p->token->kind != TOKEN_NAME)
        return parse_fail(p, "expected the name of a test after 'is'");
    const struct callee *callee = test_find(name);
    if (!callee)
        return unknown(p, "test", name, test_nearest(name));
    p->token++;
    struct expr *e = refuse_dot(p) ? NULL : make_call(p, at, subject, callee);
    if (e && parse_is_op(p, "(") && !parse_args(p, e))
        return NULL;
    if (e && p->token[-1].kind == TOKEN_NAME && is_bare_arg(p)) {
        if (parse_is(p, TOKEN_NAME, "is"))
            return parse_fail(p, "tests cannot be chained");
        if (!give(p, e, NULL, false, parse_postfix(p, parse_primary(p))))
            return NULL;
    }
    e = e ? check_required(p, e) : NULL;
    return e && negated ? parse_attach(p, parse_make(p, EXPR_NOT, at), e) : e;
}
