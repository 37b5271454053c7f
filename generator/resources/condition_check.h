/* condition_check.h - the form of conditions (CloudFormation Template Reference, "Condition
 * functions"). */
#ifndef RESOURCES_CONDITION_CHECK_H
#define RESOURCES_CONDITION_CHECK_H
#include <stdbool.h>

struct node;

/* Reports what is no condition: anything but a function that is true or false, also as an operand
 * of such a function. Returns false after reported errors. */
bool condition_check(const struct node *condition);

#endif
