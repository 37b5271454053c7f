/* zip.h - zip files that are the same bytes every time: entries in the order given, times fixed at
 * 1980-01-01 00:00, modes 0644 or 0755, no user, one fixed compression, names in UTF-8. No clock,
 * TZ, locale, umask, user or folder order is read. */
#ifndef ARCHIVE_ZIP_H
#define ARCHIVE_ZIP_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct pack_entry;

/* Writes `path`, beside and renamed; an existing file of the same bytes is not touched; its folder
 * is made. Entries must be sorted by name (strcmp) and have no duplicates; their files may
 * have 3.75 GiB together, so that no zip64 is needed. Memory does not grow with the size of a file.
 * An error is reported by diag_error (EXIT_BUILD), with the entry's source or `path` as its place,
 * and nothing is left behind. */
bool zip_write(const char *path, const struct pack_entry *entries, size_t n);

/* Copies the zip `from` to `to` with one more entry `name` of `len` bytes, stored uncompressed with
 * the fixed time and mode 0644, at its end; an entry of that name in `from` is left out with its
 * data, and so is a comment. The other entries' bytes are copied as they are. The result depends on
 * nothing but the arguments' content. `to` may be `from`. A zip64 or broken file is refused. An
 * error is reported by diag_error (EXIT_OTHER) at `from` or `to`. */
bool zip_add(const char *from, const char *to, const char *name, const void *data, size_t len);

/* Merges zips into `path`, sorted by name, without compressing anything again; of entries with one
 * name the first zip's stays. The result has no comment and depends on nothing but the zips; a file
 * of the same bytes is not touched. An error is reported as zip_add does. */
bool zip_merge(const char *path, const char *const *from, size_t n);

enum { ZIP_COMMENT_MAX = 200 };
/* The comment of a zip, "" without one; NULL when it is longer than ZIP_COMMENT_MAX, or the file is
 * not there or no zip. */
const char *zip_comment(struct arena *arena, const char *path);
/* Gives it another one, "" to take it away: other bytes of the same content. False with errno. */
bool zip_set_comment(const char *path, const char *comment);

/* "1.2.13", the version of zlib, for --version: what the bytes depend on. */
const char *zip_library(void);

#endif
