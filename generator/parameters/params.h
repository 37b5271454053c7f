/* params.h - the values of parameters/common.yml and parameters/<stage>.yml.
 *
 * Each string is first a Jinja template and then, with a protocol ("env://NAME"), a reference to a
 * value elsewhere, which is asked for by callback. Values may be secret: they are never part of a
 * message, and the lines of these files are not shown. */
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

/* What is known of the parameters besides their values. */
struct params_found {
    struct table secret; /* those that a secret protocol gave, to the struct node of the value */
    const struct node **unused; /* the names of those that nothing asks for */
    size_t nunused;
};

struct params_context {
    const char *stage, *region;
    /* The account's number, asked for when a template wants it; NULL after an error that it
     * reported. */
    const char *(*account)(void *data);
    /* The value of protocol://rest; NULL after an error that it reported. */
    const char *(*value)(enum protocol protocol, const char *rest, const struct node *node,
                         void *data);
    /* Whether anything asks for the value of a parameter; NULL: for all. */
    bool (*wanted)(const char *name, void *data);
    void *data;
    struct params_found *found; /* gets what was found */
};

/* All values as an object of strings (new); NULL after errors. Missing files are no error. */
json_t *params_load(struct arena *arena, const struct project *project,
                    const struct params_context *context);
/* Adds to the problem reported last where a parameter is given whose name is nearly `name`, if one
 * is that nothing asks for. */
void params_note_nearest(struct arena *arena, const struct params_found *found, const char *name);

#endif
