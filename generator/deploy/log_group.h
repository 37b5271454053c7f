/* log_group.h - the group in CloudWatch into which each lambda of a stage writes its log. */
#ifndef DEPLOY_LOG_GROUP_H
#define DEPLOY_LOG_GROUP_H
#include <stdbool.h>
#include <stddef.h>

struct deployment;
struct lambda;
struct log_source;
struct table;

/* Sets the group of each of the `n` sources, whose lambdas are `lambdas`: that of the stack, that
 * of which only AWS knows the name, by one call for each, or Lambda's own. `names` are those of
 * functions_load. False after a reported error. */
bool log_groups_find(struct deployment *deployment, const struct table *names,
                     const struct lambda *const *lambdas, struct log_source *sources, size_t n);

#endif
