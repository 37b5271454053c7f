"""A lambda uses resources of its own stack: an emulator that checks IAM lets it make the calls of its
accesses, with the names in its variables, and refuses all others."""
import json
import unittest

import support
from emulator import Emulator

# Makes calls: [service, operation, parameters], in which "$NAME" is a variable.
CALLER = """
    import json, os, boto3, botocore

    def filled(value):
        if isinstance(value, dict):
            return {key: filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [filled(item) for item in value]
        if isinstance(value, str) and value.startswith("$"):
            return os.environ[value[1:]]
        return value

    def call(service, operation, parameters):
        config = botocore.config.Config(retries={"max_attempts": 1}, proxies={}, s3={"addressing_style": "path"})
        try:
            client = boto3.client(service, config=config, endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
            answer = getattr(client, operation)(**filled(parameters))
            if "Payload" in answer:
                return answer["Payload"].read().decode()
            return answer["Body"].read().decode() if "Body" in answer else "done"
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"]

    def handler(event, context):
        return [call(*given) for given in event]
    """

RESOURCES = """
    Resources:
      OrdersTable:
        Type: AWS::DynamoDB::Table
        Properties:
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}, {AttributeName: day, AttributeType: S}]
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          GlobalSecondaryIndexes:
            - {IndexName: days, KeySchema: [{AttributeName: day, KeyType: HASH}], Projection: {ProjectionType: ALL}}
          StreamSpecification: {StreamViewType: NEW_IMAGE}
      Uploads: {Type: AWS::S3::Bucket}
      Mail: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !Ref Lock}}
      Alerts: {Type: AWS::SNS::Topic}
      Bus: {Type: AWS::Events::EventBus, Properties: {Name: uses}}
      Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
      Token: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: s3cret, Name: uses-token}}
      Level: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: info, Name: /uses/level}}
      Flat: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: info, Name: flat}}
      Lock:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: 'kms:*', Resource: '*',
                         Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}}]
      Machine:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          RoleArn: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/any
          DefinitionString: '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
    """

KEY = {"id": {"S": "1"}}
ITEM = {"TableName": "$ORDERS_TABLE", "Key": KEY}

# The calls of each access, by lambda. Where both use a resource, their accesses differ.
CALLS = {
    "first": {
        ("OrdersTable", "write"): [
            ["dynamodb", "put_item", {"TableName": "$ORDERS_TABLE", "Item": {**KEY, "day": {"S": "mon"}}}],
            ["dynamodb", "update_item", {**ITEM, "AttributeUpdates": {"n": {"Value": {"N": "1"}, "Action": "PUT"}}}],
            ["dynamodb", "delete_item", {"TableName": "$ORDERS_TABLE", "Key": {"id": {"S": "2"}}}]],
        ("Uploads", "write"): [
            ["s3", "put_object", {"Bucket": "$UPLOADS", "Key": "a", "Body": "text"}],
            ["s3", "delete_object", {"Bucket": "$UPLOADS", "Key": "b"}]],
        ("Mail", "send"): [
            ["sqs", "send_message", {"QueueUrl": "$MAIL", "MessageBody": "text"}]],
        ("Alerts", "publish"): [["sns", "publish", {"TopicArn": "$ALERTS", "Message": "text"}]],
        ("Bus", "put"): [["events", "put_events", {"Entries": [
            {"EventBusName": "$BUS", "Source": "s", "DetailType": "d", "Detail": "{}"}]}]],
        ("Clicks", "write"): [
            ["kinesis", "put_record", {"StreamName": "$CLICKS", "Data": "x", "PartitionKey": "x"}]],
        ("Token", "read"): [["secretsmanager", "get_secret_value", {"SecretId": "$TOKEN"}]],
        ("Level", "read"): [["ssm", "get_parameter", {"Name": "$LEVEL"}]],
        ("Flat", "read"): [["ssm", "get_parameter", {"Name": "$FLAT"}]],
        ("Lock", "encrypt"): [["kms", "encrypt", {"KeyId": "$LOCK", "Plaintext": "text"}]],
        ("Machine", "start"): [["stepfunctions", "start_execution", {"stateMachineArn": "$MACHINE"}]],
        ("callee", "invoke"): [["lambda", "invoke", {"FunctionName": "$CALLEE", "Payload": "[]"}]],
    },
    "second": {
        ("OrdersTable", "read"): [
            ["dynamodb", "get_item", ITEM],
            ["dynamodb", "scan", {"TableName": "$ORDERS_TABLE"}],
            ["dynamodb", "query", {"TableName": "$ORDERS_TABLE", "IndexName": "days",
                                   "KeyConditionExpression": "#d = :d", "ExpressionAttributeNames": {"#d": "day"},
                                   "ExpressionAttributeValues": {":d": {"S": "mon"}}}]],
        ("Uploads", "read"): [
            ["s3", "get_object", {"Bucket": "$UPLOADS", "Key": "a"}],
            ["s3", "list_objects_v2", {"Bucket": "$UPLOADS"}]],
        ("Mail", "receive"): [
            ["sqs", "receive_message", {"QueueUrl": "$MAIL"}]],
        ("Clicks", "read"): [
            ["kinesis", "describe_stream_summary", {"StreamName": "$CLICKS"}],
            ["kinesis", "get_shard_iterator", {"StreamName": "$CLICKS", "ShardId": "shardId-000000000000",
                                               "ShardIteratorType": "LATEST"}]],
    },
}
# What both accesses of a stream allow.
SHARED = {"describe_stream_summary"}
# A secret by its name, because Ref of a secret is no ARN in this emulator.
BY_NAME = {"Token": {"name": "uses-token", "kind": "secret"}}


class Uses(support.Applied):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(support.VENV, auth=True).start()
        cls.addClassCleanup(cls.emulator.stop)

    def project(self):
        uses = {name: {resource: {"access": access, **BY_NAME.get(resource, {})} for resource, access in calls}
                for name, calls in CALLS.items()}
        lambdas = {name: {"code": "caller.py", "memory": 256, "timeout": 60, "uses": uses.get(name, {})}
                   for name in (*CALLS, "callee")}
        self.settings(json.dumps({"project": self.name, "code-bucket": "uses-code",
                                  "cloudformation": "resources.yml", "lambdas": lambdas}))
        support.write(self.folder, {"caller.py": CALLER, "resources.yml": RESOURCES})
        self.build()

    def made(self, name, calls):
        """Lets a lambda make the calls. Returns (call, answer) of each."""
        arn, = [arn for key, arn in self.outputs().items() if key.endswith(name.title())]
        return list(zip(calls, self.invoke(arn, calls)[0], strict=True))

    def test_calls(self):
        self.project()
        self.apply()
        for name, accesses in CALLS.items():
            for call, answer in self.made(name, [call for calls in accesses.values() for call in calls]):
                with self.subTest(lambda_=name, call=call):
                    self.assertIn(answer, ("done", "text", "[]"))
        # the calls of the other's accesses to the same resource
        for name, other in (("first", "second"), ("second", "first")):
            used = {resource for resource, _ in CALLS[name]}
            calls = [call for (resource, _), calls in CALLS[other].items() if resource in used
                     for call in calls if call[1] not in SHARED]
            self.assertGreater(len(calls), 5)
            for call, answer in self.made(name, calls):
                with self.subTest(lambda_=name, call=call):
                    self.assertRegex(answer, "Access|Denied")


if __name__ == "__main__":
    unittest.main()
