/* zip.h - zip files with reproducible bytes: entries in the order given, times fixed at 1980-01-01
 * 00:00, modes 0644 or 0755, no user, one fixed compression, names in UTF-8. The bytes do not
 * depend on clock, TZ, locale, umask, user or folder order. */
#ifndef ARCHIVE_ZIP_H
#define ARCHIVE_ZIP_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct pack_entry;

/* Writes `path` by way of a temporary file; makes its folder; does not touch an existing file of
 * the same bytes. Entries must be sorted by name (strcmp) without duplicates; at most
 * 65534, with 3.75 GiB together, so that no zip64 is needed. Memory does not grow with the size of
 * a file. Returns false after reporting an error (EXIT_BUILD, at the entry's source or `path`);
 * then no temporary file is left. */
bool zip_write(const char *path, const struct pack_entry *entries, size_t n);

/* Copies the zip `from` to `to` and appends an entry `name` of `len` bytes, uncompressed, with the
 * fixed time and mode 0644; `to` itself gets mode 0600, because the entry may be secret. Leaves out
 * an entry of that name in `from` with its data, and the zip's comment. Copies the bytes of the
 * other entries unchanged. The result depends on nothing but the arguments' content. `to` may be
 * `from`. Returns false after reporting an error (EXIT_OTHER, at `from` or `to`); zip64 and broken
 * files are errors. */
bool zip_add(const char *from, const char *to, const char *name, const void *data, size_t len);

/* Merges `n` zips into `path`, sorted by name, without recompressing. If several zips have an entry
 * of one name, the first zip's is taken. The result has no comment and depends on nothing but the
 * zips; an existing file of the same bytes is not touched. Returns false after reporting an error:
 * EXIT_BUILD at `path` if the result is too large, else EXIT_OTHER at the file. */
bool zip_merge(const char *path, const char *const *from, size_t n);

enum { ZIP_COMMENT_MAX = 200 };
/* The comment of a zip, "" if it has none. NULL if the comment is longer than ZIP_COMMENT_MAX bytes
 * or has a NUL, or the file is missing or not a zip. The program ends if it cannot be read. */
const char *zip_comment(struct arena *arena, const char *path);
/* Replaces the comment of a zip in place; "" removes it. The entries stay as they are. Returns
 * false on an error, and if zip_comment would return NULL or `comment` is too long. */
bool zip_set_comment(const char *path, const char *comment);

/* The version of zlib, which the bytes depend on, for --version: "1.2.13". */
const char *zip_library(void);

#endif
