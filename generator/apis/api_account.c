#include "apis/api_account.h"
#include "apis/api.h"
#include "apis/api_part.h"
#include "resources/model.h"
#include "settings/node.h"
#include "template/cfn.h"

#define ACCOUNT "ApiGatewayAccount"
#define ROLE    ACCOUNT "Role"

/* clang-format off */
static json_t *role(void)
{
    return json_pack("{s:s, s:s, s:s, s:{s:o, s:[o]}}",
        "Type", "AWS::IAM::Role",
        "DeletionPolicy", "Retain",
        "UpdateReplacePolicy", "Retain",
        "Properties",
            "AssumeRolePolicyDocument", cfn_assume_role("apigateway.amazonaws.com"),
            "ManagedPolicyArns", cfn_sub("arn:${AWS::Partition}:iam::aws:policy/service-role/"
                                         "AmazonAPIGatewayPushToCloudWatchLogs"));
}

static json_t *account(void)
{
    return json_pack("{s:s, s:s, s:s, s:{s:o}}",
        "Type", "AWS::ApiGateway::Account",
        "DeletionPolicy", "Retain",
        "UpdateReplacePolicy", "Retain",
        "Properties",
            "CloudWatchRoleArn", cfn_att(ROLE, "Arn"));
}
/* clang-format on */

const char *api_account_write(struct api_writer *w)
{
    struct pos pos = node_get(w->api->settings, "cloudwatch_role")->pos;
    if (json_object_get(w->cfn->resources, ACCOUNT))
        return ACCOUNT;
    cfn_add(w->cfn, pos, ROLE, role());
    cfn_add(w->cfn, pos, ACCOUNT, account());
    return ACCOUNT;
}
