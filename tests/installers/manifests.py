#!/usr/bin/env python3
"""Manifests that Gordon does not read: a warning with what to write in `build`.

usage: manifests.py GORDON
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

GORDON = os.path.abspath(sys.argv.pop(1))
UNKNOWN = ["composer.json", "mix.exs", "environment.yml", "build.sbt", "deno.json", "bun.lock", "bun.lockb",
           "Package.swift", "stack.yaml", "setup.py", "hello.gemspec", "hello.cabal", "pubspec.yaml", "shard.yml"]


class Manifests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gordon manifests ")
        self.addCleanup(self.folder.cleanup)
        self.project = pathlib.Path(self.folder.name)

    def put(self, files):
        for name, text in files.items():
            path = self.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def settings(self, lambdas):
        self.put({"settings.yml": "project: manifests\ncode-bucket: manifests\nlambdas:\n" + "".join(
            f"  {name}: {{code: {name}, {keys}}}\n" for name, keys in lambdas.items())})

    def build(self, status=0):
        """Builds, and returns the manifests that were warned about, with the command for each."""
        run = subprocess.run([GORDON, "build", "--project", self.project], text=True, capture_output=True)
        self.assertEqual(run.returncode, status, run.stderr)
        self.said = run.stderr
        found = re.findall(r"^(.*): warning: what it names is not installed: .*  build: (.*)  or leave it out",
                           run.stderr, re.M)
        self.assertEqual(run.stderr.count("warning: what it names"), len(found))
        self.assertEqual(len(dict(found)), len(found), "once each")
        return {os.path.relpath(path, self.project): command for path, command in found}

    def test_each_unknown_manifest_is_warned_about(self):
        self.put({f"one/{name}": "x\n" for name in ["code.py", *UNKNOWN]})
        self.settings({"one": "runtime: python3.13, handler: code.handler"})
        found = self.build()
        self.assertEqual(set(found), {f"one/{name}" for name in UNKNOWN})
        self.assertTrue(all("GORDON_TARGET" in command for command in found.values()), found)
        self.assertIn("for the runtime python3.13 of one", self.said)
        self.put({"one/code.py": "y\n"})
        self.assertEqual(set(self.build()), set(found))

    def test_a_manifest_of_another_language(self):
        names = ["requirements.txt", "package.json", "pom.xml", "go.mod", "Cargo.toml", "a.csproj", "Gemfile"]
        lambdas = {"java": "java21", "python": "python3.13", "node": "nodejs24.x"}
        read = {"java": "pom.xml", "python": "requirements.txt", "node": "package.json"}
        for name, runtime in lambdas.items():
            self.put({f"{name}/{manifest}": "\n" for manifest in names if manifest != read[name]})
            self.put({f"{name}/code.py": "x"})
        self.settings({name: f"runtime: {runtime}, check-handler: false" for name, runtime in lambdas.items()})
        self.assertEqual(set(self.build()), {f"{name}/{manifest}" for name in lambdas for manifest in names
                                             if manifest != read[name]})

    def test_no_warning(self):
        self.put({"built/mix.exs": "x\n", "ignored/mix.exs": "x\n", "ignored/.gordonignore": "mix.exs\n",
                  "ignored/code.py": "x\n", "below/sub/mix.exs": "x\n", "below/code.py": "x\n",
                  "hidden/.gemspec": "x\n", "hidden/code.py": "x\n", "read/requirements.txt": "\n",
                  "read/setup.py": "x\n", "read/code.py": "x\n"})
        python = "runtime: python3.13, handler: code.handler"
        self.settings({"built": python + ', check-handler: false, build: cp mix.exs "$GORDON_TARGET"', "ignored": python, "below": python,
                       "hidden": python, "read": python})
        self.assertEqual(self.build(), {})

    def test_a_command_works_as_it_is_written(self):
        self.put({"one/code.js": "x = 1\n", "one/requirements.txt": "# nothing\n"})
        self.settings({"one": "runtime: nodejs24.x"})
        command = self.build()["one/requirements.txt"]
        self.put({"settings.yml": "project: manifests\ncode-bucket: manifests\nlambdas:\n  one:\n    code: one\n"
                                  f"    runtime: nodejs24.x\n    build: {command}\n"})
        self.assertEqual(self.build(), {})
        with zipfile.ZipFile(self.project / "_build/code/_one.zip") as zipped:
            self.assertEqual(zipped.namelist(), ["code.js", "requirements.txt"])


if __name__ == "__main__":
    unittest.main()
