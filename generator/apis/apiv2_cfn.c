#include "apis/apiv2_cfn.h"
#include "apis/apiv2.h"
#include "apis/apiv2_authorizer.h"
#include "apis/apiv2_route.h"
#include "apis/apiv2_stage.h"
#include "base/util.h"
#include "resources/api_domain.h"
#include "resources/api_look.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static void write_output(const struct apiv2_writer *w)
{
    const struct apiv2 *api = w->api;
    if (schema_flag(node_get(api->resource->settings, "cli-output"), true) &&
        api_is_reached(api->resource))
        cfn_output(w->cfn, api->resource->key->pos, api_output(w->model->arena, api->resource),
                   json_pack("{s:o}", "Value", api_address(w->model, api->resource)));
}

void apiv2_write(const struct apiv2_writer *w, json_t *properties)
{
    const struct apiv2 *api = w->api;
    json_t *resource =
        json_pack("{s:s, s:o}", "Type", "AWS::ApiGatewayV2::Api", "Properties", properties);
    cfn_add(w->cfn, api->resource->key->pos, api->id,
            verbatim_merge(resource, api->resource->settings));
    apiv2_authorizers_write(w);
    apiv2_routes_write(w);
    apiv2_stage_write(w);
    api_domain_write(w->model, w->cfn, api->resource, api->id, cfn_ref(api->stage_id));
    write_output(w);
}
