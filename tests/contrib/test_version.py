"""Custom::LambdaVersion, and the answers to CloudFormation (test_sleep.py checks that the code for them is
the same there).

The callback is a real HTTP server on the loopback interface. boto3 is a fake, and so is the clock in
tests that would only wait.
"""
import contextlib
import http.server
import importlib
import io
import json
import os
import pathlib
import signal
import sys
import threading
import time
import types
import unittest
from unittest import mock

CONTRIB = pathlib.Path(os.environ["GORDON_CONTRIB"])
SECRET = "X-Amz-Signature=5ec2e7"
STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/dev-demo-r/0a1b"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:hello"
HINT = " (details are in the CloudWatch log stream 2025/01/01/[$LATEST]abc)"

sys.dont_write_bytecode = True  # the sources are packed and installed
os.environ["no_proxy"] = "127.0.0.1"


def load(app, name):
    """Imports a handler as the runtime does: only its own folder is in the path."""
    for stale in ("answer", name):
        sys.modules.pop(stale, None)
    with mock.patch.object(sys, "path", [str(CONTRIB / app / name), *sys.path]):
        return importlib.import_module(name)


class Callback(http.server.ThreadingHTTPServer):
    """Records every request. `replies` has the answers to the next requests, later ones get 200: a
    status, "drop" (closes the connection), "garbage" (no HTTP) or "stall" (sends nothing)."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), CallbackHandler)
        self.requests, self.replies, self.closing = [], [], threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.005,), daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d/arn%%3Aaws%%3Astack?%s" % (self.server_port, SECRET)

    def close(self):
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        pass  # the client closed the connection after its timeout


class CallbackHandler(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(types.SimpleNamespace(
            path=self.path, headers=self.headers, body=body, answer=json.loads(body)))
        reply = self.server.replies.pop(0) if self.server.replies else 200
        if reply == "stall":
            self.server.closing.wait(5)
        elif reply == "garbage":
            self.wfile.write(b"what?\r\n\r\n")
        elif reply != "drop":
            self.send_response(reply)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_):
        pass


class Clock:
    """A clock that only time.sleep moves, at once."""

    def __init__(self, case):
        self.now, self.slept = 1000.0, []
        case.patch(time, "monotonic", lambda: self.now)
        case.patch(time, "sleep", self.sleep)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Context:
    log_stream_name = "2025/01/01/[$LATEST]abc"

    def __init__(self, seconds=300):
        self.end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self):
        return int(max(0, self.end - time.monotonic()) * 1000)


class ClientError(Exception):
    """Like that of botocore: its text and its `response`."""

    def __init__(self, code, message="no"):
        super().__init__("An error occurred (%s): %s" % (code, message))
        self.response = {"Error": {"Code": code, "Message": message}}


class Boto3(types.ModuleType):
    """`states` and `versions` are the results of the calls, in this order; the last one is repeated. A
    result is a value, an exception to raise, or a function to call."""

    def __init__(self, states=({},), versions=("7",), version=()):
        super().__init__("boto3")
        self.version = dict(version)  # more of a published version
        self.states, self.versions, self.calls = list(states), list(versions), []

    def client(self, service):
        assert service == "lambda", service
        return types.SimpleNamespace(
            get_function=lambda **given: {"Configuration": self.step("get", self.states, given)},
            publish_version=lambda **given: self.published(given),
        )  # any other operation is an AttributeError

    def step(self, kind, script, given):
        self.calls.append((kind, given))
        value = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(value, BaseException):
            raise value
        return value() if callable(value) else value

    def published(self, given):
        number = self.step("publish", self.versions, given)
        return {"Version": number, "FunctionArn": ARN + ":" + number, "CodeSize": 1, **self.version}

    def kinds(self):
        return [kind for kind, _ in self.calls]


class AnswerCase(unittest.TestCase):
    """`lambda_path` is (app, lambda), `properties` its usual properties."""

    lambda_path, resource_type, properties = None, None, {}

    def setUp(self):
        self.callback = Callback()
        self.addCleanup(self.callback.close)
        self.module = load(*self.lambda_path)
        self.answer = self.module.answer
        self.boto3 = None
        self.stdout = ""

    def patch(self, *args):
        patcher = mock.patch.object(*args)
        self.addCleanup(patcher.stop)
        return patcher.start()

    def event(self, kind="Create", **changes):
        event = {
            "RequestType": kind,
            "ResponseURL": self.callback.url,
            "StackId": STACK,
            "RequestId": "e1",
            "ResourceType": self.resource_type,
            "LogicalResourceId": "HelloVersion",
            "ResourceProperties": dict(self.properties),
        }
        if kind != "Create":
            event["PhysicalResourceId"] = "what-it-is"
        return {key: value for key, value in dict(event, **changes).items() if value != "absent"}

    def run_handler(self, event, context=None):
        output = io.StringIO()
        boto3 = mock.patch.dict(sys.modules, {"boto3": self.boto3})
        try:
            with boto3, contextlib.redirect_stdout(output):
                self.module.handler(event, context or Context())
        finally:
            self.stdout = output.getvalue()
            self.assertNotIn(SECRET, self.stdout)

    def serve(self, event, context=None):
        """Calls the handler, and returns the only answer that it sent."""
        self.run_handler(event, context)
        self.assertEqual(len(self.callback.requests), 1)
        return self.callback.requests[0].answer

    def succeeds(self, event, data, physical_id, context=None):
        self.assertEqual(self.serve(event, context), {
            "Status": "SUCCESS",
            "PhysicalResourceId": physical_id,
            "StackId": STACK,
            "RequestId": "e1",
            "LogicalResourceId": "HelloVersion",
            "Data": data,
        })

    def fails(self, event, reason, context=None, physical_id=mock.ANY):
        self.assertEqual(self.serve(event, context), {
            "Status": "FAILED",
            "PhysicalResourceId": physical_id,
            "StackId": STACK,
            "RequestId": "e1",
            "LogicalResourceId": "HelloVersion",
            "Reason": mock.ANY,
        })
        text = self.callback.requests[0].answer["Reason"]
        self.assertTrue(text.endswith(HINT), text)
        self.assertRegex(text[: -len(HINT)], reason)


class VersionCase(AnswerCase):
    lambda_path = ("lambdas", "version")
    resource_type = "Custom::LambdaVersion"
    properties = {"ServiceToken": ARN, "FunctionName": "hello", "S3ObjectVersion": "v1"}
    data = {"Version": "7", "FunctionArn": ARN + ":7"}

    def setUp(self):
        super().setUp()
        self.boto3 = Boto3()


class Publishing(VersionCase):
    def test_create(self):
        self.succeeds(self.event(), self.data, "hello-HelloVersion")
        given = {"FunctionName": "hello"}
        self.assertEqual(self.boto3.calls, [("get", given), ("publish", given)])

    def test_create_by_arn(self):
        properties = dict(self.properties, FunctionName=ARN)
        self.succeeds(self.event(ResourceProperties=properties), self.data, "hello-HelloVersion")
        self.assertEqual(self.boto3.calls[1], ("publish", {"FunctionName": ARN}))

    def test_update_keeps_the_physical_id(self):
        properties = dict(self.properties, FunctionName="another", Digest="d2")
        event = self.event("Update", ResourceProperties=properties)
        self.succeeds(event, self.data, "what-it-is")
        self.assertEqual(self.boto3.calls[1], ("publish", {"FunctionName": "another"}))

    def test_create_then_update_then_delete_have_one_id(self):
        ids = [self.serve(self.event())["PhysicalResourceId"]]
        for kind in ("Update", "Delete"):
            self.callback.requests.clear()
            event = self.event(kind, PhysicalResourceId=ids[-1])
            ids.append(self.serve(event)["PhysicalResourceId"])
        self.assertEqual(ids, ["hello-HelloVersion"] * 3)

    def test_ready_states(self):
        for state in ({"State": "Active"}, {"State": "Inactive"},
                      {"LastUpdateStatus": "Successful"},
                      {"State": "Active", "LastUpdateStatus": "Successful"}):
            with self.subTest(state):
                self.callback.requests.clear()
                self.boto3 = Boto3([state])
                self.succeeds(self.event(), self.data, "hello-HelloVersion")

    def test_waits_until_ready(self):
        clock = Clock(self)
        self.boto3 = Boto3([
            {"State": "Pending"},
            {"State": "Active", "LastUpdateStatus": "InProgress"},
            {"State": "Active", "LastUpdateStatus": "Successful"},
        ])
        self.succeeds(self.event(), self.data, "hello-HelloVersion")
        self.assertEqual(self.boto3.kinds(), ["get", "get", "get", "publish"])
        self.assertEqual(len(clock.slept), 2)

    def test_waits_for_the_snapshot_of_a_version(self):
        clock = Clock(self)
        self.boto3 = Boto3([{"State": "Active"}, {"State": "Pending"}, {"State": "Active"}],
                           version={"State": "Pending"})
        self.succeeds(self.event(), self.data, "hello-HelloVersion")
        self.assertEqual(self.boto3.kinds(), ["get", "publish", "get", "get"])
        self.assertEqual(self.boto3.calls[-1], ("get", {"FunctionName": ARN + ":7"}))
        self.assertEqual(len(clock.slept), 1)

    def test_snapshot_that_fails(self):
        self.boto3 = Boto3([{"State": "Active"}, {"State": "Failed", "StateReason": "init"}],
                           version={"State": "Pending"})
        self.fails(self.event(), "^RuntimeError: State is Failed: init$")

    def test_busy_calls_are_repeated(self):
        clock = Clock(self)
        codes = sorted(self.module.BUSY)
        self.boto3 = Boto3([ClientError("TooManyRequestsException"), {}],
                           [*map(ClientError, codes), "7"])
        self.succeeds(self.event(), self.data, "hello-HelloVersion")
        self.assertEqual(self.boto3.kinds(), ["get"] * 2 + ["publish"] * (len(codes) + 1))
        self.assertIn("ResourceConflictException", codes)
        self.assertTrue(all(0.25 <= seconds <= 5 for seconds in clock.slept), clock.slept)
        self.assertGreater(clock.slept[-1], clock.slept[0])


class Deleting(VersionCase):
    def test_calls_nothing(self):
        self.succeeds(self.event("Delete"), {}, "what-it-is")
        self.assertEqual(self.boto3.calls, [])

    def test_without_boto3_properties_or_time(self):
        self.boto3 = None  # `import boto3` raises
        for properties in ("absent", None, [], "text", {"FunctionName": 5}):
            with self.subTest(properties):
                self.callback.requests.clear()
                event = self.event("Delete", ResourceProperties=properties)
                self.succeeds(event, {}, "what-it-is", Context(0))

    def test_of_what_was_never_created(self):
        event = self.event("Delete", PhysicalResourceId="absent")
        self.succeeds(event, {}, "hello-HelloVersion")


class Failing(VersionCase):
    def test_function_name(self):
        for name in ("absent", None, "", 5, ["hello"], {"Ref": "Hello"}):
            with self.subTest(name):
                self.callback.requests.clear()
                properties = {} if name == "absent" else {"FunctionName": name}
                event = self.event(ResourceProperties=properties)
                self.fails(event, "^ValueError: FunctionName must be a name or an ARN, not ")
                self.assertEqual(self.boto3.calls, [])

    def test_properties(self):
        for properties, reason in (("absent", "^KeyError: 'ResourceProperties'"),
                                   (None, "^AttributeError: "), ([], "^AttributeError: ")):
            with self.subTest(properties):
                self.callback.requests.clear()
                event = self.event(ResourceProperties=properties)
                self.fails(event, reason, physical_id="function-HelloVersion")

    def test_request_type(self):
        for kind in ("Replace", None, "absent", "create"):
            with self.subTest(kind):
                self.callback.requests.clear()
                self.fails(self.event(RequestType=kind), "^ValueError: unknown RequestType ")

    def test_failed_update_keeps_the_physical_id(self):
        self.boto3 = Boto3([ClientError("ResourceNotFoundException")])
        self.fails(self.event("Update"), "ResourceNotFound", physical_id="what-it-is")

    def test_without_boto3(self):
        self.boto3 = None
        self.fails(self.event(), "^ModuleNotFoundError: .*boto3")

    def test_failed_states(self):
        for state, reason in (
                ({"State": "Failed", "StateReason": "no subnet"},
                 "^RuntimeError: State is Failed: no subnet$"),
                ({"LastUpdateStatus": "Failed", "LastUpdateStatusReason": "no key"},
                 "^RuntimeError: LastUpdateStatus is Failed: no key$"),
                ({"State": "Failed", "LastUpdateStatus": "InProgress"}, "State is Failed: None")):
            with self.subTest(state):
                self.callback.requests.clear()
                self.boto3 = Boto3([state])
                self.fails(self.event(), reason)
                self.assertEqual(self.boto3.kinds(), ["get"])

    def test_errors_of_aws(self):
        for states, versions, calls in (
                ([ClientError("AccessDeniedException", "lambda:GetFunction")], ["7"], 1),
                ([{}], [ClientError("AccessDeniedException", "lambda:PublishVersion")], 2)):
            with self.subTest(calls):
                self.callback.requests.clear()
                self.boto3 = Boto3(states, versions)
                self.fails(self.event(), r"ClientError: An error occurred \(AccessDenied.*lambda:")
                self.assertEqual(len(self.boto3.calls), calls)

    def test_exceptions_of_any_kind(self):
        class Unprintable(Exception):
            def __str__(self):
                raise ValueError("no text")

        for error, reason in ((SystemExit(3), "SystemExit: 3"), (MemoryError(), "MemoryError"),
                              (KeyboardInterrupt(), "KeyboardInterrupt"),
                              (Unprintable(), "Unprintable: <"), (OSError(5, "disk"), "disk")):
            with self.subTest(reason):
                self.callback.requests.clear()
                self.boto3 = Boto3([error])
                self.fails(self.event(), reason)

    def test_traceback_is_logged(self):
        self.boto3 = Boto3([ValueError("deep inside")])
        self.fails(self.event(), "deep inside")
        self.assertIn("Traceback", self.stdout)
        self.assertIn("wait_until_ready", self.stdout)
        self.assertIn('"FunctionName": "hello"', self.stdout)


class RunningOutOfTime(VersionCase):
    """The time for the work is Context.get_remaining_time_in_millis minus MARGIN."""

    def test_pending_for_ever(self):
        clock = Clock(self)
        self.boto3 = Boto3([{"State": "Pending"}])
        context = Context(60)
        self.fails(self.event(), "^TimeoutError: no time left to wait: hello is not ready: "
                                 "{'State': 'Pending', 'LastUpdateStatus': None}$", context)
        self.assertLessEqual(clock.now, context.end - self.answer.MARGIN)
        self.assertGreater(clock.now, context.end - self.answer.MARGIN - self.module.LONGEST_PAUSE)

    def test_busy_for_ever(self):
        clock = Clock(self)
        self.boto3 = Boto3(versions=[ClientError("ResourceConflictException", "in progress")])
        context = Context(60)
        self.fails(self.event(), r"^TimeoutError: .*\(ResourceConflict.*in progress$", context)
        self.assertLessEqual(clock.now, context.end - self.answer.MARGIN)

    def test_a_call_that_hangs_is_stopped(self):
        def hang():
            try:
                threading.Event().wait(5)
            except Exception:  # as a library might do
                pass

        for boto3 in (Boto3([hang]), Boto3(versions=[hang])):
            self.callback.requests.clear()
            self.boto3 = boto3
            started = time.monotonic()
            context = Context(self.answer.MARGIN + 0.2)
            self.fails(self.event(), "OutOfTime: .* time to answer$", context)
            self.assertLess(time.monotonic() - started, 1)

    def test_no_time_from_the_start(self):
        for seconds in (0, self.answer.MARGIN):
            self.callback.requests.clear()
            self.fails(self.event(), "OutOfTime: ", Context(seconds))
            self.assertEqual(self.boto3.calls, [])

    def test_nothing_rings_afterwards(self):
        before = signal.getsignal(signal.SIGALRM)
        self.serve(self.event())
        self.assertEqual(signal.getitimer(signal.ITIMER_REAL), (0, 0))
        self.assertEqual(signal.getsignal(signal.SIGALRM), before)

    def test_margin_is_enough_to_answer(self):
        attempts = len(self.answer.PUT_PAUSES) + 1
        worst = attempts * self.answer.PUT_TIMEOUT + sum(self.answer.PUT_PAUSES)
        self.assertLessEqual(worst, self.answer.MARGIN)
        self.assertGreater(attempts, 2)


class Answering(VersionCase):
    def setUp(self):
        super().setUp()
        self.pauses = []
        self.patch(time, "sleep", self.pauses.append)

    def requests(self):
        return len(self.callback.requests)

    def test_request(self):
        self.run_handler(self.event())
        (request,) = self.callback.requests
        self.assertEqual(request.path, "/arn%3Aaws%3Astack?" + SECRET)
        self.assertEqual(request.headers.get_all("Content-Type"), [""])
        self.assertEqual(request.headers.get_all("Content-Length"), [str(len(request.body))])
        self.assertNotIn("Transfer-Encoding", request.headers)

    def test_repeated_until_taken(self):
        for replies in ([500], [503, 500], ["drop"], ["garbage"], ["drop", 503]):
            with self.subTest(replies):
                self.callback.requests.clear()
                self.pauses.clear()
                self.callback.replies = list(replies)
                self.run_handler(self.event())
                self.assertEqual(self.requests(), len(replies) + 1)
                self.assertEqual(len({request.body for request in self.callback.requests}), 1)
                self.assertEqual(self.pauses, [1, 2][: len(replies)])

    def test_work_is_not_repeated(self):
        self.callback.replies = [500, 500]
        self.run_handler(self.event())
        self.assertEqual(self.boto3.kinds(), ["get", "publish"])

    def test_attempts_end_after_a_while(self):
        self.patch(self.answer, "PUT_TIMEOUT", 0.2)
        self.callback.replies = ["stall"]
        started = time.monotonic()
        self.run_handler(self.event())
        self.assertEqual(self.requests(), 2)
        self.assertLess(time.monotonic() - started, 1)
        self.assertIn("TimeoutError", self.stdout)

    def test_never_taken(self):
        self.callback.replies = [500, 503, 502]
        with self.assertRaisesRegex(RuntimeError, "^CloudFormation has no answer: .* 502$"):
            self.run_handler(self.event())
        self.assertEqual(self.requests(), 3)
        self.assertEqual(self.pauses, [1, 2])

    def test_refused(self):
        self.callback.replies = [403]
        with self.assertRaisesRegex(RuntimeError, "HTTP status 403$"):
            self.run_handler(self.event())
        self.assertEqual(self.requests(), 1)

    def test_nobody_listens(self):
        event = self.event()
        self.callback.server_close()
        with self.assertRaisesRegex(RuntimeError, "ConnectionRefusedError$"):
            self.run_handler(event)
        self.assertEqual(self.pauses, [1, 2])

    def test_url_that_is_none(self):
        for url in ("nonsense?" + SECRET, "http://127.0.0.1/ ?" + SECRET, "", None, 5):
            with self.subTest(url), self.assertRaises(RuntimeError) as caught:
                self.run_handler(self.event(ResponseURL=url))
            self.assertNotIn(SECRET, str(caught.exception))
            self.assertIsNone(caught.exception.__context__)  # else Lambda logs that one too

    def test_no_url(self):
        with self.assertRaises(KeyError):
            self.run_handler(self.event(ResponseURL="absent"))

    def test_context_without_log_stream(self):
        self.assertEqual(self.serve(self.event(), object())["Reason"],
                         "AttributeError: 'object' object has no attribute "
                         "'get_remaining_time_in_millis'"
                         " (details are in the CloudWatch log stream of this lambda)")

    def test_long_reason(self):
        for character in ("x", "\n", "\u00e9", "\u6f22", "\U0001f600", "\x00", "\udc80", '"'):
            with self.subTest(ascii(character)):
                self.callback.requests.clear()
                self.boto3 = Boto3([ValueError("begins " + character * 100000 + "end")])
                self.fails(self.event(), "^ValueError: begins " + character)
                size = len(self.callback.requests[0].body)
                self.assertLess(size, 4096)
                self.assertGreater(size, 3000)

    def test_long_function_name(self):
        self.boto3 = Boto3([ClientError("ValidationException")])
        properties = {"FunctionName": "\u6f22" * 100000}
        self.fails(self.event(ResourceProperties=properties), "Validation")
        self.assertLess(len(self.callback.requests[0].body), 4096)
        identifier = self.callback.requests[0].answer["PhysicalResourceId"]
        self.assertLess(len(identifier.encode()), 1024)


if __name__ == "__main__":
    unittest.main()
