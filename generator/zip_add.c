#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "util.h"
#include "zip.h"
#include "zip_in.h"

enum {
    COMMON_SIZE = 26,      /* what a local and a central header have in common */
    VERSION = 20,          /* 4.4.3.2 */
    MADE_BY_UNIX = 3 << 8, /* 4.4.2.2: external attributes hold a mode */
    UTF8_FLAG = 1 << 11,   /* 4.4.4 */
    DATE = 1 << 5 | 1,     /* 1980-01-01, 4.4.6; the time is 0 */
};

/* CRC-32 (4.4.7), reflected, four bits at a time. */
static uint32_t crc32(const unsigned char *data, size_t len)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

/* Copies the local part. An entry that is replaced goes with its data, and those behind it move up:
 * dead bytes would be seen by readers that begin at the front (bsdtar on a pipe, Java's
 * ZipInputStream), and the result would tell what had been in it before. So adding twice gives the
 * same file as adding only the second time. */
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

/* The fields from "version needed to extract" to "extra field length", 4.3.7. */
static void make_common(unsigned char common[COMMON_SIZE], const char *name, const void *data,
                        size_t len)
{
    bool ascii = true;
    for (const char *c = name; *c; c++)
        ascii = ascii && (unsigned char)*c < 0x80;
    unsigned char *p = zip_put16(common, VERSION);
    p = zip_put16(p, ascii ? 0 : UTF8_FLAG);
    p = zip_put16(p, 0); /* stored */
    p = zip_put16(p, 0); /* time */
    p = zip_put16(p, DATE);
    p = zip_put32(p, crc32(data, len));
    p = zip_put32(p, (uint32_t)len);
    p = zip_put32(p, (uint32_t)len);
    p = zip_put16(p, (uint32_t)strlen(name));
    zip_put16(p, 0); /* no extra field */
}

static void write_directory(const struct zip_in *in, FILE *out, uint64_t offset, const char *name,
                            const unsigned char common[COMMON_SIZE], uint64_t local)
{
    unsigned char head[6], rest[14] = {0};
    uint32_t count = 1, len = (uint32_t)(CENTRAL_SIZE + strlen(name));
    for (size_t i = 0; i < in->count; i++)
        if (!in->items[i].dropped) {
            fwrite(in->items[i].central, 1, in->items[i].central_len, out);
            len += (uint32_t)in->items[i].central_len;
            count++;
        }
    zip_put16(zip_put32(head, CENTRAL_SIGNATURE), MADE_BY_UNIX | VERSION);
    zip_put32(zip_put32(rest + 6, 0100644u << 16),
              (uint32_t)local); /* behind comment, disk, internal */
    fwrite(head, 1, sizeof head, out);
    fwrite(common, 1, COMMON_SIZE, out);
    fwrite(rest, 1, sizeof rest, out);
    fwrite(name, 1, strlen(name), out);
    zip_put_end(out, count, len, (uint32_t)offset);
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
    unsigned char signature[4], common[COMMON_SIZE];
    uint64_t local;
    if (!copy_entries(a->in, out, &local))
        return false;
    make_common(common, a->name, a->data, a->len);
    zip_put32(signature, LOCAL_SIGNATURE);
    fwrite(signature, 1, sizeof signature, out);
    fwrite(common, 1, sizeof common, out);
    fwrite(a->name, 1, strlen(a->name), out);
    if (a->len)
        fwrite(a->data, 1, a->len, out);
    write_directory(a->in, out, local + LOCAL_SIZE + strlen(a->name) + a->len, a->name, common,
                    local);
    return true;
}

/* Marks what is replaced, and sees that the result is no zip64. The size is a little over what it
 * will be, where an entry is replaced. */
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
    if (count >= 0xFFFF || len >= 0xFFFFFFFF || size + len >= 0xFFFFFFFF)
        return diag_error(EXIT_OTHER, (struct pos){.file = to},
                          "would be a zip64 file: over 65534 entries or 4 GiB");
    return true;
}

bool zip_add(const char *from, const char *to, const char *name, const void *data, size_t len)
{
    const char *fault = zip_name_fault(name);
    if (fault)
        return diag_error(EXIT_OTHER, (struct pos){.file = to}, "the name '%s' %s", name, fault);
    struct arena *arena = arena_new();
    struct zip_in in;
    struct addition addition = {&in, name, data, len};
    bool ok = zip_in_open(&in, arena, from) && prepare(&in, to, name, len) &&
              zip_replace(arena, to, write_zip, &addition);
    zip_in_close(&in);
    arena_free(arena);
    return ok;
}
