/* kept.h - the resources that stay when their stack is deleted, by their DeletionPolicy. */
#ifndef DEPLOY_KEPT_H
#define DEPLOY_KEPT_H

struct deployment;

/* Reports each resource of a stack, and of the stacks that are nested in it, that stays: its path
 * "Nested/Orders", and its name in AWS. What cannot be looked at is a warning. */
void kept_report(struct deployment *d, const char *stack);

#endif
