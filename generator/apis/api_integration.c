#include <string.h>
#include <strings.h>

#include "apis/api.h"
#include "apis/api_endpoint.h"
#include "apis/api_integration.h"
#include "apis/api_value.h"
#include "apis/vpc_link.h"
#include "lambdas/lambda.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Milliseconds (API Gateway Developer Guide, "Quotas for configuring and running a REST API"). */
enum { TIMEOUT_MIN = 50, TIMEOUT_MAX = 29000, STREAMING_MAX = 900000 };

static const char *const contents[] = {"CONVERT_TO_BINARY", "CONVERT_TO_TEXT", NULL};
static const char *const passthroughs[] = {"WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER", NULL};

static const struct field integration_fields[] = {
    {"lambda", FIELD_TEXT, .lambda = true},
    {"type", FIELD_NAME},
    {"uri", FIELD_TEXT},
    {"http_method", FIELD_TEXT},
    {"parameters", FIELD_TEXT_MAP},
    {"responses", FIELD_LIST},
    {"timeout_in_millis", FIELD_INT, .min = TIMEOUT_MIN, .max = STREAMING_MAX,
     .unit = "milliseconds"},
    {"streaming", FIELD_FLAG},
    {"content_handling", FIELD_CHOICE, .choices = contents},
    {"passthrough_behavior", FIELD_CHOICE, .choices = passthroughs},
    {"cache_key_parameters", FIELD_TEXTS},
    {"cache_namespace", FIELD_TEXT},
    {"credentials", FIELD_TEXT},
    {"vpc_link", FIELD_TEXT},
};

static const struct field response_fields[] = {
    {"pattern", FIELD_TEXT},
    {"code", FIELD_TEXT},
    {"parameters", FIELD_TEXT_MAP},
    {"template", FIELD_TEXT_MAP},
    {"content_handling", FIELD_CHOICE, .choices = contents},
};

/* The types of integrations: whether they call a lambda, and a uri. */
static const struct {
    const char *type;
    bool lambda, uri;
} integrations[] = {
    {"AWS", .lambda = true, .uri = true},
    {"AWS_PROXY", .lambda = true},
    {"HTTP", .uri = true},
    {"HTTP_PROXY", .uri = true},
    {"MOCK"},
};

bool api_calls_lambda(const struct api_method *method)
{
    return node_set(node_get(method->integration, "lambda"));
}

bool api_lambda_read(const struct model *model, const struct node *value,
                     const struct lambda **lambda)
{
    *lambda = NULL;
    if (node_dynamic(value) || str_starts(value->text, "arn:"))
        return true;
    *lambda = lambda_find(model, value);
    return *lambda != NULL;
}

json_t *api_lambda_arn(const struct model *model, const struct node *value,
                       const struct lambda *lambda)
{
    return lambda ? lambda_alias(lambda) : reference_value(model, value, WANT_ARN);
}

static bool find_type(struct api_method *method, const struct node *type, bool lambda, bool uri)
{
    const char *name = node_set(type) ? type->text : lambda ? "AWS" : "";
    for (size_t i = 0; i < countof(integrations); i++)
        if (strcasecmp(integrations[i].type, name) == 0) {
            method->type = integrations[i].type;
            if (integrations[i].lambda == lambda || (!lambda && uri && integrations[i].uri))
                return true;
            return diag_error(EXIT_INTEGRATION, type->pos,
                              lambda ? "the type %s takes no lambda; a lambda has the type AWS or "
                                       "AWS_PROXY"
                                     : "the type %s needs a 'lambda'",
                              method->type);
        }
    if (node_set(type))
        return diag_error(EXIT_INTEGRATION, type->pos,
                          "'%s' is no type of an integration; there are AWS and AWS_PROXY with a "
                          "lambda, HTTP and HTTP_PROXY with a uri, and MOCK",
                          type->text);
    return diag_error(EXIT_INTEGRATION, method->integration->pos,
                      "an integration needs a 'lambda', or a 'type': HTTP, HTTP_PROXY or MOCK");
}

/* An address of HTTP, or what a service of AWS does, as an ARN. */
static bool check_address(const struct node *uri, bool http)
{
    const char *text = uri->text;
    if (node_dynamic(uri) || (http ? str_starts(text, "http://") || str_starts(text, "https://")
                                   : str_starts(text, "arn:")))
        return true;
    return diag_error(EXIT_VALUE, uri->pos,
                      http ? "uri begins with http:// or https://, unlike '%s'"
                           : "uri is arn:aws:apigateway:<region>:<service>:action/<Action>, or "
                             "path/<path>, not '%s'",
                      text);
}

static bool check_uri(const struct api_method *method, const struct node *type,
                      const struct node *uri)
{
    bool wanted = strncmp(method->type, "HTTP", 4) == 0;
    bool service = strcmp(method->type, "AWS") == 0 && !api_calls_lambda(method);
    if (wanted && !node_set(uri))
        return diag_error(EXIT_INTEGRATION, type->pos, "the type %s needs a 'uri'", method->type);
    if (!wanted && !service && node_set(uri))
        return diag_error(EXIT_INTEGRATION, uri->pos, "the type %s takes no uri", method->type);
    return !node_set(uri) || check_address(uri, wanted);
}

/* A lambda is called by the role of the API. A service needs another one. */
static bool check_credentials(const struct api_method *method)
{
    const struct node *credentials = node_get(method->integration, "credentials");
    const struct node *uri = node_get(method->integration, "uri");
    bool service = strcmp(method->type, "AWS") == 0 && !api_calls_lambda(method);
    if (service && !node_set(credentials))
        return diag_error(EXIT_INTEGRATION, uri->pos,
                          "a service of AWS needs 'credentials': the ARN of a role that may call "
                          "it, which API Gateway assumes");
    return service || !node_set(credentials) ||
           diag_error(EXIT_INTEGRATION, credentials->pos,
                      api_calls_lambda(method)
                          ? "a lambda is called by the role of the API; leave out "
                            "credentials"
                          : "the type %s takes no credentials",
                      method->type);
}

static bool check_link(const struct model *model, const struct api_method *method)
{
    const struct node *link = node_get(method->integration, "vpc_link");
    if (!node_set(link))
        return true;
    return strncmp(method->type, "HTTP", 4) == 0
               ? vpc_link_check(model, link, true)
               : diag_error(EXIT_INTEGRATION, link->pos,
                            "the type %s takes no vpc_link; HTTP and HTTP_PROXY do", method->type);
}

static bool is_streaming(const struct api_method *method)
{
    return schema_flag(node_get(method->integration, "streaming"), false);
}

static bool check_streaming(const struct api_method *method)
{
    return !is_streaming(method) || str_ends(method->type, "_PROXY") ||
           diag_error(EXIT_INTEGRATION, node_get(method->integration, "streaming")->pos,
                      "the type %s cannot stream; AWS_PROXY and HTTP_PROXY can", method->type);
}

static bool check_type(const struct model *model, struct api_method *method)
{
    const struct node *map = method->integration;
    const struct node *lambda = node_get(map, "lambda"), *type = node_get(map, "type");
    const struct node *uri = node_get(map, "uri");
    if (!find_type(method, type, node_set(lambda), node_set(uri)))
        return false;
    if (node_set(lambda) && !api_lambda_read(model, lambda, &method->lambda))
        return false;
    if (!check_uri(method, type, uri) || !check_credentials(method))
        return false;
    bool ok = check_link(model, method);
    return check_streaming(method) && ok;
}

bool api_integration_read(const struct model *model, struct api_method *method)
{
    if (!schema_check(integration_fields, countof(integration_fields), method->integration,
                      method->place, "an integration"))
        return false;
    bool ok = api_check_responses(node_get(method->integration, "responses"), response_fields,
                                  countof(response_fields), "pattern", "");
    const struct node *verb = node_get(method->integration, "http_method");
    if (node_set(verb) && !node_dynamic(verb))
        ok = api_verb(verb) && ok;
    return check_type(model, method) && ok;
}

bool api_integration_check(const struct api *api, const struct api_method *method)
{
    const struct node *timeout = node_get(method->integration, "timeout_in_millis");
    if (schema_int(timeout, 0) <= TIMEOUT_MAX || is_streaming(method) ||
        !api_is_edge(api->settings))
        return true;
    return diag_error(EXIT_RESOURCE, timeout->pos,
                      "an edge endpoint waits at most %d milliseconds; for more, set endpoint: "
                      "regional, and raise the quota of the account",
                      TIMEOUT_MAX);
}

/* clang-format off */
static json_t *integration_response(const struct node *node)
{
    const struct node *content = node_get(node, "content_handling");
    return json_pack("{s:o, s:o, s:o*, s:o*, s:o*}",
        "SelectionPattern", api_text(node_get(node, "pattern"), ""),
        "StatusCode", api_text(node_get(node, "code"), "200"),
        "ResponseParameters", api_map(node_get(node, "parameters")),
        "ResponseTemplates", api_map(node_get(node, "template")),
        "ContentHandling", node_set(content) ? cfn_choice(content, contents) : NULL);
}

json_t *api_lambda_uri(json_t *arn, bool streaming)
{
    return cfn_join("", json_pack("[s, o, s, o, s, o, s]",
        "arn:", cfn_ref("AWS::Partition"), ":apigateway:", cfn_ref("AWS::Region"),
        streaming ? ":lambda:path/2021-11-15/functions/" : ":lambda:path/2015-03-31/functions/",
        arn, streaming ? "/response-streaming-invocations" : "/invocations"));
}
/* clang-format on */

static json_t *uri(const struct model *model, const struct api_method *method)
{
    const struct node *lambda = node_get(method->integration, "lambda");
    return api_calls_lambda(method)
               ? api_lambda_uri(api_lambda_arn(model, lambda, method->lambda), is_streaming(method))
               : cfn_value(node_get(method->integration, "uri"));
}

static json_t *credentials(const struct api *api, const struct api_method *method)
{
    return api_calls_lambda(method) ? cfn_att(api->role_id, "Arn")
                                    : cfn_value(node_get(method->integration, "credentials"));
}

static void set(json_t *object, const char *name, json_t *value)
{
    if (value)
        json_object_set_new(object, name, value);
}

/* Sets what most integrations do not have. */
static void set_rare(json_t *integration, const struct node *settings)
{
    const struct node *content = node_get(settings, "content_handling");
    const struct node *passthrough = node_get(settings, "passthrough_behavior");
    const struct node *keys = node_get(settings, "cache_key_parameters");
    const struct node *timeout = node_get(settings, "timeout_in_millis");
    const struct node *link = node_get(settings, "vpc_link");
    json_t *list = json_array();
    for (size_t i = 0; i < node_items(keys); i++)
        json_array_append_new(list, cfn_value(node_item(keys, i)));
    set(integration, "CacheKeyParameters", node_items(keys) ? json_incref(list) : NULL);
    set(integration, "CacheNamespace", cfn_value(node_get(settings, "cache_namespace")));
    set(integration, "ConnectionId", cfn_value(link));
    set(integration, "ConnectionType", node_set(link) ? json_string("VPC_LINK") : NULL);
    set(integration, "ContentHandling", node_set(content) ? cfn_choice(content, contents) : NULL);
    set(integration, "PassthroughBehavior",
        node_set(passthrough) ? cfn_choice(passthrough, passthroughs) : NULL);
    set(integration, "ResponseTransferMode",
        schema_flag(node_get(settings, "streaming"), false) ? json_string("STREAM") : NULL);
    set(integration, "TimeoutInMillis", cfn_optional_int(timeout));
    json_decref(list);
}

/* clang-format off */
json_t *api_integration_cfn(const struct model *model, const struct api *api,
                            const struct api_method *method)
{
    const struct node *settings = method->integration;
    bool posts = strncmp(method->type, "AWS", 3) == 0;
    json_t *integration = json_pack("{s:o*, s:o, s:o, s:o*, s:o*, s:s, s:o*}",
        "Credentials", credentials(api, method),
        "IntegrationHttpMethod", api_text(node_get(settings, "http_method"), posts ? "POST" : "GET"),
        "IntegrationResponses", api_responses_cfn(node_get(settings, "responses"),
                                                  integration_response),
        "RequestParameters", api_map(node_get(settings, "parameters")),
        "RequestTemplates", api_map(node_get(method->settings, "request_templates")),
        "Type", method->type,
        "Uri", uri(model, method));
    set_rare(integration, settings);
    return integration;
}
/* clang-format on */
