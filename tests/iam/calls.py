"""The IAM actions of the calls of the AWS CLI, and the resources in the policies of docs/iam."""
import json

# Names of resources in the policies, with their ARNs.
PLACES = {
    "everything": ["*"],
    "networks": ["*"],  # actions of EC2 that only describe cannot be limited to resources
    "stacks": ["arn:aws:cloudformation:*:ACCOUNT:stack/STAGE-PROJECT-p/*",
               "arn:aws:cloudformation:*:ACCOUNT:stack/STAGE-PROJECT-r/*"],
    "bucket": ["arn:aws:s3:::CODE-BUCKET-*-STAGE"],
    "objects": ["arn:aws:s3:::CODE-BUCKET-*-STAGE/*"],
    "functions": ["arn:aws:lambda:*:ACCOUNT:function:STAGE-PROJECT-r-*"],
    "mappings": ["arn:aws:lambda:*:ACCOUNT:event-source-mapping:*"],
    "roles": ["arn:aws:iam::ACCOUNT:role/STAGE-PROJECT-r-*"],
    "rules": ["arn:aws:events:*:ACCOUNT:rule/STAGE-PROJECT-r-*"],
    "apis": ["arn:aws:apigateway:*::/restapis", "arn:aws:apigateway:*::/restapis/*",
             "arn:aws:apigateway:*::/tags/*"],
    "keys-of-apis": ["arn:aws:apigateway:*::/apikeys", "arn:aws:apigateway:*::/apikeys/*",
                     "arn:aws:apigateway:*::/usageplans", "arn:aws:apigateway:*::/usageplans/*"],
    "new-apis": ["arn:aws:apigateway:*::/apis", "arn:aws:apigateway:*::/apis/*", "arn:aws:apigateway:*::/tags/*"],
    "domains": ["arn:aws:apigateway:*::/domainnames", "arn:aws:apigateway:*::/domainnames/*"],
    "zones": ["arn:aws:route53:::hostedzone/*"],
    "account": ["arn:aws:apigateway:*::/account"],
    "queues": ["arn:aws:sqs:*:ACCOUNT:*"],
    "topics": ["arn:aws:sns:*:ACCOUNT:*"],
    "logs": ["arn:aws:logs:*:ACCOUNT:log-group:/aws/lambda/STAGE-PROJECT-r-*"],
    "groups": ["arn:aws:logs:*:ACCOUNT:log-group:*"],
    "things": ["arn:aws:iot:*:ACCOUNT:rule/*"],
    "balancers": ["arn:aws:elasticloadbalancing:*:ACCOUNT:targetgroup/*",
                  "arn:aws:elasticloadbalancing:*:ACCOUNT:listener/app/*",
                  "arn:aws:elasticloadbalancing:*:ACCOUNT:listener-rule/app/*"],
    "pools": ["arn:aws:cognito-idp:*:ACCOUNT:userpool/*"],
    "logs-of-apis": ["arn:aws:logs:*:ACCOUNT:log-group:/aws/vendedlogs/apis/STAGE-PROJECT-r-*"],
    "keys": ["arn:aws:kms:*:ACCOUNT:key/*"],
    "layers": ["arn:aws:lambda:*:ACCOUNT:layer:*"],
    "parameters": ["arn:aws:ssm:*:ACCOUNT:parameter/*"],
    "secrets": ["arn:aws:secretsmanager:*:ACCOUNT:secret:*"],
    "schedules": ["arn:aws:scheduler:*:ACCOUNT:schedule/*"],
    "tables": ["arn:aws:dynamodb:*:ACCOUNT:table/*"],
}


class Call:
    """A call of the AWS CLI: arguments, standard input, exit status and standard error."""

    def __init__(self, command, words, typed, status, said):
        self.command, self.words, self.typed, self.status, self.said = (
            command, words, typed, status, said)

    @property
    def name(self):
        return " ".join(self.words[:2])

    def request(self):
        return json.loads(self.typed) if "--cli-input-json" in self.words else {}


def describe_stacks(call):
    named = "--stack-name" in call.words or "StackName" in call.request()
    return {"cloudformation:DescribeStacks": "stacks" if named else "everything"}


def create_change_set(call):
    """Tags of a stack would need more actions for its resources, which resources.json does not have."""
    assert "Tags" not in call.request()
    template = {"s3:GetObject": "objects"} if "TemplateURL" in call.request() else {}
    return {"cloudformation:CreateChangeSet": "stacks", **template}


def copy(call):
    """A copy from S3 with --recursive lists first. A copy to S3 aborts an upload that failed."""
    if call.words[2].startswith("s3://"):
        return {"s3:GetObject": "objects", "s3:ListBucket": "bucket"}
    return {"s3:PutObject": "objects", "s3:AbortMultipartUpload": "objects"}


def delete_objects(call):
    """S3 requires DeleteObject always, and DeleteObjectVersion if the request has versions."""
    objects = json.loads(call.typed)["Objects"]
    versions = any("VersionId" in item for item in objects)
    return {"s3:DeleteObject": "objects", **({"s3:DeleteObjectVersion": "objects"} if versions else {})}


# Calls of the AWS CLI: actions with the names of their resources, or a function that returns these.
CALLS = {
    "cloudformation create-change-set": create_change_set,
    "cloudformation delete-change-set": {"cloudformation:DeleteChangeSet": "stacks"},
    "cloudformation delete-stack": {"cloudformation:DeleteStack": "stacks"},
    "cloudformation describe-change-set": {"cloudformation:DescribeChangeSet": "stacks"},
    "cloudformation describe-stack-events": {"cloudformation:DescribeStackEvents": "stacks"},
    "cloudformation describe-stacks": describe_stacks,
    "cloudformation execute-change-set": {"cloudformation:ExecuteChangeSet": "stacks"},
    "cloudformation get-template": {"cloudformation:GetTemplate": "stacks"},
    "cloudformation list-stack-resources": {"cloudformation:ListStackResources": "stacks"},
    "dynamodb describe-table": {"dynamodb:DescribeTable": "tables"},
    "dynamodb list-tables": {"dynamodb:ListTables": "everything"},
    "kinesis list-streams": {"kinesis:ListStreams": "everything"},
    "lambda get-alias": {"lambda:GetAlias": "functions"},
    "lambda get-function-configuration": {"lambda:GetFunctionConfiguration": "functions"},
    "lambda invoke": {"lambda:InvokeFunction": "functions"},
    "lambda list-versions-by-function": {"lambda:ListVersionsByFunction": "functions"},
    "lambda update-alias": {"lambda:UpdateAlias": "functions"},
    "logs filter-log-events": {"logs:FilterLogEvents": "logs"},
    "s3 cp": copy,
    "s3api delete-objects": delete_objects,
    "s3api list-object-versions": {"s3:ListBucketVersions": "bucket"},
    "s3api put-object": {"s3:PutObject": "objects"},
    "secretsmanager get-secret-value": {"secretsmanager:GetSecretValue": "secrets"},
    "ssm get-parameter": {"ssm:GetParameter": "parameters"},
    "sts get-caller-identity": {},  # needs no action
}

# The policies of each command. Actions of its calls are in the first one, those of PARAMETERS are not.
COMMANDS = {
    "apply": ["apply", "resources", "parameters"],
    "delete": ["delete", "resources"],
    "diff": ["diff", "parameters"],
    "status": ["status", "parameters"],
    "outputs": ["status"],
    "rollback": ["rollback"],
    "invoke": ["invoke"],
    "logs": ["logs"],
}
PARAMETERS = ["dynamodb", "kinesis", "secretsmanager", "ssm"]

# Actions that the emulator does not check: for a template in S3, for an upload that failed, and for the
# version of the first deleted object. It checks the actions on aliases by one other name, so it cannot
# tell that one of them is missing.
NOT_ASKED = {"s3:GetObject", "s3:AbortMultipartUpload", "s3:DeleteObjectVersion", "lambda:GetAlias",
             "lambda:UpdateAlias"}
ASKED_AS = {"lambda:GetAlias": "lambda:ListAliases", "lambda:UpdateAlias": "lambda:ListAliases"}


def actions_of(call):
    found = CALLS[call.name]
    return found(call) if callable(found) else found


def policy_of(call):
    service = call.words[0]
    return "parameters" if service in PARAMETERS else COMMANDS[call.command][0]
