#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "settings/node.h"
#include "settings/scalar.h"

static bool is_null(const char *text)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    return str_one_of(text, words, countof(words));
}

static bool is_bool(const char *text, bool *value)
{
    static const char *const yes[] = {"yes",  "Yes", "YES", "true", "True",
                                      "TRUE", "on",  "On",  "ON"};
    static const char *const no[] = {"no",    "No",  "NO",  "false", "False",
                                     "FALSE", "off", "Off", "OFF"};
    *value = str_one_of(text, yes, countof(yes));
    return *value || str_one_of(text, no, countof(no));
}

/* Returns `text` without its leading characters of `set`. */
static const char *skip(const char *text, const char *set)
{
    return text + strspn(text, set);
}

static const char *skip_sign(const char *text)
{
    return text + (*text == '-' || *text == '+');
}

/* Skips (:[0-5]?[0-9])+; NULL if `text` does not begin with it. */
static const char *skip_sixties(const char *text)
{
    if (*text != ':')
        return NULL;
    while (*text == ':') {
        text++;
        if (text[0] >= '0' && text[0] <= '5' && text[1] >= '0' && text[1] <= '9')
            text += 2;
        else if (text[0] >= '0' && text[0] <= '9')
            text++;
        else
            return NULL;
    }
    return text;
}

/* int = [-+]?0b[0-1_]+ | [-+]?0[0-7_]+ | [-+]?(0|[1-9][0-9_]*) | [-+]?0x[0-9a-fA-F_]+
 *     | [-+]?[1-9][0-9_]*(:[0-5]?[0-9])+ */
static bool is_int(const char *text)
{
    const char *t = skip_sign(text);
    if (t[0] == '0' && t[1] == 'b')
        return t[2] && !*skip(t + 2, "01_");
    if (t[0] == '0' && t[1] == 'x')
        return t[2] && !*skip(t + 2, "0123456789abcdefABCDEF_");
    if (t[0] == '0')
        return !*skip(t + 1, "01234567_");
    if (t[0] < '1' || t[0] > '9')
        return false;
    t = skip(t, "0123456789_");
    if (*t == ':')
        t = skip_sixties(t);
    return t && !*t;
}

/* float = [-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)? | \.[0-9][0-9_]*([eE][-+][0-9]+)?
 *       | [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]* | [-+]?\.(inf|Inf|INF) | \.(nan|NaN|NAN) */
static bool is_real(const char *text)
{
    static const char *const inf[] = {".inf", ".Inf", ".INF"}, *const nan[] = {".nan", ".NaN",
                                                                               ".NAN"};
    const char *t = skip_sign(text);
    if (str_one_of(t, inf, countof(inf)) || str_one_of(text, nan, countof(nan)))
        return true;
    bool digits = *t >= '0' && *t <= '9';
    if (digits) {
        t = skip(t, "0123456789_");
        if (*t == ':') {
            t = skip_sixties(t);
            return t && *t == '.' && !*skip(t + 1, "0123456789_");
        }
    } else if (t != text || t[0] != '.' || t[1] < '0' || t[1] > '9') {
        return false; /* `.5` takes no sign and needs a digit */
    }
    if (*t != '.')
        return false;
    t = skip(t + 1, "0123456789_");
    if ((*t == 'e' || *t == 'E') && (t[1] == '-' || t[1] == '+')) {
        const char *exponent = skip(t + 2, "0123456789");
        return exponent != t + 2 && !*exponent;
    }
    return !*t;
}

static char *without_underscores(struct arena *arena, const char *text)
{
    char *plain = arena_alloc(arena, strlen(text) + 1), *end = plain;
    for (; *text; text++)
        if (*text != '_')
            *end++ = *text;
    return plain;
}

/* Reads a whole number: digits to a base, or parts to the base 60, as in 1:30 for 90. False if it
 * has more than 64 bits. */
static bool parse_whole(const char *text, int base, unsigned long long *value)
{
    *value = 0;
    errno = 0;
    for (char *end; *text; text = end + (*end == ':')) {
        unsigned long long part = strtoull(text, &end, base);
        if (errno || __builtin_mul_overflow(*value, 60, value) ||
            __builtin_add_overflow(*value, part, value))
            return false;
    }
    return true;
}

/* Reads parts to the base 60, as in 1:30.5 for 90.5. Sums from the last one, as PyYAML does,
 * because the order decides the last bit. */
static double sixties(const char *text)
{
    double value = 0, base = 1;
    for (const char *end = text + strlen(text); end > text;) {
        const char *part = end;
        while (part > text && part[-1] != ':')
            part--;
        value += strtod(part, NULL) * base;
        base *= 60;
        end = part > text ? part - 1 : text;
    }
    return value;
}

static enum scalar_result set_int(struct arena *arena, struct node *node)
{
    const char *plain = without_underscores(arena, node->text);
    const char *digits = skip_sign(plain);
    int base = digits[0] != '0' ? 10 : digits[1] == 'b' ? 2 : digits[1] == 'x' ? 16 : 8;
    const char *from = base == 2 || base == 16 ? digits + 2 : digits;
    node->kind = NODE_INT;
    if (!*from)
        return SCALAR_INVALID; /* 0b_ */
    unsigned long long value;
    if (!parse_whole(from, base, &value) || value > (unsigned long long)1 << 63 ||
        (value >> 63 && *plain != '-'))
        return SCALAR_RANGE;
    node->integer = *plain == '-' ? (long long)(0 - value) : (long long)value;
    return SCALAR_OK;
}

static void set_real(struct arena *arena, struct node *node)
{
    const char *plain = without_underscores(arena, node->text);
    const char *digits = skip_sign(plain);
    double value = strchr("iInN", digits[1]) && digits[1]
                       ? (strchr("iI", digits[1]) ? INFINITY : NAN)
                   : strchr(digits, ':') ? sixties(digits)
                                         : strtod(digits, NULL);
    node->kind = NODE_REAL;
    node->real = *plain == '-' ? -value : value;
}

/* Whether Python's float() takes the text for a decimal number:
 * [-+]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)([eE][-+]?[0-9]+)? */
static bool is_decimal(const char *text)
{
    const char *t = skip_sign(text);
    t += *t == '.' && t[1] >= '0' && t[1] <= '9';
    if (*t < '0' || *t > '9')
        return false;
    bool point = t > text && t[-1] == '.';
    t = skip(t, "0123456789_");
    if (*t == '.' && !point)
        t = skip(t + 1, "0123456789_");
    if (*t != 'e' && *t != 'E')
        return !*t;
    t = skip_sign(t + 1);
    return *t && !*skip(t, "0123456789");
}

bool scalar_real(struct arena *arena, struct node *node)
{
    if (!is_real(node->text) && !is_decimal(node->text))
        return false;
    set_real(arena, node);
    return true;
}

enum scalar_result scalar_resolve(struct arena *arena, struct node *node)
{
    if (is_null(node->text)) {
        node->kind = NODE_NULL;
    } else if (is_bool(node->text, &node->boolean)) {
        node->kind = NODE_BOOL;
    } else if (strchr("-+0123456789.", node->text[0]) && is_int(node->text)) {
        return set_int(arena, node);
    } else if (strchr("-+0123456789.", node->text[0]) && is_real(node->text)) {
        set_real(arena, node);
    } else if (strcmp(node->text, "=") == 0 || strcmp(node->text, "<<") == 0) {
        return SCALAR_INVALID; /* YAML 1.1's "value" and "merge"; PyYAML makes no value of them */
    } else {
        node->kind = NODE_STRING;
    }
    return SCALAR_OK;
}

const char *scalar_real_text(struct arena *arena, double real)
{
    const char *text = "";
    for (int digits = 15; digits <= 17; digits++) {
        text = arena_printf(arena, "%.*g", digits, real);
        if (strtod(text, NULL) == real)
            break;
    }
    return strpbrk(text, ".en") ? text : arena_printf(arena, "%s.0", text);
}

bool scalar_is_plain(const struct node *number)
{
    if (number->kind == NODE_INT) {
        char text[24];
        snprintf(text, sizeof text, "%lld", number->integer);
        return strcmp(text, number->text) == 0 && number->integer == (int)number->integer;
    }
    struct arena *arena = arena_new();
    bool plain = strcmp(scalar_real_text(arena, number->real), number->text) == 0;
    arena_free(arena);
    return plain;
}

bool tag_kind(const char *tag, enum node_kind *kind, bool *by_text)
{
    static const struct {
        const char *tag;
        enum node_kind kind;
        bool by_text;
    } tags[] = {
        {"tag:yaml.org,2002:str", NODE_STRING, false}, {"tag:yaml.org,2002:int", NODE_INT, true},
        {"tag:yaml.org,2002:float", NODE_REAL, true},  {"tag:yaml.org,2002:bool", NODE_BOOL, true},
        {"tag:yaml.org,2002:null", NODE_NULL, true},   {"tag:yaml.org,2002:seq", NODE_LIST, false},
        {"tag:yaml.org,2002:map", NODE_MAP, false},
    };
    for (size_t i = 0; i < countof(tags); i++)
        if (strcmp(tag, tags[i].tag) == 0) {
            *kind = tags[i].kind;
            *by_text = tags[i].by_text;
            return true;
        }
    return false;
}

const char *scalar_key(struct arena *arena, const struct node *key)
{
    switch (key->kind) {
    case NODE_NULL:
        return "null";
    case NODE_BOOL:
        return key->boolean ? "true" : "false";
    case NODE_INT:
        return arena_printf(arena, "%lld", key->integer);
    case NODE_REAL:
        return scalar_real_text(arena, key->real);
    default:
        return key->text;
    }
}
