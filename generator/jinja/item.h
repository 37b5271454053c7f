/* item.h - what is in a value: by key, by name, by slice. */
#ifndef JINJA_ITEM_H
#define JINJA_ITEM_H
#include <stdbool.h>
#include <stdint.h> /* for int64_t */

struct jinja;
struct value;

/* object[key], which is undefined where Jinja's is. */
bool jinja_item(struct jinja *j, const struct value *object, const struct value *key,
                struct value *out);
/* object.name, likewise. */
bool jinja_attribute(struct jinja *j, const struct value *object, const char *name,
                     struct value *out);
/* object[from:to:step] of a sequence. The bounds lie in it, as Python's PySlice_AdjustIndices
 * makes them, and a step from `to` must not overflow. */
bool jinja_slice(struct jinja *j, const struct value *object, int64_t from, int64_t to,
                 int64_t step, struct value *out);

#endif
