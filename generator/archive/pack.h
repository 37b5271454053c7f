/* pack.h - what zip and tar have in common: files into an archive that is the same bytes every
 * time. What differs is a struct pack_format. */
#ifndef ARCHIVE_PACK_H
#define ARCHIVE_PACK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for uint64_t */

#include "base/diag.h" /* for enum exit_code */

struct pack; /* an archive that is being written */
struct pack_entry;

struct pack_format {
    enum exit_code code;      /* of errors */
    const char *noun, *verb;  /* "zip", "zipped": their words */
    size_t entries_max;       /* how many files it takes, */
    uint64_t content_max;     /* how many bytes they may have together, */
    const char *content_text; /* and how that is said */
    size_t state_size;        /* of what pack_state gives */
    /* These write by pack_put, and are false after an error that they reported. An entry is begun
     * with the size that is to be added, and ended after an error, too. */
    bool (*begin)(struct pack *pack);
    bool (*begin_entry)(struct pack *pack, const struct pack_entry *entry, uint64_t size);
    bool (*add)(struct pack *pack, const void *data, size_t len);
    bool (*end_entry)(struct pack *pack);
    bool (*finish)(struct pack *pack); /* writes what stands behind the entries */
    void (*release)(struct pack *pack);
};

/* Writes `path`, beside and renamed; an existing file of the same bytes is not touched; its folder
 * is made. Entries must be sorted by name (strcmp) and have no duplicates. Memory does not grow
 * with the size of a file. An error is reported by diag_error, with the entry's source or `path` as
 * its place, and nothing is left behind. */
bool pack_write(const struct pack_format *format, const char *path,
                const struct pack_entry *entries, size_t n);

/* --- for formats --------------------------------------------------------------------------- */

/* The format's own memory, all zero at first. */
void *pack_state(struct pack *pack);
/* Appends to the archive. A write that fails is kept and reported at the end: after it everything
 * goes on as before, and nothing is written. */
void pack_put(struct pack *pack, const void *data, size_t len);
/* The same in two steps: where the next bytes may be put, at least one, and that they were. */
void *pack_room(struct pack *pack, size_t *len);
void pack_used(struct pack *pack, size_t len);
/* How many bytes there are so far. */
uint64_t pack_offset(const struct pack *pack);
/* Writes over bytes that are there already. */
void pack_patch(struct pack *pack, uint64_t offset, const void *data, size_t len);
/* Reports an error at the file that is being added, or at the archive; always false. */
bool pack_fail(const struct pack *pack, const char *format, ...) printf_like(2, 3);

#endif
