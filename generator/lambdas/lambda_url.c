#include "lambdas/lambda_url.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "resources/cors_origin.h"
#include "resources/model.h"
#include "resources/output.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Limits of Lambda (its API Reference, "Cors"). */
enum { CORS_ITEMS_MAX = 100, ORIGIN_MAX = 253, HEADER_MAX = 1024, AGE_MAX = 86400 };

static const struct field fields[] = {{"url", FIELD_ANY}};

static const char *const auths[] = {"none", "iam", NULL};
static const char *const methods[] = {"GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "*", NULL};

static const struct field url_fields[] = {
    {"auth", FIELD_CHOICE, .choices = auths},
    {"cors", FIELD_ANY},
    {"streaming", FIELD_FLAG},
    {"cli-output", FIELD_FLAG},
    {"properties", FIELD_MAP},
};

static const struct field cors_fields[] = {
    {"allow_origins", FIELD_ANY},      {"allow_methods", FIELD_ANY},
    {"allow_headers", FIELD_ANY},      {"expose_headers", FIELD_ANY},
    {"allow_credentials", FIELD_FLAG}, {"max_age", FIELD_INT, .max = AGE_MAX, .unit = "seconds"},
};

/* A scheme and a host, as browsers send it (RFC 6454, "Serializing Origins"). */
static bool check_origin(const struct node *item)
{
    return cors_origin_check(item, true) &&
           (strlen(item->text) <= ORIGIN_MAX ||
            diag_error(EXIT_VALUE, item->pos, "an origin has at most %d characters", ORIGIN_MAX));
}

/* Lambda itself answers OPTIONS. */
static bool check_method(const struct node *item)
{
    if (schema_choice(item, methods))
        return true;
    return diag_error(
        EXIT_VALUE, item->pos, "a method is GET, PUT, HEAD, POST, PATCH, DELETE or *, not '%s'%s",
        item->text, strcmp(item->text, "OPTIONS") == 0 ? "; Lambda answers this one itself" : "");
}

/* A token of RFC 9110; * is one. */
static bool check_header(const struct node *item)
{
    return (str_is_made_of(item->text, STR_ALNUM "!#$%&'*+-.^_`|~") &&
            strlen(item->text) <= HEADER_MAX) ||
           diag_error(EXIT_VALUE, item->pos, "'%s' is no name of a header", item->text);
}

static const struct cors_list {
    const char *key, *property;
    bool (*check)(const struct node *item);
} lists[] = {
    {"allow_origins", "AllowOrigins", check_origin},
    {"allow_methods", "AllowMethods", check_method},
    {"allow_headers", "AllowHeaders", check_header},
    {"expose_headers", "ExposeHeaders", check_header},
};

static bool check_list(const struct cors_list *list, const struct node *node)
{
    const struct node *item;
    bool ok = true;
    if (!node_set(node))
        return true;
    if (!node_items(node) || node_items(node) > CORS_ITEMS_MAX)
        ok = diag_error(EXIT_VALUE, node->pos, "%s has 1 to %d items, not %zu", list->key,
                        CORS_ITEMS_MAX, node_items(node));
    for (size_t i = 0; (item = node_item(node, i)); i++)
        if (!node_dynamic(item))
            ok = (node_text(item) ? list->check(item)
                                  : diag_error(EXIT_VALUE, item->pos,
                                               "%s must be text or a list of texts, not %s",
                                               list->key, node_kind_words(item))) &&
                 ok;
    return ok;
}

static bool check_cors(const struct node *cors)
{
    if (!node_set(cors) || cors->kind == NODE_BOOL)
        return true;
    if (cors->kind != NODE_MAP || function_is(cors))
        return diag_error(EXIT_VALUE, cors->pos,
                          "cors is true, for every origin, or a map of settings, not %s",
                          node_dynamic(cors) ? "a function" : node_kind_words(cors));
    if (!schema_check(cors_fields, countof(cors_fields), cors, cors, "cors"))
        return false;
    bool ok = true;
    for (size_t i = 0; i < countof(lists); i++)
        ok = check_list(&lists[i], node_get(cors, lists[i].key)) && ok;
    return ok;
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *url = node_get(lambda->settings, "url");
    (void)model;
    if (url->kind == NODE_BOOL)
        return true;
    if (url->kind != NODE_MAP || function_is(url))
        return diag_error(EXIT_VALUE, url->pos,
                          "url is true, for callers that sign by IAM, or a map of settings, as in "
                          "{auth: none}, not %s",
                          node_dynamic(url) ? "a function" : node_kind_words(url));
    if (!schema_check(url_fields, countof(url_fields), url, url, "a url"))
        return false;
    const struct node *auth = node_get(url, "auth");
    bool ok = !node_dynamic(auth) ||
              diag_error(EXIT_VALUE, auth->pos,
                         "auth decides about permissions, so it is needed when building and cannot "
                         "be a ref");
    ok = verbatim_check(url) && ok;
    return check_cors(node_get(url, "cors")) && ok;
}

/* The methods as AWS writes them, anything else as it was written. */
static json_t *cors_list(const struct cors_list *list, const struct node *node)
{
    const struct node *item;
    if (!node_set(node) || list->check != check_method || node_dynamic(node))
        return cfn_list(node);
    json_t *json = json_array();
    for (size_t i = 0; (item = node_item(node, i)); i++)
        json_array_append_new(json, cfn_choice(item, methods));
    return json;
}

static json_t *cors_cfn(const struct node *cors)
{
    const struct node *credentials = node_get(cors, "allow_credentials");
    const struct node *age = node_get(cors, "max_age");
    if (!node_set(cors) || (cors->kind == NODE_BOOL && !cors->boolean))
        return NULL;
    if (cors->kind == NODE_BOOL)
        return json_pack("{s:[s], s:[s], s:[s]}", "AllowOrigins", "*", "AllowMethods", "*",
                         "AllowHeaders", "*");
    json_t *json =
        json_pack("{s:o*, s:o*}", "AllowCredentials",
                  node_set(credentials) ? json_boolean(schema_flag(credentials, false)) : NULL,
                  "MaxAge", cfn_optional_int(age));
    for (size_t i = 0; i < countof(lists); i++) {
        json_t *list = cors_list(&lists[i], node_get(cors, lists[i].key));
        if (list)
            json_object_set_new(json, lists[i].property, list);
    }
    return json;
}

/* clang-format off */
static json_t *url_cfn(const struct lambda *lambda, const struct node *url, bool is_public)
{
    bool streaming = schema_flag(node_get(url, "streaming"), false);
    return json_pack("{s:s, s:{s:s, s:o*, s:s*, s:o}}",
        "Type", "AWS::Lambda::Url",
        "Properties",
            "AuthType", is_public ? "NONE" : "AWS_IAM",
            "Cors", cors_cfn(node_get(url, "cors")),
            "InvokeMode", streaming ? "RESPONSE_STREAM" : NULL,
            "TargetFunctionArn", lambda_alias(lambda));
}
/* clang-format on */

/* Everybody may call the URL, and the lambda by way of the URL only. */
static void write_public(struct lambda_parts *parts, const char *id)
{
    struct arena *arena = parts->model->arena;
    struct pos pos = node_get(parts->lambda->settings, "url")->pos;
    cfn_add(parts->cfn, pos, arena_printf(arena, "%sPermission", id),
            invoke_permission_url(parts->lambda));
    cfn_add(parts->cfn, pos, arena_printf(arena, "%sInvokePermission", id),
            invoke_permission_by_url(parts->lambda));
}

const char *lambda_url_output(struct arena *arena, const struct lambda *lambda)
{
    return arena_printf(arena, OUTPUT_OWN "Url%s", lambda->id);
}

static void write(struct lambda_parts *parts)
{
    const struct lambda *lambda = parts->lambda;
    const struct node *url = node_get(lambda->settings, "url");
    struct arena *arena = parts->model->arena;
    bool is_public = schema_choice(node_get(url, "auth"), auths) == auths[0];
    if (url->kind == NODE_BOOL && !url->boolean)
        return;
    const char *id = arena_printf(arena, "%sUrl", lambda->short_id);
    cfn_add(parts->cfn, url->pos, id, verbatim_merge(url_cfn(lambda, url, is_public), url));
    if (is_public)
        write_public(parts, id);
    if (schema_flag(node_get(url, "cli-output"), true))
        cfn_output(parts->cfn, url->pos, lambda_url_output(arena, lambda),
                   json_pack("{s:o}", "Value", cfn_att(id, "FunctionUrl")));
}

const struct lambda_subject lambda_url = {fields, countof(fields), .check = check, .write = write};
