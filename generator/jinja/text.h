/* text.h - texts of a rendering, and values as text: Python's str() and json.dumps().
 *
 * Text is built in a struct buf that begins zeroed. text_take frees it; with another end the caller
 * does. */
#ifndef JINJA_TEXT_H
#define JINJA_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for uint32_t */

struct buf;
struct jinja;
struct value;

/* Appends, and fails at TEXT_MAX. */
bool text_put(struct jinja *j, struct buf *buf, const char *text, size_t len);
/* Appends the code point's UTF-8. */
bool text_put_char(struct jinja *j, struct buf *buf, uint32_t c);
/* Moves `buf` into a string; frees it in any case. `ok` false: only that. */
bool text_take(struct jinja *j, bool ok, struct buf *buf, struct value *out);
/* str(): text is appended to `buf`. */
bool text_str(struct jinja *j, const struct value *value, struct buf *buf);
/* str() as a value: a string stays what it is. */
bool text_of(struct jinja *j, const struct value *value, struct value *out);
/* json.dumps(value, sort_keys=True) */
bool text_json(struct jinja *j, const struct value *value, struct buf *buf);
/* `string` with unicode_upper or unicode_lower of each character. */
bool text_map(struct jinja *j, const struct value *string,
              bool (*map)(struct jinja *, uint32_t, uint32_t *), struct value *out);

#endif
