"""gordon apply --ask shows the changes, and asks at a terminal before it applies them."""
import os
import pty
import select
import time
import unittest

import support

CTRL_C, CTRL_D = b"\x03", b"\x04"
PATIENCE = 120  # seconds, for a question
AGAIN = "These changes differ from those shown above. Apply them? [y/N] "
INTERRUPTED = 130


def code(number):
    return f"def handler(event, context): return {number}\n"


class Talk:
    """gordon on a terminal with a person."""

    def __init__(self, test, *arguments):
        self.ours, theirs = pty.openpty()
        self.run = test.start(*arguments, stdin=theirs, stdout=theirs, stderr=theirs,
                              start_new_session=True, preexec_fn=self.take_terminal)
        os.close(theirs)
        self.text = ""

    @staticmethod
    def take_terminal():
        """Makes standard input the controlling terminal, from which Ctrl-C comes."""
        os.close(os.open(os.ttyname(0), os.O_RDWR))

    def read(self):
        """Waits up to a second for more text. Returns False at the end."""
        try:
            part = os.read(self.ours, 4096) if select.select([self.ours], [], [], 1)[0] else None
        except OSError:  # the other end is closed
            part = b""
        self.text += (part or b"").decode(errors="replace").replace("\r\n", "\n")
        return part != b""

    def answer(self, question, typed):
        """Waits for the question, and types. Returns the text before the question."""
        end = time.monotonic() + PATIENCE
        while question not in self.text and time.monotonic() < end and self.read():
            pass
        before, found, self.text = self.text.partition(question)
        if not found:
            raise AssertionError(f"not asked: {before}")
        os.write(self.ours, typed)
        return before

    def said_within(self, seconds):
        """Returns the text that is shown without an answer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read():
            pass
        return self.text

    def end(self):
        """Returns the text since the last answer, and the exit status."""
        while self.read():
            pass
        os.close(self.ours)
        return self.text, self.run.wait()


class Ask(support.Applied):
    FILES = {"app/settings.yml": "lambdas: {one: {code: one.py}}", "app/one.py": code(1)}

    def setUp(self):
        super().setUp()
        self.environment["TERM"] = "dumb"
        self.settings(f"project: {self.name}\ncode-bucket: {self.name}\napps: [app]\n")

    def stacks(self):
        return sorted(one["StackName"] for one in self.aws("cloudformation", "list-stacks")["StackSummaries"]
                      if one["StackStatus"] != "DELETE_COMPLETE")

    def change(self, number, settings="lambdas: {one: {code: one.py}}"):
        support.write(self.folder, {"app/one.py": code(number), "app/settings.yml": settings})
        self.build()

    def test_ask(self):
        self.build()
        self.check_refused()
        self.check_agreed()
        self.check_nothing()
        self.check_changed_between()

    def check_refused(self):
        """"n", an empty line, the end of the input and Ctrl-C apply nothing. Input before the question is
        ignored, and another answer repeats the question."""
        talk = Talk(self, "apply", "--ask")
        os.write(talk.ours, b"y\n")
        talk.answer("Apply this? [y/N] ", b"perhaps\n")
        talk.answer("Apply this? [y/N] ", b"n\n")
        self.assertEqual(talk.end()[1], 1)
        for typed, status in ((b"n\n", 1), (b"\n", 1), (CTRL_D, 1), (CTRL_C, INTERRUPTED)):
            with self.subTest(typed):
                talk = Talk(self, "apply", "--ask")
                shown = talk.answer("Apply this? [y/N] ", typed)
                self.assertIn("    + CodeBucket  AWS::S3::Bucket\n", shown)
                self.assertIn("Resources: 5 to add, 0 to change, 0 to replace, 0 to remove.\n", shown)
                text, ended = talk.end()
                self.assertEqual(ended, status, text)
                self.assertEqual("gordon: error: nothing was applied\n" in text, status == 1)
                self.assertNotIn("Applying", text)
        self.assertEqual(self.stacks(), [])

    def check_agreed(self):
        """After "y", apply makes the changes without another question."""
        talk = Talk(self, "apply", "--ask")
        talk.answer("Apply this? [y/N] ", b"y\n")
        text, status = talk.end()
        self.assertEqual(status, 0, text)
        self.assertIn("Applying project...\n", text)
        self.assertNotIn("?", text)
        self.assertEqual(len(self.stacks()), 2)

    def check_nothing(self):
        """Without changes there is no question."""
        text, status = Talk(self, "apply", "--ask").end()
        self.assertEqual(status, 0)
        self.assertTrue(text.endswith("No changes.\n"), text)

    def check_changed_between(self):
        """Changes that were not shown cause another question."""
        two = "lambdas: {one: {code: one.py}, two: {code: one.py}}"
        self.change(2)
        for answer, status in (b"n\n", 1), (b"y\n", 0):
            self.change(2)
            talk = Talk(self, "apply", "--ask")
            self.assertNotIn("AppTwo", talk.answer("Apply this? [y/N] ", b""))
            self.change(2, two)
            os.write(talk.ours, b"y\n")
            self.assertIn("    + AppTwo ", talk.answer(AGAIN, b""))
            self.assertEqual(talk.said_within(1), "", "nothing is drawn over the question")
            os.write(talk.ours, answer)
            text, ended = talk.end()
            self.assertEqual(ended, status, text)
            self.assertEqual(f"gordon: error: stack dev-{self.name}-r: nothing was applied\n" in text,
                             status == 1)
            self.assertEqual("LambdaAppTwo" in str(self.outputs()), status == 0)
        self.assertEqual(self.aws("cloudformation", "list-change-sets", "--stack-name",
                                  f"dev-{self.name}-r")["Summaries"][1:], [])


class Refused(support.Project):
    """If --ask is not possible, that is the first error."""

    FILES = {"settings.yml": "project: demo\ncode-bucket: demo\n"}

    def test_no_terminal(self):
        self.assertIn("--ask needs a terminal", self.gordon("apply", "--ask", status=64).stderr)

    def test_not_for_programs(self):
        for arguments in (["--json"], ["-s", "dev", "-s", "prod"], ["-r", "eu-west-1", "-r", "eu-west-2"]):
            self.assertIn("--ask works with one stage in one region, and without --json",
                          self.gordon("apply", "--ask", *arguments, status=64).stderr)


if __name__ == "__main__":
    unittest.main()
