#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "template/cfn.h"

/* clang-format off */
static json_t *permission(const struct lambda *lambda, const char *principal, json_t *account,
                          json_t *source_arn)
{
    return json_pack("{s:s, s:{s:s, s:o, s:s, s:o*, s:o*}}",
        "Type", "AWS::Lambda::Permission",
        "Properties",
            "Action", "lambda:InvokeFunction",
            "FunctionName", lambda_alias(lambda),
            "Principal", principal,
            "SourceAccount", account,
            "SourceArn", source_arn);
}

json_t *invoke_permission_url(const struct lambda *lambda)
{
    return json_pack("{s:s, s:{s:s, s:o, s:s, s:s}}",
        "Type", "AWS::Lambda::Permission",
        "Properties",
            "Action", "lambda:InvokeFunctionUrl",
            "FunctionName", lambda_alias(lambda),
            "FunctionUrlAuthType", "NONE",
            "Principal", "*");
}

json_t *invoke_permission_by_url(const struct lambda *lambda)
{
    return json_pack("{s:s, s:{s:s, s:o, s:b, s:s}}",
        "Type", "AWS::Lambda::Permission",
        "Properties",
            "Action", "lambda:InvokeFunction",
            "FunctionName", lambda_alias(lambda),
            "InvokedViaFunctionUrl", true,
            "Principal", "*");
}
/* clang-format on */

json_t *invoke_permission(const struct lambda *lambda, const char *principal, json_t *source_arn)
{
    return permission(lambda, principal, NULL, source_arn);
}

json_t *invoke_permission_here(const struct lambda *lambda, const char *principal,
                               json_t *source_arn)
{
    return permission(lambda, principal, cfn_ref("AWS::AccountId"), source_arn);
}
