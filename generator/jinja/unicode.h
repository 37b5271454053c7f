/* unicode.h - UTF-8 and code points, with Python's rules for them. */
#ifndef JINJA_UNICODE_H
#define JINJA_UNICODE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for uint32_t */

struct jinja;

enum { UNICODE_SIZE = 4 /* most bytes of a code point in UTF-8 */ };

/* Decodes the code point at `text`, which must be valid UTF-8; returns the place after it. */
const char *unicode_next(const char *text, uint32_t *c);
/* The start of the code point that ends at `end`. */
const char *unicode_before(const char *end);
/* Writes a code point as UTF-8 into `text`, which has room for UNICODE_SIZE bytes; returns how many
 * bytes it wrote. It adds no NUL. */
size_t unicode_encode(uint32_t c, char *text);
/* Whether `text` is UTF-8. */
bool unicode_valid(const char *text);
/* str.isspace() */
bool unicode_space(uint32_t c);
/* The first character of `text` that is not a space. */
const char *unicode_skip_space(const char *text);
/* The length in bytes of `text` without the spaces at its end. */
size_t unicode_trimmed(const char *text, size_t len);
/* str.isprintable() of one character; an error if the C library does not know the character. */
bool unicode_printable(struct jinja *j, uint32_t c, bool *printable);
/* str.upper() and str.lower() of one character; an error if Python does not map it to exactly one
 * character by itself, or the C library does not know it. */
bool unicode_upper(struct jinja *j, uint32_t c, uint32_t *upper);
bool unicode_lower(struct jinja *j, uint32_t c, uint32_t *lower);

#endif
