/* mapping_filter.h - `filters` of a mapping: which records call the lambda (Lambda Developer Guide,
 * "Control which events Lambda sends to your function"). */
#ifndef MAPPINGS_MAPPING_FILTER_H
#define MAPPINGS_MAPPING_FILTER_H
#include <jansson.h>
#include <stdbool.h>

struct mapping;
struct model;
struct node;

/* Checks a filter or a list of them, each a map or its JSON text. */
bool mapping_filters_check(const struct model *model, const struct mapping *mapping,
                           const struct node *node);
/* Returns the property FilterCriteria, with each filter as the JSON text that AWS wants. */
json_t *mapping_filters(const struct model *model, const struct node *node);

#endif
