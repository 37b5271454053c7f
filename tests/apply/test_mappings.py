"""Sources that Lambda reads, against an emulator that checks IAM: messages and records reach the lambda, if they pass the
filters, and what failed comes again. The role may read the sources, and nothing else."""
import json
import re
import unittest

import support
from emulator import Emulator
from flows import FlowCase
from test_uses import CALLER

RESOURCES = """
    Resources:
      Mail: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 6}}
      Slow: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 360}}
      Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
      Orders:
        Type: AWS::DynamoDB::Table
        Properties:
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          StreamSpecification: {StreamViewType: NEW_IMAGE}
    """


# The calls by which Lambda reads each source, and a call that its role does not allow.
READING = {
    "sqs": ([["sqs", "receive_message", {"QueueUrl": "$MAIL"}],
             ["sqs", "get_queue_attributes", {"QueueUrl": "$MAIL", "AttributeNames": ["QueueArn"]}]],
            ["sqs", "send_message", {"QueueUrl": "$MAIL", "MessageBody": "a"}]),
    "kinesis": ([["kinesis", "describe_stream_summary", {"StreamName": "$CLICKS"}],
                 ["kinesis", "list_shards", {"StreamName": "$CLICKS"}],
                 ["kinesis", "get_shard_iterator", {"StreamName": "$CLICKS", "ShardId": "shardId-000000000000",
                                                    "ShardIteratorType": "LATEST"}]],
                ["kinesis", "put_record", {"StreamName": "$CLICKS", "Data": "x", "PartitionKey": "x"}]),
    # For calls with the ARN of a stream, the emulator asks IAM about all streams.
    "dynamodb": ([["dynamodbstreams", "list_streams", {}]], ["dynamodb", "scan", {"TableName": "$ORDERS"}]),
}


class Sources(FlowCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(support.VENV, auth=True).start()
        cls.addClassCleanup(cls.emulator.stop)

    FILES = {
        "settings.yml": """
            project: test-sources
            code-bucket: test-sources
            cloudformation: resources.yml
            lambdas:
              worker: {code: code.py, timeout: 1}
              reader:
                code: caller.py
                memory: 256
                timeout: 60
                environment: {MAIL: ref://Slow, CLICKS: ref://Clicks, ORDERS: ref://Orders}
            sqs:
              mail:
                queue: ref://Mail
                lambda: worker
                report_failures: true
                filters: [{body: {kind: [order]}}]
              slow: {queue: ref://Slow, lambda: reader, enabled: false}
            kinesis:
              pause_clicks: {stream: ref://Clicks, lambda: reader, starting_position: LATEST, enabled: false}
              read_clicks: {stream: ref://Clicks, lambda: worker, starting_position: TRIM_HORIZON}
            dynamodb:
              pause_changes: {stream: ref://Orders, lambda: reader, starting_position: LATEST, enabled: false}
              changes: {stream: ref://Orders, lambda: worker, starting_position: TRIM_HORIZON, filters: [{eventName: [INSERT]}]}
            outputs: {Mail: ref://Mail, Clicks: {value: "sub://${Clicks}"}, Orders: "sub://${Orders}"}
            """,
        "resources.yml": RESOURCES,
        "caller.py": CALLER,
        "code.py": """
            import base64, json

            def words(record):
                if "kinesis" in record:
                    return "click " + base64.b64decode(record["kinesis"]["data"]).decode()
                if "dynamodb" in record:
                    return "change " + record["dynamodb"]["Keys"]["id"]["S"]
                return f"mail {record['body']} {record['attributes']['ApproximateReceiveCount']}"

            def handler(event, context):
                failures = []
                for record in event["Records"]:
                    print("got", words(record))
                    if "bad" in record.get("body", "") and record["attributes"]["ApproximateReceiveCount"] == "1":
                        failures.append({"itemIdentifier": record["messageId"]})
                return {"batchItemFailures": failures}
            """,
    }

    def printed(self, *words):
        """Returns the lines that the lambda has printed, once all words are in them."""
        def look():
            groups = self.aws("logs", "describe-log-groups")["logGroups"]
            names = [group["logGroupName"] for group in groups if "sources-r-Worker" in group["logGroupName"]]
            events = [event for name in names for event in
                      self.aws("logs", "filter-log-events", "--log-group-name", name)["events"]]
            text = "\n".join(event["message"] for event in events)
            return text if all(word in text for word in words) else None
        return [line for line in self.wait(look, words).splitlines() if line.startswith("got ")]

    def test_sources(self):
        self.build()
        self.apply()
        outputs = self.outputs()
        for body in {"kind": "order", "n": 1}, {"kind": "order", "bad": 1}, {"kind": "other"}:
            self.sqs("send-message", "--queue-url", outputs["Mail"], "--message-body", json.dumps(body))
        self.aws("dynamodb", "put-item", "--table-name", outputs["Orders"], "--item", '{"id": {"S": "o1"}}')
        self.aws("kinesis", "put-record", "--stream-name", outputs["Clicks"], "--partition-key", "a",
                 "--data", "hello")
        good, bad = 'mail {"kind": "order", "n": 1}', 'mail {"kind": "order", "bad": 1}'
        lines = self.printed(good, f"{bad} 2", "change o1", "click hello")
        self.assertEqual({re.sub(r" \d+$", "", line) for line in lines},
                         {f"got {words}" for words in (good, bad, "change o1", "click hello")})
        self.check_role(outputs["ClioutputLambdaReader"])

    def check_role(self, reader):
        allowed = [call for calls, _ in READING.values() for call in calls]
        refused = [call for _, call in READING.values()]
        answers = self.invoke(reader, allowed + refused)[0]
        for call, answer in zip(allowed + refused, answers, strict=True):
            with self.subTest(call=call):
                self.assertRegex(answer, "done" if call in allowed else "Access|Denied")


if __name__ == "__main__":
    unittest.main()
