#include <stdlib.h>
#include <string.h>

#include "apis/api.h"
#include "apis/api_cors.h"
#include "apis/api_integration.h"
#include "apis/api_method.h"
#include "apis/api_part.h"
#include "apis/api_path.h"
#include "apis/apigateway.h"
#include "apis/openapi.h"
#include "base/file.h"
#include "lambdas/lambda.h"
#include "resources/api_domain.h"
#include "resources/api_look.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {
    {"description", FIELD_TEXT},
    {"cli-output", FIELD_FLAG},
    {"resources", FIELD_MAP},
    OPENAPI_FIELDS,
    VERBATIM_FIELDS,
};

const struct api *api_of(const struct resource *resource)
{
    return resource->kind == &apigateway_kind ? resource->data : NULL;
}

const struct node *api_word(const struct api *api, const struct api_method *method, const char *key)
{
    const struct node *own = node_get(method->settings, key);
    return node_set(own) ? own : node_get(api->settings, key);
}

static bool read_paths(const struct model *model, struct api *api)
{
    const struct node *map = node_get(api->settings, "resources");
    struct api_paths paths = {0};
    bool ok = true;
    for (size_t i = 0; i < map->count; i++) {
        const struct node *key = map->entries[i].key;
        const char *path = api_path_read(model->arena, &paths, key);
        ok = path && api_methods_read(model, api, path, key, map->entries[i].value) && ok;
    }
    return ok;
}

/* Reads what the API serves: paths, or a document. */
static bool read_content(const struct model *model, struct api *api)
{
    static const char *const others[] = {
        "resources",        "authorizers",       "authorizer", "cors",
        "models",           "gateway_responses", "scopes",     "authorization_type",
        "api_key_required", "request_validator"};
    if (node_set(node_get(api->settings, "openapi"))) {
        bool ok = openapi_excludes(api->settings, others, countof(others));
        api->body = openapi_read(model, api->resource, OPENAPI_REST);
        return api->body && ok;
    }
    return read_paths(model, api);
}

static bool check_content(const struct resource *resource)
{
    const struct node *settings = resource->settings;
    return node_set(node_get(settings, "resources")) || node_set(node_get(settings, "openapi")) ||
           (node_set(settings) && settings->kind != NODE_MAP) ||
           diag_error(EXIT_REQUIRED, resource->key->pos,
                      "an api needs the setting 'resources' or 'openapi'");
}

static bool api_read(struct model *model, struct resource *resource)
{
    struct api *api = arena_alloc(model->arena, sizeof *api);
    const struct node *settings = resource->settings;
    size_t n;
    const struct field *all = api_fields(&n);
    resource->data = api;
    bool known = schema_check(all, n, settings, resource->key, "an api");
    if (!check_content(resource) || !known)
        return false;
    api->name = resource_id(model, resource);
    if (!api->name || !api_check_name(model, resource))
        return false;
    api->resource = resource;
    api->settings = settings;
    api->id = name_id(model->arena, resource->app->name, resource->name, NULL);
    api->role_id = arena_printf(model->arena, "%sRole", api->name);
    bool ok = verbatim_check(settings);
    ok = api_words_read(model, api) && ok;
    ok = read_content(model, api) && ok;
    ok = api_domain_read(model, resource) && ok;
    ok = ok && api_words_finish(model, api);
    if (ok && !api->nmethods && !api->body)
        diag_warning(resource->key->pos,
                     "this api has no methods; AWS refuses to deploy an API without methods");
    return ok;
}

/* clang-format off */
static json_t *rest_api(const struct resource *resource)
{
    const struct node *description = node_get(resource->settings, "description");
    return json_pack("{s:s, s:{s:o*, s:o}}",
        "Type", "AWS::ApiGateway::RestApi",
        "Properties",
            "Description", cfn_value(description),
            "Name", cfn_join("-", json_pack("[s, o]", resource->name, cfn_ref("Stage"))));
}

static json_t *path_resource(const struct api *api, json_t *parent, const char *part)
{
    return json_pack("{s:s, s:{s:o, s:s, s:o}}",
        "Type", "AWS::ApiGateway::Resource",
        "Properties",
            "ParentId", parent,
            "PathPart", part,
            "RestApiId", cfn_ref(api->id));
}

/* The role may call the lambdas of this API; without lambdas it has no policy. */
static json_t *role(const struct api *api, json_t *lambdas)
{
    json_t *policies = NULL;
    if (json_array_size(lambdas))
        policies = json_pack("[{s:o, s:{s:s, s:[{s:[s], s:s, s:O}]}}]",
            "PolicyName", json_sprintf("%sPolicy", api->role_id),
            "PolicyDocument",
                "Version", "2012-10-17",
                "Statement",
                    "Action", "lambda:InvokeFunction",
                    "Effect", "Allow",
                    "Resource", lambdas);
    return json_pack("{s:s, s:{s:o, s:o*}}",
        "Type", "AWS::IAM::Role",
        "Properties",
            "AssumeRolePolicyDocument", cfn_assume_role("apigateway.amazonaws.com"),
            "Policies", policies);
}

/* Steals `needs`, ids that it must wait for; an empty list is left out. */
static json_t *deployment(const struct api *api, json_t *needs)
{
    if (!json_array_size(needs)) {
        json_decref(needs);
        needs = NULL;
    }
    return json_pack("{s:s, s:o*, s:{s:o, s:o*}}",
        "Type", "AWS::ApiGateway::Deployment",
        "DependsOn", needs,
        "Properties",
            "RestApiId", cfn_ref(api->id),
            "StageName", api->stage_id ? NULL : api_stage_name(api->resource));
}

/* clang-format on */

void api_add(struct api_writer *w, struct pos pos, const char *id, json_t *resource)
{
    json_object_set(w->content, id, resource);
    cfn_add(w->cfn, pos, id, resource);
}

void api_add_deployed(struct api_writer *w, struct pos pos, const char *id, json_t *resource)
{
    api_add(w, pos, id, resource);
    json_array_append_new(w->deployed, json_string(id));
}

void api_calls(struct api_writer *w, json_t *arn)
{
    cfn_add_once(w->lambdas, arn);
}

/* Returns the id of a path's resource; makes the resource and those of its parents if they are
 * missing. */
static json_t *resource_of_path(struct api_writer *w, struct pos pos, const char *path)
{
    if (strcmp(path, "/") == 0)
        return cfn_att(w->api->id, "RootResourceId");
    char *id = table_get(&w->paths, path);
    if (!id) {
        id = arena_printf(w->arena, "%sResource%s", w->api->name, name_id(w->arena, path, NULL));
        json_t *parent = resource_of_path(w, pos, path_dir(w->arena, path));
        table_set(w->arena, &w->paths, path, id);
        api_add(w, pos, id, path_resource(w->api, parent, path_base(path)));
    }
    return cfn_ref(id);
}

static int by_path(const void *a, const void *b)
{
    const struct api_method *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    return order ? order : strcmp(x->verb, y->verb);
}

static void write_method(struct api_writer *w, const struct api_method *method)
{
    const struct api *api = w->api;
    const char *id = arena_printf(w->arena, "%s%s", api->name,
                                  name_id(w->arena, method->path, method->verb, NULL));
    json_t *path = resource_of_path(w, method->key->pos, method->path);
    json_t *resource = method->preflight ? api_cors_preflight(w, method, path)
                                         : api_method_cfn(w->model, api, method, path);
    api_words_write_method(w, method, json_object_get(resource, "Properties"));
    api_add_deployed(w, method->place->pos, id, resource);
    if (api_calls_lambda(method))
        api_calls(
            w, api_lambda_arn(w->model, node_get(method->integration, "lambda"), method->lambda));
}

/* The deployment's id has a hash of the API's content, so that it changes exactly when the API
 * does; and when it begins or ceases to make the stage. */
static char *deployment_id(struct api_writer *w)
{
    if (w->api->stage_id)
        json_object_set_new(w->content, "", json_string("AWS::ApiGateway::Stage"));
    return arena_printf(w->arena, "%sDeployment%s", w->api->name, cfn_digest(w->arena, w->content));
}

static void add_rest_api(struct api_writer *w)
{
    const struct resource *resource = w->api->resource;
    json_t *made = rest_api(resource);
    if (w->api->body)
        json_object_set_new(json_object_get(made, "Properties"), "Body",
                            openapi_body(w->api->body));
    api_words_write_api(w, json_object_get(made, "Properties"));
    api_add(w, resource->key->pos, w->api->id, verbatim_merge(made, resource->settings));
}

static void api_write(const struct model *model, const struct resource *resource,
                      struct steps *steps)
{
    const struct api *api = resource->data;
    struct pos pos = resource->key->pos;
    struct api_writer w = {.model = model,
                           .arena = model->arena,
                           .cfn = &steps->cfn[STEP_RESOURCES],
                           .api = api,
                           .content = json_object(),
                           .deployed = json_array(),
                           .lambdas = json_array()};
    if (api->nmethods)
        qsort(api->methods, api->nmethods, sizeof *api->methods, by_path);
    add_rest_api(&w);
    for (size_t i = 0; i < api->nmethods; i++)
        write_method(&w, &api->methods[i]);
    api_words_write(&w);
    if (api->body)
        openapi_permit(api->body, w.cfn, api->id, api->name);
    else
        cfn_add(w.cfn, pos, api->role_id, role(api, w.lambdas));
    w.deployment_id = deployment_id(&w);
    cfn_add(w.cfn, pos, w.deployment_id, deployment(api, json_incref(w.deployed)));
    api_words_write_stage(&w);
    if (api->stage_id)
        api_domain_write(model, w.cfn, resource, api->id, cfn_ref(api->stage_id));
    if (schema_flag(node_get(resource->settings, "cli-output"), true) && api_is_reached(resource))
        cfn_output(w.cfn, pos, api_output(model->arena, resource),
                   json_pack("{s:o}", "Value", api_address(model, resource)));
    json_decref(w.content), json_decref(w.deployed), json_decref(w.lambdas);
}

const struct kind apigateway_kind = {"apigateway", .read = api_read, .write = api_write};
const struct api_subject api_basics = {.fields = fields, .nfields = countof(fields)};
