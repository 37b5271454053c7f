#include <string.h>

#include "base/utf8.h"
#include "base/util.h"
#include "base/view.h"

static struct view room_for(struct arena *arena, size_t n)
{
    return (struct view){arena_alloc(arena, n + 1), arena_alloc(arena, (n + 1) * sizeof(uint32_t)),
                         arena_alloc(arena, (n + 1) * sizeof(uint32_t)), 0};
}

/* Adds a byte that characters `first` to `last` of `in` stand for. */
static void put(struct view *out, char byte, const struct view *in, size_t first, size_t last)
{
    out->bytes[out->n] = byte;
    out->from[out->n] = in->from[first];
    out->to[out->n++] = in->to[last];
}

struct view view_of(struct arena *arena, const char *text, size_t len)
{
    struct view view = room_for(arena, len);
    memcpy(view.bytes, text, len);
    for (view.n = 0; view.n < len; view.n++) {
        view.from[view.n] = (uint32_t)view.n;
        view.to[view.n] = (uint32_t)view.n + 1;
    }
    return view;
}

/* --- escapes ------------------------------------------------------------------------------ */

/* A part of a text that stands for the bytes `out`. */
struct escape {
    size_t len; /* 0: it is no escape */
    char out[4];
    size_t n;
};

static int digit(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) % 16 : -1;
}

/* Reads up to `most` digits at `text`, of a base up to 16. Returns how many there are. */
static size_t number(const char *text, const char *end, size_t most, int base, unsigned *value)
{
    size_t n = 0;
    *value = 0;
    for (; n < most && text + n < end && digit(text[n]) >= 0 && digit(text[n]) < base; n++)
        *value = *value * (unsigned)base + (unsigned)digit(text[n]);
    return n;
}

static struct escape character(size_t len, unsigned code)
{
    struct escape escape = {0};
    if (code < 0x110000) {
        escape.len = len;
        escape.n = utf8_put(escape.out, code);
    }
    return escape;
}

/* "\u" and what follows: "00e9", "d83d\ude00" or "{1f600}". */
static struct escape utf16(const char *text, const char *end)
{
    unsigned code, low;
    size_t n = number(text + 2, end, 4, 16, &code);
    if (text + 2 < end && text[2] == '{') {
        n = number(text + 3, end, 6, 16, &code);
        return text + 3 + n < end && text[3 + n] == '}' ? character(n + 4, code)
                                                        : (struct escape){0};
    }
    if (n < 4)
        return (struct escape){0};
    if (code >> 10 == 0xD800 >> 10 && end - text >= 12 && text[6] == '\\' && text[7] == 'u' &&
        number(text + 8, end, 4, 16, &low) == 4 && low >> 10 == 0xDC00 >> 10)
        return character(12, 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF));
    return character(6, code);
}

static struct escape after_backslash(const char *text, const char *end)
{
    static const char letters[] = "abtnvfre", meant[] = "\a\b\t\n\v\f\r\033";
    unsigned code;
    size_t n;
    if (end - text < 2)
        return (struct escape){0};
    if (text[1] == 'u')
        return utf16(text, end);
    if (text[1] == 'U')
        return number(text + 2, end, 8, 16, &code) == 8 ? character(10, code) : (struct escape){0};
    if (text[1] == 'x')
        return number(text + 2, end, 2, 16, &code) == 2 ? (struct escape){4, {(char)code}, 1}
                                                        : (struct escape){0};
    if ((n = number(text + 1, end, 3, 8, &code)) > 0)
        return (struct escape){1 + n, {(char)code}, 1};
    const char *letter = memchr(letters, text[1], sizeof letters - 1);
    return (struct escape){2, {letter ? meant[letter - letters] : text[1]}, 1};
}

static struct escape after_ampersand(const char *text, const char *end)
{
    static const struct {
        const char *name;
        char meant;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    size_t left = (size_t)(end - text);
    for (size_t i = 0; i < countof(entities); i++) {
        size_t len = strlen(entities[i].name);
        if (left >= len && memcmp(text, entities[i].name, len) == 0)
            return (struct escape){len, {entities[i].meant}, 1};
    }
    if (left < 4 || text[1] != '#')
        return (struct escape){0};
    unsigned code;
    bool hex = text[2] == 'x' || text[2] == 'X';
    size_t start = hex ? 3 : 2, n = number(text + start, end, 7, hex ? 16 : 10, &code);
    bool whole = n && start + n < left && text[start + n] == ';';
    return whole ? character(start + n + 1, code) : (struct escape){0};
}

static struct escape after_percent(const char *text, const char *end)
{
    unsigned code;
    return number(text + 1, end, 2, 16, &code) == 2 ? (struct escape){3, {(char)code}, 1}
                                                    : (struct escape){0};
}

static struct escape escape_at(const char *text, const char *end, int encoding)
{
    if (encoding == VIEW_ESCAPES)
        return *text == '\\'  ? after_backslash(text, end)
               : *text == '&' ? after_ampersand(text, end)
                              : (struct escape){0};
    if (encoding == VIEW_FORM && *text == '+')
        return (struct escape){1, {' '}, 1};
    return *text == '%' ? after_percent(text, end) : (struct escape){0};
}

static bool decode_escapes(const struct view *in, int encoding, struct view *out)
{
    bool found = false;
    for (size_t i = 0; i < in->n;) {
        struct escape escape = escape_at(in->bytes + i, in->bytes + in->n, encoding);
        found = found || escape.len;
        if (!escape.len)
            escape = (struct escape){1, {in->bytes[i]}, 1};
        for (size_t k = 0; k < escape.n; k++)
            put(out, escape.out[k], in, i, i + escape.len - 1);
        i += escape.len;
    }
    return found;
}

/* --- digits ------------------------------------------------------------------------------- */

static int base64_digit(char c)
{
    static const char digits[] = STR_UPPER STR_LOWER STR_DIGITS "+/-_";
    const char *found = c ? strchr(digits, c) : NULL;
    int value = found ? (int)(found - digits) : -1;
    return value < 64 ? value : value - 2; /* "-_" are the same as "+/" */
}

/* Decodes digits of `bits` bits each. Does not use the first `skip` digits of each run. Each byte
 * is made of two digits. */
static bool decode_digits(const struct view *in, int bits, size_t skip, struct view *out)
{
    unsigned value = 0, have = 0; /* bits that are left */
    size_t digits = 0, before = 0;
    for (size_t i = 0; i < in->n; i++) {
        int now = bits == 6 ? base64_digit(in->bytes[i]) : digit(in->bytes[i]);
        if (now < 0 && bits == 6 && strchr(" \t\r\n", in->bytes[i]) && in->bytes[i])
            continue;
        if (now < 0) {
            if (out->n && out->bytes[out->n - 1])
                put(out, '\0', in, i, i); /* nothing is found across it */
            digits = have = 0;
        } else if (digits++ >= skip) {
            value = value << bits | (unsigned)now;
            have += (unsigned)bits;
            if (have >= 8) {
                have -= 8;
                put(out, (char)(value >> have & 0xFF), in, before, i);
            }
            before = i;
        }
    }
    return out->n > 0;
}

bool view_decode(struct arena *arena, const struct view *in, int encoding, struct view *out)
{
    *out = room_for(arena, in->n);
    if (encoding >= VIEW_HEX)
        return decode_digits(in, 4, (size_t)(encoding - VIEW_HEX), out);
    if (encoding >= VIEW_BASE64)
        return decode_digits(in, 6, (size_t)(encoding - VIEW_BASE64), out);
    return decode_escapes(in, encoding, out);
}
