/* verbatim.h - `properties` and `attributes` of a resource: CloudFormation's own words, as the last
 * word about the main resource that Gordon writes for it. */
#ifndef RESOURCES_VERBATIM_H
#define RESOURCES_VERBATIM_H
#include <jansson.h>
#include <stdbool.h>

struct node;

/* Rows of the tables of fields. */
#define VERBATIM_FIELDS                                                                            \
    {"properties", FIELD_MAP},                                                                     \
    {                                                                                              \
        "attributes", FIELD_MAP                                                                    \
    }

/* Checks both keys of the settings of a resource, which schema_check has accepted. */
bool verbatim_check(const struct node *settings);
/* Returns a resource of a template (stolen) with the properties merged in at depth: maps are
 * merged, null removes, anything else replaces. Attributes replace, but those of DependsOn are
 * added. */
json_t *verbatim_merge(json_t *resource, const struct node *settings);
/* Returns the name of the condition of a resource; NULL if it has none. */
const char *verbatim_condition(const struct node *settings);

#endif
