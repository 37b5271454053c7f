/* zip_take.h - takes the files out of a zip that another tool made, without unpacking it to a
 * folder: pack_write reads each content where it is in that zip. */
#ifndef ARCHIVE_ZIP_TAKE_H
#define ARCHIVE_ZIP_TAKE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h> /* for ssize_t */

struct arena;
struct pack_entry;

/* Appends the files of the zip `path` to `entries`, an array of the arena, in its order; they name
 * `path` as their source. Folders are left out. Takes zip64 files and data descriptors. A file is
 * executable if its owner may execute it, or if it is `bootstrap` and the zip's maker has no such
 * modes, as on Windows.
 *
 * Reports an error (EXIT_BUILD, at `path`) for what is no zip, and for each entry that leads out of
 * a folder, is a link or a device, comes twice, is both a file and a folder, is encrypted, or is
 * compressed as only some readers can read it, and for more than 1 GiB of contents; then returns
 * false. */
bool zip_take(struct arena *arena, const char *path, struct pack_entry **entries, size_t *n);

/* Where the content of an entry is in its zip. */
struct zipped {
    const char *name;
    uint64_t offset, packed, size;
    uint32_t crc;
    bool deflated;
};

/* For pack.c: reads the content of one entry at a time. */
struct unzip;
/* Begins to read from `fd`, the open zip. The reader is static; the next call begins anew. */
struct unzip *unzip_begin(int fd, const struct zipped *zipped);
/* Fills `to`; less than `len` bytes are the end, with the right size and checksum. -1 is an error,
 * with errno, or with EBADMSG if the zip is broken. */
ssize_t unzip_read(struct unzip *unzip, void *to, size_t len);

#endif
