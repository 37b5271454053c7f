#!/usr/bin/env python3
"""Builds do not write to the sources: they work with read-only sources, and do not change writable ones.

usage: read_only.py PREFIX WORK CMAKE

All builds run in bwrap, as a user who is not root, with the sources mounted read-only. Exits with 77 if
there is no bwrap, or the kernel refuses it.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

PREFIX, WORK, CMAKE = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
del sys.argv[1:4]
PROJECT, BUILD, GORDON = WORK / "project", WORK / "build dir", PREFIX / "bin/gordon"
SANDBOX = ["bwrap", "--dev-bind", "/", "/", "--unshare-user", "--uid", "1000", "--gid", "1000"]

FILES = {
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(demo LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
gordon_add_project(demo SETTINGS settings.yml)
""",
    "settings.yml": f"""project: demo
code-bucket: demo
pip-path: sh "{PROJECT}/pip"
npm-path: sh "{PROJECT}/npm"
lambdas:
  python: {{code: python, runtime: python}}
  node: {{code: node, runtime: node, handler: index.handler}}
  file: {{code: file.py, handler: deep.copy.handler, build: "mkdir deep && cp file.py deep/copy.py && cp -R deep {{target}}"}}
  built:
    code: built
    runtime: python
    build:
      - echo "x = 2" >> code.py && mkdir parts/made && echo made > parts/made/one.py
      - rm parts/one.py && cp -R code.py parts {{target}}
""",
    "python/code.py": "x = 1\n",
    "python/requirements.txt": "first\n",
    "node/index.js": "exports.handler = () => 1\n",
    "node/package.json": '{"dependencies": {"first": "1"}}\n',
    "node/package-lock.json": "{}\n",
    "file.py": "x = 1\n",
    "built/code.py": "x = 1\n",
    "built/parts/one.py": "x = 1\n",
    "built/tool": "#!/bin/sh\n",
    # Substitutes for pip and npm, which write to their working directory.
    "pip": """if [ "$1" = --version ]; then echo pip 1; exit; fi
while [ "$1" != --target ]; do shift; done
cp requirements.txt "$2/asked.py"
""",
    "npm": """if [ "$1" = --version ]; then echo npm 1; exit; fi
mkdir -p node_modules/first && cp package.json node_modules/first && echo {} >> package-lock.json
""",
}
ZIPS = ["_built.zip", "_file.zip", "_node.zip", "_python.zip"]
IN_SOURCE = """project: demo
code-bucket: demo
lambdas:
  built:
    code: built
    runtime: python
    build-in-source: true
    build: cp code.py {target} && touch made
"""


def state():
    """Returns the names, modes, times and contents of all sources."""
    return {str(path.relative_to(WORK)): (path.lstat().st_mode, path.lstat().st_mtime_ns,
                                          path.read_bytes() if path.is_file() else None)
            for path in [PROJECT, *PROJECT.rglob("*")]}


def writable(folder):
    if folder.exists():
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)


class Sources(unittest.TestCase):
    maxDiff = None
    sandbox = [*SANDBOX, "--ro-bind", PROJECT, PROJECT]
    mode = "a-w"

    def setUp(self):
        writable(WORK)
        shutil.rmtree(WORK, ignore_errors=True)
        self.addCleanup(writable, WORK)
        os.environ["GORDON_CACHE_DIR"] = str(WORK / "cache")
        self.write(FILES)

    def write(self, files):
        for name, text in files.items():
            (PROJECT / name).parent.mkdir(parents=True, exist_ok=True)
            (PROJECT / name).write_text(text)
        subprocess.run(["chmod", "-R", self.mode, PROJECT], check=True)

    def run_it(self, *command, status=0):
        run = subprocess.run([str(word) for word in [*self.sandbox, *command]], text=True, cwd=WORK,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, status, run.stdout)
        return run.stdout

    def zips(self, folder):
        self.assertEqual(sorted(path.name for path in (folder / "code").iterdir()), ZIPS)
        return {name: (folder / "code" / name).read_bytes() for name in ZIPS}

    def alone(self):
        self.run_it(GORDON, "build", "--project", PROJECT, "--build-dir", WORK / "alone")
        return self.zips(WORK / "alone")

    def build_all(self):
        """Builds by Gordon alone and by CMake's generators: the bytes are equal, the sources unchanged."""
        before = state()
        alone = self.alone()
        self.assertEqual(self.alone(), alone)  # over the first build
        for generator in "Ninja", "Unix Makefiles":
            shutil.rmtree(BUILD, ignore_errors=True)
            self.run_it(CMAKE, "-S", PROJECT, "-B", BUILD, "-G", generator,
                        f"-DCMAKE_PREFIX_PATH={PREFIX}")
            self.run_it(CMAKE, "--build", BUILD)
            self.assertEqual(self.zips(BUILD / "demo"), alone)
            self.assertNotRegex(self.run_it(CMAKE, "--build", BUILD), "Packing|Writing|Installing")
            os.utime(BUILD / "CMakeFiles/demo.gordon/lambdas/_built/plan.json")
            self.assertIn("Packing built", self.run_it(CMAKE, "--build", BUILD))
            self.assertEqual(self.zips(BUILD / "demo"), alone)
        self.assertEqual(state(), before)


class ByMode(Sources):
    """The files also have read-only modes, and their copies have the same modes."""

    def test_builds(self):
        self.build_all()


class ByMount(Sources):
    mode = "a+w"

    def test_builds(self):
        self.build_all()

    def test_it_is_read_only(self):
        said = self.run_it("touch", PROJECT / "file.py", PROJECT / "new", status=1)
        self.assertEqual(said.count("Read-only file system"), 2, said)

    def test_default_folder(self):
        """Without --build-dir the outputs would be in the sources."""
        said = self.run_it(GORDON, "build", "--project", PROJECT, status=1)
        self.assertIn(f"{PROJECT}/_build", said)
        self.assertIn("Read-only file system", said)

    def test_in_source(self):
        """build-in-source needs write permission."""
        self.write({"settings.yml": IN_SOURCE})
        said = self.run_it(GORDON, "build", "--project", PROJECT, "--build-dir", WORK / "alone",
                           status=21)
        self.assertIn("the build of built failed", said)
        self.assertIn("Read-only file system", said)


class Writable(Sources):
    """Only Gordon protects the sources."""
    mode = "a+w"
    sandbox = SANDBOX

    def test_builds(self):
        self.build_all()

    def test_in_source(self):
        self.write({"settings.yml": IN_SOURCE})
        self.run_it(GORDON, "build", "--project", PROJECT, "--build-dir", WORK / "alone")
        self.assertTrue((PROJECT / "built/made").exists())


if __name__ == "__main__":
    if not shutil.which("bwrap") or subprocess.run([*SANDBOX, "true"],
                                                   stderr=subprocess.DEVNULL).returncode:
        print("bwrap is not there, or may do nothing here")
        sys.exit(77)
    unittest.main()
