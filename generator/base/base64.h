/* base64.h - RFC 4648, section 4: what AWS puts bytes into JSON with. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H
#include <stdbool.h>

struct buf;

/* Adds the bytes that `text` stands for; false when it is no base64, and then some may have been
 * added. */
bool base64_decode(const char *text, struct buf *out);

#endif
