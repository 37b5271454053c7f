/* apiv2.h - what HTTP APIs and WebSocket APIs share: both are of AWS::ApiGatewayV2.
 *
 * httpapi.c and websocket.c are the kinds. They read an entry into a struct apiv2, by the functions
 * of apiv2_authorizer.h, apiv2_route.h and apiv2_stage.h, which write its parts, too. */
#ifndef APIS_APIV2_H
#define APIS_APIV2_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"       /* for struct pos */
#include "resources/model.h" /* for struct resource */

struct apiv2_authorizer;
struct apiv2_route;
struct cfn;
struct lambda;
struct openapi;

struct apiv2 {
    const struct resource *resource;
    bool websocket;
    const char *id; /* "{App}{Name}", the API, and the beginning of all other ids */
    const char *stage_id;
    struct apiv2_authorizer *authorizers; /* sorted by id */
    size_t nauthorizers;
    struct apiv2_route *routes; /* sorted by key */
    size_t nroutes;
    struct openapi *body; /* the routes in OpenAPI's words; or NULL */
};

/* What parts of an API are written into. */
struct apiv2_writer {
    const struct model *model;
    const struct apiv2 *api;
    struct cfn *cfn;
};

/* Begins to read an entry: sets its ids; NULL after an error. */
struct apiv2 *apiv2_new(struct model *model, struct resource *resource, bool websocket);
/* Rows of the table of fields that both kinds have. */
#define APIV2_FIELDS                                                                               \
    {"description", FIELD_TEXT}, {"cli-output", FIELD_FLAG}, {"routes", FIELD_MAP},                \
        {"authorizers", FIELD_MAP}, {"authorizer", FIELD_NAME},                                    \
        {"disable_execute_api_endpoint", FIELD_FLAG},                                              \
    {                                                                                              \
        "ip_address_type", FIELD_CHOICE, .choices = apiv2_address_types                            \
    }
extern const char *const apiv2_address_types[];

/* Returns the properties of an Api that both kinds have. */
json_t *apiv2_properties(const struct apiv2 *api);
/* Returns one text, or several, as a list. */
json_t *apiv2_texts(const struct node *node);
/* Returns the URI by which API Gateway calls a lambda: the path of its invocations. */
json_t *apiv2_invocations(struct arena *arena, const struct lambda *lambda);

#endif
