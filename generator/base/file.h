/* file.h - whole files, folders and paths. Functions that return false leave errno set. */
#ifndef BASE_FILE_H
#define BASE_FILE_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* What is at a path, after links. Only FILE_MISSING means that there is nothing: a link that leads
 * nowhere, or what the user may not look at, is FILE_UNREADABLE, with errno. */
enum file_kind { FILE_MISSING, FILE_REGULAR, FILE_FOLDER, FILE_OTHER, FILE_UNREADABLE };
enum file_kind file_look(const char *path);
/* Opens a regular file for reading, and never waits. Returns -1 with errno: EISDIR for a folder,
 * ENXIO for a pipe, a socket or a device. */
int file_open(const char *path);
/* What an errno of file_open and file_read means, for messages: strerror, but clearer. */
const char *file_words(int error);
/* Returns the whole regular file, NUL-terminated; `*len` does not count the NUL. Returns NULL with
 * errno if it cannot be read (file_open). */
char *file_read(struct arena *arena, const char *path, size_t *len);
/* Like file_read, but NULL with EFBIG if it has more than `max` bytes. */
char *file_read_most(struct arena *arena, const char *path, size_t max, size_t *len);
/* Like file_read, for a path that the user gives for this purpose: it may be a pipe or a device. */
char *file_read_stream(struct arena *arena, const char *path, size_t *len);
/* Writes a temporary file and renames it, so that a reader never sees a part; makes the folder. A
 * file that already has these bytes and this mode is not touched. The umask has no effect on
 * `mode`. A file that only its owner may read must be ours not to be replaced. A device is not
 * replaced (EOPNOTSUPP), nor is a link to an open file, such as /dev/stdout. */
bool file_write(const char *path, const void *data, size_t len, unsigned mode);
/* Renames `temporary` to `path`, by the rules of file_write. `temporary` is removed in any case. */
bool file_replace(const char *temporary, const char *path);
/* Creates an empty temporary file beside `path` (unfinished_name), and the folder if necessary.
 * Only the user may read it. Returns its descriptor, open for writing, or -1 with errno. A process
 * creates the next one only after file_replace or file_discard of this one. */
int file_create(struct arena *arena, const char *path, const char **temporary);
/* Removes a temporary file. errno stays as it is. */
void file_discard(const char *temporary);
/* Creates an empty file, or sets the times of an existing one to now: a stamp for Make. */
bool file_touch(const char *path);
/* Copies one file with its mode, as file_write writes. The owner may always write to the copy. */
bool file_copy(struct arena *arena, const char *from, const char *to);
/* Makes a new folder in TMPDIR, or else in /tmp, which only the user may enter. Its name is
 * `prefix` and letters that nobody can guess. Returns its absolute path; NULL with errno, and
 * `*path` the one that could not be made. */
char *file_make_temporary_folder(struct arena *arena, const char *prefix, const char **path);
/* TMPDIR, or else /tmp. */
const char *file_temporary(void);
/* Makes a folder and the folders above it; an existing one is no error. */
bool file_mkdirs(const char *path);

/* A file, whatever its name: links to it and its hard links have the same. */
struct file_id {
    unsigned long long device, number;
};

/* The names in a folder without . and .., sorted by bytes; NULL with errno if not all of them can
 * be read. */
char **file_list(struct arena *arena, const char *path, size_t *count);

/* "dir/name", or `name` alone if it is absolute or `dir` is "." or "". */
char *path_join(struct arena *arena, const char *dir, const char *name);
/* Everything before the last '/'; "." if there is none, "/" for "/name". */
char *path_dir(struct arena *arena, const char *path);
/* The folder above `dir` that is `root` or below it; NULL if `dir` is `root`, or not below it. */
char *path_above(struct arena *arena, const char *dir, const char *root);
/* The part after the last '/', as a pointer into `path`. */
const char *path_base(const char *path);
/* The last '.' of the base name and what follows, or "". A leading '.' does not count. */
const char *path_extension(const char *path);
/* The absolute path, without ".", ".." and doubled slashes; links are not resolved. */
char *path_absolute(struct arena *arena, const char *path);
/* Whether `path` is `dir` or below it; both must be absolute. */
bool path_within(const char *path, const char *dir);
/* The part of `path` behind `dir`, as a pointer into `path`; `path` itself if it is not below `dir`
 * or `dir` is NULL. */
const char *path_below(const char *dir, const char *path);

/* What is wrong with the parts of a path, as "has a part '.' or '..'", or NULL: it must be
 * relative, and have no empty part, no "." and no "..". */
const char *path_parts_fault(const char *path);
/* What is wrong with the name of a file in an archive, such as "is not UTF-8", or NULL. A name must
 * be a relative path in UTF-8 of at most 65535 bytes, without empty parts, "." and "..". */
const char *path_relative_fault(const char *path);

#endif
