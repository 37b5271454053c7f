/* diff.h - shows what apply would change, without changing it.
 *
 * For an existing stack, AWS works out a change set, which is deleted afterwards; for a new stack,
 * the template has all resources. Nothing is left behind in AWS. Zips that are not uploaded yet
 * have no version: the parameters of the change set have TRANSFER_LATER instead. */
#ifndef DEPLOY_DIFF_H
#define DEPLOY_DIFF_H
#include <stdbool.h>
#include <stddef.h>

#include "resources/steps.h" /* for STEP_COUNT */
#include "stacks/change.h"   /* for struct changes */

struct deployment;

struct diff {
    struct changes stacks[STEP_COUNT]; /* of the steps that are stacks */
    size_t n;                          /* changes of any kind */
};

/* Reports all changes, step by step, and their number. False after an error that was reported.
 * `diff` points into the deployment's arena. */
bool diff_run(struct deployment *deployment, struct diff *diff);

#endif
