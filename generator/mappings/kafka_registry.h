/* kafka_registry.h - `schema_registry` of Kafka: Lambda checks records against its schemas (Lambda
 * Developer Guide, "Using schema registries with Kafka event sources in Lambda"). */
#ifndef MAPPINGS_KAFKA_REGISTRY_H
#define MAPPINGS_KAFKA_REGISTRY_H
#include <jansson.h>
#include <stdbool.h>

struct mapping;
struct model;

bool kafka_registry_check(const struct model *model, const struct mapping *mapping);
/* Returns the property SchemaRegistryConfig; NULL if there is none. */
json_t *kafka_registry(const struct model *model, const struct mapping *mapping);
/* Allows reading a registry of AWS Glue, if the build knows that it is one, and the secrets. */
void kafka_registry_allow(const struct model *model, const struct mapping *mapping,
                          json_t *statements);

#endif
