"""Custom::S3BucketNotificationConfiguration. test_version.py checks the code that all handlers share.

S3 is a fake that stores what is written and answers as S3 does.
"""
import copy
import pathlib
import sys
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from test_version import AnswerCase, ClientError, Clock, Context  # noqa: E402

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:hello:current"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs"
TOPIC = "arn:aws:sns:us-east-1:123456789012:news"
UNSEEN = ClientError("InvalidArgument",
                     "Unable to validate the following destination configurations")


def ours(name, events=("s3:ObjectCreated:*",), arn=LAMBDA, **filters):
    made = {"Id": "gordon-" + name, "DestinationArn": arn, "Events": list(events)}
    if filters:
        made["KeyFilters"] = [{"Name": key, "Value": value} for key, value in filters.items()]
    return made


def stored(name, events=("s3:ObjectCreated:*",), key="LambdaFunctionArn", arn=LAMBDA, **filters):
    made = {"Id": name, key: arn, "Events": list(events)}
    if filters:
        made["Filter"] = {"Key": {"FilterRules": [
            {"Name": name, "Value": value} for name, value in filters.items()]}}
    return made


class S3(types.ModuleType):
    """`buckets` has the configuration of each bucket; the next calls raise `errors`."""

    def __init__(self, **buckets):
        super().__init__("boto3")
        self.buckets = {name.replace("_", "-"): value for name, value in buckets.items()}
        self.puts, self.errors = [], []

    def client(self, service):
        assert service == "s3", service
        return types.SimpleNamespace(
            get_bucket_notification_configuration=self.get,
            put_bucket_notification_configuration=self.put,
        )  # any other operation is an AttributeError

    def step(self, bucket):
        if self.errors:
            error = self.errors.pop(0)
            if error:
                raise error
        if bucket not in self.buckets:
            raise ClientError("NoSuchBucket", "The specified bucket does not exist")

    def get(self, Bucket):
        self.step(Bucket)
        return dict(copy.deepcopy(self.buckets[Bucket]), ResponseMetadata={"HTTPStatusCode": 200})

    def put(self, Bucket, NotificationConfiguration, SkipDestinationValidation=False):
        self.step(Bucket)
        assert "ResponseMetadata" not in NotificationConfiguration
        self.puts.append((Bucket, SkipDestinationValidation))
        self.buckets[Bucket] = copy.deepcopy(NotificationConfiguration)


class BucketCase(AnswerCase):
    lambda_path = ("s3", "bucket_notification_configuration")
    resource_type = "Custom::S3BucketNotificationConfiguration"
    new_id = "images-HelloVersion"

    def setUp(self):
        super().setUp()
        self.boto3 = S3(images={})

    def ask(self, kind, *lambdas, bucket="images", old=None, **others):
        """Calls the handler with these notifications of lambdas; `old` are the old properties."""
        self.callback.requests.clear()
        given = {"ServiceToken": LAMBDA, "Bucket": bucket, **others}
        if lambdas:
            given["LambdaFunctionConfigurations"] = list(lambdas)
        changes = {"ResourceProperties": given}
        if old is not None:
            changes["OldResourceProperties"] = old
        return self.event(kind, **changes)

    def old(self, *lambdas, bucket="images"):
        return {"ServiceToken": LAMBDA, "Bucket": bucket,
                "LambdaFunctionConfigurations": list(lambdas)}

    def done(self, event, physical_id=None):
        self.succeeds(event, {}, physical_id or event.get("PhysicalResourceId", self.new_id))


def of_stack(name, stack="dev-demo-r"):
    return "%s.%s" % (stack, name)


class Stacks(BucketCase):
    """Two stacks have the same notification on one bucket."""

    PROD = LAMBDA.replace("hello", "hello-of-prod")

    def put(self, *notifications):
        self.boto3 = S3(images={"LambdaFunctionConfigurations": list(notifications)})

    def left(self):
        return self.boto3.buckets["images"].get("LambdaFunctionConfigurations", [])

    def of_prod(self, *events, name="prod-demo-r.a"):
        return stored("gordon-" + name, events or ["s3:ObjectRemoved:*"], arn=self.PROD)

    def test_another_stack_keeps_its_own(self):
        self.put(self.of_prod())
        self.done(self.ask("Create", ours(of_stack("a"))))
        mine = stored("gordon-dev-demo-r.a")
        self.assertEqual(self.left(), [self.of_prod(), mine])
        self.done(self.ask("Update", ours(of_stack("b")), old=self.old(ours(of_stack("a")))))
        self.assertEqual(self.left(), [self.of_prod(), stored("gordon-dev-demo-r.b")])
        self.done(self.ask("Delete", ours(of_stack("b"))))
        self.assertEqual(self.left(), [self.of_prod()])

    def test_a_conflict_names_the_other_stack(self):
        self.put(self.of_prod("s3:ObjectCreated:*"))
        self.fails(self.ask("Create", ours(of_stack("a"))),
                   "'gordon-prod-demo-r.a' of the stack prod-demo-r for s3:ObjectCreated:[*] already")
        self.assertEqual(self.boto3.puts, [])

    def test_the_same_id_of_gordon_0_7(self):
        """An id without a stack belongs to the stack of its destination."""
        theirs = self.of_prod(name="a")
        for kind, old in ("Create", None), ("Update", self.old(ours("a"))):
            with self.subTest(kind):
                self.put(theirs)
                self.done(self.ask(kind, ours(of_stack("a")), old=old))
                self.assertEqual(self.left(), [theirs, stored("gordon-dev-demo-r.a")])
        self.put(theirs)
        self.done(self.ask("Delete", ours("a")))
        self.assertEqual(self.left(), [theirs])

    def test_an_id_of_gordon_0_7_becomes_one_with_the_stack(self):
        self.put(stored("gordon-a"))
        self.done(self.ask("Update", ours(of_stack("a")), old=self.old(ours("a"))))
        self.assertEqual(self.left(), [stored("gordon-dev-demo-r.a")])
        # and back, as the rollback of an update does
        self.done(self.ask("Update", ours("a"), old=self.old(ours(of_stack("a")))))
        self.assertEqual(self.left(), [stored("gordon-a")])

    def test_a_leftover_under_another_id_gives_way(self):
        for leftover, gives_way in ((stored("gordon-dev-demo-r.gone"), True),
                                    (stored("gordon-gone"), True),
                                    (self.of_prod("s3:ObjectCreated:*", name="gone"), False)):
            with self.subTest(leftover["Id"]):
                self.put(leftover)
                event = self.ask("Create", ours(of_stack("a")))
                if gives_way:
                    self.done(event)
                    self.assertEqual(self.left(), [stored("gordon-dev-demo-r.a")])
                else:
                    self.fails(event, "'gordon-gone' for s3:ObjectCreated:[*] already")

    def test_a_stack_whose_name_begins_alike(self):
        other = self.of_prod(name="dev-demo-r-x-r.a")
        self.put(other)
        self.done(self.ask("Create", ours(of_stack("a"))))
        self.done(self.ask("Delete", ours(of_stack("a"))))
        self.assertEqual(self.left(), [other])

    def test_a_shared_queue_does_not_share_notifications(self):
        theirs = stored("gordon-prod-demo-r.a", key="QueueArn", arn=QUEUE)
        self.boto3 = S3(images={"QueueConfigurations": [theirs]})
        self.fails(self.ask("Create", QueueConfigurations=[ours(of_stack("a"), arn=QUEUE)]),
                   "of the stack prod-demo-r for ")

    def test_one_id_twice(self):
        self.put(self.of_prod(name="a"))
        self.fails(self.ask("Create", ours("a")), "another notification with the id 'gordon-a', to " +
                   self.PROD)


class Creating(BucketCase):
    def test_all_destinations(self):
        self.done(self.ask(
            "Create", ours("a", prefix="in/", suffix=".png"),
            QueueConfigurations=[ours("b", ["s3:ObjectRemoved:*"], QUEUE)],
            TopicConfigurations=[ours("c", ["s3:ObjectAcl:Put", "s3:Replication:*"], TOPIC)]))
        self.assertEqual(self.boto3.buckets["images"], {
            "LambdaFunctionConfigurations": [stored("gordon-a", prefix="in/", suffix=".png")],
            "QueueConfigurations": [
                stored("gordon-b", ["s3:ObjectRemoved:*"], "QueueArn", QUEUE)],
            "TopicConfigurations": [
                stored("gordon-c", ["s3:ObjectAcl:Put", "s3:Replication:*"], "TopicArn", TOPIC)],
        })
        self.assertEqual(self.boto3.puts, [("images", False)])

    def test_empty_filters(self):
        self.done(self.ask("Create", dict(ours("a"), KeyFilters=[])))
        self.assertEqual(self.boto3.buckets["images"],
                         {"LambdaFunctionConfigurations": [stored("gordon-a")]})

    def test_others_stay(self):
        before = {
            "LambdaFunctionConfigurations": [stored("theirs", Prefix="out/", Suffix=".png")],
            "QueueConfigurations": [
                stored("NzU4", ["s3:ObjectRemoved:Delete"], "QueueArn", QUEUE)],
            "TopicConfigurations": [
                stored("gordon-other-stack", ["s3:ObjectAcl:Put"], "TopicArn", TOPIC)],
            "EventBridgeConfiguration": {},
            "ConfigurationsOfTheFuture": [{"Id": "x"}],
        }
        self.boto3 = S3(images=before)
        self.done(self.ask("Create", ours("a", prefix="in/")))
        after = copy.deepcopy(before)
        after["LambdaFunctionConfigurations"].append(stored("gordon-a", prefix="in/"))
        self.assertEqual(self.boto3.buckets["images"], after)

    def test_repeated_request(self):
        event = self.ask("Create", ours("a"))
        self.done(event)
        self.callback.requests.clear()
        self.done(event)
        self.assertEqual(self.boto3.buckets["images"],
                         {"LambdaFunctionConfigurations": [stored("gordon-a")]})

    def test_bucket_arn_as_in_gordon_0_7(self):
        self.done(self.ask("Create", ours("a"), bucket="arn:aws:s3:::images"))
        self.assertEqual(self.boto3.puts, [("images", False)])

    def test_missing_bucket(self):
        self.fails(self.ask("Create", ours("a"), bucket="nowhere"), "NoSuchBucket")

    def test_broken_properties(self):
        for properties in ("absent", None, [], "text", {}, {"Bucket": ""}, {"Bucket": ["x"]}):
            with self.subTest(properties):
                self.callback.requests.clear()
                self.fails(self.event(ResourceProperties=properties), "Error: ",
                           physical_id="bucket-HelloVersion")

    def test_broken_notifications(self):
        for notification in ({}, {"Id": "mine"}, {"Id": "gordon-a"}):
            with self.subTest(notification):
                self.fails(self.ask("Create", notification), "Error: ")
                self.assertEqual(self.boto3.puts, [])

    def test_unknown_request_type(self):
        self.fails(self.ask("Move", ours("a")), "^ValueError: unknown RequestType 'Move'$")

    def test_without_boto3(self):
        self.boto3 = None
        self.fails(self.ask("Create", ours("a")), "^ModuleNotFoundError: ")


class Overlapping(BucketCase):
    def overlaps(self, theirs, mine):
        self.boto3 = S3(images={"QueueConfigurations": [theirs]})
        event = self.ask("Create", mine)
        self.run_handler(event)
        answer = self.callback.requests[0].answer
        if answer["Status"] == "FAILED":
            self.assertIn("has a notification 'theirs' for s3:", answer["Reason"])
            self.assertIn("overlaps with 'gordon-a' for s3:", answer["Reason"])
            self.assertEqual(self.boto3.puts, [])
        return answer["Status"] == "FAILED"

    def test_events(self):
        for mine, theirs, expected in (
                ("ObjectCreated:*", "ObjectCreated:*", True),
                ("ObjectCreated:*", "ObjectCreated:Put", True),
                ("ObjectCreated:Put", "ObjectCreated:*", True),
                ("ObjectCreated:Put", "ObjectCreated:Put", True),
                ("ObjectCreated:Put", "ObjectCreated:Post", False),
                ("ObjectCreated:*", "ObjectRemoved:*", False)):
            with self.subTest((mine, theirs)):
                self.assertIs(self.overlaps(stored("theirs", ["s3:" + theirs]),
                                            ours("a", ["s3:" + mine])), expected)

    def test_filters(self):
        for mine, theirs, expected in (
                ({}, {"Prefix": "in/"}, True),
                ({"prefix": "in/"}, {}, True),
                ({"prefix": "in/"}, {"Prefix": "in/ner/"}, True),
                ({"prefix": "in/ner/"}, {"prefix": "in/"}, True),
                ({"prefix": "in/"}, {"Prefix": "out/"}, False),
                ({"suffix": ".gz"}, {"Suffix": ".tar.gz"}, True),
                ({"suffix": ".gz"}, {"Suffix": ".png"}, False),
                ({"prefix": "in/"}, {"Suffix": ".png"}, True),
                ({"prefix": "in/", "suffix": ".gz"}, {"Prefix": "in/", "Suffix": ".png"}, False),
                ({"prefix": "in/", "suffix": ".gz"}, {"Prefix": "out/", "Suffix": ".gz"}, False),
                ({"prefix": "in/", "suffix": ".gz"}, {"Prefix": "i", "Suffix": "gz"}, True)):
            with self.subTest((mine, theirs)):
                self.assertIs(self.overlaps(stored("theirs", **theirs), ours("a", **mine)),
                              expected)


class Updating(BucketCase):
    def test_replaces(self):
        self.boto3 = S3(images={"LambdaFunctionConfigurations": [
            stored("gordon-gone"), stored("gordon-kept", ["s3:ObjectRemoved:*"]),
            stored("theirs", ["s3:ObjectAcl:Put"])]})
        event = self.ask("Update", ours("kept"), ours("new", ["s3:ObjectRemoved:Delete"]),
                         old=self.old(ours("gone"), ours("kept", ["s3:ObjectRemoved:*"])))
        self.done(event, "what-it-is")
        self.assertEqual(self.boto3.buckets["images"], {"LambdaFunctionConfigurations": [
            stored("theirs", ["s3:ObjectAcl:Put"]), stored("gordon-kept"),
            stored("gordon-new", ["s3:ObjectRemoved:Delete"])]})

    def test_lambda_becomes_queue(self):
        self.boto3 = S3(images={"LambdaFunctionConfigurations": [stored("gordon-a")]})
        self.done(self.ask("Update", old=self.old(ours("a")),
                           QueueConfigurations=[ours("a", arn=QUEUE)]))
        self.assertEqual(self.boto3.buckets["images"], {
            "QueueConfigurations": [stored("gordon-a", key="QueueArn", arn=QUEUE)]})

    def test_another_bucket(self):
        self.boto3 = S3(images={}, old_images={
            "LambdaFunctionConfigurations": [stored("gordon-a"), stored("theirs")],
            "EventBridgeConfiguration": {}})
        self.done(self.ask("Update", ours("a"), old=self.old(ours("a"), bucket="old-images")))
        self.assertEqual(self.boto3.buckets, {
            "images": {"LambdaFunctionConfigurations": [stored("gordon-a")]},
            "old-images": {"LambdaFunctionConfigurations": [stored("theirs")],
                           "EventBridgeConfiguration": {}}})
        self.assertEqual(self.boto3.puts, [("images", False), ("old-images", True)])

    def test_another_bucket_when_the_old_one_is_gone(self):
        self.done(self.ask("Update", ours("a"), old=self.old(ours("a"), bucket="gone")))
        self.assertEqual(self.boto3.puts, [("images", False)])

    def test_the_old_bucket_is_kept_when_the_new_one_fails(self):
        self.boto3 = S3(images={"LambdaFunctionConfigurations": [stored("gordon-a")]})
        event = self.ask("Update", ours("a"), bucket="gone", old=self.old(ours("a")))
        self.fails(event, "NoSuchBucket", physical_id="what-it-is")
        self.assertEqual(self.boto3.puts, [])

    def test_the_name_is_the_bucket_of_the_arn(self):
        self.boto3 = S3(images={"LambdaFunctionConfigurations": [stored("gordon-a")]})
        self.done(self.ask("Update", ours("a", suffix=".png"),
                           old=self.old(ours("a"), bucket="arn:aws:s3:::images")))
        self.assertEqual(self.boto3.puts, [("images", False)])


class Deleting(BucketCase):
    def test_takes_away_its_own(self):
        self.boto3 = S3(images={
            "LambdaFunctionConfigurations": [stored("gordon-a"), stored("theirs")],
            "TopicConfigurations": [stored("gordon-of-another", key="TopicArn")],
            "EventBridgeConfiguration": {}})
        self.done(self.ask("Delete", ours("a")))
        self.assertEqual(self.boto3.buckets["images"], {
            "LambdaFunctionConfigurations": [stored("theirs")],
            "TopicConfigurations": [stored("gordon-of-another", key="TopicArn")],
            "EventBridgeConfiguration": {}})
        self.assertEqual(self.boto3.puts, [("images", True)])

    def test_the_last_one(self):
        self.boto3 = S3(images={"LambdaFunctionConfigurations": [stored("gordon-a")]})
        self.done(self.ask("Delete", ours("a")))
        self.assertEqual(self.boto3.buckets["images"], {})

    def test_writes_nothing_when_they_are_gone(self):
        self.boto3 = S3(images={"LambdaFunctionConfigurations": [stored("theirs")]})
        self.done(self.ask("Delete", ours("a")))
        self.assertEqual(self.boto3.puts, [])

    def test_never_takes_away_what_is_not_ours(self):
        self.boto3 = S3(images={"LambdaFunctionConfigurations": [stored("theirs")]})
        self.done(self.ask("Delete", dict(ours("a"), Id="theirs")))
        self.assertEqual(self.boto3.puts, [])

    def test_missing_bucket(self):
        self.done(self.ask("Delete", ours("a"), bucket="gone"))

    def test_refused(self):
        self.boto3.errors = [ClientError("AccessDenied")]
        self.fails(self.ask("Delete", ours("a")), "AccessDenied", physical_id="what-it-is")


class Waiting(BucketCase):
    def test_busy_calls_are_repeated(self):
        clock = Clock(self)
        self.boto3.errors = [*map(ClientError, sorted(self.module.BUSY)), None,
                             ClientError("OperationAborted")]
        self.done(self.ask("Create", ours("a")))
        self.assertEqual(len(clock.slept), len(self.module.BUSY) + 1)
        self.assertTrue(all(0.25 <= seconds <= 5 for seconds in clock.slept), clock.slept)

    def test_new_permissions_are_waited_for(self):
        clock = Clock(self)
        self.boto3.errors = [None, UNSEEN, None, UNSEEN]
        self.done(self.ask("Create", ours("a")))
        self.assertEqual(len(clock.slept), 2)

    def test_missing_permissions_fail(self):
        clock = Clock(self)
        self.boto3.errors = [None, UNSEEN] * 100
        self.fails(self.ask("Create", ours("a")), "Unable to validate")
        self.assertLess(sum(clock.slept), 70)

    def test_no_time(self):
        Clock(self)
        self.boto3.errors = [ClientError("SlowDown")] * 1000
        self.fails(self.ask("Create", ours("a")),
                   "^TimeoutError: no time left to wait: .*SlowDown", Context(300))

    def test_other_errors_fail_at_once(self):
        clock = Clock(self)
        self.boto3.errors = [ClientError("InvalidArgument", "another reason")]
        self.fails(self.ask("Create", ours("a")), "another reason")
        self.assertEqual(clock.slept, [])


if __name__ == "__main__":
    unittest.main()
