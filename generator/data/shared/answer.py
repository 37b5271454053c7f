"""Does the work of a Lambda-backed custom resource and answers CloudFormation, whatever happens.

Sources: CloudFormation User Guide, "Custom resource request objects" and "Custom resource response
objects" (the fields, 4096 bytes, a changed PhysicalResourceId is a replacement); S3 User Guide,
"Uploading objects with presigned URLs"; Lambda Developer Guide, "How Lambda handles errors and
retries with asynchronous invocation".

This file stands beside each handler that needs it, as the same bytes (tests/contrib compares them).
Each lambda's directory is zipped by itself; a symbolic link to one copy would have to survive git,
archives, `cmake --install` and file systems without links, and would leave its app's directory.
"""
import contextlib
import http.client
import json
import signal
import sys
import time
import traceback
import urllib.error
import urllib.request

BODY_LIMIT = 4096  # bytes
PUT_TIMEOUT = 4  # seconds, for each attempt
PUT_PAUSES = (1, 2)  # seconds, between the attempts
MARGIN = (len(PUT_PAUSES) + 1) * PUT_TIMEOUT + sum(PUT_PAUSES)  # seconds kept for answering


class OutOfTime(BaseException):
    """No Exception, so that no `except Exception` of a library takes it for a call to repeat."""


def serve(event, context, work, name):
    """Answers `event`. On Create and Update, work(properties, deadline) does something first: it
    returns Data, or raises, or is stopped at `deadline` (of time.monotonic). Delete does nothing.
    A new resource's physical id is made of `name` and its logical id; later it never changes."""
    log({key: value for key, value in event.items() if key != "ResponseURL"})  # it is a secret
    answer = {
        "Status": "SUCCESS",
        "PhysicalResourceId": event.get("PhysicalResourceId")
        or "%s-%s" % (name, event.get("LogicalResourceId")),
    }
    for key in ("StackId", "RequestId", "LogicalResourceId"):
        answer[key] = event.get(key)
    text = None
    try:
        answer["Data"] = perform(event, context, work)
    except BaseException as error:  # SystemExit too: a stack waits an hour for a missing answer
        traceback.print_exc(file=sys.stdout)
        answer["Status"] = "FAILED"
        text = "".join(traceback.format_exception_only(type(error), error)).strip()
    body = encode(answer, text, getattr(context, "log_stream_name", "of this lambda"))
    log(body.decode())
    put(event["ResponseURL"], body)


def perform(event, context, work):
    kind = event.get("RequestType")
    if kind == "Delete":
        return {}
    if kind not in ("Create", "Update"):
        raise ValueError("unknown RequestType %r" % (kind,))
    left = context.get_remaining_time_in_millis() / 1000 - MARGIN
    with time_limit(left):
        return work(event["ResourceProperties"], time.monotonic() + left)


@contextlib.contextmanager
def time_limit(seconds):
    """Raises OutOfTime inside the block, even out of a call to AWS that hangs."""

    def stop(*_):
        raise OutOfTime("it did not end, and was stopped while there was time to answer")

    if seconds <= 0:  # a timer of 0 would never ring
        stop()
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def encode(answer, text, log_stream):
    """The body as ASCII bytes under BODY_LIMIT; the error's text loses its end where it must."""
    if text is None:
        return json.dumps(answer).encode()
    hint = " (details are in the CloudWatch log stream %s)" % log_stream
    text = text[:BODY_LIMIT]
    while True:
        body = json.dumps(dict(answer, Reason=text + hint)).encode()
        if len(body) < BODY_LIMIT or not text:
            return body
        text = text[: len(text) * 9 // 10]


def put(url, body):
    """Sends the answer. Raises where nobody took it, as Lambda then invokes this function again."""
    for pause in (*PUT_PAUSES, None):
        trouble, again = attempt(url, body)
        if not trouble:
            return
        log("CloudFormation did not take the answer: " + trouble)
        if pause is None or not again:
            raise RuntimeError("CloudFormation has no answer: " + trouble)
        time.sleep(pause)


def attempt(url, body):
    """One PUT: (None, False), or what went wrong, without a word of the URL, and whether to repeat.
    Without an empty Content-Type urllib would send its own, which the signature does not cover."""
    try:
        request = urllib.request.Request(url, body, {"Content-Type": ""}, method="PUT")
        urllib.request.urlopen(request, timeout=PUT_TIMEOUT).close()
        return None, False
    except urllib.error.HTTPError as error:
        error.close()
        return "HTTP status %d" % error.code, error.code >= 500
    except (OSError, http.client.HTTPException) as error:
        return type(getattr(error, "reason", error)).__name__, True
    except Exception as error:  # a URL that is none, which the message would quote
        return type(error).__name__, False


def log(what):
    print(what if isinstance(what, str) else json.dumps(what, default=str), flush=True)
