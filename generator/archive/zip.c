#define ZLIB_CONST /* stream.next_in is a pointer to const */
#include <string.h>
#include <zlib.h>

#include "archive/content.h"
#include "archive/entry.h"
#include "archive/pack.h"
#include "archive/zip.h"
#include "archive/zip_record.h"
#include "base/util.h"

struct zip {
    z_stream *deflater;
    struct zip_header header; /* of the entry being added */
    struct buf directory;     /* the central headers of the entries before it */
    size_t count;
    long long *content; /* of the entry being added; or NULL */
};

/* Returns one stream for all zips of a process, because making one costs more than packing a small
 * file. deflateReset leaves nothing of earlier data.
 *
 * Level 6 is zlib's default. Level 9 takes three to four times as long and saves under one percent
 * (measured on Python's library and on an ELF program). */
static z_stream *deflater(void)
{
    enum { LEVEL = 6, RAW_32K = -15, MEMORY = 8 };
    static z_stream stream;
    static bool made;
    int status =
        made ? deflateReset(&stream)
             : deflateInit2(&stream, LEVEL, Z_DEFLATED, RAW_32K, MEMORY, Z_DEFAULT_STRATEGY);
    if (status != Z_OK) /* its arguments are valid, so memory is all that can be missing */
        fatal_memory();
    made = true;
    return &stream;
}

static bool begin(struct pack *pack)
{
    (void)pack;
    return true;
}

/* end_entry writes the checksum and the sizes into the local header, so that readers that begin at
 * the front know where the entry ends. */
static bool begin_entry(struct pack *pack, const struct pack_entry *entry, uint64_t size)
{
    struct zip *zip = pack_state(pack);
    unsigned char local[LOCAL_SIZE];
    zip->header = (struct zip_header){
        .name = entry->name,
        .deflated = size > 0,
        .executable = entry->executable,
        .size = (uint32_t)size,
        .offset = (uint32_t)pack_offset(pack),
    };
    zip_put_local(local, &zip->header);
    pack_put(pack, local, sizeof local);
    pack_put(pack, entry->name, strlen(entry->name));
    zip->deflater = deflater();
    zip->content = entry->zipped ? NULL : entry->content;
    return true;
}

static void run_deflate(struct pack *pack, z_stream *stream, int flush)
{
    do {
        size_t room;
        stream->next_out = pack_room(pack, &room);
        stream->avail_out = (uInt)room;
        deflate(stream, flush);
        pack_used(pack, room - stream->avail_out);
    } while (!stream->avail_out);
}

static bool add(struct pack *pack, const void *data, size_t len)
{
    struct zip *zip = pack_state(pack);
    zip->header.crc = (uint32_t)crc32(zip->header.crc, data, (uInt)len);
    zip->deflater->next_in = data;
    zip->deflater->avail_in = (uInt)len;
    run_deflate(pack, zip->deflater, Z_NO_FLUSH);
    return true;
}

static bool end_entry(struct pack *pack)
{
    struct zip *zip = pack_state(pack);
    unsigned char sums[ZIP_SUMS_SIZE], central[CENTRAL_SIZE];
    if (zip->header.deflated)
        run_deflate(pack, zip->deflater, Z_FINISH);
    zip->header.compressed = (uint32_t)zip->deflater->total_out;
    zip_put_sums(sums, &zip->header);
    pack_patch(pack, (uint64_t)zip->header.offset + LOCAL_CRC, sums, sizeof sums);
    zip_put_central(central, &zip->header);
    buf_add(&zip->directory, central, sizeof central);
    buf_add(&zip->directory, zip->header.name, strlen(zip->header.name));
    zip->count++;
    if (zip->content)
        *zip->content = content_of_bytes(zip->header.crc, zip->header.executable);
    return true;
}

static bool finish(struct pack *pack)
{
    struct zip *zip = pack_state(pack);
    unsigned char end[END_SIZE];
    uint64_t offset = pack_offset(pack), size = offset + zip->directory.len + sizeof end;
    if (size >= ZIP_SIZE_MAX)
        return pack_fail(pack,
                         "would have %llu bytes; a zip can hold 4 GiB, and Lambda accepts 250 MB, "
                         "unzipped",
                         (unsigned long long)size);
    zip_put_end(end, zip->count, (uint32_t)zip->directory.len, (uint32_t)offset);
    pack_put(pack, zip->directory.data, zip->directory.len);
    pack_put(pack, end, sizeof end);
    return true;
}

static void dispose(struct pack *pack)
{
    struct zip *zip = pack_state(pack);
    buf_free(&zip->directory);
}

bool zip_write(const char *path, const struct pack_entry *entries, size_t n)
{
    static const struct pack_format format = {
        .code = EXIT_BUILD,
        .noun = "zip",
        .verb = "zipped",
        .entries_max = ZIP_ENTRIES_MAX,
        /* The zip stays below 4 GiB, even with headers and what deflate adds to incompressible
         * data, so it is never a zip64, which zip_add and some readers do not support. Lambda
         * accepts far less ("Lambda quotas": 250 MB, unzipped). */
        .content_max = 0xF0000000,
        .content_text = "3.75 GiB; Lambda accepts 250 MB, unzipped",
        .mode = 0644,
        .state_size = sizeof(struct zip),
        .begin = begin,
        .begin_entry = begin_entry,
        .add = add,
        .end_entry = end_entry,
        .finish = finish,
        .dispose = dispose,
    };
    return pack_write(&format, path, entries, n);
}

const char *zip_library(void)
{
    return zlibVersion();
}
