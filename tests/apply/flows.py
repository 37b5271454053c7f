"""What the tests of events have in common."""
import json
import os
import time

import support

PATIENCE = 60  # seconds, for an event to arrive
RECORD = """
    import json, os, boto3

    def handler(event, context):
        boto3.client("s3").put_object(Bucket=os.environ["SEEN"], Body=json.dumps(event).encode(),
                                      Key=os.environ["ME"] + "/" + context.aws_request_id)
    """


class FlowCase(support.Applied):
    """A project whose lambdas write the events that reach them to a bucket."""

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
