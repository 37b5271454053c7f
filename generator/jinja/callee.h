/* callee.h - what is called by name: a filter or a test, as a row of the table of either. */
#ifndef JINJA_CALLEE_H
#define JINJA_CALLEE_H
#include <stdbool.h>
#include <stddef.h>

struct jinja;
struct value;

enum { PARAMS_MAX = 3 };

struct callee {
    const char *name;
    /* args[0] is the value before it; an absent parameter is VALUE_ABSENT. */
    bool (*apply)(struct jinja *j, const struct value *args, struct value *out);
    const char *params[PARAMS_MAX]; /* their names in Jinja */
    size_t required;                /* the first of them must be given */
    const char *comparison;         /* of a test that is one, which has no function then */
};

/* The row of `name`, or NULL. */
const struct callee *callee_find(const struct callee *callees, size_t n, const char *name);
/* The name most like `name`, or NULL without one. */
const char *callee_nearest(const struct callee *callees, size_t n, const char *name);

#endif
