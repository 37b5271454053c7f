/* value.h - values of Jinja expressions and Python's rules for them; private to jinja*.c.
 *
 * Values are copied as structs; what they point to lives in the arena and never changes.
 * Functions that return bool report at jinja.at and return false when they fail. */
#ifndef JINJA_VALUE_H
#define JINJA_VALUE_H
#include <jansson.h>
#include <stdint.h> /* for int64_t */

#include "base/diag.h"

enum {
    SOURCE_MAX = 64 << 10,   /* bytes of a template */
    NESTING_MAX = 100,       /* levels of an expression, or of a value */
    BLOCKS_MAX = 19,         /* levels of if and for; Python's own limit for loops is 20 */
    ITERATIONS_MAX = 100000, /* of all loops */
    TEXT_MAX = 1 << 20,      /* bytes of the output and of any text */
    WORK_MAX = 64 << 20      /* bytes moved and values touched, roughly */
};

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

/* One rendering. */
struct jinja {
    struct arena *arena;
    const char *source; /* newlines are \n */
    const char *at;     /* the place in source that errors are about */
    struct pos pos;     /* of the template in its file */
    json_t *(*lookup)(const char *name, void *data);
    void *data;
    struct table known;  /* what lookup gave */
    struct scope *scope; /* the innermost */
    struct buf output;
    size_t iterations, work;
};

/* Reports an error at jinja.at; always false. */
bool jinja_fail(struct jinja *j, const char *format, ...) printf_like(2, 3);
/* Counts work, and fails when there is too much of it. */
bool jinja_spend(struct jinja *j, size_t work);

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

/* str(): text is appended to `buf`, which the caller frees. */
bool text_str(struct jinja *j, const struct value *value, struct buf *buf);
/* json.dumps(value, sort_keys=True) */
bool text_json(struct jinja *j, const struct value *value, struct buf *buf);
/* Appends, and fails at TEXT_MAX. */
bool text_put(struct jinja *j, struct buf *buf, const char *text, size_t len);
/* Moves `buf` into a string; frees it in any case. `ok` false: only that. */
bool text_take(struct jinja *j, bool ok, struct buf *buf, struct value *out);
/* str() as a value: a string stays what it is. */
bool text_of(struct jinja *j, const struct value *value, struct value *out);

/* The code point at `text`, which is valid UTF-8, and the place behind it. */
const char *unicode_next(const char *text, uint32_t *c);
/* The place of the code point that ends before `end`. */
const char *unicode_before(const char *end);
/* Appends the code point's UTF-8. */
bool unicode_put(struct jinja *j, struct buf *buf, uint32_t c);
/* Whether `text` is UTF-8. */
bool unicode_valid(const char *text);
/* str.isspace() */
bool unicode_space(uint32_t c);
/* The place of the first character that is no space. */
const char *unicode_skip_space(const char *text);
/* The length of `text` without spaces at its end. */
size_t unicode_trimmed(const char *text, size_t len);
/* str.isprintable(); fails where the C library does not know the character. */
bool unicode_printable(struct jinja *j, uint32_t c, bool *printable);
/* str.upper(), lower() of one character; fails where another rule than one to one applies. */
bool unicode_upper(struct jinja *j, uint32_t c, uint32_t *upper);
bool unicode_lower(struct jinja *j, uint32_t c, uint32_t *lower);
/* Both of a whole string. */
bool unicode_map(struct jinja *j, const struct value *string,
                 bool (*map)(struct jinja *, uint32_t, uint32_t *), struct value *out);

#endif
