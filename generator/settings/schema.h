/* schema.h - checks a map of settings against a table of its keys.
 *
 * A kind of resource has one table, which the reader, the errors and the suggestions use. Values
 * stay nodes, because nearly every one may be a ref. */
#ifndef SETTINGS_SCHEMA_H
#define SETTINGS_SCHEMA_H
#include <stdbool.h>
#include <stddef.h>

struct node;
struct arena;

enum field_kind {
    FIELD_TEXT,     /* any scalar; a string may be a ref, but see `lambda` */
    FIELD_NAME,     /* any scalar, no ref: a name, a path or a command, needed at build time */
    FIELD_INT,      /* a whole number between min and max, or a ref */
    FIELD_FLAG,     /* a boolean, or text that begins with t or f, as in Gordon 0.7 */
    FIELD_LIST,     /* a list of anything */
    FIELD_MAP,      /* a map */
    FIELD_TEXTS,    /* text, or a list of texts */
    FIELD_TEXT_MAP, /* a map whose values are texts; of each other kind, an error */
    FIELD_CHOICE,   /* one of `choices`, in any case of its letters, or a ref */
    FIELD_ENTRIES,  /* a map or a list */
    FIELD_ANY,      /* anything; the caller checks it */
};

struct field {
    const char *key;
    enum field_kind kind;
    bool required;
    long min, max;              /* of FIELD_INT */
    const char *unit;           /* of FIELD_INT, for its error; or NULL */
    const char *const *choices; /* of FIELD_CHOICE: as AWS writes them, and NULL at the end */
    bool filled;                /* of texts: none is empty */
    bool lambda;                /* of texts: it may be the ARN of a lambda, lambda://app.name */
};

/* Returns the field of this key, or NULL. */
const struct field *schema_find(const struct field *fields, size_t n, const char *key);
/* Checks every key and value of `map` and reports each error at its place; false after errors.
 * `what` names the map in messages, with its article: "a lambda". `map` may be NULL or null
 * (nothing set). Missing keys are reported at `place`. */
bool schema_check(const struct field *fields, size_t n, const struct node *map,
                  const struct node *place, const char *what);
/* The same for a part of a map, such as defaults: does not look for missing keys. */
bool schema_check_set(const struct field *fields, size_t n, const struct node *map,
                      const char *what);
/* Checks the top of a settings file, where anchors may be defined. An unknown key is only a
 * warning, and is ignored if it begins with "x-". Does not look for missing keys. */
bool schema_check_top(const struct field *fields, size_t n, const struct node *map,
                      const char *what);
/* Whether a map is no function: only its values may be. Reports an error if it is; `what` names it
 * in messages. */
bool schema_check_map(const struct node *map, const char *what);
/* Checks one value, which is set. */
bool schema_check_value(const struct field *field, const struct node *value);
/* Checks a setting that is true, false, or a map of `fields`, or that is not set. `key` names it in
 * messages. */
bool schema_check_switch(const struct field *fields, size_t n, const struct node *value,
                         const char *key);
/* Whether such a setting is on: a map, or true. */
bool schema_on(const struct node *value);
/* The value of a flag, or `fallback` if it is not set. */
bool schema_flag(const struct node *node, bool fallback);
/* The value of a FIELD_INT, or `fallback` if it is not set or a ref. */
long schema_int(const struct node *node, long fallback);
/* The choice that a FIELD_CHOICE means, as AWS writes it; NULL if it is not set, a ref, or none. */
const char *schema_choice(const struct node *node, const char *const *choices);
/* The texts of a FIELD_TEXTS, and their number in *count; NULL and 0 if it is not set. */
const char **schema_texts(struct arena *arena, const struct node *node, size_t *count);

#endif
