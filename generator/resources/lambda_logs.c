#include "resources/lambda_logs.h"
#include "base/util.h"
#include "resources/lambda.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"auto-run-policy", FIELD_FLAG}};

/* Allows log groups of lambdas only, but of all lambdas, because CloudFormation shortens the names
 * of functions. */
static void write(struct lambda_parts *parts)
{
    if (!schema_flag(node_get(parts->lambda->settings, "auto-run-policy"), true))
        return;
    lambda_allow(
        parts, LAMBDA_LOGS_POLICY,
        json_pack("[s, s, s]", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
        cfn_sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
                ":log-group:/aws/lambda/*"));
}

const struct lambda_subject lambda_logs = {fields, countof(fields), .always = true, .write = write};
