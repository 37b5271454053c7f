"""What the tests of this folder share: a small project, and gordon in a sandbox.

A program with the faults that are looked for would write and delete where it is led to. So every path leads
to WORK, and where bubblewrap works, gordon runs where everything but WORK is read-only.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

GORDON, WORK = map(pathlib.Path, sys.argv[1:3])
del sys.argv[1:3]
OTHER_USER = 65534
PATIENCE = 300

PIP = """#!/bin/sh
[ "$1" = --version ] && { echo pip 1; exit; }
echo run >> "%(log)s"
while [ "$1" != --target ]; do shift; done
%(more)s
echo "x = 1" > "$2/made.py"
"""


def sandbox():
    """The words that begin a command for which all but WORK is read-only; none if that cannot be had."""
    words = [shutil.which("bwrap") or "bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", str(WORK), str(WORK)]
    try:
        works = subprocess.run([*words, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               check=False).returncode == 0
    except OSError:
        works = False
    return words if works else []


WORK.mkdir(parents=True, exist_ok=True)
SANDBOX = sandbox()


class Test(unittest.TestCase):
    """Each test has a folder of its own, with a project of one lambda."""

    def setUp(self):
        self.place = (WORK / self.id().rpartition(".")[2]).resolve()
        self.project = self.place / "project"
        subprocess.run(["chmod", "-R", "u+rwX", str(self.place)], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.place, ignore_errors=True)
        for folder in ("project/app/c", "home", "tmp", "bin"):
            (self.place / folder).mkdir(parents=True)
        (self.project / "app/c/code.py").write_text("x = 1\n")
        (self.project / "settings.yml").write_text("project: p\ncode-bucket: b-x\napps:\n  - app\n")
        self.lambdas("l: {code: c, handler: code.handler, runtime: python}")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(
            ("PIP_", "XDG_", "GORDON_"))}
        self.environment.update(HOME=str(self.place / "home"), TMPDIR=str(self.place / "tmp"),
                                PATH=f"{self.place}/bin:{os.environ['PATH']}")

    def lambdas(self, *entries):
        (self.project / "app/settings.yml").write_text("lambdas:\n" + "".join(f"  {e}\n" for e in entries))

    def program(self, name, text):
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def use_pip(self, more=""):
        """Lets the lambda have dependencies, which a made-up pip installs."""
        (self.project / "app/c/requirements.txt").write_text("wanted==1\n")
        self.program("bin/pip", PIP % {"log": self.place / "log", "more": more})

    def installs(self):
        """How often pip has installed since the last call."""
        log = self.place / "log"
        count = len(log.read_text().split()) if log.exists() else 0
        log.unlink(missing_ok=True)
        return count

    def command(self, *words):
        return [*SANDBOX, str(GORDON), *map(str, words)]

    def gordon(self, *words, status=0, folder=None, umask=0o022, **environment):
        """Runs gordon, which must end with this status; None: any but 0."""
        run = subprocess.run(self.command(*words), cwd=folder or self.project, text=True, errors="replace",
                             env={**self.environment, **environment}, stdin=subprocess.DEVNULL, timeout=PATIENCE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, umask=umask)
        self.assertNotIn("ERROR: AddressSanitizer", run.stdout)
        if status is None:
            self.assertNotEqual(run.returncode, 0, run.stdout)
        else:
            self.assertEqual(run.returncode, status, run.stdout)
        return run.stdout

    def temporary_files(self):
        return sorted(str(path.relative_to(self.place)) for path in self.place.rglob("*.tmp"))
