#include <string.h>

#include "callers/queue_policy.h"
#include "callers/sns.h"
#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "lambdas/receiver.h"
#include "resources/arn.h"
#include "resources/event_filter.h"
#include "resources/fragment.h"
#include "resources/reference.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { NAME_MAX_LENGTH = 256, REGION_PART = 3 }; /* of a topic; of its ARN */

static const char principal[] = "sns.amazonaws.com";

/* Two words for each: ours, and AWS's. */
static const char *const scopes[] = {"attributes", "body", "MessageAttributes", "MessageBody",
                                     NULL};

static const struct field sns_fields[] = {
    {"topic", FIELD_TEXT, .required = true},
    {"lambda", FIELD_NAME, .required = true},
    {"region", FIELD_TEXT},
    {"filter_policy", FIELD_MAP},
    {"filter_policy_scope", FIELD_CHOICE, .choices = scopes},
    {"dead_letter", FIELD_ANY},
    VERBATIM_FIELDS,
};

struct subscription {
    const char *id; /* "{Name}Subscription" */
    const struct lambda *lambda;
};

/* The name at the end of an ARN of a topic; NULL if the text is no such ARN. */
static const char *arn_name(const char *text)
{
    const char *name = arn_resource(text, "sns");
    return name && str_is_made_of(name, STR_ALNUM "._-") ? name : NULL;
}

static bool check_topic(const struct model *model, const struct node *topic)
{
    static const char *const types[] = {"AWS::SNS::Topic", NULL};
    const char *name = topic->text;
    bool dynamic = node_dynamic(topic);
    if (!reference_check(model, topic, types, "a topic"))
        return false;
    if (!dynamic && str_starts(topic->text, "arn:"))
        name = arn_name(topic->text);
    if (dynamic ? receiver_is_fifo(receiver_resource(model, topic))
                : name && str_ends(name, ".fifo"))
        return diag_error(
            EXIT_VALUE, topic->pos,
            "a FIFO topic sends to queues only; let it send to a queue, and the queue "
            "to the lambda");
    return dynamic ||
           (name && str_is_made_of(name, STR_ALNUM "_-") && strlen(name) <= NAME_MAX_LENGTH) ||
           diag_error(EXIT_VALUE, topic->pos,
                      "topic is a ref, an ARN, arn:aws:sns:<region>:<account>:<name>, or a name of "
                      "letters, digits, '-' and '_', not '%s'",
                      topic->text);
}

/* The ARN of a topic has its region; that of another topic may be given. */
static bool check_region(const struct node *region, const struct node *topic)
{
    if (!node_set(region))
        return true;
    if (!node_dynamic(topic) && str_starts(topic->text, "arn:"))
        return diag_error(EXIT_RESOURCE, region->pos,
                          "the ARN of the topic has its region already");
    return node_dynamic(region) || name_is_region(region->text) ||
           diag_error(EXIT_VALUE, region->pos, "'%s' %s", region->text, name_region_rule);
}

static bool is_body(const struct node *scope)
{
    const char *choice = schema_choice(scope, scopes);
    return choice && str_ends(choice, "ody");
}

static bool check_filter(const struct node *settings)
{
    const struct node *filter = node_get(settings, "filter_policy");
    const struct node *scope = node_get(settings, "filter_policy_scope");
    if (!node_set(filter))
        return !node_set(scope) ||
               diag_error(EXIT_RESOURCE, scope->pos,
                          "filter_policy_scope says what a 'filter_policy' is about; add one");
    if (node_dynamic(filter))
        return true;
    return event_filter_check(filter, is_body(scope) || node_dynamic(scope) ? FILTER_BODY
                                                                            : FILTER_ATTRIBUTES);
}

/* SNS has one subscription of a lambda to a topic. */
static bool check_once(const struct model *model, const struct resource *resource)
{
    const struct subscription *subscription = resource->data;
    for (size_t i = 0; i < model->count; i++) {
        const struct resource *other = model->resources[i];
        const struct subscription *theirs = other->data;
        if (other == resource || other->kind != &sns_kind || !theirs || !theirs->lambda ||
            theirs->lambda != subscription->lambda || verbatim_condition(other->settings) ||
            verbatim_condition(resource->settings) ||
            !reference_same(node_get(other->settings, "topic"),
                            node_get(resource->settings, "topic")))
            continue;
        diag_error(EXIT_DUPLICATE, resource->key->pos,
                   "the lambda '%s' is subscribed to this topic in '%s' already, and SNS takes one "
                   "subscription; join the filter policies by $or",
                   subscription->lambda->reference, other->name);
        diag_note(other->key->pos, "it is here");
        return false;
    }
    return true;
}

static bool sns_read(struct model *model, struct resource *resource)
{
    struct subscription *subscription = arena_alloc(model->arena, sizeof *subscription);
    const struct node *settings = resource->settings, *letters;
    resource->data = subscription;
    if (!schema_check(sns_fields, countof(sns_fields), settings, resource->key, "a subscription"))
        return false;
    const char *name = resource_app_id(model, resource);
    if (!name)
        return false;
    subscription->id = arena_printf(model->arena, "%sSubscription", name);
    subscription->lambda = lambda_find(model, node_get(settings, "lambda"));
    bool ok = check_topic(model, node_get(settings, "topic"));
    ok = check_region(node_get(settings, "region"), node_get(settings, "topic")) && ok;
    ok = check_filter(settings) && ok;
    ok = verbatim_check(settings) && ok;
    letters = node_get(settings, "dead_letter");
    if (node_set(letters))
        ok = receiver_check(model, letters, RECEIVER_QUEUE, "dead_letter") && ok;
    return subscription->lambda && check_once(model, resource) && ok;
}

static json_t *topic_arn(const struct model *model, const struct node *settings)
{
    const struct node *topic = node_get(settings, "topic"), *region = node_get(settings, "region");
    if (node_dynamic(topic))
        return reference_value(model, topic, WANT_ARN);
    if (str_starts(topic->text, "arn:"))
        return json_string(topic->text);
    return cfn_join(":", json_pack("[s, o, s, o, o, s]", "arn", cfn_ref("AWS::Partition"), "sns",
                                   node_set(region) ? cfn_value(region) : cfn_ref("AWS::Region"),
                                   cfn_ref("AWS::AccountId"), topic->text));
}

/* Returns the region of a topic that may be in another one than the stack; NULL for a topic of the
 * project, and one that is named. */
static json_t *region(const struct model *model, const struct node *settings)
{
    const struct node *topic = node_get(settings, "topic"), *given = node_get(settings, "region");
    if (node_set(given))
        return cfn_value(given);
    if (receiver_resource(model, topic) ||
        (!node_dynamic(topic) && !str_starts(topic->text, "arn:")))
        return NULL;
    if (node_dynamic(topic))
        return json_pack("{s:[i, {s:[s, o]}]}", "Fn::Select", REGION_PART, "Fn::Split", ":",
                         topic_arn(model, settings));
    const char *start = topic->text;
    for (int part = 0; part < REGION_PART; part++)
        start = strchr(start, ':') + 1;
    return json_stringn(start, strcspn(start, ":"));
}

static json_t *scope(const struct node *node)
{
    if (!node_set(node) || node_dynamic(node))
        return cfn_value(node);
    return json_string(is_body(node) ? "MessageBody" : "MessageAttributes");
}

static json_t *redrive(const struct model *model, const struct node *letters)
{
    return node_set(letters)
               ? json_pack("{s:o}", "deadLetterTargetArn", receiver_arn(model, letters))
               : NULL;
}

/* clang-format off */
static json_t *subscription_cfn(const struct model *model, const struct subscription *subscription,
                                const struct node *settings)
{
    return json_pack("{s:s, s:{s:o, s:o*, s:o*, s:s, s:o*, s:o*, s:o}}",
        "Type", "AWS::SNS::Subscription",
        "Properties",
            "Endpoint", lambda_alias(subscription->lambda),
            "FilterPolicy", cfn_convert(node_get(settings, "filter_policy"), cfn_ref),
            "FilterPolicyScope", scope(node_get(settings, "filter_policy_scope")),
            "Protocol", "lambda",
            "RedrivePolicy", redrive(model, node_get(settings, "dead_letter")),
            "Region", region(model, settings),
            "TopicArn", topic_arn(model, settings));
}
/* clang-format on */

static void sns_write(const struct model *model, const struct resource *resource,
                      struct steps *steps)
{
    const struct subscription *subscription = resource->data;
    const struct node *settings = resource->settings;
    const struct node *letters = node_get(settings, "dead_letter");
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct pos pos = resource->key->pos;
    cfn_add(cfn, pos, subscription->id,
            verbatim_merge(subscription_cfn(model, subscription, settings), settings));
    cfn_add(cfn, pos, arena_printf(model->arena, "%sPermission", subscription->id),
            invoke_permission(subscription->lambda, principal, topic_arn(model, settings)));
    if (node_set(letters))
        queue_policy_allow(model, steps, letters, principal, topic_arn(model, settings));
}

const struct kind sns_kind = {"sns", .read = sns_read, .write = sns_write};
