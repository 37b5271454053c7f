#!/usr/bin/env python3
"""Commands that use a build say that a source was edited since, and only then.

usage: edited.py BUILDER PREFIX WORK

BUILDER is gordon or a generator of CMake. The made-up `aws` says that nothing is deployed.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

BUILDER, PREFIX, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
del sys.argv[1:4]

FILES = {
    "settings.yml": "project: edited\ncode-bucket: edited\napps: [app, bare]\nlayers: {shared: {code: shared}}\n",
    "shared/bin/one": "x\n",
    "app/settings.yml": """lambdas:
  folder: {code: folder, runtime: python3.13, handler: code.handler}
  file: {code: file.py}
  made: {code: made, runtime: python3.13, handler: code.handler, build: ['cp -R . "{target}"']}
""",
    "app/folder/code.py": "x = 1\n",
    "app/folder/deep/more.py": "x = 1\n",
    "app/file.py": "x = 1\n",
    "app/made/code.py": "x = 1\n",
    "bare/README": "no settings here\n",
    "parameters/common.yml": "A: b\n",
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(edited LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
gordon_add_project(demo SETTINGS settings.yml)
gordon_add_project(elsewhere SETTINGS settings.yml OUTPUT_DIRECTORY deep/in/here)
gordon_add_project(beside SETTINGS settings.yml OUTPUT_DIRECTORY "${CMAKE_SOURCE_DIR}/_build")
""",
}
AWS = f"""#!{sys.executable}
import sys
sys.exit(print('{{"Stacks": []}}') if sys.argv[2] == "describe-stacks" else "unexpected")
"""
FUTURE = 2 * 24 * 3600


class Edited(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(WORK, ignore_errors=True)
        cls.project = WORK / "a project"
        cls.tool = "gordon build" if BUILDER == "gordon" else "cmake --build"
        cls.outputs = [cls.project / "_build"]
        if BUILDER != "gordon":
            cls.outputs = [cls.project / name for name in ("out/demo", "out/deep/in/here", "_build")]
        for name, text in FILES.items():
            cls.write(name, text)
        later = time.time() + FUTURE
        os.utime(cls.project / "app/file.py", (later, later))
        (WORK / "bin").mkdir()
        (WORK / "bin/aws").write_text(AWS)
        (WORK / "bin/aws").chmod(0o755)
        cls.environment = {**os.environ, "PATH": f"{WORK}/bin:{os.environ['PATH']}", "HOME": str(WORK),
                           "AWS_DEFAULT_REGION": "us-east-1"}
        cls.environment.pop("GORDON_CACHE_DIR", None)
        cls.build()

    @classmethod
    def write(cls, name, text):
        path = cls.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    @classmethod
    def run_program(cls, *words):
        run = subprocess.run([*map(str, words)], text=True, cwd=cls.project, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, env=cls.environment)
        if run.returncode:
            raise AssertionError(run.stdout)
        return run.stdout

    @classmethod
    def build(cls):
        gordon = PREFIX / "bin/gordon"
        if BUILDER == "gordon":
            cls.run_program(gordon, "build")
            return
        if not (cls.project / "out/CMakeCache.txt").exists():
            cls.run_program("cmake", "-S", ".", "-B", "out", "-G", BUILDER, f"-DCMAKE_PREFIX_PATH={PREFIX}")
        cls.run_program("cmake", "--build", "out")

    def said(self, everywhere=False):
        """The files that `gordon status` names, the same for each folder of outputs, or for the first."""
        named = set()
        for output in self.outputs if everywhere else self.outputs[:1]:
            text = self.run_program(PREFIX / "bin/gordon", "status", "--build-dir", output)
            named.add(tuple(re.findall(r"^(.*): warning: this has changed since the build; run "
                                       f"{self.tool} to include it$", text, re.MULTILINE)))
            self.assertEqual(text.count("warning:"), len(max(named)), text)
        self.assertEqual(len(named), 1, named)
        return list(named.pop())

    def check(self, name, change, expected):
        """Nothing is said before a change and after it was undone: what counts is the content."""
        path = self.project / name
        before = path.read_bytes() if path.is_file() else None
        mode = path.stat().st_mode if before is not None else None
        change(path)
        self.assertEqual(self.said(everywhere=name == "app/file.py"), expected)
        if before is None and path.is_dir():
            shutil.rmtree(path)
        elif before is None:
            path.unlink()
        else:
            path.unlink(missing_ok=True)
            path.write_bytes(before)
            path.chmod(mode)
        self.assertEqual(self.said(), [])

    def test_just_built(self):
        for text in ("x = 2\n", FILES["app/file.py"]):
            self.write("app/file.py", text)  # in the same moment as the build
            self.build()
            self.assertEqual(self.said(), [])

    def test_edited(self):
        for name in ("app/file.py", "app/folder/code.py", "app/folder/deep/more.py", "app/made/code.py",
                     "shared/bin/one"):
            with self.subTest(name):
                self.check(name, lambda path: path.write_text("x = 3\n"), [name])

    def test_release(self):
        """A release takes what was built; it says so as the other commands do."""
        self.write("app/file.py", "x = 5\n")
        said = self.run_program(PREFIX / "bin/gordon", "release", "--stage", "dev", "--build-dir", self.outputs[0])
        self.write("app/file.py", FILES["app/file.py"])
        self.assertIn("app/file.py: warning: this has changed since the build; ", said)

    def test_edited_with_its_old_time(self):
        def change(path):
            times = path.stat()
            path.write_text("x = 4\n")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        self.check("app/folder/code.py", change, ["app/folder/code.py"])

    def test_settings(self):
        for name in ("settings.yml", "app/settings.yml"):
            with self.subTest(name):
                self.check(name, lambda path: path.write_text(path.read_text() + "# more\n"), [name])

    def test_parameters(self):
        self.check("parameters/common.yml", lambda path: path.write_text("A: another\n"), [])

    def test_touched(self):
        for name in ("settings.yml", "app/file.py", "app/folder/code.py", "app/made/code.py"):
            for seconds in (0, FUTURE, -FUTURE):
                with self.subTest(name, seconds=seconds):
                    now = time.time() + seconds
                    self.check(name, lambda path: os.utime(path, (now, now)), [])

    def test_removed(self):
        self.check("app/folder/deep/more.py", pathlib.Path.unlink, ["app/folder/deep/more.py"])

    def test_mode(self):
        self.check("app/folder/code.py", lambda path: path.chmod(0o755), ["app/folder/code.py"])

    def test_added(self):
        for name in ("app/folder/new.py", "app/made/new.py", "bare/settings.yml", "app/folder/.gordonignore",
                     "shared/new.py"):
            with self.subTest(name):
                self.check(name, lambda path: path.write_text("{}\n"), [name])

    def test_added_but_not_packed(self):
        for name in ("app/folder/old.pyc", "bare/notes.txt", "parameters/dev.yml"):
            with self.subTest(name):
                self.check(name, lambda path: path.write_text("A: c\n"), [])

    @unittest.skipIf(BUILDER == "gordon", "there is one way to build")
    def test_built_by_both(self):
        """The record is that of the build which wrote the folder last."""
        self.run_program(PREFIX / "bin/gordon", "build")
        self.write("app/file.py", "x = 6\n")
        said = self.run_program(PREFIX / "bin/gordon", "status", "--build-dir", "_build")
        self.assertIn("app/file.py: warning: this has changed since the build; run gordon build to include it", said)
        shutil.rmtree(self.project / "out")
        self.build()
        self.assertEqual(self.said(everywhere=True), [])
        self.check("app/file.py", lambda path: path.write_text("x = 3\n"), ["app/file.py"])
        self.write("app/file.py", FILES["app/file.py"])
        self.build()

    @unittest.skipIf(BUILDER == "gordon", "the work folder is in the outputs")
    def test_other_outputs(self):
        """A copy of the outputs is no build: nobody knows what it was made of."""
        shutil.copytree(self.project / "_build", self.project / "copied")
        self.write("app/file.py", "x = 7\n")
        said = self.run_program(PREFIX / "bin/gordon", "status", "--build-dir", "copied")
        self.write("app/file.py", FILES["app/file.py"])
        shutil.rmtree(self.project / "copied")
        self.assertNotIn("warning", said)

    def test_cache_of_python(self):
        def change(path):
            path.mkdir()
            (path / "code.pyc").write_text("")
        self.check("app/folder/__pycache__", change, [])


if __name__ == "__main__":
    unittest.main()
