#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "template/cfn.h"
#include "template/json_text.h"

struct writer {
    struct buf text; /* after the last function */
    json_t *parts;
};

static void write_value(struct writer *w, const json_t *value);

static void finish_part(struct writer *w)
{
    json_array_append_new(w->parts, json_stringn(w->text.data ? w->text.data : "", w->text.len));
    w->text.len = 0;
}

static void write_function(struct writer *w, const json_t *function)
{
    buf_adds(&w->text, "\"");
    finish_part(w);
    json_array_append(w->parts, (json_t *)function);
    buf_adds(&w->text, "\"");
}

static void write_plain(struct writer *w, const json_t *value)
{
    char *text = cfn_dump(value, JSON_COMPACT | JSON_ENCODE_ANY);
    buf_adds(&w->text, text ? text : "");
    free(text);
}

static void write_list(struct writer *w, const json_t *list)
{
    size_t i;
    json_t *item;
    buf_adds(&w->text, "[");
    json_array_foreach((json_t *)list, i, item) {
        if (i)
            buf_adds(&w->text, ",");
        write_value(w, item);
    }
    buf_adds(&w->text, "]");
}

static void write_map(struct writer *w, const json_t *map)
{
    struct arena *arena = arena_new();
    const char **keys = NULL, *key;
    json_t *value;
    size_t n = 0;
    json_object_foreach((json_t *)map, key, value)
        array_push(arena, keys, n, key);
    if (n)
        qsort(keys, n, sizeof *keys, str_compare);
    buf_adds(&w->text, "{");
    for (size_t i = 0; i < n; i++) {
        json_t *name = json_string(keys[i]);
        if (i)
            buf_adds(&w->text, ",");
        write_plain(w, name);
        buf_adds(&w->text, ":");
        write_value(w, json_object_get(map, keys[i]));
        json_decref(name);
    }
    buf_adds(&w->text, "}");
    arena_free(arena);
}

static void write_value(struct writer *w, const json_t *value)
{
    if (cfn_is_function(value))
        write_function(w, value);
    else if (json_is_array(value))
        write_list(w, value);
    else if (json_is_object(value))
        write_map(w, value);
    else
        write_plain(w, value);
}

json_t *json_text(json_t *value)
{
    if (!value)
        return NULL;
    struct writer w = {.parts = json_array()};
    write_value(&w, value);
    finish_part(&w);
    json_t *result = json_array_size(w.parts) > 1 ? cfn_join("", json_incref(w.parts))
                                                  : json_incref(json_array_get(w.parts, 0));
    json_decref(w.parts);
    json_decref(value);
    buf_free(&w.text);
    return result;
}
