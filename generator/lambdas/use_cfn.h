/* use_cfn.h - an entry of a lambda's `uses` as CloudFormation has it: the statements of a policy,
 * and the value of a variable. */
#ifndef LAMBDAS_USE_CFN_H
#define LAMBDAS_USE_CFN_H
#include <jansson.h>

struct arena;
struct model;
struct use;

/* Returns the value of the variable. */
json_t *use_value(const struct model *model, const struct use *use);
/* Adds the statements that allow the accesses to a list of statements. Resources with the same
 * actions share one. */
void use_allow(const struct model *model, const struct use *use, json_t *statements);
/* Returns the logical id of the resource that is used, if it is one of the project, or NULL. */
const char *use_id(struct arena *arena, const struct use *use);

#endif
