#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "jinja/callee.h"
#include "jinja/filter.h"
#include "jinja/item.h"
#include "jinja/number.h"
#include "jinja/rendering.h"
#include "jinja/text.h"
#include "jinja/unicode.h"
#include "jinja/value.h"

static bool do_default(struct jinja *j, const struct value *args, struct value *out)
{
    static const struct value empty = {.kind = VALUE_STRING, .text = ""};
    bool replace =
        args[0].kind == VALUE_UNDEFINED || (value_truth(&args[2]) && !value_truth(&args[0]));
    (void)j;
    *out = !replace ? args[0] : args[1].kind == VALUE_ABSENT ? empty : args[1];
    return true;
}

static bool do_lower(struct jinja *j, const struct value *args, struct value *out)
{
    struct value text;
    return text_of(j, &args[0], &text) && text_map(j, &text, unicode_lower, out);
}

static bool do_upper(struct jinja *j, const struct value *args, struct value *out)
{
    struct value text;
    return text_of(j, &args[0], &text) && text_map(j, &text, unicode_upper, out);
}

/* Appends a character in upper or lower case. */
static bool put_cased(struct jinja *j, uint32_t c, bool upper, struct buf *buf)
{
    return (upper ? unicode_upper : unicode_lower)(j, c, &c) && text_put_char(j, buf, c);
}

static bool do_capitalize(struct jinja *j, const struct value *args, struct value *out)
{
    struct value text;
    struct buf buf = {0};
    if (!text_of(j, &args[0], &text))
        return false;
    bool ok = true, first = true;
    for (const char *t = text.text; ok && *t; first = false) {
        uint32_t c;
        t = unicode_next(t, &c);
        ok = put_cased(j, c, first, &buf);
    }
    ok = text_take(j, ok, &buf, out);
    out->markup = text.markup;
    return ok;
}

/* A word begins after a space or one of -({[<, as in filters.py's _word_beginning_split_re. */
static bool do_title(struct jinja *j, const struct value *args, struct value *out)
{
    struct value text;
    struct buf buf = {0};
    if (!text_of(j, &args[0], &text))
        return false;
    bool ok = true, begin = true;
    for (const char *t = text.text; ok && *t;) {
        uint32_t c;
        t = unicode_next(t, &c);
        ok = put_cased(j, c, begin, &buf);
        begin = unicode_space(c) || (c < 0x80 && strchr("-({[<", (int)c));
    }
    return text_take(j, ok, &buf, out);
}

static bool is_stripped(uint32_t c, const struct value *chars)
{
    if (chars->kind != VALUE_STRING)
        return unicode_space(c);
    uint32_t other;
    for (const char *t = chars->text; *t;) {
        t = unicode_next(t, &other);
        if (other == c)
            return true;
    }
    return false;
}

static bool do_trim(struct jinja *j, const struct value *args, struct value *out)
{
    struct value text;
    const struct value *chars = &args[1];
    if (chars->kind != VALUE_ABSENT && chars->kind != VALUE_NONE && chars->kind != VALUE_STRING)
        return jinja_fail(j, "'trim' takes text, not %s", value_words(chars));
    if (!text_of(j, &args[0], &text) || !jinja_spend(j, text.count * (1 + chars->count)))
        return false;
    const char *from = text.text, *to = from + text.count, *next;
    uint32_t c;
    for (; from < to && (next = unicode_next(from, &c), is_stripped(c, chars)); from = next)
        ;
    for (; from < to && (next = unicode_before(to), unicode_next(next, &c), is_stripped(c, chars));
         to = next)
        ;
    size_t len = (size_t)(to - from);
    *out = value_string(arena_strndup(j->arena, from, len), len);
    out->markup = text.markup;
    return true;
}

/* str.replace(): an empty `old` is found before every character and at the end. */
static bool replace(struct jinja *j, const char *text, const struct value *old,
                    const struct value *new, int64_t count, struct buf *buf)
{
    bool ok = true;
    while (ok && count != 0) {
        const char *found = strstr(text, old->text);
        if (!found)
            break;
        uint32_t c;
        const char *behind = old->count || !*found ? found + old->count : unicode_next(found, &c);
        ok = text_put(j, buf, text, (size_t)(found - text)) &&
             text_put(j, buf, new->text, new->count) &&
             (old->count || text_put(j, buf, found, (size_t)(behind - found)));
        count--;
        if (!old->count && !*found)
            return ok;
        text = behind;
    }
    return ok && text_put(j, buf, text, strlen(text));
}

static bool do_replace(struct jinja *j, const struct value *args, struct value *out)
{
    struct value text, old, new;
    struct buf buf = {0};
    const struct value *count = &args[3];
    bool all = count->kind == VALUE_ABSENT || count->kind == VALUE_NONE;
    if (!all && !value_is_int(count))
        return jinja_fail(j, "the count of 'replace' must be an integer, not %s",
                          value_words(count));
    if (!text_of(j, &args[0], &text) || !text_of(j, &args[1], &old) || !text_of(j, &args[2], &new))
        return false;
    bool ok = jinja_spend(j, text.count) &&
              replace(j, text.text, &old, &new, all ? -1 : count->integer, &buf);
    return text_take(j, ok, &buf, out);
}

/* Replaces *item by what is in it at a path such as "a.0.b" (filters.py's make_attrgetter). */
static bool get_path(struct jinja *j, const struct value *path, struct value *item)
{
    if (value_is_int(path)) {
        struct value from = *item;
        return jinja_item(j, &from, path, item);
    }
    if (path->kind != VALUE_STRING)
        return jinja_fail(j, "an attribute must be text or an integer, not %s", value_words(path));
    for (const char *t = path->text, *end; t; t = *end ? end + 1 : NULL) {
        end = t + strcspn(t, ".");
        size_t len = (size_t)(end - t);
        struct value from = *item, key = value_string(arena_strndup(j->arena, t, len), len);
        if (len && strspn(key.text, "0123456789") == len) {
            errno = 0;
            key = value_int(strtoll(key.text, NULL, 10));
            if (errno)
                return jinja_fail(j, "a number beyond 64 bits is not supported");
        }
        if (!jinja_spend(j, len + 1) || !jinja_item(j, &from, &key, item))
            return false;
    }
    return true;
}

static bool do_join(struct jinja *j, const struct value *args, struct value *out)
{
    struct value list, glue;
    struct buf buf = {0};
    bool path = args[2].kind != VALUE_ABSENT && args[2].kind != VALUE_NONE;
    if (!value_iterate(j, &args[0], &list) || !text_of(j, &args[1], &glue))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < list.count; i++) {
        struct value item = list.items[i];
        ok = (i == 0 || text_put(j, &buf, glue.text, glue.count)) &&
             (!path || get_path(j, &args[2], &item)) && text_str(j, &item, &buf);
    }
    return text_take(j, ok, &buf, out);
}

static bool do_length(struct jinja *j, const struct value *args, struct value *out)
{
    switch (args[0].kind) {
    case VALUE_STRING:
        *out = value_int((int64_t)str_characters(args[0].text));
        return jinja_spend(j, args[0].count / 8);
    case VALUE_UNDEFINED:
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_DICT:
        *out = value_int((int64_t)args[0].count);
        return true;
    case VALUE_LOOP:
        *out = value_int(args[0].loop->length);
        return true;
    default:
        return jinja_fail(j, "%s has no length", value_words(&args[0]));
    }
}

static bool do_first(struct jinja *j, const struct value *args, struct value *out)
{
    struct value list;
    if (!value_iterate(j, &args[0], &list))
        return false;
    *out = list.count ? list.items[0] : (struct value){.kind = VALUE_UNDEFINED};
    return true;
}

static bool do_last(struct jinja *j, const struct value *args, struct value *out)
{
    struct value list;
    if (args[0].kind == VALUE_ITERATOR)
        return jinja_fail(j, "'last' cannot read the result of 'reverse' or 'unique'");
    if (!value_iterate(j, &args[0], &list))
        return false;
    *out = list.count ? list.items[list.count - 1] : (struct value){.kind = VALUE_UNDEFINED};
    if (args[0].kind == VALUE_STRING)
        out->markup = args[0].markup;
    return true;
}

static bool do_string(struct jinja *j, const struct value *args, struct value *out)
{
    return text_of(j, &args[0], out);
}

static bool reverse_string(struct jinja *j, const struct value *string, struct value *out)
{
    struct buf buf = {0};
    bool ok = true, markup = string->markup;
    for (const char *end = string->text + string->count; ok && end > string->text;) {
        const char *last = unicode_before(end);
        ok = text_put(j, &buf, last, (size_t)(end - last));
        end = last;
    }
    ok = text_take(j, ok, &buf, out);
    out->markup = markup;
    return ok;
}

/* As in Jinja, the result is a list for an iterator, and an iterator for a list. */
static bool do_reverse(struct jinja *j, const struct value *args, struct value *out)
{
    struct value list;
    if (args[0].kind == VALUE_STRING)
        return reverse_string(j, &args[0], out);
    if (!value_iterate(j, &args[0], &list) || !jinja_spend(j, list.count * sizeof list))
        return false;
    struct value *items = arena_alloc(j->arena, list.count * sizeof *items);
    for (size_t i = 0; i < list.count; i++)
        items[i] = list.items[list.count - 1 - i];
    return value_collect(j, args[0].kind == VALUE_ITERATOR ? VALUE_LIST : VALUE_ITERATOR, items,
                         list.count, out);
}

/* The keys that sort and unique compare: the items, in lower case unless `sensitive` is true. */
static bool make_keys(struct jinja *j, const struct value *list, const struct value *sensitive,
                      struct value **keys)
{
    bool fold = !value_truth(sensitive);
    if (!jinja_spend(j, list->count * sizeof **keys))
        return false;
    *keys = arena_alloc(j->arena, list->count * sizeof **keys);
    for (size_t i = 0; i < list->count; i++) {
        (*keys)[i] = list->items[i];
        if (fold && list->items[i].kind == VALUE_STRING &&
            !text_map(j, &list->items[i], unicode_lower, &(*keys)[i]))
            return false;
    }
    return true;
}

/* Sets *before to whether `b` comes before `a`; equal values need not be orderable. */
static bool comes_before(struct jinja *j, const struct value *b, const struct value *a,
                         bool reverse, bool *before)
{
    bool equal;
    int order = 0;
    if (!value_equal(j, a, b, &equal) || (!equal && !value_order(j, b, a, &order)))
        return false;
    *before = reverse ? order > 0 : order < 0;
    return true;
}

/* Merges order[from..middle) with order[middle..to). */
static bool merge(struct jinja *j, const struct value *keys, bool reverse, size_t *order,
                  size_t *spare, size_t from, size_t middle, size_t to)
{
    size_t a = from, b = middle, n = from;
    while (n < to) {
        bool second = a == middle;
        if (a < middle && b < to &&
            !comes_before(j, &keys[order[b]], &keys[order[a]], reverse, &second))
            return false;
        spare[n++] = order[second ? b++ : a++];
    }
    memcpy(order + from, spare + from, (to - from) * sizeof *order);
    return true;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Python's sorted(): stable, also if reversed. */
static bool do_sort(struct jinja *j, const struct value *args, struct value *out)
{
    struct value list, *keys;
    const struct value *reverse = &args[1];
    if (reverse->kind != VALUE_ABSENT && !value_is_int(reverse))
        return jinja_fail(j, "'reverse' of 'sort' must be true or false, not %s",
                          value_words(reverse));
    if (!value_iterate(j, &args[0], &list) || !make_keys(j, &list, &args[2], &keys))
        return false;
    size_t n = list.count, *order = arena_alloc(j->arena, 2 * n * sizeof *order);
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t width = 1; width < n; width *= 2)
        for (size_t from = 0; from + width < n; from += 2 * width)
            if (!merge(j, keys, value_truth(reverse), order, order + n, from, from + width,
                       smaller(from + 2 * width, n)))
                return false;
    struct value *items = arena_alloc(j->arena, n * sizeof *items);
    for (size_t i = 0; i < n; i++)
        items[i] = list.items[order[i]];
    return value_collect(j, VALUE_LIST, items, n, out);
}

static bool do_unique(struct jinja *j, const struct value *args, struct value *out)
{
    struct value list, *keys;
    if (!value_iterate(j, &args[0], &list) || !make_keys(j, &list, &args[1], &keys))
        return false;
    struct value *items = arena_alloc(j->arena, list.count * sizeof *items);
    struct value seen = {.kind = VALUE_LIST, .items = keys};
    for (size_t i = 0; i < list.count; i++) {
        bool found;
        if (!value_hashable(j, &keys[i]) || !value_in(j, &keys[i], &seen, &found))
            return false;
        if (found)
            continue;
        keys[seen.count] = keys[i];
        items[seen.count++] = list.items[i];
    }
    return value_collect(j, VALUE_ITERATOR, items, seen.count, out);
}

static bool do_tojson(struct jinja *j, const struct value *args, struct value *out)
{
    struct buf buf = {0};
    bool ok = text_take(j, text_json(j, &args[0], &buf), &buf, out);
    out->markup = true;
    return ok;
}

static const struct callee filters[] = {
    {"abs", number_abs, {0}, 0, NULL},
    {"capitalize", do_capitalize, {0}, 0, NULL},
    {"count", do_length, {0}, 0, NULL},
    {"d", do_default, {"default_value", "boolean"}, 0, NULL},
    {"default", do_default, {"default_value", "boolean"}, 0, NULL},
    {"first", do_first, {0}, 0, NULL},
    {"int", number_int, {"default", "base"}, 0, NULL},
    {"join", do_join, {"d", "attribute"}, 0, NULL},
    {"last", do_last, {0}, 0, NULL},
    {"length", do_length, {0}, 0, NULL},
    {"lower", do_lower, {0}, 0, NULL},
    {"replace", do_replace, {"old", "new", "count"}, 2, NULL},
    {"reverse", do_reverse, {0}, 0, NULL},
    {"round", number_round, {"precision", "method"}, 0, NULL},
    {"sort", do_sort, {"reverse", "case_sensitive"}, 0, NULL},
    {"string", do_string, {0}, 0, NULL},
    {"title", do_title, {0}, 0, NULL},
    {"tojson", do_tojson, {0}, 0, NULL},
    {"trim", do_trim, {"chars"}, 0, NULL},
    {"unique", do_unique, {"case_sensitive"}, 0, NULL},
    {"upper", do_upper, {0}, 0, NULL},
};

const struct callee *filter_find(const char *name)
{
    return callee_find(filters, countof(filters), name);
}

const char *filter_nearest(const char *name)
{
    return callee_nearest(filters, countof(filters), name);
}
