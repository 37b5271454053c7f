/* mirror.h - a copy of a part of the project for tools that read above the code folder, or write
 * where they run. In it, paths are those from the project's root, so relative paths stay right. It
 * is kept between builds: the times of unchanged files stay, and the tool builds only what changed.
 */
#ifndef SOURCES_MIRROR_H
#define SOURCES_MIRROR_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collection;
struct package;

/* Add a folder with all files in it, or a file, which must be in the package's root; entries are
 * named by their paths from there. What an entry with the same name had stays. `without` are
 * folders to leave out, NULL-terminated; or NULL. Return false after a reported error. */
bool mirror_add_folder(struct arena *arena, const struct package *package, const char *folder,
                       const char *const *without, struct collection *files);
bool mirror_add_file(const struct package *package, const char *path, struct collection *files);
/* Adds the files with these names in `folder` and in those above it, up to the package's root. */
bool mirror_add_above(struct arena *arena, const struct package *package, const char *folder,
                      const char *const *names, size_t n, struct collection *files);
/* Makes the folder `to` a copy of the files, which are sorted: writes those that differ, and
 * removes everything else. Returns false after a reported error. */
bool mirror_write(struct arena *arena, const struct collection *files, const char *to);

#endif
