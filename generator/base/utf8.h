/* utf8.h - characters of UTF-8 texts (RFC 3629, 4). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include <stdbool.h>
#include <stddef.h>

/* The length in bytes of the character at `text`, or 0 if there is none: at its end, and where it
 * is not UTF-8. Reads no byte behind a NUL. */
size_t utf8_length(const char *text);
/* Whether a whole text is UTF-8. */
bool utf8_is_valid(const char *text);
/* The code point of the character at `text`, which has `len` bytes, as utf8_length returned. */
unsigned utf8_code(const char *text, size_t len);
/* Writes the character of a code point below 0x110000; surrogates, too. Returns its length, 1 to 4.
 */
size_t utf8_put(char out[4], unsigned code);

#endif
