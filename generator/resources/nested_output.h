/* nested_output.h - attributes of nested stacks: the outputs of their templates. */
#ifndef RESOURCES_NESTED_OUTPUT_H
#define RESOURCES_NESTED_OUTPUT_H

struct cfn;
struct link;
struct model;

/* Reports an attribute (LINK_ATT) that a nested stack does not have. Other resources may have any.
 */
void nested_output_check(const struct model *model, const struct cfn *cfn, const struct link *link);

#endif
