/* zip_diff.h - what of a zip is not as in another one, by the checksums that both have. */
#ifndef ARCHIVE_ZIP_DIFF_H
#define ARCHIVE_ZIP_DIFF_H
#include <stdbool.h>

struct arena;

enum zip_difference { ZIP_ADDED, ZIP_CHANGED, ZIP_REMOVED };

/* Calls `found` for each entry, in the order of names. False after an error that was reported. */
bool zip_diff(struct arena *arena, const char *before, const char *after,
              void (*found)(enum zip_difference difference, const char *name, void *data),
              void *data);
/* The text of an entry that is not compressed, as zip_add writes it; "" without such an entry, NULL
 * after an error that was reported. */
const char *zip_stored(struct arena *arena, const char *path, const char *name);

#endif
