#include <stdlib.h>
#include <string.h>

#include "apis/api_permission.h"
#include "apis/apiv2.h"
#include "apis/apiv2_key.h"
#include "apis/apiv2_limit.h"
#include "apis/apiv2_parameter.h"
#include "apis/apiv2_route.h"
#include "apis/apiv2_service.h"
#include "apis/vpc_link.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Milliseconds that API Gateway waits for an answer (its Developer Guide, "Quotas for HTTP APIs"
 * and "for WebSocket APIs"). */
enum { WAIT_MIN = 50, HTTP_WAIT_MAX = 30000, WEBSOCKET_WAIT_MAX = 29000 };

static const char *const payloads[] = {"1.0", "2.0", NULL};
static const char *const methods[] = {"ANY",   "DELETE", "GET", "HEAD", "OPTIONS",
                                      "PATCH", "POST",   "PUT", NULL};

static const struct field http_fields[] = {
    {"lambda", FIELD_NAME},
    {"uri", FIELD_TEXT},
    {"method", FIELD_CHOICE, .choices = methods},
    {"vpc_link", FIELD_TEXT},
    {"service", FIELD_CHOICE, .choices = apiv2_services},
    {"credentials", FIELD_TEXT},
    {"authorizer", FIELD_NAME},
    {"scopes", FIELD_TEXTS, .filled = true},
    {"payload", FIELD_CHOICE, .choices = payloads},
    {"parameters", FIELD_TEXT_MAP},
    {"operation_name", FIELD_TEXT, .filled = true},
    {"timeout_in_millis", FIELD_INT, .min = WAIT_MIN, .max = HTTP_WAIT_MAX, .unit = "ms"},
    APIV2_LIMIT_FIELDS,
};

static const struct field websocket_fields[] = {
    {"lambda", FIELD_NAME, .required = true},
    {"authorizer", FIELD_NAME},
    {"api_key_required", FIELD_FLAG},
    {"response", FIELD_FLAG},
    {"operation_name", FIELD_TEXT, .filled = true},
    {"timeout_in_millis", FIELD_INT, .min = WAIT_MIN, .max = WEBSOCKET_WAIT_MAX, .unit = "ms"},
    APIV2_LIMIT_FIELDS,
};

/* --- reading --------------------------------------------------------------------------------- */

static bool check_uri(const struct apiv2_route *route)
{
    const struct node *uri = node_get(route->settings, "uri");
    const struct node *link = node_get(route->settings, "vpc_link");
    static const char *const address[] = {"http://", "https://"}, *const arn[] = {"arn:", "arn:"};
    const char *const *wanted = node_set(link) ? arn : address;
    if (node_dynamic(uri) || str_starts(uri->text, wanted[0]) || str_starts(uri->text, wanted[1]))
        return true;
    return diag_error(EXIT_VALUE, uri->pos,
                      node_set(link) ? "behind a vpc_link, uri is the ARN of a listener or of a "
                                       "service of Cloud Map, not '%s'"
                                     : "uri begins with http:// or https://, unlike '%s'",
                      uri->text);
}

/* What a route of an HTTP API calls: the one of these keys that it has. */
static const char *const targets[] = {"lambda", "uri", "service"};

/* Returns the key of what a route calls; NULL after an error. */
static const char *target_of(const struct apiv2_route *route)
{
    const char *found = NULL;
    for (size_t i = 0; i < countof(targets); i++) {
        const struct node *value = node_get(route->settings, targets[i]);
        if (!node_set(value))
            continue;
        if (found) {
            diag_error(EXIT_INTEGRATION, value->pos, "a route has a '%s' or a '%s', not both",
                       found, targets[i]);
            return NULL;
        }
        found = targets[i];
    }
    if (!found)
        diag_error(EXIT_INTEGRATION, route->key->pos,
                   "a route needs a 'lambda', a 'uri' or a 'service'");
    return found;
}

/* Settings that only one of the targets has. */
static bool check_words(const struct apiv2_route *route, const char *target)
{
    static const struct {
        const char *key, *target;
    } keys[] = {
        {"method", "uri"}, {"vpc_link", "uri"}, {"payload", "lambda"}, {"credentials", "service"}};
    bool ok = true;
    for (size_t i = 0; i < countof(keys); i++) {
        const struct node *value = node_get(route->settings, keys[i].key);
        if (node_set(value) && strcmp(keys[i].target, target) != 0)
            ok = diag_error(EXIT_INTEGRATION, value->pos, "'%s' is for routes with a '%s'",
                            keys[i].key, keys[i].target);
    }
    return ok;
}

static bool check_target(const struct model *model, const struct apiv2_route *route)
{
    const struct node *link = node_get(route->settings, "vpc_link");
    const char *target = target_of(route);
    if (!target)
        return false;
    bool ok = check_words(route, target);
    if (strcmp(target, "service") == 0)
        return apiv2_service_check(model, route->settings) && ok;
    if (strcmp(target, "uri") == 0) {
        ok = (!node_set(link) || vpc_link_check(model, link, false)) && ok;
        ok = check_uri(route) && ok;
    }
    return apiv2_parameters_check(node_get(route->settings, "parameters")) && ok;
}

/* The client gets no answer to $disconnect, and is asked who it is by $connect (API Gateway
 * Developer Guide, "WebSocket APIs"). */
static bool check_websocket(const struct apiv2_route *route)
{
    const struct node *response = node_get(route->settings, "response");
    const struct node *authorizer = node_get(route->settings, "authorizer");
    bool ok = true;
    if (node_set(authorizer) && strcmp(route->route_key, "$connect") != 0)
        ok = diag_error(EXIT_RESOURCE, authorizer->pos,
                        "only $connect has an authorizer; the connection is allowed by it");
    if (schema_flag(response, false) && strcmp(route->route_key, "$disconnect") == 0)
        ok = diag_error(EXIT_RESOURCE, response->pos,
                        "there is nobody left who could get a response to $disconnect");
    return ok;
}

/* Reads the map of a route. */
static bool read_map(const struct model *model, const struct apiv2 *api, struct apiv2_route *route)
{
    const struct field *fields = api->websocket ? websocket_fields : http_fields;
    size_t n = api->websocket ? countof(websocket_fields) : countof(http_fields);
    if (!schema_check(fields, n, route->settings, route->key, "a route"))
        return false;
    bool ok = apiv2_limits_check(route->settings);
    ok = (api->websocket ? check_websocket(route) : check_target(model, route)) && ok;
    const struct node *lambda = node_get(route->settings, "lambda");
    if (!node_set(lambda))
        return ok;
    route->lambda = lambda_find(model, lambda);
    return route->lambda && ok;
}

static bool read_access(const struct model *model, const struct apiv2 *api,
                        struct apiv2_route *route)
{
    return (api->websocket && strcmp(route->route_key, "$connect") != 0) ||
           apiv2_access_read(model, api, route->settings, &route->access);
}

static bool read_route(const struct model *model, struct apiv2 *api, const struct entry *entry)
{
    const struct node *value = entry->value;
    struct apiv2_route route = {.key = entry->key};
    route.route_key = apiv2_key_read(model->arena, entry->key, api->websocket);
    if (!route.route_key)
        return false;
    if (value->kind == NODE_MAP && !node_dynamic(value))
        route.settings = value;
    else if (!node_text(value) || node_dynamic(value))
        return diag_error(EXIT_INTEGRATION, node_set(value) ? value->pos : entry->key->pos,
                          "a route is a lambda, app.name, or a map with 'lambda', not %s",
                          node_text(value) ? "a ref" : node_kind_words(value));
    if (route.settings && !read_map(model, api, &route))
        return false;
    if (!route.settings && !(route.lambda = lambda_find(model, value)))
        return false;
    route.id = arena_printf(model->arena, "%sRoute%s%s", api->id,
                            api->websocket && *route.route_key != '$' ? "On" : "",
                            apiv2_key_id(model->arena, route.route_key));
    bool ok = read_access(model, api, &route);
    array_push(model->arena, api->routes, api->nroutes, route);
    return ok;
}

static bool check_once(const struct model *model, struct table *seen,
                       const struct apiv2_route *route)
{
    const char *meaning = apiv2_key_meaning(model->arena, route->route_key);
    const struct node *before = table_set(model->arena, seen, meaning, (void *)route->key);
    if (!before)
        return true;
    diag_error(EXIT_DUPLICATE, route->key->pos, "the route '%s' means the same as '%s'",
               route->key->text, before->text);
    diag_note(before->pos, "the other one is here");
    return false;
}

static int by_key(const void *a, const void *b)
{
    const struct apiv2_route *x = a, *y = b;
    return strcmp(x->route_key, y->route_key);
}

bool apiv2_routes_read(const struct model *model, struct apiv2 *api)
{
    const struct node *map = node_get(api->resource->settings, "routes");
    struct table seen = {0};
    bool ok = true;
    for (size_t i = 0; node_set(map) && i < map->count; i++)
        ok = read_route(model, api, &map->entries[i]) && ok;
    for (size_t i = 0; i < api->nroutes; i++)
        ok = check_once(model, &seen, &api->routes[i]) && ok;
    if (api->nroutes)
        qsort(api->routes, api->nroutes, sizeof *api->routes, by_key);
    return ok;
}

/* --- writing --------------------------------------------------------------------------------- */

static json_t *payload(const struct apiv2_route *route)
{
    const struct node *version = node_get(route->settings, "payload");
    return node_set(version) ? cfn_choice(version, payloads) : json_string("2.0");
}

static json_t *wait(const struct apiv2_route *route)
{
    const struct node *millis = node_get(route->settings, "timeout_in_millis");
    return cfn_optional_int(millis);
}

/* clang-format off */
static json_t *http_lambda(const struct apiv2_writer *w, const struct apiv2_route *route)
{
    return json_pack("{s:o, s:s, s:o, s:o, s:o*, s:o*}",
        "ApiId", cfn_ref(w->api->id),
        "IntegrationType", "AWS_PROXY",
        "IntegrationUri", lambda_alias(route->lambda),
        "PayloadFormatVersion", payload(route),
        "RequestParameters", cfn_value(node_get(route->settings, "parameters")),
        "TimeoutInMillis", wait(route));
}

static json_t *websocket_lambda(const struct apiv2_writer *w, const struct apiv2_route *route)
{
    return json_pack("{s:o, s:s, s:o, s:o*}",
        "ApiId", cfn_ref(w->api->id),
        "IntegrationType", "AWS_PROXY",
        "IntegrationUri", apiv2_invocations(w->model->arena, route->lambda),
        "TimeoutInMillis", wait(route));
}

static json_t *http_service(const struct apiv2_writer *w, const struct apiv2_route *route)
{
    json_t *properties = apiv2_service_cfn(w->model, route->settings), *waits = wait(route);
    json_object_set_new(properties, "ApiId", cfn_ref(w->api->id));
    if (waits)
        json_object_set_new(properties, "TimeoutInMillis", waits);
    return properties;
}

static json_t *http_address(const struct apiv2_writer *w, const struct apiv2_route *route)
{
    const struct node *method = node_get(route->settings, "method");
    const struct node *link = node_get(route->settings, "vpc_link");
    return json_pack("{s:o, s:o*, s:s*, s:o, s:s, s:o, s:s, s:o*, s:o*}",
        "ApiId", cfn_ref(w->api->id),
        "ConnectionId", cfn_value(link),
        "ConnectionType", node_set(link) ? "VPC_LINK" : NULL,
        "IntegrationMethod", node_set(method) ? cfn_choice(method, methods) : json_string("ANY"),
        "IntegrationType", "HTTP_PROXY",
        "IntegrationUri", cfn_value(node_get(route->settings, "uri")),
        "PayloadFormatVersion", "1.0",
        "RequestParameters", cfn_value(node_get(route->settings, "parameters")),
        "TimeoutInMillis", wait(route));
}
/* clang-format on */

/* Routes with the same integration share it. That of a lambda without further settings is called
 * as the lambda. */
static const char *integration(const struct apiv2_writer *w, const struct apiv2_route *route)
{
    struct arena *arena = w->model->arena;
    static const char *const words[] = {"parameters", "payload", "timeout_in_millis"};
    bool service = node_set(node_get(route->settings, "service"));
    json_t *properties = service             ? http_service(w, route)
                         : !route->lambda    ? http_address(w, route)
                         : w->api->websocket ? websocket_lambda(w, route)
                                             : http_lambda(w, route);
    bool plain = route->lambda;
    for (size_t i = 0; i < countof(words); i++)
        plain = plain && !node_set(node_get(route->settings, words[i]));
    const char *id = arena_printf(arena, "%sIntegration%s", w->api->id,
                                  plain ? route->lambda->short_id : cfn_digest(arena, properties));
    json_t *resource =
        json_pack("{s:s, s:o}", "Type", "AWS::ApiGatewayV2::Integration", "Properties", properties);
    const json_t *before = json_object_get(w->cfn->resources, id);
    if (before && json_equal(json_object_get(before, "Properties"), properties))
        json_decref(resource);
    else
        cfn_add(w->cfn, route->key->pos, id, resource);
    return id;
}

/* clang-format off */
static json_t *route_cfn(const struct apiv2_writer *w, const struct apiv2_route *route,
                         const char *integration_id)
{
    const struct apiv2_access *access = &route->access;
    bool response = schema_flag(node_get(route->settings, "response"), false);
    const struct node *api_key = node_get(route->settings, "api_key_required");
    return json_pack("{s:s, s:{s:o, s:o*, s:o*, s:s, s:o*, s:o*, s:s, s:s*, s:o}}",
        "Type", "AWS::ApiGatewayV2::Route",
        "Properties",
            "ApiId", cfn_ref(w->api->id),
            "ApiKeyRequired", node_set(api_key) ? json_boolean(schema_flag(api_key, false)) : NULL,
            "AuthorizationScopes", access->scopes ? apiv2_texts(access->scopes) : NULL,
            "AuthorizationType", apiv2_access_type(access),
            "AuthorizerId", access->authorizer ? cfn_ref(access->authorizer->id) : NULL,
            "OperationName", cfn_value(node_get(route->settings, "operation_name")),
            "RouteKey", route->route_key,
            "RouteResponseSelectionExpression", response ? "$default" : NULL,
            "Target", cfn_join("/", json_pack("[s, o]", "integrations", cfn_ref(integration_id))));
}

static json_t *response_cfn(const struct apiv2_writer *w, const struct apiv2_route *route)
{
    return json_pack("{s:s, s:{s:o, s:o, s:s}}",
        "Type", "AWS::ApiGatewayV2::RouteResponse",
        "Properties",
            "ApiId", cfn_ref(w->api->id),
            "RouteId", cfn_ref(route->id),
            "RouteResponseKey", "$default");
}
/* clang-format on */

static void write_route(const struct apiv2_writer *w, const struct apiv2_route *route)
{
    struct pos pos = route->key->pos;
    cfn_add(w->cfn, pos, route->id, route_cfn(w, route, integration(w, route)));
    if (schema_flag(node_get(route->settings, "response"), false))
        cfn_add(w->cfn, pos, arena_printf(w->model->arena, "%sResponse", route->id),
                response_cfn(w, route));
    if (route->lambda)
        api_permission(w->cfn, pos, w->api->id, w->api->id, route->lambda, false);
}

void apiv2_routes_write(const struct apiv2_writer *w)
{
    for (size_t i = 0; i < w->api->nroutes; i++)
        write_route(w, &w->api->routes[i]);
}
