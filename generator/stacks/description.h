/* description.h - a stack as describe-stacks describes it. A description may be json_null: the
 * stack does not exist. */
#ifndef STACKS_DESCRIPTION_H
#define STACKS_DESCRIPTION_H
#include <jansson.h>

/* Returns the status of a description, or "". */
const char *stack_status(const json_t *stack);
/* Returns the value of an output of a description, or NULL. */
const char *stack_output(const json_t *stack, const char *name);
/* Returns the value of a parameter of a description, or NULL; "****" for a secret one. */
const char *stack_parameter(const json_t *described, const char *name);

#endif
