/* code_diff.h - what a step of uploads would change: which zips, which files in them, and which
 * keys of their contexts. Values of contexts are not shown, as they may be secret. */
#ifndef DEPLOY_CODE_DIFF_H
#define DEPLOY_CODE_DIFF_H
#include <stdbool.h>
#include <stddef.h>

struct built_step;
struct deployed;
struct transfer;

/* Reports a line for each zip that the functions of the stage do not have, and sets the outputs of
 * the step, as for transfer_compare; adds how many there are to `n`. False after an error. */
bool code_diff(struct transfer *transfer, const struct built_step *step,
               const struct deployed *stage, size_t *n);

#endif
