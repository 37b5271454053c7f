/* lambda_defaults.h - `defaults: {lambdas: {...}}` of the project and of its apps. */
#ifndef LAMBDAS_LAMBDA_DEFAULTS_H
#define LAMBDAS_LAMBDA_DEFAULTS_H
#include <stdbool.h>

struct model;
struct node;
struct resource;

/* Reads the defaults of all apps into model->defaults, those of an app on top of the project's. The
 * apps that ship with Gordon do not get the project's. Reports wrong keys and types; false after
 * errors. */
bool lambda_defaults_load(struct model *model);
/* Returns the settings of a lambda on top of the defaults for it (settings/merge.h). */
const struct node *lambda_with_defaults(const struct model *model, const struct resource *resource);

#endif
