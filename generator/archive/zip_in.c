#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/zip_in.h"
#include "archive/zip_record.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/util.h"

enum {
    LOCATOR_SIGNATURE = 0x07064b50, /* 4.3.15, between the end records of a zip64 */
    LOCATOR_SIZE = 20,
    END64_SIGNATURE = 0x06064b50, /* 4.3.14 */
    END64_SIZE = 56,
    EXTRA64 = 1, /* 4.5.3: sizes and offset of an entry */
    COMMENT_MAX = 65535,
};

static bool fail(const struct zip_in *in, const char *what)
{
    return diag_error(in->code, (struct pos){.file = in->path}, "%s: %s", what, strerror(errno));
}

static bool broken(const struct zip_in *in, const char *why)
{
    return diag_error(in->code, (struct pos){.file = in->path}, "is a broken zip: %s", why);
}

/* Whether a zip64 file is taken. */
static bool take_zip64(const struct zip_in *in)
{
    return in->any || diag_error(in->code, (struct pos){.file = in->path},
                                 "is a zip64 file, which Gordon cannot read");
}

bool zip_in_read(const struct zip_in *in, void *data, size_t len, uint64_t offset)
{
    for (char *p = data; len;) {
        ssize_t n = pread(in->fd, p, len, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(in, "cannot be read");
        if (n == 0)
            return broken(in, "it became shorter while it was read");
        p += n, len -= (size_t)n, offset += (uint64_t)n;
    }
    return true;
}

/* Takes what an end record says. The directory must end where the record begins, at `offset`: so a
 * zip with data in front of it, which makes its offsets wrong, is refused. */
static bool take_directory(struct zip_in *in, uint64_t directory, uint64_t len, uint64_t entries,
                           uint64_t offset)
{
    if (directory > offset || len != offset - directory)
        return broken(in, "its directory is not at its end");
    if (entries > len / CENTRAL_SIZE)
        return broken(in, "its directory has fewer entries than it says");
    in->directory = directory;
    in->directory_len = len;
    in->count = entries;
    return true;
}

static const char parts[] = "it has more than one part";

/* Takes the end record of a zip64, which its locator names. */
static bool take_end64(struct zip_in *in, const unsigned char *locator)
{
    unsigned char end[END64_SIZE];
    uint64_t offset = zip_get64(locator + 8);
    if (!take_zip64(in))
        return false;
    if (offset > in->size || in->size - offset < sizeof end)
        return broken(in, "its locator leads out of it");
    if (!zip_in_read(in, end, sizeof end, offset))
        return false;
    if (zip_get32(end) != END64_SIGNATURE)
        return broken(in, "its locator leads to no end record");
    if (zip_get32(end + 16) || zip_get32(end + 20) || zip_get64(end + 24) != zip_get64(end + 32))
        return broken(in, parts);
    return take_directory(in, zip_get64(end + 48), zip_get64(end + 40), zip_get64(end + 32),
                          offset);
}

/* Takes the fields of the end record, or of the one of a zip64 before it. */
static bool take_end(struct zip_in *in, const unsigned char *end, uint64_t offset)
{
    uint32_t entries = zip_get16(end + 10), len = zip_get32(end + 12),
             directory = zip_get32(end + 16);
    unsigned char locator[LOCATOR_SIZE] = {0};
    bool large = entries == 0xFFFF || len == ZIP_SIZE_MAX || directory == ZIP_SIZE_MAX;
    if (large || (uint64_t)directory + len != offset) {
        if (offset >= LOCATOR_SIZE &&
            !zip_in_read(in, locator, sizeof locator, offset - LOCATOR_SIZE))
            return false;
        if (zip_get32(locator) == LOCATOR_SIGNATURE)
            return take_end64(in, locator);
        if (large)
            return take_zip64(in) && broken(in, "the end record of a zip64 is missing");
    }
    if (zip_get16(end + 4) || zip_get16(end + 6) || zip_get16(end + 8) != entries)
        return broken(in, parts);
    return take_directory(in, directory, len, entries, offset);
}

/* Finds the end record. Only the zip's comment follows it; the record has the comment's length. */
static bool find_end(struct zip_in *in)
{
    size_t len = in->size < END_SIZE + COMMENT_MAX ? (size_t)in->size : END_SIZE + COMMENT_MAX;
    unsigned char *tail = arena_alloc(in->arena, len);
    if (!zip_in_read(in, tail, len, in->size - len))
        return false;
    for (size_t rest = END_SIZE; rest <= len; rest++) {
        const unsigned char *end = tail + len - rest;
        if (zip_get32(end) == END_SIGNATURE && zip_get16(end + 20) == rest - END_SIZE) {
            in->comment = arena_strndup(in->arena, (const char *)end + END_SIZE, rest - END_SIZE);
            return take_end(in, end, in->size - rest);
        }
    }
    return broken(in, "it has no end record; perhaps it was cut");
}

/* Takes a field of a central header, or of the extra field of a zip64, which has those that do not
 * fit into 32 bits, in this order. */
static bool take_number(const struct zip_in *in, const unsigned char *field,
                        const unsigned char **extra, size_t *left, uint64_t *number)
{
    *number = zip_get32(field);
    if (*number != ZIP_SIZE_MAX)
        return true;
    if (!take_zip64(in))
        return false;
    if (!*extra || *left < 8)
        return broken(in, "an entry has no size or offset");
    *number = zip_get64(*extra);
    *extra += 8, *left -= 8;
    return true;
}

static bool take_numbers(const struct zip_in *in, struct zip_item *item)
{
    size_t left = 0;
    const unsigned char *extra = zip_extra(item->central, EXTRA64, &left);
    return take_number(in, item->central + CENTRAL_UNPACKED, &extra, &left, &item->size) &&
           take_number(in, item->central + CENTRAL_PACKED, &extra, &left, &item->packed) &&
           take_number(in, item->central + CENTRAL_OFFSET, &extra, &left, &item->offset);
}

/* Reads the central header at `p`, where `left` bytes of the directory remain, and the local one.
 */
static bool take_item(struct zip_in *in, struct zip_item *item, unsigned char *p, size_t left)
{
    unsigned char local[LOCAL_SIZE];
    if (left < CENTRAL_SIZE || zip_get32(p) != CENTRAL_SIGNATURE)
        return broken(in, "its directory has fewer entries than it says");
    item->central = p;
    item->central_len = CENTRAL_SIZE + zip_get16(p + CENTRAL_NAME_LEN) +
                        zip_get16(p + CENTRAL_EXTRA_LEN) + zip_get16(p + CENTRAL_COMMENT_LEN);
    if (item->central_len > left)
        return broken(in, "an entry extends past the directory's end");
    if (!take_numbers(in, item))
        return false;
    if (item->packed > in->directory || item->offset > in->directory ||
        item->offset + LOCAL_SIZE > in->directory)
        return broken(in, "an entry lies behind the directory");
    if (!zip_in_read(in, local, sizeof local, item->offset))
        return false;
    if (zip_get32(local) != LOCAL_SIGNATURE)
        return broken(in, "an entry is not where the directory says");
    item->end =
        item->offset + LOCAL_SIZE + zip_get16(local + 26) + zip_get16(local + 28) + item->packed;
    return true;
}

static int compare_offset(const void *a, const void *b)
{
    const struct zip_item *x = *(struct zip_item *const *)a, *y = *(struct zip_item *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool read_directory(struct zip_in *in)
{
    unsigned char *directory = arena_alloc(in->arena, in->directory_len);
    if (!zip_in_read(in, directory, in->directory_len, in->directory))
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
    for (size_t i = 0; i < in->count; i++) {
        struct zip_item *item = in->by_offset[i];
        item->next = i + 1 < in->count ? in->by_offset[i + 1]->offset : in->directory;
        if (item->end > item->next)
            return broken(in, "an entry overlaps what follows it");
    }
    return true;
}

static bool open_file(struct zip_in *in)
{
    struct stat st;
    in->fd = open(in->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (in->fd < 0 || fstat(in->fd, &st) != 0)
        return fail(in, "cannot be read");
    if (!S_ISREG(st.st_mode))
        return diag_error(in->code, (struct pos){.file = in->path}, "is not a file");
    in->size = (uint64_t)st.st_size;
    return find_end(in) && read_directory(in);
}

bool zip_in_open(struct zip_in *in, struct arena *arena, const char *path)
{
    *in =
        (struct zip_in){.path = path, .arena = arena, .fd = -1, .comment = "", .code = EXIT_OTHER};
    return open_file(in);
}

bool zip_in_open_any(struct zip_in *in, struct arena *arena, const char *path, enum exit_code code)
{
    *in = (struct zip_in){
        .path = path, .arena = arena, .fd = -1, .comment = "", .code = code, .any = true};
    return open_file(in);
}

void zip_in_close(struct zip_in *in)
{
    if (in->fd >= 0)
        close(in->fd);
    in->fd = -1;
}

const char *zip_item_name(const struct zip_item *item, size_t *len)
{
    *len = zip_get16(item->central + CENTRAL_NAME_LEN);
    return (const char *)item->central + CENTRAL_SIZE;
}

bool zip_in_copy(const struct zip_in *in, FILE *out, uint64_t from, uint64_t to)
{
    char block[64 * 1024];
    while (from < to && !ferror(out)) {
        if (interrupt_came())
            return diag_error(in->code, (struct pos){.file = in->path}, "interrupted");
        size_t len = to - from < sizeof block ? (size_t)(to - from) : sizeof block;
        if (!zip_in_read(in, block, len, from))
            return false;
        fwrite(block, 1, len, out);
        from += len;
    }
    return true;
}

static bool cannot_write(const char *path)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be written: %s",
                      strerror(errno));
}

bool zip_replace(struct arena *arena, const char *path, unsigned mode,
                 bool (*write)(FILE *out, void *data), void *data)
{
    const char *temporary;
    int fd = file_create(arena, path, &temporary);
    FILE *out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!out) {
        cannot_write(path);
        if (fd >= 0 && close(fd) == 0)
            file_discard(temporary);
        return false;
    }
    bool whole = write(out, data);
    bool written = fflush(out) == 0 && !ferror(out) && fchmod(fileno(out), mode) == 0;
    int error = errno;
    if (fclose(out) != 0 && written) {
        written = false;
        error = errno;
    }
    if (!whole || !written)
        file_discard(temporary);
    else if (!(written = file_replace(temporary, path)))
        error = errno;
    errno = error;
    return whole && (written || cannot_write(path));
}
