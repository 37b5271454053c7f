/* lambda_check.h - what a lambda's settings may be, beyond their types. */
#ifndef RESOURCES_LAMBDA_CHECK_H
#define RESOURCES_LAMBDA_CHECK_H
#include <stdbool.h>

struct lambda;
struct model;

/* Checks role, policies, environment, handler, build commands, architecture and description;
 * reports all that is wrong. */
bool lambda_check_values(const struct model *model, const struct lambda *lambda);

#endif
