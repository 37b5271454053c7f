"""Events of buckets, streams and rules reach what Gordon deployed."""
import json
import os
import time
import unittest

import support

PATIENCE = 60  # seconds, for an event to arrive
RECORD = """
    import json, os, boto3

    def handler(event, context):
        boto3.client("s3").put_object(Bucket=os.environ["SEEN"], Body=json.dumps(event).encode(),
                                      Key=os.environ["ME"] + "/" + context.aws_request_id)
    """
THEIRS = "somebody-elses"  # the id of a notification that is not Gordon's


class Flows(support.Applied):
    def setUp(self):
        super().setUp()
        self.seen = self.bucket("seen")  # the lambdas write their events there

    def bucket(self, suffix):
        name = f"{self.name}-{suffix}"
        self.aws("s3api", "create-bucket", "--bucket", name)
        return name

    def sqs(self, *arguments):
        """Calls SQS with --endpoint-url, because this CLI ignores AWS_ENDPOINT_URL for SQS."""
        return self.aws("sqs", *arguments, "--endpoint-url", self.emulator.endpoint)

    def queue(self, suffix):
        """Makes a queue. Returns its URL and its ARN."""
        url = self.sqs("create-queue", "--queue-name", f"{self.name}-{suffix}")["QueueUrl"]
        return url, self.sqs("get-queue-attributes", "--queue-url", url, "--attribute-names",
                             "QueueArn")["Attributes"]["QueueArn"]

    def project(self, app, contrib=(), lambdas=("one",), parameters=""):
        """Writes a project whose lambdas record their events. `app` has its other resources."""
        apps = ["gordon.contrib.lambdas", *("gordon.contrib." + name for name in contrib), "app"]
        self.settings(f"project: {self.name}\ncode-bucket: {self.name[:31]}\n"
                      f"apps: [{', '.join(apps)}]\n")
        self.resources(app, lambdas)
        support.write(self.folder, {"app/record.py": RECORD,
                                    "parameters/dev.yml": parameters or "Unused: x\n"})

    def resources(self, app, lambdas=("one",)):
        made = {name: {"code": "record.py", "timeout": 30, "memory": 256,
                       "environment": {"SEEN": self.seen, "ME": name}} for name in lambdas}
        self.settings(json.dumps({"lambdas": made, **app}), "app/settings.yml")

    def deploy(self):
        """Builds and applies. A second apply has no changes."""
        self.build()
        self.apply()
        self.assertIn("no changes", self.apply().stdout.split("0003_r.json")[1])

    def alias(self, name="One"):
        return self.outputs()["ClioutputLambdaApp" + name]

    def wait(self, look, what):
        """Calls `look` until its result is true, and returns it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := look():
                return found
            time.sleep(0.3)
        return self.fail(f"{what} did not arrive in {PATIENCE} s\n{self.emulator.log()}")

    def reached(self, name="one"):
        """Waits for an event. Returns all events of a lambda."""
        def keys():
            found = self.aws("s3api", "list-objects-v2", "--bucket", self.seen, "--prefix", name)
            return [item["Key"] for item in (found or {}).get("Contents", ())]

        events, out = [], os.path.join(self.folder, "event.json")
        for key in self.wait(keys, f"an event for {name}"):
            self.aws("s3api", "get-object", "--bucket", self.seen, "--key", key, out)
            with open(out) as event:
                events.append(json.load(event))
        return events

    def messages(self, url, text):
        """Returns the body of the first message with this text. Receives the messages before it too."""
        def look():
            got = self.sqs("receive-message", "--queue-url", url,
                           "--max-number-of-messages", "10") or {}
            return [m["Body"] for m in got.get("Messages", ()) if text in m["Body"]]
        return self.wait(look, f"a message with {text}")[0]

    def put(self, bucket, *keys):
        for key in keys:
            self.aws("s3api", "put-object", "--bucket", bucket, "--key", key)

    def notifications(self, bucket):
        """Returns the notifications of a bucket by id."""
        found = self.aws("s3api", "get-bucket-notification-configuration", "--bucket", bucket) or {}
        return {n["Id"]: n for kind in found.values() if isinstance(kind, list) for n in kind}

    def add_theirs(self, bucket):
        """Makes a notification that is not Gordon's. Returns the URL of its queue."""
        url, arn = self.queue("theirs")
        self.aws("s3api", "put-bucket-notification-configuration", "--bucket", bucket,
                 "--notification-configuration", json.dumps({"QueueConfigurations": [{
                     "Id": THEIRS, "QueueArn": arn, "Events": ["s3:ObjectCreated:*"],
                     "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".txt"}]}}}]}))
        return url

    def test_bucket(self):
        """A new object with a matching key reaches the lambda. Notifications of others stay unchanged."""
        bucket = self.bucket("uploads")
        url = self.add_theirs(bucket)
        theirs = self.notifications(bucket)
        image = {"lambda": "app.one", "events": ["s3:ObjectCreated:*"],
                 "key_filters": {"suffix": ".png"}}
        app = {"s3": {"uploads": {"bucket": bucket, "notifications": {"images": image}}}}
        self.project(app, ["s3"])
        self.deploy()
        ours = self.notifications(bucket)
        self.assertEqual(ours.pop("gordon-images")["LambdaFunctionArn"], self.alias())
        self.assertEqual(ours, theirs)
        self.put(bucket, "no.txt", "a b.png")
        self.assertEqual([record["s3"]["object"]["key"] for event in self.reached()
                          for record in event["Records"]], ["a+b.png"])
        self.messages(url, "no.txt")
        # an update replaces only Gordon's
        image["key_filters"]["suffix"] = ".jpg"
        app["s3"]["uploads"]["notifications"] = {"photos": image}
        self.resources(app)
        self.deploy()
        self.assertEqual(sorted(self.notifications(bucket)), ["gordon-photos", THEIRS])
        self.put(bucket, "two.png", "two.jpg")
        self.wait(lambda: "two.jpg" in str(self.reached()), "an event of the new suffix")
        self.assertNotIn("two.png", str(self.reached()))
        self.gordon("delete", "--confirm")
        self.assertEqual(self.notifications(bucket), theirs)

    def test_queue_and_topic(self):
        """A bucket's notifications go to a queue by name, and to a topic by ARN in a parameter."""
        bucket, (url, queue) = self.bucket("uploads"), self.queue("queue")
        behind_url, behind = self.queue("behind")
        topic = self.aws("sns", "create-topic", "--name", f"{self.name}-topic")["TopicArn"]
        self.aws("sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs",
                 "--notification-endpoint", behind)
        self.project({"s3": {"uploads": {"bucket": bucket, "notifications": {
            "made": {"queue": queue.split(":")[-1], "events": ["s3:ObjectCreated:*"]},
            "gone": {"topic": "ref://Topic", "events": ["s3:ObjectRemoved:*"],
                     "key_filters": {"prefix": "in/"}}}}}}, ["s3"], parameters=f"Topic: {topic}\n")
        self.deploy()
        found = self.notifications(bucket)
        self.assertEqual(found["gordon-made"]["QueueArn"], queue)
        self.assertEqual(found["gordon-gone"]["TopicArn"], topic)
        rule, = found["gordon-gone"]["Filter"]["Key"]["FilterRules"]
        self.assertEqual((rule["Name"].lower(), rule["Value"]), ("prefix", "in/"))
        about = self.aws("sns", "get-topic-attributes", "--topic-arn", topic)["Attributes"]
        self.assertIn(f"arn:aws:s3:::{bucket}", about["Policy"])
        # the policy has no effect: the emulator does not find the queue by its URL in AWS
        made = self.aws("cloudformation", "list-stack-resources", "--stack-name",
                        f"dev-{self.name}-r")["StackResourceSummaries"]
        self.assertIn(("AWS::SQS::QueuePolicy", "CREATE_COMPLETE"),
                      [(one["ResourceType"], one["ResourceStatus"]) for one in made])
        for key in "out/1", "in/2":
            self.put(bucket, key)
            self.messages(url, key)
            self.aws("s3api", "delete-object", "--bucket", bucket, "--key", key)
        self.assertIn("ObjectRemoved:Delete", self.messages(behind_url, "in/2"))
        self.gordon("delete", "--confirm")
        self.assertEqual(self.notifications(bucket), {})

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
