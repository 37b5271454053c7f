/* api_deployment.h - the deployments of APIs in the template that apply sends.
 *
 * A deployment is a snapshot of an API, and only a new one shows a change. Its logical id has a
 * digest of what the template says of the API. A value of a parameter is not part of that, because
 * one build serves all stages; so apply adds a digest of the values that the API refers to. */
#ifndef DEPLOY_API_DEPLOYMENT_H
#define DEPLOY_API_DEPLOYMENT_H
#include <jansson.h>

struct arena;
struct changes;

/* Renames the deployments in a template whose APIs refer to parameters. `values` are names to
 * strings. `stack` is the name of the stack, as a salt for secrets. Calls `renamed` for each, with
 * texts in `arena`. */
void api_deployment_rename(struct arena *arena, json_t *template, const json_t *values,
                           const char *stack,
                           void (*renamed)(const char *from, const char *to, void *data),
                           void *data);

/* CloudFormation removes resources after it has created others, so a new deployment would still
 * have the methods that the same change removes. If the changes remove any from an API that is
 * deployed again, returns the template (new) for a change before this one: with all else, but with
 * the deployments as they are. NULL otherwise. */
json_t *api_deployment_before(const json_t *template, const struct changes *changes);

#endif
