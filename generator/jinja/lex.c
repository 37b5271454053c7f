/* The lexer has two states, like Jinja's (lexer.py): data until "{{", "{%" or "{#", then a tag
 * until its end. The end counts only where no bracket is open. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "jinja/lex.h"
#include "jinja/rendering.h"
#include "jinja/text.h"
#include "jinja/unicode.h"
#include "jinja/value.h"

struct lexer {
    struct jinja *j;
    const char *at;
    struct token *tokens;
    size_t count;
    char open[NESTING_MAX]; /* the closing brackets that are expected */
    size_t nopen;
};

static bool fail_at(struct lexer *l, const char *at, const char *message)
{
    l->j->at = at;
    return jinja_fail(l->j, "%s", message);
}

static struct token *push(struct lexer *l, enum token_kind kind, const char *at, size_t len)
{
    struct token token = {.kind = kind, .at = at, .len = len};
    token.text = arena_strndup(l->j->arena, at, len);
    array_push(l->j->arena, l->tokens, l->count, token);
    l->at = at + len;
    return &l->tokens[l->count - 1];
}

static size_t digits(const char *t, const char *set)
{
    return strspn(t, set);
}

/* (_?[set])* */
static const char *skip_digits(const char *t, const char *set)
{
    for (;;) {
        const char *next = t + (*t == '_');
        size_t n = digits(next, set);
        if (!n)
            return t;
        t = next + n;
    }
}

static const char decimal[] = "0123456789";

/* float = digits ("." digits)? [eE] [+-]? digits | digits "." digits, not after a "." */
static const char *float_end(const struct lexer *l)
{
    const char *t = l->at;
    if (t > l->j->source && t[-1] == '.')
        return NULL;
    t = skip_digits(t, decimal);
    bool fraction = t[0] == '.' && digits(t + 1, decimal);
    if (fraction)
        t = skip_digits(t + 1, decimal);
    if (*t == 'e' || *t == 'E') {
        const char *exponent = t + 1 + (t[1] == '+' || t[1] == '-');
        if (digits(exponent, decimal))
            return skip_digits(exponent, decimal);
    }
    return fraction ? t : NULL;
}

/* int = 0[bB](_?[01])+ | 0[oO](_?[0-7])+ | 0[xX](_?hex)+ | [1-9](_?[0-9])* | 0(_?0)* */
static const char *int_end(const char *t, int *base)
{
    static const struct {
        char letter;
        int base;
        const char *digits;
    } prefixes[] = {{'b', 2, "01"}, {'o', 8, "01234567"}, {'x', 16, "0123456789abcdefABCDEF"}};
    *base = 10;
    for (size_t i = 0; t[0] == '0' && i < countof(prefixes); i++)
        if ((t[1] | 0x20) == prefixes[i].letter) {
            const char *end = skip_digits(t + 2, prefixes[i].digits);
            if (end > t + 2)
                *base = prefixes[i].base;
            return end > t + 2 ? end : t + 1;
        }
    return skip_digits(t, t[0] == '0' ? "0" : decimal);
}

static char *without_underscores(struct lexer *l, const char *t, const char *end)
{
    char *plain = arena_alloc(l->j->arena, (size_t)(end - t) + 1), *out = plain;
    for (; t < end; t++)
        if (*t != '_')
            *out++ = *t;
    return plain;
}

static bool lex_number(struct lexer *l)
{
    const char *at = l->at, *end = float_end(l);
    int base;
    struct token *token;
    if (end) {
        token = push(l, TOKEN_FLOAT, at, (size_t)(end - at));
        token->value = (struct value){.kind = VALUE_FLOAT};
        token->value.real = strtod(without_underscores(l, at, end), NULL);
        return isfinite(token->value.real) || fail_at(l, at, "this number is too large");
    }
    end = int_end(at, &base);
    const char *plain = without_underscores(l, at, end);
    errno = 0;
    token = push(l, TOKEN_INT, at, (size_t)(end - at));
    token->value = value_int(strtoll(plain + (base == 10 ? 0 : 2), NULL, base));
    return !errno || fail_at(l, at, "a number beyond 64 bits is not supported");
}

/* Reads `n` hexadecimal digits at `t` into *c; returns false if there are fewer. */
static bool hex(const char *t, int n, uint32_t *c)
{
    *c = 0;
    for (int i = 0; i < n; i++) {
        if (!isxdigit((unsigned char)t[i]))
            return false;
        *c = *c << 4 |
             (uint32_t)(isdigit((unsigned char)t[i]) ? t[i] - '0' : (t[i] | 0x20) - 'a' + 10);
    }
    return true;
}

/* An escape by number, after its backslash: \ooo \xhh \uhhhh \Uhhhhhhhh */
static bool put_number(struct lexer *l, const char **t, struct buf *buf)
{
    uint32_t c = 0;
    const char *at = *t;
    int n = *at == 'x' ? 2 : *at == 'u' ? 4 : *at == 'U' ? 8 : 0;
    if (n && !hex(at + 1, n, &c))
        return fail_at(l, at - 1, "this escape lacks hexadecimal digits");
    if (n)
        *t += n + 1;
    for (int i = 0; !n && i < 3 && **t >= '0' && **t <= '7'; i++)
        c = c << 3 | (uint32_t)(*(*t)++ - '0');
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return fail_at(l, at - 1,
                       "this escape is not supported: it is NUL, a surrogate or above 10FFFF");
    return text_put_char(l->j, buf, c);
}

/* Python's escapes; a backslash before another character stays. */
static bool put_escape(struct lexer *l, const char **t, struct buf *buf)
{
    static const char named[] = "\\'\"abfnrtv", values[] = "\\'\"\a\b\f\n\r\t\v";
    const char *found = strchr(named, **t);
    if (**t == '\n') {
        ++*t;
        return true;
    }
    if (found) {
        ++*t;
        return text_put(l->j, buf, &values[found - named], 1);
    }
    if ((**t >= '0' && **t <= '7') || **t == 'x' || **t == 'u' || **t == 'U')
        return put_number(l, t, buf);
    if (**t == 'N' || (unsigned char)**t >= 0x80)
        return fail_at(l, *t - 1, "this escape is not supported");
    return text_put(l->j, buf, "\\", 1);
}

static bool lex_string(struct lexer *l)
{
    const char *at = l->at, *end = at + 1;
    while (*end && *end != *at)
        end += 1 + (end[0] == '\\' && end[1]);
    if (!*end)
        return fail_at(l, at, "this text has no closing quote");
    struct buf buf = {0};
    bool ok = true;
    for (const char *t = at + 1; ok && t < end;) {
        if (*t != '\\') {
            ok = text_put(l->j, &buf, t++, 1);
        } else {
            t++;
            ok = put_escape(l, &t, &buf);
        }
    }
    struct token *token = push(l, TOKEN_STRING, at, (size_t)(end + 1 - at));
    return text_take(l->j, ok, &buf, &token->value);
}

/* Keeps track of open brackets. */
static bool balance(struct lexer *l, char bracket, const char *at)
{
    static const char opening[] = "([{", closing[] = ")]}";
    const char *open = strchr(opening, bracket);
    if (open) {
        if (l->nopen == sizeof l->open)
            return fail_at(l, at, "brackets are nested too deep");
        l->open[l->nopen++] = closing[open - opening];
    } else if (strchr(closing, bracket)) {
        if (!l->nopen || l->open[--l->nopen] != bracket)
            return fail_at(l, at, "this bracket does not match an open bracket");
    }
    return true;
}

static bool lex_operator(struct lexer *l)
{
    static const char *const operators[] = {
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[",
        "]",  "(",  ")",  "{",  "}",  ">",  "<", "=", ".", ":", "|", ",", ";",
    };
    const char *at = l->at;
    for (size_t i = 0; i < countof(operators); i++)
        if (str_starts(at, operators[i])) {
            push(l, TOKEN_OPERATOR, at, strlen(operators[i]));
            return balance(l, *at, at);
        }
    return fail_at(l, at, "unexpected character");
}

/* [A-Za-z0-9_]+; Python allows more letters. */
static bool lex_name(struct lexer *l)
{
    const char *end = l->at;
    uint32_t c;
    while (*end == '_' || isalnum((unsigned char)*end))
        end++;
    if ((unsigned char)*end >= 0x80 && (unicode_next(end, &c), !unicode_space(c)))
        return fail_at(l, end, "a name with letters outside ASCII is not supported");
    push(l, TOKEN_NAME, l->at, (size_t)(end - l->at));
    return true;
}

/* "-" removes the spaces after the tag; "+" before "%}" has no effect here. */
static bool lex_end(struct lexer *l, bool block)
{
    bool minus = *l->at == '-', sign = minus || (block && *l->at == '+');
    if (l->nopen || !str_starts(l->at + sign, block ? "%}" : "}}"))
        return false;
    push(l, block ? TOKEN_BLOCK_END : TOKEN_PRINT_END, l->at, 2 + (size_t)sign);
    if (minus)
        l->at = unicode_skip_space(l->at);
    return true;
}

/* tag = (float | int | name | string | operator)* end */
static bool lex_tag(struct lexer *l, bool block)
{
    l->nopen = 0;
    for (;;) {
        bool ok = true;
        if (lex_end(l, block))
            return true;
        const char *before = l->at;
        l->at = unicode_skip_space(before);
        if (!*l->at)
            return true; /* the parser reports the missing end */
        if (l->at != before)
            continue;
        if (isdigit((unsigned char)*l->at))
            ok = lex_number(l);
        else if (*l->at == '"' || *l->at == '\'')
            ok = lex_string(l);
        else if (*l->at == '_' || isalpha((unsigned char)*l->at) || (unsigned char)*l->at >= 0x80)
            ok = lex_name(l);
        else
            ok = lex_operator(l);
        if (!ok)
            return false;
    }
}

/* l->at is after "{#" and its sign. */
static bool lex_comment(struct lexer *l, const char *begin)
{
    const char *end = strstr(l->at, "#}");
    if (!end) /* Jinja accepts "{#" at the very end of a template */
        return !*l->at || fail_at(l, begin, "this comment has no closing '#}'");
    bool minus = end > l->at && end[-1] == '-';
    l->at = minus ? unicode_skip_space(end + 2) : end + 2;
    return true;
}

/* The next "{{", "{%" or "{#", NULL if there is none. */
static const char *find_tag(const char *t)
{
    while ((t = strchr(t, '{')) && !(t[1] && strchr("{%#", t[1])))
        t++;
    return t;
}

static bool lex_one(struct lexer *l)
{
    const char *data = l->at, *tag = find_tag(data);
    size_t len = tag ? (size_t)(tag - data) : strlen(data);
    bool sign = tag && (tag[2] == '-' || tag[2] == '+');
    if (sign && tag[2] == '-')
        len = unicode_trimmed(data, len);
    if (len)
        push(l, TOKEN_DATA, data, len);
    if (!tag) {
        l->at = data + len;
        return true;
    }
    if (tag[1] == '#') {
        l->at = tag + 2 + sign;
        return lex_comment(l, tag);
    }
    push(l, tag[1] == '%' ? TOKEN_BLOCK_BEGIN : TOKEN_PRINT_BEGIN, tag, 2 + (size_t)sign);
    return lex_tag(l, tag[1] == '%');
}

const struct token *jinja_lex(struct jinja *j)
{
    struct lexer l = {.j = j, .at = j->source};
    while (*l.at)
        if (!lex_one(&l))
            return NULL;
    push(&l, TOKEN_END, l.at, 0);
    return l.tokens;
}
