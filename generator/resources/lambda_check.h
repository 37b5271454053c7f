/* lambda_check.h - checks values of a lambda's settings beyond their types. */
#ifndef RESOURCES_LAMBDA_CHECK_H
#define RESOURCES_LAMBDA_CHECK_H
#include <stdbool.h>

struct lambda;
struct model;

/* Checks role, policies, environment, handler, build commands, architecture and description;
 * reports every error, and is false after errors. */
bool lambda_check_values(const struct model *model, const struct lambda *lambda);

#endif
