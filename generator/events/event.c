#include <stdlib.h>
#include <string.h>

#include "archive/gzip.h"
#include "base/base64.h"
#include "base/diag.h"
#include "base/util.h"
#include "events/event.h"
#include "events/event_filter.h"
#include "events/source.h"
#include "template/cfn.h"

struct making {
    struct arena *arena;
    const struct event *event;
    json_t *values; /* names to texts: the defaults of the source and of all sources */
    json_t *given;  /* the same for those that were given */
    bool ok;
};

static bool usage(const char *format, ...) printf_like(1, 2);
static bool usage(const char *format, ...)
{
    struct arena *arena = arena_new();
    va_list args;
    va_start(args, format);
    diag_error(EXIT_USAGE, (struct pos){0}, "%s", arena_vprintf(arena, format, args));
    va_end(args);
    arena_free(arena);
    return false;
}

/* --- holes -------------------------------------------------------------------------------- */

static json_t *expand(struct making *m, const json_t *value);

/* Returns a value (new) as text: one that was given as it is, or a default with its holes filled.
 */
static json_t *value_of(struct making *m, const char *name)
{
    json_t *given = json_object_get(m->given, name);
    const json_t *value = json_object_get(m->values, name);
    if (!value)
        fatal("the event '%s' has no value '%s'", m->event->source, name);
    return given ? json_incref(given) : expand(m, value);
}

/* Returns what the hole between ${ and } makes (new). After an error that is null, and m->ok is
 * false. */
static json_t *hole(struct making *m, const char *text, size_t len)
{
    size_t at = strcspn(text, "|}?");
    const char *name = arena_strndup(m->arena, text, at);
    json_t *value = value_of(m, name);
    while (at < len && text[at] == '|') {
        const char *filter = text + at + 1, *wanted = "";
        size_t filter_len = strcspn(filter, "|}?");
        json_t *made = event_filter(filter, filter_len, value, &wanted);
        json_decref(value);
        value = made;
        if (!value) { /* one hole of a value may be wrong in several places */
            m->ok =
                m->ok && usage("--%s of the event '%s' must be %s", name, m->event->source, wanted);
            return json_null();
        }
        at += 1 + filter_len;
    }
    return value;
}

static bool is_empty(const json_t *value)
{
    return json_is_null(value) || (json_is_string(value) && !json_string_length(value)) ||
           (json_is_object(value) && !json_object_size(value));
}

/* Adds what a hole makes to a text. */
static void add_hole(struct making *m, struct buf *out, const char *text, size_t len)
{
    json_t *value = hole(m, text, len);
    if (json_is_string(value))
        buf_add(out, json_string_value(value), json_string_length(value));
    json_decref(value);
}

/* Returns a text with its holes filled; NULL if it is left out. */
static json_t *expand_text(struct making *m, const char *text)
{
    size_t len = strlen(text);
    if (str_starts(text, "${") && strcspn(text, "}") == len - 1) {
        json_t *value = hole(m, text + 2, len - 3);
        if (text[len - 2] != '?' || !is_empty(value))
            return value;
        json_decref(value);
        return NULL;
    }
    struct buf out = {0};
    for (const char *at = text; *at;) {
        const char *begin = strstr(at, "${"), *end = begin ? strchr(begin, '}') : NULL;
        buf_add(&out, at, end ? (size_t)(begin - at) : strlen(at));
        if (end)
            add_hole(m, &out, begin + 2, (size_t)(end - begin) - 2);
        at = end ? end + 1 : at + strlen(at);
    }
    json_t *made = json_stringn(out.data ? out.data : "", out.len);
    buf_free(&out);
    return made;
}

/* Returns the base64 of compressed JSON, in which CloudWatch sends logs. */
static json_t *compressed(struct making *m, const json_t *value)
{
    json_t *inner = expand(m, value);
    char *text = cfn_dump(inner, JSON_COMPACT);
    struct buf bytes = {0}, out = {0};
    gzip_text(text, strlen(text), &bytes);
    base64_encode(bytes.data, bytes.len, &out);
    json_t *made = json_stringn(out.data, out.len);
    free(text);
    json_decref(inner);
    buf_free(&bytes);
    buf_free(&out);
    return made;
}

static json_t *expand_object(struct making *m, const json_t *object)
{
    const json_t *packed = json_object_get(object, "$gzip");
    const char *key;
    json_t *value;
    if (packed)
        return compressed(m, packed);
    json_t *made = json_object();
    json_object_foreach((json_t *)object, key, value) {
        json_t *name = expand_text(m, key), *item = expand(m, value);
        if (item)
            json_object_set_new(made, json_string_value(name), item);
        json_decref(name);
    }
    return made;
}

/* Returns a part of the event with its holes filled; NULL if it is left out. */
static json_t *expand(struct making *m, const json_t *value)
{
    if (json_is_string(value))
        return expand_text(m, json_string_value(value));
    if (json_is_object(value))
        return expand_object(m, value);
    if (!json_is_array(value))
        return json_incref((json_t *)value);
    json_t *made = json_array(), *item;
    size_t i;
    json_array_foreach((json_t *)value, i, item)
        json_array_append_new(made, expand(m, item));
    return made;
}

/* --- values ------------------------------------------------------------------------------- */

/* Reports a name that the source has no value for, with the names that it has. */
static bool unknown(struct making *m, const char *name)
{
    const char *names[64], *key;
    size_t n = 0;
    struct buf all = {0};
    json_t *value;
    json_object_foreach(m->values, key, value)
        if (n < countof(names) && source_takes(key)) {
            names[n++] = key;
            buf_add_item(&all, ", ", arena_printf(m->arena, "--%s", key));
        }
    const char *near = str_nearest(name, names, n);
    if (near)
        usage("the event '%s' has no '--%s'; did you mean '--%s'?", m->event->source, name, near);
    else
        usage("the event '%s' has no '--%s'; it has %s", m->event->source, name, all.data);
    buf_free(&all);
    return false;
}

static bool read_value(struct making *m, const char *word, const char *text)
{
    const char *name = arena_strndup(m->arena, word, strcspn(word, "="));
    json_t *value = text ? json_string(text) : NULL;
    bool known = json_object_get(m->values, name) && source_takes(name);
    bool ok = true;
    if (!known)
        ok = unknown(m, name);
    else if (!text)
        ok = usage("--%s needs a value", name);
    else if (!value)
        ok = usage("--%s is not UTF-8", name);
    else if (json_object_get(m->given, name))
        ok = usage("--%s takes one value", name);
    else
        json_object_set(m->given, name, value);
    json_decref(value);
    return ok;
}

const char *event_make(struct arena *arena, const struct event *event)
{
    json_t *file = source_load(arena, event->source), *made = NULL;
    if (!file)
        return NULL;
    struct making m = {arena, event, json_object_get(file, "values"), json_object(), true};
    source_add_common(m.values, event->region, event->stage);
    for (size_t i = 0; i + 1 < event->n; i += 2)
        m.ok = read_value(&m, event->values[i], event->values[i + 1]) && m.ok;
    if (m.ok)
        made = expand(&m, json_object_get(file, "event"));
    size_t layout = event->indented ? JSON_INDENT(2) : JSON_COMPACT;
    char *dumped = m.ok ? cfn_dump(made, layout | JSON_ENCODE_ANY) : NULL;
    const char *text = dumped ? arena_strdup(arena, dumped) : NULL;
    free(dumped);
    json_decref(made);
    json_decref(m.given);
    json_decref(file);
    return text;
}
