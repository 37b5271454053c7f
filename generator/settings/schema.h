/* schema.h - checks a map of settings against a table of its keys.
 *
 * A kind of resource has one table; what it says of a key is all that the reader, the errors and
 * the suggestions know. Values stay nodes, because nearly every one may be a ref. */
#ifndef SETTINGS_SCHEMA_H
#define SETTINGS_SCHEMA_H
#include <stdbool.h>
#include <stddef.h>

struct node;
struct arena;

enum field_kind {
    FIELD_TEXT,  /* any scalar; a string may be a ref */
    FIELD_NAME,  /* any scalar, no ref: a name, a path or a command, needed at build time */
    FIELD_INT,   /* a whole number between min and max, or a ref */
    FIELD_FLAG,  /* a boolean, or text that begins with t or f, as in Gordon 0.7 */
    FIELD_LIST,  /* a list; any scalar or map in it */
    FIELD_MAP,   /* a map */
    FIELD_TEXTS, /* text, or a list of texts */
    FIELD_ANY,
};

struct field {
    const char *key;
    enum field_kind kind;
    bool required;
    long min, max;    /* of FIELD_INT */
    const char *unit; /* of FIELD_INT, said in its error */
};

/* Checks every key and value of `map` and reports all that is wrong, each at its place; `what` is
 * what the map is, with its article, such as "a lambda". `map` may be null (nothing set). `place`
 * is where a missing key is reported. */
bool schema_check(const struct field *fields, size_t n, const struct node *map,
                  const struct node *place, const char *what);
/* The same for the top of a settings file, where anchors may live: a key that is not in the table
 * is a warning, or nothing when it begins with "x-". */
bool schema_check_top(const struct field *fields, size_t n, const struct node *map,
                      const char *what);
/* The value of a flag, or `fallback` when it is not set. */
bool schema_flag(const struct node *node, bool fallback);
/* The value of a FIELD_INT that is no ref, or `fallback`. */
long schema_int(const struct node *node, long fallback);
/* The items of a FIELD_TEXTS as strings; an empty list when it is not set. */
const char **schema_texts(struct arena *arena, const struct node *node, size_t *count);

#endif
