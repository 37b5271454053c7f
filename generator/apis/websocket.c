#include <string.h>

#include "apis/apiv2.h"
#include "apis/apiv2_authorizer.h"
#include "apis/apiv2_cfn.h"
#include "apis/apiv2_route.h"
#include "apis/apiv2_stage.h"
#include "apis/websocket.h"
#include "base/util.h"
#include "resources/api_domain.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {
    APIV2_FIELDS,
    {"route_selection", FIELD_TEXT},
    {"api_key_selection", FIELD_TEXT},
    {"logging", FIELD_CHOICE, .choices = apiv2_log_levels},
    {"data_trace", FIELD_FLAG},
    APIV2_STAGE_FIELDS,
    API_DOMAIN_FIELDS,
    VERBATIM_FIELDS,
};

/* An expression takes a part of the message, or of the context. */
static bool check_selection(const struct node *settings)
{
    const struct node *selection = node_get(settings, "route_selection");
    const char *text = node_dynamic(selection) ? NULL : node_text(selection);
    return !text || strstr(text, "$request.") || strstr(text, "${request.") ||
           diag_error(EXIT_VALUE, selection->pos,
                      "route_selection says where a message has the key of its route, as in "
                      "$request.body.action, not '%s'",
                      text);
}

/* API Gateway Developer Guide, "WebSocket selection expressions". */
static bool check_key_selection(const struct node *settings)
{
    static const char *const known[] = {"$request.header.x-api-key",
                                        "$context.authorizer.usageIdentifierKey"};
    const struct node *selection = node_get(settings, "api_key_selection");
    const char *text = node_dynamic(selection) ? NULL : node_text(selection);
    return !text || str_one_of(text, known, countof(known)) ||
           diag_error(EXIT_VALUE, selection->pos, "api_key_selection is %s or %s, not '%s'",
                      known[0], known[1], text);
}

/* A client is let in by $connect, so without this route nobody is asked. */
static bool check_connect(const struct apiv2 *api)
{
    const struct node *settings = api->resource->settings;
    const struct node *authorizer = node_get(settings, "authorizer");
    if (!node_set(authorizer) || node_get(node_get(settings, "routes"), "$connect"))
        return true;
    return diag_error(EXIT_RESOURCE, authorizer->pos,
                      "an authorizer is asked by the route $connect, which this API does not have");
}

static bool read(struct model *model, struct resource *resource)
{
    const struct node *settings = resource->settings;
    if (!schema_check(fields, countof(fields), settings, resource->key, "a WebSocket API"))
        return false;
    struct apiv2 *api = apiv2_new(model, resource, true);
    if (!api)
        return false;
    if (!node_set(node_get(settings, "routes")) || !node_get(settings, "routes")->count)
        return diag_error(EXIT_REQUIRED, resource->key->pos,
                          "a WebSocket API needs the setting 'routes'");
    bool ok = verbatim_check(settings);
    ok = check_selection(settings) && ok;
    ok = check_key_selection(settings) && ok;
    ok = check_connect(api) && ok;
    ok = apiv2_stage_check(model, api) && ok;
    ok = api_domain_read(model, resource) && ok;
    ok = apiv2_authorizers_read(model, api) && ok;
    return apiv2_routes_read(model, api) && ok;
}

static void write(const struct model *model, const struct resource *resource, struct steps *steps)
{
    const struct apiv2 *api = resource->data;
    struct apiv2_writer w = {model, api, &steps->cfn[STEP_RESOURCES]};
    const struct node *selection = node_get(resource->settings, "route_selection");
    const struct node *api_key = node_get(resource->settings, "api_key_selection");
    json_t *properties = apiv2_properties(api);
    json_object_set_new(properties, "RouteSelectionExpression",
                        node_set(selection) ? cfn_value(selection)
                                            : json_string("$request.body.action"));
    if (node_set(api_key))
        json_object_set_new(properties, "ApiKeySelectionExpression", cfn_value(api_key));
    apiv2_write(&w, properties);
}

const struct kind websocket_kind = {"websocket", .read = read, .write = write};
