/* value.h - values of Jinja expressions, and Python's rules for them.
 *
 * Values are copied as structs; what they point to lives in the arena and does not change. */
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
    VALUE_ITERATOR, /* the result of reverse or unique; it cannot be stored, so it is read once */
    VALUE_LOOP,
    VALUE_KINDS
};

struct value {
    enum value_kind kind;
    bool markup;          /* a string that is Python's Markup: the result of tojson */
    unsigned char height; /* levels of nesting: 0 for a scalar, 1 for a list of scalars */
    size_t count;         /* of a string its bytes, of a dict its pairs, else its items */
    union {
        int64_t integer; /* of a bool 0 or 1 */
        double real;
        const char *text;          /* NUL-terminated UTF-8; a NUL in it is not possible */
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
struct value value_string(const char *text, size_t len); /* `text` is not copied */
/* A list, tuple, iterator or dict of `count` items or pairs, which are not copied. An iterator as
 * an item, or more than NESTING_MAX levels, is an error. */
bool value_collect(struct jinja *j, enum value_kind kind, const struct value *items, size_t count,
                   struct value *out);
/* Copies all text. A NUL in a text is an error. */
bool value_from_json(struct jinja *j, const json_t *json, struct value *out);
/* The kind in the words of messages, which must not show the value: "text", "a list" ... */
const char *value_words(const struct value *value);
/* bool() */
bool value_truth(const struct value *value);
/* Whether it is an int or a bool, which is an integer in Python. */
bool value_is_int(const struct value *value);
/* Whether it is an int, a bool or a float. */
bool value_is_number(const struct value *value);
/* Whether it is a string, a list or a tuple: what has indexes and slices. */
bool value_is_sequence(const struct value *value);
/* len() of a sequence: the characters of a string, or the items */
size_t value_length(const struct value *sequence);
/* float() of a number */
double value_real(const struct value *number);
/* a == b */
bool value_equal(struct jinja *j, const struct value *a, const struct value *b, bool *equal);
/* Sets *order to less than, equal to or greater than 0; an error if Python cannot order these
 * values. */
bool value_order(struct jinja *j, const struct value *a, const struct value *b, int *order);
/* iter(value) as a list: items, characters of a string, or keys of a dict */
bool value_iterate(struct jinja *j, const struct value *value, struct value *list);
/* value in container */
bool value_in(struct jinja *j, const struct value *value, const struct value *container,
              bool *found);
/* An error if Python cannot hash the value, so that it cannot be a key. */
bool value_hashable(struct jinja *j, const struct value *value);
/* Sets *out to the value of `key` in a dict, NULL if the key is absent. */
bool value_find(struct jinja *j, const struct value *dict, const struct value *key,
                const struct value **out);

#endif
