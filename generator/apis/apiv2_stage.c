#include <string.h>

#include "apis/access_log.h"
#include "apis/apiv2.h"
#include "apis/apiv2_limit.h"
#include "apis/apiv2_route.h"
#include "apis/apiv2_stage.h"
#include "apis/stage_variable.h"
#include "base/util.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* --- reading --------------------------------------------------------------------------------- */

bool apiv2_stage_check(const struct model *model, const struct apiv2 *api)
{
    const struct node *settings = api->resource->settings;
    const struct node *variables = node_get(settings, "stage_variables");
    bool ok = apiv2_limits_check(settings);
    ok = access_log_check(model, node_get(settings, "access_logs")) && ok;
    for (size_t i = 0; node_set(variables) && i < variables->count; i++)
        ok = stage_variable_check(&variables->entries[i]) && ok;
    return ok;
}

/* --- writing --------------------------------------------------------------------------------- */

static json_t *variables(const struct node *map)
{
    json_t *found = json_object();
    for (size_t i = 0; node_set(map) && i < map->count; i++) {
        const struct node *value = map->entries[i].value;
        if (node_set(value))
            json_object_set_new(found, map->entries[i].key->name,
                                node_dynamic(value) ? cfn_value(value) : json_string(value->text));
    }
    if (json_object_size(found))
        return found;
    json_decref(found);
    return NULL;
}

/* Returns the settings of single routes, and in *ids the routes: AWS refuses settings of a route
 * that is not there yet. Both are NULL if there are none. */
static json_t *routes(const struct apiv2 *api, json_t **ids)
{
    json_t *found = json_object();
    *ids = json_array();
    for (size_t i = 0; i < api->nroutes; i++) {
        json_t *own = apiv2_limits(api->routes[i].settings);
        if (!own)
            continue;
        json_object_set_new(found, api->routes[i].route_key, own);
        json_array_append_new(*ids, json_string(api->routes[i].id));
    }
    if (json_object_size(found))
        return found;
    json_decref(found), json_decref(*ids);
    *ids = NULL;
    return NULL;
}

/* clang-format off */
static json_t *stage(const struct apiv2_writer *w, json_t *access_logs)
{
    const struct node *settings = w->api->resource->settings;
    json_t *ids, *of_routes = routes(w->api, &ids);
    return json_pack("{s:s, s:o*, s:{s:o*, s:o, s:b, s:o*, s:o*, s:o, s:o*}}",
        "Type", "AWS::ApiGatewayV2::Stage",
        "DependsOn", ids,
        "Properties",
            "AccessLogSettings", access_logs,
            "ApiId", cfn_ref(w->api->id),
            "AutoDeploy", true,
            "DefaultRouteSettings", apiv2_limits(settings),
            "RouteSettings", of_routes,
            "StageName", w->api->websocket ? cfn_ref("Stage") : json_string("$default"),
            "StageVariables", variables(node_get(settings, "stage_variables")));
}
/* clang-format on */

void apiv2_stage_write(const struct apiv2_writer *w)
{
    struct pos pos = w->api->resource->key->pos;
    json_t *logs = access_log_write(w->model, w->cfn, pos, w->api->id,
                                    node_get(w->api->resource->settings, "access_logs"),
                                    w->api->websocket ? ACCESS_LOG_WEBSOCKET : ACCESS_LOG_HTTP);
    cfn_add(w->cfn, pos, w->api->stage_id, stage(w, logs));
}
