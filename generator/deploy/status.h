/* status.h - what of a stage is deployed, beside what is in the settings and in the build. */
#ifndef DEPLOY_STATUS_H
#define DEPLOY_STATUS_H
#include <stdbool.h>

struct deployment;
struct model;

/* Prints stacks, lambdas and APIs, for people or as JSON; false after an error. Nothing that is
 * applied, or nothing that is built, is no error. */
bool status_run(struct deployment *deployment, const struct model *model, bool json);

#endif
