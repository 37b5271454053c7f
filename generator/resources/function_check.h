/* function_check.h - whether intrinsic functions have the form that CloudFormation takes (Template
 * Reference, "Intrinsic functions" and "Rule functions"). */
#ifndef RESOURCES_FUNCTION_CHECK_H
#define RESOURCES_FUNCTION_CHECK_H
#include <stdbool.h>

struct node;
struct transforms;

/* Reports each function at any depth of `value` that is misspelt, stands beside other keys, or has
 * another number of arguments. Notes that one needs a transform. Returns false after
 * reported errors. */
bool function_check(struct transforms *transforms, const struct node *value);

#endif
