/* delete.h - a deployment out of AWS. */
#ifndef DEPLOY_DELETE_H
#define DEPLOY_DELETE_H
#include <stdbool.h>

struct deployment;

/* Prints what would be deleted; deletes it with `confirm`: the stacks, last first, and all versions
 * of all objects in the code bucket. */
bool delete_run(struct deployment *deployment, bool confirm);

#endif
