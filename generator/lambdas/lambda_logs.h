/* lambda_logs.h - a lambda's logs: their group in CloudWatch, their format, and the policy for
 * them.
 *
 * Without settings of logs, Lambda makes the group /aws/lambda/<function> itself, and keeps it for
 * ever. With one, the group is a resource of the stack, unless `log-group` is a ref to another. */
#ifndef LAMBDAS_LAMBDA_LOGS_H
#define LAMBDAS_LAMBDA_LOGS_H
#include <stdbool.h>

#include "lambdas/lambda_part.h" /* for struct lambda_subject */

struct arena;
struct node;

/* The end of the name of the policy for logs in a lambda's own role. */
#define LAMBDA_LOGS_POLICY "LogsPolicy"

extern const struct lambda_subject lambda_logs;

/* Returns the logical id of the lambda's group, which the stack has if Gordon makes it. */
const char *lambda_log_group_id(struct arena *arena, const struct lambda *lambda);
/* Returns what LogGroupName of the lambda's group is; NULL if it has no words of logs, so that
 * Lambda makes the group at the first call. */
json_t *lambda_log_group(const struct model *model, const struct lambda *lambda);
/* Whether a lambda's settings name a group that the stack need not have, so that only AWS knows its
 * name. */
bool lambda_log_group_is_foreign(const struct node *settings);
/* Adds to `keys` the settings of logs that do not fit the other ones in `own`. There is room for
 * LAMBDA_LOGS_UNFIT. Returns their number. */
enum { LAMBDA_LOGS_UNFIT = 3 };
size_t lambda_logs_unfit(const struct node *own, const char **keys);

#endif
