#include <string.h>

#include "base/pattern.h"
#include "base/util.h"

static const struct class
{
    char letter;
    const char *alone, *in_set; /* NULL: not possible in a set */
} classes[] = {
    {'d', "[0-9]", "0-9"},
    {'D', "[^0-9]", NULL},
    {'w', "[[:alnum:]_]", "[:alnum:]_"},
    {'W', "[^[:alnum:]_]", NULL},
    {'s', "[[:space:]]", "[:space:]"},
    {'S', "[^[:space:]]", NULL},
    {'A', "^", NULL},
    {'Z', "$", NULL},
};

static const struct class *find_class(char letter)
{
    for (size_t i = 0; i < countof(classes); i++)
        if (classes[i].letter == letter)
            return &classes[i];
    return NULL;
}

/* Adds the meaning of a backslash and `letter`: a class, or the character itself. Returns false for
 * a letter or digit without a translation. */
static bool add_escape(struct buf *out, char letter, bool in_set)
{
    const struct class *class = find_class(letter);
    const char *text = class ? (in_set ? class->in_set : class->alone) : NULL;
    bool word = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                (letter >= 'A' && letter <= 'Z');
    if (text)
        buf_adds(out, text);
    else if (in_set)
        buf_printf(out, strchr("]^[-", letter) ? "[.%c.]" : "%c", letter);
    else
        buf_printf(out, "\\%c", letter);
    return text || !word;
}

/* Adds the set that begins with the '[' at `c`. Returns what follows it, or NULL. */
static const char *add_set(struct buf *out, const char *c)
{
    const char *first = c + 1 + (c[1] == '^');
    buf_add(out, c, (size_t)(first - c));
    for (c = first; *c && (*c != ']' || c == first); c++) {
        if (*c == '\\' && c[1]) {
            if (!add_escape(out, *++c, true))
                return NULL;
        } else {
            buf_add(out, c, 1);
        }
    }
    if (*c)
        buf_adds(out, "]");
    return *c ? c + 1 : NULL;
}

/* Adds one piece of the pattern. Returns what follows it, or NULL if POSIX does not have it. */
static const char *add_piece(struct buf *out, const char *c)
{
    if (*c == '[')
        return add_set(out, c);
    if (*c == '\\')
        return c[1] && add_escape(out, c[1], false) ? c + 2 : NULL;
    if (*c == '(' && c[1] == '?') {
        buf_adds(out, "(");
        return c[2] == ':' ? c + 3 : NULL;
    }
    buf_add(out, c, 1);
    return strchr("*+?}", *c) && c[1] == '?' ? NULL : c + 1;
}

char *pattern_posix(struct arena *arena, const char *python)
{
    struct buf out = {0};
    const char *c = python;
    while (c && *c)
        c = add_piece(&out, c);
    char *pattern = c ? arena_strdup(arena, out.data ? out.data : "") : NULL;
    buf_free(&out);
    return pattern;
}
