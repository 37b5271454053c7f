#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/zip.h"
#include "archive/zip_in.h"
#include "archive/zip_record.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"

/* An entry of one of the merged zips. */
struct part {
    const struct zip_in *in;
    struct zip_item *item;
    size_t rank; /* index of its zip: the lowest wins */
};

struct merge {
    struct part *parts;
    size_t nparts;
};

static int compare_names(const struct part *a, const struct part *b)
{
    size_t la, lb;
    const char *na = zip_item_name(a->item, &la), *nb = zip_item_name(b->item, &lb);
    int order = memcmp(na, nb, la < lb ? la : lb);
    return order ? order : la < lb ? -1 : la > lb;
}

static int by_name(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    int order = compare_names(x, y);
    return order ? order : x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* Sorts by name, and keeps the first of several entries with one name. */
static void keep_first(struct merge *merge)
{
    size_t kept = 0;
    if (merge->nparts)
        qsort(merge->parts, merge->nparts, sizeof *merge->parts, by_name);
    for (size_t i = 0; i < merge->nparts; i++)
        if (!kept || compare_names(&merge->parts[kept - 1], &merge->parts[i]) != 0)
            merge->parts[kept++] = merge->parts[i];
    merge->nparts = kept;
}

static bool check_size(const char *path, const struct merge *merge)
{
    uint64_t size = END_SIZE;
    for (size_t i = 0; i < merge->nparts; i++) {
        const struct zip_item *item = merge->parts[i].item;
        size += item->next - item->offset + item->central_len;
    }
    if (merge->nparts <= ZIP_ENTRIES_MAX && size < ZIP_SIZE_MAX)
        return true;
    return diag_error(
        EXIT_BUILD, (struct pos){.file = path},
        "would have %zu files and %llu bytes; a zip can hold %d and 4 GiB, and Lambda accepts 250 "
        "MB, unzipped",
        merge->nparts, (unsigned long long)size, ZIP_ENTRIES_MAX);
}

/* Copies the local entries, then writes the central headers with the new offsets. */
static bool write_merged(FILE *out, void *data)
{
    const struct merge *merge = data;
    unsigned char end[END_SIZE];
    uint64_t at = 0;
    uint32_t len = 0;
    for (size_t i = 0; i < merge->nparts; i++) {
        struct zip_item *item = merge->parts[i].item;
        if (!zip_in_copy(merge->parts[i].in, out, item->offset, item->next))
            return false;
        zip_put32(item->central + CENTRAL_OFFSET, (uint32_t)at);
        at += item->next - item->offset;
    }
    for (size_t i = 0; i < merge->nparts; i++) {
        const struct zip_item *item = merge->parts[i].item;
        fwrite(item->central, 1, item->central_len, out);
        len += (uint32_t)item->central_len;
    }
    zip_put_end(end, merge->nparts, len, (uint32_t)at);
    fwrite(end, 1, sizeof end, out);
    return true;
}

bool zip_merge(const char *path, const char *const *from, size_t n)
{
    struct arena *arena = arena_new();
    struct zip_in *in = arena_alloc(arena, n * sizeof *in);
    struct merge merge = {0};
    size_t opened = 0;
    bool ok = true;
    for (; ok && opened < n; opened++)
        ok = zip_in_open(&in[opened], arena, from[opened]);
    for (size_t i = 0; ok && i < n; i++)
        for (size_t j = 0; j < in[i].count; j++) {
            const struct part part = {&in[i], &in[i].items[j], i};
            array_push(arena, merge.parts, merge.nparts, part);
        }
    if (ok) {
        keep_first(&merge);
        ok = check_size(path, &merge) && zip_replace(arena, path, 0644, write_merged, &merge);
    }
    for (size_t i = 0; i < opened; i++)
        zip_in_close(&in[i]);
    arena_free(arena);
    return ok;
}

/* The comment in the last `len` bytes of a zip, or NULL. */
static const char *comment_in(struct arena *arena, const unsigned char *tail, size_t len)
{
    for (size_t rest = END_SIZE; rest <= len; rest++) {
        const unsigned char *end = tail + len - rest;
        size_t size = rest - END_SIZE;
        if (zip_get32(end) == END_SIGNATURE && zip_get16(end + END_COMMENT_LEN) == size)
            return memchr(end + END_SIZE, '\0', size)
                       ? NULL
                       : arena_strndup(arena, (const char *)end + END_SIZE, size);
    }
    return NULL;
}

/* Reads `len` bytes at `offset`, where the file has them. */
static bool read_at(int fd, unsigned char *to, size_t len, off_t offset)
{
    ssize_t n = 1;
    for (; len && (n > 0 || (n < 0 && errno == EINTR)); to += n > 0 ? n : 0) {
        n = pread(fd, to, len, offset);
        offset += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return !len;
}

const char *zip_comment(struct arena *arena, const char *path)
{
    unsigned char tail[END_SIZE + ZIP_COMMENT_MAX];
    struct stat st;
    const char *comment = NULL;
    int fd = file_open(path);
    if (fd < 0) {
        fatal_unless_missing(path);
        return NULL;
    }
    bool ok = fstat(fd, &st) == 0;
    if (ok && st.st_size >= END_SIZE) {
        size_t len = st.st_size < (off_t)sizeof tail ? (size_t)st.st_size : sizeof tail;
        ok = read_at(fd, tail, len, st.st_size - (off_t)len);
        comment = ok ? comment_in(arena, tail, len) : NULL;
    }
    if (!ok)
        fatal("%s cannot be read:", path);
    close(fd);
    return comment;
}

bool zip_set_comment(const char *path, const char *comment)
{
    struct arena *arena = arena_new();
    const char *before = zip_comment(arena, path);
    size_t len = strlen(comment);
    unsigned char number[2];
    struct stat st;
    int fd = before && len <= ZIP_COMMENT_MAX ? open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC) : -1;
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    off_t end = ok ? st.st_size - (off_t)strlen(before) : 0; /* of the end record */
    zip_put16(number, (uint32_t)len);
    ok = ok && ftruncate(fd, end) == 0 && pwrite(fd, comment, len, end) == (ssize_t)len &&
         pwrite(fd, number, sizeof number, end - (off_t)sizeof number) == sizeof number;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    arena_free(arena);
    return ok;
}
