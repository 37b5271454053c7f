#include <math.h>
#include <string.h>

#include "base/util.h"
#include "jinja/op.h"
#include "jinja/rendering.h"
#include "jinja/text.h"
#include "jinja/value.h"

static bool unsuited(struct jinja *j, const char *op, const struct value *a, const struct value *b)
{
    return jinja_fail(j, "'%s' does not work between %s and %s", op, value_words(a),
                      value_words(b));
}

static bool too_large(struct jinja *j)
{
    return jinja_fail(j, "a number beyond 64 bits is not supported");
}

static bool give_real(struct jinja *j, double real, struct value *out)
{
    *out = (struct value){.kind = VALUE_FLOAT, .real = real};
    return isfinite(real) || too_large(j);
}

static bool both_int(const struct value *a, const struct value *b)
{
    return value_is_int(a) && value_is_int(b);
}

static bool both_numbers(const struct value *a, const struct value *b)
{
    return value_is_number(a) && value_is_number(b);
}

static bool join_strings(struct jinja *j, const struct value *a, const struct value *b,
                         struct value *out)
{
    struct buf buf = {0};
    if (a->markup || b->markup)
        return jinja_fail(j, "'+' with a text that 'tojson' made is not supported; '~' is");
    bool ok = text_put(j, &buf, a->text, a->count) && text_put(j, &buf, b->text, b->count);
    return text_take(j, ok, &buf, out);
}

static bool join_items(struct jinja *j, const struct value *a, const struct value *b,
                       struct value *out)
{
    size_t count = a->count + b->count;
    if (!jinja_spend(j, count * sizeof *a))
        return false;
    struct value *items = arena_alloc(j->arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = i < a->count ? a->items[i] : b->items[i - a->count];
    return value_collect(j, a->kind, items, count, out);
}

static bool add(struct jinja *j, const struct value *a, const struct value *b, struct value *out)
{
    *out = value_int(0);
    if (both_int(a, b))
        return !__builtin_add_overflow(a->integer, b->integer, &out->integer) || too_large(j);
    if (both_numbers(a, b))
        return give_real(j, value_real(a) + value_real(b), out);
    if (a->kind == b->kind && a->kind == VALUE_STRING)
        return join_strings(j, a, b, out);
    if (a->kind == b->kind && (a->kind == VALUE_LIST || a->kind == VALUE_TUPLE))
        return join_items(j, a, b, out);
    return unsuited(j, "+", a, b);
}

static bool subtract(struct jinja *j, const struct value *a, const struct value *b,
                     struct value *out)
{
    *out = value_int(0);
    if (both_int(a, b))
        return !__builtin_sub_overflow(a->integer, b->integer, &out->integer) || too_large(j);
    if (both_numbers(a, b))
        return give_real(j, value_real(a) - value_real(b), out);
    return unsuited(j, "-", a, b);
}

static bool repeat_string(struct jinja *j, const struct value *string, int64_t times,
                          struct value *out)
{
    struct buf buf = {0};
    bool ok = true, markup = string->markup;
    for (int64_t i = 0; ok && string->count && i < times; i++)
        ok = text_put(j, &buf, string->text, string->count);
    ok = text_take(j, ok, &buf, out);
    out->markup = markup;
    return ok;
}

static bool repeat_items(struct jinja *j, const struct value *sequence, int64_t times,
                         struct value *out)
{
    size_t n = sequence->count, count = times > 0 ? (size_t)times : 0;
    if (n && count > WORK_MAX / n)
        return jinja_fail(j, "rendering it takes too much work");
    count *= n;
    if (!jinja_spend(j, count * sizeof *sequence))
        return false;
    struct value *items = arena_alloc(j->arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = sequence->items[i % n];
    return value_collect(j, sequence->kind, items, count, out);
}

static bool repeat(struct jinja *j, const struct value *sequence, const struct value *times,
                   struct value *out)
{
    return sequence->kind == VALUE_STRING ? repeat_string(j, sequence, times->integer, out)
                                          : repeat_items(j, sequence, times->integer, out);
}

static bool repeats(const struct value *sequence, const struct value *times)
{
    return value_is_int(times) && (sequence->kind == VALUE_STRING || sequence->kind == VALUE_LIST ||
                                   sequence->kind == VALUE_TUPLE);
}

static bool multiply(struct jinja *j, const struct value *a, const struct value *b,
                     struct value *out)
{
    *out = value_int(0);
    if (both_int(a, b))
        return !__builtin_mul_overflow(a->integer, b->integer, &out->integer) || too_large(j);
    if (both_numbers(a, b))
        return give_real(j, value_real(a) * value_real(b), out);
    if (repeats(a, b))
        return repeat(j, a, b, out);
    if (repeats(b, a))
        return repeat(j, b, a, out);
    return unsuited(j, "*", a, b);
}

static bool check_divisor(struct jinja *j, const struct value *b)
{
    return value_real(b) != 0 || jinja_fail(j, "division by zero");
}

/* Integers beyond 2^53 would be rounded before the division, but Python divides exactly. */
static bool divide(struct jinja *j, const struct value *a, const struct value *b, struct value *out)
{
    const int64_t exact = (int64_t)1 << 53;
    if (!both_numbers(a, b))
        return unsuited(j, "/", a, b);
    if (!check_divisor(j, b))
        return false;
    if (both_int(a, b) &&
        (a->integer > exact || a->integer < -exact || b->integer > exact || b->integer < -exact))
        return jinja_fail(j, "'/' with integers beyond 2**53 is not supported; '//' is");
    return give_real(j, value_real(a) / value_real(b), out);
}

static int64_t floor_quotient(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* Python's float_divmod; *modulo has the divisor's sign. */
static double floor_division(double a, double b, double *modulo)
{
    *modulo = fmod(a, b);
    double quotient = (a - *modulo) / b;
    if (*modulo == 0) {
        *modulo = copysign(0, b);
    } else if ((b < 0) != (*modulo < 0)) {
        *modulo += b;
        quotient -= 1;
    }
    if (quotient == 0)
        return copysign(0, a / b);
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1 : whole;
}

static bool floor_divide(struct jinja *j, const struct value *a, const struct value *b,
                         struct value *out)
{
    double modulo;
    if (!both_numbers(a, b))
        return unsuited(j, "//", a, b);
    if (!check_divisor(j, b))
        return false;
    if (!both_int(a, b))
        return give_real(j, floor_division(value_real(a), value_real(b), &modulo), out);
    if (a->integer == INT64_MIN && b->integer == -1)
        return too_large(j);
    *out = value_int(floor_quotient(a->integer, b->integer));
    return true;
}

static bool modulo(struct jinja *j, const struct value *a, const struct value *b, struct value *out)
{
    double rest;
    if (a->kind == VALUE_STRING)
        return jinja_fail(j, "'%%' as formatting of text is not supported");
    if (!both_numbers(a, b))
        return unsuited(j, "%", a, b);
    if (!check_divisor(j, b))
        return false;
    if (!both_int(a, b)) {
        floor_division(value_real(a), value_real(b), &rest);
        return give_real(j, rest, out);
    }
    *out = value_int(
        b->integer == -1 ? 0 : a->integer - floor_quotient(a->integer, b->integer) * b->integer);
    return true;
}

static bool power_int(struct jinja *j, int64_t base, int64_t exponent, struct value *out)
{
    *out = value_int(1);
    if (base == 0 || base == 1 || base == -1) { /* all others overflow within 63 steps */
        out->integer = exponent == 0 ? 1 : base == -1 && exponent % 2 == 0 ? 1 : base;
        return true;
    }
    for (int64_t i = 0; i < exponent; i++)
        if (__builtin_mul_overflow(out->integer, base, &out->integer))
            return too_large(j);
    return true;
}

static bool power(struct jinja *j, const struct value *a, const struct value *b, struct value *out)
{
    if (!both_numbers(a, b))
        return unsuited(j, "**", a, b);
    if (both_int(a, b) && b->integer >= 0)
        return power_int(j, a->integer, b->integer, out);
    double base = value_real(a), exponent = value_real(b);
    if (base == 0 && exponent < 0)
        return jinja_fail(j, "zero cannot be raised to a negative power");
    if (base < 0 && exponent != floor(exponent))
        return jinja_fail(j, "complex numbers are not supported");
    return give_real(j, pow(base, exponent), out);
}

static const struct binary binaries[] = {
    {"+", add},           {"-", subtract}, {"*", multiply}, {"/", divide},
    {"//", floor_divide}, {"%", modulo},   {"**", power},
};

const struct binary *binary_find(const char *text)
{
    for (size_t i = 0; i < countof(binaries); i++)
        if (strcmp(binaries[i].text, text) == 0)
            return &binaries[i];
    return NULL;
}

bool binary_sign(struct jinja *j, int sign, const struct value *value, struct value *out)
{
    *out = value_int(0);
    if (value->kind == VALUE_FLOAT)
        return give_real(j, sign * value->real, out);
    if (!value_is_int(value))
        return jinja_fail(j, "a sign does not work before %s", value_words(value));
    return !__builtin_mul_overflow(value->integer, sign, &out->integer) || too_large(j);
}

static bool equal(struct jinja *j, const struct value *a, const struct value *b, bool *out)
{
    return value_equal(j, a, b, out);
}

static bool differs(struct jinja *j, const struct value *a, const struct value *b, bool *out)
{
    bool ok = value_equal(j, a, b, out);
    *out = !*out;
    return ok;
}

static bool less(struct jinja *j, const struct value *a, const struct value *b, bool *out)
{
    int order = 0;
    bool ok = value_order(j, a, b, &order);
    *out = order < 0;
    return ok;
}

static bool greater(struct jinja *j, const struct value *a, const struct value *b, bool *out)
{
    return less(j, b, a, out);
}

static bool at_most(struct jinja *j, const struct value *a, const struct value *b, bool *out)
{
    bool ok = less(j, b, a, out);
    *out = !*out;
    return ok;
}

static bool at_least(struct jinja *j, const struct value *a, const struct value *b, bool *out)
{
    return at_most(j, b, a, out);
}

static bool in(struct jinja *j, const struct value *a, const struct value *b, bool *out)
{
    return value_in(j, a, b, out);
}

static bool not_in(struct jinja *j, const struct value *a, const struct value *b, bool *out)
{
    bool ok = value_in(j, a, b, out);
    *out = !*out;
    return ok;
}

static const struct comparison comparisons[] = {
    {"==", equal},  {"!=", differs},  {"<", less}, {"<=", at_most},
    {">", greater}, {">=", at_least}, {"in", in},  {"not in", not_in},
};

const struct comparison *comparison_find(const char *text)
{
    for (size_t i = 0; i < countof(comparisons); i++)
        if (strcmp(comparisons[i].text, text) == 0)
            return &comparisons[i];
    return NULL;
}
