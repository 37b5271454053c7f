/* text.h - builds text, and writes values as text: Python's str() and json.dumps().
 *
 * Text grows in a struct buf of the caller, which text_take frees. */
#ifndef JINJA_TEXT_H
#define JINJA_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for uint32_t */

struct buf;
struct jinja;
struct value;

/* Appends `len` bytes; a text of more than TEXT_MAX bytes is an error. */
bool text_put(struct jinja *j, struct buf *buf, const char *text, size_t len);
/* Appends a code point as UTF-8. */
bool text_put_char(struct jinja *j, struct buf *buf, uint32_t c);
/* Makes a string of `buf` if `ok`, and frees `buf` in any case. Returns whether *out is set. */
bool text_take(struct jinja *j, bool ok, struct buf *buf, struct value *out);
/* Appends str(value). */
bool text_str(struct jinja *j, const struct value *value, struct buf *buf);
/* str(value) as a value; a string stays as it is, including its markup. */
bool text_of(struct jinja *j, const struct value *value, struct value *out);
/* Appends what the filter tojson gives: json.dumps(value, sort_keys=True), with <, >, & and ' as
 * \uXXXX. */
bool text_json(struct jinja *j, const struct value *value, struct buf *buf);
/* Applies unicode_upper or unicode_lower to each character of `string`; keeps its markup. */
bool text_map(struct jinja *j, const struct value *string,
              bool (*map)(struct jinja *, uint32_t, uint32_t *), struct value *out);

#endif
