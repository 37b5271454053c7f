/* item.h - takes items out of a value: by key, by name, by slice. */
#ifndef JINJA_ITEM_H
#define JINJA_ITEM_H
#include <stdbool.h>
#include <stdint.h> /* for int64_t */

struct jinja;
struct value;

/* object[key]; VALUE_UNDEFINED where Jinja's is undefined. */
bool jinja_item(struct jinja *j, const struct value *object, const struct value *key,
                struct value *out);
/* object.name; VALUE_UNDEFINED where Jinja's is undefined. */
bool jinja_attribute(struct jinja *j, const struct value *object, const char *name,
                     struct value *out);
/* object[from:to:step] of a sequence (value_is_sequence). The caller has adjusted the bounds as
 * Python's PySlice_AdjustIndices does, and limited `step` so that adding it to a bound cannot
 * overflow; it is not 0. */
bool jinja_slice(struct jinja *j, const struct value *object, int64_t from, int64_t to,
                 int64_t step, struct value *out);

#endif
