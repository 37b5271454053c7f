/* openapi.h - `openapi` of an API: its routes in OpenAPI's words, with API Gateway's extensions, as
 * a file or in the settings (API Gateway Developer Guide, "Working with API Gateway extensions to
 * OpenAPI").
 *
 * An integration names its lambda by `uri: lambda://app.name`, and an authorizer by
 * `authorizerUri`. The document is the body of the API in the template. */
#ifndef APIS_OPENAPI_H
#define APIS_OPENAPI_H
#include <jansson.h>
#include <stdbool.h>

struct cfn;
struct model;
struct node;
struct openapi;
struct project;
struct resource;

/* A row of the table of fields. */
#define OPENAPI_FIELDS                                                                             \
    {                                                                                              \
        "openapi", FIELD_ANY                                                                       \
    }

enum openapi_api { OPENAPI_HTTP, OPENAPI_REST };

/* Loads the documents of all APIs, which become files of the project; false after errors. */
bool openapi_load(struct project *project, struct model *model);
/* Checks the document of an API; NULL after errors. Lambdas must be read. */
struct openapi *openapi_read(const struct model *model, const struct resource *resource,
                             enum openapi_api api);
/* Reports those of `n` settings that stand beside `openapi`, which has what they say; false after
 * errors. */
bool openapi_excludes(const struct node *settings, const char *const *others, size_t n);
/* Returns the body for the template. */
json_t *openapi_body(const struct openapi *openapi);
/* Sets the body in the properties of an HTTP API, and moves what an API with a body does not take
 * into it. */
void openapi_set_http(const struct openapi *openapi, const struct resource *resource,
                      json_t *properties);
/* Adds the permissions for the lambdas that the document names (api_permission.h). */
void openapi_permit(const struct openapi *openapi, struct cfn *cfn, const char *api_id,
                    const char *name);

#endif
