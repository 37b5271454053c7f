/* lambda_logs.h - a lambda's logs: their group in CloudWatch, their format, and the policy for
 * them.
 *
 * Without settings of logs, Lambda makes the group /aws/lambda/<function> itself, and keeps it for
 * ever. With one, the group is a resource of the stack, unless `log-group` is a ref to another. */
#ifndef RESOURCES_LAMBDA_LOGS_H
#define RESOURCES_LAMBDA_LOGS_H
#include <stdbool.h>

#include "resources/lambda_part.h" /* for struct lambda_subject */

struct arena;

/* The end of the name of the policy for logs in a lambda's own role. */
#define LAMBDA_LOGS_POLICY "LogsPolicy"

extern const struct lambda_subject lambda_logs;

/* Returns the logical id of the lambda's group, which the stack has if Gordon makes it. */
const char *lambda_log_group_id(struct arena *arena, const struct lambda *lambda);
/* Whether only AWS knows the name of the lambda's group: the settings name another one. */
bool lambda_log_group_is_foreign(const struct lambda *lambda);

#endif
