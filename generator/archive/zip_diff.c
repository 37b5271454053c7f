#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "archive/zip_diff.h"
#include "archive/zip_in.h"
#include "archive/zip_record.h"
#include "base/util.h"

static const char *name_of(struct arena *arena, const struct zip_item *item)
{
    size_t len;
    const char *name = zip_item_name(item, &len);
    return arena_strndup(arena, name, len);
}

static bool same(const struct zip_item *a, const struct zip_item *b)
{
    return zip_get32(a->central + CENTRAL_CRC) == zip_get32(b->central + CENTRAL_CRC) &&
           a->size == b->size;
}

/* Adds the entries to a table by name, and their names to a list. */
static void index_items(struct arena *arena, const struct zip_in *in, struct table *items,
                        const char ***names, size_t *n)
{
    for (size_t i = 0; i < in->count; i++) {
        const char *name = name_of(arena, &in->items[i]);
        table_set(arena, items, name, &in->items[i]);
        array_push(arena, *names, *n, name);
    }
}

static void compare(struct arena *arena, const struct zip_in *before, const struct zip_in *after,
                    void (*found)(enum zip_difference difference, const char *name, void *data),
                    void *data)
{
    struct table was = {0}, is = {0};
    const char **names = NULL;
    size_t n = 0;
    index_items(arena, before, &was, &names, &n);
    index_items(arena, after, &is, &names, &n);
    if (n)
        qsort(names, n, sizeof *names, str_compare);
    for (size_t i = 0; i < n; i++) {
        const struct zip_item *old = table_get(&was, names[i]), *new = table_get(&is, names[i]);
        if (i && strcmp(names[i - 1], names[i]) == 0)
            continue; /* it is in both zips, and was compared */
        if (!old || !new)
            found(old ? ZIP_REMOVED : ZIP_ADDED, names[i], data);
        else if (!same(old, new))
            found(ZIP_CHANGED, names[i], data);
    }
}

bool zip_diff(struct arena *arena, const char *before, const char *after,
              void (*found)(enum zip_difference difference, const char *name, void *data),
              void *data)
{
    struct zip_in one, other = {.fd = -1};
    bool ok = zip_in_open(&one, arena, before);
    bool both = ok && zip_in_open(&other, arena, after);
    if (both)
        compare(arena, &one, &other, found, data);
    zip_in_close(&one);
    if (ok)
        zip_in_close(&other);
    return both;
}

const char *zip_stored(struct arena *arena, const char *path, const char *name)
{
    struct zip_in in;
    const char *text = "";
    bool ok = zip_in_open(&in, arena, path);
    for (size_t i = 0; ok && i < in.count; i++) {
        const struct zip_item *item = &in.items[i];
        uint64_t size = item->packed;
        if (zip_get16(item->central + CENTRAL_METHOD) || strcmp(name_of(arena, item), name) != 0)
            continue;
        char *data = arena_alloc(arena, (size_t)size + 1);
        data[size] = '\0';
        ok = zip_in_read(&in, data, size, item->end - size);
        text = data;
    }
    zip_in_close(&in);
    return ok ? text : NULL;
}
