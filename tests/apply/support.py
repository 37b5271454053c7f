"""Base classes of the tests of apply: a project in a temporary folder, runs of gordon and of the AWS CLI,
and one emulator for all tests of a class.

Environment: GORDON (the program), GORDON_VENV (with the AWS CLI and the emulator), PYTHONPATH with
tests/helpers.
"""
import json
import os
import pty
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap
import unittest
import urllib.request

from emulator import Emulator

GORDON = os.environ["GORDON"]
VENV = os.environ["GORDON_VENV"]


def write(folder, files):
    """Writes {path: text} to a folder. Texts may be indented."""
    for path, text in files.items():
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(textwrap.dedent(text).lstrip("\n"))


def write_program(path, text):
    write(os.path.dirname(path), {os.path.basename(path): text})
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)


class Project(unittest.TestCase):
    """A test with its own project in `self.folder`. `self.name` is derived from the name of the test."""

    FILES = {}

    def setUp(self):
        # the space is for bugs in quoting
        self.folder = tempfile.mkdtemp(prefix="gordon project ")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.name = self.id().rsplit(".", 1)[1].replace("_", "-").lower()[:40]
        self.environment = dict(os.environ)
        for name in list(self.environment):
            if name.startswith("AWS_"):
                del self.environment[name]
        write(self.folder, self.FILES)

    def settings(self, text, name="settings.yml"):
        write(self.folder, {name: text})

    def gordon(self, *arguments, status=0, typed="", **environment):
        """Runs gordon with `typed` as standard input. It must end with this exit status."""
        run = subprocess.run([GORDON, *arguments], cwd=self.folder, capture_output=True, text=True,
                             input=typed, env={**self.environment, **environment}, timeout=300)
        if run.returncode != status:
            self.fail(f"gordon {' '.join(arguments)} exited {run.returncode}, not {status}\n"
                      f"{run.stdout}{run.stderr}")
        return run

    def build(self):
        return self.gordon("build", "--quiet")

    def fake_aws(self, script):
        """Makes this Python script the `aws` of the test."""
        program = os.path.join(self.folder, "fake", "aws")
        write_program(program, f"#!{sys.executable} -ISB\n" + textwrap.dedent(script))
        self.environment["GORDON_AWS"] = program

    def start(self, *arguments, **options):
        """Starts gordon, and returns its process."""
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                   "stderr": subprocess.PIPE, "text": True, **options}
        run = subprocess.Popen([GORDON, *arguments], cwd=self.folder, env=self.environment, **options)
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        return run

    def on_terminal(self, *arguments):
        """Runs gordon on a terminal without input. Returns the shown text and the exit status."""
        ours, theirs = pty.openpty()
        run = self.start(*arguments, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # the other end is closed
                part = b""
            if not part:
                break
            shown += part
        os.close(ours)
        return shown.decode(errors="replace").replace("\r\n", "\n"), run.wait()


class Applied(Project):
    """A test that applies its project to the emulator, and deletes it at the end."""

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(VENV).start()
        cls.addClassCleanup(cls.emulator.stop)

    def setUp(self):
        super().setUp()
        self.environment.update(self.emulator.environment())
        self.addCleanup(self.gordon, "delete", "--confirm")

    def aws(self, *arguments):
        run = subprocess.run(["aws", *arguments, "--output", "json"], capture_output=True, text=True,
                             env={**self.environment, "GORDON_TEST_AWS_LOG": ""}, check=True)
        return json.loads(run.stdout) if run.stdout.strip() else None

    def apply(self, *arguments, **options):
        return self.gordon("apply", *arguments, **options)

    def outputs(self, stage="dev"):
        stack = self.aws("cloudformation", "describe-stacks", "--stack-name",
                         f"{stage}-{self.name}-r")["Stacks"][0]
        return {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}

    def invoke(self, function, payload=None):
        """Calls a function. Returns its answer and the version that ran."""
        out = os.path.join(self.folder, "answer.json")
        head = self.aws("lambda", "invoke", "--function-name", function, "--payload",
                        json.dumps(payload or {}), out)
        with open(out) as answer:
            return json.load(answer), head["ExecutedVersion"]

    def get(self, url, path="/"):
        """Sends a GET request to an API. `url` is the one in the outputs; the emulator has another."""
        api, stage = url.split("//")[1].split(".")[0], url.rsplit("/", 1)[1]
        local = f"{self.emulator.endpoint}/restapis/{api}/{stage}/_user_request_{path}"
        with urllib.request.urlopen(local, timeout=30) as answer:
            return answer.read().decode()

    def record_aws(self):
        """Logs Gordon's calls of `aws` from now on. Returns a function that returns the calls since its last call."""
        log = self.environment["GORDON_TEST_AWS_LOG"] = os.path.join(self.folder, "aws.log")

        def calls():
            if not os.path.exists(log):
                return []
            found = [[]]
            with open(log) as words:
                for word in words.read().split("\0")[:-1]:
                    if word == "\n":
                        found.append([])
                    else:
                        found[-1].append(word)
            os.unlink(log)
            return found[:-1]
        return calls
