#include "base/utf8.h"

size_t utf8_length(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    static const struct {
        unsigned char first, last, from, to; /* ranges of the first and the second byte */
        size_t length;
    } forms[] = {
        {0x01, 0x7F, 0x00, 0xFF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    enum { FORMS = sizeof forms / sizeof *forms };
    size_t i = 0, n = 2;
    while (i < FORMS && (s[0] < forms[i].first || s[0] > forms[i].last))
        i++;
    if (i == FORMS || (forms[i].length > 1 && (s[1] < forms[i].from || s[1] > forms[i].to)))
        return 0;
    while (n < forms[i].length && (s[n] & 0xC0) == 0x80)
        n++;
    return n >= forms[i].length ? forms[i].length : 0;
}

unsigned utf8_code(const char *text, size_t len)
{
    static const unsigned char first[] = {0, 0x7F, 0x1F, 0x0F, 0x07}; /* bits of the first byte */
    unsigned code = (unsigned char)text[0] & first[len];
    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3F);
    return code;
}

size_t utf8_put(char out[4], unsigned code)
{
    static const struct {
        unsigned below, mark;
    } forms[] = {{0x80, 0x00}, {0x800, 0xC0}, {0x10000, 0xE0}, {0x110000, 0xF0}};
    size_t more = 0;
    while (code >= forms[more].below && more < 3)
        more++;
    for (size_t i = more; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(forms[more].mark | code);
    return more + 1;
}

bool utf8_is_valid(const char *text)
{
    for (size_t len; (len = utf8_length(text));)
        text += len;
    return !*text;
}
