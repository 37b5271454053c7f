/* parameter_check.h - parameters that fragments declare (CloudFormation Template Reference,
 * "Parameters"). */
#ifndef RESOURCES_PARAMETER_CHECK_H
#define RESOURCES_PARAMETER_CHECK_H
#include <stdbool.h>

struct entry;

/* Checks the settings of a parameter: its type, its limits, and that it allows its Default. Returns
 * false after reported errors. */
bool parameter_check(const struct entry *parameter);

#endif
