/* version_change.h - drops from a change set the versions of lambdas that will not be published.
 *
 * All digests are one parameter, see lambdas/lambda_cfn.h: if one of them changes, AWS lists the
 * versions and aliases of all lambdas as changed, and finds out only during the change which of
 * them are not. */
#ifndef STACKS_VERSION_CHANGE_H
#define STACKS_VERSION_CHANGE_H
#include <jansson.h>

struct changes;

/* Removes these versions and aliases from `changes`. `described` is the stack before the change,
 * `digests` the LambdaDigests after it, or NULL. */
void version_changes_drop(struct changes *changes, const json_t *template, const json_t *described,
                          const char *digests);

#endif
