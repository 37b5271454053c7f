/* zip_in.h - a zip as it is: its entries and where their bytes are, to be copied without being
 * compressed again. Private to the files zip_*.c. */
#ifndef ARCHIVE_ZIP_IN_H
#define ARCHIVE_ZIP_IN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;

struct zip_item {
    unsigned char *central; /* its header in the central directory */
    size_t central_len;
    uint64_t offset, end; /* of its local header and data; a data descriptor may follow */
    uint64_t next;        /* where what follows begins */
    bool dropped;         /* for the caller */
};

struct zip_in {
    const char *path;
    struct arena *arena;
    int fd;
    uint64_t size;
    uint64_t directory; /* the central directory's offset: it reaches to the end record */
    size_t directory_len, count;
    struct zip_item *items, **by_offset;
    const char *comment; /* of the whole zip, "" for none */
};

/* Reads the directory of a zip that is neither zip64 nor of several parts, and checks that nothing
 * in it overlaps or lies elsewhere. False after an error that was reported (EXIT_OTHER, at the
 * file); zip_in_close in any case. */
bool zip_in_open(struct zip_in *in, struct arena *arena, const char *path);
void zip_in_close(struct zip_in *in);
/* Reads `len` bytes at `offset`; false after an error that was reported. */
bool zip_in_read(const struct zip_in *in, void *data, size_t len, uint64_t offset);
/* Copies the bytes [from, to). False when the reading failed, which was reported; a failed write is
 * seen by the caller, in ferror. */
bool zip_in_copy(const struct zip_in *in, FILE *out, uint64_t from, uint64_t to);
/* The name of an entry, which is not terminated, and its length. */
const char *zip_item_name(const struct zip_item *item, size_t *len);

/* Writes `path` beside and renames: `write` fills the file, and is false when it reported an error;
 * a failed write is seen here. A file of the same bytes is not touched. */
bool zip_replace(struct arena *arena, const char *path, bool (*write)(FILE *out, void *data),
                 void *data);

#endif
