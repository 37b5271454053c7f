#include <string.h>

#include "base/base64.h"
#include "base/util.h"

static const char digits[] = STR_UPPER STR_LOWER STR_DIGITS "+/";

/* Decodes four characters, of which the last one or two may be '='. Returns the number of bytes, or
 * 0 if they are not base64. */
static size_t decode_group(const char *text, char bytes[3])
{
    unsigned value = 0;
    size_t n = strspn(text, digits);
    n = n < 4 ? n : 4;
    if (n < 2 || strspn(text + n, "=") < 4 - n)
        return 0;
    for (size_t i = 0; i < 4; i++)
        value = value << 6 | (i < n ? (unsigned)(strchr(digits, text[i]) - digits) : 0);
    for (size_t i = 0; i < 3; i++)
        bytes[i] = (char)(value >> (16 - 8 * i) & 0xFF);
    return n - 1;
}

bool base64_decode(const char *text, struct buf *out)
{
    size_t n = 3;
    for (; *text && n == 3; text += 4) { /* padding ends the text */
        char bytes[3];
        n = decode_group(text, bytes);
        if (!n)
            return false;
        buf_add(out, bytes, n);
    }
    return !*text;
}

void base64_encode(const void *bytes, size_t n, struct buf *out)
{
    const unsigned char *from = bytes;
    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i < 3 ? n - i : 3;
        unsigned value = (unsigned)from[i] << 16;
        value |= left > 1 ? (unsigned)from[i + 1] << 8 : 0;
        value |= left > 2 ? from[i + 2] : 0;
        char group[4] = {'=', '=', '=', '='};
        for (size_t k = 0; k <= left; k++)
            group[k] = digits[value >> (18 - 6 * k) & 63];
        buf_add(out, group, sizeof group);
    }
}
