/* value.h - values of Jinja expressions, and Python's rules for them.
 *
 * Values are copied as structs; what they point to lives in the arena and never changes. */
#ifndef JINJA_VALUE_H
#define JINJA_VALUE_H
#include <jansson.h> /* for json_t */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for int64_t */

struct jinja;

enum value_kind {
    VALUE_ABSENT, /* a parameter of a filter that was not given */
    VALUE_UNDEFINED,
    VALUE_NONE,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT, /* finite */
    VALUE_STRING,
    VALUE_LIST,
    VALUE_TUPLE,
    VALUE_DICT,
    VALUE_ITERATOR, /* what reverse and unique give; cannot be kept, so it is read once */
    VALUE_LOOP,
    VALUE_KINDS
};

struct value {
    enum value_kind kind;
    bool markup;          /* a string: Python's Markup, which tojson gives */
    unsigned char height; /* levels of nesting in it */
    size_t count;         /* bytes of a string; items; pairs of a dict */
    union {
        int64_t integer; /* of a bool too */
        double real;
        const char *text;          /* UTF-8 without NUL, terminated */
        const struct value *items; /* of a dict: key, value, key, value ... */
        const struct loop *loop;
    };
};

/* The variable `loop`. */
struct loop {
    int64_t index0, length;
};

struct value value_bool(bool boolean);
struct value value_int(int64_t integer);
struct value value_string(const char *text, size_t len); /* `text` lives long enough */
/* A list, tuple, iterator or dict; `count` items, or pairs of a dict. */
bool value_collect(struct jinja *j, enum value_kind kind, const struct value *items, size_t count,
                   struct value *out);
bool value_from_json(struct jinja *j, const json_t *json, struct value *out);
/* "text", "a list" ...: what messages say instead of the value. */
const char *value_words(const struct value *value);
/* bool() */
bool value_truth(const struct value *value);
/* A bool or an int, which is what Python takes for an integer. */
bool value_is_int(const struct value *value);
/* Those and float. */
bool value_is_number(const struct value *value);
/* A string, a list or a tuple: what an index and a slice are for. */
bool value_is_sequence(const struct value *value);
/* len() of those */
size_t value_length(const struct value *sequence);
/* float() of a number */
double value_real(const struct value *number);
/* a == b */
bool value_equal(struct jinja *j, const struct value *a, const struct value *b, bool *equal);
/* *order is less than, equal to or greater than 0; values without an order fail. */
bool value_order(struct jinja *j, const struct value *a, const struct value *b, int *order);
/* iter(): its items as a list. */
bool value_iterate(struct jinja *j, const struct value *value, struct value *list);
/* value in container */
bool value_in(struct jinja *j, const struct value *value, const struct value *container,
              bool *found);
/* Fails for what Python cannot hash. */
bool value_hashable(struct jinja *j, const struct value *value);
/* The value of `key` in a dict, or NULL in *out. */
bool value_find(struct jinja *j, const struct value *dict, const struct value *key,
                const struct value **out);

#endif
