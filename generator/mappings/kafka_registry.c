#include "mappings/kafka_registry.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "mappings/kafka_access.h"
#include "mappings/mapping_policy.h"
#include "mappings/mapping_source.h"
#include "resources/arn.h"
#include "resources/fragment.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const char *const formats[] = {"JSON", "SOURCE", NULL};
static const char *const attributes[] = {"KEY", "VALUE", NULL};

static const struct field fields[] = {
    {"uri", FIELD_TEXT, .required = true},
    {"format", FIELD_CHOICE, .required = true, .choices = formats},
    {"validate", FIELD_TEXTS, .required = true},
    {"authentication", FIELD_MAP},
};

/* API Reference, "KafkaSchemaRegistryAccessConfig". */
static const struct kafka_way ways[] = {
    {"basic", "BASIC_AUTH", 1},
    {"mtls", "CLIENT_CERTIFICATE_TLS_AUTH", 1},
    {"server_ca", "SERVER_ROOT_CA_CERTIFICATE", 1},
};

static const struct field way_fields[] = {
    {"basic", FIELD_TEXT},
    {"mtls", FIELD_TEXT},
    {"server_ca", FIELD_TEXT},
};

static const struct node *registry(const struct mapping *mapping)
{
    return node_get(mapping->settings, "schema_registry");
}

/* Returns what Fn::Join makes of the parts that are known. */
static const char *joined(struct arena *arena, const struct node *join)
{
    const char *separator = node_text(node_item(join, 0));
    const struct node *parts = node_item(join, 1);
    struct buf text = {0};
    for (size_t i = 0; i < node_items(parts); i++) {
        const struct node *part = node_item(parts, i);
        buf_adds(&text, i && separator ? separator : "");
        buf_adds(&text, node_text(part) && !node_dynamic(part) ? part->text : "");
    }
    buf_adds(&text, "");
    return buf_text(arena, &text);
}

/* Returns the text of a value, without what CloudFormation puts into it. */
static const char *known_text(struct arena *arena, const struct node *node)
{
    const char *rest, *sub = node_text(node_item(node_get(node, "Fn::Sub"), 0));
    const struct node *join = node_get(node, "Fn::Join");
    if (sub || join)
        return sub ? sub : joined(arena, join);
    return reference_of(node, &rest) == REFERENCE_SUB ? rest : node->text;
}

/* Whether it is a registry of Glue, as far as the build knows. */
static bool is_glue(const struct model *model, const struct node *node)
{
    const char *text = known_text(model->arena, node);
    const struct declared *resource = mapping_resource(model, node);
    return (resource && strcmp(resource->type, "AWS::Glue::Registry") == 0) ||
           (str_starts(text, "arn:") && strstr(text, ":glue:"));
}

/* Warns about a value of which only CloudFormation knows whether it is a registry of Glue. */
static void warn_unknown(const struct model *model, const struct mapping *mapping,
                         const struct node *node)
{
    static const char *const actions[2] = {"glue:getregistry"};
    if (node_dynamic(node) && !is_glue(model, node) &&
        !str_starts(known_text(model->arena, node), "http") && mapping->lambda &&
        !mapping_policies_allow(mapping->lambda, actions))
        diag_warning(
            node->pos,
            "the build does not know whether this is a registry of AWS Glue, so the lambda "
            "gets no permission for it; if it is one, write its ARN by sub://arn:...");
}

static bool check_uri(const struct model *model, const struct node *uri)
{
    static const char *const types[] = {"AWS::Glue::Registry", NULL};
    if (node_dynamic(uri))
        return reference_check(model, uri, types, "a registry of AWS Glue");
    const char *resource = arn_resource(uri->text, "glue");
    return ((resource && str_starts(resource, "registry/")) ||
            ((str_starts(uri->text, "https://") || str_starts(uri->text, "http://")) &&
             str_is_made_of(uri->text, STR_ALNUM "-/*:_+=.@"))) ||
           diag_error(
               EXIT_VALUE, uri->pos,
               "the uri of a schema registry is that of Confluent, https://..., or the ARN of "
               "a registry of AWS Glue, not '%s'",
               uri->text);
}

static bool check_validate(const struct model *model, const struct node *validate)
{
    bool ok = true;
    for (size_t i = 0; i < node_items(validate); i++)
        if (!schema_choice(node_item(validate, i), attributes))
            ok = diag_error(EXIT_VALUE, node_item(validate, i)->pos,
                            "validate is key, value or both, not %s",
                            node_words(model->arena, node_item(validate, i)));
    return ok;
}

static bool check_ways(const struct model *model, const struct node *map)
{
    bool ok = true;
    if (!node_set(map))
        return true;
    if (!schema_check_set(way_fields, countof(way_fields), map,
                          "the authentication of a schema registry"))
        return false;
    for (size_t i = 0; i < countof(ways); i++)
        if (node_set(node_get(map, ways[i].word)))
            ok = mapping_secret_check(model, node_get(map, ways[i].word), ways[i].word) && ok;
    return ok;
}

bool kafka_registry_check(const struct model *model, const struct mapping *mapping)
{
    const struct node *map = registry(mapping);
    if (!node_set(map))
        return true;
    if (!schema_check(fields, countof(fields), map, map, "a schema registry"))
        return false;
    bool ok = check_uri(model, node_get(map, "uri"));
    warn_unknown(model, mapping, node_get(map, "uri"));
    ok = check_validate(model, node_get(map, "validate")) && ok;
    ok = check_ways(model, node_get(map, "authentication")) && ok;
    return (node_set(node_get(mapping->settings, "pollers")) ||
            diag_error(
                EXIT_RESOURCE, map->pos,
                "Lambda has schema registries only in provisioned mode; set 'pollers', as in "
                "pollers: {min: 1}")) &&
           ok;
}

/* Returns the URI. That of a registry of a fragment is its ARN. */
static json_t *uri(const struct model *model, const struct node *map)
{
    const struct node *node = node_get(map, "uri");
    return reference_resource(model, node) ? cfn_att(node_ref(node), "Arn") : cfn_value(node);
}

/* clang-format off */
json_t *kafka_registry(const struct model *model, const struct mapping *mapping)
{
    const struct node *map = registry(mapping), *validate = node_get(map, "validate");
    json_t *configs = json_array();
    if (!node_set(map)) {
        json_decref(configs);
        return NULL;
    }
    json_t *access = kafka_ways(model, node_get(map, "authentication"), ways, countof(ways));
    for (size_t i = 0; i < node_items(validate); i++)
        cfn_add_once(configs, json_pack("{s:s}",
            "Attribute", schema_choice(node_item(validate, i), attributes)));
    json_t *config = json_pack("{s:o, s:o, s:o}",
        "EventRecordFormat", cfn_choice(node_get(map, "format"), formats),
        "SchemaRegistryURI", uri(model, map),
        "SchemaValidationConfigs", configs);
    if (json_array_size(access))
        json_object_set(config, "AccessConfigs", access);
    json_decref(access);
    return config;
}

/* The ARN of all schemas in the registry. */
static json_t *schemas(const struct model *model, const struct node *map)
{
    return cfn_join("", json_pack("[{s:[s, {s:[s, o]}]}, s]",
        "Fn::Join", ":schema/", "Fn::Split", ":registry/", uri(model, map),
        "/*"));
}
/* clang-format on */

void kafka_registry_allow(const struct model *model, const struct mapping *mapping,
                          json_t *statements)
{
    const struct node *map = registry(mapping), *secrets = node_get(map, "authentication");
    if (!node_set(map))
        return;
    if (is_glue(model, node_get(map, "uri"))) {
        mapping_allow(statements, json_pack("[s]", "glue:GetRegistry"),
                      json_pack("[o]", uri(model, map)));
        mapping_allow(statements, json_pack("[s]", "glue:GetSchemaVersion"),
                      json_pack("[o]", schemas(model, map)));
    }
    for (size_t i = 0; node_set(secrets) && i < secrets->count; i++)
        if (node_set(secrets->entries[i].value))
            mapping_allow_secret(model, mapping, statements, secrets->entries[i].value);
}
