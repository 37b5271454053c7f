#include "lambdas/lambda_vpc.h"
#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_check.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"vpc", FIELD_NAME}, {"auto-vpc-policy", FIELD_FLAG}};

static bool check(const struct model *model, const struct lambda *lambda)
{
    return lambda_check_named(model, node_get(lambda->settings, "vpc"), "vpcs");
}

/* A list of ids of a vpc. */
static const struct list {
    const char *key, *type; /* of a parameter that holds the list */
    const char *resource;   /* whose id it takes */
    const char *what;       /* in messages */
} groups = {"security-groups", "List<AWS::EC2::SecurityGroup::Id>", "AWS::EC2::SecurityGroup",
            "a security group"},
  subnets = {"subnet-ids", "List<AWS::EC2::Subnet::Id>", "AWS::EC2::Subnet", "a subnet"};

static json_t *id_of(const struct model *model, const struct node *id, const struct list *list)
{
    const char *const types[] = {list->resource, NULL};
    reference_check(model, id, types, list->what);
    return reference_value(model, id, WANT_ID);
}

/* Returns a list of ids, or the Ref to a parameter that holds such a list. */
static json_t *ids(const struct lambda_parts *parts, const struct node *vpc,
                   const struct list *list)
{
    const struct node *value = node_get(vpc, list->key);
    const char *name = node_ref(value);
    if (reference_resource(parts->model, value))
        return json_pack("[o]", id_of(parts->model, value, list));
    if (name && table_get(&parts->cfn->reserved, name))
        diag_error(EXIT_RESOURCE, value->pos,
                   "'%s' is a parameter of Gordon's own, and no list of ids; choose another name",
                   name);
    else if (name && cfn_check_ref(value->pos, name))
        cfn_parameter(parts->cfn, value->pos, name, list->type);
    if (value->kind != NODE_LIST)
        return cfn_value(value);
    json_t *all = json_array();
    for (size_t i = 0; i < value->count; i++)
        json_array_append_new(all, id_of(parts->model, value->items[i], list));
    return all;
}

/* clang-format off */
static json_t *config(const struct lambda_parts *parts, const struct node *vpc)
{
    return json_pack("{s:o, s:o}",
        "SecurityGroupIds", ids(parts, vpc, &groups),
        "SubnetIds", ids(parts, vpc, &subnets));
}

/* The permissions that Lambda needs to put a function into a VPC (Lambda Developer Guide, "Giving
 * Lambda functions access to resources in an Amazon VPC"). */
static void write_policy(struct lambda_parts *parts)
{
    lambda_allow(parts, "Vpc",
        json_pack("[s, s, s, s, s, s]",
            "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"),
        json_pack("[s]", "*"));
}
/* clang-format on */

static void write(struct lambda_parts *parts)
{
    const struct node *settings = parts->lambda->settings, *name = node_get(settings, "vpc");
    if (!node_set(name))
        return;
    const struct node *vpcs = node_get(parts->model->project->settings, "vpcs");
    lambda_property(parts->function, "VpcConfig", config(parts, node_get(vpcs, name->text)));
    if (schema_flag(node_get(settings, "auto-vpc-policy"), true))
        write_policy(parts);
}

const struct lambda_subject lambda_vpc = {fields, countof(fields), .check = check, .write = write};
