/* functions.h - what the lambdas of a stage are in AWS: CloudFormation gives functions names of its
 * own. */
#ifndef DEPLOY_FUNCTIONS_H
#define DEPLOY_FUNCTIONS_H
#include <stdbool.h>

struct deployment;
struct lambda;
struct table;

/* Asks, by one call, for the resources' stack, and sets the names in AWS of its resources by their
 * logical ids. False after an error; that the stage was not applied is one. */
bool functions_load(struct deployment *deployment, struct table *names);
/* The function that a lambda is; NULL when it is not in the stack, which is no error. */
const char *functions_name(const struct table *names, const struct lambda *lambda);
/* Reports that it is not; always NULL. */
const char *functions_missing(const struct deployment *deployment, const struct lambda *lambda);

#endif
