/* built.h - reads back the templates of a build, for the commands that deploy it. */
#ifndef BUILD_BUILT_H
#define BUILD_BUILT_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"       /* for struct pos */
#include "resources/steps.h" /* for enum step */

struct limit_check;

struct built_step {
    enum step step;
    const char *file; /* "0001_p.json" */
    json_t *json;
};

struct built {
    const char *dir;
    struct built_step steps[STEP_COUNT];
    size_t count; /* of the steps, which are in the order of apply */
};

/* This file exists in a build folder while `gordon build` writes to the folder, and after it was
 * killed: old and new files may then be mixed. */
#define BUILDING ".gordon/building"

/* Reads all templates of a build and checks that the zips that they name exist. Otherwise returns
 * false and reports an error (EXIT_NOT_BUILT) that says what to run. Always call
 * built_release. */
bool built_load(struct arena *arena, const char *dir, struct built *built);
void built_release(struct built *built);
/* The template of a step, or NULL. */
const json_t *built_step_json(const struct built *built, enum step step);
/* Whether any template declares the parameter, even one whose value an earlier step gives. */
bool built_wants(const struct built *built, const char *name);
/* Whether each parameter that the templates declare has a default, is in `values`, or is an output
 * of an earlier step. Reports all others as errors at `place(name, data)`. Calls `note`, which may
 * be NULL, after each of these errors to add details. */
bool built_check_values(const struct built *built, const json_t *values, const char *stage,
                        struct pos (*place)(const char *name, void *data),
                        void (*note)(const char *name, void *data), void *data);

/* Reports an error for each limit of CloudFormation that a template exceeds, or the value of a
 * parameter, and for each zip that exceeds Lambda's (unzipped.h). `whole` has what all templates
 * share: the project, the refs, the values, and the places of the resources' stack. Returns whether
 * all limits are kept. */
bool built_check_limits(const struct built *built, const struct limit_check *whole);

#endif
