#include "mappings/mapping_failure.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/receiver.h"
#include "mappings/mapping_source.h"
#include "resources/model.h"
#include "settings/node.h"
#include "template/cfn.h"

enum { TOPIC_MAX = 249 }; /* characters */
enum { TAKES = RECEIVER_QUEUE | RECEIVER_TOPIC | RECEIVER_BUCKET };

static const char scheme[] = "kafka://";

const char *mapping_failure_topic(const struct node *node)
{
    const char *topic = node_text(node_get(node, "kafka")), *text = node_text(node);
    return topic ? topic : text && str_starts(text, scheme) ? text + strlen(scheme) : NULL;
}

bool mapping_is_topic(const char *text)
{
    return str_is_made_of(text, STR_ALNUM "._-") && *text != '.' && strlen(text) <= TOPIC_MAX;
}

bool mapping_failure_check(const struct model *model, const struct mapping *mapping,
                           const struct node *node)
{
    const char *topic = mapping_failure_topic(node);
    if (!topic)
        return receiver_check(model, node, TAKES, "on_failure");
    if (!(mapping->source->bit & MAPPING_KAFKA))
        return diag_error(EXIT_RESOURCE, node->pos,
                          "Lambda sends to a topic of Kafka only what it has read from Kafka; "
                          "on_failure takes a queue, topic or bucket here");
    return mapping_is_topic(topic) ||
           diag_error(EXIT_VALUE, node->pos, "'%s' is no name of a Kafka topic", topic);
}

json_t *mapping_failure_value(const struct model *model, const struct node *node)
{
    const char *topic = mapping_failure_topic(node);
    json_t *destination = topic ? json_string(arena_printf(model->arena, "%s%s", scheme, topic))
                                : receiver_arn(model, node);
    return json_pack("{s:{s:o}}", "OnFailure", "Destination", destination);
}

void mapping_allow_failure(const struct model *model, const struct mapping *mapping,
                           json_t *statements)
{
    const struct node *node = node_get(mapping->settings, "on_failure");
    if (!node_set(node) || mapping_failure_topic(node))
        return;
    json_t *policy = receiver_policy(model, node, TAKES, receiver_arn(model, node));
    json_array_extend(statements, json_object_get(policy, "Statement"));
    json_decref(policy);
}
