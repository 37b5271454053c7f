/* capability.h - what CloudFormation wants to be told explicitly that a template may do
 * (CloudFormation API Reference, "CreateChangeSet", Capabilities). */
#ifndef TEMPLATE_CAPABILITY_H
#define TEMPLATE_CAPABILITY_H
#include <jansson.h>

/* In Metadata.Gordon of a template: an object that has the file of each nested template of the
 * project, and the capabilities that it needs, with blanks between them. */
#define CAPABILITY_TEMPLATES "Templates"

/* Returns the list of the capabilities that a template needs (new), or NULL if it needs none:
 *
 * CAPABILITY_IAM if it makes roles, users, groups or policies, and CAPABILITY_NAMED_IAM if these
 * have names of their own; CAPABILITY_AUTO_EXPAND if a transform expands it. What a macro makes is
 * unknown, and so is a nested stack whose template the Metadata do not have (CAPABILITY_TEMPLATES):
 * both of the latter are asked for. */
json_t *capabilities_of(const json_t *template);

#endif
