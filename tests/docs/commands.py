#!/usr/bin/env python3
"""Runs the commands of a page of the documentation, in order, and compares what they print.

usage: commands.py PAGE SOURCE PREFIX VENV WORK [TEST]

PAGE is README, a page of docs/, or demo. In blocks of ```console a line that begins with "$ " is a command,
lines with "> " continue it, and the lines below are its output. Every command must succeed, except those
of STATUS. Every line of output in the page must be printed, in that order; "..." stands for any text or
lines, and what differs between machines and runs is left out (see SAME). Without output on the page
nothing is compared. SKIPPED has what is not run here, with the reason.

A page begins in a copy of the sources, with the Gordon of PREFIX in PATH and an AWS on this machine.
README.md installs its own.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from emulator import Emulator

PAGE = sys.argv[1]
SOURCE, PREFIX, VENV, WORK = map(pathlib.Path, sys.argv[2:6])
del sys.argv[1:6]

STATUS = {"gordon diff": 25, "cmake -S broken -B broken/build -G Ninja": 1}
SKIPPED = {
    "example-project/demo": "the test docs.demo",
    "tests/run": "runs this test",
}
SAME = [
    (r"^\[\d+/\d+\] ", "[] "),  # Ninja's order
    (r"\(([0-9a-f]{8})\)", "(DIGEST)"),  # of zips and releases: zlib's version is in them
    (r"\b[0-9a-f]{8}\.execute-api", "ID.execute-api"),
    (r"-[0-9A-F]{13}:", "-ID:"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d\.\d+Z)?", "TIME"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "REQUEST"),
    (r"[\d.]+ (ms|MB|sec)\b", r"N \1"),
    (r" \.\.\.+ ", " ... "),  # CTest's
    (r'"/.*/example-project/', '"/example-project/'),
]
# An API of the AWS on this machine has another URL than one of AWS.
CURL = """#!/bin/sh
for word in "$@"; do url=$word; done
id=${url#https://}; stage=${url#*amazonaws.com/}
exec python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1]).read().decode())' \\
    "$AWS_ENDPOINT_URL/restapis/${id%%.*}/${stage%%/*}/_user_request_/"
"""


def blocks(page):
    return re.findall(r"^```console\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


def commands(block):
    """Pairs of a command and the lines of its output."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and line.startswith("> ") and not found[-1][1]:
            found[-1] = (found[-1][0] + "\n" + line[2:], [])
        elif found and found[-1][0].startswith("ls "):  # which has no columns without a terminal
            found[-1][1].extend(line.split("  "))
        elif found:
            found[-1][1].append(line)
    return found


def same(line):
    for pattern, text in SAME:
        line = re.sub(pattern, text, line)
    return re.sub(r"  +", "  ", line).rstrip()  # the width of columns


def missing(expected, printed):
    """The first line of the page that was not printed in its place, or None."""
    expected, printed = [same(line) for line in expected], [same(line) for line in printed]
    if any(line.startswith("[] ") for line in expected):
        expected, printed = sorted(expected), sorted(printed)
    place = 0
    for line in expected:
        if line == "...":
            continue
        pattern = re.compile(re.escape(line).replace(re.escape("..."), ".*"))
        while place < len(printed) and not pattern.fullmatch(printed[place]):
            place += 1
        if place == len(printed):
            return line
        place += 1
    return None


def left_out(folder, names):
    """Names that a copy of the sources leaves out: build trees. generator/build and tests/unit/build are none."""
    built = shutil.ignore_patterns(".git", "_build", "__pycache__", "*.tar.gz")(folder, names)
    if pathlib.Path(folder).name not in ("generator", "unit"):
        built |= {name for name in names if name.startswith("build") and "." not in name}
    return built - {"builds"}  # tests/builds


class Shell:
    """Runs commands one after the other, each in the folder and the environment of the one before."""

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment

    def run(self, command):
        script = (f"{command}\nstatus=$?\n"
                  "{ pwd; env -0; } > \"$SHELL_STATE\"; exit $status")
        state = WORK / "state"
        run = subprocess.run(["bash", "-c", script], cwd=self.folder, text=True,
                             env={**self.environment, "SHELL_STATE": str(state)},
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if state.exists():
            self.folder, _, rest = state.read_text().partition("\n")
            self.environment = dict(item.split("=", 1) for item in rest.split("\0") if item)
        return run


class Page(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        shutil.rmtree(WORK, ignore_errors=True)
        (WORK / "home").mkdir(parents=True)
        cls.source = WORK / "gordon"
        shutil.copytree(SOURCE, cls.source, symlinks=True, ignore=left_out)

    def environment(self, variables):
        """These variables with a home of its own, and the configuration of nobody's Gordon."""
        kept = {name: value for name, value in variables.items()
                if name not in ("GORDON_AWS", "GORDON_STAGE", "NO_COLOR")}
        return {**kept, "HOME": str(WORK / "home")}

    @unittest.skipIf(PAGE == "demo", "another page")
    def test_page(self):
        page = self.source / ("README.md" if PAGE == "README" else f"docs/{PAGE}.md")
        programs = WORK / "programs"
        programs.mkdir()
        (programs / "curl").write_text(CURL)
        (programs / "curl").chmod(0o755)
        with Emulator(VENV) as emulator:
            environment = self.environment(emulator.environment())
            first = [programs] if PAGE == "README" else [programs, PREFIX / "bin"]
            environment["PATH"] = ":".join([*map(str, first), environment["PATH"]])
            shell = Shell(self.source, environment)
            ran = 0
            for block in blocks(page):
                if PAGE == "README":  # its sections do not continue each other
                    shell.folder = self.source
                for command, expected in commands(block):
                    if command.partition(" ")[0] not in SKIPPED:
                        self.check(shell, command, expected)
                        ran += 1
            self.assertGreater(ran, 0)

    def check(self, shell, command, expected):
        run = shell.run(command)
        self.assertEqual(run.returncode, STATUS.get(command, 0), f"$ {command}\n{run.stdout}")
        line = missing(expected, run.stdout.splitlines())
        self.assertIsNone(line, f"$ {command}\n{run.stdout}\nwithout the line: {line}")

    @unittest.skipUnless(PAGE == "demo", "a page")
    def test_demo(self):
        """With the virtual environment of the tests, which the demo makes by the same script and Python."""
        (self.source / "build/demo").mkdir(parents=True)
        (self.source / "build/demo/venv").symlink_to(VENV)
        python = pathlib.Path((VENV / "made").read_text().split(" ", 1)[1]).parent
        environment = {**self.environment(os.environ), "PATH": f"{python}:{os.environ['PATH']}"}
        run = subprocess.run([self.source / "example-project/demo"], text=True, env=environment,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, 0, run.stdout)
        for words in ("✓ code/pyday_pyday.zip", '{"message": "Hello World!"}', "no work to do",
                      "The demo is complete."):
            self.assertIn(words, run.stdout)

    @unittest.skipUnless(PAGE == "README", "another page")
    def test_files(self):
        """The first project is the example, word for word."""
        shown = re.findall(r"^```(?:cmake|yaml)\n(.*?)^```$", (SOURCE / "README.md").read_text(),
                           re.DOTALL | re.MULTILINE)
        example = SOURCE / "example-project"
        files = [example / name for name in (
            "CMakeLists.txt", "pycongalicia/settings.yml", "pycongalicia/pyday/settings.yml")]
        self.assertEqual(shown, [file.read_text() for file in files])

    def test_missing(self):
        """This test itself."""
        self.assertIsNone(missing(["a", "...", "c  d"], ["a", "b", "c    d"]))
        self.assertIsNone(missing([".../x: error"], ["/tmp/x: error"]))
        self.assertEqual(missing(["b", "a"], ["a", "b"]), "a")
        self.assertIsNone(missing(["[1/2] b", "[2/2] a"], ["[1/2] a", "[2/2] b"]))


if __name__ == "__main__":
    unittest.main()
