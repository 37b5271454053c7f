/* api_look.h - APIs of the settings, of all kinds: by their names, with their addresses. */
#ifndef RESOURCES_API_LOOK_H
#define RESOURCES_API_LOOK_H
#include <jansson.h>
#include <stdbool.h>

struct arena;
struct model;
struct node;
struct resource;

/* Whether a resource is an API: of apigateway, httpapi or websocket. */
bool api_is(const struct resource *resource);
/* Returns the API that is named "app.name", or "name" in the project; or NULL. */
const struct resource *api_look(const struct model *model, const char *reference);
/* Reports an error if an API that was read before gets the same logical ids. */
bool api_check_name(struct model *model, const struct resource *api);
/* Returns its logical id. */
const char *api_id(struct arena *arena, const struct resource *api);
/* Returns the name of its stage: the one that the settings name, else the project's. */
json_t *api_stage_name(const struct resource *api);
/* Returns where the settings name it; or NULL. `stage` is the name, or a map that may have it. */
const struct node *api_stage_node(const struct resource *api);
/* Returns the URL of its stage, without a slash at its end. It refers to the API only. */
json_t *api_url(struct arena *arena, const struct resource *api);
/* Returns its address: that URL, or the one of its first domain name, if it has no other endpoint.
 * It refers to the API only, which depends on no lambda without an OpenAPI document. */
json_t *api_address(const struct model *model, const struct resource *api);
/* Whether clients reach it: by its own endpoint, or by a domain name. */
bool api_is_reached(const struct resource *api);
/* Returns the name of the output that has its address. */
const char *api_output(struct arena *arena, const struct resource *api);
/* Returns its address as text: that of api_address_text, or of its first domain name, if it has no
 * other endpoint; NULL if only CloudFormation knows it. */
const char *api_known_address(const struct model *model, const struct resource *api,
                              const char *physical, const char *region, const char *domain,
                              const char *stage);
/* Returns the URL by which a lambda sends to the clients of a WebSocket API. */
json_t *api_connections(struct arena *arena, const struct resource *api);
/* Returns the URL as text, for an API with the id `physical` in AWS. */
const char *api_address_text(struct arena *arena, const struct resource *api, const char *physical,
                             const char *region, const char *domain, const char *stage);

#endif
