/* own.h - folders that belong to the user alone: what is in them decides what is built, or which
 * process may go on, so nobody else may change it. */
#ifndef BASE_OWN_H
#define BASE_OWN_H
#include <stdbool.h>

struct arena;

/* Makes a folder with mode 0700, and the folders above it, or checks the one that is there:
 * - It is no link, and belongs to the user.
 * - Nobody else may write to it. Sets its mode to 0700 if it holds nothing but `names` (NULL-
 *   terminated; NULL: any name), because then it is Gordon's.
 *
 * Returns false if it cannot be made or used, with errno and `*fault` NULL; or if others may change
 * it: then `*fault` says that and what to do, as "may be changed by others; run chmod go-w on it".
 */
bool own_folder(struct arena *arena, const char *path, const char *const *names,
                const char **fault);
/* What is wrong, as in own_folder, with the links in an absolute path, or NULL: neither root nor
 * the user has made one. */
const char *own_link_fault(struct arena *arena, const char *path);
/* What is wrong with the folders above an absolute path, or NULL: everybody may write to one that
 * has no sticky bit, and so replace what is in it. Their owners and groups are trusted. */
const char *own_above_fault(struct arena *arena, const char *path);
/* Whether a file or folder itself, not what a link leads to, belongs to the user. */
bool own_is_mine(const char *path);

#endif
