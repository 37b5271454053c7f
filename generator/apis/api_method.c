#include <string.h>

#include "apis/api.h"
#include "apis/api_integration.h"
#include "apis/api_method.h"
#include "apis/api_parameter.h"
#include "apis/api_part.h"
#include "apis/api_value.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field method_fields[] = {
    {"api_key_required", FIELD_FLAG},
    {"parameters", FIELD_TEXT_MAP},
    {"request_templates", FIELD_TEXT_MAP},
    {"responses", FIELD_LIST},
    {"integration", FIELD_MAP},
};

static const struct field response_fields[] = {
    {"code", FIELD_TEXT},
    {"parameters", FIELD_TEXT_MAP},
    {"models", FIELD_TEXT_MAP},
};

static bool read_method(const struct model *model, const struct api *api, struct api_method *method)
{
    const struct node *settings = method->settings;
    method->integration = node_get(settings, "integration");
    if (!node_set(method->integration))
        return diag_error(EXIT_INTEGRATION, method->place->pos,
                          "the method %s needs an integration", method->verb);
    bool ok = api_check_responses(node_get(settings, "responses"), response_fields,
                                  countof(response_fields), "code", "200");
    if (!api_integration_read(model, method) || !ok)
        return false;
    ok = api_parameters_check(method);
    return api_integration_check(api, method) && ok;
}

static bool add_method(const struct model *model, struct api *api, struct api_method method,
                       const struct node *verb)
{
    method.place = verb;
    method.verb = api_verb(verb);
    if (!method.verb)
        return false;
    for (size_t i = 0; i < api->nmethods; i++)
        if (api->methods[i].verb == method.verb && strcmp(api->methods[i].path, method.path) == 0)
            return diag_error(EXIT_DUPLICATE, verb->pos, "the method %s stands twice", method.verb);
    if (!api_words_read_method(model, api, &method))
        return false;
    array_push(model->arena, api->methods, api->nmethods, method);
    return true;
}

/* Reads a map of methods, each with its own settings. Settings beside the map have no effect, which
 * is a warning. */
static bool read_map(const struct model *model, struct api *api, struct api_method method,
                     const struct node *map)
{
    bool ok = true;
    size_t n;
    const struct field *fields = api_method_fields(&n);
    for (size_t i = 0; i < method.settings->count; i++)
        if (method.settings->entries[i].value != map)
            diag_warning(method.settings->entries[i].key->pos,
                         "'%s' does nothing here: each of the methods has its own settings",
                         method.settings->entries[i].key->text);
    for (size_t i = 0; i < map->count; i++) {
        method.settings = map->entries[i].value;
        ok = schema_check(fields, n, method.settings, map->entries[i].key, "a method") &&
             add_method(model, api, method, map->entries[i].key) && ok;
    }
    return ok;
}

bool api_methods_read(const struct model *model, struct api *api, const char *path,
                      const struct node *key, const struct node *settings)
{
    struct api_method method = {.key = key, .path = path, .settings = settings};
    size_t n;
    const struct field *fields = api_path_fields(&n);
    if (!schema_check(fields, n, settings, key, "a path"))
        return false;
    const struct node *list = node_get(settings, "methods");
    bool ok = true;
    if (list->kind >= NODE_LIST && !list->count)
        return diag_error(EXIT_VALUE, list->pos, "methods has at least one, as in methods: GET");
    if (list->kind == NODE_MAP)
        return read_map(model, api, method, list);
    if (list->kind != NODE_LIST)
        return add_method(model, api, method, list);
    for (size_t i = 0; i < list->count; i++)
        ok = add_method(model, api, method, list->items[i]) && ok;
    return ok;
}

/* clang-format off */
static json_t *method_response(const struct node *node)
{
    return json_pack("{s:o, s:o*, s:o*}",
        "StatusCode", api_text(node_get(node, "code"), "200"),
        "ResponseParameters", api_map(node_get(node, "parameters")),
        "ResponseModels", api_map(node_get(node, "models")));
}

json_t *api_method_cfn(const struct model *model, const struct api *api,
                       const struct api_method *method, json_t *resource)
{
    const struct node *settings = method->settings;
    return json_pack("{s:s, s:{s:b, s:s, s:s, s:o, s:o, s:o*, s:o, s:o}}",
        "Type", "AWS::ApiGateway::Method",
        "Properties",
            "ApiKeyRequired", schema_flag(api_word(api, method, "api_key_required"), false),
            "AuthorizationType", "NONE",
            "HttpMethod", method->verb,
            "Integration", api_integration_cfn(model, api, method),
            "MethodResponses", api_responses_cfn(node_get(settings, "responses"), method_response),
            "RequestParameters", api_map(node_get(settings, "parameters")),
            "ResourceId", resource,
            "RestApiId", cfn_ref(api->id));
}
/* clang-format on */

const struct api_subject api_methods = {.method_fields = method_fields,
                                        .nmethod_fields = countof(method_fields),
                                        .read_method = read_method};
