/* log_group.h - what all log groups of Gordon have: names that begin alike, and a retention. */
#ifndef RESOURCES_LOG_GROUP_H
#define RESOURCES_LOG_GROUP_H
#include <jansson.h>
#include <stdbool.h>

struct model;
struct node;

/* Returns the name "<folder>/<stage>-<project>-r-<id>" of a group in the stack of resources. It
 * begins as the names of the stack's functions do. */
json_t *log_group_name(const struct model *model, const char *folder, const char *id);
/* Whether CloudWatch keeps logs for that many days: reports a number that it does not take, with
 * the next one that it takes. */
bool log_group_check_retention(const struct node *days);

#endif
