/* zip_in.h - reads a zip's directory: its entries and where their bytes are, so that they can be
 * copied without recompressing. Private to archive/zip_*.c. */
#ifndef ARCHIVE_ZIP_IN_H
#define ARCHIVE_ZIP_IN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h" /* for enum exit_code */

struct arena;

struct zip_item {
    unsigned char *central; /* its header in the central directory */
    size_t central_len;
    uint64_t offset, end;  /* of its local header and data; a data descriptor may follow */
    uint64_t packed, size; /* bytes of the data, and of what they unpack to */
    uint64_t next;         /* where the next entry or the directory begins */
    bool dropped;          /* false at first; for the caller */
};

struct zip_in {
    const char *path;
    struct arena *arena;
    int fd;
    uint64_t size;
    uint64_t directory; /* offset of the central directory, which ends at the end record */
    size_t directory_len, count;
    struct zip_item *items, **by_offset;
    const char *comment; /* of the whole zip; "" if it has none */
    enum exit_code code; /* of errors */
    bool any;            /* a zip64 file is taken too */
};

/* Opens a zip, reads its directory, and checks that entries lie before the directory and do not
 * overlap. Refuses zip64 files and zips of several parts. Returns false after reporting an error
 * (EXIT_OTHER, at `path`). Call zip_in_close in any case. */
bool zip_in_open(struct zip_in *in, struct arena *arena, const char *path);
/* The same for a zip that is only read, not copied: takes zip64 files too. Errors have `code`. */
bool zip_in_open_any(struct zip_in *in, struct arena *arena, const char *path, enum exit_code code);
void zip_in_close(struct zip_in *in);
/* Reads `len` bytes at `offset`. Returns false after reporting an error. */
bool zip_in_read(const struct zip_in *in, void *data, size_t len, uint64_t offset);
/* Copies the bytes [from, to) to `out`. Returns false after reporting that reading failed. A failed
 * write is not reported; the caller checks ferror. */
bool zip_in_copy(const struct zip_in *in, FILE *out, uint64_t from, uint64_t to);
/* The name of an entry, which is not NUL-terminated, and its length. */
const char *zip_item_name(const struct zip_item *item, size_t *len);

/* Writes `path`, with this mode, by way of a temporary file, which `write` fills; an existing file
 * of the same bytes is not touched. `write` returns false after reporting an error; zip_replace
 * reports failed writes to `out`. Returns false after an error (EXIT_OTHER, at `path`). */
bool zip_replace(struct arena *arena, const char *path, unsigned mode,
                 bool (*write)(FILE *out, void *data), void *data);

#endif
