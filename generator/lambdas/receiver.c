#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/receiver.h"
#include "resources/arn.h"
#include "resources/fragment.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct receiver {
    unsigned kind;
    const char *key, *words;
    const char *service, *resource; /* of its ARN: "arn:...:<service>:...:<resource><name>" */
    const char *types[3];           /* of resources in fragments */
    const char *actions[2];
} receivers[] = {
    {RECEIVER_QUEUE, "queue", "a queue", "sqs", "", {"AWS::SQS::Queue"}, {"sqs:SendMessage"}},
    {RECEIVER_TOPIC, "topic", "a topic", "sns", "", {"AWS::SNS::Topic"}, {"sns:Publish"}},
    {RECEIVER_BUS,
     "bus",
     "an event bus",
     "events",
     "event-bus/",
     {"AWS::Events::EventBus"},
     {"events:PutEvents"}},
    {RECEIVER_LAMBDA,
     "lambda",
     "a lambda",
     "lambda",
     "function:",
     {"AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version"},
     {"lambda:InvokeFunction"}},
    {RECEIVER_BUCKET,
     "bucket",
     "a bucket",
     "s3",
     "",
     {"AWS::S3::Bucket"},
     {"s3:ListBucket", "s3:PutObject"}},
    {RECEIVER_STREAM,
     "stream",
     "a stream",
     "kinesis",
     "stream/",
     {"AWS::Kinesis::Stream"},
     {"kinesis:PutRecord", "kinesis:PutRecords"}},
    {RECEIVER_FIREHOSE,
     "firehose",
     "a delivery stream",
     "firehose",
     "deliverystream/",
     {"AWS::KinesisFirehose::DeliveryStream"},
     {"firehose:PutRecord", "firehose:PutRecordBatch"}},
    {RECEIVER_MACHINE,
     "state_machine",
     "a state machine",
     "states",
     "stateMachine:",
     {"AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"},
     {"states:StartExecution"}},
};

/* Returns "queue, topic or bus", of the kinds in `takes`. */
static const char *kinds_words(struct arena *arena, unsigned takes)
{
    const char *all = "";
    for (size_t i = 0; i < countof(receivers); i++) {
        bool last = takes >> 1 < receivers[i].kind;
        if (takes & receivers[i].kind)
            all = arena_printf(arena, "%s%s%s", all,
                               !*all  ? ""
                               : last ? " or "
                                      : ", ",
                               receivers[i].key);
    }
    return all;
}

static bool is_map(const struct node *node)
{
    return node->kind == NODE_MAP && !node_dynamic(node);
}

/* The value without the map around it that says the kind. */
static const struct node *value_of(const struct node *node)
{
    return is_map(node) && node->count == 1 ? node->entries[0].value : node;
}

const struct declared *receiver_resource(const struct model *model, const struct node *node)
{
    const char *name;
    node = value_of(node);
    enum reference reference = reference_of(node, &name);
    if (reference != REFERENCE_REF && reference != REFERENCE_ATT)
        return NULL;
    name = arena_strndup(model->arena, name, strcspn(name, "."));
    return model_declared(model, "Resources", name);
}

/* The type of the resource of a fragment whose Ref or attribute a value is, or NULL. */
static const char *type_of(const struct model *model, const struct node *node)
{
    const struct declared *declared = receiver_resource(model, node);
    return declared ? declared->type : NULL;
}

static bool has_type(const struct receiver *r, const char *type)
{
    for (size_t i = 0; i < countof(r->types) && r->types[i]; i++)
        if (strcmp(r->types[i], type) == 0)
            return true;
    return false;
}

/* The kind that the settings say: by a map, an ARN, lambda:// or a resource of a fragment; or
 * NULL. */
static const struct receiver *kind_of(const struct model *model, const struct node *node)
{
    const char *rest, *type = type_of(model, node);
    bool lambda = reference_of(node, &rest) == REFERENCE_LAMBDA;
    for (size_t i = 0; i < countof(receivers); i++) {
        const struct receiver *r = &receivers[i];
        if (is_map(node) ? strcmp(node->entries[0].key->text, r->key) == 0
                         : (lambda && r->kind == RECEIVER_LAMBDA) || (type && has_type(r, type)) ||
                               (node_text(node) && arn_resource(node->text, r->service)))
            return r;
    }
    return NULL;
}

/* Services send failures and results to standard queues and topics only. */
static bool fifo(const struct receiver *r, const struct node *value, const char *key)
{
    return diag_error(EXIT_VALUE, value->pos, "%s takes no FIFO %s; take a standard one", key,
                      r->key);
}

static bool check_name(const struct receiver *r, const struct node *value, const char *key)
{
    const char *text = node_text(value);
    const char *signs = r->kind == RECEIVER_BUS ? STR_ALNUM "._-/" : STR_ALNUM "._-";
    if (!text)
        return diag_error(EXIT_VALUE, value->pos, "%s is a name, an ARN or a ref, not %s", r->words,
                          node_kind_words(value));
    if (str_ends(text, ".fifo"))
        return fifo(r, value, key);
    if (!str_starts(text, "arn:"))
        return r->kind == RECEIVER_LAMBDA || (*text && str_is_made_of(text, signs)) ||
               diag_error(EXIT_VALUE, value->pos, "'%s' is no name of %s", text, r->words);
    const char *resource = arn_resource(text, r->service);
    return (resource && str_starts(resource, r->resource)) ||
           diag_error(EXIT_VALUE, value->pos, "this is not the ARN of %s", r->words);
}

static bool check_type(const struct model *model, const struct node *value, unsigned takes)
{
    const char **types = NULL;
    size_t n = 0;
    for (size_t i = 0; i < countof(receivers); i++)
        for (size_t k = 0; (takes & receivers[i].kind) && k < countof(receivers[i].types); k++)
            if (receivers[i].types[k])
                array_push(model->arena, types, n, receivers[i].types[k]);
    array_push(model->arena, types, n, NULL);
    return reference_check(model, value, types,
                           arena_printf(model->arena, "a %s", kinds_words(model->arena, takes)));
}

/* Checks a value of an Fn::If: a receiver, or none. */
static bool check_branch(const struct model *model, const struct node *node, unsigned takes,
                         const char *key)
{
    return node_is_no_value(node) || receiver_check(model, node, takes, key);
}

bool receiver_check(const struct model *model, const struct node *node, unsigned takes,
                    const char *key)
{
    const struct node *const *branches = function_branches(node);
    if (branches) {
        bool ok = check_branch(model, branches[0], takes, key);
        return check_branch(model, branches[1], takes, key) && ok;
    }
    bool malformed = is_map(node) && node->count != 1;
    const struct receiver *r = malformed ? NULL : kind_of(model, node);
    const struct node *value = value_of(node);
    const char *words = kinds_words(model->arena, takes);
    if (r ? !node_set(value) : !node_dynamic(node))
        return diag_error(EXIT_VALUE, node->pos,
                          "%s takes the ARN of a %s, a ref to it, or its kind and name, as in %s: "
                          "{queue: jobs}",
                          key, words, key);
    if (r && !(r->kind & takes))
        return diag_error(EXIT_RESOURCE, node->pos, "%s takes a %s, not %s", key, words, r->words);
    if (r && !node_dynamic(value))
        return check_name(r, value, key);
    if (r && receiver_is_fifo(receiver_resource(model, value)))
        return fifo(r, value, key);
    return receiver_is_lambda(model, node) || check_type(model, value, r ? r->kind : takes);
}

bool receiver_is_fifo(const struct declared *declared)
{
    const struct node *properties = declared ? node_get(declared->value, "Properties") : NULL;
    return schema_flag(node_get(properties, "FifoQueue"), false) ||
           schema_flag(node_get(properties, "FifoTopic"), false);
}

unsigned receiver_kind(const struct model *model, const struct node *node)
{
    const struct receiver *r = kind_of(model, node);
    return r ? r->kind : 0;
}

bool receiver_is_lambda(const struct model *model, const struct node *node)
{
    return receiver_kind(model, node) == RECEIVER_LAMBDA;
}

/* The ARN of a name, in the account and region of the stack. */
static json_t *arn_of_name(struct arena *arena, const struct receiver *r, const char *name)
{
    const char *where = r->kind == RECEIVER_BUCKET ? ":" : "${AWS::Region}:${AWS::AccountId}";
    return cfn_sub(arena_printf(arena, "arn:${AWS::Partition}:%s:%s:%s%s", r->service, where,
                                r->resource, name));
}

/* What is known of a value: the kind, or NULL. */
struct known {
    const struct model *model;
    const struct receiver *kind;
};

static json_t *one_arn(const struct node *value, const void *data)
{
    const struct known *known = data;
    if (node_dynamic(value))
        return reference_value(known->model, value, WANT_ARN);
    if (str_starts(value->text, "arn:"))
        return json_string(value->text);
    if (known->kind->kind != RECEIVER_LAMBDA)
        return arn_of_name(known->model->arena, known->kind, value->text);
    const struct lambda *lambda = lambda_find(known->model, value);
    return lambda ? lambda_alias(lambda) : NULL;
}

/* The same of a receiver in an Fn::If, which may have its kind around it. */
static json_t *arn_in_branch(const struct node *node, const void *data)
{
    const struct model *model = data;
    return one_arn(value_of(node), &(struct known){model, kind_of(model, node)});
}

json_t *receiver_arn(const struct model *model, const struct node *node)
{
    if (function_branches(node))
        return cfn_branches(node, arn_in_branch, model);
    return cfn_branches(value_of(node), one_arn, &(struct known){model, kind_of(model, node)});
}

static void add_actions(json_t *actions, const struct receiver *r)
{
    for (size_t i = 0; i < countof(r->actions) && r->actions[i]; i++)
        json_array_append_new(actions, json_string(r->actions[i]));
}

/* The kinds that a receiver may have: of an Fn::If, those of its values. */
static unsigned kinds_of(const struct model *model, const struct node *node, unsigned takes)
{
    const struct node *const *branches = function_branches(node);
    const struct receiver *known = kind_of(model, node);
    if (branches)
        return kinds_of(model, branches[0], takes) | kinds_of(model, branches[1], takes);
    return node_is_no_value(node) ? 0 : known ? known->kind : takes;
}

json_t *receiver_policy(const struct model *model, const struct node *node, unsigned takes,
                        json_t *arn)
{
    unsigned kinds = kinds_of(model, node, takes);
    json_t *actions = json_array(), *resources = json_pack("[o]", arn);
    for (size_t i = 0; i < countof(receivers); i++)
        if (kinds & receivers[i].kind)
            add_actions(actions, &receivers[i]);
    if (kinds & RECEIVER_BUCKET)
        json_array_append_new(resources, cfn_join("", json_pack("[O, s]", arn, "/*")));
    return json_pack("{s:s, s:[{s:s, s:o, s:o}]}", "Version", "2012-10-17", "Statement", "Effect",
                     "Allow", "Action", actions, "Resource", resources);
}
