/* zip_diff.h - compares two zips by the sizes and checksums in their directories. */
#ifndef ARCHIVE_ZIP_DIFF_H
#define ARCHIVE_ZIP_DIFF_H
#include <stdbool.h>

struct arena;

enum zip_difference { ZIP_ADDED, ZIP_CHANGED, ZIP_REMOVED };

/* Calls `found` for each entry that was added, changed or removed, in the order of names. Returns
 * false after reporting an error, as zip_in_open does. */
bool zip_diff(struct arena *arena, const char *before, const char *after,
              void (*found)(enum zip_difference difference, const char *name, void *data),
              void *data);
/* The text of an uncompressed entry, such as zip_add writes; "" if there is no such entry. Returns
 * NULL after reporting an error. */
const char *zip_stored(struct arena *arena, const char *path, const char *name);

#endif
