#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "archive/zip.h"
#include "archive/zip_in.h"
#include "archive/zip_record.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"

/* Copies the local headers and data. A replaced entry is left out with its data, and the entries
 * after it move up: readers that begin at the front (bsdtar on a pipe, Java's ZipInputStream) would
 * see dead bytes, which would also reveal the former content. So adding twice gives the same file
 * as adding only the second time. */
static bool copy_entries(const struct zip_in *in, FILE *out, uint64_t *end)
{
    uint64_t at = 0, removed = 0;
    for (size_t i = 0; i < in->count; i++) {
        const struct zip_item *item = in->by_offset[i];
        if (item->dropped) {
            if (!zip_in_copy(in, out, at, item->offset))
                return false;
            at = item->next;
            removed += at - item->offset;
        } else {
            zip_put32(item->central + CENTRAL_OFFSET, (uint32_t)(item->offset - removed));
        }
    }
    *end = in->directory - removed;
    return zip_in_copy(in, out, at, in->directory);
}

static void write_directory(const struct zip_in *in, FILE *out, uint64_t offset,
                            const struct zip_header *header)
{
    unsigned char central[CENTRAL_SIZE], end[END_SIZE];
    uint32_t count = 1, len = (uint32_t)(CENTRAL_SIZE + strlen(header->name));
    for (size_t i = 0; i < in->count; i++)
        if (!in->items[i].dropped) {
            fwrite(in->items[i].central, 1, in->items[i].central_len, out);
            len += (uint32_t)in->items[i].central_len;
            count++;
        }
    zip_put_central(central, header);
    fwrite(central, 1, sizeof central, out);
    fwrite(header->name, 1, strlen(header->name), out);
    zip_put_end(end, count, len, (uint32_t)offset);
    fwrite(end, 1, sizeof end, out);
}

struct addition {
    const struct zip_in *in;
    const char *name;
    const void *data;
    size_t len;
};

static bool write_zip(FILE *out, void *data)
{
    const struct addition *a = data;
    unsigned char local[LOCAL_SIZE];
    struct zip_header header = {
        .name = a->name, .compressed = (uint32_t)a->len, .size = (uint32_t)a->len};
    uint64_t at;
    if (!copy_entries(a->in, out, &at))
        return false;
    header.crc = (uint32_t)crc32(0, a->data, (uInt)a->len);
    header.offset = (uint32_t)at;
    zip_put_local(local, &header);
    fwrite(local, 1, sizeof local, out);
    fwrite(a->name, 1, strlen(a->name), out);
    if (a->len)
        fwrite(a->data, 1, a->len, out);
    write_directory(a->in, out, at + LOCAL_SIZE + strlen(a->name) + a->len, &header);
    return true;
}

/* Marks the entry that is replaced, and refuses a result that would need zip64. Its size is
 * estimated: a replaced entry still counts. */
static bool prepare(struct zip_in *in, const char *to, const char *name, size_t len)
{
    size_t name_len = strlen(name), count = 1;
    for (size_t i = 0; i < in->count; i++) {
        struct zip_item *item = &in->items[i];
        item->dropped = zip_get16(item->central + CENTRAL_NAME_LEN) == name_len &&
                        memcmp(item->central + CENTRAL_SIZE, name, name_len) == 0;
        count += !item->dropped;
    }
    uint64_t size = in->size + LOCAL_SIZE + CENTRAL_SIZE + 2 * name_len;
    if (count > ZIP_ENTRIES_MAX || len >= ZIP_SIZE_MAX || size + len >= ZIP_SIZE_MAX)
        return diag_error(EXIT_OTHER, (struct pos){.file = to},
                          "would be a zip64 file: over 65534 entries or 4 GiB");
    return true;
}

bool zip_add(const char *from, const char *to, const char *name, const void *data, size_t len)
{
    const char *fault = path_relative_fault(name);
    if (fault)
        return diag_error(EXIT_OTHER, (struct pos){.file = to}, "the name '%s' %s", name, fault);
    struct arena *arena = arena_new();
    struct zip_in in;
    struct addition addition = {&in, name, data, len};
    bool ok = zip_in_open(&in, arena, from) && prepare(&in, to, name, len) &&
              zip_replace(arena, to, 0600, write_zip, &addition);
    zip_in_close(&in);
    arena_free(arena);
    return ok;
}
