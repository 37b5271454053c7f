#include <string.h>

#include "apis/api.h"
#include "apis/api_endpoint.h"
#include "apis/api_part.h"
#include "resources/model.h"
#include "resources/policy_check.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { COMPRESSION_MAX = 10485760 };

static const char *const types[] = {"EDGE", "REGIONAL", "PRIVATE", NULL};
static const char *const addresses[] = {"ipv4", "dualstack", NULL};
static const char *const key_sources[] = {"HEADER", "AUTHORIZER", NULL};
static const char edge[] = "EDGE", private[] = "PRIVATE";

static const struct field fields[] = {
    {"endpoint", FIELD_ANY},
    {"policy", FIELD_ENTRIES},
    {"binary_media_types", FIELD_TEXTS},
    {"minimum_compression_size", FIELD_INT, .max = COMPRESSION_MAX, .unit = "bytes"},
    {"disable_execute_api_endpoint", FIELD_FLAG},
    {"api_key_source", FIELD_CHOICE, .choices = key_sources},
};

static const struct field endpoint_fields[] = {
    {"type", FIELD_CHOICE, .choices = types},
    {"vpc_endpoints", FIELD_TEXTS},
    {"ip_address_type", FIELD_CHOICE, .choices = addresses},
};

/* `endpoint` is the type, or a map that has it. */
static const struct node *type_node(const struct node *endpoint)
{
    bool map = endpoint && endpoint->kind == NODE_MAP && !node_dynamic(endpoint);
    return map ? node_get(endpoint, "type") : endpoint;
}

/* EDGE, REGIONAL or PRIVATE; NULL if only CloudFormation knows it. */
static const char *type_of(const struct node *settings)
{
    const struct node *type = type_node(node_get(settings, "endpoint"));
    if (node_get(node_get(settings, "properties"), "EndpointConfiguration"))
        return NULL;
    return node_set(type) ? schema_choice(type, types) : edge;
}

bool api_is_edge(const struct node *settings)
{
    const char *type = type_of(settings);
    return type && strcmp(type, edge) == 0;
}

static bool check_endpoint(const struct model *model, const struct node *endpoint)
{
    static const char *const wanted[] = {"AWS::EC2::VPCEndpoint", NULL};
    static const struct field field = {"endpoint", FIELD_CHOICE, .choices = types};
    if (!node_set(endpoint))
        return true;
    if (type_node(endpoint) == endpoint)
        return schema_check_value(&field, endpoint);
    if (!schema_check(endpoint_fields, countof(endpoint_fields), endpoint, endpoint, "an endpoint"))
        return false;
    const struct node *ids = node_get(endpoint, "vpc_endpoints");
    bool ok = true;
    for (size_t i = 0; i < node_items(ids); i++)
        ok = reference_check(model, node_item(ids, i), wanted, "a VPC endpoint") && ok;
    return ok;
}

/* What the type of the endpoint asks of other settings. */
static bool check_type(const struct api *api)
{
    const struct node *settings = api->settings, *endpoint = node_get(settings, "endpoint");
    const struct node *ids = node_get(endpoint, "vpc_endpoints");
    const char *type = type_of(settings);
    if (!type)
        return true;
    if (strcmp(type, private) != 0)
        return !node_set(ids) || diag_error(EXIT_RESOURCE, ids->pos,
                                            "vpc_endpoints are for the type private, not %s", type);
    return node_set(node_get(settings, "policy")) ||
           node_get(node_get(settings, "properties"), "Policy") ||
           diag_error(EXIT_REQUIRED, endpoint->pos,
                      "API Gateway deploys no private API without a 'policy'; allow "
                      "execute-api:Invoke to the VPC or to its endpoints");
}

/* A document, a statement, or a list of statements. */
static bool check_policy(const struct node *policy)
{
    bool ok = true;
    if (!node_set(policy) || node_dynamic(policy))
        return true;
    if (node_get(policy, "Statement"))
        return policy_check(policy, POLICY_OF_RESOURCE);
    if (!node_items(policy))
        return diag_error(EXIT_VALUE, policy->pos, "a policy has at least one statement");
    for (size_t i = 0; i < node_items(policy); i++) {
        const struct node *item = node_item(policy, i);
        if (policy_is_statement(item))
            ok = policy_check(item, POLICY_OF_RESOURCE) && ok;
        else
            ok = diag_error(EXIT_VALUE, item->pos,
                            "a policy is a document with a Statement, or statements with an "
                            "Effect");
    }
    return ok;
}

static bool check_media(const struct node *media)
{
    bool ok = true;
    for (size_t i = 0; i < node_items(media); i++) {
        const struct node *item = node_item(media, i);
        const char *slash = node_dynamic(item) ? "/" : strchr(item->text, '/');
        if (!slash || strchr(slash + 1, '/') || strstr(item->text, "~1"))
            ok = diag_error(EXIT_VALUE, item->pos,
                            "a media type is written as image/png, image/* or */*, not '%s'",
                            item->text);
    }
    return ok;
}

static bool read(const struct model *model, struct api *api)
{
    bool ok = check_endpoint(model, node_get(api->settings, "endpoint")) && check_type(api);
    ok = check_policy(node_get(api->settings, "policy")) && ok;
    return check_media(node_get(api->settings, "binary_media_types")) && ok;
}

static json_t *list(const struct model *model, const struct node *values)
{
    if (!node_items(values))
        return NULL;
    json_t *all = json_array();
    for (size_t i = 0; i < node_items(values); i++)
        json_array_append_new(all, reference_value(model, node_item(values, i), WANT_ID));
    return all;
}

static json_t *endpoint_cfn(const struct model *model, const struct node *endpoint)
{
    const struct node *type = type_node(endpoint), *address = node_get(endpoint, "ip_address_type");
    if (!node_set(endpoint))
        return NULL;
    return json_pack("{s:o*, s:o*, s:o*}", "Types",
                     node_set(type) ? json_pack("[o]", cfn_choice(type, types)) : NULL,
                     "VpcEndpointIds", list(model, node_get(endpoint, "vpc_endpoints")),
                     "IpAddressType", node_set(address) ? cfn_choice(address, addresses) : NULL);
}

static json_t *policy_cfn(const struct node *policy)
{
    if (!node_set(policy) || node_dynamic(policy) || node_get(policy, "Statement"))
        return cfn_value(policy);
    json_t *statements = json_array();
    for (size_t i = 0; i < node_items(policy); i++)
        json_array_append_new(statements, cfn_value(node_item(policy, i)));
    return json_pack("{s:s, s:o}", "Version", "2012-10-17", "Statement", statements);
}

static void set(json_t *properties, const char *name, json_t *value)
{
    if (value)
        json_object_set_new(properties, name, value);
}

static void write_api(struct api_writer *w, json_t *properties)
{
    const struct node *settings = w->api->settings;
    const struct node *size = node_get(settings, "minimum_compression_size");
    const struct node *disable = node_get(settings, "disable_execute_api_endpoint");
    const struct node *source = node_get(settings, "api_key_source");
    set(properties, "EndpointConfiguration",
        endpoint_cfn(w->model, node_get(settings, "endpoint")));
    set(properties, "Policy", policy_cfn(node_get(settings, "policy")));
    set(properties, "BinaryMediaTypes", list(w->model, node_get(settings, "binary_media_types")));
    set(properties, "MinimumCompressionSize", cfn_optional_int(size));
    set(properties, "DisableExecuteApiEndpoint",
        node_set(disable) ? json_boolean(schema_flag(disable, false)) : NULL);
    set(properties, "ApiKeySourceType", node_set(source) ? cfn_choice(source, key_sources) : NULL);
}

const struct api_subject api_endpoint = {
    .fields = fields, .nfields = countof(fields), .read = read, .write_api = write_api};
