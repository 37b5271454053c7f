#include <string.h>

#include "base/util.h"
#include "jinja/item.h"
#include "jinja/rendering.h"
#include "jinja/text.h"
#include "jinja/unicode.h"
#include "jinja/value.h"

/* Whether Python's object has an attribute of this name, mostly a method; Jinja would return it. */
static bool is_method(const struct value *object, const char *name)
{
    static const char dicts[] = " clear copy fromkeys get items keys pop popitem setdefault "
                                "update values ";
    static const char others[] =
        " append as_integer_ratio bit_count bit_length capitalize casefold center clear conjugate "
        "copy count denominator encode endswith escape expandtabs extend find format format_map "
        "from_bytes from_number fromhex hex imag index insert is_integer isalnum isalpha isascii "
        "isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join "
        "ljust lower lstrip maketrans numerator partition pop real remove removeprefix "
        "removesuffix replace reverse rfind rindex rjust rpartition rsplit rstrip sort split "
        "splitlines startswith strip striptags swapcase title to_bytes translate unescape upper "
        "zfill gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw close ";
    const char *list = object->kind == VALUE_DICT ? dicts : others;
    size_t len = strlen(name);
    if (!len || strchr(name, ' '))
        return false;
    for (const char *t = list; (t = strstr(t, name)); t++)
        if (t[-1] == ' ' && t[len] == ' ')
            return true;
    return str_starts(name, "__");
}

static bool loop_attribute(struct jinja *j, const struct loop *loop, const char *name,
                           struct value *out)
{
    static const char *const unsupported[] = {"cycle", "changed", "previtem", "nextitem"};
    const struct {
        const char *name;
        struct value value;
    } known[] = {
        {"index", value_int(loop->index0 + 1)},
        {"index0", value_int(loop->index0)},
        {"first", value_bool(loop->index0 == 0)},
        {"last", value_bool(loop->index0 + 1 == loop->length)},
        {"length", value_int(loop->length)},
        {"revindex", value_int(loop->length - loop->index0)},
        {"revindex0", value_int(loop->length - loop->index0 - 1)},
        {"depth", value_int(1)},
        {"depth0", value_int(0)},
    };
    for (size_t i = 0; i < countof(known); i++)
        if (strcmp(known[i].name, name) == 0) {
            *out = known[i].value;
            return true;
        }
    for (size_t i = 0; i < countof(unsupported); i++)
        if (strcmp(unsupported[i], name) == 0)
            return jinja_fail(j, "'loop.%s' is not supported", unsupported[i]);
    return *name != '_' || jinja_fail(j, "this attribute of 'loop' is not supported");
}

/* getattr(object, key), else object[key]; the other way round if `item_first`. */
static bool named(struct jinja *j, const struct value *object, const struct value *key,
                  bool item_first, struct value *out)
{
    const struct value *item = NULL;
    bool method = is_method(object, key->text);
    *out = (struct value){.kind = VALUE_UNDEFINED};
    if (object->kind == VALUE_UNDEFINED)
        return jinja_fail(j, "this is undefined, so it has no attributes or items");
    if (object->kind == VALUE_LOOP)
        return loop_attribute(j, object->loop, key->text, out);
    if (object->kind == VALUE_DICT && !value_find(j, object, key, &item))
        return false;
    if (item)
        *out = *item;
    if (method && !(item && item_first))
        return jinja_fail(j, "a method of %s is not supported%s", value_words(object),
                          item ? "; write map['name'] for the item" : "");
    return true;
}

static bool index_string(struct jinja *j, const struct value *string, size_t at, struct value *out)
{
    const char *t = string->text;
    uint32_t c;
    for (size_t i = 0; i < at; i++)
        t = unicode_next(t, &c);
    size_t len = (size_t)(unicode_next(t, &c) - t);
    *out = value_string(arena_strndup(j->arena, t, len), len);
    out->markup = string->markup;
    return jinja_spend(j, string->count);
}

bool jinja_item(struct jinja *j, const struct value *object, const struct value *key,
                struct value *out)
{
    const struct value *item = NULL;
    *out = (struct value){.kind = VALUE_UNDEFINED};
    if (key->kind == VALUE_STRING || object->kind == VALUE_UNDEFINED)
        return key->kind == VALUE_STRING ? named(j, object, key, true, out)
                                         : jinja_fail(j, "this is undefined, so it has no items");
    if (object->kind == VALUE_DICT) {
        struct value list = *key;
        if (list.kind == VALUE_LIST || list.kind == VALUE_DICT)
            return true;
        if (!value_hashable(j, key) || !value_find(j, object, key, &item))
            return false;
        if (item)
            *out = *item;
        return true;
    }
    if (!value_is_sequence(object) || !value_is_int(key))
        return true;
    int64_t count = (int64_t)value_length(object), at = key->integer;
    at = at < 0 ? at + count : at;
    if (at < 0 || at >= count)
        return true;
    if (object->kind == VALUE_STRING)
        return index_string(j, object, (size_t)at, out);
    *out = object->items[at];
    return true;
}

bool jinja_attribute(struct jinja *j, const struct value *object, const char *name,
                     struct value *out)
{
    struct value key = value_string(name, strlen(name));
    return named(j, object, &key, false, out);
}

bool jinja_slice(struct jinja *j, const struct value *object, int64_t from, int64_t to,
                 int64_t step, struct value *out)
{
    struct value list = *object, *items = NULL;
    struct buf buf = {0};
    size_t n = 0;
    bool ok = object->kind != VALUE_STRING || value_iterate(j, object, &list);
    for (int64_t i = from; ok && (step > 0 ? i < to : i > to); i += step) {
        const struct value *item = &list.items[i];
        if (object->kind == VALUE_STRING)
            ok = text_put(j, &buf, item->text, item->count);
        else
            array_push(j->arena, items, n, *item);
    }
    if (object->kind != VALUE_STRING)
        return value_collect(j, object->kind, items, n, out);
    ok = text_take(j, ok, &buf, out);
    out->markup = object->markup;
    return ok;
}
