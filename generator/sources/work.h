/* work.h - the folders in which Gordon works: it deletes what it made there, so they must be its
 * own.
 *
 * A work folder has a mark, a file that Gordon wrote when it made the folder, or found it empty. */
#ifndef SOURCES_WORK_H
#define SOURCES_WORK_H
#include <stdbool.h>

struct arena;

/* Makes the work folder, or checks that it is Gordon's: it is empty, has the mark, or has a name
 * that ends with ".gordon" and is no link. Reports an error for any other folder. */
bool work_claim(struct arena *arena, const char *work);
/* Checks that the folder of a build's outputs is missing, empty, or was written by a build: it has
 * a template, a folder `code` or `.gordon`. Reports an error for any other folder. */
bool work_check_output(struct arena *arena, const char *output);
/* Checks that a folder of Gordon's own is no link. Reports an error. */
bool work_check_folder(const char *path);
/* Checks that neither the folder of a zip, nor the work folder of its lambda, nor that of all
 * lambdas is a link. Reports an error. */
bool work_check_package(struct arena *arena, const char *zip, const char *work);
/* Deletes `path` below a folder, without following links (remove_below); reports an error. */
bool work_remove(struct arena *arena, const char *folder, const char *path);

#endif
