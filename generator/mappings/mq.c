#include "mappings/mq.h"
#include <string.h>
#include <strings.h>

#include "base/diag.h"
#include "base/util.h"
#include "mappings/mapping.h"
#include "mappings/mapping_policy.h"
#include "mappings/mapping_source.h"
#include "mappings/mapping_word.h"
#include "resources/fragment.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { QUEUE_MAX = 1000 };

static const struct field fields[] = {
    {"broker", FIELD_TEXT, .required = true},
    {"queue", FIELD_TEXT, .required = true},
    {"secret", FIELD_TEXT, .required = true},
    {"virtual_host", FIELD_TEXT, .filled = true},
};

/* A property of the broker, if a fragment declares it; or NULL. */
static const struct node *property(const struct model *model, const struct mapping *mapping,
                                   const char *name)
{
    const struct declared *broker =
        reference_resource(model, node_get(mapping->settings, "broker"));
    return broker ? node_get(node_get(broker->value, "Properties"), name) : NULL;
}

static bool check_host(const struct model *model, const struct mapping *mapping)
{
    const struct node *host = node_get(mapping->settings, "virtual_host");
    const char *engine = node_text(property(model, mapping, "EngineType"));
    return !node_set(host) || !engine || strcasecmp(engine, "ACTIVEMQ") != 0 ||
           diag_error(EXIT_RESOURCE, host->pos,
                      "only brokers of RabbitMQ have virtual hosts; this one is of ActiveMQ");
}

static bool check(const struct model *model, const struct mapping *mapping)
{
    static const char *const types[] = {"AWS::AmazonMQ::Broker", NULL};
    const struct node *settings = mapping->settings, *queue = node_get(settings, "queue");
    bool ok = mapping_arn_check(model, node_get(settings, "broker"), "broker", types, "a broker",
                                "mq", "broker:", "broker:<name>:<id>");
    ok = mapping_secret_check(model, node_get(settings, "secret"), "secret") && ok;
    if (!node_dynamic(queue) && (!*queue->text || str_characters(queue->text) > QUEUE_MAX))
        ok = diag_error(EXIT_VALUE, queue->pos, "the name of a queue has 1 to %d characters",
                        QUEUE_MAX);
    return check_host(model, mapping) && ok;
}

static json_t *broker_arn(const struct model *model, const struct mapping *mapping)
{
    return reference_value(model, node_get(mapping->settings, "broker"), WANT_ARN);
}

/* clang-format off */
static void write(const struct model *model, const struct mapping *mapping, json_t *properties)
{
    const struct node *settings = mapping->settings, *host = node_get(settings, "virtual_host");
    json_t *access = json_pack("[{s:s, s:o}]",
        "Type", "BASIC_AUTH",
        "URI", mapping_secret(model, node_get(settings, "secret")));
    if (node_set(host))
        json_array_append_new(access, json_pack("{s:s, s:o}",
            "Type", "VIRTUAL_HOST",
            "URI", cfn_value(host)));
    json_object_set_new(properties, "EventSourceArn", broker_arn(model, mapping));
    json_object_set_new(properties, "Queues", json_pack("[o]", cfn_value(node_get(settings, "queue"))));
    json_object_set_new(properties, "SourceAccessConfigurations", access);
}
/* clang-format on */

/* Lambda Developer Guide, "Using Lambda with Amazon MQ". A broker that the internet reaches needs
 * no interface in its VPC. */
static void allow(const struct model *model, const struct mapping *mapping, json_t *statements)
{
    const struct node *open = property(model, mapping, "PubliclyAccessible");
    mapping_allow(statements, json_pack("[s]", "mq:DescribeBroker"),
                  json_pack("[o]", broker_arn(model, mapping)));
    mapping_allow_secret(model, mapping, statements, node_get(mapping->settings, "secret"));
    if (!open || !node_text(open) || node_dynamic(open) || !schema_flag(open, false))
        mapping_allow_network(statements);
}

static const struct mapping_source source = {
    MAPPING_MQ,
    .what = "a broker",
    .ending = "Mq",
    .fields = fields,
    .nfields = countof(fields),
    .check = check,
    .write = write,
    .allow = allow,
};

const struct kind mq_kind = {"mq", .own = &source, .read = mapping_read, .write = mapping_write,
                             .grant = mapping_grant};
