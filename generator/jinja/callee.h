/* callee.h - what a template calls by name: a filter or a test, a row of its table. */
#ifndef JINJA_CALLEE_H
#define JINJA_CALLEE_H
#include <stdbool.h>
#include <stddef.h>

struct jinja;
struct value;

enum { PARAMS_MAX = 3 };

struct callee {
    const char *name;
    /* args[0] is the value before the '|' or 'is', args[1 + i] the parameter params[i], whose kind
     * is VALUE_ABSENT if it was not given. NULL if `comparison` is set. */
    bool (*apply)(struct jinja *j, const struct value *args, struct value *out);
    const char *params[PARAMS_MAX]; /* their names in Jinja */
    size_t required;                /* how many of params, from the first on, must be given */
    const char *comparison; /* the operator that a test such as 'eq' stands for, else NULL */
};

/* The row of `name`, NULL if there is none. */
const struct callee *callee_find(const struct callee *callees, size_t n, const char *name);
/* The name in the table that is most similar to `name`, NULL if none is similar enough. */
const char *callee_nearest(const struct callee *callees, size_t n, const char *name);

#endif
