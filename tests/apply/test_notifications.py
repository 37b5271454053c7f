"""Notifications of buckets reach what Gordon deployed, and stacks that share a bucket keep theirs."""
import json
import unittest

from flows import FlowCase

THEIRS = "somebody-elses"  # the id of a notification that is not Gordon's


class NotificationCase(FlowCase):
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

    def id_of(self, name, stage="dev", project=None):
        return f"gordon-{stage}-{project or self.name}-r.{name}"


class Destinations(NotificationCase):
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
        self.assertEqual(ours.pop(self.id_of("images"))["LambdaFunctionArn"], self.alias())
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
        self.assertEqual(sorted(self.notifications(bucket)), sorted([self.id_of("photos"), THEIRS]))
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
        self.assertEqual(found[self.id_of("made")]["QueueArn"], queue)
        self.assertEqual(found[self.id_of("gone")]["TopicArn"], topic)
        rule, = found[self.id_of("gone")]["Filter"]["Key"]["FilterRules"]
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


class Shared(NotificationCase):
    """Several stacks and one bucket."""

    def setUp(self):
        super().setUp()
        self.uploads = self.bucket("uploads")

    def write(self, prefix, name="images"):
        """Writes a project whose lambda gets what is put below "<stage>/<prefix>"."""
        self.project({"s3": {"uploads": {"bucket": self.uploads, "notifications": {name: {
            "lambda": "app.one", "events": ["s3:ObjectCreated:*"],
            "key_filters": {"prefix": "ref://Prefix"}}}}}}, ["s3"],
            parameters=f"Prefix: '{{{{ stage }}}}/{prefix}'\n")

    def applied(self, stage):
        self.apply("--stage", stage)

    def ids(self):
        return sorted(self.notifications(self.uploads))

    def arns(self):
        return {name: made["LambdaFunctionArn"]
                for name, made in self.notifications(self.uploads).items()}

    def test_stages(self):
        """The second stage leaves the first its notification, also when it is updated and deleted."""
        self.write("in/")
        parameters = self.folder + "/parameters/"
        with open(parameters + "dev.yml") as text:
            self.settings(text.read(), "parameters/common.yml")
        self.build()
        self.applied("dev")
        first = self.notifications(self.uploads)
        self.assertEqual(list(first), [self.id_of("images")])
        self.applied("prod")
        both = [self.id_of("images"), self.id_of("images", "prod")]
        self.assertEqual(self.ids(), both)
        self.assertEqual(len(set(self.arns().values())), 2)
        self.settings("Prefix: '{{ stage }}/other/'\n", "parameters/common.yml")
        self.build()
        self.applied("prod")
        self.assertEqual(self.ids(), both)
        self.assertEqual(self.notifications(self.uploads)[both[0]], first[both[0]])
        self.gordon("delete", "--confirm", "--stage", "prod")
        self.assertEqual(self.notifications(self.uploads), first)
        self.gordon("delete", "--confirm")
        self.assertEqual(self.ids(), [])

    def test_a_conflict_is_told_and_rolled_back(self):
        """Two stages want the same events. The second fails, and the first stays."""
        self.write("x")
        self.settings("Prefix: in/\n", "parameters/common.yml")
        self.settings("Unused: x\n", "parameters/dev.yml")
        self.build()
        self.applied("dev")
        first = self.notifications(self.uploads)
        run = self.gordon("apply", "--stage", "prod", status=1)
        self.assertIn(f"the bucket has a notification '{self.id_of('images')}' of the stack ",
                      run.stdout + run.stderr)
        self.assertEqual(self.notifications(self.uploads), first)

    def test_projects(self):
        """Another project with the same names on the same bucket."""
        self.write("in/")
        self.deploy()
        first = self.notifications(self.uploads)
        mine, other = self.name, f"{self.name[:20]}-2"
        self.name = other
        self.write("out/")
        self.deploy()
        self.assertEqual(self.ids(), sorted([self.id_of("images"), self.id_of("images", project=mine)]))
        self.gordon("delete", "--confirm")
        self.assertEqual(self.notifications(self.uploads), first)

    def test_gordon_0_7(self):
        """A notification with an id of 0.7 is replaced if it goes to this stack, and kept if not."""
        self.write("in/")
        self.deploy()
        arn = self.arns()[self.id_of("images")]
        for owner, kept in (arn, []), (arn.replace(":function:", ":function:not-"), ["gordon-images"]):
            with self.subTest(owner):
                self.aws("s3api", "put-bucket-notification-configuration", "--bucket", self.uploads,
                         "--notification-configuration", json.dumps({"LambdaFunctionConfigurations": [{
                             "Id": "gordon-images", "LambdaFunctionArn": owner,
                             "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": [
                                 {"Name": "prefix", "Value": "dev/in/" if not kept else "old/"}]}}}]}),
                         "--skip-destination-validation")
                self.write("in/", name="images" if kept else "photos")
                self.settings(f"Prefix: 'dev/in/'\nChanged: {len(kept)}\n", "parameters/dev.yml")
                self.build()
                self.apply()
                name = "images" if kept else "photos"
                self.assertEqual(self.ids(), sorted([*kept, self.id_of(name)]))


if __name__ == "__main__":
    unittest.main()
