/* use.h - an entry of a lambda's `uses`: a resource, what the lambda may do with it, and the
 * variable that tells the lambda its name. */
#ifndef LAMBDAS_USE_H
#define LAMBDAS_USE_H
#include <stdbool.h>
#include <stddef.h>

#include "lambdas/use_kind.h" /* for USE_ACCESSES_MAX */

struct app;
struct declared;
struct lambda;
struct model;
struct node;
struct resource;

struct use {
    const struct node *key; /* of the entry */
    const struct app *app;  /* of the lambda */
    const struct use_kind *kind;
    const struct use_access *accesses[USE_ACCESSES_MAX];
    size_t naccesses;
    const char *variable;       /* its name; NULL if the settings leave it out */
    const struct node *decides; /* where the name of the variable comes from */
    const char *condition;      /* under which the resource exists, unlike the lambda; or NULL */
    const struct node *kms_key; /* or NULL; "" for none */
    /* What is used, one of these: */
    const struct declared *resource; /* of a fragment */
    const struct lambda *lambda;
    const struct resource *api; /* of settings */
    const struct node *arn, *name;
};

/* Returns the entries of a lambda, sorted by key, and their number in *n. Reports errors and sets
 * *ok to false. All lambdas must be read. */
struct use *uses_read(const struct model *model, const struct lambda *lambda, size_t *n, bool *ok);
/* Returns the name of the variable for a resource: "ORDERS_TABLE" for "OrdersTable". */
const char *use_variable_name(struct arena *arena, const char *name);

#endif
