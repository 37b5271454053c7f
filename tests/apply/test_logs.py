"""gordon logs: logs of applied lambdas; and events that arrive late, twice or never, from a fake AWS
CLI."""
import json
import os
import re
import signal
import time
import unittest

import support

PATIENCE = 60  # seconds
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def without_times(text):
    return re.sub(f"^{TIME} ", "", text, flags=re.MULTILINE)


class Follower:
    """gordon logs --follow. It prints to a file, so that a test can wait for a line."""

    def __init__(self, test, *arguments):
        self.test, self.path = test, os.path.join(test.folder, "followed")
        with open(self.path, "w") as out:
            self.run = test.start("logs", "--follow", *arguments, stdout=out)

    def text(self):
        with open(self.path) as out:
            return out.read()

    def wait(self, text):
        end = time.monotonic() + PATIENCE
        while text not in self.text():
            if self.run.poll() is not None or time.monotonic() > end:
                self.test.fail(f"{text!r} did not come:\n{self.text()}{self.run.stderr.read()}")
            time.sleep(0.1)

    def end(self):
        """Ends it like Ctrl-C. Returns the printed text."""
        self.run.send_signal(signal.SIGINT)
        error = self.run.communicate(timeout=30)[1]
        self.test.assertEqual((error, self.run.returncode), ("", 128 + signal.SIGINT))
        return without_times(self.text())


class Logs(support.Applied):
    FILES = {
        "settings.yml": """
            project: {}
            code-bucket: {}
            apps: [app]
            """,
        "app/settings.yml": """
            lambdas:
              one: {code: code.py, timeout: 10}
              second: {code: code.py, timeout: 10}
            """,
        "app/code.py": """
            def handler(event, context):
                print("word", event)
            """,
    }

    def test_logs(self):
        self.settings(self.FILES["settings.yml"].format(self.name, self.name))
        self.build()
        run = self.gordon("logs", status=20)
        self.assertIn(f"there is no stack dev-{self.name}-r; gordon apply", run.stderr)
        self.apply()
        # the first call of a lambda makes its log group
        self.assertEqual(self.gordon("logs").stdout, "")
        self.gordon("invoke", "app.second", typed='"first"')
        # the emulator has the clock of this machine
        time.sleep(0.01)
        self.gordon("invoke", "app.one", typed='"then"')
        run = self.gordon("logs")
        self.assertEqual(run.stderr, "")
        lines = without_times(run.stdout).splitlines()
        self.assertEqual([line for line in lines if "word" in line],
                         ["app.second word first", "app.one    word then"])
        times = re.findall(f"^{TIME}", run.stdout, re.MULTILINE)
        self.assertEqual((len(times), times), (len(lines), sorted(times)))
        # lines of a single lambda have no name
        run = self.gordon("logs", "app.one", "app.one", "--filter", "word")
        self.assertEqual(without_times(run.stdout), "word then\n")
        self.assertEqual(self.gordon("logs", "--filter", "nowhere").stdout, "")
        events = [json.loads(line) for line in self.gordon("logs", "--json", "--filter",
                                                           "word").stdout.splitlines()]
        self.assertEqual([(event["lambda"], event["message"]) for event in events],
                         [("app.second", "word first"), ("app.one", "word then")])
        self.assertRegex(events[0]["time"], f"^{TIME}$")
        # from this event on
        run = self.gordon("logs", "--since", events[1]["time"], "--filter", "word")
        self.assertEqual(without_times(run.stdout), "app.one    word then\n")
        self.assertEqual(self.gordon("logs", "--since", "2099-01-01").stdout, "")
        run = self.gordon("logs", "app.one", "--region", "eu-west-1", status=20)
        self.assertIn("is not in eu-west-1", run.stderr)
        self.follow(events[1]["time"])
        self.lambda_not_applied()

    def follow(self, since):
        follower = Follower(self, "--since", since, "--filter", "word")
        follower.wait("word then")
        self.gordon("invoke", "app.second", typed='"new"')
        follower.wait("word new")
        self.gordon("invoke", "app.one", typed='"newer"')
        follower.wait("word newer")
        self.assertEqual(follower.end(), "app.one    word then\napp.second word new\n"
                                         "app.one    word newer\n")

    def lambda_not_applied(self):
        """A lambda that is not applied is an error only if the command names it."""
        support.write(self.folder, {"app/settings.yml": """
            lambdas:
              one: {code: code.py}
              third: {code: code.py}
            """})
        self.assertIn("word then", self.gordon("logs").stdout)
        run = self.gordon("logs", "app.third", status=20)
        self.assertIn(f"the lambda 'app.third' is not in the stack dev-{self.name}-r", run.stderr)


class AsAws(support.Project):
    """A fake `aws` with a file of events for each lambda. It returns events from the requested time on.
    Without the file there is no log group; with an empty file the CLI fails."""

    FILES = {
        "settings.yml": "project: fake\ncode-bucket: fake\n"
                        "lambdas: {one: {code: code.py}, second: {code: code.py}}\n",
        "code.py": "",
    }
    BEGIN = 1795480000000

    def setUp(self):
        super().setUp()
        self.fake_aws("""
            import json, sys
            if sys.argv[2] == "list-stack-resources":
                print(json.dumps({"StackResourceSummaries": [
                    {"LogicalResourceId": name, "PhysicalResourceId": name.lower()}
                    for name in ("One", "Second", "OneRole")]}))
                sys.exit()
            assert sys.argv[1:5] == ["logs", "filter-log-events", "--cli-input-json",
                                     "file:///dev/stdin"], sys.argv
            with open("/dev/stdin") as file:
                request = json.load(file)
            assert set(request) <= {"logGroupName", "startTime", "filterPattern"}, request
            try:
                with open(request["logGroupName"].removeprefix("/aws/lambda/") + ".json") as file:
                    text = file.read()
            except FileNotFoundError:
                sys.exit("\\nAn error occurred (ResourceNotFoundException) when calling the "
                         "FilterLogEvents operation: The specified log group does not exist.")
            if not text:
                sys.exit("\\nConnection was closed")
            print(json.dumps({"events": [event for event in json.loads(text)
                                         if event["timestamp"] >= request["startTime"]]}))
            """)

    def put(self, name, *events):
        """Writes events, which are (seconds, message) or (seconds, message, id)."""
        made = [{"timestamp": self.BEGIN + int(second * 1000), "message": message,
                 "ingestionTime": self.BEGIN, "logStreamName": "stream",
                 **({"eventId": rest[0]} if rest else {})} for second, message, *rest in events]
        self.put_text(name, json.dumps(made))

    def put_text(self, name, text):
        path = os.path.join(self.folder, name + ".json")
        with open(path + ".new", "w") as file:
            file.write(text)
        os.rename(path + ".new", path)  # a reader never sees a part of the file

    def logs(self, *arguments, **options):
        return self.gordon("logs", "--since", "2026-01-01", *arguments, **options)

    def test_merged(self):
        self.put("one", (1, "a\n", "1"), (3, "c", "2"), (3, "d", "3"))
        self.put("second", (2, "b", "4"), (3, "e", "5"), (-1, "z", "6"))
        self.assertEqual(without_times(self.logs().stdout),
                         "second z\none    a\nsecond b\none    c\none    d\nsecond e\n")

    def test_lines_of_an_event(self):
        """Time and name are before the first line only. Runtimes separate lines by \\r."""
        self.put("one", (1, "[ERROR] x\rTraceback:\r  File\n", "1"), (2, "", "2"), (3, "a\r\n\r\nb", "3"),
                 (4, "\n", "4"))
        first, *rest = self.logs("one").stdout.splitlines()
        self.assertEqual(first, "2026-11-24T00:26:41.000Z [ERROR] x")
        self.assertEqual([without_times(line) for line in rest],
                         ["Traceback:", "  File", "", "a", "", "b", ""])
        said = json.loads(self.logs("one", "--json").stdout.splitlines()[0])
        self.assertEqual(said, {"time": "2026-11-24T00:26:41.000Z", "lambda": "one", "id": "1",
                                "stream": "stream", "message": "[ERROR] x\rTraceback:\r  File\n"})

    def test_nul(self):
        """An event may have a NUL."""
        self.put("one", (1, "before\0behind\nnext"))
        self.assertEqual(without_times(self.logs("one").stdout), "before?behind\nnext\n")

    def test_terminal(self):
        self.put("one", (1, "\x1b[31mred\x07 \x9bJ é", "1"))
        self.put("second", (2, "b", "2"))
        since = "--since", "2026-01-01"
        shown, status = self.on_terminal("logs", "one", *since)
        self.assertEqual((without_times(shown), status), ("?[31mred? ?J é\n", 0))
        self.environment.update(TERM="xterm", NO_COLOR="")
        shown, status = self.on_terminal("logs", *since)
        self.assertEqual(without_times(shown), "\x1b[1;36mone\x1b[0m    ?[31mred? ?J é\n"
                                               "\x1b[32msecond\x1b[0m b\n")
        self.assertEqual(without_times(self.logs("one").stdout), "?[31mred? ?J é\n")  # a pipe may be the log of a CI
        said = self.logs("one", "--json").stdout
        self.assertIn(r"\u001B[31mred\u0007 \u009BJ é", said)
        self.assertEqual(json.loads(said)["message"], "\x1b[31mred\x07 \x9bJ é")

    def test_follow(self):
        self.put("one", (1000, "a", "1"))
        follower = Follower(self, "--since", "2026-01-01")
        follower.wait("one    a")
        self.put("second", (500, "late group", "2"))
        follower.wait("late group")
        # late in the same group; and the same event again
        self.put("one", (990, "late", "3"), (1000, "a", "1"), (1000, "b", "4"))
        follower.wait("late\n")
        self.put("one", (990, "late", "3"), (1000, "a", "1"), (1000, "b", "4"), (9000, "c", "5"))
        follower.wait("c\n")
        # an event that is missing in one answer is not shown again
        self.put("one", (9000, "c", "5"), (9001, "d", "6"))
        follower.wait("d\n")
        self.put("one", (8999, "e", "7"), (9001, "d", "6"))
        follower.wait(" e\n")
        self.put("one", (9000, "c", "5"), (9001, "d", "6"), (9002, "f", "8"))
        follower.wait("f\n")
        self.assertEqual(follower.end(),
                         "one    a\nsecond late group\none    late\none    b\none    c\none    d\n"
                         "one    e\none    f\n")

    def test_follow_without_ids(self):
        """Equal events are shown as often as they occur."""
        self.put("one", (1, "same"), (1, "same"), (1, "other"))
        follower = Follower(self, "one", "--since", "2026-01-01")
        follower.wait("other\n")
        self.put("one", (1, "same"), (1, "same"), (1, "other"), (1, "same"))
        follower.wait("other\n" + "2026-11-24T00:26:41.000Z same\n")
        self.put("one", (1, "same"), (1, "same"), (1, "other"), (1, "same"), (2, "end"))
        follower.wait("end\n")
        self.assertEqual(follower.end(), "same\nsame\nother\nsame\nend\n")

    def test_failures(self):
        self.put("one", (1, "a", "1"))
        self.put_text("second", "")
        run = self.logs(status=1)
        self.assertEqual(without_times(run.stdout), "one    a\n")
        self.assertEqual(run.stderr, "gordon: error: the log of 'second': Connection was closed\n")
        self.assertEqual(without_times(self.logs("one").stdout), "a\n")
        self.put_text("second", "<html>")
        self.assertIn("gordon: error: the log of 'second': ", self.logs(status=1).stderr)

    def test_follow_failures(self):
        """A short failure of the network does not end --follow; a long one does."""
        self.put("one", (1, "a", "1"))
        follower = Follower(self, "one", "--since", "2026-01-01")
        follower.wait("a\n")
        self.put_text("one", "")
        time.sleep(3)
        self.put("one", (1, "a", "1"), (2, "b", "2"))
        follower.wait("b\n")
        self.put_text("one", "")
        error = follower.run.communicate(timeout=PATIENCE)[1]
        self.assertEqual((error, follower.run.returncode),
                         ("gordon: error: the log of 'one': Connection was closed\n", 1))
        self.assertEqual(without_times(follower.text()), "a\nb\n")

    def test_who_reads_has_read_enough(self):
        self.put("one", *[(i, "x" * 100, str(i)) for i in range(5000)])
        run = self.start("logs", "one", "--since", "2026-01-01")
        self.assertIn("x", run.stdout.readline())
        run.stdout.close()
        run.stdout = None
        self.assertEqual(run.communicate(timeout=30)[1], "")
        self.assertEqual(run.returncode, -signal.SIGPIPE)

    def test_interrupted_while_it_prints(self):
        self.put("one", *[(i, "x" * 100, str(i)) for i in range(50000)])
        run = self.start("logs", "one", "--since", "2026-01-01")
        run.stdout.readline()
        run.send_signal(signal.SIGINT)
        out, error = run.communicate(timeout=30)
        self.assertEqual((error, run.returncode), ("", 128 + signal.SIGINT))
        self.assertLess(out.count("\n"), 40000)

    def test_since(self):
        self.put("one", (0, "a", "1"), (1, "b", "2"), (2, "c", "3"))
        for since, shown in (("2026-11-24T00:26:41", "b\nc\n"), ("2026-11-24T00:26:41.001Z", "c\n"),
                             ("2026-11-24", "a\nb\nc\n"), ("9999w", "a\nb\nc\n")):
            run = self.gordon("logs", "one", "--since", since)
            self.assertEqual(without_times(run.stdout), shown, since)


if __name__ == "__main__":
    unittest.main()
