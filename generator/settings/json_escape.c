#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "settings/json_escape.h"

enum { ESCAPE = 6 }; /* characters of \uXXXX */

/* Whether an escape \uXXXX stands at `text`, whose code is in [first, first + 0x400). */
static bool surrogate(const char *text, const char *end, unsigned first, unsigned *code)
{
    char digits[5] = "";
    if (end - text < ESCAPE || text[0] != '\\' || text[1] != 'u')
        return false;
    memcpy(digits, text + 2, 4);
    if (strspn(digits, STR_DIGITS "abcdefABCDEF") != 4)
        return false;
    *code = (unsigned)strtoul(digits, NULL, 16);
    return *code >= first && *code < first + 0x400;
}

const char *json_as_yaml(struct arena *arena, const char *text, size_t *len)
{
    const char *end = text + *len;
    struct buf out = {0};
    buf_adds(&out, "");
    while (text < end) {
        unsigned high, low;
        if (surrogate(text, end, 0xD800, &high) && surrogate(text + ESCAPE, end, 0xDC00, &low)) {
            buf_printf(&out, "\\U%08X", 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
            text += 2 * ESCAPE;
            continue;
        }
        size_t n = *text == '\\' && text + 1 < end ? 2 : 1; /* another escape, or "\\" */
        buf_add(&out, text, n);
        text += n;
    }
    *len = out.len;
    char *copy = arena_alloc(arena, out.len + 1);
    memcpy(copy, out.data, out.len);
    buf_free(&out);
    return copy;
}
