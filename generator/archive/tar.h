/* tar.h - sealed archives: .tar.gz files with reproducible bytes, in which any changed byte is
 * detected.
 *
 * Entries are in the order given, with fixed times (1980-01-01 00:00 UTC), modes 0644 or 0755, no
 * user, and names in UTF-8. gzip's header has neither time nor name; the compression is fixed. The
 * bytes do not depend on clock, TZ, locale, umask, user or folder order.
 *
 * The seal. A gzip file is a sequence of members whose contents are joined (RFC 1952, 2.2). The
 * last member here has no content, so tar and gzip ignore it. Its comment is the SHA-256 of all
 * bytes before it; its other bytes are fixed. A reader first makes the seal from the bytes before
 * it and compares it with the seal in the file. So the digest or the comparison covers every bit of
 * the file, also gzip's header, the padding and the file's length, which digests of the entries
 * would not cover. Nothing is unpacked if they differ. (Packing again and comparing would need the
 * same zlib on both machines.) The seal detects accidents only: whoever changes a file on purpose
 * can make a new seal. Against that, sign the file. */
#ifndef ARCHIVE_TAR_H
#define ARCHIVE_TAR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for uint64_t */

#include "base/digest.h" /* for SHA256_HEX */

struct arena;
struct pack_entry;

/* Writes `path` as pack_write does (archive/pack.h), with at most 10000 entries and 8 GiB. Errors
 * have the code EXIT_OTHER. */
bool tar_write(const char *path, const struct pack_entry *entries, size_t n);

/* An unpacked file. */
struct tar_file {
    const char *name;
    uint64_t size;
    char sha256[SHA256_HEX];
};

/* Checks the seal of `path`, unpacks it into the folder `to`, and stores the files in their order.
 * `to` must be empty and writable by nobody else. Refuses what tar_write would not write: links,
 * folders, absolute names, "..", names twice or out of order. Returns false after reporting an
 * error (EXIT_OTHER at `path` or the unpacked file). */
bool tar_unpack(struct arena *arena, const char *path, const char *to, struct tar_file **files,
                size_t *n);

/* The versions that the bytes depend on, for --version: "libarchive 3.6.2 zlib/1.2.13 ...". */
const char *tar_library(void);

#endif
