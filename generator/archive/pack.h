/* pack.h - what zip and tar have in common: packing files into an archive with reproducible bytes.
 * What differs is a struct pack_format. */
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
    const char *noun, *verb;  /* for messages: "zip", "zipped" */
    size_t entries_max;       /* how many files it can hold */
    uint64_t content_max;     /* how many bytes they may have together */
    const char *content_text; /* the same for messages */
    unsigned mode;            /* of the file: 0600 if it may hold secrets */
    size_t state_size;        /* of the memory of pack_state */
    /* These write with pack_put and return false after reporting an error. `size` is the number of
     * bytes that will be added to the entry. end_entry is called even after an error. */
    bool (*begin)(struct pack *pack);
    bool (*begin_entry)(struct pack *pack, const struct pack_entry *entry, uint64_t size);
    bool (*add)(struct pack *pack, const void *data, size_t len);
    bool (*end_entry)(struct pack *pack);
    bool (*finish)(struct pack *pack);  /* writes what follows the entries */
    void (*dispose)(struct pack *pack); /* frees the state, in any case */
};

/* Writes `path` by way of a temporary file; makes its folder; does not touch an existing file of
 * the same bytes. Entries must be sorted by name (strcmp) without duplicates. Memory does not grow
 * with the size of a file. Returns false after reporting an error (the format's code, at the
 * entry's source or `path`); then no temporary file is left. */
bool pack_write(const struct pack_format *format, const char *path,
                const struct pack_entry *entries, size_t n);

/* --- for formats --------------------------------------------------------------------------- */

/* The format's own memory, zeroed at first. */
void *pack_state(struct pack *pack);
/* Appends to the archive. A failed write is reported at the end, by pack_write; until then further
 * calls write nothing. */
void pack_put(struct pack *pack, const void *data, size_t len);
/* Append in two steps: pack_room returns a place for `*len` bytes, at least 1; pack_used says how
 * many were put there. */
void *pack_room(struct pack *pack, size_t *len);
void pack_used(struct pack *pack, size_t len);
/* The number of bytes so far. */
uint64_t pack_offset(const struct pack *pack);
/* Overwrites bytes that were appended before. */
void pack_patch(struct pack *pack, uint64_t offset, const void *data, size_t len);
/* Reports an error at the source that is being added, else at the archive. Always returns false. */
bool pack_fail(const struct pack *pack, const char *format, ...) printf_like(2, 3);

#endif
