/* code_diff.h - shows what a step of uploads would change: which zips, which files in them, and
 * which keys of their contexts. Values of contexts are not shown, because they may be secret. */
#ifndef DEPLOY_CODE_DIFF_H
#define DEPLOY_CODE_DIFF_H
#include <stdbool.h>
#include <stddef.h>

struct built_step;
struct deployed;
struct transfer;

/* Reports a line for each zip that the functions of the stage do not have, and adds their number to
 * `n`. Sets the outputs of the step as transfer_compare does. False after an error. */
bool code_diff(struct transfer *transfer, const struct built_step *step,
               const struct deployed *stage, size_t *n);

#endif
