/* scalar_place.h - the place of a part of a text in settings.yml. */
#ifndef SETTINGS_SCALAR_PLACE_H
#define SETTINGS_SCALAR_PLACE_H
#include <stddef.h>

#include "base/diag.h" /* for struct pos */

struct arena;

/* Returns the place of the `len` bytes at `offset` of `value`, the text of the scalar at `scalar`.
 * Reads the file for that. Returns `scalar` if the file has another scalar there now, or has the
 * bytes in another form, such as an escape. */
struct pos scalar_place(struct arena *arena, struct pos scalar, const char *value, size_t offset,
                        size_t len);

#endif
