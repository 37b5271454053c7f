#include <string.h>

#include "apis/apiv2.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "resources/api_look.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

const char *const apiv2_address_types[] = {"ipv4", "dualstack", NULL};

struct apiv2 *apiv2_new(struct model *model, struct resource *resource, bool websocket)
{
    struct apiv2 *api = arena_alloc(model->arena, sizeof *api);
    api->id = resource_app_id(model, resource);
    if (!api->id || !api_check_name(model, resource))
        return NULL;
    api->resource = resource;
    api->websocket = websocket;
    api->stage_id = arena_printf(model->arena, "%sStage", api->id);
    return resource->data = api;
}

json_t *apiv2_texts(const struct node *node)
{
    const struct node *item;
    json_t *list = json_array();
    for (size_t i = 0; (item = node_item(node, i)); i++)
        json_array_append_new(list, cfn_value(item));
    return list;
}

json_t *apiv2_invocations(struct arena *arena, const struct lambda *lambda)
{
    return cfn_sub(arena_printf(arena,
                                "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/"
                                "2015-03-31/functions/${%s}/invocations",
                                lambda->alias_id));
}

/* clang-format off */
json_t *apiv2_properties(const struct apiv2 *api)
{
    const struct node *settings = api->resource->settings;
    const struct node *disable = node_get(settings, "disable_execute_api_endpoint");
    return json_pack("{s:o*, s:o*, s:o*, s:o, s:s}",
        "Description", cfn_value(node_get(settings, "description")),
        "DisableExecuteApiEndpoint", node_set(disable) ? json_boolean(schema_flag(disable, false)) : NULL,
        "IpAddressType", cfn_choice(node_get(settings, "ip_address_type"), apiv2_address_types),
        "Name", cfn_join("-", json_pack("[s, o]", api->resource->name, cfn_ref("Stage"))),
        "ProtocolType", api->websocket ? "WEBSOCKET" : "HTTP");
}
/* clang-format on */
