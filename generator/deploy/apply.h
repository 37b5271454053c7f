/* apply.h - a build into AWS, step by step. */
#ifndef DEPLOY_APPLY_H
#define DEPLOY_APPLY_H
#include <stdbool.h>

struct deployment;
struct diff;

/* Checks that everything is there and known before anything is changed, then takes the steps in
 * their order, and reports them and the project's outputs. With `shown`, which may be NULL, no
 * stack changes in another way than was shown there without a person saying so again. */
bool apply_run(struct deployment *deployment, const struct diff *shown);

#endif
