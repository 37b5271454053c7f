/* view.h - a text without one of its encodings. Each byte knows from where in the first text it
 * came, so that what is found in a view can be hidden there. */
#ifndef BASE_VIEW_H
#define BASE_VIEW_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct view {
    char *bytes;
    uint32_t *from, *to; /* of each byte: where it begins and ends in the first text */
    size_t n;
};

/* The text itself. It must be shorter than 4 GiB. */
struct view view_of(struct arena *arena, const char *text, size_t len);

enum {
    VIEW_ESCAPES, /* of JSON, and of C, Python, JavaScript, a shell, XML and HTML */
    VIEW_PERCENT, /* URLs (RFC 3986, 2.1) */
    VIEW_FORM,    /* the same, and '+' for a blank */
    VIEW_BASE64,  /* from the first, second, third and fourth character of each run; both alphabets;
                     white space is skipped (RFC 4648, 4 and 5; RFC 2045, 6.8) */
    VIEW_HEX = VIEW_BASE64 + 4, /* from the first and second digit of each run */
    VIEWS = VIEW_HEX + 2
};
/* Decodes `in`. Returns false if it has nothing in this encoding. */
bool view_decode(struct arena *arena, const struct view *in, int encoding, struct view *out);

#endif
