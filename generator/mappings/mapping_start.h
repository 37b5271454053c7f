/* mapping_start.h - where Lambda begins to read a source: `starting_position` and its time. */
#ifndef MAPPINGS_MAPPING_START_H
#define MAPPINGS_MAPPING_START_H
#include <jansson.h>
#include <stdbool.h>

struct mapping;
struct model;
struct node;

bool mapping_start_check(const struct model *model, const struct mapping *mapping,
                         const struct node *node);
json_t *mapping_start_position(const struct model *model, const struct node *node);
/* A time is a date, a date with a time of day in UTC or with its offset, as YAML has them, or
 * seconds since 1970, as AWS has them. */
bool mapping_start_time_check(const struct model *model, const struct mapping *mapping,
                              const struct node *node);
json_t *mapping_start_time(const struct model *model, const struct node *node);

#endif
