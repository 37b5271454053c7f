#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "callers/queue_policy.h"
#include "lambdas/receiver.h"
#include "resources/fragment.h"
#include "resources/model.h"
#include "resources/steps.h"
#include "settings/node.h"
#include "template/cfn.h"

/* The kinds of what has a policy: their types, the action that sends, and the types and properties
 * of policies in CloudFormation: of several, and of one. */
static const struct inbox {
    const char *type, *word, *action;
    const char *policy, *list;
    const char *inline_policy, *one;
} inboxes[] = {
    {"AWS::SQS::Queue", "queue", "sqs:SendMessage", "AWS::SQS::QueuePolicy", "Queues",
     "AWS::SQS::QueueInlinePolicy", "Queue"},
    {"AWS::SNS::Topic", "topic", "sns:Publish", "AWS::SNS::TopicPolicy", "Topics",
     "AWS::SNS::TopicInlinePolicy", "TopicArn"},
};

static const struct inbox *inbox_of(const struct declared *to)
{
    for (size_t i = 1; i < countof(inboxes); i++)
        if (to->type && strcmp(inboxes[i].type, to->type) == 0)
            return &inboxes[i];
    return &inboxes[0];
}

static bool is_topic(const struct declared *to)
{
    return inbox_of(to) != &inboxes[0];
}

static json_t *arn_of(const struct declared *to)
{
    return is_topic(to) ? cfn_ref(to->key->text) : cfn_att(to->key->text, "Arn");
}

/* clang-format off */
static json_t *statement(const struct declared *queue, const char *principal, json_t *source_arn)
{
    return json_pack("{s:s, s:{s:s}, s:s, s:o, s:{s:{s:o}}}",
        "Effect", "Allow",
        "Principal", "Service", principal,
        "Action", inbox_of(queue)->action,
        "Resource", arn_of(queue),
        "Condition", "ArnEquals", "aws:SourceArn", source_arn);
}
/* clang-format on */

/* The same for statements of one text and one condition. */
static const char *key_of(struct arena *arena, const struct queue_sender *sender)
{
    char *text = json_dumps(sender->statement, JSON_SORT_KEYS | JSON_COMPACT);
    const char *key =
        arena_printf(arena, "%s %s", sender->condition ? sender->condition : "", text);
    free(text);
    return key;
}

void queue_policy_allow(const struct model *model, struct steps *steps, const struct node *node,
                        const char *principal, json_t *source_arn)
{
    const struct declared *queue = receiver_resource(model, node);
    if (!queue) {
        json_decref(source_arn);
        return;
    }
    struct queue_sender sender = {.place = node,
                                  .queue = queue,
                                  .principal = principal,
                                  .statement = statement(queue, principal, source_arn),
                                  .condition = steps->cfn[STEP_RESOURCES].condition};
    if (table_set(model->arena, &steps->sent, key_of(model->arena, &sender), (void *)queue))
        json_decref(sender.statement);
    else
        array_push(model->arena, steps->senders, steps->nsenders, sender);
}

/* A statement that is there only if the condition of its sender is true. */
static json_t *guarded(const struct queue_sender *sender, const char *condition)
{
    if (!sender->condition || (condition && strcmp(condition, sender->condition) == 0))
        return json_incref(sender->statement);
    return json_pack("{s:[s, O, o]}", "Fn::If", sender->condition, sender->statement,
                     cfn_ref("AWS::NoValue"));
}

void queue_policy_take(struct steps *steps, const json_t *arn, json_t *statements)
{
    for (size_t i = 0; i < steps->nsenders; i++) {
        struct queue_sender *sender = &steps->senders[i];
        json_t *own = arn_of(sender->queue);
        if (json_equal(own, arn)) {
            json_array_append_new(statements, guarded(sender, NULL));
            sender->taken = true;
        }
        json_decref(own);
    }
}

/* Queues and topics, to the resource that sets their policy. */
struct own_policies {
    struct arena *arena;
    struct table ids;
    const char *id; /* of the resource that is read */
};

static void note_ref(const char *name, void *data)
{
    struct own_policies *own = data;
    if (!table_get(&own->ids, name))
        table_set(own->arena, &own->ids, arena_strdup(own->arena, name), (void *)own->id);
}

/* Finds the resources of fragments that set the policies of queues and topics. */
static void find_own_policies(const struct cfn *cfn, struct own_policies *own)
{
    json_t *resource;
    json_object_foreach(cfn->resources, own->id, resource) {
        const char *type = cfn_text(resource, "Type");
        const json_t *properties = json_object_get(resource, "Properties");
        for (size_t i = 0; i < countof(inboxes); i++) {
            if (strcmp(type, inboxes[i].inline_policy) == 0)
                link_each_ref(json_object_get(properties, inboxes[i].one), note_ref, own);
            if (strcmp(type, inboxes[i].policy) == 0)
                link_each_ref(json_object_get(properties, inboxes[i].list), note_ref, own);
        }
    }
}

/* Whether JSON has this text as a value, or "*", which is any principal. */
static bool has_principal(const json_t *value, const char *principal)
{
    size_t i;
    const char *key;
    json_t *child;
    bool found = json_is_string(value) && (strcmp(json_string_value(value), principal) == 0 ||
                                           strcmp(json_string_value(value), "*") == 0);
    json_array_foreach((json_t *)value, i, child)
        found = found || has_principal(child, principal);
    json_object_foreach((json_t *)value, key, child)
        found = found || has_principal(child, principal);
    return found;
}

static void check_own_policy(const struct cfn *cfn, const char *id,
                             const struct queue_sender *sender)
{
    const json_t *resource = json_object_get(cfn->resources, id);
    if (!has_principal(json_object_get(resource, "Properties"), sender->principal))
        diag_warning(sender->place->pos,
                     "the %s '%s' has the policy '%s', which does not let %s send to it; Gordon "
                     "writes no other one, because a %s has one policy",
                     inbox_of(sender->queue)->word, sender->queue->key->text, id, sender->principal,
                     inbox_of(sender->queue)->word);
}

/* The condition of the policy: that of the queue; or the one that all senders have. */
static const char *condition_of(const struct steps *steps, const struct declared *queue)
{
    const char *condition = node_text(node_get(queue->value, "Condition"));
    bool first = true;
    if (condition)
        return condition;
    for (size_t i = 0; i < steps->nsenders; i++) {
        const struct queue_sender *sender = &steps->senders[i];
        if (sender->queue != queue)
            continue;
        if (!sender->condition)
            return NULL;
        if (!first && strcmp(condition, sender->condition) != 0)
            return NULL;
        condition = sender->condition;
        first = false;
    }
    return condition;
}

/* AWS takes no policy without statements. */
static void check_guards(const struct steps *steps, const struct queue_sender *first,
                         const char *condition)
{
    if (is_topic(first->queue)) /* its policy has a statement of the account */
        return;
    for (size_t i = 0; !condition && i < steps->nsenders; i++)
        if (steps->senders[i].queue == first->queue && !steps->senders[i].condition)
            return;
    if (!condition)
        diag_error(
            EXIT_RESOURCE, first->place->pos,
            "what sends to the %s '%s' has several conditions; give it a policy of its own in a "
            "fragment",
            inbox_of(first->queue)->word, first->queue->key->text);
}

/* clang-format off */
/* What a topic allows without a policy of its own: alarms of the account publish by it (SNS
 * Developer Guide, "Default policy"). */
static json_t *of_account(const struct declared *topic)
{
    return json_pack("{s:s, s:{s:s}, s:s, s:o, s:{s:{s:o}}}",
        "Effect", "Allow",
        "Principal", "AWS", "*",
        "Action", inbox_of(topic)->action,
        "Resource", arn_of(topic),
        "Condition", "StringEquals", "aws:SourceOwner", cfn_ref("AWS::AccountId"));
}

static json_t *policy_cfn(const struct steps *steps, const struct declared *queue,
                          const char *condition)
{
    json_t *statements = json_array();
    if (is_topic(queue))
        json_array_append_new(statements, of_account(queue));
    for (size_t i = 0; i < steps->nsenders; i++)
        if (steps->senders[i].queue == queue)
            json_array_append_new(statements, guarded(&steps->senders[i], condition));
    return json_pack("{s:s, s:{s:{s:s, s:o}, s:[o]}}",
        "Type", inbox_of(queue)->policy,
        "Properties",
            "PolicyDocument",
                "Version", "2012-10-17",
                "Statement", statements,
            inbox_of(queue)->list, cfn_ref(queue->key->text));
}
/* clang-format on */

static bool is_first(const struct steps *steps, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (steps->senders[i].queue == steps->senders[index].queue)
            return false;
    return true;
}

/* Writes the policy of the queue to which the sender `first` sends. */
static void write_policy(const struct model *model, struct steps *steps,
                         const struct queue_sender *first)
{
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    const char *condition = condition_of(steps, first->queue);
    check_guards(steps, first, condition);
    cfn->condition = condition;
    cfn_add(cfn, first->place->pos,
            arena_printf(model->arena, "%sSendersPolicy", first->queue->key->text),
            policy_cfn(steps, first->queue, condition));
    cfn->condition = NULL;
}

void queue_policies_write(const struct model *model, struct steps *steps)
{
    const struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct own_policies own = {.arena = model->arena};
    if (steps->nsenders)
        find_own_policies(cfn, &own);
    for (size_t i = 0; i < steps->nsenders; i++) {
        const struct queue_sender *first = &steps->senders[i];
        if (first->taken || !is_first(steps, i))
            continue;
        const char *id = table_get(&own.ids, first->queue->key->text);
        if (!id)
            write_policy(model, steps, first);
        for (size_t k = i; id && k < steps->nsenders; k++)
            if (steps->senders[k].queue == first->queue)
                check_own_policy(cfn, id, &steps->senders[k]);
    }
}

void queue_policies_release(struct steps *steps)
{
    for (size_t i = 0; i < steps->nsenders; i++)
        json_decref(steps->senders[i].statement);
}
