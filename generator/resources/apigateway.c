#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "resources/api_method.h"
#include "resources/apigateway.h"
#include "resources/lambda.h"
#include "resources/output.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field api_fields[] = {
    {"description", FIELD_TEXT},
    {"cli-output", FIELD_FLAG},
    {"resources", FIELD_MAP, .required = true},
    VERBATIM_FIELDS,
};

struct api {
    const char *id;   /* "{App}{Api}", the RestApi */
    const char *name; /* "{Api}", the beginning of all other ids */
    const char *role_id;
    struct api_method *methods;
    size_t nmethods;
};

/* [a-zA-Z0-9._:-]+, {name}, or {name+} at the end of a path (API Gateway Developer Guide). */
static bool check_part(const struct node *key, const char *part, bool last)
{
    size_t len = strlen(part);
    const char *set = STR_ALNUM "._:-";
    if (part[0] != '{')
        return (str_is_made_of(part, set) && strspn(part, ".") < len) ||
               diag_error(
                   EXIT_VALUE, key->pos,
                   "'%s' cannot be a part of a path; use letters, digits and . _ : -, or {name}",
                   part);
    bool greedy = len > 3 && part[len - 2] == '+';
    size_t inner = strspn(part + 1, set);
    if (!inner || part[len - 1] != '}' || inner + 2 + greedy != len)
        return diag_error(EXIT_VALUE, key->pos, "'%s' is not {name} or {name+}", part);
    return !greedy || last ||
           diag_error(EXIT_VALUE, key->pos, "'%s' matches the rest of a path, so it must be last",
                      part);
}

/* Returns the path as "/a/b", without additional slashes, or "/"; NULL after an error. */
static const char *read_path(struct arena *arena, const struct node *key)
{
    char *rest = arena_strdup(arena, key->text), *path = arena_alloc(arena, strlen(rest) + 2);
    char *end = path;
    for (char *part = strtok_r(rest, "/", &rest); part;) {
        char *next = strtok_r(NULL, "/", &rest);
        if (!check_part(key, part, !next))
            return NULL;
        *end++ = '/';
        end = stpcpy(end, part);
        part = next;
    }
    return *path ? path : "/";
}

/* Reports a path that occurs twice; "/a" and "/a/" are one path. */
static bool check_path_once(struct arena *arena, struct table *seen, const struct node *key,
                            const char *path)
{
    const struct node *before = table_set(arena, seen, path, (void *)key);
    if (!before)
        return true;
    diag_error(EXIT_DUPLICATE, key->pos, "the path '%s' stands twice in this api", path);
    diag_note(before->pos, "it is here already");
    return false;
}

static bool api_read(struct model *model, struct resource *resource)
{
    struct api *api = arena_alloc(model->arena, sizeof *api);
    bool ok = true;
    resource->data = api;
    if (!schema_check(api_fields, countof(api_fields), resource->settings, resource->key, "an api"))
        return false;
    api->name = resource_id(model, resource);
    if (!api->name)
        return false;
    api->id = name_id(model->arena, resource->app->name, resource->name, NULL);
    api->role_id = arena_printf(model->arena, "%sRole", api->name);
    const struct node *paths = node_get(resource->settings, "resources");
    struct table seen = {0};
    ok = verbatim_check(resource->settings);
    for (size_t i = 0; i < paths->count; i++) {
        const struct node *key = paths->entries[i].key;
        const char *path = read_path(model->arena, key);
        ok = path && check_path_once(model->arena, &seen, key, path) &&
             api_methods_read(model, path, key, paths->entries[i].value, &api->methods,
                              &api->nmethods) &&
             ok;
    }
    if (ok && !api->nmethods)
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

/* Steals `methods`; an empty list is left out. */
static json_t *deployment(const struct api *api, json_t *methods)
{
    if (!json_array_size(methods)) {
        json_decref(methods);
        methods = NULL;
    }
    return json_pack("{s:s, s:o*, s:{s:o, s:o}}",
        "Type", "AWS::ApiGateway::Deployment",
        "DependsOn", methods,
        "Properties",
            "RestApiId", cfn_ref(api->id),
            "StageName", cfn_ref("Stage"));
}

static json_t *url(const struct api *api)
{
    return json_pack("{s:o}", "Value",
        cfn_join("", json_pack("[s, o, s, o, s, o, s, o]",
            "https://", cfn_ref(api->id), ".execute-api.", cfn_ref("AWS::Region"), ".",
            cfn_ref("AWS::URLSuffix"), "/", cfn_ref("Stage"))));
}
/* clang-format on */

/* An API while it is written. */
struct writer {
    struct arena *arena;
    struct cfn *cfn;
    const struct api *api;
    struct table paths; /* path to the id of its resource, if it was made */
    json_t *content;    /* what is deployed: id to resource */
    json_t *methods;    /* ids */
    json_t *lambdas;    /* refs to the aliases that are called, each once */
};

static void add(struct writer *w, struct pos pos, const char *id, json_t *resource)
{
    json_object_set(w->content, id, resource);
    cfn_add(w->cfn, pos, id, resource);
}

/* Returns the id of a path's resource; makes the resource and those of its parents if they are
 * missing. */
static json_t *resource_of_path(struct writer *w, struct pos pos, const char *path)
{
    if (strcmp(path, "/") == 0)
        return cfn_att(w->api->id, "RootResourceId");
    char *id = table_get(&w->paths, path);
    if (!id) {
        id = arena_printf(w->arena, "%sResource%s", w->api->name, name_id(w->arena, path, NULL));
        json_t *parent = resource_of_path(w, pos, path_dir(w->arena, path));
        table_set(w->arena, &w->paths, path, id);
        add(w, pos, id, path_resource(w->api, parent, path_base(path)));
    }
    return cfn_ref(id);
}

static void add_lambda(struct writer *w, const struct lambda *lambda)
{
    size_t i;
    json_t *ref = lambda_alias(lambda), *other;
    json_array_foreach(w->lambdas, i, other)
        if (json_equal(other, ref)) {
            json_decref(ref);
            return;
        }
    json_array_append_new(w->lambdas, ref);
}

static int by_path(const void *a, const void *b)
{
    const struct api_method *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    return order ? order : strcmp(x->verb, y->verb);
}

static void write_methods(struct writer *w)
{
    const struct api *api = w->api;
    for (size_t i = 0; i < api->nmethods; i++) {
        const struct api_method *method = &api->methods[i];
        const char *id = arena_printf(w->arena, "%s%s", api->name,
                                      name_id(w->arena, method->path, method->verb, NULL));
        json_t *resource = resource_of_path(w, method->key->pos, method->path);
        add(w, method->place->pos, id, api_method_cfn(method, api->id, api->role_id, resource));
        json_array_append_new(w->methods, json_string(id));
        if (method->lambda)
            add_lambda(w, method->lambda);
    }
}

/* The deployment's id has a hash of the API's content, so that it changes exactly when the API
 * does. */
static char *deployment_id(struct writer *w)
{
    return arena_printf(w->arena, "%sDeployment%s", w->api->name, cfn_digest(w->arena, w->content));
}

static void api_write(const struct model *model, const struct resource *resource,
                      struct steps *steps)
{
    const struct api *api = resource->data;
    struct pos pos = resource->key->pos;
    struct writer w = {
        model->arena, &steps->cfn[STEP_RESOURCES], api, {0}, json_object(), json_array(),
        json_array()};
    if (api->nmethods)
        qsort(api->methods, api->nmethods, sizeof *api->methods, by_path);
    add(&w, pos, api->id, verbatim_merge(rest_api(resource), resource->settings));
    write_methods(&w);
    cfn_add(w.cfn, pos, api->role_id, role(api, w.lambdas));
    cfn_add(w.cfn, pos, deployment_id(&w), deployment(api, json_incref(w.methods)));
    if (schema_flag(node_get(resource->settings, "cli-output"), true))
        cfn_output(w.cfn, pos, arena_printf(model->arena, OUTPUT_OWN "Apigateway%s", api->id),
                   url(api));
    json_decref(w.content), json_decref(w.methods), json_decref(w.lambdas);
}

const struct kind apigateway_kind = {"apigateway", .read = api_read, .write = api_write};
