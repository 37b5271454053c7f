/* root.h - reads the files below a folder, the root, which somebody else may have made: a project.
 *
 * A link is followed only to something in the root. Only regular files are read: a pipe could
 * block, and a device has no end. What cannot be looked at is an error, and is never taken for
 * missing. Functions that return false have reported an error at the file or the link. */
#ifndef BASE_ROOT_H
#define BASE_ROOT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for enum exit_code */
#include "base/file.h" /* for enum file_kind */

struct arena;

struct root {
    /* Links to it and above it may lead anywhere. NULL for folders of the user's own, such as that
     * of the build: links in them may, too. */
    const char *folder;
    enum exit_code code; /* of the errors */
};

/* Sets `*kind` to what is at `path`: FILE_MISSING, FILE_REGULAR or FILE_FOLDER. Anything else is an
 * error, and so is what is on the way and no folder, or a link that leads out of the root, nowhere
 * or to itself. `path` begins as the root does, or its real path must be in the root. */
bool root_look(const struct root *root, const char *path, enum file_kind *kind);
/* Sets `*there` to whether there is a regular file; a folder is an error. */
bool root_has(const struct root *root, const char *path, bool *there);
/* The most bytes of a file that is read whole; file_words has the number, too. */
enum { ROOT_READ_MAX = 64 << 20 };
/* Reads a file of at most 64 MB. Sets `*text`, which is NUL-terminated, to NULL if it is missing.
 */
bool root_read(struct arena *arena, const struct root *root, const char *path, char **text,
               size_t *len);
/* Lists a folder, as file_list does. Sets `*names` to NULL if it is missing. */
bool root_list(struct arena *arena, const struct root *root, const char *path, char ***names,
               size_t *n);
/* Whether the link `path` leads to something in the root; reports an error if not. */
bool root_check_link(const struct root *root, const char *path);

/* Returns the real paths of the folders in the root that hold the links through which `path` goes.
 * A file's own times do not show that a link to it now has another target. */
const char **root_links(struct arena *arena, const char *root, const char *path, size_t *n);

/* Whether `path` leads to something in the folder `root`. Reports nothing. */
bool root_holds(const char *root, const char *path);

#endif
