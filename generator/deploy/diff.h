/* diff.h - what apply would do, without doing it.
 *
 * A stack that is there is asked by a change set, which is taken away again; of one that is not,
 * the template says all. Nothing is left behind in AWS. Zips that would go up have no version yet:
 * in their place a text stands in the parameters of the change set. */
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

/* Reports all changes, step by step, and how many there are. False after an error that was
 * reported. What it gives is in the deployment's arena. */
bool diff_run(struct deployment *deployment, struct diff *diff);

#endif
