#include "jinja/test.h"
#include "base/util.h"
#include "jinja/callee.h"
#include "jinja/op.h"
#include "jinja/rendering.h"
#include "jinja/text.h"
#include "jinja/unicode.h"
#include "jinja/value.h"

static bool is_defined(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(args[0].kind != VALUE_UNDEFINED);
    return true;
}

static bool is_undefined(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(args[0].kind == VALUE_UNDEFINED);
    return true;
}

static bool is_none(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(args[0].kind == VALUE_NONE);
    return true;
}

static bool is_string(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(args[0].kind == VALUE_STRING);
    return true;
}

static bool is_number(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(value_is_number(&args[0]));
    return true;
}

static bool is_integer(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(args[0].kind == VALUE_INT);
    return true;
}

static bool is_float(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(args[0].kind == VALUE_FLOAT);
    return true;
}

static bool is_boolean(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(args[0].kind == VALUE_BOOL);
    return true;
}

static bool is_true(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(args[0].kind == VALUE_BOOL && args[0].integer);
    return true;
}

static bool is_false(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(args[0].kind == VALUE_BOOL && !args[0].integer);
    return true;
}

static bool is_mapping(struct jinja *j, const struct value *args, struct value *out)
{
    (void)j;
    *out = value_bool(args[0].kind == VALUE_DICT);
    return true;
}

/* Whether it has a length and items by index; Jinja's undefined has both. */
static bool is_sequence(struct jinja *j, const struct value *args, struct value *out)
{
    enum value_kind kind = args[0].kind;
    (void)j;
    *out = value_bool(kind == VALUE_UNDEFINED || kind == VALUE_STRING || kind == VALUE_LIST ||
                      kind == VALUE_TUPLE || kind == VALUE_DICT);
    return true;
}

static bool is_iterable(struct jinja *j, const struct value *args, struct value *out)
{
    is_sequence(j, args, out);
    if (args[0].kind == VALUE_ITERATOR || args[0].kind == VALUE_LOOP)
        *out = value_bool(true);
    return true;
}

/* value % divisor == remainder */
static bool remains(struct jinja *j, const struct value *value, const struct value *divisor,
                    int64_t remainder, struct value *out)
{
    struct value rest, wanted = value_int(remainder);
    bool equal;
    if (!binary_find("%")->apply(j, value, divisor, &rest) ||
        !value_equal(j, &rest, &wanted, &equal))
        return false;
    *out = value_bool(equal);
    return true;
}

static bool is_even(struct jinja *j, const struct value *args, struct value *out)
{
    struct value two = value_int(2);
    return remains(j, &args[0], &two, 0, out);
}

static bool is_odd(struct jinja *j, const struct value *args, struct value *out)
{
    struct value two = value_int(2);
    return remains(j, &args[0], &two, 1, out);
}

static bool is_divisibleby(struct jinja *j, const struct value *args, struct value *out)
{
    return remains(j, &args[0], &args[1], 0, out);
}

/* str.isupper() or str.islower(): at least one letter has the wanted case, and none the other. */
static bool has_case(struct jinja *j, const struct value *value, bool wanted_upper,
                     struct value *out)
{
    struct value text;
    bool some = false, other = false;
    if (!text_of(j, value, &text) || !jinja_spend(j, text.count))
        return false;
    for (const char *t = text.text; *t;) {
        uint32_t c, upper, lower;
        t = unicode_next(t, &c);
        if (!unicode_upper(j, c, &upper) || !unicode_lower(j, c, &lower))
            return false;
        some = some || (wanted_upper ? lower : upper) != c;
        other = other || (wanted_upper ? upper : lower) != c;
    }
    *out = value_bool(some && !other);
    return true;
}

static bool is_lower(struct jinja *j, const struct value *args, struct value *out)
{
    return has_case(j, &args[0], false, out);
}

static bool is_upper(struct jinja *j, const struct value *args, struct value *out)
{
    return has_case(j, &args[0], true, out);
}

static const struct callee tests[] = {
    {"boolean", is_boolean, {0}, 0, NULL},
    {"defined", is_defined, {0}, 0, NULL},
    {"divisibleby", is_divisibleby, {"num"}, 1, NULL},
    {"eq", NULL, {"b"}, 1, "=="},
    {"equalto", NULL, {"b"}, 1, "=="},
    {"even", is_even, {0}, 0, NULL},
    {"false", is_false, {0}, 0, NULL},
    {"float", is_float, {0}, 0, NULL},
    {"ge", NULL, {"b"}, 1, ">="},
    {"greaterthan", NULL, {"b"}, 1, ">"},
    {"gt", NULL, {"b"}, 1, ">"},
    {"in", NULL, {"seq"}, 1, "in"},
    {"integer", is_integer, {0}, 0, NULL},
    {"iterable", is_iterable, {0}, 0, NULL},
    {"le", NULL, {"b"}, 1, "<="},
    {"lessthan", NULL, {"b"}, 1, "<"},
    {"lower", is_lower, {0}, 0, NULL},
    {"lt", NULL, {"b"}, 1, "<"},
    {"mapping", is_mapping, {0}, 0, NULL},
    {"ne", NULL, {"b"}, 1, "!="},
    {"none", is_none, {0}, 0, NULL},
    {"number", is_number, {0}, 0, NULL},
    {"odd", is_odd, {0}, 0, NULL},
    {"sequence", is_sequence, {0}, 0, NULL},
    {"string", is_string, {0}, 0, NULL},
    {"true", is_true, {0}, 0, NULL},
    {"undefined", is_undefined, {0}, 0, NULL},
    {"upper", is_upper, {0}, 0, NULL},
};

const struct callee *test_find(const char *name)
{
    return callee_find(tests, countof(tests), name);
}

const char *test_nearest(const char *name)
{
    return callee_nearest(tests, countof(tests), name);
}
