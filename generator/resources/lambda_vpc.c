#include "resources/lambda_vpc.h"
#include "base/diag.h"
#include "base/util.h"
#include "resources/lambda.h"
#include "resources/lambda_check.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"vpc", FIELD_NAME}, {"auto-vpc-policy", FIELD_FLAG}};

static bool check(const struct model *model, const struct lambda *lambda)
{
    return lambda_check_named(model, node_get(lambda->settings, "vpc"), "vpcs");
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

/* clang-format off */
static json_t *config(struct cfn *cfn, const struct node *vpc)
{
    return json_pack("{s:o, s:o}",
        "SecurityGroupIds", vpc_list(cfn, node_get(vpc, "security-groups"),
                                     "List<AWS::EC2::SecurityGroup::Id>"),
        "SubnetIds", vpc_list(cfn, node_get(vpc, "subnet-ids"), "List<AWS::EC2::Subnet::Id>"));
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
    lambda_property(parts->function, "VpcConfig", config(parts->cfn, node_get(vpcs, name->text)));
    if (schema_flag(node_get(settings, "auto-vpc-policy"), true))
        write_policy(parts);
}

const struct lambda_subject lambda_vpc = {fields, countof(fields), .check = check, .write = write};
