#include <stdbool.h>
#include <string.h>

#include "base/printable.h"
#include "base/utf8.h"

enum { NOT_UTF8 = 0x110000 }; /* in place of a code point */

struct range {
    unsigned first, last;
};

static const struct range hidden[] = {
    {0x00, 0x1F},         {0x7F, 0x9F},     /* C0, DEL and C1 */
    {0x061C, 0x061C},     {0x200E, 0x200F}, /* marks of a direction */
    {0x202A, 0x202E},     {0x2066, 0x2069}, /* embeddings, overrides and isolates of directions */
    {0x2028, 0x2029},                       /* line and paragraph separator */
    {0x200B, 0x200B},     {0x2060, 0x2065}, /* invisible */
    {0x206A, 0x206F},     {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFB},     {0xE0000, 0xE007F}, /* tags: invisible, too */
    {NOT_UTF8, NOT_UTF8},
};

static const struct range white[] = {
    {'\t', '\t'},     {' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680},
    {0x2000, 0x200A}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
};

static bool is_in(const struct range *ranges, size_t n, unsigned code)
{
    for (size_t i = 0; i < n; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}
#define IS_IN(ranges, code) is_in(ranges, sizeof(ranges) / sizeof *(ranges), code)

struct scan {
    const char *at, *end;
    enum printable as;
    bool begins;   /* only white space is before it in its line */
    bool dropped;  /* that character is not shown: it is the carriage return of a line end */
    unsigned code; /* of the character that scan_next took */
};

/* Returns the length of the character at `at`. */
static size_t decode(struct scan *s)
{
    size_t left = (size_t)(s->end - s->at), len = 1;
    s->code = (unsigned char)*s->at;
    if (s->code < 0x80)
        return 1;
    char copy[5] = {0}; /* the text may end within the character, without a NUL */
    memcpy(copy, s->at, left < 4 ? left : 4);
    len = utf8_length(copy);
    s->code = len ? utf8_code(copy, len) : NOT_UTF8;
    return len ? len : 1;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether the character at `at` begins the command of a CI. */
static bool begins_command(const struct scan *s)
{
    const char *c = s->at + 2;
    if (s->end - s->at < 3 || s->at[0] != s->at[1])
        return false;
    if (s->code == ':')
        return s->begins && is_letter(*c);
    while (s->code == '#' && c < s->end && is_letter(*c))
        c++;
    return s->code == '#' && c < s->end && *c == '[';
}

/* Takes a character. Returns its length in bytes; *stays is whether it is printed as it is. */
static size_t scan_next(struct scan *s, bool *stays)
{
    size_t len = decode(s);
    bool line_end = s->code == '\n' && s->as != PRINTABLE_WORD;
    bool tab = s->code == '\t' && s->as != PRINTABLE_WORD;
    bool is_ascii = s->code >= ' ' && s->code < 0x7F; /* most are, and need no search */
    s->dropped =
        s->code == '\r' && s->as == PRINTABLE_LINES && s->at + 1 < s->end && s->at[1] == '\n';
    *stays = line_end || tab || ((is_ascii || !IS_IN(hidden, s->code)) && !begins_command(s));
    s->begins = line_end || (s->begins && IS_IN(white, s->code));
    s->at += len;
    return len;
}

size_t printable_clean(char *text, size_t len, enum printable as)
{
    struct scan s = {.at = text, .end = text + len, .as = as, .begins = true};
    char *to = text;
    while (s.at < s.end) {
        const char *from = s.at;
        bool stays;
        size_t n = scan_next(&s, &stays);
        if (stays)
            memmove(to, from, n);
        else
            *to = '?';
        to += stays ? n : !s.dropped;
    }
    if (to < text + len)
        *to = '\0';
    return (size_t)(to - text);
}

/* The length of the sequence at `c`, which begins with ESC; 0 if it is another one, or has no end.
 */
static size_t sequence_length(const char *c)
{
    size_t len = 2;
    if (c[1] == '[') {
        while (c[len] >= ' ' && c[len] <= '?') /* parameters and intermediate bytes */
            len++;
        return c[len] >= '@' && c[len] <= '~' ? len + 1 : 0;
    }
    if (c[1] != ']')
        return 0;
    len += strcspn(c + len, "\a\x1b\n");
    if (c[len] == '\a')
        return len + 1;
    return c[len] == '\x1b' && c[len + 1] == '\\' ? len + 2 : 0;
}

void printable_strip(char *text)
{
    char *to = text;
    while (*text) {
        size_t len = *text == '\x1b' ? sequence_length(text) : 0;
        text += len;
        if (!len)
            *to++ = *text++;
    }
    *to = '\0';
}

/* Prints what stands for a character that does not stay. JSON has a carriage return only between
 * its tokens, where it is the same as a blank. */
static void put(FILE *out, const struct scan *s)
{
    if (s->dropped)
        return;
    if (s->as != PRINTABLE_JSON || s->code == NOT_UTF8)
        fputc('?', out);
    else if (s->code == '\r')
        fputc(' ', out);
    else if (s->code > 0xFFFF)
        fprintf(out, "\\u%04X\\u%04X", 0xD7C0 + (s->code >> 10), 0xDC00 + (s->code & 0x3FF));
    else
        fprintf(out, "\\u%04X", s->code);
}

void printable_write(FILE *out, const char *text, size_t len, enum printable as)
{
    struct scan s = {.at = text, .end = text + len, .as = as, .begins = true};
    const char *from = text;
    while (s.at < s.end) {
        bool stays;
        size_t n = scan_next(&s, &stays);
        if (stays)
            continue;
        fwrite(from, 1, (size_t)(s.at - from) - n, out);
        put(out, &s);
        from = s.at;
    }
    fwrite(from, 1, (size_t)(s.end - from), out);
}
