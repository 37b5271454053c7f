#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "resources/model.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* CloudFormation User Guide, "Resource attribute reference". CreationPolicy and UpdatePolicy are
 * for types that Gordon does not write, or has words for. */
static const struct field attribute_fields[] = {
    {"DependsOn", FIELD_TEXTS},     {"Condition", FIELD_NAME},           {"Metadata", FIELD_MAP},
    {"DeletionPolicy", FIELD_NAME}, {"UpdateReplacePolicy", FIELD_NAME},
};

/* The values of attributes that have a list of them. Only types with snapshots take Snapshot. */
static const struct {
    const char *key, *words;
    const char *values[3];
} policies[] = {
    {"DeletionPolicy",
     "Delete, Retain or RetainExceptOnCreate",
     {"Delete", "Retain", "RetainExceptOnCreate"}},
    {"UpdateReplacePolicy", "Delete or Retain", {"Delete", "Retain"}},
};

static bool check_policy(const struct node *value, size_t i)
{
    if (!node_set(value))
        return true;
    for (size_t j = 0; j < countof(policies[i].values) && policies[i].values[j]; j++)
        if (strcmp(value->text, policies[i].values[j]) == 0)
            return true;
    return diag_error(EXIT_VALUE, value->pos, "%s must be %s, not '%s'", policies[i].key,
                      policies[i].words, value->text);
}

/* A logical id, of a resource or of a condition. */
static bool check_id(const struct node *id, const char *key)
{
    if (*id->text && str_is_made_of(id->text, STR_ALNUM))
        return true;
    return diag_error(EXIT_VALUE, id->pos,
                      "%s takes a logical id of the template, of letters and digits, not '%s'", key,
                      id->text);
}

/* A null in a map of properties removes; in a list it would be a null in the template. */
static bool check_nulls(const struct node *value, bool listed)
{
    bool ok = true;
    if (listed && !node_set(value))
        return diag_error(EXIT_VALUE, value->pos,
                          "CloudFormation takes no null; leave this out of the list");
    for (size_t i = 0; value->kind == NODE_LIST && i < value->count; i++)
        ok = check_nulls(value->items[i], true) && ok;
    for (size_t i = 0; value->kind == NODE_MAP && i < value->count; i++)
        ok = check_nulls(value->entries[i].value, listed || function_is(value)) && ok;
    return ok;
}

bool verbatim_check(const struct node *settings)
{
    const struct node *properties = node_get(settings, "properties");
    const struct node *attributes = node_get(settings, "attributes"), *id;
    bool ok = true;
    if (node_set(properties) && function_is(properties))
        ok = diag_error(EXIT_VALUE, properties->pos,
                        "properties is a map of properties, and each may be a function; it cannot "
                        "be one itself");
    if (node_set(properties))
        ok = check_nulls(properties, false) && ok;
    if (!schema_check(attribute_fields, countof(attribute_fields), attributes, attributes,
                      "the attributes of a resource"))
        return false;
    for (size_t i = 0; i < countof(policies); i++)
        ok = check_policy(node_get(attributes, policies[i].key), i) && ok;
    for (size_t i = 0; (id = node_item(node_get(attributes, "DependsOn"), i)); i++)
        ok = check_id(id, "DependsOn") && ok;
    id = node_get(attributes, "Condition");
    return (!node_set(id) || check_id(id, "Condition")) && ok;
}

/* Merges a map into `object`. A function is one value, and is not merged with another map. */
static void merge(json_t *object, const struct node *map)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct node *value = map->entries[i].value;
        const char *key = map->entries[i].key->name;
        if (!node_set(value)) {
            json_object_del(object, key);
            continue;
        }
        if (value->kind != NODE_MAP || function_is(value)) {
            json_object_set_new(object, key, cfn_value(value));
            continue;
        }
        json_t *child = json_object_get(object, key);
        if (!json_is_object(child) || cfn_is_function(child)) {
            child = json_object();
            json_object_set_new(object, key, child);
        }
        merge(child, value);
    }
}

/* Adds the ids of DependsOn to those that are there. */
static void merge_depends(json_t *resource, const struct node *ids)
{
    const struct node *id;
    json_t *all = json_object_get(resource, "DependsOn");
    all = json_is_string(all) ? json_pack("[O]", all) : all ? json_incref(all) : json_array();
    for (size_t i = 0; (id = node_item(ids, i)); i++)
        json_array_append_new(all, json_string(id->text));
    if (json_array_size(all))
        json_object_set(resource, "DependsOn", all);
    json_decref(all);
}

json_t *verbatim_merge(json_t *resource, const struct node *settings)
{
    const struct node *properties = node_get(settings, "properties");
    const struct node *attributes = node_get(settings, "attributes");
    json_t *into = json_object_get(resource, "Properties");
    if (node_set(properties))
        merge(into, properties);
    for (size_t i = 0; node_set(attributes) && i < attributes->count; i++) {
        const char *key = attributes->entries[i].key->text;
        const struct node *value = attributes->entries[i].value;
        if (strcmp(key, "DependsOn") == 0)
            merge_depends(resource, value);
        else if (node_set(value))
            json_object_set_new(resource, key, cfn_value(value));
    }
    return resource;
}

const char *verbatim_condition(const struct node *settings)
{
    return node_text(node_get(node_get(settings, "attributes"), "Condition"));
}
