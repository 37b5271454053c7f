#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"
#include "util.h"
#include "zip.h"

/* Sections are those of PKWARE's APPNOTE.TXT, version 6.3.10. */
enum {
    LOCAL_SIGNATURE = 0x04034b50,   /* 4.3.7 */
    CENTRAL_SIGNATURE = 0x02014b50, /* 4.3.12 */
    END_SIGNATURE = 0x06054b50,     /* 4.3.16 */
    LOCATOR_SIGNATURE = 0x07064b50, /* 4.3.15, before the end record of a zip64 */
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    END_SIZE = 22,
    LOCATOR_SIZE = 20,
    COMMENT_MAX = 65535,
    COMMON_SIZE = 26,      /* what a local and a central header have in common */
    VERSION = 20,          /* 4.4.3.2 */
    MADE_BY_UNIX = 3 << 8, /* 4.4.2.2: external attributes hold a mode */
    UTF8_FLAG = 1 << 11,   /* 4.4.4 */
    DATE = 1 << 5 | 1,     /* 1980-01-01, 4.4.6; the time is 0 */
};

struct item {
    unsigned char *central; /* its header in the central directory */
    size_t central_len;
    uint64_t offset, end; /* of its local header and data; a data descriptor may follow */
    bool dropped;
};

/* The zip that is read. */
struct in {
    const char *path;
    struct arena *arena;
    int fd;
    uint64_t size;
    uint64_t directory; /* the central directory's offset: it reaches to the end record */
    size_t directory_len, count;
    struct item *items, **by_offset;
};

static uint32_t get16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const unsigned char *p)
{
    return get16(p) | get16(p + 2) << 16;
}

static unsigned char *put16(unsigned char *p, uint32_t value)
{
    *p++ = (unsigned char)value;
    *p++ = (unsigned char)(value >> 8);
    return p;
}

static unsigned char *put32(unsigned char *p, uint32_t value)
{
    return put16(put16(p, value & 0xFFFF), value >> 16);
}

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

static bool fail(const char *path, const char *what)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = path}, "%s: %s", what, strerror(errno));
}

static bool broken(const struct in *in, const char *why)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = in->path}, "is a broken zip: %s", why);
}

static bool is_zip64(const struct in *in)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = in->path},
                      "is a zip64 file, to which Gordon cannot add");
}

static bool read_at(const struct in *in, void *data, size_t len, uint64_t offset)
{
    for (char *p = data; len;) {
        ssize_t n = pread(in->fd, p, len, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(in->path, "cannot be read");
        if (n == 0)
            return broken(in, "it ends while it is read");
        p += n, len -= (size_t)n, offset += (uint64_t)n;
    }
    return true;
}

/* Takes the end record's fields. Nothing may lie between the directory and it, so that a zip with
 * something in front, whose offsets are wrong by that, is refused. */
static bool take_end(struct in *in, const unsigned char *end, uint64_t offset)
{
    uint32_t entries = get16(end + 10), len = get32(end + 12), directory = get32(end + 16);
    unsigned char locator[4] = {0};
    if (entries == 0xFFFF || len == 0xFFFFFFFF || directory == 0xFFFFFFFF)
        return is_zip64(in);
    if (get16(end + 4) || get16(end + 6) || get16(end + 8) != entries)
        return broken(in, "it has more than one part");
    if ((uint64_t)directory + len != offset) {
        if (offset >= LOCATOR_SIZE && !read_at(in, locator, sizeof locator, offset - LOCATOR_SIZE))
            return false;
        return get32(locator) == LOCATOR_SIGNATURE ? is_zip64(in)
                                                   : broken(in, "its directory is not at its end");
    }
    in->directory = directory;
    in->directory_len = len;
    in->count = entries;
    return true;
}

/* The end record is the last thing but for a comment, whose length it tells. */
static bool find_end(struct in *in)
{
    size_t len = in->size < END_SIZE + COMMENT_MAX ? (size_t)in->size : END_SIZE + COMMENT_MAX;
    unsigned char *tail = arena_alloc(in->arena, len);
    if (!read_at(in, tail, len, in->size - len))
        return false;
    for (size_t rest = END_SIZE; rest <= len; rest++) {
        const unsigned char *end = tail + len - rest;
        if (get32(end) == END_SIGNATURE && get16(end + 20) == rest - END_SIZE)
            return take_end(in, end, in->size - rest);
    }
    return broken(in, "it has no end record; perhaps it was cut");
}

/* Reads one header of the directory, of which `left` bytes remain, and the local one. */
static bool take_item(struct in *in, struct item *item, unsigned char *p, size_t left)
{
    unsigned char local[LOCAL_SIZE];
    if (left < CENTRAL_SIZE || get32(p) != CENTRAL_SIGNATURE)
        return broken(in, "its directory has fewer entries than it says");
    item->central = p;
    item->central_len = CENTRAL_SIZE + get16(p + 28) + get16(p + 30) + get16(p + 32);
    if (item->central_len > left)
        return broken(in, "an entry reaches over the directory's end");
    item->offset = get32(p + 42);
    if (get32(p + 20) == 0xFFFFFFFF || get32(p + 24) == 0xFFFFFFFF || item->offset == 0xFFFFFFFF)
        return is_zip64(in);
    if (item->offset + LOCAL_SIZE > in->directory)
        return broken(in, "an entry lies behind the directory");
    if (!read_at(in, local, sizeof local, item->offset))
        return false;
    if (get32(local) != LOCAL_SIGNATURE)
        return broken(in, "an entry is not where the directory says");
    item->end = item->offset + LOCAL_SIZE + get16(local + 26) + get16(local + 28) + get32(p + 20);
    return true;
}

static int compare_offset(const void *a, const void *b)
{
    const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Where what follows the entry begins. */
static uint64_t next_offset(const struct in *in, size_t i)
{
    return i + 1 < in->count ? in->by_offset[i + 1]->offset : in->directory;
}

static bool read_directory(struct in *in)
{
    unsigned char *directory = arena_alloc(in->arena, in->directory_len);
    if (!read_at(in, directory, in->directory_len, in->directory))
        return false;
    in->items = arena_alloc(in->arena, in->count * sizeof *in->items);
    in->by_offset = arena_alloc(in->arena, in->count * sizeof *in->by_offset);
    size_t at = 0;
    for (size_t i = 0; i < in->count; i++) {
        if (!take_item(in, &in->items[i], directory + at, in->directory_len - at))
            return false;
        at += in->items[i].central_len;
        in->by_offset[i] = &in->items[i];
    }
    if (at != in->directory_len)
        return broken(in, "its directory is longer than its entries");
    qsort(in->by_offset, in->count, sizeof *in->by_offset, compare_offset);
    for (size_t i = 0; i < in->count; i++)
        if (in->by_offset[i]->end > next_offset(in, i))
            return broken(in, "an entry reaches into what follows it");
    return true;
}

static bool open_in(struct in *in)
{
    struct stat st;
    in->fd = open(in->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (in->fd < 0 || fstat(in->fd, &st) != 0)
        return fail(in->path, "cannot be read");
    if (!S_ISREG(st.st_mode))
        return diag_error(EXIT_OTHER, (struct pos){.file = in->path}, "is not a file");
    in->size = (uint64_t)st.st_size;
    return find_end(in) && read_directory(in);
}

/* A failed write is seen by the caller, in ferror. */
static bool copy_range(const struct in *in, FILE *out, uint64_t from, uint64_t to)
{
    char block[16 * 1024];
    while (from < to && !ferror(out)) {
        size_t len = to - from < sizeof block ? (size_t)(to - from) : sizeof block;
        if (!read_at(in, block, len, from))
            return false;
        fwrite(block, 1, len, out);
        from += len;
    }
    return true;
}

/* Copies the local part. An entry that is replaced goes with its data, and those behind it move up:
 * dead bytes would be seen by readers that begin at the front (bsdtar on a pipe, Java's
 * ZipInputStream), and the result would tell what had been in it before. So adding twice gives the
 * same file as adding only the second time. */
static bool copy_entries(const struct in *in, FILE *out, uint64_t *end)
{
    uint64_t at = 0, removed = 0;
    for (size_t i = 0; i < in->count; i++) {
        const struct item *item = in->by_offset[i];
        if (item->dropped) {
            if (!copy_range(in, out, at, item->offset))
                return false;
            at = next_offset(in, i);
            removed += at - item->offset;
        } else {
            put32(item->central + 42, (uint32_t)(item->offset - removed));
        }
    }
    *end = in->directory - removed;
    return copy_range(in, out, at, in->directory);
}

/* The fields from "version needed to extract" to "extra field length", 4.3.7. */
static void make_common(unsigned char common[COMMON_SIZE], const char *name, const void *data,
                        size_t len)
{
    bool ascii = true;
    for (const char *c = name; *c; c++)
        ascii = ascii && (unsigned char)*c < 0x80;
    unsigned char *p = put16(common, VERSION);
    p = put16(p, ascii ? 0 : UTF8_FLAG);
    p = put16(p, 0); /* stored */
    p = put16(p, 0); /* time */
    p = put16(p, DATE);
    p = put32(p, crc32(data, len));
    p = put32(p, (uint32_t)len);
    p = put32(p, (uint32_t)len);
    p = put16(p, (uint32_t)strlen(name));
    put16(p, 0); /* no extra field */
}

static void write_directory(const struct in *in, FILE *out, uint64_t offset, const char *name,
                            const unsigned char common[COMMON_SIZE], uint64_t local)
{
    unsigned char head[6], rest[14] = {0}, end[END_SIZE] = {0};
    uint32_t count = 1, len = (uint32_t)(CENTRAL_SIZE + strlen(name));
    for (size_t i = 0; i < in->count; i++)
        if (!in->items[i].dropped) {
            fwrite(in->items[i].central, 1, in->items[i].central_len, out);
            len += (uint32_t)in->items[i].central_len;
            count++;
        }
    put16(put32(head, CENTRAL_SIGNATURE), MADE_BY_UNIX | VERSION);
    put32(put32(rest + 6, 0100644u << 16), (uint32_t)local); /* behind comment, disk, internal */
    fwrite(head, 1, sizeof head, out);
    fwrite(common, 1, COMMON_SIZE, out);
    fwrite(rest, 1, sizeof rest, out);
    fwrite(name, 1, strlen(name), out);
    put32(end, END_SIGNATURE);
    put16(put16(end + 8, count), count);
    put32(put32(end + 12, len), (uint32_t)offset);
    fwrite(end, 1, sizeof end, out);
}

/* False when the reading failed; a failed write is seen by the caller. */
static bool write_zip(const struct in *in, FILE *out, const char *name, const void *data,
                      size_t len)
{
    unsigned char signature[4], common[COMMON_SIZE];
    uint64_t local;
    if (!copy_entries(in, out, &local))
        return false;
    make_common(common, name, data, len);
    put32(signature, LOCAL_SIGNATURE);
    fwrite(signature, 1, sizeof signature, out);
    fwrite(common, 1, sizeof common, out);
    fwrite(name, 1, strlen(name), out);
    if (len)
        fwrite(data, 1, len, out);
    write_directory(in, out, local + LOCAL_SIZE + strlen(name) + len, name, common, local);
    return true;
}

static bool write_out(const struct in *in, const char *to, const char *name, const void *data,
                      size_t len)
{
    const char *temporary = file_temporary(in->arena, to);
    FILE *out = file_mkdirs(path_dir(in->arena, to)) ? fopen(temporary, "wbe") : NULL;
    if (!out)
        return fail(to, "cannot be written");
    bool copied = write_zip(in, out, name, data, len);
    bool written = fflush(out) == 0 && !ferror(out) && fchmod(fileno(out), 0644) == 0;
    int error = errno;
    if (fclose(out) != 0 && written) {
        written = false;
        error = errno;
    }
    if (!copied || !written)
        unlink(temporary);
    else if (!(written = file_replace(temporary, to)))
        error = errno;
    errno = error;
    return copied && (written || fail(to, "cannot be written"));
}

/* Marks what is replaced, and sees that the result is no zip64. The size is a little over what it
 * will be, where an entry is replaced. */
static bool prepare(struct in *in, const char *to, const char *name, size_t len)
{
    size_t name_len = strlen(name), count = 1;
    for (size_t i = 0; i < in->count; i++) {
        struct item *item = &in->items[i];
        item->dropped = get16(item->central + 28) == name_len &&
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
    struct in in = {.path = from, .arena = arena_new(), .fd = -1};
    bool ok = open_in(&in) && prepare(&in, to, name, len) && write_out(&in, to, name, data, len);
    if (in.fd >= 0)
        close(in.fd);
    arena_free(in.arena);
    return ok;
}

bool zip_set_mark(const char *path, bool marked)
{
    static const char mark[ZIP_MARK_LEN + 1] = "published again";
    unsigned char len[2];
    struct stat st;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    off_t end = ok ? st.st_size - (marked ? 0 : ZIP_MARK_LEN) : 0; /* of the end record */
    put16(len, marked ? ZIP_MARK_LEN : 0);
    ok = ok && pwrite(fd, len, sizeof len, end - (off_t)sizeof len) == sizeof len;
    ok = ok &&
         (marked ? pwrite(fd, mark, ZIP_MARK_LEN, end) == ZIP_MARK_LEN : ftruncate(fd, end) == 0);
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    return ok;
}
