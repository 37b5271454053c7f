/* base64.h - base64 (RFC 4648, section 4), in which AWS puts bytes into JSON. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H
#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Appends the decoded bytes to `out`. Returns false if `text` is not base64; bytes may have been
 * appended even then. */
bool base64_decode(const char *text, struct buf *out);
/* Appends the base64 of `n` bytes to `out`. */
void base64_encode(const void *bytes, size_t n, struct buf *out);

#endif
