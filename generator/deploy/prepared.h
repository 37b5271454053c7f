/* prepared.h - what apply and diff begin with: they read the build, resolve the parameters, and
 * refuse everything that AWS would refuse only after something has changed. The templates in
 * `built` are then as apply sends them: see api_deployment.h. */
#ifndef DEPLOY_PREPARED_H
#define DEPLOY_PREPARED_H
#include <jansson.h>
#include <stdbool.h>

#include "base/util.h"         /* for struct table */
#include "build/built.h"       /* for struct built */
#include "parameters/params.h" /* for struct params_found */

struct deployment;

struct prepared {
    struct deployment *d;
    struct built built;
    json_t *values; /* names to strings; each step adds its outputs */
    json_t *given;  /* a copy of `values` from before the first step */
    struct params_found found;
    const char *account;    /* its number, once it is known */
    struct table built_ids; /* logical id that is sent to the one that was built, if it differs */
    struct table places;    /* "file:line:column" to &one or &many, by how many it asks for */
    char one, many;         /* of the resources' stack */
};

/* False after errors, which are reported together as far as possible. On a terminal the status line
 * says "asking AWS" until the next status_line_phase. Call prepared_release in any case. */
bool prepared_load(struct prepared *prepared, struct deployment *deployment);
void prepared_release(struct prepared *prepared);
/* Finds the place in the settings that asks for a resource; false if it is unknown. */
bool prepared_place(const struct prepared *prepared, const char *id, struct pos *pos);
/* Whether the place of a resource asks for no other one of the resources' stack. */
bool prepared_alone(struct prepared *prepared, const char *id);
/* Returns the values (new) of a template's parameters; those without a value have a default. */
json_t *prepared_parameters(const struct prepared *prepared, const json_t *template);

#endif
