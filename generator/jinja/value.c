#include <assert.h>
#include <string.h>

#include "base/util.h"
#include "jinja/rendering.h"
#include "jinja/unicode.h"
#include "jinja/value.h"

struct value value_bool(bool boolean)
{
    return (struct value){.kind = VALUE_BOOL, .integer = boolean};
}

struct value value_int(int64_t integer)
{
    return (struct value){.kind = VALUE_INT, .integer = integer};
}

struct value value_string(const char *text, size_t len)
{
    return (struct value){.kind = VALUE_STRING, .text = text, .count = len};
}

bool value_collect(struct jinja *j, enum value_kind kind, const struct value *items, size_t count,
                   struct value *out)
{
    size_t all = kind == VALUE_DICT ? 2 * count : count;
    unsigned height = 0;
    for (size_t i = 0; i < all; i++) {
        if (items[i].kind == VALUE_ITERATOR)
            return jinja_fail(j, "storing the result of 'reverse' or 'unique' is not supported");
        if (items[i].height > height)
            height = items[i].height;
    }
    if (height >= NESTING_MAX)
        return jinja_fail(j, "a value is nested deeper than %d levels", NESTING_MAX);
    *out = (struct value){.kind = kind, .height = (unsigned char)(height + 1), .count = count};
    out->items = items;
    return jinja_spend(j, (all + 1) * sizeof *items);
}

static bool from_json_array(struct jinja *j, const json_t *json, struct value *out)
{
    size_t count = json_array_size(json);
    struct value *items = arena_alloc(j->arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        if (!value_from_json(j, json_array_get(json, i), &items[i]))
            return false;
    return value_collect(j, VALUE_LIST, items, count, out);
}

static bool from_json_object(struct jinja *j, const json_t *json, struct value *out)
{
    struct value *items = arena_alloc(j->arena, 2 * json_object_size(json) * sizeof *items);
    size_t n = 0;
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)json, key, member) {
        size_t len = strlen(key);
        items[n++] = value_string(arena_strndup(j->arena, key, len), len);
        if (!value_from_json(j, member, &items[n++]))
            return false;
    }
    return value_collect(j, VALUE_DICT, items, n / 2, out);
}

static bool from_json_string(struct jinja *j, const json_t *json, struct value *out)
{
    size_t len = json_string_length(json);
    if (strlen(json_string_value(json)) != len)
        return jinja_fail(j, "a NUL character in a text is not supported");
    *out = value_string(arena_strndup(j->arena, json_string_value(json), len), len);
    return jinja_spend(j, len);
}

bool value_from_json(struct jinja *j, const json_t *json, struct value *out)
{
    switch (json_typeof(json)) {
    case JSON_ARRAY:
        return from_json_array(j, json, out);
    case JSON_OBJECT:
        return from_json_object(j, json, out);
    case JSON_STRING:
        return from_json_string(j, json, out);
    case JSON_INTEGER:
        *out = value_int(json_integer_value(json));
        return true;
    case JSON_REAL:
        *out = (struct value){.kind = VALUE_FLOAT, .real = json_real_value(json)};
        return true;
    case JSON_NULL:
        *out = (struct value){.kind = VALUE_NONE};
        return true;
    default:
        *out = value_bool(json_is_true(json));
        return true;
    }
}

const char *value_words(const struct value *value)
{
    static const char *const words[] = {
        [VALUE_ABSENT] = "nothing",
        [VALUE_UNDEFINED] = "something undefined",
        [VALUE_NONE] = "none",
        [VALUE_BOOL] = "a boolean",
        [VALUE_INT] = "a number",
        [VALUE_FLOAT] = "a number",
        [VALUE_STRING] = "text",
        [VALUE_LIST] = "a list",
        [VALUE_TUPLE] = "a tuple",
        [VALUE_DICT] = "a map",
        [VALUE_ITERATOR] = "an iterator",
        [VALUE_LOOP] = "the loop",
    };
    static_assert(countof(words) == VALUE_KINDS, "every kind has its words");
    return words[value->kind];
}

bool value_is_int(const struct value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_BOOL;
}

bool value_is_number(const struct value *value)
{
    return value_is_int(value) || value->kind == VALUE_FLOAT;
}

bool value_is_sequence(const struct value *value)
{
    return value->kind == VALUE_STRING || value->kind == VALUE_LIST || value->kind == VALUE_TUPLE;
}

size_t value_length(const struct value *sequence)
{
    return sequence->kind == VALUE_STRING ? str_characters(sequence->text) : sequence->count;
}

double value_real(const struct value *number)
{
    return number->kind == VALUE_FLOAT ? number->real : (double)number->integer;
}

bool value_truth(const struct value *value)
{
    switch (value->kind) {
    case VALUE_ABSENT:
    case VALUE_UNDEFINED:
    case VALUE_NONE:
        return false;
    case VALUE_BOOL:
    case VALUE_INT:
        return value->integer != 0;
    case VALUE_FLOAT:
        return value->real != 0;
    case VALUE_ITERATOR:
    case VALUE_LOOP:
        return true;
    default:
        return value->count != 0;
    }
}

/* An integer and a float compare by their exact values, not as two floats. */
static int order_int_float(int64_t integer, double real)
{
    if (real >= 0x1p63)
        return -1;
    if (real < -0x1p63)
        return 1;
    int64_t whole = (int64_t)real;
    double rest = real - (double)whole;
    if (integer != whole)
        return integer < whole ? -1 : 1;
    return rest > 0 ? -1 : rest < 0;
}

static int order_numbers(const struct value *a, const struct value *b)
{
    if (value_is_int(a) && value_is_int(b))
        return a->integer < b->integer ? -1 : a->integer > b->integer;
    if (value_is_int(a))
        return order_int_float(a->integer, b->real);
    if (value_is_int(b))
        return -order_int_float(b->integer, a->real);
    return a->real < b->real ? -1 : a->real > b->real;
}

/* Sets *at to the first index where two sequences differ, or to the length of the shorter one. */
static bool first_difference(struct jinja *j, const struct value *a, const struct value *b,
                             size_t *at)
{
    bool equal = true;
    for (*at = 0; *at < a->count && *at < b->count; ++*at) {
        if (!value_equal(j, &a->items[*at], &b->items[*at], &equal))
            return false;
        if (!equal)
            break;
    }
    return true;
}

static bool equal_dicts(struct jinja *j, const struct value *a, const struct value *b, bool *equal)
{
    *equal = a->count == b->count;
    for (size_t i = 0; *equal && i < a->count; i++) {
        const struct value *other;
        if (!value_find(j, b, &a->items[2 * i], &other))
            return false;
        *equal = other != NULL;
        if (other && !value_equal(j, &a->items[2 * i + 1], other, equal))
            return false;
    }
    return true;
}

bool value_equal(struct jinja *j, const struct value *a, const struct value *b, bool *equal)
{
    size_t at;
    *equal = false;
    if (!jinja_spend(j, 1))
        return false;
    if (value_is_number(a) && value_is_number(b)) {
        *equal = order_numbers(a, b) == 0;
        return true;
    }
    if (a->kind != b->kind)
        return true;
    switch (a->kind) {
    case VALUE_UNDEFINED:
    case VALUE_NONE:
        *equal = true;
        return true;
    case VALUE_STRING:
        *equal = a->count == b->count && memcmp(a->text, b->text, a->count) == 0;
        return a->count != b->count || jinja_spend(j, a->count / 8);
    case VALUE_LIST:
    case VALUE_TUPLE:
        if (a->count != b->count)
            return true;
        if (!first_difference(j, a, b, &at))
            return false;
        *equal = at == a->count;
        return true;
    case VALUE_DICT:
        return equal_dicts(j, a, b, equal);
    case VALUE_LOOP:
        *equal = a->loop == b->loop;
        return true;
    default: /* two iterators are never the same object */
        return true;
    }
}

bool value_order(struct jinja *j, const struct value *a, const struct value *b, int *order)
{
    if (value_is_number(a) && value_is_number(b)) {
        *order = order_numbers(a, b);
        return true;
    }
    if (a->kind == VALUE_STRING && b->kind == VALUE_STRING) {
        *order = strcmp(a->text, b->text); /* UTF-8 sorts as code points do */
        return jinja_spend(j, a->count / 8 + 1);
    }
    if (a->kind == b->kind && (a->kind == VALUE_LIST || a->kind == VALUE_TUPLE)) {
        size_t at;
        if (!first_difference(j, a, b, &at))
            return false;
        if (at < a->count && at < b->count)
            return value_order(j, &a->items[at], &b->items[at], order);
        *order = a->count < b->count ? -1 : a->count > b->count;
        return true;
    }
    return jinja_fail(j, "%s and %s cannot be ordered", value_words(a), value_words(b));
}

static bool iterate_string(struct jinja *j, const struct value *string, struct value *list)
{
    size_t count = str_characters(string->text), n = 0;
    if (!jinja_spend(j, count * (sizeof *list + 16)))
        return false;
    struct value *items = arena_alloc(j->arena, count * sizeof *items);
    for (const char *t = string->text, *next; *t; t = next) {
        uint32_t c;
        next = unicode_next(t, &c);
        size_t len = (size_t)(next - t);
        items[n++] = value_string(arena_strndup(j->arena, t, len), len);
    }
    return value_collect(j, VALUE_LIST, items, count, list);
}

bool value_iterate(struct jinja *j, const struct value *value, struct value *list)
{
    struct value *keys;
    switch (value->kind) {
    case VALUE_UNDEFINED:
        return value_collect(j, VALUE_LIST, NULL, 0, list);
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_ITERATOR:
        return value_collect(j, VALUE_LIST, value->items, value->count, list);
    case VALUE_STRING:
        return iterate_string(j, value, list);
    case VALUE_DICT:
        if (!jinja_spend(j, value->count * sizeof *keys))
            return false;
        keys = arena_alloc(j->arena, value->count * sizeof *keys);
        for (size_t i = 0; i < value->count; i++)
            keys[i] = value->items[2 * i];
        return value_collect(j, VALUE_LIST, keys, value->count, list);
    default:
        return jinja_fail(j, "%s has no items%s", value_words(value),
                          value->kind == VALUE_LOOP ? " here: this is not supported" : "");
    }
}

bool value_hashable(struct jinja *j, const struct value *value)
{
    if (value->kind == VALUE_LIST || value->kind == VALUE_DICT)
        return jinja_fail(j, "%s cannot be a key", value_words(value));
    for (size_t i = 0; value->kind == VALUE_TUPLE && i < value->count; i++)
        if (!jinja_spend(j, 1) || !value_hashable(j, &value->items[i]))
            return false;
    return true;
}

bool value_find(struct jinja *j, const struct value *dict, const struct value *key,
                const struct value **out)
{
    *out = NULL;
    for (size_t i = 0; !*out && i < dict->count; i++) {
        bool equal;
        if (!value_equal(j, &dict->items[2 * i], key, &equal))
            return false;
        if (equal)
            *out = &dict->items[2 * i + 1];
    }
    return true;
}

static bool in_items(struct jinja *j, const struct value *value, const struct value *container,
                     bool *found)
{
    *found = false;
    for (size_t i = 0; !*found && i < container->count; i++)
        if (!value_equal(j, &container->items[i], value, found))
            return false;
    return true;
}

bool value_in(struct jinja *j, const struct value *value, const struct value *container,
              bool *found)
{
    const struct value *entry;
    switch (container->kind) {
    case VALUE_UNDEFINED:
        *found = false;
        return true;
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_ITERATOR:
        return in_items(j, value, container, found);
    case VALUE_DICT:
        if (!value_hashable(j, value) || !value_find(j, container, value, &entry))
            return false;
        *found = entry != NULL;
        return true;
    case VALUE_STRING:
        if (value->kind != VALUE_STRING)
            return jinja_fail(j, "%s cannot be in a text", value_words(value));
        *found = strstr(container->text, value->text) != NULL;
        return jinja_spend(j, container->count);
    default:
        return jinja_fail(j, "'in' does not work with %s", value_words(container));
    }
}
