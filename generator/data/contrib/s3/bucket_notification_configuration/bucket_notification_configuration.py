"""Custom::S3BucketNotificationConfiguration: notifications of a bucket that exists already.

Properties: ServiceToken; Bucket, a name; LambdaFunctionConfigurations, QueueConfigurations and
TopicConfigurations, lists of {Id, DestinationArn, Events, KeyFilters: [{Name, Value}]}. S3 takes all
notifications of a bucket at once, so each request reads what is there, takes away what this resource
had, adds what it has now and writes everything back. What others made stays, other stacks of Gordon
included. If one of theirs overlaps with one of ours, the request fails with both names.

An id is "gordon-<stack>.<name>". Gordon 0.7 made "gordon-<name>", so stacks could have the same ids;
such a notification is this stack's only if it goes where this stack's properties say.

Sources: S3 API Reference, "PutBucketNotificationConfiguration"; S3 User Guide, "Configuring event
notifications using object key name filtering" (what overlaps, and "Unable to validate ..." while a
permission is new); CloudFormation User Guide, "Custom resource request objects".
"""
import functools
import itertools
import random
import re
import time

import answer

OURS = "gordon-"
OF_A_STACK = re.compile(r"gordon-([A-Za-z][A-Za-z0-9-]*)\.")
ARN_KEYS = {
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
    "QueueConfigurations": "QueueArn",
    "TopicConfigurations": "TopicArn",
}
NO_BUCKET = {"NoSuchBucket", "InvalidBucketName", "ParamValidationError"}  # nothing to clean
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5  # seconds
PATIENCE = 60  # seconds, for a destination that S3 cannot use yet
BUSY = {  # error codes that say "later"
    "OperationAborted",
    "ConditionalRequestConflict",
    "SlowDown",
    "RequestTimeout",
    "InternalError",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
}


def handler(event, context):
    name = bucket_name(event.get("ResourceProperties")) or "bucket"
    answer.serve(waking(event), context, functools.partial(work, event), name)


def waking(event):
    """answer.serve has nothing to do on Delete, but here there is; no answer says which it was."""
    if event.get("RequestType") != "Delete":
        return event
    answer.log("This is a Delete, done as an Update to nothing.")
    return dict(event, RequestType="Update")


def bucket_name(properties):
    """Gordon 0.7 took the bucket's ARN too."""
    name = properties.get("Bucket") if isinstance(properties, dict) else None
    return name.split(":::")[-1] if isinstance(name, str) else None


def work(event, properties, deadline):
    bucket, old = bucket_name(properties), event.get("OldResourceProperties") or {}
    if not bucket and event["RequestType"] == "Delete":
        return {}  # nothing can have been made of it
    if not bucket:
        raise ValueError("Bucket must be a name, not %r" % (properties.get("Bucket"),))
    import boto3  # only here, so that its failure is answered

    client = boto3.client("s3")
    stack = stack_name(event)
    if event["RequestType"] == "Delete":
        clean(client, bucket, Mine(stack, properties), deadline)
        return {}
    wanted = configurations(properties)
    left = bucket_name(old)
    if left and left != bucket:
        change(client, bucket, Mine(stack, properties), wanted, deadline)
        clean(client, left, Mine(stack, old), deadline)
    else:
        change(client, bucket, Mine(stack, old, properties), wanted, deadline)
    return {}


def stack_name(event):
    """arn:aws:cloudformation:<region>:<account>:stack/<name>/<uuid>"""
    parts = str(event.get("StackId")).split("/")
    return parts[1] if len(parts) == 3 else None


class Mine:
    """Tells which notifications of a bucket this resource, or its stack, has made."""

    def __init__(self, stack, *properties):
        notifications = [
            n for given in properties for key in ARN_KEYS for n in given.get(key) or ()
        ]
        self.stack = stack
        self.ids = {n.get("Id") for n in notifications}
        self.arns = {n.get("DestinationArn") for n in notifications}

    def has(self, notification):
        """Whether this resource made it. Its ids are its own only in its own stack."""
        return notification.get("Id") in self.ids and self.of_stack(notification)

    def of_stack(self, notification):
        stack = stack_of(notification)
        if stack:
            return stack == self.stack
        return notification.get("Id", "").startswith(OURS) and destination(notification) in self.arns


def stack_of(notification):
    """The name of the stack in an id, or None."""
    found = OF_A_STACK.match(notification.get("Id", ""))
    return found and found.group(1)


def destination(notification):
    """The ARN in a notification as S3 has it."""
    return next((notification[key] for key in ARN_KEYS.values() if key in notification), None)


def configurations(properties):
    """The properties as S3 wants them."""
    return {
        key: [configuration(n, arn_key) for n in properties[key]]
        for key, arn_key in ARN_KEYS.items()
        if properties.get(key)
    }


def configuration(notification, arn_key):
    if not str(notification.get("Id", "")).startswith(OURS):
        raise ValueError("Id must begin with %r: %r" % (OURS, notification))
    made = {
        "Id": notification["Id"],
        arn_key: notification["DestinationArn"],
        "Events": notification["Events"],
    }
    if notification.get("KeyFilters"):
        made["Filter"] = {"Key": {"FilterRules": notification["KeyFilters"]}}
    return made


def clean(client, bucket, mine, deadline):
    """Takes away `mine`; where the bucket or they are gone, that is done already. The destinations
    of others are not tested: one that is broken must not keep a stack from being deleted."""
    try:
        change(client, bucket, mine, {}, deadline, SkipDestinationValidation=True)
    except Exception as error:
        if (error_code(error) or type(error).__name__) not in NO_BUCKET:
            raise
        answer.log("The bucket %s is not there." % bucket)


def change(client, bucket, mine, wanted, deadline, **options):
    """Replaces the notifications `mine` of the bucket by `wanted`."""
    started = time.monotonic()
    for turn in itertools.count():
        try:
            before = client.get_bucket_notification_configuration(Bucket=bucket)
            after = replaced(before, mine, wanted)
            if after is not None:
                client.put_bucket_notification_configuration(
                    Bucket=bucket, NotificationConfiguration=after, **options
                )
            return
        except Exception as error:
            if not passing(error, time.monotonic() - started):
                raise
            why = str(error)
        pause(turn, deadline, why)


def replaced(before, mine, wanted):
    """The whole new configuration, or None where nothing changes. What is neither mine nor wanted
    is kept as S3 gave it, EventBridgeConfiguration too, which is an empty map when it is on."""
    kept = {key: value for key, value in before.items() if key != "ResponseMetadata"}
    for key in ARN_KEYS:
        kept[key] = [n for n in before.get(key, ()) if not mine.has(n)]
    if not wanted and all(kept[key] == list(before.get(key, ())) for key in ARN_KEYS):
        return None
    for key in ARN_KEYS:  # what is left of a resource of ours that had another name gives way
        kept[key] = [n for n in kept[key] if not gives_way(n, every(wanted), mine)]
    for ours in every(wanted):
        for other in every(kept):
            refuse_overlap(ours, other)
    for key, added in wanted.items():
        kept[key] = kept[key] + added
    return {key: value for key, value in kept.items() if value or key not in ARN_KEYS}


def every(configuration_of_bucket):
    return [n for key in ARN_KEYS for n in configuration_of_bucket.get(key, ())]


def gives_way(other, wanted, mine):
    return mine.of_stack(other) and any(overlap(ours, other) for ours in wanted)


def refuse_overlap(ours, other):
    stack = stack_of(other)
    whose = " of the stack " + stack if stack else ""
    pair = overlap(ours, other)
    if pair:
        raise ValueError(
            "the bucket has a notification %r%s for %s already, which overlaps with %r for %s; "
            "change its events, prefix or suffix, or remove it"
            % (other.get("Id"), whose, pair[1], ours["Id"], pair[0])
        )
    if other.get("Id") == ours["Id"]:
        raise ValueError(
            "the bucket has another notification with the id %r, to %s; remove it"
            % (ours["Id"], destination(other))
        )


def overlap(ours, other):
    """The events of both that S3 refuses together, as their prefixes and suffixes both overlap."""
    if not filters_meet(ours, other, "prefix", str.startswith):
        return None
    if not filters_meet(ours, other, "suffix", str.endswith):
        return None
    for pair in itertools.product(ours["Events"], other["Events"]):
        if events_meet(*pair):
            return pair
    return None


def events_meet(a, b):
    """s3:ObjectCreated:* and s3:ObjectCreated:Put do."""
    return a == b or any(
        wide.endswith(":*") and narrow.startswith(wide[:-1]) for wide, narrow in ((a, b), (b, a))
    )


def filters_meet(a, b, name, fits):
    first, second = filter_value(a, name), filter_value(b, name)
    return fits(first, second) or fits(second, first)


def filter_value(notification, name):
    """S3 answers with "Prefix" and "Suffix", whatever was written."""
    rules = notification.get("Filter", {}).get("Key", {}).get("FilterRules", ())
    values = [rule.get("Value", "") for rule in rules if rule.get("Name", "").lower() == name]
    return values[0] if values else ""


def passing(error, seconds):
    """Whether the error may go away: S3 is busy, or does not see a new permission yet."""
    code = error_code(error)
    unseen = code == "InvalidArgument" and "Unable to validate" in str(error)
    return code in BUSY or (unseen and seconds < PATIENCE)


def error_code(error):
    """The code of a botocore ClientError, known by its shape, as botocore may not be there."""
    response = getattr(error, "response", None)
    return response.get("Error", {}).get("Code") if isinstance(response, dict) else None


def pause(turn, deadline, why):
    """Sleeps longer every turn; random, as several resources may change at once."""
    longest = min(FIRST_PAUSE * 2**turn, LONGEST_PAUSE)
    seconds = random.uniform(longest / 2, longest)
    if time.monotonic() + seconds > deadline:
        raise TimeoutError("no time left to wait: " + why)
    time.sleep(seconds)
