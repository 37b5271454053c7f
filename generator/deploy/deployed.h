/* deployed.h - a stage as it is in AWS: its stacks, their resources, and what the bucket holds. */
#ifndef DEPLOY_DEPLOYED_H
#define DEPLOY_DEPLOYED_H
#include <jansson.h>
#include <stdbool.h>

struct deployment;

struct deployed_stack {
    const char *name;
    json_t *json;       /* as AWS describes it; NULL: it does not exist */
    const char *status; /* "UPDATE_COMPLETE" */
    const char *since;  /* when its last change began, in the format of AWS */
};

enum { DEPLOYED_PROJECT, DEPLOYED_RESOURCES, DEPLOYED_STACKS };

struct deployed {
    struct deployed_stack stacks[DEPLOYED_STACKS];
    json_t *resources;  /* of the stack of resources, as AWS lists them; NULL without the stack */
    const char *bucket; /* the code bucket; NULL without a stack */
    json_t *listing;    /* of the bucket, by aws_list_versions; NULL if it could not be read */
};

/* Reads only the stacks: by one call, or by one for each stack if AWS denies that. False after an
 * error. */
bool deployed_load_stacks(struct deployment *deployment, struct deployed *deployed);
/* Reads everything, by three calls; false after an error. A listing that cannot be read is only a
 * warning, because the rest is useful without it. Call deployed_release in either case. */
bool deployed_load(struct deployment *deployment, struct deployed *deployed);
void deployed_release(struct deployed *deployed);
/* Returns the physical id (a name or ARN) of the resource with this logical id, in a list of
 * aws_stack_resources; "" if it does not exist. */
const char *deployed_physical_in(const json_t *resources, const char *id);
/* The same in the stack of resources; NULL if it does not exist. */
const char *deployed_physical(const struct deployed *deployed, const char *id);
/* Returns the value of a parameter of the stack of resources, or NULL. */
const char *deployed_parameter(const struct deployed *deployed, const char *name);

#endif
