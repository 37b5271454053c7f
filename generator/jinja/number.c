#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "jinja/number.h"
#include "jinja/op.h"
#include "jinja/rendering.h"
#include "jinja/unicode.h"
#include "jinja/value.h"

bool number_abs(struct jinja *j, const struct value *args, struct value *out)
{
    if (!value_is_number(&args[0]))
        return jinja_fail(j, "'abs' needs a number, not %s", value_words(&args[0]));
    return binary_sign(
        j,
        value_real(&args[0]) < 0 || (args[0].kind == VALUE_FLOAT && signbit(args[0].real)) ? -1 : 1,
        &args[0], out);
}

static bool too_large(struct jinja *j)
{
    return jinja_fail(j, "a number beyond 64 bits is not supported");
}

/* int(float) */
static bool truncate_to_int(struct jinja *j, double real, struct value *out)
{
    if (!(real > -0x1p63 && real < 0x1p63))
        return too_large(j);
    *out = value_int((int64_t)real);
    return true;
}

static int digit(char c)
{
    return isdigit((unsigned char)c)   ? c - '0'
           : isalpha((unsigned char)c) ? (c | 0x20) - 'a' + 10
                                       : 99;
}

/* Skips a prefix such as 0x and returns its base, if that is `base` or `base` is 0. Otherwise
 * returns `base`, or 10 for 0. */
static int64_t skip_prefix(const char **t, int64_t base)
{
    static const struct {
        char letter;
        int base;
    } prefixes[] = {{'b', 2}, {'o', 8}, {'x', 16}};
    for (size_t i = 0; (*t)[0] == '0' && i < countof(prefixes); i++)
        if (((*t)[1] | 0x20) == prefixes[i].letter && (base == 0 || base == prefixes[i].base)) {
            *t += 2 + ((*t)[2] == '_');
            return prefixes[i].base;
        }
    return base ? base : 10;
}

enum parsed { PARSED, NOT_PARSED, PARSED_TOO_LARGE };

/* int(text, base) of a text without spaces around it. There may be a _ before each digit but the
 * first; with base 0, only zero may begin with a 0. */
static enum parsed parse_int(const char *t, int64_t base, int64_t *out)
{
    if (base != 0 && (base < 2 || base > 36))
        return NOT_PARSED;
    bool negative = *t == '-', large = false, any = base == 0;
    t += *t == '-' || *t == '+';
    const char *from = t;
    base = skip_prefix(&t, base);
    bool zero_only = any && t == from && *t == '0';
    if (digit(*t) >= base)
        return NOT_PARSED;
    for (*out = 0; *t; t++) {
        if (*t == '_')
            t++;
        if (digit(*t) >= base || (zero_only && *t != '0'))
            return NOT_PARSED;
        large = large || __builtin_mul_overflow(*out, base, out) ||
                __builtin_sub_overflow(*out, digit(*t), out);
    }
    if (!large && !negative)
        large = __builtin_sub_overflow((int64_t)0, *out, out);
    return large ? PARSED_TOO_LARGE : PARSED;
}

/* float(text) of a text without spaces around it; `plain` has room for a copy. Returns false if it
 * is not a number; nor are infinities and NaN, because int() cannot convert them. */
static bool parse_float(const char *text, char *plain, double *out)
{
    char *end = plain;
    for (const char *t = text; *t; t++) {
        if (*t == '_' && t > text && isdigit((unsigned char)t[-1]) && isdigit((unsigned char)t[1]))
            continue;
        if (!strchr("0123456789+-.eE", *t))
            return false;
        *end++ = *t;
    }
    *out = strtod(plain, &end);
    return end != plain && !*end && isfinite(*out);
}

static bool int_of_text(struct jinja *j, const struct value *text, const struct value *base,
                        const struct value *fallback, struct value *out)
{
    const char *from = unicode_skip_space(text->text);
    size_t len = unicode_trimmed(from, strlen(from));
    char *plain = arena_alloc(j->arena, len + 1);
    const char *trimmed = arena_strndup(j->arena, from, len);
    int64_t integer, b = base->kind == VALUE_ABSENT ? 10 : value_is_int(base) ? base->integer : 1;
    double real;
    for (const char *t = trimmed; *t; t++)
        if ((unsigned char)*t >= 0x80)
            return jinja_fail(j, "'int' of a text outside ASCII is not supported");
    if (!jinja_spend(j, 2 * len))
        return false;
    switch (parse_int(trimmed, b, &integer)) {
    case PARSED:
        *out = value_int(integer);
        return true;
    case PARSED_TOO_LARGE:
        return too_large(j);
    case NOT_PARSED:
        break;
    }
    if (parse_float(trimmed, plain, &real))
        return truncate_to_int(j, real, out);
    *out = *fallback;
    return true;
}

bool number_int(struct jinja *j, const struct value *args, struct value *out)
{
    struct value fallback = args[1].kind == VALUE_ABSENT ? value_int(0) : args[1];
    if (args[0].kind == VALUE_UNDEFINED)
        return jinja_fail(j, "'int' does not accept something undefined");
    if (args[0].kind == VALUE_STRING)
        return int_of_text(j, &args[0], &args[2], &fallback, out);
    if (args[0].kind == VALUE_FLOAT)
        return truncate_to_int(j, args[0].real, out);
    *out = value_is_int(&args[0]) ? value_int(args[0].integer) : fallback;
    return true;
}

/* round(value, precision): to the nearest number by the exact value, to the even one of two. */
static bool round_common(struct jinja *j, const struct value *value, int64_t precision,
                         struct value *out)
{
    char text[800]; /* 309 digits, a point and 323 more */
    if (precision < 0)
        return jinja_fail(j, "rounding to a negative precision is not supported");
    *out = value->kind == VALUE_BOOL ? value_int(value->integer) : *value;
    if (value_is_int(value) || precision > 323)
        return true;
    snprintf(text, sizeof text, "%.*f", (int)precision, value->real);
    out->real = strtod(text, NULL);
    return isfinite(out->real) || too_large(j);
}

/* math.ceil(value * 10**precision) / 10**precision */
static bool round_to(struct jinja *j, const struct value *value, int64_t precision,
                     double (*to)(double), struct value *out)
{
    struct value ten = value_int(10), exponent = value_int(precision), power, scaled;
    if (!binary_find("**")->apply(j, &ten, &exponent, &power) ||
        !binary_find("*")->apply(j, value, &power, &scaled))
        return false;
    if (scaled.kind == VALUE_FLOAT && !truncate_to_int(j, to(scaled.real), &scaled))
        return false;
    return binary_find("/")->apply(j, &scaled, &power, out);
}

bool number_round(struct jinja *j, const struct value *args, struct value *out)
{
    static const struct {
        const char *name;
        double (*to)(double);
    } methods[] = {{"common", NULL}, {"ceil", ceil}, {"floor", floor}};
    int64_t precision = args[1].kind == VALUE_ABSENT ? 0 : args[1].integer;
    const char *method = args[2].kind == VALUE_STRING ? args[2].text : "";
    if (args[2].kind == VALUE_ABSENT)
        method = methods[0].name;
    if (!value_is_number(&args[0]))
        return jinja_fail(j, "'round' needs a number, not %s", value_words(&args[0]));
    if (args[1].kind != VALUE_ABSENT && !value_is_int(&args[1]))
        return jinja_fail(j, "a precision of %s is not supported", value_words(&args[1]));
    for (size_t i = 0; i < countof(methods); i++)
        if (strcmp(methods[i].name, method) == 0)
            return methods[i].to ? round_to(j, &args[0], precision, methods[i].to, out)
                                 : round_common(j, &args[0], precision, out);
    return jinja_fail(j, "the method of 'round' must be 'common', 'ceil' or 'floor'");
}
