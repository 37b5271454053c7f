#include "mappings/kafka_access.h"
#include <string.h>
#include <strings.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda_check.h"
#include "mappings/mapping_policy.h"
#include "mappings/mapping_source.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { MSK = 1, SELF_MANAGED = 2 };

/* API Reference, "SourceAccessConfiguration". */
static const struct kafka_way ways[] = {
    {"sasl_plain", "BASIC_AUTH", SELF_MANAGED},
    {"sasl_scram_256", "SASL_SCRAM_256_AUTH", SELF_MANAGED},
    {"sasl_scram_512", "SASL_SCRAM_512_AUTH", MSK | SELF_MANAGED},
    {"mtls", "CLIENT_CERTIFICATE_TLS_AUTH", MSK | SELF_MANAGED},
    {"server_ca", "SERVER_ROOT_CA_CERTIFICATE", SELF_MANAGED},
};

static const struct field fields[] = {
    {"sasl_plain", FIELD_TEXT}, {"sasl_scram_256", FIELD_TEXT}, {"sasl_scram_512", FIELD_TEXT},
    {"mtls", FIELD_TEXT},       {"server_ca", FIELD_TEXT},
};

static const struct node *authentication(const struct mapping *mapping)
{
    return node_get(mapping->settings, "authentication");
}

static bool is_self_managed(const struct mapping *mapping)
{
    return node_set(node_get(mapping->settings, "brokers"));
}

static bool is_iam(const struct node *node)
{
    return node_text(node) && strcasecmp(node->text, "iam") == 0;
}

bool kafka_access_by_iam(const struct mapping *mapping)
{
    return is_iam(authentication(mapping));
}

bool kafka_access_by_scram(const struct mapping *mapping)
{
    return node_set(node_get(authentication(mapping), "sasl_scram_512"));
}

static bool check_secrets(const struct model *model, const struct mapping *mapping,
                          const struct node *map)
{
    unsigned place = is_self_managed(mapping) ? SELF_MANAGED : MSK;
    const struct node *first = NULL;
    bool ok = true;
    for (size_t i = 0; i < countof(ways); i++) {
        const struct node *secret = node_get(map, ways[i].word);
        if (!node_set(secret))
            continue;
        if (!(ways[i].places & place))
            ok = diag_error(EXIT_RESOURCE, secret->pos,
                            "'%s' is for brokers elsewhere; a cluster of MSK has sasl_scram_512, "
                            "mtls, or authentication: iam",
                            ways[i].word);
        else if (first && strcmp(ways[i].word, "server_ca") != 0)
            ok = diag_error(EXIT_RESOURCE, secret->pos,
                            "Lambda authenticates in one way; leave one of them out");
        first = first ? first : secret;
        ok = mapping_secret_check(model, secret, ways[i].word) && ok;
    }
    return ok;
}

static bool check_authentication(const struct model *model, const struct mapping *mapping)
{
    const struct node *node = authentication(mapping);
    if (!node_set(node))
        return true;
    if (is_iam(node))
        return !is_self_managed(mapping) ||
               diag_error(
                   EXIT_RESOURCE, node->pos,
                   "only clusters of MSK authenticate by IAM; other brokers have sasl_plain, "
                   "sasl_scram_256, sasl_scram_512 or mtls");
    if (node->kind != NODE_MAP || node_dynamic(node) || !node->count)
        return diag_error(EXIT_VALUE, node->pos,
                          "authentication is iam, or a way with its secret, as in {sasl_scram_512: "
                          "ref://Secret}, not %s",
                          node_words(model->arena, node));
    return schema_check_set(fields, countof(fields), node, "an authentication") &&
           check_secrets(model, mapping, node);
}

/* The two lists of a vpc, and what stands before their ids. */
static const struct list {
    const char *key, *type, *prefix;
    const char *const resources[2];
    const char *what;
} lists[] = {
    {"subnet-ids", "VPC_SUBNET", "subnet:", {"AWS::EC2::Subnet"}, "a subnet"},
    {"security-groups",
     "VPC_SECURITY_GROUP",
     "security_group:",
     {"AWS::EC2::SecurityGroup"},
     "a security group"},
};

static const struct node *vpc_list(const struct model *model, const struct node *vpc, size_t i)
{
    const struct node *vpcs = node_get(model->project->settings, "vpcs");
    return node_get(node_get(vpcs, vpc->text), lists[i].key);
}

/* Only lists of the settings can be written one by one. */
static bool check_ids(const struct model *model, const struct node *vpc, size_t list)
{
    const struct node *ids = vpc_list(model, vpc, list);
    bool ok = true;
    if (node_set(ids) && ids->kind != NODE_LIST && !reference_resource(model, ids))
        return diag_error(
            EXIT_RESOURCE, vpc->pos,
            "Kafka needs the %s of the vpc '%s' as a list, not as one value that only "
            "CloudFormation knows",
            lists[list].key, vpc->text);
    for (size_t i = 0; i < node_items(ids); i++)
        ok = reference_check(model, node_item(ids, i), lists[list].resources, lists[list].what) &&
             ok;
    return ok;
}

static bool check_vpc(const struct model *model, const struct mapping *mapping)
{
    const struct node *vpc = node_get(mapping->settings, "vpc");
    if (!node_set(vpc))
        return true;
    if (!is_self_managed(mapping))
        return diag_error(EXIT_RESOURCE, vpc->pos,
                          "a cluster of MSK brings its vpc; 'vpc' is for other brokers");
    if (!lambda_check_named(model, vpc, "vpcs"))
        return false;
    bool ok = check_ids(model, vpc, 0);
    return check_ids(model, vpc, 1) && ok;
}

bool kafka_access_check(const struct model *model, const struct mapping *mapping)
{
    bool ok = check_authentication(model, mapping);
    return check_vpc(model, mapping) && ok;
}

json_t *kafka_ways(const struct model *model, const struct node *map, const struct kafka_way *all,
                   size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; map && map->kind == NODE_MAP && i < n; i++) {
        const struct node *secret = node_get(map, all[i].word);
        if (node_set(secret))
            json_array_append_new(list, json_pack("{s:s, s:o}", "Type", all[i].type, "URI",
                                                  mapping_secret(model, secret)));
    }
    return list;
}

static void add_vpc(const struct model *model, const struct node *vpc, size_t list, json_t *access)
{
    const struct node *ids = vpc_list(model, vpc, list);
    const char *prefix = lists[list].prefix;
    for (size_t i = 0; i < node_items(ids); i++) {
        const struct node *id = node_item(ids, i);
        json_t *uri =
            node_dynamic(id)
                ? cfn_join("", json_pack("[s, o]", prefix, reference_value(model, id, WANT_ID)))
                : json_string(arena_printf(model->arena, "%s%s", prefix, id->text));
        json_array_append_new(access,
                              json_pack("{s:s, s:o}", "Type", lists[list].type, "URI", uri));
    }
}

json_t *kafka_access(const struct model *model, const struct mapping *mapping)
{
    const struct node *vpc = node_get(mapping->settings, "vpc");
    json_t *access = kafka_ways(model, authentication(mapping), ways, countof(ways));
    for (size_t i = 0; node_set(vpc) && i < countof(lists); i++)
        add_vpc(model, vpc, i, access);
    return access;
}

void kafka_access_allow(const struct model *model, const struct mapping *mapping,
                        json_t *statements)
{
    const struct node *map = authentication(mapping);
    for (size_t i = 0; node_set(map) && map->kind == NODE_MAP && i < map->count; i++)
        if (node_set(map->entries[i].value))
            mapping_allow_secret(model, mapping, statements, map->entries[i].value);
}
