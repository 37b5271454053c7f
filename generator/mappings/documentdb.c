#include "mappings/documentdb.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "mappings/mapping.h"
#include "mappings/mapping_policy.h"
#include "mappings/mapping_source.h"
#include "resources/arn.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { DATABASE_MAX = 63, COLLECTION_MAX = 57 }; /* characters */

#define HERE "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:"

static const char *const full_documents[] = {"UpdateLookup", "Default", NULL};

static const struct field fields[] = {
    {"cluster", FIELD_TEXT, .required = true},
    {"database", FIELD_TEXT, .required = true},
    {"secret", FIELD_TEXT, .required = true},
    {"collection", FIELD_TEXT},
    {"full_document", FIELD_CHOICE, .choices = full_documents},
};

static bool check_cluster(const struct model *model, const struct node *cluster)
{
    static const char *const types[] = {"AWS::DocDB::DBCluster", NULL};
    if (node_dynamic(cluster))
        return reference_check(model, cluster, types, "a cluster of DocumentDB");
    const char *resource = arn_resource(cluster->text, "rds");
    bool arn = str_starts(cluster->text, "arn:");
    return (arn ? resource && str_starts(resource, "cluster:")
                : str_is_made_of(cluster->text, STR_ALNUM "-")) ||
           diag_error(EXIT_VALUE, cluster->pos,
                      "cluster is a name, a ref or the ARN of a cluster, "
                      "arn:aws:rds:<region>:<account>:cluster:<name>");
}

/* Patterns of the API Reference, "DocumentDBEventSourceConfig". */
static bool check_database(const struct node *database)
{
    return node_dynamic(database) ||
           (*database->text && !strpbrk(database->text, " /.$\"") &&
            str_characters(database->text) <= DATABASE_MAX) ||
           diag_error(EXIT_VALUE, database->pos,
                      "a database has a name of 1 to %d characters without blanks and / . $ \"",
                      DATABASE_MAX);
}

static bool check_collection(const struct node *collection)
{
    if (!node_set(collection) || node_dynamic(collection))
        return true;
    const char *text = collection->text;
    return (*text && strchr(STR_ALNUM "_", *text) && !strchr(text, '$') &&
            !str_starts(text, "system.") && str_characters(text) <= COLLECTION_MAX) ||
           diag_error(EXIT_VALUE, collection->pos,
                      "a collection has a name of 1 to %d characters, which begins with a letter, "
                      "a digit or _, has no $, and does not begin with 'system.'",
                      COLLECTION_MAX);
}

static bool check(const struct model *model, const struct mapping *mapping)
{
    const struct node *settings = mapping->settings;
    bool ok = check_cluster(model, node_get(settings, "cluster"));
    ok = mapping_secret_check(model, node_get(settings, "secret"), "secret") && ok;
    ok = check_database(node_get(settings, "database")) && ok;
    return check_collection(node_get(settings, "collection")) && ok;
}

/* Ref of a cluster is its name. */
static json_t *cluster_arn(const struct model *model, const struct mapping *mapping)
{
    const struct node *cluster = node_get(mapping->settings, "cluster");
    if (reference_resource(model, cluster))
        return cfn_sub(arena_printf(model->arena, HERE "cluster:${%s}", node_ref(cluster)));
    if (node_dynamic(cluster) || str_starts(cluster->text, "arn:"))
        return cfn_value(cluster);
    return cfn_sub(arena_printf(model->arena, HERE "cluster:%s", cluster->text));
}

static json_t *full_document(const struct node *node)
{
    return node_set(node) ? cfn_choice(node, full_documents) : NULL;
}

/* clang-format off */
static void write(const struct model *model, const struct mapping *mapping, json_t *properties)
{
    const struct node *settings = mapping->settings;
    json_object_set_new(properties, "EventSourceArn", cluster_arn(model, mapping));
    json_object_set_new(properties, "DocumentDBEventSourceConfig", json_pack("{s:o, s:o*, s:o*}",
        "DatabaseName", cfn_value(node_get(settings, "database")),
        "CollectionName", cfn_value(node_get(settings, "collection")),
        "FullDocument", full_document(node_get(settings, "full_document"))));
    json_object_set_new(properties, "SourceAccessConfigurations", json_pack("[{s:s, s:o}]",
        "Type", "BASIC_AUTH",
        "URI", mapping_secret(model, node_get(settings, "secret"))));
}

/* Lambda Developer Guide, "Using AWS Lambda with Amazon DocumentDB". */
static void allow(const struct model *model, const struct mapping *mapping, json_t *statements)
{
    mapping_allow(statements, json_pack("[s]", "rds:DescribeDBClusters"),
                  json_pack("[o]", cluster_arn(model, mapping)));
    mapping_allow(statements, json_pack("[s]", "rds:DescribeDBClusterParameters"),
                  json_pack("[o]", cfn_sub(HERE "cluster-pg:*")));
    mapping_allow(statements, json_pack("[s]", "rds:DescribeDBSubnetGroups"),
                  json_pack("[o]", cfn_sub(HERE "subgrp:*")));
    mapping_allow_secret(model, mapping, statements, node_get(mapping->settings, "secret"));
    mapping_allow_network(statements);
}
/* clang-format on */

static const struct mapping_source source = {
    MAPPING_DOCUMENTDB,         .what = "a database", .ending = "Documentdb", .fields = fields,
    .nfields = countof(fields), .check = check,       .write = write,         .allow = allow,
};

const struct kind documentdb_kind = {"documentdb", .own = &source, .read = mapping_read,
                                     .write = mapping_write, .grant = mapping_grant};
