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
} types[] = {
    {"AWS::AmazonMQ::Broker", {[WANT_ARN] = "Arn", [WANT_ID] = REF}},
    {"AWS::CertificateManager::Certificate", {[WANT_ARN] = REF}},
    {"AWS::CloudWatch::Alarm", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}},
    {"AWS::CloudWatch::CompositeAlarm", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}},
    {"AWS::Cognito::UserPool", {[WANT_ARN] = "Arn", [WANT_ID] = REF}},
    {"AWS::DynamoDB::GlobalTable",
     {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_STREAM] = "StreamArn"}},
    {"AWS::DynamoDB::Table", {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_STREAM] = "StreamArn"}},
    {"AWS::EC2::SecurityGroup", {[WANT_ID] = "GroupId"}},
    {"AWS::EC2::Subnet", {[WANT_ID] = REF}},
    {"AWS::EC2::VPC", {[WANT_ID] = REF}},
    {"AWS::ECR::Repository", {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_URL] = "RepositoryUri"}},
    {"AWS::EFS::AccessPoint", {[WANT_ARN] = "Arn", [WANT_ID] = REF}},
    {"AWS::EFS::FileSystem", {[WANT_ARN] = "Arn", [WANT_ID] = REF}},
    {"AWS::ElasticLoadBalancingV2::Listener", {[WANT_ARN] = REF}},
    {"AWS::ElasticLoadBalancingV2::LoadBalancer", {[WANT_ARN] = REF}},
    {"AWS::ElasticLoadBalancingV2::TargetGroup", {[WANT_ARN] = REF}},
    {"AWS::Events::EventBus", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}},
    {"AWS::Events::Rule", {[WANT_ARN] = "Arn"}},
    {"AWS::IAM::ManagedPolicy", {[WANT_ARN] = REF}},
    {"AWS::IAM::Role", {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_ID] = "RoleId"}},
    {"AWS::KMS::Alias", {[WANT_NAME] = REF, [WANT_ID] = REF}},
    {"AWS::KMS::Key", {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_ID] = REF}},
    {"AWS::Kinesis::Stream", {[WANT_ARN] = "Arn", [WANT_NAME] = REF, [WANT_STREAM] = "Arn"}},
    {"AWS::Kinesis::StreamConsumer", {[WANT_ARN] = REF, [WANT_STREAM] = REF}},
    {"AWS::KinesisFirehose::DeliveryStream", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}},
    {"AWS::Lambda::Alias", {[WANT_ARN] = REF}},
    {"AWS::Lambda::CodeSigningConfig", {[WANT_ARN] = REF}},
    {"AWS::Lambda::Function", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}},
    {"AWS::Lambda::LayerVersion", {[WANT_ARN] = REF}},
    {"AWS::Lambda::Version", {[WANT_ARN] = REF}},
    {"AWS::Logs::LogGroup", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}},
    {"AWS::MSK::Cluster", {[WANT_ARN] = REF}},
    {"AWS::MSK::ServerlessCluster", {[WANT_ARN] = REF}},
    {"AWS::S3::Bucket", {[WANT_ARN] = "Arn", [WANT_NAME] = REF}},
    {"AWS::SNS::Topic", {[WANT_ARN] = REF, [WANT_NAME] = "TopicName"}},
    {"AWS::SQS::Queue", {[WANT_ARN] = "Arn", [WANT_NAME] = "QueueName", [WANT_URL] = REF}},
    {"AWS::SSM::Parameter", {[WANT_NAME] = REF}},
    {"AWS::SecretsManager::Secret", {[WANT_ARN] = REF}},
    {"AWS::StepFunctions::StateMachine", {[WANT_ARN] = REF, [WANT_NAME] = "Name"}},
};

const struct declared *reference_resource(const struct model *model, const struct node *node)
{
    const char *name = node_ref(node);
    const struct declared *declared = name ? model_declared(model, "Resources", name) : NULL;
    return declared && declared->type ? declared : NULL;
}

static const char *attribute(const char *type, enum want want)
{
    for (size_t i = 0; i < countof(types); i++)
        if (strcmp(types[i].name, type) == 0)
            return types[i].gives[want];
    return NULL;
}

const struct node *reference_node(const struct model *model, const struct node *node,
                                  enum want want)
{
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

bool reference_check(const struct model *model, const struct node *node, const char *const *wanted,
                     const char *what)
{
    const struct declared *resource = reference_resource(model, node);
    if (!resource || !str_starts(resource->type, "AWS::"))
        return true;
    for (; *wanted; wanted++)
        if (strcmp(resource->type, *wanted) == 0)
            return true;
    diag_error(EXIT_RESOURCE, node->pos, "this takes %s, and '%s' is of the type %s", what,
               node_ref(node), resource->type);
    diag_note(resource->key->pos, "it is here");
    return false;
}
