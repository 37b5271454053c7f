/* api_domain.h - `domain` of an API: its own domain name, shared with other APIs by base paths, and
 * the records of Route 53 that lead to it (API Gateway Developer Guide, "Custom domain names").
 *
 * A domain name for edge locations is one of AWS::ApiGateway, which only REST APIs can have. All
 * others are of AWS::ApiGatewayV2, which REST APIs share with HTTP APIs. */
#ifndef RESOURCES_API_DOMAIN_H
#define RESOURCES_API_DOMAIN_H
#include <jansson.h>
#include <stdbool.h>

struct cfn;
struct model;
struct resource;

/* A row of the table of fields. */
#define API_DOMAIN_FIELDS                                                                          \
    {                                                                                              \
        "domain", FIELD_ENTRIES                                                                    \
    }

/* Reads `domain` of an API, a map or a list of maps; false after errors. */
bool api_domain_read(struct model *model, const struct resource *resource);
/* Checks what the APIs say of their domain names together, once all are read; false after
 * errors. */
bool api_domains_check(const struct model *model);

/* Adds the mappings of a stage (stolen: its name) of the API with the id `api_id`, and their URLs
 * as outputs. */
void api_domain_write(const struct model *model, struct cfn *cfn, const struct resource *resource,
                      const char *api_id, json_t *stage);
/* Adds the domain names and their records. */
void api_domains_write(const struct model *model, struct cfn *cfn);
/* Returns the first URL of an API by a domain of its own, or NULL. `scheme` is "https". */
json_t *api_domain_url(const struct model *model, const struct resource *resource,
                       const char *scheme);

#endif
