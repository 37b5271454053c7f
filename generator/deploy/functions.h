/* functions.h - the names of a stage's lambdas in AWS, which CloudFormation chooses. */
#ifndef DEPLOY_FUNCTIONS_H
#define DEPLOY_FUNCTIONS_H
#include <stdbool.h>

struct deployment;
struct lambda;
struct table;

/* Reads the resources' stack by one call, and adds its resources to `names`: logical ids to names
 * in AWS. False after an error, also if the stage was not applied. */
bool functions_load(struct deployment *deployment, struct table *names);
/* Returns the name of a lambda's function; NULL, which is no error, if the stack has none. */
const char *functions_name(const struct table *names, const struct lambda *lambda);
/* Reports that the stack does not have a lambda; always NULL. */
const char *functions_missing(const struct deployment *deployment, const struct lambda *lambda);

#endif
