/* mapping_failure.h - `on_failure` of a mapping: what gets a batch that Lambda gives up. */
#ifndef MAPPINGS_MAPPING_FAILURE_H
#define MAPPINGS_MAPPING_FAILURE_H
#include <jansson.h>
#include <stdbool.h>

struct mapping;
struct model;
struct node;

/* Checks the value: a receiver (receiver.h); for a source of Kafka also a topic of the same
 * cluster, kafka://failures or {kafka: failures}. */
bool mapping_failure_check(const struct model *model, const struct mapping *mapping,
                           const struct node *node);
/* Returns the property DestinationConfig. */
json_t *mapping_failure_value(const struct model *model, const struct node *node);
/* Adds to `statements` what the role needs to send there; nothing for a topic of Kafka. */
void mapping_allow_failure(const struct model *model, const struct mapping *mapping,
                           json_t *statements);
/* Returns the topic of Kafka that `on_failure` of the mapping names, or NULL. */
const char *mapping_failure_topic(const struct node *node);
/* Whether this is a name of a topic of Kafka. */
bool mapping_is_topic(const char *text);

#endif
