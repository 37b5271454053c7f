#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "jinja/rendering.h"
#include "jinja/text.h"
#include "jinja/unicode.h"
#include "jinja/value.h"

bool text_put(struct jinja *j, struct buf *buf, const char *text, size_t len)
{
    if (len > TEXT_MAX - buf->len)
        return jinja_fail(j, "this makes a text longer than 1 MiB");
    buf_add(buf, text, len);
    return true;
}

bool text_put_char(struct jinja *j, struct buf *buf, uint32_t c)
{
    char text[UNICODE_SIZE];
    return text_put(j, buf, text, unicode_encode(c, text));
}

static bool puts_to(struct jinja *j, struct buf *buf, const char *text)
{
    return text_put(j, buf, text, strlen(text));
}

bool text_take(struct jinja *j, bool ok, struct buf *buf, struct value *out)
{
    size_t len = buf->len;
    ok = ok && jinja_spend(j, len + 1);
    if (ok)
        *out = value_string(arena_strndup(j->arena, buf->data, len), len);
    buf_free(buf);
    return ok;
}

bool text_of(struct jinja *j, const struct value *value, struct value *out)
{
    struct buf buf = {0};
    if (value->kind == VALUE_STRING) {
        *out = *value;
        return true;
    }
    return text_take(j, text_str(j, value, &buf), &buf, out);
}

bool text_map(struct jinja *j, const struct value *string,
              bool (*map)(struct jinja *, uint32_t, uint32_t *), struct value *out)
{
    struct buf buf = {0};
    bool ok = true, markup = string->markup;
    for (const char *t = string->text; ok && *t;) {
        uint32_t c;
        t = unicode_next(t, &c);
        ok = map(j, c, &c) && text_put_char(j, &buf, c);
    }
    ok = text_take(j, ok, &buf, out);
    out->markup = markup;
    return ok;
}

/* The next larger number, by magnitude, of as many digits. */
static void count_up(char *digits)
{
    for (char *d = strchr(digits, 'e') - 1; d >= digits; d--) {
        if (*d >= '0' && *d < '9') {
            ++*d;
            return;
        }
        if (*d == '9')
            *d = '0';
    }
}

/* repr(float): the fewest digits that read back as the same number, with an exponent from 1e16 on
 * and below 1e-4 (PyOS_double_to_string with 'r'). */
static bool put_float(struct jinja *j, double real, struct buf *buf)
{
    char digits[32], text[64];
    int precision = 0;
    for (; precision < 17; precision++) {
        snprintf(digits, sizeof digits, "%.*e", precision, real);
        if (strtod(digits, NULL) == real)
            break;
        count_up(digits); /* above a power of two, numbers are farther apart than below */
        if (strtod(digits, NULL) == real)
            break;
    }
    int exponent = (int)strtol(strchr(digits, 'e') + 1, NULL, 10);
    if (exponent >= 16 || exponent < -4)
        snprintf(text, sizeof text, "%s", digits);
    else if (precision > exponent)
        snprintf(text, sizeof text, "%.*f", precision - exponent, real);
    else
        snprintf(text, sizeof text, "%.1f", real);
    return puts_to(j, buf, text);
}

/* Python's repr of a character in a string quoted by `quote`. */
static bool put_repr_char(struct jinja *j, uint32_t c, char quote, struct buf *buf)
{
    static const char named[] = "\n\r\t\\", letters[] = "nrt\\";
    const char *at = c < 0x80 ? strchr(named, (int)c) : NULL;
    char escape[16];
    bool printable;
    if (at || c == (unsigned char)quote) {
        snprintf(escape, sizeof escape, "\\%c", at ? letters[at - named] : quote);
        return puts_to(j, buf, escape);
    }
    if (!unicode_printable(j, c, &printable))
        return false;
    if (printable)
        return text_put_char(j, buf, c);
    snprintf(escape, sizeof escape,
             c < 0x100     ? "\\x%02" PRIx32
             : c < 0x10000 ? "\\u%04" PRIx32
                           : "\\U%08" PRIx32,
             c);
    return puts_to(j, buf, escape);
}

static bool put_repr_string(struct jinja *j, const struct value *string, struct buf *buf)
{
    char quote = strchr(string->text, '\'') && !strchr(string->text, '"') ? '"' : '\'';
    if (string->markup)
        return jinja_fail(j, "a text from 'tojson' inside another value is not supported");
    bool ok = text_put(j, buf, &quote, 1);
    for (const char *t = string->text; ok && *t;) {
        uint32_t c;
        t = unicode_next(t, &c);
        ok = put_repr_char(j, c, quote, buf);
    }
    return ok && text_put(j, buf, &quote, 1);
}

static bool put_repr(struct jinja *j, const struct value *value, struct buf *buf)
{
    if (value->kind == VALUE_STRING)
        return put_repr_string(j, value, buf);
    if (value->kind == VALUE_UNDEFINED)
        return puts_to(j, buf, "Undefined");
    return text_str(j, value, buf);
}

static bool put_items(struct jinja *j, const struct value *value, struct buf *buf)
{
    bool tuple = value->kind == VALUE_TUPLE;
    bool ok = puts_to(j, buf, tuple ? "(" : "[");
    for (size_t i = 0; ok && i < value->count; i++)
        ok = puts_to(j, buf, i ? ", " : "") && put_repr(j, &value->items[i], buf);
    return ok && puts_to(j, buf, tuple && value->count == 1 ? ",)" : tuple ? ")" : "]");
}

static bool put_dict(struct jinja *j, const struct value *dict, struct buf *buf)
{
    bool ok = puts_to(j, buf, "{");
    for (size_t i = 0; ok && i < dict->count; i++)
        ok = puts_to(j, buf, i ? ", " : "") && put_repr(j, &dict->items[2 * i], buf) &&
             puts_to(j, buf, ": ") && put_repr(j, &dict->items[2 * i + 1], buf);
    return ok && puts_to(j, buf, "}");
}

static bool put_int(struct jinja *j, int64_t integer, struct buf *buf)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, integer);
    return puts_to(j, buf, text);
}

bool text_str(struct jinja *j, const struct value *value, struct buf *buf)
{
    switch (value->kind) {
    case VALUE_ABSENT:
    case VALUE_UNDEFINED:
        return true;
    case VALUE_NONE:
        return puts_to(j, buf, "None");
    case VALUE_BOOL:
        return puts_to(j, buf, value->integer ? "True" : "False");
    case VALUE_INT:
        return put_int(j, value->integer, buf);
    case VALUE_FLOAT:
        return put_float(j, value->real, buf);
    case VALUE_STRING:
        return text_put(j, buf, value->text, value->count);
    case VALUE_LIST:
    case VALUE_TUPLE:
        return put_items(j, value, buf);
    case VALUE_DICT:
        return put_dict(j, value, buf);
    default:
        return jinja_fail(j, "%s as text is not supported%s", value_words(value),
                          value->kind == VALUE_ITERATOR ? "; 'join' or 'for' can read it" : "");
    }
}

/* As json.dumps does with ensure_ascii, and with the escapes of Jinja's htmlsafe_json_dumps. */
static bool put_json_char(struct jinja *j, uint32_t c, struct buf *buf)
{
    static const char named[] = "\"\\\n\r\t\f\b", letters[] = "\"\\nrtfb";
    const char *at = c < 0x80 ? strchr(named, (int)c) : NULL;
    char text[16];
    if (at)
        snprintf(text, sizeof text, "\\%c", letters[at - named]);
    else if (c >= 0x10000)
        snprintf(text, sizeof text, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xD800 + ((c - 0x10000) >> 10),
                 0xDC00 + (c & 0x3FF));
    else if (c < 0x20 || c > 0x7E || strchr("<>&'", (int)c))
        snprintf(text, sizeof text, "\\u%04" PRIx32, c);
    else
        snprintf(text, sizeof text, "%c", (int)c);
    return puts_to(j, buf, text);
}

static bool put_json_string(struct jinja *j, const char *text, struct buf *buf)
{
    bool ok = puts_to(j, buf, "\"");
    while (ok && *text) {
        uint32_t c;
        text = unicode_next(text, &c);
        ok = put_json_char(j, c, buf);
    }
    return ok && puts_to(j, buf, "\"");
}

/* JSON has only keys of text, so that true, null and 1 are written in quotes. */
static bool put_json_key(struct jinja *j, const struct value *key, struct buf *buf)
{
    if (key->kind == VALUE_STRING)
        return text_json(j, key, buf);
    if (!value_is_number(key) && key->kind != VALUE_NONE)
        return jinja_fail(j, "%s cannot be a key in JSON", value_words(key));
    return puts_to(j, buf, "\"") && text_json(j, key, buf) && puts_to(j, buf, "\"");
}

/* An insertion sort, because comparing two keys can fail. */
static bool sort_keys(struct jinja *j, const struct value *dict, size_t *order)
{
    for (size_t i = 0; i < dict->count; i++) {
        size_t at = i;
        for (int less = -1; at > 0; at--) {
            const struct value *before = &dict->items[2 * order[at - 1]];
            if (!jinja_spend(j, 1) || !value_order(j, &dict->items[2 * i], before, &less))
                return false;
            if (less >= 0)
                break;
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    return true;
}

static bool put_json_dict(struct jinja *j, const struct value *dict, struct buf *buf)
{
    size_t *order = arena_alloc(j->arena, dict->count * sizeof *order);
    bool ok = sort_keys(j, dict, order) && puts_to(j, buf, "{");
    for (size_t i = 0; ok && i < dict->count; i++) {
        const struct value *pair = &dict->items[2 * order[i]];
        ok = puts_to(j, buf, i ? ", " : "") && put_json_key(j, &pair[0], buf) &&
             puts_to(j, buf, ": ") && text_json(j, &pair[1], buf);
    }
    return ok && puts_to(j, buf, "}");
}

static bool put_json_list(struct jinja *j, const struct value *list, struct buf *buf)
{
    bool ok = puts_to(j, buf, "[");
    for (size_t i = 0; ok && i < list->count; i++)
        ok = puts_to(j, buf, i ? ", " : "") && text_json(j, &list->items[i], buf);
    return ok && puts_to(j, buf, "]");
}

bool text_json(struct jinja *j, const struct value *value, struct buf *buf)
{
    switch (value->kind) {
    case VALUE_NONE:
        return puts_to(j, buf, "null");
    case VALUE_BOOL:
        return puts_to(j, buf, value->integer ? "true" : "false");
    case VALUE_INT:
    case VALUE_FLOAT:
        return text_str(j, value, buf);
    case VALUE_STRING:
        return put_json_string(j, value->text, buf);
    case VALUE_LIST:
    case VALUE_TUPLE:
        return put_json_list(j, value, buf);
    case VALUE_DICT:
        return put_json_dict(j, value, buf);
    default:
        return jinja_fail(j, "%s cannot be written as JSON", value_words(value));
    }
}
