#include <string.h>

#include "resources/bucket.h"
#include "resources/bucket_cfn.h"
#include "resources/invoke.h"
#include "resources/lambda.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "template/cfn.h"

static json_t *text(const struct node *node)
{
    return node_dynamic(node) ? cfn_value(node) : json_string(node->text);
}

static json_t *bucket_arn(const struct bucket *bucket)
{
    return cfn_join("", json_pack("[s, o, s, o]", "arn:", cfn_ref("AWS::Partition"),
                                  ":s3:::", text(bucket->name)));
}

/* Whether a queue or topic is given by its name; a ref is an ARN. */
static bool by_name(const struct notification *n)
{
    return !node_dynamic(n->destination) &&
           (n->destination->kind == NODE_MAP || !str_starts(n->destination->text, "arn:"));
}

static json_t *name(const struct notification *n)
{
    return text(n->destination->kind == NODE_MAP ? node_get(n->destination, "name")
                                                 : n->destination);
}

static json_t *account(const struct notification *n)
{
    const struct node *id = node_get(n->destination, "account_id");
    return id ? text(id) : cfn_ref("AWS::AccountId");
}

static json_t *destination_arn(const struct notification *n)
{
    if (n->to == TO_LAMBDA)
        return lambda_alias(n->lambda);
    if (!by_name(n))
        return text(n->destination);
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
            "Fn::Split", ":", destination_arn(n));
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

static json_t *policy(const struct notification *n, json_t *sources)
{
    return json_pack("{s:s, s:s, s:[{s:s, s:{s:s}, s:[s], s:o, s:{s:{s:o}}}]}",
        "Version", "2012-10-17",
        "Id", "PublicationPolicy",
        "Statement",
            "Effect", "Allow",
            "Principal", "AWS", "*",
            "Action", n->to == TO_QUEUE ? "sqs:SendMessage" : "sns:Publish",
            "Resource", destination_arn(n),
            "Condition", "ArnEquals", "aws:SourceArn", sources);
}

static json_t *destination_policy(const struct notification *n, json_t *sources)
{
    return json_pack("{s:s, s:{s:o, s:[o]}}",
        "Type", n->to == TO_QUEUE ? "AWS::SQS::QueuePolicy" : "AWS::SNS::TopicPolicy",
        "Properties",
            "PolicyDocument", policy(n, sources),
            n->to == TO_QUEUE ? "Queues" : "Topics",
                n->to == TO_QUEUE ? queue_url(n) : destination_arn(n));
}

static json_t *key_filters(const struct notification *n)
{
    json_t *filters = json_array();
    if (n->prefix)
        json_array_append_new(filters, json_pack("{s:s, s:o}", "Name", "prefix",
                                                 "Value", text(n->prefix)));
    if (n->suffix)
        json_array_append_new(filters, json_pack("{s:s, s:o}", "Name", "suffix",
                                                 "Value", text(n->suffix)));
    if (json_array_size(filters))
        return filters;
    json_decref(filters);
    return NULL;
}

static json_t *configuration(const struct notification *n)
{
    json_t *events = cfn_value(n->events);
    return json_pack("{s:o, s:o, s:o, s:o*}",
        "DestinationArn", destination_arn(n),
        "Events", json_is_array(events) ? events : json_pack("[o]", events),
        "Id", cfn_join("", json_pack("[s, o, s, s]", "gordon-", cfn_ref("AWS::StackName"), ".",
                                     n->id)),
        "KeyFilters", key_filters(n));
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
            "Bucket", text(bucket->name),
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
        json_t *other = destination_arn(&bucket->notifications[i]);
        found = json_equal(arn, other);
        json_decref(other);
    }
    return found;
}

/* A queue or topic has one policy, which each policy resource replaces. So every policy resource
 * for it must name all buckets that send to it: the ARN of one, or a list of ARNs. */
static json_t *sources(const struct model *model, const struct notification *n)
{
    json_t *arn = destination_arn(n), *all = json_array();
    for (size_t i = 0; i < model->count; i++) {
        const struct resource *resource = model->resources[i];
        if (resource_is(resource, BUCKET_KEY) && sends_to(resource->data, arn))
            json_array_append_new(all, bucket_arn(resource->data));
    }
    json_decref(arn);
    if (json_array_size(all) > 1)
        return all;
    json_t *one = json_incref(json_array_get(all, 0));
    json_decref(all);
    return one;
}

void bucket_write(const struct model *model, const struct resource *resource, struct steps *steps)
{
    const struct bucket *bucket = resource->data;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    json_t *permissions = json_array();
    for (size_t i = 0; i < bucket->count; i++) {
        const struct notification *n = &bucket->notifications[i];
        const char *id = name_id(model->arena, resource->name, n->id, "Permission", NULL);
        cfn_add(cfn, n->place->pos, id,
                n->to == TO_LAMBDA
                    ? invoke_permission_here(n->lambda, "s3.amazonaws.com", bucket_arn(bucket))
                    : destination_policy(n, sources(model, n)));
        json_array_append_new(permissions, json_string(id));
    }
    cfn_add(cfn, bucket->name->pos, bucket->id,
            verbatim_merge(custom_resource(model, bucket, permissions), resource->settings));
}
