/* file.h - whole files, folders and paths. Functions that return false leave errno set. */
#ifndef BASE_FILE_H
#define BASE_FILE_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* The whole file, terminated by a NUL that `*len` does not count; NULL when it cannot be read. */
char *file_read(struct arena *arena, const char *path, size_t *len);
/* Writes beside and renames, so that a reader never sees a part; makes the folder. A file that
 * holds these bytes already is not touched. `mode` is the new file's, whatever the umask. */
bool file_write(const char *path, const void *data, size_t len, unsigned mode);
/* The same for a file that was written to `temporary`, which is gone afterwards in any case. */
bool file_replace(const char *temporary, const char *path);
/* Makes the file that a writer of `path` fills until it is whole: beside it, one per process; its
 * folder too. -1 when it cannot be made. */
int file_create(struct arena *arena, const char *path, const char **temporary);
/* Takes away what processes that live no more have left under such a name, of files in `folder`
 * whose names begin with `prefix`. */
void file_sweep(const char *folder, const char *prefix);
/* Makes an empty file, or gives an existing one the time of now: a stamp for Make. */
bool file_touch(const char *path);
/* Opens and locks a file, waiting for other processes; closing it ends the lock, and so does the
 * end of the process. -1 with errno when it cannot be. */
int file_lock(const char *path);
/* The same for an absolute path, whose folder is made, without waiting: EWOULDBLOCK. */
int file_try_lock(const char *path);
/* The same by the folder itself, in which nothing is made for it. */
int file_lock_folder(struct arena *arena, const char *path);
/* Copies one file with its mode, as file_write writes; the owner may write to a copy in any case.
 */
bool file_copy(struct arena *arena, const char *from, const char *to);
bool file_mkdirs(const char *path);
/* Removes a file, or a folder with everything in it; links are not followed. A missing one is
 * no error. */
bool file_remove(const char *path);
bool file_exists(const char *path);

/* What tells a file from what it was before: nanoseconds, bytes and its number. All zero: it is not
 * there. A file that was written to within the clock's last tick may be written to again without
 * looking different, so `settled` is false, and its stamp is never the same as another. */
struct file_stamp {
    long long modified, changed, size;
    unsigned long long number;
    bool settled;
};
struct file_stamp file_stamp(const char *path);
bool file_same_stamp(const struct file_stamp *a, const struct file_stamp *b);
bool file_is_dir(const char *path);

/* The names in a folder without . and .., sorted by bytes; NULL when it cannot be read. */
char **file_list(struct arena *arena, const char *path, size_t *count);

/* "dir/name", or `name` alone where it is absolute or `dir` is "." or "". */
char *path_join(struct arena *arena, const char *dir, const char *name);
/* Everything before the last '/', "." without one. */
char *path_dir(struct arena *arena, const char *path);
/* The part after the last '/', of `path` itself. */
const char *path_base(const char *path);
/* The last '.' of the base name and what follows, or "". */
const char *path_extension(const char *path);
/* Absolute, without ".", ".." and doubled slashes; links are not resolved. */
char *path_absolute(struct arena *arena, const char *path);
/* Whether `path` is `dir` or in it; both absolute. */
bool path_within(const char *path, const char *dir);
/* The path within `dir` (or NULL), or else as it is: part of it. */
const char *path_below(const char *dir, const char *path);

/* What is wrong with a path that an archive is to have, as "is not UTF-8", or NULL: it must be
 * relative, without "." and "..". */
const char *path_relative_fault(const char *path);

#endif
