/* capability.h - what CloudFormation wants to be told explicitly that a template may do
 * (CloudFormation API Reference, "CreateChangeSet", Capabilities). */
#ifndef STACKS_CAPABILITY_H
#define STACKS_CAPABILITY_H
#include <jansson.h>

/* Returns the list of the capabilities that a template needs (new), or NULL if it needs none:
 *
 * CAPABILITY_IAM if it makes roles, users, groups or policies, and CAPABILITY_NAMED_IAM if these
 * have names of their own; CAPABILITY_AUTO_EXPAND if a transform expands it. What a macro or a
 * nested stack makes is unknown, so both of the latter are asked for. */
json_t *capabilities_of(const json_t *template);

#endif
