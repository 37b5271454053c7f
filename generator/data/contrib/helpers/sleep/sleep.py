"""Custom::Sleep: succeeds after some time, for resources that must wait for others to settle.

Properties: ServiceToken; Time, in seconds, at least 0 and within what the lambda's timeout leaves.
Create and Update sleep, Delete does not.

Source: CloudFormation User Guide, "Custom resource request objects" (every value of a property
arrives as a string).
"""
import math
import time

import answer


def handler(event, context):
    answer.serve(event, context, sleep, "sleep")


def sleep(properties, deadline):
    seconds = read_seconds(properties.get("Time"))
    left = deadline - time.monotonic()
    if seconds > left:  # said at once, not after minutes of sleep
        raise ValueError(
            "Time is %g seconds, but the timeout of this lambda leaves %d" % (seconds, left)
        )
    time.sleep(seconds)
    return {}


def read_seconds(value):
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not 0 <= seconds < math.inf:  # false for nan too
        raise ValueError("Time must be seconds, 0 or more, not %r" % (value,))
    return seconds
