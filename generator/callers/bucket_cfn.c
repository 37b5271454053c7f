#include <string.h>

#include "callers/bucket.h"
#include "callers/bucket_cfn.h"
#include "callers/queue_policy.h"
#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "lambdas/receiver.h"
#include "resources/fragment.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "template/cfn.h"

static const char principal[] = "s3.amazonaws.com";

json_t *bucket_text(const struct node *node)
{
    return node_dynamic(node) ? cfn_value(node) : json_string(node->text);
}

/* The name of a bucket, which must not be a reference to one of a fragment: the bucket comes after
 * what lets it send. NULL for such a bucket to which CloudFormation gives a name. */
static json_t *bucket_name(const struct bucket *bucket, const struct cfn *cfn)
{
    if (!bucket->own)
        return bucket_text(bucket->name);
    const json_t *made = json_object_get(cfn->resources, bucket->own->key->text);
    return json_incref(json_object_get(json_object_get(made, "Properties"), "BucketName"));
}

static json_t *bucket_arn(const struct bucket *bucket, const struct cfn *cfn)
{
    json_t *name = bucket_name(bucket, cfn);
    return name ? cfn_join("", json_pack("[s, o, s, o]", "arn:", cfn_ref("AWS::Partition"),
                                         ":s3:::", name))
                : NULL;
}

/* Whether a queue or topic is given by its name; a ref is an ARN. */
static bool by_name(const struct notification *n)
{
    return !node_dynamic(n->destination) &&
           (n->destination->kind == NODE_MAP || !str_starts(n->destination->text, "arn:"));
}

static json_t *name(const struct notification *n)
{
    return bucket_text(n->destination->kind == NODE_MAP ? node_get(n->destination, "name")
                                                        : n->destination);
}

static json_t *account(const struct notification *n)
{
    const struct node *id = node_get(n->destination, "account_id");
    return id ? bucket_text(id) : cfn_ref("AWS::AccountId");
}

json_t *bucket_destination(const struct notification *n)
{
    if (n->to == TO_LAMBDA)
        return lambda_alias(n->lambda);
    if (!by_name(n))
        return bucket_text(n->destination);
    return cfn_join(":", json_pack("[s, o, s, o, o, o]", "arn", cfn_ref("AWS::Partition"),
                                   n->to == TO_QUEUE ? "sqs" : "sns", cfn_ref("AWS::Region"),
                                   account(n), name(n)));
}

/* clang-format off */

/* Part `index` of the destination's ARN, which may be a ref that only CloudFormation resolves. */
static json_t *arn_part(const struct notification *n, int index)
{
    return json_pack("{s:[i, {s:[s, o]}]}",
        "Fn::Select", index,
            "Fn::Split", ":", bucket_destination(n));
}

static json_t *queue_url(const struct notification *n)
{
    if (by_name(n))
        return cfn_join("", json_pack("[s, o, s, o, s, o, s, o]",
            "https://sqs.", cfn_ref("AWS::Region"), ".", cfn_ref("AWS::URLSuffix"), "/", account(n),
            "/", name(n)));
    return cfn_join("", json_pack("[s, o, s, o, s, o, s, o]",
        "https://sqs.", arn_part(n, 3), ".", cfn_ref("AWS::URLSuffix"), "/", arn_part(n, 4), "/",
        arn_part(n, 5)));
}

static json_t *policy(const struct notification *n, json_t *condition)
{
    return json_pack("{s:s, s:s, s:[{s:s, s:{s:s}, s:[s], s:o, s:o}]}",
        "Version", "2012-10-17",
        "Id", "PublicationPolicy",
        "Statement",
            "Effect", "Allow",
            "Principal", "AWS", "*",
            "Action", n->to == TO_QUEUE ? "sqs:SendMessage" : "sns:Publish",
            "Resource", bucket_destination(n),
            "Condition", condition);
}

static json_t *destination_policy(const struct notification *n, json_t *document, json_t *url)
{
    return json_pack("{s:s, s:{s:o, s:[o]}}",
        "Type", n->to == TO_QUEUE ? "AWS::SQS::QueuePolicy" : "AWS::SNS::TopicPolicy",
        "Properties",
            "PolicyDocument", document,
            n->to == TO_QUEUE ? "Queues" : "Topics",
                url);
}

json_t *bucket_filters(const struct notification *n)
{
    json_t *filters = json_array();
    if (n->prefix)
        json_array_append_new(filters, json_pack("{s:s, s:o}", "Name", "prefix",
                                                 "Value", bucket_text(n->prefix)));
    if (n->suffix)
        json_array_append_new(filters, json_pack("{s:s, s:o}", "Name", "suffix",
                                                 "Value", bucket_text(n->suffix)));
    if (json_array_size(filters))
        return filters;
    json_decref(filters);
    return NULL;
}

static json_t *configuration(const struct notification *n)
{
    json_t *events = cfn_value(n->events);
    return json_pack("{s:o, s:o, s:o, s:o*}",
        "DestinationArn", bucket_destination(n),
        "Events", json_is_array(events) ? events : json_pack("[o]", events),
        "Id", cfn_join("", json_pack("[s, o, s, s]", "gordon-", cfn_ref("AWS::StackName"), ".",
                                     n->id)),
        "KeyFilters", bucket_filters(n));
}

/* Returns the configurations of one kind of destination; NULL if there are none. */
static json_t *configurations(const struct bucket *bucket, enum destination to)
{
    json_t *all = NULL;
    for (size_t i = 0; i < bucket->count; i++)
        if (bucket->notifications[i].to == to) {
            all = all ? all : json_array();
            json_array_append_new(all, configuration(&bucket->notifications[i]));
        }
    return all;
}

/* Depends on the permissions (stolen), because S3 sends a test to every destination. */
static json_t *custom_resource(const struct model *model, const struct bucket *bucket,
                               json_t *permissions)
{
    return json_pack("{s:s, s:o, s:{s:o, s:o, s:o*, s:o*, s:o*}}",
        "Type", "Custom::S3BucketNotificationConfiguration",
        "DependsOn", permissions,
        "Properties",
            "Bucket", bucket_text(bucket->name),
            "ServiceToken", lambda_alias(model->bucket_notifications),
            "LambdaFunctionConfigurations", configurations(bucket, TO_LAMBDA),
            "QueueConfigurations", configurations(bucket, TO_QUEUE),
            "TopicConfigurations", configurations(bucket, TO_TOPIC));
}
/* clang-format on */

static bool sends_to(const struct bucket *bucket, const json_t *arn)
{
    bool found = false;
    for (size_t i = 0; i < bucket->count && !found; i++) {
        json_t *other = bucket_destination(&bucket->notifications[i]);
        found = json_equal(arn, other);
        json_decref(other);
    }
    return found;
}

/* A queue or topic has one policy, which each policy resource replaces. So every policy resource
 * for it must name all buckets that send to it: the ARN of one, or a list of ARNs. If one has no
 * ARN yet, buckets of this account may send. */
static json_t *condition(const struct model *model, const struct cfn *cfn,
                         const struct notification *n)
{
    json_t *arn = bucket_destination(n), *all = json_array();
    bool named = true;
    for (size_t i = 0; i < model->count; i++) {
        const struct resource *resource = model->resources[i];
        if (!resource_is(resource, BUCKET_KEY) || !sends_to(resource->data, arn))
            continue;
        json_t *source = bucket_arn(resource->data, cfn);
        named = named && source;
        if (source)
            json_array_append_new(all, source);
    }
    json_decref(arn);
    json_t *sources = json_incref(json_array_size(all) > 1 ? all : json_array_get(all, 0));
    json_decref(all);
    if (named)
        return json_pack("{s:{s:o}}", "ArnEquals", "aws:SourceArn", sources);
    json_decref(sources);
    return json_pack("{s:{s:o}}", "StringEquals", "aws:SourceAccount", cfn_ref("AWS::AccountId"));
}

static json_t *permission(const struct model *model, const struct bucket *bucket,
                          const struct notification *n, struct steps *steps)
{
    const struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    if (n->to == TO_LAMBDA)
        return invoke_permission_here(n->lambda, principal, bucket_arn(bucket, cfn));
    json_t *document = policy(n, condition(model, cfn, n)), *arn = bucket_destination(n);
    json_t *statements = json_object_get(document, "Statement");
    const struct declared *queue = bucket->own ? receiver_resource(model, n->destination) : NULL;
    if (bucket->own)
        json_object_set_new(json_array_get(statements, 0), "Principal",
                            json_pack("{s:s}", "Service", principal));
    queue_policy_take(steps, arn, statements);
    if (n->to == TO_TOPIC)
        return destination_policy(n, document, arn);
    json_decref(arn);
    return destination_policy(n, document, queue ? cfn_ref(queue->key->text) : queue_url(n));
}

const char *bucket_permit(const struct model *model, const struct resource *resource,
                          const struct notification *n, struct steps *steps)
{
    const char *id = name_id(model->arena, resource->name, n->id, "Permission", NULL);
    cfn_add(&steps->cfn[STEP_RESOURCES], n->place->pos, id,
            permission(model, resource->data, n, steps));
    return id;
}

void bucket_custom_write(const struct model *model, const struct resource *resource,
                         struct steps *steps)
{
    const struct bucket *bucket = resource->data;
    json_t *permissions = json_array();
    for (size_t i = 0; i < bucket->count; i++)
        json_array_append_new(permissions, json_string(bucket_permit(
                                               model, resource, &bucket->notifications[i], steps)));
    cfn_add(&steps->cfn[STEP_RESOURCES], bucket->name->pos, bucket->id,
            verbatim_merge(custom_resource(model, bucket, permissions), resource->settings));
}
