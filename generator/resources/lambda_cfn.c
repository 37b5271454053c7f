#include <assert.h>

#include "resources/bundle.h"
#include "resources/lambda.h"
#include "resources/lambda_cfn.h"
#include "resources/output.h"
#include "resources/runtime.h"
#include "resources/steps.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/action.h"
#include "template/cfn.h"
#include "template/limit.h"

/* All lambdas share one parameter for their digests. Its value has room for the digests of as many
 * lambdas as fit into a stack. */
static_assert(LIMIT_RESOURCES / LAMBDA_RESOURCES_MIN * (LAMBDA_DIGEST_DIGITS + 1) <= LIMIT_VALUE,
              "the digests of all lambdas of a stack fit into one value");

enum { MEMORY_DEFAULT = 128, TIMEOUT_DEFAULT = 3 };

/* The names of a lambda's resources, parameters and output. */
struct ids {
    const char *role, *s3_version, *s3_url, *custom_version, *native_version, *output;
};

static struct ids make_ids(struct arena *arena, const struct lambda *lambda)
{
    const char *name = lambda->short_id;
    return (struct ids){
        .role = arena_printf(arena, "%sRole", name),
        .s3_version = arena_printf(arena, "%sS3Version", name),
        .s3_url = arena_printf(arena, "%sS3Url", name),
        .custom_version = arena_printf(arena, "%sVersion", name),
        .native_version = arena_printf(arena, "%sPublished", name),
        .output = arena_printf(arena, OUTPUT_OWN "Lambda%s", lambda->id),
    };
}

static void write_upload(struct arena *arena, const struct lambda *lambda, const struct ids *ids,
                         struct actions *actions)
{
    json_t *context = action_value(lambda->context);
    if (!context)
        context = json_object();
    actions_upload(actions, lambda->bundle->action,
                   arena_printf(arena, "code/%s", lambda->bundle->zip_key), lambda->bundle->zip_key,
                   context, lambda->context_destination);
    actions_output(actions, ids->s3_url, lambda->bundle->action, "s3url");
    actions_output(actions, ids->s3_version, lambda->bundle->action, "s3version");
}

/* clang-format off */
static json_t *policy(const char *name, json_t *document)
{
    return json_pack("{s:s, s:o}", "PolicyName", name, "PolicyDocument", document);
}

/* Allows log groups of lambdas only, but of all lambdas, because CloudFormation shortens the names
 * of functions. */
static json_t *logs_policy(struct arena *arena, const struct lambda *lambda)
{
    return policy(arena_printf(arena, "%sLogsPolicy", lambda->short_id),
        json_pack("{s:s, s:[{s:s, s:[s, s, s], s:o}]}",
            "Version", "2012-10-17",
            "Statement",
                "Effect", "Allow",
                "Action", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
                "Resource", cfn_sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
                                    ":log-group:/aws/lambda/*")));
}

/* The permissions that Lambda needs to put a function into a VPC (Lambda Developer Guide, "Giving
 * Lambda functions access to resources in an Amazon VPC"). */
static json_t *vpc_policy(struct arena *arena, const struct lambda *lambda)
{
    return policy(arena_printf(arena, "%sVpc", lambda->short_id),
        json_pack("{s:s, s:[{s:s, s:[s, s, s, s, s, s], s:[s]}]}",
            "Version", "2012-10-17",
            "Statement",
                "Effect", "Allow",
                "Action", "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
                    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
                "Resource", "*"));
}

static json_t *policies(struct arena *arena, const struct lambda *lambda)
{
    const struct node *settings = lambda->settings;
    json_t *list = json_array();
    if (schema_flag(node_get(settings, "auto-run-policy"), true))
        json_array_append_new(list, logs_policy(arena, lambda));
    if (node_set(node_get(settings, "vpc")) &&
        schema_flag(node_get(settings, "auto-vpc-policy"), true))
        json_array_append_new(list, vpc_policy(arena, lambda));
    size_t n;
    const struct lambda_policy *sorted = lambda_policies(arena, lambda, &n);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, policy(sorted[i].name, cfn_value(sorted[i].entry->value)));
    if (json_array_size(list))
        return list;
    json_decref(list);
    return NULL;
}

static json_t *role(struct arena *arena, const struct lambda *lambda)
{
    return json_pack("{s:s, s:{s:o, s:o*}}",
        "Type", "AWS::IAM::Role",
        "Properties",
            "AssumeRolePolicyDocument", cfn_assume_role("lambda.amazonaws.com"),
            "Policies", policies(arena, lambda));
}

/* Returns a list of ids, or the Ref to a parameter that holds such a list. */
static json_t *vpc_list(struct cfn *cfn, const struct node *value, const char *type)
{
    const char *name = node_ref(value);
    if (name && table_get(&cfn->reserved, name))
        diag_error(EXIT_RESOURCE, value->pos,
                   "'%s' is a parameter of Gordon's own, and no list of ids; choose another name",
                   name);
    else if (name && cfn_check_ref(value->pos, name))
        cfn_parameter(cfn, value->pos, name, type);
    return cfn_value(value);
}

static json_t *vpc_config(const struct model *model, const struct lambda *lambda, struct cfn *cfn)
{
    const struct node *name = node_get(lambda->settings, "vpc");
    if (!node_set(name))
        return NULL;
    const struct node *vpc = node_get(node_get(model->project->settings, "vpcs"), name->text);
    return json_pack("{s:o, s:o}",
        "SecurityGroupIds", vpc_list(cfn, node_get(vpc, "security-groups"),
                                     "List<AWS::EC2::SecurityGroup::Id>"),
        "SubnetIds", vpc_list(cfn, node_get(vpc, "subnet-ids"), "List<AWS::EC2::Subnet::Id>"));
}

static json_t *environment(const struct lambda *lambda)
{
    const struct node *map = node_get(lambda->settings, "environment");
    if (!node_set(map) || !map->count)
        return NULL;
    json_t *variables = json_object();
    for (size_t i = 0; i < map->count; i++) {
        json_t *value = cfn_value(map->entries[i].value);
        json_object_set_new(variables, map->entries[i].key->text, value ? value : json_string(""));
    }
    return json_pack("{s:o}", "Variables", variables);
}

/* Returns a number, even if it was written as text, or a Ref. */
static json_t *number(const struct node *node, int fallback)
{
    return node_dynamic(node) ? cfn_value(node) : json_integer(schema_int(node, fallback));
}

static json_t *architectures(const struct node *architecture)
{
    return node_set(architecture) ? json_pack("[s]", architecture->text) : NULL;
}

static json_t *description(const struct node *node)
{
    const char *text = node_text(node);
    return node_dynamic(node) || (text && *text) ? cfn_value(node) : NULL;
}

static json_t *function(const struct model *model, const struct lambda *lambda,
                        const struct ids *ids, struct cfn *cfn)
{
    const struct node *settings = lambda->settings, *own_role = node_get(settings, "role");
    const struct node *handler = node_get(settings, "handler");
    return json_pack("{s:s, s:{s:{s:o, s:s, s:o}, s:o*, s:o, s:o, s:o, s:s, s:o, s:o*, s:o*, s:o*}}",
        "Type", "AWS::Lambda::Function",
        "Properties",
            "Code",
                "S3Bucket", cfn_ref("CodeBucket"),
                "S3Key", lambda->bundle->zip_key,
                "S3ObjectVersion", cfn_ref(ids->s3_version),
            "Description", description(node_get(settings, "description")),
            "Handler", node_set(handler) ? cfn_value(handler) : json_string(lambda->handler),
            "MemorySize", number(node_get(settings, "memory"), MEMORY_DEFAULT),
            "Role", node_set(own_role) ? cfn_value(own_role) : cfn_att(ids->role, "Arn"),
            "Runtime", lambda->runtime->identifier,
            "Timeout", number(node_get(settings, "timeout"), TIMEOUT_DEFAULT),
            "Architectures", architectures(node_get(settings, "architecture")),
            "Environment", environment(lambda),
            "VpcConfig", vpc_config(model, lambda, cfn));
}

static json_t *digest(size_t index)
{
    return json_pack("{s:[i, o]}", "Fn::Select", (int)index, cfn_ref(LAMBDA_DIGESTS));
}

/* A custom resource, served by the lambda `version` of gordon.contrib.lambdas: by its function for
 * its own version, by its alias for all others. */
static json_t *custom_version(const struct model *model, const struct lambda *lambda,
                              const struct ids *ids, size_t index)
{
    return json_pack("{s:s, s:{s:o, s:o, s:o, s:o}}",
        "Type", "Custom::LambdaVersion",
        "Properties",
            "Digest", digest(index),
            "FunctionName", cfn_ref(lambda->id),
            "S3ObjectVersion", cfn_ref(ids->s3_version),
            "ServiceToken", lambda == model->version ? cfn_att(lambda->id, "Arn")
                                                     : lambda_alias(model->version));
}

/* CloudFormation publishes a new version when the description changes, and keeps the old ones. */
static json_t *native_version(const struct lambda *lambda, size_t index)
{
    return json_pack("{s:s, s:s, s:s, s:{s:o, s:o}}",
        "Type", "AWS::Lambda::Version",
        "DeletionPolicy", "RetainExceptOnCreate",
        "UpdateReplacePolicy", "Retain",
        "Properties",
            "Description", digest(index),
            "FunctionName", cfn_ref(lambda->id));
}

static json_t *alias(const struct lambda *lambda, const char *version_id)
{
    return json_pack("{s:s, s:{s:o, s:o, s:s}}",
        "Type", "AWS::Lambda::Alias",
        "Properties",
            "FunctionName", cfn_ref(lambda->id),
            "FunctionVersion", cfn_att(version_id, "Version"),
            "Name", "current");
}
/* clang-format on */

void lambda_write(const struct model *model, const struct resource *resource, struct steps *steps)
{
    const struct lambda *lambda = resource->data;
    struct arena *arena = model->arena;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct actions *actions = &steps->actions[STEP_PRE_RESOURCES];
    const struct ids ids = make_ids(arena, lambda);
    struct pos pos = lambda->key->pos;
    size_t index = json_array_size(actions->actions);
    write_upload(arena, lambda, &ids, actions);
    if (!node_set(node_get(lambda->settings, "role")))
        cfn_add(cfn, pos, ids.role, role(arena, lambda));
    cfn_add(cfn, pos, lambda->id, function(model, lambda, &ids, cfn));
    cfn_reserve(cfn, pos, ids.s3_version);
    cfn_parameter(cfn, pos, LAMBDA_DIGESTS, "CommaDelimitedList");
    const char *version = model->version ? ids.custom_version : ids.native_version;
    cfn_add(cfn, pos, version,
            model->version ? custom_version(model, lambda, &ids, index)
                           : native_version(lambda, index));
    cfn_add(cfn, pos, lambda->alias_id, alias(lambda, version));
    if (schema_flag(node_get(lambda->settings, "cli-output"), true))
        cfn_output(cfn, pos, ids.output, json_pack("{s:o}", "Value", lambda_alias(lambda)));
}
