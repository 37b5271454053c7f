/* rendering.h - one rendering of a template: its state, its limits and its errors.
 *
 * In this wing a function that takes a struct jinja and returns bool reports its error at jinja.at
 * and then returns false. */
#ifndef JINJA_RENDERING_H
#define JINJA_RENDERING_H
#include <jansson.h> /* for json_t */

#include "base/diag.h" /* for struct pos */
#include "base/util.h" /* for struct table, struct buf */

enum {
    SOURCE_MAX = 64 << 10,   /* bytes of a template */
    NESTING_MAX = 100,       /* levels of an expression, or of a value */
    BLOCKS_MAX = 19,         /* levels of if and for; Python's own limit for loops is 20 */
    ITERATIONS_MAX = 100000, /* of all loops */
    TEXT_MAX = 1 << 20,      /* bytes of the output and of any text */
    WORK_MAX = 64 << 20      /* roughly the bytes copied and the values visited */
};

struct scope;

struct jinja {
    struct arena *arena;
    const char *source; /* newlines are \n */
    const char *at;     /* the place in source that an error is about */
    struct pos pos;     /* of the template in its settings file */
    json_t *(*lookup)(const char *name, void *data); /* see jinja_render */
    void *data;
    struct table known;  /* names to the struct value that lookup returned */
    struct scope *scope; /* the innermost */
    struct buf output;
    size_t iterations, work; /* so far */
};

/* Reports an error at jinja.at; returns false. */
bool jinja_fail(struct jinja *j, const char *format, ...) printf_like(2, 3);
/* Adds `work` to jinja.work; exceeding WORK_MAX is an error. */
bool jinja_spend(struct jinja *j, size_t work);

#endif
