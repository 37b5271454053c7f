"""Events of streams and rules reach what Gordon deployed."""
import json
import os
import unittest

from flows import FlowCase


class Flows(FlowCase):
    def stream(self, kind):
        return {kind: {"flow": {"lambda": "app.one", "stream": "ref://StreamArn", "batch_size": 10,
                                "starting_position": "TRIM_HORIZON"}}}

    def kinesis(self, contrib):
        """A record of a stream reaches the lambda, by the mapping to its alias."""
        self.aws("kinesis", "create-stream", "--stream-name", self.name, "--shard-count", "1")
        arn = self.aws("kinesis", "describe-stream-summary", "--stream-name",
                       self.name)["StreamDescriptionSummary"]["StreamARN"]
        self.project(self.stream("kinesis"), contrib, parameters=f"StreamArn: {arn}\n")
        self.deploy()
        mapping, = self.aws("lambda", "list-event-source-mappings", "--event-source-arn",
                            arn)["EventSourceMappings"]
        self.assertEqual((mapping["FunctionArn"], mapping["BatchSize"]), (self.alias(), 10))
        self.aws("kinesis", "put-record", "--stream-name", self.name, "--partition-key", "k",
                 "--data", "hello")
        record = self.reached()[0]["Records"][0]
        self.assertEqual((record["eventSourceARN"], record["kinesis"]["data"]), (arn, "aGVsbG8="))

    def test_kinesis(self):
        self.kinesis([])

    def test_kinesis_helpers(self):
        """With gordon.contrib.helpers, Custom::Sleep runs between the role and the mapping."""
        self.kinesis(["helpers"])
        events = self.aws("cloudformation", "describe-stack-events", "--stack-name",
                          f"dev-{self.name}-r")["StackEvents"]
        self.assertEqual([event["LogicalResourceId"] for event in reversed(events)
                          if event["ResourceStatus"] == "CREATE_COMPLETE"
                          and event["LogicalResourceId"] in ("OneRole", "FlowSleep", "AppFlow")],
                         ["OneRole", "FlowSleep", "AppFlow"])

    def test_dynamodb(self):
        """An item of a table reaches the lambda. The parameter finds the stream by the table's name."""
        made = self.aws("dynamodb", "create-table", "--table-name", self.name,
                        "--attribute-definitions", "AttributeName=id,AttributeType=S",
                        "--key-schema", "AttributeName=id,KeyType=HASH",
                        "--billing-mode", "PAY_PER_REQUEST", "--stream-specification",
                        "StreamEnabled=true,StreamViewType=NEW_IMAGE")["TableDescription"]
        place = f"dynamodb-stream-startswith://{self.name}"
        self.project(self.stream("dynamodb"), parameters=f"StreamArn: {place}\n")
        self.deploy()
        self.aws("dynamodb", "put-item", "--table-name", self.name, "--item", '{"id": {"S": "x"}}')
        record = self.reached()[0]["Records"][0]
        self.assertEqual((record["eventSourceARN"], record["dynamodb"]["NewImage"]),
                         (made["LatestStreamArn"], {"id": {"S": "x"}}))

    def test_events(self):
        """A rule calls two lambdas. One has its own input."""
        self.project({"events": {"order": {
            "description": "An order", "event_pattern": {"source": ["shop"]}, "targets": {
                "first": {"lambda": "app.one", "input": {"word": "ref://Word", "n": [1, None]}},
                "second": {"lambda": "app.two"}}}}}, lambdas=["one", "two"],
            parameters="Word: given\n")
        self.deploy()
        aliases = [self.alias("One"), self.alias("Two")]
        rule = self.aws("events", "list-rule-names-by-target", "--target-arn",
                        aliases[0])["RuleNames"][0]
        about = self.aws("events", "describe-rule", "--name", rule)
        self.assertEqual((about["State"], about["Description"], json.loads(about["EventPattern"])),
                         ("ENABLED", "An order", {"source": ["shop"]}))
        targets = self.aws("events", "list-targets-by-rule", "--rule", rule)["Targets"]
        self.assertEqual({t["Arn"]: json.loads(t.get("Input", "null")) for t in targets},
                         {aliases[0]: {"word": "given", "n": [1, None]}, aliases[1]: None})
        for alias in aliases:
            policy = self.aws("lambda", "get-policy", "--function-name", alias)["Policy"]
            statement, = json.loads(policy)["Statement"]
            self.assertEqual(statement["Condition"]["ArnLike"]["AWS:SourceArn"], about["Arn"])
        self.aws("events", "put-events", "--entries", json.dumps([
            {"Source": source, "DetailType": "x", "Detail": '{"id": 7}'}
            for source in ("other", "shop")]))
        self.assertEqual(self.reached("one"), [{"word": "given", "n": [1, None]}])
        event, = self.reached("two")
        self.assertEqual((event["source"], event["detail"]), ("shop", {"id": 7}))


if __name__ == "__main__":
    unittest.main()
