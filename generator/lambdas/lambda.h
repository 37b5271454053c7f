/* lambda.h - a lambda of the settings, checked and with all its names, ready to be written or
 * packed. */
#ifndef LAMBDAS_LAMBDA_H
#define LAMBDAS_LAMBDA_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"       /* for struct pos */
#include "resources/model.h" /* for struct kind */

struct bundle;
struct node;
struct runtime;

#define LAMBDA_KEY "lambdas" /* in settings.yml */

struct lambda {
    const struct app *app;
    const char *name;
    const struct node *key; /* where the name stands */
    const struct node *settings;
    const char *reference;       /* "app.name", as other resources write it */
    const char *id;              /* "{App}{Name}", the function */
    const char *short_id;        /* "{Name}", the beginning of all other ids */
    const char *alias_id;        /* "{Name}Currentalias" */
    const struct bundle *bundle; /* its zip; NULL if it is an image, and so are the next two */
    const char *handler;
    const struct runtime *runtime;
    const struct node *context;      /* the map that goes into the zip; or NULL */
    const char *context_destination; /* its path in the zip */
};

/* The lambda that a resource is; NULL if it is of another kind. */
const struct lambda *lambda_of(const struct resource *resource);

/* Returns the lambda that `node` names: "app.name", "app:name", or "name" for one of the project.
 * If there is none, reports an error, with a suggestion if it can, and returns NULL. */
const struct lambda *lambda_find(const struct model *model, const struct node *node);
/* The same without an error. */
const struct lambda *lambda_look(const struct model *model, const char *reference);
/* As lambda_find, for a reference at `pos`, which need not have a line; the error has this code. */
const struct lambda *lambda_named(const struct model *model, struct pos pos, enum exit_code code,
                                  const char *reference);

/* Returns the id of the role that Gordon makes for the lambda, with its policies in it; NULL if the
 * settings name another role. */
const char *lambda_own_role(struct arena *arena, const struct lambda *lambda);
/* {"Ref": "{Name}Currentalias"}: what other resources call. */
json_t *lambda_alias(const struct lambda *lambda);

#endif
