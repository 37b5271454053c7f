#include <string.h>

#include "base/util.h"
#include "resources/fragment.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "template/cfn.h"

/* What Ref and Fn::GetAtt give of a type: the attribute, or REF for Ref itself; NULL if neither
 * gives it (CloudFormation Template Reference, "Return values" of each type). */
#define REF "Ref"
static const struct type {
    const char *name;
    const char *gives[WANT_COUNT];
    const char *replaced_by; /* names of properties with blanks between them, or NULL */
} types[] = {
    {"AWS::AmazonMQ::Broker",
     {[WANT_ARN] = "Arn", [WANT_ID] = REF},
     "AuthenticationStrategy BrokerName DeploymentMode EncryptionOptions EngineType "
     "PubliclyAccessible StorageType SubnetIds"},
    {"AWS::CertificateManager::Certificate",
     {[WANT_ARN] = REF},
     "CertificateAuthorityArn CertificateExport DomainName DomainValidationOptions KeyAlgorithm "
     "SubjectAlternativeNames"},
    {"AWS::CloudWatch::Alarm", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}, "AlarmName"},
    {"AWS::CloudWatch::CompositeAlarm", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}, "AlarmName"},
    {"AWS::Cognito::UserPool", {[WANT_ARN] = "Arn", [WANT_ID] = REF}},
    {"AWS::DynamoDB::GlobalTable",
     {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_STREAM] = "StreamArn"},
     "GlobalTableSourceArn KeySchema LocalSecondaryIndexes TableName"},
    {"AWS::DynamoDB::Table",
     {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_STREAM] = "StreamArn"},
     "ImportSourceSpecification KeySchema TableName"},
    {"AWS::EC2::SecurityGroup", {[WANT_ID] = "GroupId"}, "GroupDescription GroupName VpcId"},
    {"AWS::EC2::Subnet",
     {[WANT_ID] = REF},
     "AvailabilityZone AvailabilityZoneId CidrBlock Ipv4IpamPoolId Ipv4NetmaskLength Ipv6CidrBlock "
     "Ipv6IpamPoolId Ipv6Native Ipv6NetmaskLength OutpostArn VpcId"},
    {"AWS::EC2::VPC",
     {[WANT_ID] = REF},
     "CidrBlock InstanceTenancy Ipv4IpamPoolId Ipv4NetmaskLength VpcEncryptionControl"},
    {"AWS::ECR::Repository",
     {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_URL] = "RepositoryUri"},
     "EncryptionConfiguration RepositoryName"},
    {"AWS::EFS::AccessPoint",
     {[WANT_ARN] = "Arn", [WANT_ID] = REF},
     "ClientToken FileSystemId PosixUser RootDirectory"},
    {"AWS::EFS::FileSystem",
     {[WANT_ARN] = "Arn", [WANT_ID] = REF},
     "AvailabilityZoneName Encrypted KmsKeyId PerformanceMode"},
    {"AWS::ElasticLoadBalancingV2::Listener", {[WANT_ARN] = REF}, "LoadBalancerArn"},
    {"AWS::ElasticLoadBalancingV2::LoadBalancer", {[WANT_ARN] = REF}, "Name Scheme Type"},
    {"AWS::ElasticLoadBalancingV2::TargetGroup",
     {[WANT_ARN] = REF},
     "IpAddressType Name Port Protocol ProtocolVersion TargetType VpcId"},
    {"AWS::Events::EventBus", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}, "Name"},
    {"AWS::Events::Rule", {[WANT_ARN] = "Arn"}, "EventBusName Name"},
    {"AWS::IAM::ManagedPolicy", {[WANT_ARN] = REF}},
    {"AWS::IAM::Role", {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_ID] = "RoleId"}},
    {"AWS::KMS::Alias", {[WANT_NAME] = REF, [WANT_ID] = REF}, "AliasName"},
    {"AWS::KMS::Key", {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_ID] = REF}},
    {"AWS::KMS::ReplicaKey",
     {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_ID] = REF},
     "PrimaryKeyArn"},
    {"AWS::Kinesis::Stream",
     {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_STREAM] = "Arn"},
     "Name"},
    {"AWS::Kinesis::StreamConsumer",
     {[WANT_ARN] = REF, [WANT_STREAM] = REF},
     "ConsumerName StreamARN Tags"},
    {"AWS::KinesisFirehose::DeliveryStream",
     {[WANT_ARN] = "Arn", [WANT_NAME] = REF},
     "AmazonOpenSearchServerlessDestinationConfiguration "
     "AmazonopensearchserviceDestinationConfiguration DatabaseSourceConfiguration "
     "DeliveryStreamName DeliveryStreamType DirectPutSourceConfiguration "
     "ElasticsearchDestinationConfiguration IcebergDestinationConfiguration "
     "KinesisStreamSourceConfiguration MSKSourceConfiguration SnowflakeDestinationConfiguration"},
    {"AWS::Lambda::Alias", {[WANT_ARN] = REF}},
    {"AWS::Lambda::CodeSigningConfig", {[WANT_ARN] = REF}},
    {"AWS::Lambda::Function", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}},
    {"AWS::Lambda::LayerVersion", {[WANT_ARN] = REF}},
    {"AWS::Lambda::Version", {[WANT_ARN] = REF}},
    {"AWS::Logs::LogGroup", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}},
    {"AWS::MSK::Cluster", {[WANT_ARN] = REF}, "BrokerNodeGroupInfo ClusterName EncryptionInfo"},
    {"AWS::MSK::ServerlessCluster",
     {[WANT_ARN] = REF},
     "ClientAuthentication ClusterName Tags VpcConfigs"},
    {"AWS::S3::Bucket",
     {[WANT_ARN] = "Arn", [WANT_NAME] = REF},
     "BucketName BucketNamePrefix BucketNamespace"},
    {"AWS::SNS::Topic", {[WANT_ARN] = REF, [WANT_NAME] = "TopicName"}, "FifoTopic TopicName"},
    {"AWS::SQS::Queue",
     {[WANT_ARN] = "Arn", [WANT_NAME] = "QueueName", [WANT_URL] = REF},
     "FifoQueue QueueName"},
    {"AWS::SSM::Parameter", {[WANT_NAME] = REF}, "Name"},
    {"AWS::Scheduler::ScheduleGroup", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}, "Name"},
    {"AWS::SecretsManager::Secret", {[WANT_ARN] = REF}, "Name"},
    {"AWS::Serverless::Function", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}},
    {"AWS::Serverless::SimpleTable", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}, "TableName"},
    {"AWS::Serverless::StateMachine", {[WANT_ARN] = REF, [WANT_NAME] = "Name"}, "Name Type"},
    {"AWS::StepFunctions::StateMachine",
     {[WANT_ARN] = REF, [WANT_NAME] = "Name"},
     "StateMachineName StateMachineType"},
};

const struct declared *reference_resource(const struct model *model, const struct node *node)
{
    const char *name = node_ref(node);
    const struct declared *declared = name ? model_declared(model, "Resources", name) : NULL;
    return declared && declared->type ? declared : NULL;
}

static const struct type *type_named(const char *name)
{
    for (size_t i = 0; i < countof(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

static const char *attribute(const char *type, enum want want)
{
    const struct type *known = type_named(type);
    return known ? known->gives[want] : NULL;
}

bool reference_is_replaced_by(const char *type, const char *property)
{
    const struct type *known = type_named(type);
    size_t len = strlen(property);
    if (!known)
        return str_ends(property, "Name");
    for (const char *at = known->replaced_by; at && (at = strstr(at, property)); at += len)
        if ((at == known->replaced_by || at[-1] == ' ') && (!at[len] || at[len] == ' '))
            return true;
    return false;
}

/* Returns an Fn::If with other values. */
static const struct node *with_branches(struct arena *arena, const struct node *node,
                                        const struct node *yes, const struct node *no)
{
    const struct node *arguments = node->entries[0].value;
    struct node *list = arena_alloc(arena, sizeof *list);
    *list = *arguments;
    list->items = NULL;
    list->count = 0;
    array_push(arena, list->items, list->count, arguments->items[0]);
    array_push(arena, list->items, list->count, yes);
    array_push(arena, list->items, list->count, no);
    return node_pair(arena, node->pos, "Fn::If", list);
}

const struct node *reference_node(const struct model *model, const struct node *node,
                                  enum want want)
{
    const struct node *const *branches = function_branches(node);
    if (branches)
        return with_branches(model->arena, node, reference_node(model, branches[0], want),
                             reference_node(model, branches[1], want));
    const struct declared *resource = reference_resource(model, node);
    const char *gives = resource ? attribute(resource->type, want) : NULL;
    if (!gives || strcmp(gives, REF) == 0)
        return node;
    return node_string(model->arena, node->pos,
                       arena_printf(model->arena, "att://%s.%s", node_ref(node), gives));
}

json_t *reference_value(const struct model *model, const struct node *node, enum want want)
{
    return cfn_value(reference_node(model, node, want));
}

/* Returns "Orders.Arn" of att://Orders.Arn, and of Fn::GetAtt with this text or [Orders, Arn]. */
static const char *attribute_text(struct arena *arena, const struct node *node)
{
    const char *rest;
    const struct node *value = function_is(node) ? node_get(node, "Fn::GetAtt") : NULL;
    if (reference_of(node, &rest) == REFERENCE_ATT)
        return rest;
    if (value && value->kind == NODE_LIST && value->count == 2 && node_text(value->items[0]) &&
        node_text(value->items[1]))
        return arena_printf(arena, "%s.%s", value->items[0]->text, value->items[1]->text);
    return node_text(value);
}

/* Returns the resource whose own ARN a node is, as att://Orders.Arn; or NULL. That of a custom
 * resource may be anything. */
static const struct declared *arn_of(const struct model *model, const struct node *node)
{
    static const char arn[] = ".Arn", any[] = "AWS::CloudFormation::";
    const char *text = attribute_text(model->arena, node);
    if (!text || !str_ends(text, arn))
        return NULL;
    const char *name = arena_strndup(model->arena, text, strlen(text) - strlen(arn));
    const struct declared *declared = model_declared(model, "Resources", name);
    return declared && declared->type && !str_starts(declared->type, any) ? declared : NULL;
}

static bool not_a_lambda(const struct node *node, const char *const *wanted, const char *what)
{
    for (; *wanted; wanted++)
        if (strcmp(*wanted, "AWS::Lambda::Function") == 0)
            return true;
    return diag_error(EXIT_RESOURCE, node->pos, "this takes %s, and '%s' is a lambda", what,
                      node->text);
}

bool reference_check(const struct model *model, const struct node *node, const char *const *wanted,
                     const char *what)
{
    const struct declared *resource = reference_resource(model, node);
    const struct node *const *branches = function_branches(node);
    const char *rest;
    if (branches) {
        bool ok = reference_check(model, branches[0], wanted, what);
        return reference_check(model, branches[1], wanted, what) && ok;
    }
    if (reference_of(node, &rest) == REFERENCE_LAMBDA)
        return not_a_lambda(node, wanted, what);
    resource = resource ? resource : arn_of(model, node);
    if (!resource || !str_starts(resource->type, "AWS::"))
        return true;
    for (; *wanted; wanted++)
        if (strcmp(resource->type, *wanted) == 0)
            return true;
    diag_error(EXIT_RESOURCE, node->pos, "this takes %s, and '%s' is of the type %s", what,
               resource->key->text, resource->type);
    diag_note(resource->key->pos, "it is here");
    return false;
}

bool reference_same(const struct node *a, const struct node *b)
{
    if (node_text(a) && node_text(b))
        return strcmp(a->text, b->text) == 0;
    json_t *x = cfn_value(a), *y = cfn_value(b);
    bool same = json_equal(x, y);
    json_decref(x);
    json_decref(y);
    return same;
}
