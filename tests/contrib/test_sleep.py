"""Custom::Sleep. test_version.py checks the code that both handlers share."""
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from test_version import CONTRIB, AnswerCase, Clock, Context  # noqa: E402


class Sleeping(AnswerCase):
    lambda_path = ("helpers", "sleep")
    resource_type = "Custom::Sleep"
    properties = {"ServiceToken": "arn", "Time": "30"}

    def setUp(self):
        super().setUp()  # boto3 is None there: an import fails
        self.clock = Clock(self)

    def timed(self, value, kind="Create"):
        self.callback.requests.clear()
        self.clock.slept.clear()
        return self.event(kind, ResourceProperties={"ServiceToken": "arn", "Time": value})

    def test_create(self):
        self.succeeds(self.event(), {}, "sleep-HelloVersion")
        self.assertEqual(self.clock.slept, [30])
        self.assertEqual(self.callback.requests[0].headers.get_all("Content-Type"), [""])

    def test_update_keeps_the_physical_id(self):
        self.succeeds(self.event("Update"), {}, "what-it-is")
        self.assertEqual(self.clock.slept, [30])

    def test_times(self):
        for value, seconds in (("0", 0), ("0.5", 0.5), (30, 30), ("285", 285), (" 7 ", 7)):
            with self.subTest(value):
                self.succeeds(self.timed(value), {}, "sleep-HelloVersion", Context(300))
                self.assertEqual(self.clock.slept, [seconds])

    def test_invalid_times(self):
        for value in ("", "soon", "-1", -0.5, "nan", "inf", "-inf", None, [], {}, 10**400):
            with self.subTest(value):
                self.fails(self.timed(value), "^ValueError: Time must be seconds, 0 or more, not ")
                self.assertEqual(self.clock.slept, [])

    def test_no_time(self):
        event = self.event(ResourceProperties={"ServiceToken": "arn"})
        self.fails(event, "^ValueError: Time must be .* not None$")

    def test_broken_properties(self):
        for properties in ("absent", None, [], "text"):
            with self.subTest(properties):
                self.callback.requests.clear()
                event = self.event(ResourceProperties=properties)
                self.fails(event, "Error: ", physical_id="sleep-HelloVersion")

    def test_time_that_does_not_fit(self):
        for value in ("286", "1e9"):
            self.fails(self.timed(value, "Update"),
                       r"^ValueError: Time is (286|1e\+09) seconds, "
                       "but the timeout of this lambda leaves 285$", Context(300), "what-it-is")
            self.assertEqual(self.clock.slept, [])

    def test_delete_answers_at_once(self):
        for value in ("30", "soon", "1e9"):
            self.succeeds(self.timed(value, "Delete"), {}, "what-it-is", Context(0))
            self.assertEqual(self.clock.slept, [])

    def test_unknown_request_type(self):
        self.fails(self.event("Move"), "^ValueError: unknown RequestType 'Move'$")

    def test_answer_is_repeated_and_sleep_is_not(self):
        self.callback.replies = [500, "drop"]
        self.run_handler(self.event())
        self.assertEqual(len(self.callback.requests), 3)
        self.assertEqual(self.clock.slept, [30, 1, 2])


class SleepingForReal(AnswerCase):
    lambda_path = ("helpers", "sleep")

    def test_time_passes(self):
        started = time.monotonic()
        event = self.event(ResourceProperties={"Time": "0.1"})
        self.succeeds(event, {}, "sleep-HelloVersion")
        self.assertGreaterEqual(time.monotonic() - started, 0.1)

    def test_stopped_in_time(self):
        real = time.sleep
        self.patch(time, "sleep", lambda seconds: real(seconds + 5))  # like a stalled machine
        event = self.event(ResourceProperties={"Time": "0.1"})
        self.fails(event, "OutOfTime: ", Context(self.answer.MARGIN + 0.3))


class Copies(unittest.TestCase):
    def test_all_answer_with_the_same_code(self):
        paths = ("lambdas/version", "helpers/sleep", "s3/bucket_notification_configuration")
        copies = [CONTRIB / path / "answer.py" for path in paths]
        self.assertEqual(sorted(copies), sorted(CONTRIB.rglob("answer.py")))
        self.assertEqual(len({copy.read_bytes() for copy in copies}), 1)
        self.assertFalse(any(copy.is_symlink() for copy in copies))


if __name__ == "__main__":
    unittest.main()
