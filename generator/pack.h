/* pack.h - what zip and tar have in common: files into an archive, by libarchive, that is the same
 * bytes every time. What differs is a struct pack_format.
 *
 * Of all files only pack.c, zip.c and tar.c know libarchive. */
#ifndef PACK_H
#define PACK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for uint64_t */

#include "diag.h" /* for enum exit_code */

struct archive;
struct archive_entry;
struct zip_entry;

struct pack_format {
    enum exit_code code;      /* of errors */
    const char *noun, *verb;  /* "zip", "zipped": their words */
    size_t entries_max;       /* how many files it takes, */
    uint64_t content_max;     /* how many bytes they may have together, */
    const char *content_text; /* and how that is said */
    /* Sets format, filter and options. */
    bool (*open)(struct archive *archive);
    /* Sets all of an entry but its size. */
    void (*head)(struct archive_entry *entry, const struct zip_entry *from);
    /* What stands behind the archive, made of the SHA-256 of all bytes before; or NULL. */
    const char *(*seal)(struct arena *arena, const char *sha256, size_t *len);
};

/* Writes `path`, beside and renamed; an existing file of the same bytes is not touched; its folder
 * is made. Entries must be sorted by name (strcmp) and have no duplicates. Memory does not grow
 * with the size of a file. An error is reported by diag_error, with the entry's source or `path` as
 * its place, and nothing is left behind. */
bool pack_write(const struct pack_format *format, const char *path, const struct zip_entry *entries,
                size_t n);

/* What is wrong with a name for an entry, as "is not UTF-8", or NULL. */
const char *pack_name_fault(const char *name);

/* libarchive converts names from and to the charset of the thread's locale; UTF-8 it leaves as it
 * is. A system without that locale can still have names of ASCII. pack_utf8_end takes what
 * pack_utf8_begin gave. */
struct pack_utf8 {
    void *ours, *before; /* locale_t */
};
struct pack_utf8 pack_utf8_begin(void);
void pack_utf8_end(struct pack_utf8 utf8);

#endif
