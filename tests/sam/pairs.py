#!/usr/bin/env python3
"""What Gordon makes of settings.yml is what AWS SAM makes of a template with the same meaning.

usage: pairs.py GORDON FOLDER [PAIR...]

Each folder in FOLDER is a pair: settings.yml, and template.yaml for aws-sam-translator. Both become
CloudFormation, whose resources must have the same types and properties. Logical ids do not count; a
reference to a resource counts as a reference to its type. `AutoPublishAlias: current` gives SAM's
functions the alias that Gordon makes. What both do in their own way is left out, see simplify().
AWS's managed policies are where SAM's list has them.
"""
import collections
import difflib
import functools
import json
import logging
import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lint"))
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"  # SAM asks boto3 for the partition
logging.disable(logging.WARNING)  # of SAM, about metrics

from http_apis import in_one_form  # noqa: E402
from lint import write_templates  # noqa: E402
from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: E402
from samtranslator.internal.managed_policies import get_bundled_managed_policy_map  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

# Policies of Gordon's own: for what SAM attaches a managed policy (logs, a VPC, traces), and for keys.
AUTOMATIC = re.compile(r"(LogsPolicy|Vpc|Tracing|Key)$")
AUTOMATIC_MANAGED = re.compile(r":policy/(service-role/AWSLambda(BasicExecution|VPCAccessExecution)Role"
                               r"|AWSXRayDaemonWriteAccess|AWSXrayWriteOnlyAccess)$")
# Gordon's own limit of the roles of schedules.
OWN_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
# What SAM attaches for sources that Lambda reads. Gordon allows some of these actions, on the source only.
READING = re.compile(r"(^|:policy/service-role/)AWSLambda(SQSQueue|Kinesis|DynamoDB|MSK)ExecutionRole$")
FUNCTION_DEFAULTS = {"MemorySize": 128, "Timeout": 3}


class Policies:
    """The names of AWS's managed policies, without a call to IAM."""

    def load(self):
        return get_bundled_managed_policy_map("aws")


def by_sam(path):
    template = yaml_parse(path.read_text(encoding="utf-8"))
    return transform(template, {}, Policies())["Resources"]


def by_gordon(gordon, project, output):
    templates, failure = write_templates(gordon, project, output)
    if failure:
        raise ValueError(failure)
    resources = {}
    for path in templates:
        if path.name.endswith("_r.json"):
            resources.update(json.loads(path.read_text(encoding="utf-8"))["Resources"])
    return resources


def without_variables(text, variables):
    """The text of an Fn::Sub with those variables filled in that are texts or references."""
    left = {}
    for name, value in variables.items():
        if isinstance(value, dict) and list(value) == ["Ref"]:
            value = "${" + value["Ref"] + "}"
        if isinstance(value, str):
            text = text.replace("${" + name + "}", value)
        else:
            left[name] = value
    return text, left


def references_to_types(value, types):
    """The value with each logical id of a resource replaced by its type."""
    def name(text):
        return f"<{types[text]}>" if text in types else text

    if isinstance(value, list):
        return [references_to_types(item, types) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["Ref"]:
        return {"Ref": name(value["Ref"])}
    if list(value) == ["Fn::GetAtt"]:
        target = value["Fn::GetAtt"]
        first, rest = (target[0], target[1:]) if isinstance(target, list) else target.split(".", 1)
        return {"Fn::GetAtt": [name(first), *(rest if isinstance(rest, list) else [rest])]}
    if list(value) == ["Fn::Sub"]:
        text = value["Fn::Sub"]
        text, variables = text if isinstance(text, list) else (text, {})
        text = text.replace("${AWS::Partition}", "aws")
        text = re.sub(r"\$\{([^}.!]+)", lambda hole: "${" + name(hole[1]), text)
        text, variables = without_variables(text, references_to_types(variables, types))
        if "${" not in text:
            return text
        return {"Fn::Sub": [text, variables] if variables else text}
    return {key: references_to_types(item, types) for key, item in value.items()}


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(document):
    """The statements of a policy document, each with lists, sorted."""
    found = []
    for statement in as_list(document["Statement"]):
        statement = {key: sorted(as_list(item), key=str) if key in ("Action", "Resource") else item
                     for key, item in statement.items()}
        if "Action" in statement:  # IAM does not distinguish sns:publish from sns:Publish
            statement["Action"] = sorted(action.lower() for action in statement["Action"])
        principal = statement.get("Principal")
        if isinstance(principal, dict):
            statement["Principal"] = {key: as_list(item) for key, item in principal.items()}
        found.append(statement)
    return sorted(found, key=lambda statement: json.dumps(statement, sort_keys=True))


@functools.cache
def reading_actions():
    """The actions of the managed policies by which Lambda reads sources, of all."""
    policies = json.loads(aws_managed_policies_data)
    return {action.lower() for name, policy in policies.items() if READING.search(name)
            for statement in as_list(policy["Document"]["Statement"])
            for action in as_list(statement["Action"])}


def is_reading(statement):
    return set(statement.get("Action", "*")) <= reading_actions()


def simplify_role(properties):
    trust = properties["AssumeRolePolicyDocument"] = statements(properties["AssumeRolePolicyDocument"])
    for statement in trust:
        if statement.get("Condition") == OWN_ACCOUNT:
            del statement["Condition"]
    managed = [arn for arn in properties.pop("ManagedPolicyArns", [])
               if not (isinstance(arn, str) and (AUTOMATIC_MANAGED.search(arn) or READING.search(arn)))]
    if managed:
        properties["ManagedPolicyArns"] = managed
    own = [statement for policy in properties.pop("Policies", [])
           if not AUTOMATIC.search(str(policy["PolicyName"]))
           for statement in statements(policy["PolicyDocument"]) if not is_reading(statement)]
    if own:
        properties["Policies"] = sorted(own, key=lambda statement: json.dumps(statement, sort_keys=True))


def simplify_function(properties):
    for name, value in FUNCTION_DEFAULTS.items():
        properties.setdefault(name, value)
    if "Code" in properties:
        code = properties["Code"]
        properties["Code"] = "image" if "ImageUri" in code else "zip"


def simplify_version(properties):
    properties.pop("Description", None)


def simplify_invoke_config(properties):
    if not properties.get("DestinationConfig"):
        properties.pop("DestinationConfig", None)


def simplify_deployment_group(properties):
    name = properties["DeploymentConfigName"]
    if isinstance(name, dict) and list(name) == ["Fn::Sub"] and isinstance(name["Fn::Sub"], list):
        text, variables = name["Fn::Sub"]
        properties["DeploymentConfigName"] = text.replace("${ConfigName}", variables["ConfigName"])


def simplify_permission(properties):
    # Of a source whose ARN has the account, it says the same again.
    if "${AWS::AccountId}" in str(properties.get("SourceArn")):
        properties.pop("SourceAccount", None)


def simplify_layer(properties):
    properties["Content"] = "zip"


def simplify_rule(properties):
    properties["Targets"] = [{**target, "Id": "target"} for target in properties["Targets"]]


def simplify_mapping(properties):
    for pattern in properties.get("FilterCriteria", {}).get("Filters", []):
        pattern["Pattern"] = json.loads(pattern["Pattern"])


def simplify_rest_api(properties):
    """SAM writes some properties into the body, and others into both."""
    body = properties.pop("Body", {})
    properties.pop("Parameters", None)
    for server in body.get("servers", []):
        if server.get("x-amazon-apigateway-endpoint-configuration", {}).get("disableExecuteApiEndpoint"):
            properties["DisableExecuteApiEndpoint"] = True
    if "x-amazon-apigateway-policy" in body:
        properties["Policy"] = body["x-amazon-apigateway-policy"]
    media = body.get("x-amazon-apigateway-binary-media-types", properties.get("BinaryMediaTypes"))
    if media:
        properties["BinaryMediaTypes"] = sorted(media)


def simplify_deployment(properties):
    """SAM's makes a second stage, which is called Stage."""
    properties.pop("Description", None)
    properties.pop("StageName", None)


def simplify_authorizer(properties):
    """SAM calls the function by a permission or a role, and not by an alias."""
    properties.pop("AuthorizerUri", None)
    properties.pop("AuthorizerCredentials", None)


def simplify_api_key(properties):
    properties.pop("StageKeys", None)


SIMPLIFY = {
    "AWS::ApiGateway::ApiKey": simplify_api_key,
    "AWS::ApiGateway::Authorizer": simplify_authorizer,
    "AWS::ApiGateway::Deployment": simplify_deployment,
    "AWS::ApiGateway::RestApi": simplify_rest_api,
    "AWS::CodeDeploy::DeploymentGroup": simplify_deployment_group,
    "AWS::Events::Rule": simplify_rule,
    "AWS::IAM::Role": simplify_role,
    "AWS::Lambda::EventInvokeConfig": simplify_invoke_config,
    "AWS::Lambda::EventSourceMapping": simplify_mapping,
    "AWS::Lambda::Function": simplify_function,
    "AWS::Lambda::LayerVersion": simplify_layer,
    "AWS::Lambda::Permission": simplify_permission,
    "AWS::Lambda::Version": simplify_version,
}


def simplify(resource):
    """The resource without what SAM and Gordon do in their own ways: the place of the code, what decides
    about a new version, the tag of SAM, policies for logs, and what becomes of deleted versions."""
    kept = {key: value for key, value in resource.items() if key not in ("Metadata", "DeletionPolicy",
                                                                         "UpdateReplacePolicy")}
    properties = dict(kept.get("Properties", {}))
    tags = [tag for tag in as_list(properties.pop("Tags", []) or [])
            if tag != {"Key": "lambda:createdBy", "Value": "SAM"}]
    if tags:
        properties["Tags"] = sorted(tags, key=str)
    SIMPLIFY.get(kept["Type"], lambda properties: None)(properties)
    if kept["Type"] == "AWS::Lambda::EventSourceMapping":
        kept.pop("DependsOn", None)  # Gordon's mappings wait for the role
    if kept["Type"].startswith("AWS::ApiGateway::"):
        kept.pop("DependsOn", None)
    if "DependsOn" in kept:
        kept["DependsOn"] = sorted(as_list(kept["DependsOn"]))
    return {**kept, "Properties": properties}


# What SAM writes into the body of an API, besides its gateway responses and its authorizers.
IN_BODIES = {f"AWS::ApiGateway::{name}" for name in ("Method", "Model", "RequestValidator", "Resource")}


def responses_of_body(api, resource):
    """The gateway responses in the body of an API as resources."""
    responses = resource.get("Properties", {}).get("Body", {}).get("x-amazon-apigateway-gateway-responses", {})
    for kind, response in responses.items():
        properties = {"ResponseType": kind, "RestApiId": {"Ref": api},
                      "ResponseParameters": response.get("responseParameters"),
                      "ResponseTemplates": response.get("responseTemplates"),
                      "StatusCode": response.get("statusCode") and str(response["statusCode"])}
        yield {"Type": "AWS::ApiGateway::GatewayResponse",
               "Properties": {key: value for key, value in properties.items() if value}}


def authorizers_of_body(api, resource):
    """The authorizers in the body of an API as resources."""
    schemes = resource.get("Properties", {}).get("Body", {}).get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        authorizer = scheme.get("x-amazon-apigateway-authorizer")
        if authorizer:
            source = authorizer.get("identitySource", f"method.request.header.{scheme['name']}")
            properties = {"Name": name, "RestApiId": {"Ref": api}, "Type": authorizer["type"].upper(),
                          "IdentitySource": source.replace(" ", ""),
                          "IdentityValidationExpression": authorizer.get("identityValidationExpression"),
                          "AuthorizerResultTtlInSeconds": authorizer.get("authorizerResultTtlInSeconds"),
                          "ProviderARNs": authorizer.get("providerARNs")}
            yield {"Type": "AWS::ApiGateway::Authorizer",
                   "Properties": {key: value for key, value in properties.items() if value is not None}}


def is_role_of_api(resource):
    """Whether it is the role by which Gordon's APIs call lambdas, where SAM has permissions."""
    policy = resource.get("Properties", {}).get("AssumeRolePolicyDocument", {})
    return "apigateway.amazonaws.com" in json.dumps(policy)


def without_bodies(resources):
    """The resources of a template, but what is in the bodies of APIs; and their gateway responses."""
    found = {name: resource for name, resource in resources.items()
             if resource["Type"] not in IN_BODIES and not is_role_of_api(resource)}
    for name, resource in resources.items():
        if resource["Type"] == "AWS::ApiGateway::RestApi":
            parts = [*responses_of_body(name, resource), *authorizers_of_body(name, resource)]
            found.update((f"{name} {number}", part) for number, part in enumerate(parts))
    return found


def comparable(resources):
    """The resources as texts, without their names."""
    types = {name: resource["Type"] for name, resource in resources.items()}
    resources = without_bodies(resources)
    found = []
    for resource in resources.values():
        if "DependsOn" in resource:
            resource["DependsOn"] = [types.get(name, name) for name in as_list(resource["DependsOn"])]
        simple = simplify(references_to_types(resource, types))
        found.append(json.dumps(simple, indent=1, sort_keys=True))
    return collections.Counter(found)


def compare(gordon, folder, output):
    """The differences of a pair, as lines."""
    ours = comparable(in_one_form(by_gordon(gordon, folder, output)))
    theirs = comparable(in_one_form(by_sam(folder / "template.yaml")))
    def lines(resources):
        return "\n".join(sorted(resources.elements(), key=lambda text: (json.loads(text)["Type"], text)))
    differences = difflib.unified_diff(lines(theirs - ours).splitlines(), lines(ours - theirs).splitlines(),
                                       "SAM", "Gordon", lineterm="", n=100)
    return list(differences)


def managed_policies(gordon, output):
    """The policies of AWS that Gordon looks for in another folder than SAM's list has them, as lines."""
    # Those in aws-service-role/ are only for roles of services.
    known = {name: arn for name, arn in Policies().load().items() if "/aws-service-role/" not in arn}
    names = sorted(known)
    lambdas = {f"l{i}": {"code": "a", "handler": "a.b", "runtime": "python3.13", "cli-output": False,
                         "managed-policies": names[i:i + 20]} for i in range(0, len(names), 20)}
    project = output / "managed policies"
    project.mkdir()
    settings = {"project": "p", "code-bucket": "b", "lambdas": lambdas}
    (project / "settings.yml").write_text(json.dumps(settings), encoding="utf-8")
    found = [arn["Fn::Sub"].replace("${AWS::Partition}", "aws")
             for resource in by_gordon(gordon, project, output / "managed").values()
             for arn in resource["Properties"].get("ManagedPolicyArns", [])]
    return sorted(set(known.values()) ^ set(found))


def main(gordon, folder, *names):
    failed = False
    folder = pathlib.Path(folder).resolve()
    pairs = [path for path in sorted(folder.iterdir()) if (path / "settings.yml").is_file()]
    with tempfile.TemporaryDirectory(prefix="gordon-sam-") as output:
        for pair in pairs:
            if names and pair.name not in names:
                continue
            try:
                differences = compare(os.path.abspath(gordon), pair, pathlib.Path(output) / pair.name)
            except Exception as error:  # the other pairs are of interest, too
                differences = [f"{type(error).__name__}: {error}"]
            if differences:
                failed = True
                print(f"{pair.name}:", *differences, sep="\n")
        wrong = managed_policies(os.path.abspath(gordon), pathlib.Path(output))
        if wrong:
            failed = True
            print("managed policies:", *wrong, sep="\n")
    print("failed" if failed else f"{len(pairs)} pairs are equal")
    return 1 if failed or not pairs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
