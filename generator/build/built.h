/* built.h - the templates of a build, read back for apply. */
#ifndef BUILD_BUILT_H
#define BUILD_BUILT_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"       /* for struct pos */
#include "resources/steps.h" /* for enum step */

struct limits;

struct built_step {
    enum step step;
    const char *file; /* "0001_p.json" */
    json_t *json;
};

struct built {
    const char *dir;
    struct built_step steps[STEP_COUNT];
    size_t count; /* in their order */
};

/* There while gordon build works in a build folder: what lies in there may be half new. */
#define BUILDING ".gordon/building"

/* Reads all templates of a build and checks that the zips they name are there; an error (9, "not
 * built") that says what to run otherwise. Release it in any case. */
bool built_load(struct arena *arena, const char *dir, struct built *built);
void built_release(struct built *built);
/* The template of a step, or NULL. */
const json_t *built_step_json(const struct built *built, enum step step);
/* Whether a template declares the parameter; what the steps give themselves counts too. */
bool built_wants(const struct built *built, const char *name);
/* Whether each parameter that the templates ask for has a default, is in `values`, or comes from a
 * step before. All others are reported together, at their place in the settings; `note`, which
 * may be NULL, is called behind each, to say more of it. */
bool built_check_values(const struct built *built, const json_t *values, const char *stage,
                        struct pos (*place)(const char *name, void *data),
                        void (*note)(const char *name, void *data), void *data);

/* Reports an error for each limit of CloudFormation that a template, or one of the `values` (names
 * to strings; may be NULL) that are sent, is over. Whether all is within them. */
bool built_check_limits(const struct built *built, const struct limits *limits,
                        const json_t *values);

#endif
