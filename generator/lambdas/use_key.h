/* use_key.h - the keys of KMS with which a resource that a lambda uses is encrypted. */
#ifndef LAMBDAS_USE_KEY_H
#define LAMBDAS_USE_KEY_H
#include <jansson.h>

#include "base/diag.h" /* for struct pos */

struct declared;
struct model;
struct use;

/* Returns a list of the ARNs of the keys: the one of the settings, or those that the properties of
 * a resource of the project name. A key of AWS's own needs no permission and is not in it. Warns
 * about a key of which only CloudFormation knows whether it is an ARN. */
json_t *use_keys(const struct model *model, const struct use *use);

/* The same for a resource of a fragment, which the settings name at `pos`. `advice` says what to do
 * about an unknown key; NULL: no warning. */
json_t *use_keys_of(const struct model *model, const struct declared *resource, struct pos pos,
                    const char *advice);

#endif
