#include <string.h>
#include <strings.h>

#include "apis/api_path.h"
#include "apis/api_permission.h"
#include "apis/httpapi_cors.h"
#include "apis/openapi.h"
#include "apis/route_path.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/cfn.h"

#define INTEGRATION "x-amazon-apigateway-integration"
#define AUTHORIZER  "x-amazon-apigateway-authorizer"
#define SHARED      "x-amazon-apigateway-integrations" /* names to integrations */
#define ANY_METHOD  "x-amazon-apigateway-any-method"

struct openapi {
    const struct model *model;
    enum openapi_api api;
    const struct node *document;
    struct named { /* lambdas */
        const struct lambda *lambda;
        const struct node *place;
        bool authorizer;
    } * named;
    size_t n;
};

/* --- loading --------------------------------------------------------------------------------- */

static const char *key_of(struct arena *arena, const char *app, const char *kind, const char *name)
{
    return arena_printf(arena, "%s/%s/%s", app, kind, name);
}

static bool load(struct project *project, struct model *model, const struct node *setting,
                 const char *key)
{
    const struct node *document = setting;
    if (!node_set(setting))
        return true;
    if (setting->kind != NODE_MAP || function_is(setting)) {
        if (!node_text(setting) || !*setting->text || node_dynamic(setting))
            return diag_error(
                EXIT_VALUE, setting->pos,
                "openapi is the path of a YAML or JSON file, or its content as a map, "
                "not %s",
                node_text(setting) ? "a ref" : node_kind_words(setting));
        if (!project_load_file(project, setting, &document))
            return false;
    }
    table_set(model->arena, &model->documents, key, (void *)document);
    return true;
}

bool openapi_load(struct project *project, struct model *model)
{
    static const char *const kinds[] = {"apigateway", "httpapi"};
    bool ok = true;
    for (size_t a = 0; a < project->napps; a++)
        for (size_t k = 0; k < countof(kinds); k++) {
            const struct app *app = &project->apps[a];
            const struct node *map = app_get(app, kinds[k]);
            for (size_t i = 0; node_set(map) && map->kind == NODE_MAP && i < map->count; i++)
                ok = load(project, model, node_get(map->entries[i].value, "openapi"),
                          key_of(model->arena, app->name, kinds[k], map->entries[i].key->text)) &&
                     ok;
        }
    return ok;
}

/* --- reading --------------------------------------------------------------------------------- */

static const char *const methods[] = {"get",   "put",  "post",  "delete",  "options",
                                      "patch", "head", "trace", ANY_METHOD};

static bool is_method(const char *key)
{
    return str_one_of(key, methods, countof(methods));
}

/* Whether both have an operation of one method. */
static bool share_method(const struct node *item, const struct node *other)
{
    for (size_t i = 0; item->kind == NODE_MAP && i < item->count; i++)
        if (is_method(item->entries[i].key->text) && node_get(other, item->entries[i].key->text))
            return true;
    return false;
}

/* Reports two paths of an HTTP API that match the same requests. */
static bool check_meaning(const struct openapi *openapi, struct table *seen,
                          const struct entry *entry)
{
    struct arena *arena = openapi->model->arena;
    const char *meaning = route_path_meaning(arena, entry->key->text);
    const struct entry *before = table_set(arena, seen, meaning, (void *)entry);
    if (!before || !share_method(entry->value, before->value))
        return true;
    diag_error(EXIT_DUPLICATE, entry->key->pos, "the path '%s' means the same as '%s'",
               entry->key->text, before->key->text);
    diag_note(before->key->pos, "the other one is here");
    return false;
}

/* Paths that were read so far. */
struct paths {
    struct table seen;     /* of an HTTP API */
    struct api_paths rest; /* of a REST API, which takes one name of a variable at each place */
};

static bool check_path(const struct openapi *openapi, struct paths *paths,
                       const struct entry *entry)
{
    const char *path = entry->key->text;
    struct arena *arena = openapi->model->arena;
    if (str_starts(path, "x-") || str_starts(path, "Fn::"))
        return true;
    if (*path != '/' && openapi->api == OPENAPI_REST)
        return route_path_check(arena, entry->key->pos, path);
    if (openapi->api == OPENAPI_REST)
        return api_path_read(arena, &paths->rest, entry->key);
    return (strcmp(path, "$default") == 0 || strcmp(path, "/$default") == 0 ||
            route_path_check(arena, entry->key->pos, path)) &&
           check_meaning(openapi, &paths->seen, entry);
}

/* AWS refuses to deploy a method without an integration. */
static void check_operations(const struct openapi *openapi, const struct node *item)
{
    for (size_t i = 0; item->kind == NODE_MAP && i < item->count; i++) {
        const struct entry *entry = &item->entries[i];
        if (is_method(entry->key->text) && entry->value->kind == NODE_MAP &&
            !function_is(entry->value) && !node_get(entry->value, INTEGRATION) &&
            openapi->api == OPENAPI_REST)
            diag_warning(entry->key->pos, "this operation has no " INTEGRATION
                                          ", and AWS refuses to deploy a method without one");
    }
}

static bool check_paths(const struct openapi *openapi, const struct node *map)
{
    struct paths paths = {0};
    bool ok = true;
    for (size_t i = 0; i < map->count; i++) {
        ok = check_path(openapi, &paths, &map->entries[i]) && ok;
        check_operations(openapi, map->entries[i].value);
    }
    return ok;
}

/* OpenAPI 3, or for a REST API also 2, which was called Swagger. */
static bool check_version(const struct openapi *openapi)
{
    const struct node *document = openapi->document;
    const char *version = node_text(node_get(document, "openapi"));
    const char *swagger = node_text(node_get(document, "swagger"));
    if (version && str_starts(version, "3"))
        return true;
    if (swagger && openapi->api == OPENAPI_REST)
        return true;
    if (function_is(document) || node_get(document, "Fn::Transform"))
        return true;
    return diag_error(EXIT_VALUE, document->pos,
                      openapi->api == OPENAPI_REST
                          ? "this is no OpenAPI: it needs openapi: 3.0.1, or swagger: \"2.0\""
                          : "this is no OpenAPI for an HTTP API: it needs openapi: 3.0.1");
}

static void name_lambda(struct openapi *openapi, const struct node *uri, bool authorizer)
{
    const char *rest;
    const struct lambda *lambda =
        reference_of(uri, &rest) == REFERENCE_LAMBDA ? lambda_look(openapi->model, rest) : NULL;
    for (size_t i = 0; lambda && i < openapi->n; i++)
        if (openapi->named[i].lambda == lambda && openapi->named[i].authorizer == authorizer)
            return;
    struct named named = {lambda, uri, authorizer};
    if (lambda) /* else kinds.c reports that there is none */
        array_push(openapi->model->arena, openapi->named, openapi->n, named);
}

static bool check_map(const char *key, const struct node *value)
{
    return value->kind == NODE_MAP ||
           diag_error(EXIT_VALUE, value->pos, "%s is a map, not %s; a lambda is its uri", key,
                      node_kind_words(value));
}

/* A role that is named calls the lambda by its own right. */
static bool find_in(struct openapi *openapi, const char *key, const struct node *value)
{
    bool integration = strcmp(key, INTEGRATION) == 0, shared = strcmp(key, SHARED) == 0, ok = true;
    if ((integration || shared) && !check_map(key, value))
        return false;
    if (integration && !node_set(node_get(value, "credentials")))
        name_lambda(openapi, node_get(value, "uri"), false);
    if (strcmp(key, AUTHORIZER) == 0 && !node_set(node_get(value, "authorizerCredentials")))
        name_lambda(openapi, node_get(value, "authorizerUri"), true);
    for (size_t i = 0; shared && i < value->count; i++)
        ok = find_in(openapi, INTEGRATION, value->entries[i].value) && ok;
    return ok;
}

static bool find_lambdas(struct openapi *openapi, const struct node *node)
{
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        bool list = node->kind == NODE_LIST;
        const struct node *child = list ? node->items[i] : node->entries[i].value;
        if (!list)
            ok = find_in(openapi, node->entries[i].key->text, child) && ok;
        ok = find_lambdas(openapi, child) && ok;
    }
    return ok;
}

bool openapi_excludes(const struct node *settings, const char *const *others, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        const struct node *other = node_get(settings, others[i]);
        if (!node_set(other))
            continue;
        ok = diag_error(EXIT_RESOURCE, other->pos,
                        "'openapi' has all this in its own words; leave '%s' out", others[i]);
        diag_note(node_get(settings, "openapi")->pos, "it is here");
    }
    return ok;
}

struct openapi *openapi_read(const struct model *model, const struct resource *resource,
                             enum openapi_api api)
{
    struct openapi *openapi = arena_alloc(model->arena, sizeof *openapi);
    openapi->model = model;
    openapi->api = api;
    openapi->document = table_get(&model->documents, key_of(model->arena, resource->app->name,
                                                            resource->kind->key, resource->name));
    if (!openapi->document) /* an error of openapi_load */
        return NULL;
    const struct node *paths = node_get(openapi->document, "paths");
    bool ok = check_version(openapi);
    if (node_set(paths) && paths->kind == NODE_MAP)
        ok = check_paths(openapi, paths) && ok;
    else if (ok && !node_get(openapi->document, "Fn::Transform"))
        ok = diag_error(EXIT_REQUIRED, openapi->document->pos, "this OpenAPI has no 'paths'");
    ok = find_lambdas(openapi, openapi->document) && ok;
    return ok ? openapi : NULL;
}

/* --- writing --------------------------------------------------------------------------------- */

/* The path of a lambda's invocations, for a Ref to its alias. */
static json_t *invocations(const struct openapi *openapi, const json_t *ref, bool stream)
{
    const char *alias = json_string_value(json_object_get(ref, "Ref"));
    return cfn_sub(arena_printf(
        openapi->model->arena,
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/%s/functions/${%s}/%s",
        stream ? "2021-11-15" : "2015-03-31", alias,
        stream ? "response-streaming-invocations" : "invocations"));
}

static bool is_alias(const struct openapi *openapi, const json_t *value)
{
    const char *name = json_string_value(json_object_get(value, "Ref"));
    for (size_t i = 0; name && i < openapi->model->count; i++) {
        const struct lambda *lambda = lambda_of(openapi->model->resources[i]);
        if (lambda && strcmp(lambda->alias_id, name) == 0)
            return true;
    }
    return false;
}

static void set_missing(json_t *object, const char *key, const char *value)
{
    if (!json_object_get(object, key))
        json_object_set_new(object, key, json_string(value));
}

/* YAML reads 2.0 as a number. */
static void version_is_text(json_t *object, const char *key)
{
    char text[8];
    json_t *version = json_object_get(object, key);
    if (!json_is_number(version))
        return;
    snprintf(text, sizeof text, "%.1f", json_number_value(version));
    json_object_set_new(object, key, json_string(text));
}

/* What every integration with a lambda has need not be written. */
static void complete(const struct openapi *openapi, json_t *integration)
{
    json_t *uri = json_object_get(integration, "uri");
    const char *mode = json_string_value(json_object_get(integration, "responseTransferMode"));
    version_is_text(integration, "payloadFormatVersion");
    if (!is_alias(openapi, uri))
        return;
    bool stream = mode && strcasecmp(mode, "STREAM") == 0;
    json_object_set_new(integration, "uri", invocations(openapi, uri, stream));
    set_missing(integration, "type", "aws_proxy");
    set_missing(integration, "httpMethod", "POST");
    if (openapi->api == OPENAPI_HTTP)
        set_missing(integration, "payloadFormatVersion", "2.0");
}

static void complete_authorizer(const struct openapi *openapi, json_t *authorizer)
{
    json_t *uri = json_object_get(authorizer, "authorizerUri");
    version_is_text(authorizer, "authorizerPayloadFormatVersion");
    if (is_alias(openapi, uri))
        json_object_set_new(authorizer, "authorizerUri", invocations(openapi, uri, false));
}

static void complete_in(const struct openapi *openapi, const char *key, json_t *value)
{
    const char *name;
    json_t *child;
    if (strcmp(key, INTEGRATION) == 0)
        complete(openapi, value);
    else if (strcmp(key, AUTHORIZER) == 0)
        complete_authorizer(openapi, value);
    else if (strcmp(key, SHARED) == 0)
        json_object_foreach(value, name, child)
            complete(openapi, child);
}

static void complete_all(const struct openapi *openapi, json_t *json)
{
    size_t i;
    const char *key;
    json_t *child;
    json_array_foreach(json, i, child)
        complete_all(openapi, child);
    json_object_foreach(json, key, child) {
        complete_in(openapi, key, child);
        complete_all(openapi, child);
    }
}

json_t *openapi_body(const struct openapi *openapi)
{
    json_t *body = cfn_convert(openapi->document, cfn_ref);
    complete_all(openapi, body);
    return body;
}

void openapi_permit(const struct openapi *openapi, struct cfn *cfn, const char *api_id,
                    const char *name)
{
    for (size_t i = 0; i < openapi->n; i++)
        api_permission(cfn, openapi->named[i].place->pos, api_id, name, openapi->named[i].lambda,
                       openapi->named[i].authorizer);
}

/* The endpoint is a matter of each server (API Gateway Developer Guide,
 * "x-amazon-apigateway-endpoint-configuration object"). */
static void disable_endpoint(json_t *body, json_t *disable)
{
    json_t *servers = json_object_get(body, "servers"), *server;
    size_t i;
    if (!json_array_size(servers)) {
        servers = json_pack("[{s:s}]", "url", "/");
        json_object_set_new(body, "servers", servers);
    }
    json_array_foreach(servers, i, server)
        json_object_set_new(server, "x-amazon-apigateway-endpoint-configuration",
                            json_pack("{s:O}", "disableExecuteApiEndpoint", disable));
}

/* The title that the document leaves out, and the description of the settings. */
static void set_info(json_t *body, const struct resource *resource, const json_t *description)
{
    json_t *info = json_object_get(body, "info");
    if (!json_is_object(info)) {
        info = json_pack("{s:s}", "version", "1.0");
        json_object_set_new(body, "info", info);
    }
    set_missing(info, "title", resource->name);
    version_is_text(info, "version");
    if (description && !json_object_get(info, "description"))
        json_object_set(info, "description", (json_t *)description);
}

void openapi_set_http(const struct openapi *openapi, const struct resource *resource,
                      json_t *properties)
{
    static const char *const own[] = {"Description", "DisableExecuteApiEndpoint", "ProtocolType"};
    json_t *body = openapi_body(openapi);
    json_t *cors = httpapi_cors_openapi(node_get(resource->settings, "cors"));
    json_t *disable = json_object_get(properties, "DisableExecuteApiEndpoint");
    set_info(body, resource, json_object_get(properties, "Description"));
    if (cors)
        json_object_set_new(body, "x-amazon-apigateway-cors", cors);
    if (disable)
        disable_endpoint(body, disable);
    for (size_t i = 0; i < countof(own); i++)
        json_object_del(properties, own[i]);
    json_object_set_new(properties, "Body", body);
}
