/* lambda_check.h - the settings of a lambda's code, and of how it runs, with the checks of their
 * values: handler, build commands, architecture, description ... */
#ifndef LAMBDAS_LAMBDA_CHECK_H
#define LAMBDAS_LAMBDA_CHECK_H
#include <stdbool.h>

#include "lambdas/lambda_part.h" /* for struct lambda_subject */

struct model;
struct node;

/* lambda_kind.c reads these settings, and lambda_cfn.c writes them. */
extern const struct lambda_subject lambda_basics;

/* Reports a name that is not in the project's `vpcs` or `contexts`, whichever `key` says. */
bool lambda_check_named(const struct model *model, const struct node *name, const char *key);

#endif
