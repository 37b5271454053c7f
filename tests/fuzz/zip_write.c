/* Zips that Gordon writes: parts are a name and a content in turns. They are read back by zlib. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "archive/entry.h"
#include "archive/zip.h"
#include "archive/zip_in.h"
#include "archive/zip_record.h"
#include "base/file.h"
#include "base/util.h"
#include "fuzz.h"

enum { ENTRIES_MAX = 16, METHOD = 10, CRC = 16, COMPRESSED = 20, SIZE = 24 };

struct content {
    const char *data;
    size_t len;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct pack_entry *)a)->name, ((const struct pack_entry *)b)->name);
}

/* The bytes of an entry, `size` of them, or NULL. */
static char *unpack(const struct zip_in *in, const struct zip_item *item, size_t size)
{
    unsigned char local[LOCAL_SIZE];
    size_t packed = zip_get32(item->central + COMPRESSED);
    char *raw = arena_alloc(fuzz_arena, packed + 1), *out = arena_alloc(fuzz_arena, size + 1);
    if (!zip_in_read(in, local, sizeof local, item->offset))
        return NULL;
    uint64_t at = item->offset + LOCAL_SIZE + zip_get16(local + 26) + zip_get16(local + 28);
    if (!zip_in_read(in, raw, packed, at))
        return NULL;
    if (!zip_get16(item->central + METHOD))
        return packed == size ? raw : NULL;
    z_stream z = {.next_in = (Bytef *)raw,
                  .avail_in = (uInt)packed,
                  .next_out = (Bytef *)out,
                  .avail_out = (uInt)size + 1};
    bool ok = inflateInit2(&z, -MAX_WBITS) == Z_OK && inflate(&z, Z_FINISH) == Z_STREAM_END &&
              z.total_out == size;
    inflateEnd(&z);
    return ok ? out : NULL;
}

static void check_entry(const struct zip_in *in, size_t i, const struct pack_entry *entry)
{
    size_t len, size;
    const struct zip_item *item = &in->items[i];
    const char *name = zip_item_name(item, &len),
               *content = file_read(fuzz_arena, entry->source, &size);
    fuzz_expect(len == strlen(entry->name) && !memcmp(name, entry->name, len), "it has its name");
    fuzz_expect(zip_get32(item->central + SIZE) == size, "it has its size");
    fuzz_expect(zip_get32(item->central + CRC) == crc32(0, (const Bytef *)content, (uInt)size),
                "it has its checksum");
    const char *unpacked = unpack(in, item, size);
    fuzz_expect(unpacked && memcmp(unpacked, content, size) == 0, "it has its bytes");
}

static void check(const struct pack_entry *entries, size_t n)
{
    struct zip_in in;
    fuzz_expect(zip_in_open(&in, fuzz_arena, "z.zip"), "it is a zip");
    fuzz_expect(in.count == n, "it has all entries");
    for (size_t i = 0; i < n; i++)
        check_entry(&in, i, &entries[i]);
    zip_in_close(&in);
}

void fuzz_target(const char *data, size_t len)
{
    struct pack_entry entries[ENTRIES_MAX];
    size_t n = 0, kept = 0, size;
    while (len && n < ENTRIES_MAX) {
        char *name = fuzz_part(&data, &len, NULL);
        const char *content = fuzz_part(&data, &len, &size);
        const char *source = arena_printf(fuzz_arena, "source%zu", n);
        name[strcspn(name, "\n")] = '\0';
        fuzz_write(source, content, size);
        entries[n++] = (struct pack_entry){name, source, size % 2, NULL};
    }
    qsort(entries, n, sizeof *entries, by_name);
    for (size_t i = 0; i < n; i++)
        if (!path_relative_fault(entries[i].name) &&
            (!kept || strcmp(entries[kept - 1].name, entries[i].name) != 0))
            entries[kept++] = entries[i];
    fuzz_expect(zip_write("z.zip", entries, kept), "it is written");
    check(entries, kept);
    if (n > kept) /* with a name that no zip may have, nothing is written */
        zip_write("other.zip", entries, n);
}
