#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/util.h"
#include "jinja/ast.h"
#include "jinja/callee.h"
#include "jinja/eval.h"
#include "jinja/item.h"
#include "jinja/op.h"
#include "jinja/rendering.h"
#include "jinja/scope.h"
#include "jinja/text.h"
#include "jinja/value.h"

static bool eval_const(struct jinja *j, const struct expr *e, struct value *out)
{
    (void)j;
    *out = e->value;
    return true;
}

static bool eval_name(struct jinja *j, const struct expr *e, struct value *out)
{
    return scope_get(j, e->name, out);
}

/* Evaluates all parts into an array in the arena. */
static bool eval_args(struct jinja *j, const struct expr *e, struct value **items)
{
    *items = arena_alloc(j->arena, e->count * sizeof **items);
    for (size_t i = 0; i < e->count; i++)
        if (!jinja_spend(j, sizeof **items) || !jinja_eval(j, e->args[i], &(*items)[i]))
            return false;
    j->at = e->at;
    return true;
}

static bool eval_sequence(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value *items;
    return eval_args(j, e, &items) &&
           value_collect(j, e->kind == EXPR_LIST ? VALUE_LIST : VALUE_TUPLE, items, e->count, out);
}

/* A repeated key keeps its place and gets the new value, as in Python. */
static bool eval_dict(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value *items;
    if (!eval_args(j, e, &items))
        return false;
    struct value dict = {.kind = VALUE_DICT, .items = items};
    for (size_t i = 0; i < e->count; i += 2) {
        const struct value *before;
        if (!value_hashable(j, &items[i]) || !value_find(j, &dict, &items[i], &before))
            return false;
        size_t at = before ? (size_t)(before - items) - 1 : 2 * dict.count++;
        if (!before)
            items[at] = items[i];
        items[at + 1] = items[i + 1];
    }
    return value_collect(j, VALUE_DICT, items, dict.count, out);
}

static bool eval_not(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value value;
    if (!jinja_eval(j, e->args[0], &value))
        return false;
    *out = value_bool(!value_truth(&value));
    return true;
}

static bool eval_and_or(struct jinja *j, const struct expr *e, struct value *out)
{
    if (!jinja_eval(j, e->args[0], out))
        return false;
    return value_truth(out) == (e->kind == EXPR_OR) || jinja_eval(j, e->args[1], out);
}

static bool eval_sign(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value value;
    if (!jinja_eval(j, e->args[0], &value))
        return false;
    j->at = e->at;
    return binary_sign(j, *e->name == '-' ? -1 : 1, &value, out);
}

static bool has_names(const struct expr *e)
{
    bool has = e->kind == EXPR_NAME;
    for (size_t i = 0; !has && i < e->count; i++)
        has = e->args[i] && has_names(e->args[i]);
    return has;
}

static bool is_number(const struct expr *e)
{
    return e->kind == EXPR_SIGN ? is_number(e->args[0])
                                : e->kind == EXPR_CONST && value_is_number(&e->value);
}

/* Jinja compiles to Python source, where (-2) ** x becomes -2 ** x, which is -(2 ** x). */
static bool check_power(struct jinja *j, const struct expr *e, const struct value *base)
{
    if (strcmp(e->binary->text, "**") != 0 || !value_is_number(base) ||
        !signbit(value_real(base)) || is_number(e->args[1]) || has_names(e->args[0]))
        return true;
    return jinja_fail(j, "a negative constant to the power of a value is not supported: "
                         "Jinja2 applies its sign to the result");
}

static bool eval_binary(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value a, b;
    if (!jinja_eval(j, e->args[0], &a) || !jinja_eval(j, e->args[1], &b))
        return false;
    j->at = e->at;
    return check_power(j, e, &a) && e->binary->apply(j, &a, &b, out);
}

static bool eval_concat(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value *items;
    struct buf buf = {0};
    if (!eval_args(j, e, &items))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < e->count; i++)
        ok = text_str(j, &items[i], &buf);
    return text_take(j, ok, &buf, out);
}

/* a < b < c is a < b and b < c. */
static bool eval_compare(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value left, right;
    bool yes = true;
    if (!jinja_eval(j, e->args[0], &left))
        return false;
    for (size_t i = 1; yes && i < e->count; i++) {
        if (!jinja_eval(j, e->args[i], &right))
            return false;
        j->at = e->at;
        if (!e->comparisons[i - 1]->apply(j, &left, &right, &yes))
            return false;
        left = right;
    }
    *out = value_bool(yes);
    return true;
}

static bool eval_if(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value condition;
    *out = (struct value){.kind = VALUE_UNDEFINED};
    if (!jinja_eval(j, e->args[1], &condition))
        return false;
    if (value_truth(&condition))
        return jinja_eval(j, e->args[0], out);
    return !e->args[2] || jinja_eval(j, e->args[2], out);
}

static bool eval_attr(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value object;
    if (!jinja_eval(j, e->args[0], &object))
        return false;
    j->at = e->at;
    return jinja_attribute(j, &object, e->name, out);
}

static bool eval_item(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value object, key;
    if (!jinja_eval(j, e->args[0], &object) || !jinja_eval(j, e->args[1], &key))
        return false;
    j->at = e->at;
    return jinja_item(j, &object, &key, out);
}

/* Evaluates a bound of a slice and adjusts it as Python's PySlice_AdjustIndices does. `range` is
 * the lowest bound, the highest bound and the length. */
static bool eval_bound(struct jinja *j, const struct expr *bound, const int64_t *range,
                       int64_t absent, int64_t *out)
{
    struct value value = {.kind = VALUE_NONE};
    const char *at = j->at;
    if (bound && !jinja_eval(j, bound, &value))
        return false;
    j->at = bound ? bound->at : at;
    *out = absent;
    if (value.kind == VALUE_NONE)
        return true;
    if (!value_is_int(&value))
        return jinja_fail(j, "a slice takes integers, not %s", value_words(&value));
    int64_t count = range[2], i = value.integer < 0 ? value.integer + count : value.integer;
    *out = i < range[0] ? range[0] : i > range[1] ? range[1] : i;
    return true;
}

static bool eval_slice(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value object, step = {.kind = VALUE_NONE};
    int64_t from, to;
    if (!jinja_eval(j, e->args[0], &object))
        return false;
    j->at = e->at;
    if (!value_is_sequence(&object))
        return jinja_fail(j, "a slice of %s is not supported", value_words(&object));
    if (e->args[3] && !jinja_eval(j, e->args[3], &step))
        return false;
    j->at = e->at;
    if (step.kind == VALUE_NONE)
        step = value_int(1);
    int64_t count = (int64_t)value_length(&object);
    if (!value_is_int(&step) || step.integer == 0)
        return jinja_fail(j, "the step of a slice must be an integer other than 0");
    bool up = step.integer > 0;
    const int64_t range[] = {up ? 0 : -1, up ? count : count - 1, count};
    if (!eval_bound(j, e->args[1], range, up ? 0 : count - 1, &from) ||
        !eval_bound(j, e->args[2], range, up ? count : -1, &to))
        return false;
    j->at = e->at;
    int64_t most = count + 1; /* longer ones also give one item at most, but could overflow */
    int64_t by = step.integer > most ? most : step.integer < -most ? -most : step.integer;
    return jinja_slice(j, &object, from, to, by, out);
}

static bool eval_call(struct jinja *j, const struct expr *e, struct value *out)
{
    struct value args[1 + PARAMS_MAX] = {0};
    for (size_t i = 0; i < e->count; i++)
        if (e->args[i] && !jinja_eval(j, e->args[i], &args[i]))
            return false;
    j->at = e->at;
    if (e->callee->apply)
        return e->callee->apply(j, args, out);
    bool yes;
    bool ok = comparison_find(e->callee->comparison)->apply(j, &args[0], &args[1], &yes);
    *out = value_bool(ok && yes);
    return ok;
}

bool jinja_eval(struct jinja *j, const struct expr *expr, struct value *out)
{
    static bool (*const evals[])(struct jinja *, const struct expr *, struct value *) = {
        [EXPR_CONST] = eval_const,    [EXPR_NAME] = eval_name,     [EXPR_LIST] = eval_sequence,
        [EXPR_TUPLE] = eval_sequence, [EXPR_DICT] = eval_dict,     [EXPR_NOT] = eval_not,
        [EXPR_AND] = eval_and_or,     [EXPR_OR] = eval_and_or,     [EXPR_SIGN] = eval_sign,
        [EXPR_BINARY] = eval_binary,  [EXPR_CONCAT] = eval_concat, [EXPR_COMPARE] = eval_compare,
        [EXPR_IF] = eval_if,          [EXPR_ATTR] = eval_attr,     [EXPR_ITEM] = eval_item,
        [EXPR_SLICE] = eval_slice,    [EXPR_CALL] = eval_call,
    };
    static_assert(countof(evals) == EXPR_KINDS, "every kind has its function");
    j->at = expr->at;
    return jinja_spend(j, 1) && evals[expr->kind](j, expr, out);
}
