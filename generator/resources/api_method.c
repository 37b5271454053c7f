#include <string.h>

#include "resources/api_method.h"
#include "resources/lambda.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

#define METHOD_FIELDS                                                                              \
    {"api_key_required", FIELD_FLAG}, {"authorization_type", FIELD_TEXT},                          \
        {"parameters", FIELD_MAP}, {"request_templates", FIELD_MAP}, {"responses", FIELD_LIST},    \
    {                                                                                              \
        "integration", FIELD_MAP                                                                   \
    }

static const struct field path_fields[] = {
    {"methods", FIELD_ANY, .required = true},
    METHOD_FIELDS,
};

static const struct field method_fields[] = {METHOD_FIELDS};

static const struct field integration_fields[] = {
    {"lambda", FIELD_NAME},      {"type", FIELD_NAME},      {"uri", FIELD_TEXT},
    {"http_method", FIELD_TEXT}, {"parameters", FIELD_MAP}, {"responses", FIELD_LIST},
};

static const struct field method_response_fields[] = {
    {"code", FIELD_TEXT},
    {"parameters", FIELD_MAP},
    {"models", FIELD_MAP},
};

static const struct field integration_response_fields[] = {
    {"pattern", FIELD_TEXT},
    {"code", FIELD_TEXT},
    {"parameters", FIELD_MAP},
    {"template", FIELD_MAP},
};

static const char *const verbs[] = {"ANY",     "DELETE", "GET",  "HEAD",
                                    "OPTIONS", "PATCH",  "POST", "PUT"};

/* The types of integrations, and whether they call a lambda. */
static const struct {
    const char *type;
    bool lambda;
} integrations[] = {
    {"AWS", .lambda = true}, {"AWS_PROXY", .lambda = true}, {"HTTP"}, {"HTTP_PROXY"}, {"MOCK"},
};

static bool read_verb(const struct node *node, const char **verb)
{
    const char *text = node_text(node);
    for (size_t i = 0; text && i < countof(verbs); i++)
        if (strcasecmp(text, verbs[i]) == 0) {
            *verb = verbs[i];
            return true;
        }
    if (!text)
        return diag_error(EXIT_VALUE, node->pos, "a method is text, not %s", node_kind_words(node));
    return diag_error(
        EXIT_VALUE, node->pos,
        "'%s' is no method; there are ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST and "
        "PUT",
        text);
}

/* A status code is [1-5][0-9][0-9] for API Gateway. */
static bool check_code(const struct node *code)
{
    const char *text = node_text(code);
    if (!text || node_dynamic(code) ||
        (strlen(text) == 3 && str_is_made_of(text, STR_DIGITS) && text[0] >= '1' && text[0] <= '5'))
        return true;
    return diag_error(EXIT_VALUE, code->pos, "a response's code is 100 to 599, not '%s'", text);
}

/* Reports a second response with one code, or one pattern, which AWS refuses. */
static bool check_response_once(const struct node *list, size_t i, const char *key,
                                const char *fallback)
{
    const struct node *node = node_get(list->items[i], key);
    const char *text = node_text(node) ? node->text : fallback;
    for (size_t j = 0; j < i; j++) {
        const struct node *other = node_get(list->items[j], key);
        if (strcmp(node_text(other) ? other->text : fallback, text) != 0)
            continue;
        diag_error(EXIT_RESOURCE, list->items[i]->pos, "a second response with the %s '%s'", key,
                   text);
        diag_note(list->items[j]->pos, "the first one is here");
        return false;
    }
    return true;
}

static bool check_responses(const struct node *list, const struct field *fields, size_t n,
                            const char *unique, const char *fallback)
{
    bool ok = true;
    for (size_t i = 0; node_set(list) && i < list->count; i++)
        ok = schema_check(fields, n, list->items[i], list->items[i], "a response") &&
             check_code(node_get(list->items[i], "code")) &&
             check_response_once(list, i, unique, fallback) && ok;
    return ok;
}

static bool check_authorization(const struct node *type)
{
    static const char *const types[] = {"NONE", "AWS_IAM"};
    static const char *const with_authorizer[] = {"CUSTOM", "COGNITO_USER_POOLS"};
    const char *text = node_text(type);
    if (!text || node_dynamic(type) || str_one_of(text, types, countof(types)))
        return true;
    if (str_one_of(text, with_authorizer, countof(with_authorizer)))
        return diag_error(EXIT_VALUE, type->pos,
                          "%s needs an authorizer, which no setting can name, so AWS would refuse "
                          "the method; use AWS_IAM or NONE",
                          text);
    return diag_error(EXIT_VALUE, type->pos,
                      "'%s' is no authorization_type; there are NONE and AWS_IAM", text);
}

static bool check_templates(const struct node *map)
{
    bool ok = true;
    for (size_t i = 0; node_set(map) && i < map->count; i++)
        if (map->entries[i].value->kind >= NODE_LIST)
            ok = diag_error(EXIT_VALUE, map->entries[i].value->pos,
                            "a request template is text, not %s; write it as a block after '|'",
                            node_kind_words(map->entries[i].value));
    return ok;
}

static bool find_type(struct api_method *method, const struct node *type, bool lambda)
{
    const char *name = node_set(type) ? type->text : lambda ? "AWS" : "";
    for (size_t i = 0; i < countof(integrations); i++)
        if (strcasecmp(integrations[i].type, name) == 0) {
            method->type = integrations[i].type;
            if (integrations[i].lambda == lambda)
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

static bool check_uri(const struct api_method *method, const struct node *type,
                      const struct node *uri)
{
    bool wanted = strncmp(method->type, "HTTP", 4) == 0;
    if (wanted && !node_set(uri))
        return diag_error(EXIT_INTEGRATION, type->pos, "the type %s needs a 'uri'", method->type);
    if (!wanted && node_set(uri))
        return diag_error(EXIT_INTEGRATION, uri->pos, "the type %s takes no uri", method->type);
    return true;
}

/* Reads a lambda (type AWS or AWS_PROXY), HTTP or HTTP_PROXY with a uri, or MOCK. */
static bool read_integration(const struct model *model, struct api_method *method)
{
    const struct node *map = method->integration;
    const struct node *lambda = node_get(map, "lambda"), *type = node_get(map, "type");
    if (!find_type(method, type, node_set(lambda)) ||
        !check_uri(method, type, node_get(map, "uri")))
        return false;
    if (node_set(lambda))
        method->lambda = lambda_find(model, lambda);
    return !node_set(lambda) || method->lambda;
}

static bool read_method(const struct model *model, struct api_method *method)
{
    const struct node *settings = method->settings;
    method->integration = node_get(settings, "integration");
    if (!node_set(method->integration))
        return diag_error(EXIT_INTEGRATION, method->place->pos,
                          "the method %s needs an integration", method->verb);
    bool ok = check_responses(node_get(settings, "responses"), method_response_fields,
                              countof(method_response_fields), "code", "200");
    ok = check_authorization(node_get(settings, "authorization_type")) && ok;
    ok = check_templates(node_get(settings, "request_templates")) && ok;
    if (!schema_check(integration_fields, countof(integration_fields), method->integration,
                      method->place, "an integration"))
        return false;
    ok = check_responses(node_get(method->integration, "responses"), integration_response_fields,
                         countof(integration_response_fields), "pattern", "") &&
         ok;
    const char *verb;
    const struct node *http_method = node_get(method->integration, "http_method");
    if (node_set(http_method) && !node_dynamic(http_method))
        ok = read_verb(http_method, &verb) && ok;
    return read_integration(model, method) && ok;
}

static bool add_method(const struct model *model, struct api_method method, const struct node *verb,
                       struct api_method **methods, size_t *count)
{
    method.place = verb;
    if (!read_verb(verb, &method.verb))
        return false;
    for (size_t i = 0; i < *count; i++)
        if ((*methods)[i].verb == method.verb && strcmp((*methods)[i].path, method.path) == 0)
            return diag_error(EXIT_DUPLICATE, verb->pos, "the method %s stands twice", method.verb);
    if (!read_method(model, &method))
        return false;
    array_push(model->arena, *methods, *count, method);
    return true;
}

/* Reads a map of methods, each with its own settings. Settings beside the map have no effect, which
 * is a warning. */
static bool read_map(const struct model *model, struct api_method method, const struct node *map,
                     struct api_method **methods, size_t *count)
{
    bool ok = true;
    for (size_t i = 0; i < method.settings->count; i++)
        if (method.settings->entries[i].value != map)
            diag_warning(method.settings->entries[i].key->pos,
                         "'%s' does nothing here: each of the methods has its own settings",
                         method.settings->entries[i].key->text);
    for (size_t i = 0; i < map->count; i++) {
        method.settings = map->entries[i].value;
        ok = schema_check(method_fields, countof(method_fields), method.settings,
                          map->entries[i].key, "a method") &&
             add_method(model, method, map->entries[i].key, methods, count) && ok;
    }
    return ok;
}

bool api_methods_read(const struct model *model, const char *path, const struct node *key,
                      const struct node *settings, struct api_method **methods, size_t *count)
{
    struct api_method method = {.key = key, .path = path, .settings = settings};
    if (!schema_check(path_fields, countof(path_fields), settings, key, "a path"))
        return false;
    const struct node *list = node_get(settings, "methods");
    bool ok = true;
    if (list->kind == NODE_MAP)
        return read_map(model, method, list, methods, count);
    if (list->kind != NODE_LIST)
        return add_method(model, method, list, methods, count);
    for (size_t i = 0; i < list->count; i++)
        ok = add_method(model, method, list->items[i], methods, count) && ok;
    return ok;
}

static json_t *text(const struct node *node, const char *fallback)
{
    return node_dynamic(node) ? cfn_value(node)
                              : json_string(node_text(node) ? node->text : fallback);
}

/* Returns the map as JSON, or NULL if it is empty. */
static json_t *map(const struct node *node)
{
    return node_set(node) && node->count ? cfn_value(node) : NULL;
}

/* clang-format off */
static json_t *method_response(const struct node *node)
{
    return json_pack("{s:o, s:o*, s:o*}",
        "StatusCode", text(node_get(node, "code"), "200"),
        "ResponseParameters", map(node_get(node, "parameters")),
        "ResponseModels", map(node_get(node, "models")));
}

static json_t *integration_response(const struct node *node)
{
    return json_pack("{s:o, s:o, s:o*, s:o*}",
        "SelectionPattern", text(node_get(node, "pattern"), ""),
        "StatusCode", text(node_get(node, "code"), "200"),
        "ResponseParameters", map(node_get(node, "parameters")),
        "ResponseTemplates", map(node_get(node, "template")));
}

/* Returns the responses; a single 200 if there are none. */
static json_t *responses(const struct node *list, json_t *(*response)(const struct node *node))
{
    if (!node_set(list) || !list->count)
        return json_pack("[o]", response(NULL));
    json_t *all = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(all, response(list->items[i]));
    return all;
}

static json_t *uri(const struct api_method *method)
{
    if (!method->lambda)
        return cfn_value(node_get(method->integration, "uri"));
    return cfn_join("", json_pack("[s, o, s, o, s, o, s]",
        "arn:", cfn_ref("AWS::Partition"), ":apigateway:", cfn_ref("AWS::Region"),
        ":lambda:path/2015-03-31/functions/",
        lambda_alias(method->lambda), "/invocations"));
}

static json_t *integration(const struct api_method *method, const char *role_id)
{
    const struct node *settings = method->integration;
    return json_pack("{s:o*, s:o, s:o, s:o*, s:o*, s:s, s:o*}",
        "Credentials", method->lambda ? cfn_att(role_id, "Arn") : NULL,
        "IntegrationHttpMethod", text(node_get(settings, "http_method"),
                                      method->lambda ? "POST" : "GET"),
        "IntegrationResponses", responses(node_get(settings, "responses"), integration_response),
        "RequestParameters", map(node_get(settings, "parameters")),
        "RequestTemplates", map(node_get(method->settings, "request_templates")),
        "Type", method->type,
        "Uri", uri(method));
}

json_t *api_method_cfn(const struct api_method *method, const char *api_id, const char *role_id,
                       json_t *resource)
{
    const struct node *settings = method->settings;
    return json_pack("{s:s, s:{s:b, s:o, s:s, s:o, s:o, s:o*, s:o, s:o}}",
        "Type", "AWS::ApiGateway::Method",
        "Properties",
            "ApiKeyRequired", schema_flag(node_get(settings, "api_key_required"), false),
            "AuthorizationType", text(node_get(settings, "authorization_type"), "NONE"),
            "HttpMethod", method->verb,
            "Integration", integration(method, role_id),
            "MethodResponses", responses(node_get(settings, "responses"), method_response),
            "RequestParameters", map(node_get(settings, "parameters")),
            "ResourceId", resource,
            "RestApiId", cfn_ref(api_id));
}
/* clang-format on */
