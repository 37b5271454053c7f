/* apply.h - applies a build to a stage, step by step. */
#ifndef DEPLOY_APPLY_H
#define DEPLOY_APPLY_H
#include <stdbool.h>

struct deployment;
struct diff;

/* Checks the build and all values before anything changes, then runs the steps in their order, and
 * reports them and the project's outputs. If `shown` is not NULL, the user is asked again before a
 * stack changes in a way that was not shown there. False after an error that was reported. */
bool apply_run(struct deployment *deployment, const struct diff *shown);

#endif
