#!/usr/bin/env python3
"""Which pip and npm `gordon build` finds, and which of their settings cause a new installation.

usage: surroundings.py GORDON
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

GORDON = os.path.abspath(sys.argv.pop(1))

# Substitutes for pip and npm. Gordon identifies the first pip by its file. The second is a shim: a file
# in the project says which program it runs.
PIP = """#!%s -S
import sys
open("%%(log)s", "a").write("asked\\n" if "--version" in sys.argv else "installed\\n")
if "--version" in sys.argv:
    print("pip %%(version)s")
else:
    open(sys.argv[sys.argv.index("--target") + 1] + "/made.py", "w").write("# %%(version)s\\n")
""" % sys.executable
SHIM = """#!/bin/sh
if [ "$1" = --version ]; then cat ../.version; echo asked >> "%(log)s"; exit; fi
while [ "$1" != --target ]; do shift; done
cp ../.version "$2/made.py"
echo installed >> "%(log)s"
"""
NPM = """#!/bin/sh
if [ "$1" = --version ]; then echo 10; exit; fi
mkdir node_modules; echo "$npm_config_registry" > node_modules/made.js
echo installed >> "%(log)s"
"""


class Surroundings(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gordon-surroundings-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.env = {name: value for name, value in os.environ.items()
                    if not name.upper().startswith(("PIP_", "NPM_", "XDG_", "VIRTUAL_ENV"))}
        self.env.update(HOME=str(self.folder / "home"), GORDON_CACHE_DIR=str(self.folder / "cache"),
                        PATH=f"{self.folder}/first:{self.folder}/second:{os.environ['PATH']}")
        self.write("project/settings.yml", "project: p\ncode-bucket: p\nlambdas:\n"
                   "  one: {code: one, runtime: python}\n  two: {code: two, runtime: python}\n")
        for name in "one", "two":
            self.write(f"project/{name}/code.py", "x = 1\n")
            self.write(f"project/{name}/requirements.txt", "wanted\n")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def program(self, name, text, **values):
        self.write(name, text % {"log": self.folder / "log", **values})
        (self.folder / name).chmod(0o755)

    def build(self, **env):
        """Builds, and returns the actions of the tools, and how many lambdas gordon packed."""
        (self.folder / "log").write_text("")
        run = subprocess.run([GORDON, "build", "--debug", "-j1"], cwd=self.folder / "project", text=True,
                             capture_output=True, env={**self.env, **env})
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return (self.folder / "log").read_text().split(), run.stderr.count("packing")

    def test_another_program_in_path(self):
        """A new program earlier in PATH, and another order of PATH."""
        self.program("second/pip", PIP, version=1)
        self.assertEqual(self.build(), (["asked", "installed"], 2))
        self.assertEqual(self.build(), ([], 0))
        self.program("first/pip", PIP, version=2)
        self.assertEqual(self.build(), (["asked", "installed"], 2))
        self.assertEqual(self.build(), ([], 0))
        path = self.env["PATH"].replace(f"{self.folder}/first:", "")
        self.assertEqual(self.build(PATH=path), ([], 2))  # because it is in the cache
        self.assertEqual(self.build(PATH=path), ([], 0))

    def test_program_of_another_name(self):
        """A new `pip` replaces the `pip3` that was found before."""
        self.env["PATH"] = f"{self.folder}/first"
        self.program("first/pip3", PIP, version=3)
        self.assertEqual(self.build(), (["asked", "installed"], 2))
        self.program("first/pip", PIP, version=4)
        self.assertEqual(self.build(), (["asked", "installed"], 2))

    def test_shim(self):
        """A shim stays the same file but may run another program, so Gordon asks it in the project's folder."""
        self.program("first/pip", SHIM)
        self.write("project/.version", "1\n")
        self.assertEqual(self.build(), (["asked", "installed", "asked"], 2))
        self.assertEqual(self.build(), (["asked", "asked"], 0))
        self.write("project/.version", "2\n")
        self.assertEqual(self.build(), (["asked", "asked", "installed"], 2))
        self.assertEqual(self.build(), (["asked", "asked"], 0))

    def test_shim_by_name(self):
        """A link to a program that reads the name by which it is called."""
        self.program("second/manager", SHIM)
        (self.folder / "first").mkdir()
        (self.folder / "first/pip").symlink_to("../second/manager")
        self.write("project/.version", "1\n")
        self.build()
        self.assertEqual(self.build(), (["asked", "asked"], 0))

    def test_variables_of_pip(self):
        self.program("first/pip", PIP, version=1)
        self.build()
        self.write("constraints.txt", "wanted<2\n")
        index = "https://me:%s@packages.example.org/simple"
        for told in ({"PIP_INDEX_URL": index % "secret-1"}, {"PIP_EXTRA_INDEX_URL": index % "secret-1"},
                     {"PIP_NO_BINARY": ":all:"}, {"PIP_CONSTRAINT": f"{self.folder}/constraints.txt"}):
            self.assertEqual(self.build(**told), (["installed"], 2))
            self.assertEqual(self.build(**told), ([], 0))
        self.write("constraints.txt", "wanted<3\n")
        self.assertEqual(self.build(**told), (["installed"], 2))
        self.assertEqual(self.build(), ([], 2))  # as in the first build, which is in the cache

    def test_what_decides_nothing(self):
        """A new password or another cache of pip installs nothing again. No file has the password."""
        self.program("first/pip", PIP, version=1)
        index = "https://me:%s@packages.example.org/simple"
        self.build(PIP_INDEX_URL=index % "secret-1")
        self.assertEqual(self.build(PIP_INDEX_URL=index % "secret-2", PIP_CACHE_DIR="/x", PIP_QUIET="1"),
                         ([], 0))
        for path in self.folder.rglob("*"):
            self.assertTrue(path.is_dir() or b"secret" not in path.read_bytes(), path)

    def test_files_of_pip(self):
        self.program("first/pip", PIP, version=1)
        self.build()
        self.write("home/.config/pip/pip.conf", "[global]\nindex-url = https://a:b@example.org/one\n")
        self.assertEqual(self.build(), (["installed"], 2))
        self.write("home/.config/pip/pip.conf", "[global]\nindex-url = https://a:c@example.org/one\n")
        self.assertEqual(self.build(), ([], 0))
        self.write("home/.config/pip/pip.conf", "[global]\nindex-url = https://a:c@example.org/two\n")
        self.assertEqual(self.build(), (["installed"], 2))

    def test_npm(self):
        self.program("first/npm", NPM)
        self.write("project/settings.yml", "project: p\ncode-bucket: p\nlambdas:\n"
                   "  one: {code: one, runtime: node}\n")
        self.write("project/one/code.js", "\n")
        self.write("project/one/package.json", "{}\n")
        self.assertEqual(self.build(), (["installed"], 1))
        self.assertEqual(self.build(npm_config_registry="https://example.org/"), (["installed"], 1))
        self.assertEqual(self.build(npm_config_user_agent="npm/10"), ([], 1))
        self.assertEqual(self.build(NPM_CONFIG__AUTH="secret"), ([], 0))
        self.write("home/.npmrc", "registry=https://example.org/\n//example.org/:_authToken=one\n")
        self.assertEqual(self.build(), (["installed"], 1))
        self.write("home/.npmrc", "registry=https://example.org/\n//example.org/:_authToken=two\n")
        self.assertEqual(self.build(), ([], 0))
        self.write("project/one/.npmrc", "registry=https://example.com/\n")
        self.assertEqual(self.build(), (["installed"], 1))


if __name__ == "__main__":
    unittest.main()
