#include <string.h>
#include <strings.h>

#include "apis/api.h"
#include "apis/api_cors.h"
#include "apis/api_parameter.h"
#include "apis/api_part.h"
#include "apis/api_response.h"
#include "apis/api_value.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"gateway_responses", FIELD_MAP}};

static const struct field response_fields[] = {
    {"code", FIELD_TEXT},
    {"headers", FIELD_TEXT_MAP},
    {"parameters", FIELD_TEXT_MAP},
    {"template", FIELD_TEXT_MAP},
};

/* API Gateway Developer Guide, "Gateway response types for API Gateway". */
static const char *const types[] = {
    "ACCESS_DENIED",
    "API_CONFIGURATION_ERROR",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "AUTHORIZER_FAILURE",
    "BAD_REQUEST_BODY",
    "BAD_REQUEST_PARAMETERS",
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "EXPIRED_TOKEN",
    "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT",
    "INVALID_API_KEY",
    "INVALID_SIGNATURE",
    "MISSING_AUTHENTICATION_TOKEN",
    "QUOTA_EXCEEDED",
    "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND",
    "THROTTLED",
    "UNAUTHORIZED",
    "UNSUPPORTED_MEDIA_TYPE",
    "WAF_FILTERED",
};

/* The types that all others of their class take their headers from. */
static const char *const defaults[] = {"DEFAULT_4XX", "DEFAULT_5XX"};

static const char *type_of(const struct node *key)
{
    for (size_t i = 0; i < countof(types); i++)
        if (strcasecmp(types[i], key->text) == 0)
            return types[i];
    return NULL;
}

static bool check_type(const struct node *map, size_t i)
{
    const struct node *key = map->entries[i].key;
    const char *type = type_of(key);
    if (!type) {
        char *upper = strdup(key->text);
        for (char *c = upper; *c; c++)
            if (*c >= 'a' && *c <= 'z')
                *c = (char)(*c - 'a' + 'A');
        const char *near = str_nearest(upper, types, countof(types));
        diag_error(EXIT_VALUE, key->pos,
                   near ? "'%s' is no type of a gateway response; did you mean '%s'?"
                        : "'%s' is no type of a gateway response, such as DEFAULT_4XX",
                   key->text, near);
        free(upper);
        return false;
    }
    for (size_t k = 0; k < i; k++)
        if (type_of(map->entries[k].key) == type) {
            diag_error(EXIT_DUPLICATE, key->pos, "a second response of the type %s", type);
            diag_note(map->entries[k].key->pos, "the first one is here");
            return false;
        }
    return true;
}

static bool read(const struct model *model, struct api *api)
{
    (void)model;
    const struct node *map = node_get(api->settings, "gateway_responses");
    bool ok = true;
    for (size_t i = 0; node_set(map) && i < map->count; i++) {
        const struct node *response = map->entries[i].value;
        ok = check_type(map, i) &&
             schema_check(response_fields, countof(response_fields), response, map->entries[i].key,
                          "a gateway response") &&
             api_check_code(node_get(response, "code")) &&
             api_gateway_parameters_check(node_get(response, "parameters")) && ok;
    }
    return ok;
}

/* Headers with fixed values, as `parameters` has them in API Gateway's own form. */
static json_t *parameters_cfn(const struct api *api, const struct node *response)
{
    const struct node *headers = node_get(response, "headers");
    json_t *all = api_map(node_get(response, "parameters"));
    all = all ? all : json_object();
    for (size_t i = 0; node_set(headers) && i < headers->count; i++) {
        struct buf name = {0};
        const struct node *value = headers->entries[i].value;
        buf_printf(&name, "gatewayresponse.header.%s", headers->entries[i].key->name);
        json_object_set_new(all, name.data,
                            node_dynamic(value)
                                ? cfn_join("", json_pack("[s, o, s]", "'", cfn_value(value), "'"))
                                : json_sprintf("'%s'", value->text));
        buf_free(&name);
    }
    api_cors_headers(api, all);
    if (json_object_size(all))
        return all;
    json_decref(all);
    return NULL;
}

/* `response` may be NULL: the response that API Gateway has anyway, with headers of CORS. */
static void write_response(struct api_writer *w, struct pos pos, const char *type,
                           const struct node *response)
{
    const char *id =
        arena_printf(w->arena, "%sGatewayResponse%s", w->api->name, name_id(w->arena, type, NULL));
    const struct node *code = node_get(response, "code");
    api_add_deployed(w, pos, id,
                     json_pack("{s:s, s:{s:o*, s:o*, s:s, s:o, s:o*}}", "Type",
                               "AWS::ApiGateway::GatewayResponse", "Properties",
                               "ResponseParameters", parameters_cfn(w->api, response),
                               "ResponseTemplates", api_map(node_get(response, "template")),
                               "ResponseType", type, "RestApiId", cfn_ref(w->api->id), "StatusCode",
                               node_set(code) ? api_text(code, "") : NULL));
}

static void write(struct api_writer *w)
{
    const struct node *map = node_get(w->api->settings, "gateway_responses");
    const struct node *cors = node_get(w->api->settings, "cors");
    bool done[countof(defaults)] = {false};
    for (size_t i = 0; node_set(map) && i < map->count; i++) {
        const char *type = type_of(map->entries[i].key);
        for (size_t k = 0; k < countof(defaults); k++)
            done[k] = done[k] || strcmp(defaults[k], type) == 0;
        write_response(w, map->entries[i].key->pos, type, map->entries[i].value);
    }
    for (size_t k = 0; schema_on(cors) && k < countof(defaults); k++)
        if (!done[k])
            write_response(w, cors->pos, defaults[k], NULL);
}

const struct api_subject api_responses = {
    .fields = fields, .nfields = countof(fields), .read = read, .write = write};
