/* kafka_access.h - how Lambda reaches Kafka and says who it is: `authentication` and `vpc`, which
 * become SourceAccessConfigurations. */
#ifndef MAPPINGS_KAFKA_ACCESS_H
#define MAPPINGS_KAFKA_ACCESS_H
#include <jansson.h>
#include <stdbool.h>

struct mapping;
struct model;
struct node;

/* A way to authenticate: its word, and what AWS calls it. */
struct kafka_way {
    const char *word, *type;
    unsigned places; /* bits: where it can be used, as the caller defines them */
};

bool kafka_access_check(const struct model *model, const struct mapping *mapping);
/* Returns a list, which may be empty. */
json_t *kafka_access(const struct model *model, const struct mapping *mapping);
void kafka_access_allow(const struct model *model, const struct mapping *mapping,
                        json_t *statements);
/* Whether the cluster authenticates the role itself. */
bool kafka_access_by_iam(const struct mapping *mapping);
/* Whether Lambda looks for the secret in those of the cluster. */
bool kafka_access_by_scram(const struct mapping *mapping);

/* The same for a map from words of `n` ways to secrets. */
json_t *kafka_ways(const struct model *model, const struct node *map, const struct kafka_way *ways,
                   size_t n);

#endif
