/* unicode.h - code points in UTF-8, and Python's rules for them. */
#ifndef JINJA_UNICODE_H
#define JINJA_UNICODE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for uint32_t */

struct jinja;

enum { UNICODE_SIZE = 4 /* bytes of a code point in UTF-8, at most */ };

/* The code point at `text`, which is valid UTF-8, and the place behind it. */
const char *unicode_next(const char *text, uint32_t *c);
/* The place of the code point that ends before `end`. */
const char *unicode_before(const char *end);
/* Writes the UTF-8 of the code point into `text`, which has UNICODE_SIZE bytes; returns how many it
 * took. No NUL is added. */
size_t unicode_encode(uint32_t c, char *text);
/* Whether `text` is UTF-8. */
bool unicode_valid(const char *text);
/* str.isspace() */
bool unicode_space(uint32_t c);
/* The place of the first character that is no space. */
const char *unicode_skip_space(const char *text);
/* The length of `text` without spaces at its end. */
size_t unicode_trimmed(const char *text, size_t len);
/* str.isprintable(); fails where the C library does not know the character. */
bool unicode_printable(struct jinja *j, uint32_t c, bool *printable);
/* str.upper(), lower() of one character; fails where another rule than one to one applies. */
bool unicode_upper(struct jinja *j, uint32_t c, uint32_t *upper);
bool unicode_lower(struct jinja *j, uint32_t c, uint32_t *lower);

#endif
