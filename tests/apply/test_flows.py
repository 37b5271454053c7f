"""Events of streams and rules reach what Gordon deployed."""
import datetime
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

    def sources(self):
        """Every source of one stack, each with a lambda of its own."""
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
        images = {"events": ["s3:ObjectCreated:*"], "key_filters": {"prefix": "in/", "suffix": ".png"}}
        return {
            "cloudformation": {"Resources": {
                "Alerts": {"Type": "AWS::SNS::Topic"},
                "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": f"{self.name}-bus"}},
                "Lost": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"{self.name}-lost"}},
                "Uploads": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"{self.name}-up"}},
                "Images": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"{self.name}-images"}}}},
            "sns": {"alerts": {"topic": "ref://Alerts", "lambda": "app.topic", "dead_letter": "ref://Lost",
                               "filter_policy": {"level": ["high", {"prefix": "very"}]},
                               "filter_policy_scope": "body"}},
            "events": {"orders": {
                "bus": "ref://Bus", "event_pattern": {"source": ["shop"], "detail": {
                    "$or": [{"size": [{"numeric": [">", 3]}]}, {"kind": [{"wildcard": "*express"}]}]}},
                "targets": {"one": {
                    "lambda": "app.bus", "dead_letter": "ref://Lost", "retries": 3,
                    "input_transformer": {"paths": {"id": "$.detail.id"}, "template": {"order": "<id>"}}}}}},
            "schedules": {"once": {
                "schedule_expression": f"at({soon:%Y-%m-%dT%H:%M:%S})", "lambda": "app.schedule",
                "timezone": "UTC", "input": {"full": True}, "dead_letter": "ref://Lost"}},
            "s3": {"uploads": {"bucket": "ref://Uploads", "notifications": {
                       "images": {"lambda": "app.bucket", **images}}},
                   "images": {"bucket": "ref://Images", "eventbridge": True, "notifications": {
                       "images": {"lambda": "app.rule", **images}}}}}

    def test_sources(self):
        """A message of a topic, an event of a bus, a schedule and objects reach their lambdas, if the filters
        let them through. One policy of a queue is for all that send to it."""
        lambdas = ["topic", "bus", "schedule", "bucket", "rule"]
        self.project(self.sources(), lambdas=lambdas)
        self.deploy()
        made = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in self.aws(
            "cloudformation", "list-stack-resources", "--stack-name",
            f"dev-{self.name}-r")["StackResourceSummaries"]}
        for level in ("low", "very high"):
            self.aws("sns", "publish", "--topic-arn", made["Alerts"], "--message", json.dumps({"level": level}))
        self.aws("events", "put-events", "--entries", json.dumps([
            {"EventBusName": bus, "Source": "shop", "DetailType": "x", "Detail": json.dumps(detail)}
            for bus, detail in ((made["Bus"], {"id": "1", "size": 3}), ("default", {"id": "2", "size": 4}),
                                (made["Bus"], {"id": "3", "kind": "express"}))]))
        for bucket in ("up", "images"):
            self.put(f"{self.name}-{bucket}", "in/a.txt", "out/a.png", "in/a.png")
        sent, = self.reached("topic")
        self.assertEqual(json.loads(sent["Records"][0]["Sns"]["Message"]), {"level": "very high"})
        self.assertEqual(self.reached("bus"), [{"order": "3"}])
        self.assertEqual(self.reached("schedule"), [{"full": True}])
        self.assertEqual([record["s3"]["object"]["key"] for record in self.reached("bucket")[0]["Records"]],
                         ["in/a.png"])
        event, = self.reached("rule")
        self.assertEqual((event["detail-type"], event["detail"]["object"]["key"]), ("Object Created", "in/a.png"))
        self.check_policies(made)

    def check_policies(self, made):
        document = json.loads(self.sqs("get-queue-attributes", "--queue-url", made["Lost"], "--attribute-names",
                                       "Policy")["Attributes"]["Policy"])
        rule = self.aws("events", "describe-rule", "--event-bus-name", made["Bus"], "--name",
                        made["OrdersRule"].rsplit("|", 1)[-1].rsplit("/", 1)[-1])
        self.assertEqual({(statement["Principal"]["Service"],
                           statement["Condition"]["ArnEquals"]["aws:SourceArn"])
                          for statement in document["Statement"]},
                         {("sns.amazonaws.com", made["Alerts"]), ("events.amazonaws.com", rule["Arn"])})
        allowed = self.aws("iam", "get-role-policy", "--role-name", made["AppOnceScheduleRole"],
                           "--policy-name", "Invoke")["PolicyDocument"]["Statement"]
        self.assertEqual([(s["Action"], s["Resource"]) for s in allowed],
                         [("lambda:InvokeFunction", self.alias("Schedule"))])


if __name__ == "__main__":
    unittest.main()
