/* prepared.h - what apply and diff begin with: the build read back and the parameters resolved, and
 * everything refused that AWS would refuse only when something was changed already. */
#ifndef DEPLOY_PREPARED_H
#define DEPLOY_PREPARED_H
#include <jansson.h>
#include <stdbool.h>

#include "build/built.h"       /* for struct built */
#include "parameters/params.h" /* for struct params_found */

struct deployment;

struct prepared {
    struct deployment *d;
    struct built built;
    json_t *values; /* names to strings; those of steps are added as they come */
    json_t *given;  /* those that were there before any step: a copy */
    struct params_found found;
    const char *account; /* its number, once it is known */
};

/* False after errors, which were reported together where they can be. On a terminal it says that it
 * asks AWS, until status_line_phase. Release it in any case. */
bool prepared_load(struct prepared *prepared, struct deployment *deployment);
void prepared_release(struct prepared *prepared);
/* The parameters (new) that a template declares and that have a value; the rest has a default. */
json_t *prepared_parameters(const struct prepared *prepared, const json_t *template);

#endif
