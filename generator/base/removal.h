/* removal.h - deletes files and folders. No link is followed: what a link leads to stays, wherever
 * the link stands below the folder that is named. Functions that return false leave errno set. */
#ifndef BASE_REMOVAL_H
#define BASE_REMOVAL_H
#include <stdbool.h>

/* Deletes `path` below the folder `root`: a file, a link, or a folder with everything in it. `path`
 * is relative, without "." and ".."; its folders are opened one after the other, and a link among
 * them is an error (ELOOP or ENOTDIR). If it is missing, that is no error. Any other path fails
 * with EINVAL. */
bool remove_below(const char *root, const char *path);
/* The same for the last part of a path, below the folder that the rest of it leads to. */
bool remove_path(const char *path);
/* Deletes what killed processes left unfinished (file_create): temporary files in `folder` whose
 * names begin with `prefix` and whose process is gone. */
void remove_unfinished(const char *folder, const char *prefix);

#endif
