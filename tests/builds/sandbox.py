#!/usr/bin/env python3
"""Runs each edge of a build alone in a sandbox, as remote execution and build caches do: it sees only the
system, Gordon and the inputs that Ninja knows, and can write only in the folders of its outputs. It must
write the same bytes there.

usage: sandbox.py PREFIX WORK CMAKE

Exits with 77 if there is no bwrap, or the kernel refuses it.
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

from depfile import inputs as depfile_inputs

PREFIX, WORK, CMAKE = map(pathlib.Path, sys.argv[1:4])
del sys.argv[1:4]
PROJECT, BUILD = WORK / "project", WORK / "build dir"
SYSTEM = [name for name in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives",
                            "/etc/ld.so.cache", "/etc/pip.conf") if os.path.exists(name)]
# The user's settings of pip are part of the cache key of an installation; here there are none.
os.environ["HOME"] = str(WORK / "home")
for variable in [name for name in os.environ if name.startswith(("PIP_", "VIRTUAL_ENV"))]:
    del os.environ[variable]

FILES = {
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(demo LANGUAGES C)
find_package(Gordon 1.0 REQUIRED)
add_library(words SHARED words.c)
add_executable(hello hello.c)
target_link_libraries(hello PRIVATE words)
gordon_add_project(demo SETTINGS settings.yml STAGES prod)
add_subdirectory(more)
""",
    "hello.c": "int words(void);\nint main(void) { return words(); }\n",
    "words.c": "int words(void) { return 0; }\n",
    "settings.yml": f"""project: demo
code-bucket: demo
pip-path: sh "{PROJECT}/tools/pip"
apps: [gordon.contrib.lambdas, app]
""",
    "app/settings.yml": """lambdas:
  file: {code: file.py}
  folder: {code: folder, runtime: python}
  installed: {code: installed, runtime: python}
  built: {code: built, runtime: python, build: 'cp -R . {target}'}
  node: {code: node.js, runtime: nodejs22.x}
  program: {code: 'target://hello', strip: true}
  system: {code: 'target://hello', libc: true}
""",
    "app/file.py": "x = 1\n",
    "app/node.js": "exports.handler = () => 1\n",
    "app/folder/code.py": "x = 1\n",
    "app/folder/parts/one.py": "x = 1\n",
    "app/folder/.gordonignore": "notes.txt\n",
    "app/folder/notes.txt": "not packed\n",
    "app/words/a b.txt": "one\n",
    "app/words/deep/b.txt": "one\n",
    "app/installed/code.py": "x = 1\n",
    "app/installed/requirements.txt": "-r ../../common.txt\n",
    "common.txt": "first\n",
    "app/built/code.py": "x = 1\n",
    "app/built/with space.py": "x = 1\n",
    "parameters/common.yml": "A: 1\n",
    "parameters/prod.yml": "B: 1\n",
    "parameters/dev.yml": "C: of another release\n",
    # A substitute for pip.
    "tools/pip": """if [ "$1" = --version ]; then echo pip 2; exit; fi
while [ "$1" != --target ]; do shift; done
mkdir "$2/bin"; printf "#!/bin/sh\\n'''exec' '$2/python'\\n' '''\\n" > "$2/bin/tool"
cat requirements.txt ../../common.txt > "$2/asked.py"
""",
    "more/CMakeLists.txt": "gordon_add_project(more SETTINGS settings.yml)\n",
    "more/settings.yml": "project: more\ncode-bucket: more\nlambdas:\n  one: {code: one.py}\n",
    "more/one.py": "x = 1\n",
}
LINKS = {"app/folder/word.txt": "../words/a b.txt", "app/folder/words": "../words",
         "app/folder/link.py": "../file.py"}


ALL = ["--target", "all", "demo-release", "demo-release-prod", "more-release"]
PROBE = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all", "true"]


def run(*command):
    return subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)


def checked(*command):
    done = run(*command)
    if done.returncode:
        raise AssertionError(done.stdout)
    return done.stdout


def ninja(*arguments):
    return checked("ninja", "-C", BUILD, "-t", *arguments)


class Edge:
    """An edge that runs Gordon, with the inputs that Ninja knows after a build."""

    def __init__(self, command, outputs):
        self.command, self.outputs = command, {BUILD / output for output in outputs}
        some = outputs[0]
        known = ninja("query", some).split("  outputs:")[0]
        inputs = re.findall(r"^    (?:\| )?([^|\s].*)$", known, re.M)
        words = shlex.split(command)
        if "--plan" in words:  # gordon derives the name of the depfile from the plan's
            suffix = ".install.d" if "install" in words else ".d"
            self.depfiles = {BUILD / (words[words.index("--plan") + 1] + suffix)}
        else:
            self.depfiles = {BUILD / words[words.index("--depfile") + 1]}
        read = ninja("deps", some)
        if "deps not found" in read:  # Ninja reads the depfile in each build
            depfile, = self.depfiles
            inputs += depfile_inputs(depfile)
        inputs += re.findall(r"^    (.+)$", read, re.M)
        self.inputs = {BUILD / path for path in inputs}
        plan = [path.parent for path in self.inputs if path.name == "plan.json"]
        self.written = {path.parent for path in self.outputs | self.depfiles} | set(plan)
        self.private = set(plan)

    def sandbox(self, fresh, *command):
        """Runs a command that sees only the edge's inputs; its outputs go to `fresh`."""
        mounts = {path: ["--ro-bind", path] for path in (*SYSTEM, CMAKE.parent.parent, PREFIX)}
        for path in self.inputs:
            mounts[path] = ["--dir"] if path.is_dir() else ["--ro-bind", path]
        for number, path in enumerate(sorted(self.written)):
            mounts[path] = ["--bind", fresh / str(number)]
            (fresh / str(number)).mkdir()
        words = ["bwrap", "--unshare-all", "--die-with-parent", "--clearenv", "--setenv", "PATH",
                 "/usr/bin:/bin", "--setenv", "TMPDIR", "/scratch", "--tmpfs", "/scratch",
                 "--dev", "/dev", "--proc", "/proc"]
        for path, kind in sorted(mounts.items(), key=lambda mount: pathlib.Path(mount[0]).parts):
            words += [*kind, path]
        return run(*words, "--dir", BUILD, "--chdir", BUILD, "--remount-ro", "/", *command)

    def found(self, fresh):
        """Returns the files in `fresh`, by their names in the sandbox."""
        files = {}
        for number, folder in enumerate(sorted(self.written)):
            for path in (fresh / str(number)).rglob("*"):
                name = folder / path.relative_to(fresh / str(number))
                if path.is_file() and name not in self.inputs:  # which are mounted in there
                    files[name] = path.read_bytes()
        return files


def edges():
    """Returns all edges that run Gordon and write files. No two have the same command."""
    outputs = {}
    for output in ninja("targets", "rule", "CUSTOM_COMMAND").splitlines():
        if not output.startswith("/") and (BUILD / output).is_file():  # each output also has an absolute name
            command = ninja("commands", "-s", output).splitlines()[-1]
            if f"{PREFIX}/bin/gordon" in command:
                outputs.setdefault(command, []).append(output)
    return [Edge(command, names) for command, names in outputs.items()]


class Sandbox(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        shutil.rmtree(WORK, ignore_errors=True)
        for name, text in FILES.items():
            (PROJECT / name).parent.mkdir(parents=True, exist_ok=True)
            (PROJECT / name).write_text(text)
        for name, target in LINKS.items():
            (PROJECT / name).symlink_to(target)
        checked(CMAKE, "-S", PROJECT, "-B", BUILD, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}")
        checked(CMAKE, "--build", BUILD, *ALL)
        cls.edges = edges()

    def fresh(self):
        folder = tempfile.TemporaryDirectory(dir=WORK)
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def test_all_edges_are_here(self):
        names = {path.name for edge in self.edges for path in edge.outputs}
        self.assertEqual(names, {
            "0001_p.json", "0002_pr_r.json", "0003_r.json", "_one.zip", "demo-dev.tar.gz",
            "demo-prod.tar.gz", "more-dev.tar.gz", "dependencies.zip", "contrib_lambdas_version.zip",
            *(f"app_{name}.zip" for name in ("file", "folder", "installed", "built", "node", "program",
                                             "system"))})

    def test_same_bytes(self):
        for edge in self.edges:
            with self.subTest(edge.command):
                fresh = self.fresh()
                done = edge.sandbox(fresh, "/bin/sh", "-c", edge.command)
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertNotRegex(done.stdout, "warning|error")
                found = edge.found(fresh)
                for path in edge.outputs:
                    self.assertEqual(found.get(path), path.read_bytes(), path)
                for path in edge.depfiles:
                    self.assertTrue(not path.exists() or found.get(path) == path.read_bytes(), path)
                records = {path.with_name(path.name + ".read") for path in edge.depfiles}
                more = {path for path in set(found) - edge.outputs - edge.depfiles - records
                        if not edge.private & set(path.parents)}
                self.assertEqual(more, set(), "it writes what is no output")

    def test_it_is_a_sandbox(self):
        """Undeclared files cannot be read, and only the folders of outputs can be written to."""
        edge, = [edge for edge in self.edges if BUILD / "demo/code/app_folder.zip" in edge.outputs]
        for path in ("app/folder/code.py", "app/folder/parts/one.py", "app/folder/.gordonignore",
                     "app/folder/words/deep/b.txt"):
            done = edge.sandbox(self.fresh(), "cat", PROJECT / path)
            self.assertEqual((done.returncode, done.stdout), (0, (PROJECT / path).read_text()))
            done = edge.sandbox(self.fresh(), "sh", "-c", "echo x > \"$1\"", "sh", PROJECT / path)
            self.assertNotEqual(done.returncode, 0, done.stdout)
        for path in ("settings.yml", "app/file.py", "app/folder/notes.txt", "app/words/a b.txt"):
            self.assertNotEqual(edge.sandbox(self.fresh(), "cat", PROJECT / path).returncode, 0, path)
        for path in PROJECT / "new", PROJECT / "app/folder/new", BUILD / "new", BUILD / "demo/new":
            self.assertNotEqual(edge.sandbox(self.fresh(), "touch", path).returncode, 0, path)
        done = edge.sandbox(self.fresh(), "touch", BUILD / "demo/code/new")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_nothing_is_out_of_date(self):
        """The sandboxes did not change the build tree."""
        self.assertIn("no work to do", checked(CMAKE, "--build", BUILD, *ALL))


if __name__ == "__main__":
    if not shutil.which("bwrap") or run(*PROBE).returncode:
        print("bwrap is not there, or may do nothing here")
        sys.exit(77)
    if not shutil.which("cc") or os.uname().machine != "x86_64":
        print("there is no C compiler, or another machine")
        sys.exit(77)
    unittest.main()
