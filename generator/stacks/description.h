/* description.h - a stack as describe-stacks describes it. A description may be json_null: there is
 * no such stack. */
#ifndef STACKS_DESCRIPTION_H
#define STACKS_DESCRIPTION_H
#include <jansson.h>

/* The status of a description, or "". */
const char *stack_status(const json_t *stack);
/* The value of an output of a description, or NULL. */
const char *stack_output(const json_t *stack, const char *name);
/* The value of a parameter of a stack as it is described, or NULL; "****" for a secret one. */
const char *stack_parameter(const json_t *described, const char *name);

#endif
