/* delete.h - a deployment out of AWS. */
#ifndef DELETE_H
#define DELETE_H
#include <stdbool.h>

struct deployment;

/* Prints what would be deleted; deletes it with `confirm`: the stacks, last first, and all versions
 * of all objects in the code bucket. */
bool delete_run(struct deployment *deployment, bool confirm);

#endif
