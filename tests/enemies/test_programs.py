#!/usr/bin/env python3
"""Which programs Gordon runs: none when it plans, and never one that the repository put in the way.

usage: test_programs.py GORDON WORK PREFIX CMAKE
"""
import ctypes
import os
import pathlib
import platform
import re
import shutil
import struct
import subprocess
import sys
import unittest

PREFIX, CMAKE = sys.argv[3:5]
del sys.argv[3:5]

import hostile  # noqa: E402

PROGRAMS = ("python", "python3", "pip", "pip3", "npm", "npx", "node", "go", "mvn", "gradle", "gradlew", "aws", "vault",
            "sh", "env", "git", "file", "strip", "ld", "cc", "uname", "cmake", "gordon")
NUMBERS = {"x86_64": (56, 57, 58, 435), "aarch64": (220, 435)}  # clone, fork, vfork, clone3


def forbid_processes():
    """From now on this process can make no other, which is an error EPERM (seccomp(2))."""
    numbers = NUMBERS[platform.machine()]
    load, allow = struct.pack("HBBI", 0x20, 0, 0, 0), struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000)
    tests = b"".join(struct.pack("HBBI", 0x15, len(numbers) - i, 0, number) for i, number in enumerate(numbers))
    code = load + tests + allow + struct.pack("HBBI", 0x06, 0, 0, 0x00050000 | 1)
    text = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(text)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):  # no new privileges; a filter
        raise OSError(ctypes.get_errno(), "prctl")


class Programs(hostile.Test):
    def setUp(self):
        super().setUp()
        self.ran = self.place / "ran"
        self.folders = [self.project, self.project / "app", *(self.project / "app" / name for name in (
            "c", "js", "maven", "gr", "golang"))]
        for folder in self.folders:
            self.fill(folder)
        for name, text in (("c/requirements.txt", "./local\n-r other.txt\n"), ("c/other.txt", "six\n"), ("c/local/setup.py", ""),
                           ("js/package.json", '{"scripts": {"preinstall": "touch %s"}}' % self.ran),
                           ("js/.npmrc", "node-options=--require ./x.js\n"), ("js/code.js", ""),
                           ("maven/pom.xml", "<project/>"), ("gr/build.gradle", ""), ("golang/go.mod", "module x\n"),
                           ("golang/code.go", "package main\n"), ("c/pyproject.toml", "[build-system]\n"),
                           ("c/setup.cfg", "[install]\n"), ("c/pip.conf", "[global]\n")):
            (self.project / "app" / name).parent.mkdir(exist_ok=True)
            (self.project / "app" / name).write_text(text)
        runs = f"build: touch {self.ran}"
        self.lambdas("l: {code: c, handler: code.handler, runtime: python, pip-path: pip}",
                     "own: {code: c, handler: code.handler, runtime: python, pip-path: ./pip}",
                     "node: {code: js, handler: code.handler, runtime: node, npm-path: sh npm}",
                     "maven: {code: maven, handler: a.B, runtime: java}",
                     "gradle: {code: gr, handler: a.B, runtime: java, gradle-path: ./gradlew}",
                     "go: {code: golang, runtime: go}",
                     f"built: {{code: c, handler: code.handler, runtime: python, {runs}}}")
        (self.project / "parameters").mkdir()
        (self.project / "parameters/dev.yml").write_text(
            "A: vault://secret/a\nB: ssm://b\nC: '{{ env.HOME }}'\nD: file://d\n")
        # folders of the repository, first in PATH, as they are for who has `.` or `` in it
        self.environment["PATH"] = f":.:app/c:./js:{os.environ['PATH']}"

    def fill(self, folder):
        """Programs and settings of tools that tell if they were run."""
        folder.mkdir(exist_ok=True)
        for name in PROGRAMS:
            (folder / name).write_text(f"#!/bin/sh\necho {folder}/{name} >> '{self.ran}'\n")
            (folder / name).chmod(0o755)
        for name in ("sitecustomize.py", "usercustomize.py", "code.py", "pip.py", "x.js"):
            (folder / name).write_text(f"open({str(self.ran)!r}, 'a').write('{name}')\n")

    def check_nothing_ran(self, said=""):
        self.assertFalse(self.ran.exists(), said or self.ran.exists() and self.ran.read_text())

    def planned(self, *words, folder=None):
        """Runs gordon where it can make no process."""
        environment = {**self.environment, "ASAN_OPTIONS": "detect_leaks=0"}  # which would make one
        return subprocess.run([str(hostile.GORDON), *words, "--project", self.project], cwd=folder or self.project,
                              env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              preexec_fn=forbid_processes, check=False)

    @unittest.skipUnless(platform.machine() in NUMBERS, "system calls have other numbers here")
    def test_planning_runs_nothing(self):
        for words in (("plan",), ("plan", "--json"), ("template",), ("template", "--planned")):
            for folder in self.folders:
                run = self.planned(*words, folder=folder)
                self.assertEqual(run.returncode, 0, run.stdout)
        self.check_nothing_ran()
        run = self.planned("build", "-j1")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("Operation not permitted", run.stdout)

    def test_configuring_runs_nothing(self):
        """What CMake and gordon run at configure is not of the repository."""
        (self.project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES NONE)\nfind_package(Gordon REQUIRED)\n"
            "gordon_add_project(p SETTINGS settings.yml)\n")
        words = [CMAKE, "-B", self.project / "build", "-S", self.project, f"-DCMAKE_PREFIX_PATH={PREFIX}"]
        strace, log = shutil.which("strace"), self.place / "strace"
        if strace:
            words = [strace, "-f", "-qq", "-e", "trace=execve", "-s", "1000", "-o", log, *words]
        # without relative folders, in which CMake itself would look for Ninja
        environment = {**self.environment, "PATH": os.environ["PATH"], "ASAN_OPTIONS": "detect_leaks=0"}
        run = subprocess.run(words, cwd=self.project / "app/c", env=environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(run.returncode, 0, run.stdout)
        self.check_nothing_ran()
        if strace:
            programs = [line for line in re.findall(r'execve\("([^"]*)"', log.read_text())]
            self.assertTrue(any(program.endswith("bin/gordon") for program in programs), programs)
            self.assertEqual([program for program in programs if program.startswith(str(self.place))], [])

    def test_other_commands_before_a_build(self):
        """A release of what was built, and its help."""
        self.lambdas("l: {code: c/code.py, handler: code.handler, runtime: python}")
        self.gordon("build")
        (self.project / "parameters/dev.yml").write_text("")
        self.gordon("release", "--stage", "dev")
        self.gordon("build", "--help")
        self.check_nothing_ran()


class Path(hostile.Test):
    """PATH is read where Gordon was started, whatever folder a program runs in."""

    def setUp(self):
        super().setUp()
        self.use_pip()
        for name in ("relative/pip", "project/relative/pip", "project/pip"):
            self.program(name, hostile.PIP % {"log": self.place / "log", "more": f'echo {name} > "$2/which.py"'})
        for name in ("project/app/c/relative/pip", "project/app/c/pip"):
            self.program(name, f"#!/bin/sh\necho {name} >> {self.place}/hostile\nexit 1\n")

    def used(self, path, **environment):
        """Which pip has installed."""
        shutil.rmtree(self.project / "_build", ignore_errors=True)
        shutil.rmtree(self.place / "home/.cache", ignore_errors=True)
        self.gordon("build", PATH=f"{path}:{os.environ['PATH']}", **environment)
        self.assertFalse((self.place / "hostile").exists())
        text = subprocess.run(["unzip", "-p", self.project / "_build/code/app_l.zip", "which.py"], text=True,
                              stdout=subprocess.PIPE, check=False).stdout
        return text.strip()

    def test_relative_folders(self):
        for path, pip in (("relative", "project/relative/pip"), ("", "project/pip"), (".", "project/pip"),
                          ("../relative", "relative/pip"), ("nowhere:./relative", "project/relative/pip"),
                          ("nowhere::", "project/pip")):
            with self.subTest(path=path):
                self.assertEqual(self.used(path), pip)

    def test_what_is_no_program(self):
        """A folder and a file that is not executable are passed over."""
        (self.project / "pip").chmod(0o644)
        (self.place / "empty/pip").mkdir(parents=True)
        self.assertEqual(self.used(f"{self.place}/empty:.:relative"), "project/relative/pip")

    def test_programs_get_absolute_folders(self):
        """So that a build command, and what pip starts, look in the same folders."""
        (self.project / "app/c/requirements.txt").unlink()
        self.lambdas("l: {code: c, check-handler: false, runtime: python, "
                     "build: 'printf \"%s\\n%s\" \"$PATH\" \"$TMPDIR\" > {target}/path'}")
        self.gordon("build", PATH=f"relative::{os.environ['PATH']}:..", TMPDIR="../tmp")
        text = subprocess.run(["unzip", "-p", self.project / "_build/code/app_l.zip", "path"], text=True,
                              stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(text, f"{self.project}/relative:{self.project}:{os.environ['PATH']}:{self.project}/..\n"
                               f"{self.project}/../tmp")

    def test_relative_names(self):
        """GORDON_AWS and GORDON_CACHE_DIR, too, are relative to where Gordon was started."""
        self.program("project/tools/aws", f"#!/bin/sh\npwd > {self.place}/where\nexit 1\n")
        self.gordon("build", GORDON_CACHE_DIR="../cache")
        self.assertTrue((self.place / "cache/installs").is_dir())
        self.gordon("diff", status=1, GORDON_AWS="tools/aws")
        self.assertEqual((self.place / "where").read_text().strip(), str(self.project))

    def test_aws_that_is_no_program(self):
        self.gordon("build")
        (self.place / "first/aws").mkdir(parents=True)
        (self.place / "second").mkdir()
        (self.place / "second/aws").write_text("#!/bin/sh\n")
        self.program("third/aws", "#!/bin/sh\necho 'the right one' >&2\nexit 1\n")
        nothing = str(self.place / "first") + ":" + str(self.place / "second")
        for command in (("diff",), ("status",), ("apply",), ("invoke", "app.l"), ("logs", "app.l"), ("outputs",)):
            said = self.gordon(*command, status=None, PATH=f"{nothing}:{self.place}/third")
            self.assertIn("the right one", said, command)
            said = self.gordon(*command, status=None, PATH=nothing)
            self.assertIn("install the AWS CLI", said, command)
            self.assertNotIn("Permission denied", said, command)
        for program in (self.place / "first/aws", self.place / "second/aws", "tools/aws"):
            said = self.gordon("status", status=None, GORDON_AWS=str(program))
            self.assertIn("install the AWS CLI", said)


if __name__ == "__main__":
    unittest.main()
