/* params.h - the values of parameters/common.yml and parameters/<stage>.yml.
 *
 * Each string is rendered as a Jinja template. If the result begins with a protocol ("env://NAME"),
 * it refers to a value elsewhere, which a callback fetches. Values may be secret: no message
 * contains one, and lines of these files are not shown. */
#ifndef PARAMETERS_PARAMS_H
#define PARAMETERS_PARAMS_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"         /* for struct table */
#include "settings/protocol.h" /* for enum protocol */

struct arena;
struct node;
struct project;

/* What params_load finds besides the values. */
struct params_found {
    struct table secret;        /* names with a value of a secret protocol, to its struct node */
    const struct node **unused; /* names in the files that nothing asks for */
    size_t nunused;
};

struct params_context {
    const char *stage, *region;
    /* Returns the account number; called when a template uses it. NULL after an error, which it has
     * reported. */
    const char *(*account)(void *data);
    /* Returns the value of protocol://rest; NULL after an error, which it has reported. */
    const char *(*value)(enum protocol protocol, const char *rest, const struct node *node,
                         void *data);
    /* Whether anything asks for this parameter; if NULL, all are asked for. */
    bool (*wanted)(const char *name, void *data);
    void *data;                 /* for the callbacks */
    struct params_found *found; /* is filled by params_load */
};

/* All values as a new object of strings, which the caller owns; NULL after errors. Missing files
 * are not an error. */
json_t *params_load(struct arena *arena, const struct project *project,
                    const struct params_context *context);
/* Adds a note to the problem reported last: the place of the unused parameter whose name is most
 * similar to `name`, if one is similar enough. */
void params_note_nearest(struct arena *arena, const struct params_found *found, const char *name);

#endif
