"""Custom::LambdaVersion: publishes a version of a function, so that an alias can point at it.

Properties: ServiceToken; FunctionName, a name or an ARN; S3ObjectVersion and Digest, which are not
read: that they change is why CloudFormation sends an Update. Attributes: Version, FunctionArn (with
the version). Delete removes nothing, as the alias may still have to go back to an older version.

Sources: Lambda API Reference, "PublishVersion" (which gives the latest version again where nothing
changed, so that a repeated request does no harm) and "GetFunction"; Lambda Developer Guide, "Lambda
function states" (nothing can be published while the function is created or updated), and "Improving
startup performance with Lambda SnapStart" (a version is Pending until its snapshot is taken).
"""
import itertools
import random
import time

import answer

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5  # seconds
BUSY = {  # error codes that say "later": an update in progress, and the throttles
    "ResourceConflictException",
    "TooManyRequestsException",
    "ThrottlingException",
    "ThrottledException",
    "Throttling",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
}


def handler(event, context):
    answer.serve(event, context, publish, short_name(event))


def short_name(event):
    """The function's name for the physical id; of broken properties too, as FAILED needs an id."""
    properties = event.get("ResourceProperties")
    name = properties.get("FunctionName") if isinstance(properties, dict) else None
    return str(name or "function").split(":function:")[-1][:140]


def publish(properties, deadline):
    name = properties.get("FunctionName")
    if not isinstance(name, str) or not name:
        raise ValueError("FunctionName must be a name or an ARN, not %r" % (name,))
    import boto3  # only here, so that its failure is answered, and Delete does without it

    client = boto3.client("lambda")
    wait_until_ready(client, name, deadline)
    version = call(client.publish_version, name, deadline)
    if not is_ready(version):  # with SnapStart, until its snapshot is taken
        wait_until_ready(client, version["FunctionArn"], deadline)
    return {"Version": version["Version"], "FunctionArn": version["FunctionArn"]}


def wait_until_ready(client, name, deadline):
    for turn in itertools.count():
        configuration = call(client.get_function, name, deadline)["Configuration"]
        if is_ready(configuration):
            return
        state = {key: configuration.get(key) for key in ("State", "LastUpdateStatus")}
        pause(turn, deadline, "%s is not ready: %s" % (name, state))


def is_ready(configuration):
    """Absent keys mean ready, and so does Inactive, which ends only when somebody invokes it."""
    for key in ("State", "LastUpdateStatus"):
        if configuration.get(key) == "Failed":
            raise RuntimeError("%s is Failed: %s" % (key, configuration.get(key + "Reason")))
    return (
        configuration.get("State") != "Pending"
        and configuration.get("LastUpdateStatus") != "InProgress"
    )


def call(operation, name, deadline):
    for turn in itertools.count():
        try:
            return operation(FunctionName=name)
        except Exception as error:
            if error_code(error) not in BUSY:
                raise
            why = str(error)
        pause(turn, deadline, why)


def error_code(error):
    """The code of a botocore ClientError, known by its shape, as botocore may not be there."""
    response = getattr(error, "response", None)
    return response.get("Error", {}).get("Code") if isinstance(response, dict) else None


def pause(turn, deadline, why):
    """Sleeps longer every turn; random, as a stack has all its versions published at once."""
    longest = min(FIRST_PAUSE * 2**turn, LONGEST_PAUSE)
    seconds = random.uniform(longest / 2, longest)
    if time.monotonic() + seconds > deadline:
        raise TimeoutError("no time left to wait: " + why)
    time.sleep(seconds)
