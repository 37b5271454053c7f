#include "apis/httpapi.h"
#include "apis/apiv2.h"
#include "apis/apiv2_authorizer.h"
#include "apis/apiv2_cfn.h"
#include "apis/apiv2_route.h"
#include "apis/apiv2_stage.h"
#include "apis/httpapi_cors.h"
#include "apis/openapi.h"
#include "base/util.h"
#include "resources/api_domain.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {
    APIV2_FIELDS,       {"cors", FIELD_ANY}, OPENAPI_FIELDS,
    APIV2_STAGE_FIELDS, API_DOMAIN_FIELDS,   VERBATIM_FIELDS,
};

static bool read_routes(struct model *model, struct apiv2 *api)
{
    static const char *const others[] = {"routes", "authorizers", "authorizer"};
    const struct node *settings = api->resource->settings;
    if (node_set(node_get(settings, "openapi"))) {
        bool ok = openapi_excludes(settings, others, countof(others));
        api->body = openapi_read(model, api->resource, OPENAPI_HTTP);
        return api->body && ok;
    }
    if (!node_set(node_get(settings, "routes")) || !node_get(settings, "routes")->count)
        return diag_error(EXIT_REQUIRED, api->resource->key->pos,
                          "an HTTP API needs the setting 'routes' or 'openapi'");
    bool ok = apiv2_authorizers_read(model, api);
    return apiv2_routes_read(model, api) && ok;
}

static bool read(struct model *model, struct resource *resource)
{
    if (!schema_check(fields, countof(fields), resource->settings, resource->key, "an HTTP API"))
        return false;
    struct apiv2 *api = apiv2_new(model, resource, false);
    if (!api)
        return false;
    bool ok = verbatim_check(resource->settings);
    ok = httpapi_cors_check(node_get(resource->settings, "cors")) && ok;
    ok = apiv2_stage_check(model, api) && ok;
    ok = api_domain_read(model, resource) && ok;
    return read_routes(model, api) && ok;
}

static void write(const struct model *model, const struct resource *resource, struct steps *steps)
{
    const struct apiv2 *api = resource->data;
    struct apiv2_writer w = {model, api, &steps->cfn[STEP_RESOURCES]};
    const struct node *cors = node_get(resource->settings, "cors");
    json_t *properties = apiv2_properties(api), *allowed = httpapi_cors(cors);
    if (api->body) {
        json_decref(allowed);
        openapi_set_http(api->body, resource, properties);
        openapi_permit(api->body, w.cfn, api->id, api->id);
    } else if (allowed) {
        json_object_set_new(properties, "CorsConfiguration", allowed);
    }
    apiv2_write(&w, properties);
}

const struct kind httpapi_kind = {"httpapi", .read = read, .write = write};
