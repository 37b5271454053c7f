#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/zip_look.h"
#include "base/file.h"
#include "base/mapping.h"
#include "base/util.h"
#include "build/unzipped.h"

enum { PARTS_SHOWN = 5 };

/* A file or folder at the top of a zip. */
struct part {
    const char *name;
    uint64_t size;
};

struct parts {
    struct part *list;
    size_t n;
    struct table known; /* name to index + 1 */
    uint64_t size;
};

static void add(struct arena *arena, struct parts *parts, const struct zip_seen *seen)
{
    const char *slash = memchr(seen->name, '/', seen->name_len);
    size_t len = slash ? (size_t)(slash - seen->name) + 1 : seen->name_len;
    const char *name = arena_strndup(arena, seen->name, len);
    uintptr_t index = (uintptr_t)table_get(&parts->known, name);
    if (!index) {
        array_push(arena, parts->list, parts->n, ((struct part){name, 0}));
        index = parts->n;
        table_set(arena, &parts->known, name, (void *)index);
    }
    parts->list[index - 1].size += seen->size;
    parts->size += seen->size;
}

static int by_size(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return strcmp(x->name, y->name);
}

static const char *largest(struct arena *arena, struct parts *parts)
{
    struct buf text = {0};
    if (parts->n)
        qsort(parts->list, parts->n, sizeof *parts->list, by_size);
    for (size_t i = 0; i < parts->n && i < PARTS_SHOWN; i++)
        buf_add_item(&text, ", ",
                     arena_printf(arena, "%s (%llu)", parts->list[i].name,
                                  (unsigned long long)parts->list[i].size));
    return buf_text(arena, &text);
}

static bool report(struct arena *arena, struct parts *parts, const char *name, struct pos pos,
                   bool refuse)
{
    static const char format[] = "%s has %llu bytes unzipped, %llu over Lambda's %d; the largest "
                                 "of it: %s";
    unsigned long long size = parts->size, over = size - UNZIPPED_MAX;
    const char *parts_text = largest(arena, parts);
    if (refuse)
        return diag_error(EXIT_RESOURCE, pos, format, name, size, over, UNZIPPED_MAX, parts_text);
    diag_warning(pos, format, name, size, over, UNZIPPED_MAX, parts_text);
    return false;
}

bool unzipped_check(struct arena *arena, const char *zip, const char *name, struct pos pos,
                    bool refuse)
{
    struct mapping file;
    struct zip_look look;
    struct zip_seen seen;
    struct parts parts = {0};
    struct stat st;
    if (stat(zip, &st) != 0 || st.st_size <= UNZIPPED_MAX / ZIP_DEFLATE_MOST ||
        !mapping_open(&file, zip))
        return true;
    if (zip_look_begin(&look, file.data, file.len))
        while (zip_look_next(&look, &seen))
            add(arena, &parts, &seen);
    mapping_close(&file);
    return parts.size <= UNZIPPED_MAX || report(arena, &parts, name, pos, refuse);
}

/* --- a lambda and its layers ---------------------------------------------------------------- */

/* Returns the unzipped size of a zip, or 0 if it cannot be read. */
static uint64_t size_of(struct arena *arena, struct table *known, const char *zip)
{
    const uint64_t *found = table_get(known, zip);
    struct mapping file;
    struct zip_look look;
    struct zip_seen seen;
    if (found)
        return *found;
    uint64_t *size = arena_alloc(arena, sizeof *size);
    *size = 0;
    if (mapping_open(&file, zip)) {
        if (zip_look_begin(&look, file.data, file.len))
            while (zip_look_next(&look, &seen))
                *size += seen.size;
        mapping_close(&file);
    }
    table_set(arena, known, zip, size);
    return *size;
}

bool unzipped_check_layers(struct arena *arena, struct table *known, const char *const *zips,
                           size_t n, struct pos pos, bool refuse)
{
    static const char format[] = "%s and its layers have %llu bytes unzipped, %llu over Lambda's "
                                 "%d: %s";
    unsigned long long sum = 0;
    struct buf parts = {0};
    bool single = false;
    for (size_t i = 0; i < n; i++) {
        uint64_t size = size_of(arena, known, zips[i]);
        buf_add_item(
            &parts, ", ",
            arena_printf(arena, "%s (%llu)", path_base(zips[i]), (unsigned long long)size));
        single = single || size > UNZIPPED_MAX;
        sum += size;
    }
    const char *name = path_base(zips[0]), *text = buf_text(arena, &parts);
    if (sum <= UNZIPPED_MAX || single)
        return true;
    if (refuse)
        return diag_error(EXIT_RESOURCE, pos, format, name, sum, sum - UNZIPPED_MAX, UNZIPPED_MAX,
                          text);
    diag_warning(pos, format, name, sum, sum - UNZIPPED_MAX, UNZIPPED_MAX, text);
    return false;
}
