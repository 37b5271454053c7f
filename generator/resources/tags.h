/* tags.h - `tags` of the project and of lambdas: names and values that AWS keeps with resources. */
#ifndef RESOURCES_TAGS_H
#define RESOURCES_TAGS_H
#include <jansson.h>
#include <stdbool.h>

struct arena;
struct cfn;
struct model;
struct node;
struct project;

/* Checks a map of tags, which may be NULL, and in which a null is no tag; reports every error;
 * false after errors. */
bool tags_check(const struct node *tags);
/* Returns the project's tags with `own` on top; both may be missing. */
const struct node *tags_merged(struct arena *arena, const struct project *project,
                               const struct node *own);
/* Returns these as the value of a property, sorted by name; NULL if there are none. */
json_t *tags_value(struct arena *arena, const struct project *project, const struct node *own);
/* Adds the project's tags to each resource that takes tags and has none, but not to resources of
 * fragments. */
void tags_write(const struct model *model, struct cfn *cfn);

#endif
