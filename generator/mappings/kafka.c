#include "mappings/kafka.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "mappings/kafka_access.h"
#include "mappings/kafka_registry.h"
#include "mappings/mapping.h"
#include "mappings/mapping_failure.h"
#include "mappings/mapping_policy.h"
#include "mappings/mapping_source.h"
#include "resources/arn.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { GROUP_MAX = 200, BROKER_MAX = 300 }; /* characters */
enum { BROKERS_MAX = 10, PORT_DIGITS_MAX = 5 };

static const struct field fields[] = {
    {"cluster", FIELD_TEXT},
    {"brokers", FIELD_ANY},
    {"topics", FIELD_ANY, .required = true},
    {"consumer_group", FIELD_TEXT},
    {"authentication", FIELD_ANY},
    {"vpc", FIELD_NAME},
    {"schema_registry", FIELD_MAP},
};

/* --- checks ---------------------------------------------------------------------------------- */

static bool check_cluster(const struct model *model, const struct node *cluster)
{
    static const char *const types[] = {"AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster", NULL};
    if (node_dynamic(cluster))
        return reference_check(model, cluster, types, "a cluster of MSK");
    const char *resource = arn_resource(cluster->text, "kafka");
    return (resource &&
            (str_starts(resource, "cluster/") || str_starts(resource, "vpc-connection/"))) ||
           diag_error(EXIT_VALUE, cluster->pos,
                      "cluster must be a ref or the ARN of a cluster of MSK, "
                      "arn:aws:kafka:<region>:<account>:cluster/<name>/<id>, or of a connection to "
                      "one, ...:vpc-connection/<account>/<name>/<id>");
}

static bool is_broker(const char *text)
{
    const char *colon = strrchr(text, ':');
    size_t digits = colon ? strlen(colon + 1) : 0;
    return colon && colon > text && digits && digits <= PORT_DIGITS_MAX &&
           str_is_made_of(colon + 1, STR_DIGITS) &&
           strspn(text, STR_ALNUM "-.") == (size_t)(colon - text) && strlen(text) <= BROKER_MAX;
}

/* Whether a function of CloudFormation gives the whole list. */
static bool is_list(const struct node *node)
{
    return node_get(node, "Fn::Split") || node_get(node, "Fn::If");
}

/* Reports an item that is no text. */
static bool check_texts(const struct node *texts, const char *key)
{
    bool ok = true;
    for (size_t i = 0; i < node_items(texts); i++)
        if (!node_dynamic(node_item(texts, i)) && !node_text(node_item(texts, i)))
            ok =
                diag_error(EXIT_VALUE, node_item(texts, i)->pos, "%s is a list of texts, not of %s",
                           key, node_kind_words(node_item(texts, i)));
    return ok;
}

static bool check_brokers(const struct node *brokers)
{
    if (!check_texts(brokers, "brokers"))
        return false;
    size_t n = node_items(brokers);
    bool ok = (n && n <= BROKERS_MAX) ||
              diag_error(EXIT_VALUE, brokers->pos, "brokers has 1 to %d brokers, not %zu",
                         BROKERS_MAX, n);
    for (size_t i = 0; i < n; i++) {
        const struct node *broker = node_item(brokers, i);
        if (!node_dynamic(broker) && !is_broker(broker->text))
            ok = diag_error(EXIT_VALUE, broker->pos,
                            "a broker is its host and port, as kafka.example.com:9092, not '%s'",
                            broker->text);
    }
    return ok;
}

static bool check_place(const struct model *model, const struct mapping *mapping)
{
    const struct node *cluster = node_get(mapping->settings, "cluster");
    const struct node *brokers = node_get(mapping->settings, "brokers");
    if (node_set(cluster) && node_set(brokers))
        return diag_error(EXIT_RESOURCE, brokers->pos,
                          "a topic is of a 'cluster' of MSK or of other 'brokers', not of both");
    if (node_set(cluster))
        return check_cluster(model, cluster);
    if (node_set(brokers))
        return check_brokers(brokers);
    return diag_error(EXIT_REQUIRED, mapping->resource->key->pos,
                      "a topic needs the 'cluster' of MSK that has it, or other 'brokers'");
}

static bool check_topics(const struct node *topics)
{
    const struct node *topic = node_item(topics, 0);
    if (!check_texts(topics, "topics"))
        return false;
    if (node_items(topics) != 1)
        return diag_error(EXIT_VALUE, topics->pos,
                          "a mapping reads one topic, not %zu; write an entry for each",
                          node_items(topics));
    return node_dynamic(topic) || mapping_is_topic(topic->text) ||
           diag_error(EXIT_VALUE, topic->pos, "'%s' is no name of a Kafka topic", topic->text);
}

static bool check_group(const struct node *group)
{
    return !node_set(group) || node_dynamic(group) ||
           (str_is_made_of(group->text, STR_ALNUM "-/*:_+=.@") &&
            strlen(group->text) <= GROUP_MAX) ||
           diag_error(EXIT_VALUE, group->pos,
                      "a consumer group has 1 to %d letters, digits and -/*:_+=.@, not '%s'",
                      GROUP_MAX, group->text);
}

static bool check(const struct model *model, const struct mapping *mapping)
{
    const struct node *settings = mapping->settings;
    bool ok = check_place(model, mapping);
    ok = check_topics(node_get(settings, "topics")) && ok;
    ok = check_group(node_get(settings, "consumer_group")) && ok;
    ok = kafka_access_check(model, mapping) && ok;
    return kafka_registry_check(model, mapping) && ok;
}

/* --- what becomes of it ---------------------------------------------------------------------- */

static json_t *cluster_arn(const struct model *model, const struct mapping *mapping)
{
    return reference_value(model, node_get(mapping->settings, "cluster"), WANT_ARN);
}

static json_t *list_of(const struct node *texts)
{
    if (is_list(texts))
        return cfn_value(texts);
    json_t *list = json_array();
    for (size_t i = 0; i < node_items(texts); i++)
        json_array_append_new(list, cfn_value(node_item(texts, i)));
    return list;
}

/* clang-format off */
static void write(const struct model *model, const struct mapping *mapping, json_t *properties)
{
    const struct node *settings = mapping->settings, *brokers = node_get(settings, "brokers");
    bool own = node_set(brokers);
    json_t *config = json_pack("{s:o*, s:o*}",
        "ConsumerGroupId", cfn_value(node_get(settings, "consumer_group")),
        "SchemaRegistryConfig", kafka_registry(model, mapping));
    json_t *access = kafka_access(model, mapping);
    json_object_set_new(properties, "Topics", list_of(node_get(settings, "topics")));
    if (own)
        json_object_set_new(properties, "SelfManagedEventSource", json_pack("{s:{s:o}}",
            "Endpoints", "KafkaBootstrapServers", list_of(brokers)));
    else
        json_object_set_new(properties, "EventSourceArn", cluster_arn(model, mapping));
    if (json_object_size(config))
        json_object_set(properties, own ? "SelfManagedKafkaEventSourceConfig"
                                        : "AmazonManagedKafkaEventSourceConfig", config);
    if (json_array_size(access))
        json_object_set(properties, "SourceAccessConfigurations", access);
    json_decref(config);
    json_decref(access);
}

/* The ARN of a topic or group of the cluster: that of the cluster with another kind, and the name. */
static json_t *part_arn(const struct model *model, const struct mapping *mapping, const char *kind,
                        json_t *name)
{
    return cfn_join("/", json_pack("[{s:[s, {s:[s, o]}]}, o]",
        "Fn::Join", arena_printf(model->arena, ":%s/", kind),
            "Fn::Split", ":cluster/", cluster_arn(model, mapping),
        name));
}
/* clang-format on */

/* What Kafka itself allows by IAM (Amazon MSK Developer Guide, "Semantics of IAM authorization
 * policy actions and resources"; Lambda Developer Guide, "Configuring cluster authentication
 * methods in Lambda"). */
static void allow_by_iam(const struct model *model, const struct mapping *mapping,
                         json_t *statements)
{
    const struct node *group = node_get(mapping->settings, "consumer_group");
    const struct node *topic = node_item(node_get(mapping->settings, "topics"), 0);
    const char *failures = mapping_failure_topic(node_get(mapping->settings, "on_failure"));
    mapping_allow(statements,
                  json_pack("[s, s]", "kafka-cluster:Connect",
                            "kafka-cluster:DescribeClusterDynamicConfiguration"),
                  json_pack("[o]", cluster_arn(model, mapping)));
    mapping_allow(statements,
                  json_pack("[s, s]", "kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"),
                  json_pack("[o]", part_arn(model, mapping, "topic", cfn_value(topic))));
    mapping_allow(
        statements, json_pack("[s, s]", "kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"),
        json_pack("[o]", part_arn(model, mapping, "group",
                                  node_set(group) ? cfn_value(group) : json_string("*"))));
    if (failures)
        mapping_allow(statements,
                      json_pack("[s, s]", "kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"),
                      json_pack("[o]", part_arn(model, mapping, "topic", json_string(failures))));
}

/* Lambda Developer Guide, "Configuring Lambda permissions for Amazon MSK event source mappings".
 * Only a connection to the cluster of another account is described by another action, and
 * GetBootstrapBrokers is not for a single cluster (Service Authorization Reference). */
static void allow_cluster(const struct model *model, const struct mapping *mapping,
                          json_t *statements)
{
    const struct node *cluster = node_get(mapping->settings, "cluster");
    const char *resource = node_dynamic(cluster) ? NULL : arn_resource(cluster->text, "kafka");
    bool connection = resource && str_starts(resource, "vpc-connection/");
    mapping_allow(
        statements,
        json_pack("[s]", connection ? "kafka:DescribeVpcConnection" : "kafka:DescribeClusterV2"),
        json_pack("[o]", cluster_arn(model, mapping)));
    if (kafka_access_by_scram(mapping))
        mapping_allow(statements, json_pack("[s]", "kafka:ListScramSecrets"),
                      json_pack("[o]", cluster_arn(model, mapping)));
    mapping_allow(statements, json_pack("[s]", "kafka:GetBootstrapBrokers"), json_pack("[s]", "*"));
    mapping_allow_network(statements);
    if (kafka_access_by_iam(mapping) && !connection)
        allow_by_iam(model, mapping, statements);
}

static void allow(const struct model *model, const struct mapping *mapping, json_t *statements)
{
    if (node_set(node_get(mapping->settings, "cluster")))
        allow_cluster(model, mapping, statements);
    else if (node_set(node_get(mapping->settings, "vpc")))
        mapping_allow_network(statements);
    kafka_access_allow(model, mapping, statements);
    kafka_registry_allow(model, mapping, statements);
}

static const struct mapping_source source = {
    MAPPING_KAFKA,
    .what = "a topic",
    .ending = "Kafka",
    .fields = fields,
    .nfields = countof(fields),
    .check = check,
    .write = write,
    .allow = allow,
};

const struct kind kafka_kind = {"kafka", .own = &source, .read = mapping_read,
                                .write = mapping_write, .grant = mapping_grant};
