/* status.h - shows what is deployed of a stage, compared with the settings and the build. */
#ifndef DEPLOY_STATUS_H
#define DEPLOY_STATUS_H
#include <stdbool.h>

struct deployment;
struct model;

/* Prints stacks, lambdas, APIs and what calls lambdas, for people or as JSON; false after an error.
 * It is not an error if nothing is applied or nothing is built. */
bool status_run(struct deployment *deployment, const struct model *model, bool json);

#endif
