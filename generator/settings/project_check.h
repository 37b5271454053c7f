/* project_check.h - checks the values of the project's own settings: its name, its bucket, its
 * region, its account, vpcs and contexts. */
#ifndef SETTINGS_PROJECT_CHECK_H
#define SETTINGS_PROJECT_CHECK_H
#include <stdbool.h>

struct node;

/* Checks settings that have passed their schema; reports each error at its place. */
bool project_check(const struct node *settings);

#endif
