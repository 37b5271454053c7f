/* tar.h - sealed archives: .tar.gz files that are the same bytes every time, and in which a byte
 * that has changed is found.
 *
 * Entries in the order given, times fixed at 1980-01-01 00:00 UTC, mode 0644, no user, neither time
 * nor name in gzip's header, one fixed compression, names in UTF-8. No clock, TZ, locale, umask,
 * user or folder order is read.
 *
 * The seal. A gzip file is a sequence of members whose contents are joined (RFC 1952, 2.2). The
 * last one here has no content, so that tar and gzip see nothing of it; its comment is the SHA-256
 * of all bytes before it, and everything else in it is fixed. A reader first makes the seal that
 * the bytes before it must have, and compares it with the one that is there. So each bit of the
 * file is in the digest or in that comparison: gzip's header, padding and the file's length too,
 * which digests of the entries would not cover; and nothing is unpacked before both are right. (To
 * make the archive again and compare would need the same zlib on both machines.) It finds what
 * happens to files by accident. Who changes one on purpose can make another seal: that takes a
 * signature. */
#ifndef ARCHIVE_TAR_H
#define ARCHIVE_TAR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for uint64_t */

#include "base/digest.h" /* for SHA256_HEX */

struct arena;
struct pack_entry;

/* Writes `path` as zip_write does, with the same rules for entries. Errors are EXIT_OTHER. */
bool tar_write(const char *path, const struct pack_entry *entries, size_t n);

/* A file that was unpacked. */
struct tar_file {
    const char *name;
    uint64_t size;
    char sha256[SHA256_HEX];
};

/* Checks the seal of `path`, and unpacks it into the folder `to`, which must be empty and nobody
 * else's; gives the files in their order. An archive that tar_write would not write is refused, one
 * with links, folders, absolute names, "..", names twice or out of order. False after an error that
 * was reported (EXIT_OTHER at `path`). */
bool tar_unpack(struct arena *arena, const char *path, const char *to, struct tar_file **files,
                size_t *n);

/* "libarchive 3.6.2 zlib/1.2.13 ...", for --version: what the bytes depend on. */
const char *tar_library(void);

#endif
