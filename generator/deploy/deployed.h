/* deployed.h - a stage as it is in AWS: its stacks, their resources, and what the bucket holds. */
#ifndef DEPLOY_DEPLOYED_H
#define DEPLOY_DEPLOYED_H
#include <jansson.h>
#include <stdbool.h>

struct deployment;

struct deployed_stack {
    const char *name;
    json_t *json;       /* as AWS describes it; NULL: it is not there */
    const char *status; /* "UPDATE_COMPLETE" */
    const char *since;  /* when its last change began, as AWS writes times */
};

enum { DEPLOYED_PROJECT, DEPLOYED_RESOURCES, DEPLOYED_STACKS };

struct deployed {
    struct deployed_stack stacks[DEPLOYED_STACKS];
    json_t *resources;  /* of the stack of resources, as AWS lists them; NULL without the stack */
    const char *bucket; /* of code; NULL without a stack */
    json_t *listing;    /* of it, as aws_list_versions gives it; NULL when it could not be had */
};

/* Asks for the stacks only, by one call; false after an error. */
bool deployed_load_stacks(struct deployment *deployment, struct deployed *deployed);
/* Asks for all of it, by three calls; false after an error. A listing that is not to be had is only
 * a warning, as much can be known without it. Release it in any case. */
bool deployed_load(struct deployment *deployment, struct deployed *deployed);
void deployed_release(struct deployed *deployed);
/* The name or ARN that the resource with this logical id has in AWS; NULL when it is not there. */
const char *deployed_physical(const struct deployed *deployed, const char *id);
/* The value that a parameter of the stack of resources has, or NULL. */
const char *deployed_parameter(const struct deployed *deployed, const char *name);

#endif
