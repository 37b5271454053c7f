/* conditional.h - resources that exist only if a condition is true. */
#ifndef TEMPLATE_CONDITIONAL_H
#define TEMPLATE_CONDITIONAL_H

struct cfn;

/* Reports each resource and output that has no condition, and refers to a resource that was added
 * with one: AWS refuses that if the condition is false. */
void conditional_check(struct cfn *cfn);

#endif
