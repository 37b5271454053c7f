/* delete.h - deletes a stage from AWS. */
#ifndef DEPLOY_DELETE_H
#define DEPLOY_DELETE_H
#include <stdbool.h>

struct deployment;

/* Prints what would be deleted; with `confirm`, deletes it: the stacks, last first, and all
 * versions of all objects in the code bucket. False after an error that was reported. */
bool delete_run(struct deployment *deployment, bool confirm);

#endif
