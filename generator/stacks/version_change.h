/* version_change.h - versions of lambdas that a change set has in it, and that are not to come.
 *
 * All digests are one parameter, see lambda_cfn.h: where one of them is another one, AWS takes the
 * versions of all lambdas for changed, and their aliases, and finds out only when it comes to them
 * that they are not. */
#ifndef STACKS_VERSION_CHANGE_H
#define STACKS_VERSION_CHANGE_H
#include <jansson.h>

struct changes;

/* Leaves those out. `described`: the stack as it is; `digests`: LambdaDigests as they are to be, or
 * NULL. */
void version_changes_drop(struct changes *changes, const json_t *template, const json_t *described,
                          const char *digests);

#endif
