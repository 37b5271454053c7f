#!/usr/bin/env python3
"""Go modules that are above the code, workspaces, vendored modules and `replace`, by the real Go.

usage: go_modules.py GENERATOR PREFIX

GENERATOR is a generator of CMake, or "gordon" for `gordon build` without CMake; the tests of what is
built, and of errors, run with that alone. Nothing is downloaded. Exits with 77 without Go.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

GENERATOR, PREFIX = sys.argv[1], pathlib.Path(sys.argv[2])
del sys.argv[1:3]
ALONE = GENERATOR == "gordon"
GO = (0, 0)
if shutil.which("go"):
    GO = tuple(map(int, re.search(r"go(\d+)\.(\d+)", subprocess.run(
        ["go", "version"], stdout=subprocess.PIPE, text=True, check=True).stdout).groups()))

CMAKE_LISTS = """cmake_minimum_required(VERSION 3.25)
project(shop LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
gordon_add_project(shop SETTINGS settings.yml)
"""
SETTINGS = "project: shop\ncode-bucket: shop\nlambdas:\n"
MAIN = """package main

import "example.org/shop/internal/%s"

func main() { println("main", %s.Word) }
"""
# One module with two programs, which share one package, and have one each.
MODULE = {
    "go.mod": "module example.org/shop\n\ngo 1.21\n",
    "cmd/a/main.go": MAIN % ("pa", "pa"),
    "cmd/b/main.go": MAIN % ("pb", "pb"),
    "internal/pa/pa.go": 'package pa\n\nimport "example.org/shop/internal/both"\n\nvar Word = "of a " + both.Word\n',
    "internal/pb/pb.go": 'package pb\n\nimport "example.org/shop/internal/both"\n\nvar Word = "of b " + both.Word\n',
    "internal/both/both.go": 'package both\n\nconst Word = "first"\n',
    "internal/both/windows.go": "//go:build windows\n\npackage both\n\nconst Other = 1\n",
    "settings.yml": SETTINGS + "  a: {code: cmd/a, runtime: go}\n  b: {code: cmd/b, runtime: go}\n",
}


class Project(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.above = pathlib.Path(tempfile.mkdtemp(prefix="gordon go ")).resolve()
        self.addCleanup(shutil.rmtree, self.above, ignore_errors=True)
        self.folder = self.above / "a project"
        self.output = self.folder / "_build" if ALONE else self.above / "build/shop"
        self.env = {**os.environ, "GOPROXY": "off", "GOFLAGS": ""}
        self.env.pop("GOWORK", None)

    def write(self, files, folder=None):
        for name, text in files.items():
            path = (folder or self.folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run_program(self, *argv, fails=False, cwd=None, **env):
        run = subprocess.run([str(word) for word in argv], cwd=cwd or self.folder, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=280,
                             env={**self.env, **env})
        self.assertEqual(run.returncode, 21 if fails and ALONE else bool(fails) * run.returncode, run.stdout)
        return run.stdout

    def build(self, fails=False, **env):
        """Builds, and returns what was printed."""
        if ALONE:
            return self.run_program(PREFIX / "bin/gordon", "build", "--debug", fails=fails, **env)
        if not (self.above / "build").exists():
            self.write({"CMakeLists.txt": CMAKE_LISTS})
            self.run_program("cmake", "-S", self.folder, "-B", self.above / "build", "-G", GENERATOR,
                             f"-DCMAKE_PREFIX_PATH={PREFIX}")
        return self.run_program("cmake", "--build", self.above / "build", fails=fails, **env)

    def packed(self, **env):
        """Builds, and returns the lambdas that were packed."""
        time.sleep(0.02)  # until times of files differ
        return sorted(re.findall(r"gordon: packing (\S+)" if ALONE else r"Packing (\w+)", self.build(**env)))

    def prints(self, name):
        """Returns what the program of a lambda prints."""
        with zipfile.ZipFile(self.output / f"code/_{name}.zip") as zipped:
            self.assertEqual(zipped.namelist(), ["bootstrap"])
            program = pathlib.Path(zipped.extract("bootstrap", self.above / "unpacked"))
        program.chmod(0o755)
        return subprocess.run([program], capture_output=True, text=True, check=True).stderr.strip()

    def tree(self):
        return {str(path.relative_to(self.folder)): path.is_dir() or (path.read_bytes(), path.stat().st_mtime_ns)
                for path in self.folder.rglob("*") if "_build" not in path.parts}


class Above(Project):
    """A change builds the programs that it is part of, and no others."""

    def setUp(self):
        super().setUp()
        self.write(MODULE)

    def check_packed(self, expected, **prints):
        self.assertEqual(self.packed(), expected)
        self.assertEqual(self.packed(), [], "and then nothing")
        for name, text in prints.items():
            self.assertEqual(self.prints(name), text)

    def test_changes(self):
        self.build()
        before = self.tree()
        self.check_packed([], a="main of a first", b="main of b first")
        self.assertEqual(self.tree(), before)
        self.write({"internal/both/both.go": 'package both\n\nconst Word = "second"\n'})
        self.check_packed(["a", "b"], a="main of a second", b="main of b second")
        self.write({"internal/pb/pb.go": 'package pb\n\nvar Word = "of b alone"\n'})
        self.check_packed(["b"], b="main of b alone")
        self.write({"internal/both/both.go": 'package both\n\nconst Word = "third"\n'})
        self.check_packed(["a"], a="main of a third")
        self.write({"internal/pa/init.go": 'package pa\n\nfunc init() { Word = "of a new file" }\n'})
        self.check_packed(["a"], a="main of a new file")
        self.write({"internal/pa/new.go": "package pa\n\nthis is no Go\n"})
        self.assertIn("new.go", self.build(fails=True))
        (self.folder / "internal/pa/new.go").unlink()
        self.check_packed(["a"], a="main of a new file")
        self.write({"cmd/a/main.go": 'package main\n\nfunc main() { println("alone") }\n'})
        self.check_packed(["a"], a="alone")
        self.write({"internal/pa/pa.go": "package pa\n\nno Go, and no part of a program\n"})
        self.check_packed([])
        self.write({"go.mod": "module example.org/shop\n\ngo 1.22\n"})
        self.check_packed(["a", "b"])
        self.write({"internal/pb/notes.txt": "no part of it\n"})  # the listing of its folder counts
        self.write({"settings.yml": MODULE["settings.yml"] + "# more\n"})
        self.packed()
        self.write({"internal/pb/notes.txt": "still no part\n"})
        self.check_packed([])

    def test_files_besides_go(self):
        """Embedded files and folders, C headers and files for other systems."""
        self.write({
            "cmd/a/main.go": """package main

import "embed"

//go:embed words/*.txt
var words embed.FS

//go:embed all:more
var more embed.FS

func main() {
	some, _ := words.ReadDir("words")
	others, _ := more.ReadDir("more/deep")
	text, _ := words.ReadFile("words/one.txt")
	println(len(some), len(others), string(text))
}
""", "cmd/a/words/one.txt": "one", "cmd/a/more/deep/_x": "x", "cmd/a/more/empty/deep/_x": "x"})
        self.build()
        self.assertEqual(self.prints("a"), "1 1 one")
        self.write({"cmd/a/words/one.txt": "uno"})
        self.check_packed(["a"], a="1 1 uno")
        self.write({"cmd/a/words/two.txt": "two"})
        self.check_packed(["a"], a="2 1 uno")
        self.write({"cmd/a/more/deep/_y": "y"})
        self.check_packed(["a"], a="2 2 uno")
        self.write({"internal/both/windows.go": "package both\n\nconst Other = Missing\n"})
        self.assertIn("Missing", self.build(fails=True))

    def test_missing_files_that_appear(self):
        """A go.mod nearer to the code, and a go.work."""
        self.build()
        nearer = self.folder / "cmd/a/go.mod"
        self.write({"cmd/a/go.mod": "module example.org/other\n\ngo 1.21\n"})
        self.assertIn("example.org/shop/internal/pa", self.build(fails=True))
        nearer.unlink()
        self.check_packed(["a"])
        self.write({"go.work": "go 1.21\n\nuse ./other\n", "other/go.mod": "module example.org/other\n"})
        self.assertIn("go work use", self.build(fails=True))
        (self.folder / "go.work").unlink()
        self.build()
        self.write({"vendor/modules.txt": "# corp.invalid/lib v1.0.0\n"})
        self.assertIn("initialize build cache", self.build(fails=True, GOCACHE="/dev/null/none"))

    def test_other_files_that_appear(self):
        """In the project's folder, where anything may be written, Go is not asked again."""
        self.build()
        zips = {path: path.stat().st_mtime_ns for path in (self.output / "code").iterdir()}
        for _ in range(2):
            self.write({"notes.txt": ""})
            self.write({"settings.new": MODULE["settings.yml"]})
            (self.folder / "settings.new").rename(self.folder / "settings.yml")
            self.build(GOCACHE="/dev/null/none")
            self.assertEqual(self.packed(), [])
            (self.folder / "notes.txt").unlink()
        self.assertEqual({path: path.stat().st_mtime_ns for path in zips}, zips)
        self.write({"cmd/a/words/one.txt": "1"})
        self.assertIn("initialize build cache", self.build(fails=True, GOCACHE="/dev/null/none"))

    def edited(self):
        """Returns what `gordon status` warns about; the made-up `aws` says that nothing is deployed."""
        self.write({"bin/aws": "#!/bin/sh\necho '{\"Stacks\": []}'\n"}, self.above)
        (self.above / "bin/aws").chmod(0o755)
        said = self.run_program(PREFIX / "bin/gordon", "status", "--build-dir", self.output,
                                PATH=f"{self.above}/bin:{os.environ['PATH']}", AWS_DEFAULT_REGION="us-east-1")
        return re.findall(r"(\S+): warning: this has changed since the build", said)

    def test_edited_since_the_build(self):
        """Of the module, the files of other programs do not count."""
        self.build()
        self.write({"cmd/c/main.go": "package main\n", "internal/pa/pa_test.go": "package pa\n"})
        self.assertEqual(self.edited(), [])
        self.write({"internal/pb/new.go": "package pb\n"})
        self.assertEqual(self.edited(), ["internal/pb/new.go"])

    def test_workspace(self):
        """`use`, and `replace` of go.work. Go writes its go.work.sum, but not into the source."""
        self.write({
            "go.work": 'go 1.21\n\nuse (\n\t. // this one\n\t"./libs/one"\n)\n\n'
                       "replace example.org/two => ./libs/two\n",
            "libs/one/go.mod": "module example.org/one\n\ngo 1.21\n\nrequire example.org/two v1.0.0\n",
            "libs/one/one.go": 'package one\n\nimport "example.org/two"\n\nconst Word = "one " + two.Word\n',
            "libs/two/go.mod": "module example.org/two\n\ngo 1.21\n",
            "libs/two/two.go": 'package two\n\nconst Word = "two"\n',
            "internal/pa/pa.go": 'package pa\n\nimport "example.org/one"\n\nconst Word = one.Word\n'})
        self.build()
        before = self.tree()
        self.check_packed([], a="main one two", b="main of b first")
        self.assertEqual(self.tree(), before)
        self.write({"libs/two/two.go": 'package two\n\nconst Word = "deux"\n'})
        self.check_packed(["a"], a="main one deux")
        self.write({"libs/two/go.mod": "module example.org/two\n\ngo 1.22\n"})
        self.assertIn("a", self.packed())
        self.write({"go.work": "go 1.21\n\nuse .\n"})
        self.assertIn("example.org/one", self.build(fails=True))

    def test_replace(self):
        """`replace` by a folder beside the module, or above the code, in the project."""
        self.write({
            "settings.yml": SETTINGS + "  a: {code: services/a, runtime: go}\n",
            "services/a/go.mod": "module example.org/a\n\ngo 1.21\n\nrequire example.org/lib v0.0.0\n\n"
                                 "replace (\n\texample.org/lib v0.0.0 => ../../libs/lib\n)\n",
            "services/a/main.go": 'package main\n\nimport "example.org/lib"\n\nfunc main() { println(lib.Word) }\n',
            "libs/lib/go.mod": "module example.org/lib\n\ngo 1.21\n",
            "libs/lib/lib.go": 'package lib\n\nconst Word = "lib"\n'})
        self.build()
        self.check_packed([], a="lib")
        self.write({"libs/lib/lib.go": 'package lib\n\nconst Word = "liberty"\n'})
        self.check_packed(["a"], a="liberty")


@unittest.skipUnless(ALONE, "does not depend on the build system")
class Built(Project):
    def test_moved(self):
        """The same bytes in every folder, for files without a module too."""
        self.write(MODULE)
        self.write({"settings.yml": MODULE["settings.yml"] + "  c: {code: other, runtime: go}\n",
                    "other/main.go": "package main\n\nfunc main() { println(word) }\n",
                    "other/word.go": 'package main\n\nconst word = "word"\n'})
        moved = self.above / "elsewhere/moved"
        shutil.copytree(self.folder, moved)
        self.build()
        self.run_program(PREFIX / "bin/gordon", "build", cwd=moved)
        for name in "abc":
            self.assertEqual((self.output / f"code/_{name}.zip").read_bytes(),
                             (moved / f"_build/code/_{name}.zip").read_bytes(), name)

    def test_vendor(self):
        """vendor/modules.txt: nothing is downloaded, also with a go.mod from before Go 1.14."""
        for version in "1.21", "1.13":
            explicit = "## explicit; go 1.21\n" if version == "1.21" else ""
            self.write({
                "settings.yml": SETTINGS + "  a: {code: fn, runtime: go}\n",
                "fn/go.mod": f"module example.com/fn\n\ngo {version}\n\nrequire corp.invalid/lib v1.0.0\n",
                "fn/main.go": 'package main\n\nimport "corp.invalid/lib"\n\nfunc main() { println(lib.Hi()) }\n',
                "fn/vendor/modules.txt": f"# corp.invalid/lib v1.0.0\n{explicit}corp.invalid/lib\n",
                "fn/vendor/corp.invalid/lib/lib.go": 'package lib\n\nfunc Hi() string { return "hi" }\n'})
            self.build()
            self.assertEqual(self.prints("a"), "hi")
        self.write({"fn/vendor/corp.invalid/lib/lib.go": 'package lib\n\nfunc Hi() string { return "hello" }\n'})
        self.assertEqual(self.packed(), ["a"])
        self.assertEqual(self.prints("a"), "hello")
        self.write({"fn/go.mod": "module example.com/fn\n\ngo 1.21\n\nrequire corp.invalid/lib v1.0.1\n"})
        said = self.build(fails=True)
        self.assertRegex(said, r"settings.yml:4:\d+: error: the build of a failed")
        self.assertIn("inconsistent vendoring", said)

    @unittest.skipIf(GO < (1, 22), "a workspace has vendored modules from Go 1.22 on")
    def test_vendor_of_a_workspace(self):
        self.write({
            "settings.yml": SETTINGS + "  a: {code: fn, runtime: go}\n",
            "go.work": "go 1.22\n\nuse ./fn\n",
            "fn/go.mod": "module example.com/fn\n\ngo 1.22\n\nrequire corp.invalid/lib v1.0.0\n",
            "fn/main.go": 'package main\n\nimport "corp.invalid/lib"\n\nfunc main() { println(lib.Hi()) }\n',
            "vendor/modules.txt": "## workspace\n# corp.invalid/lib v1.0.0\n## explicit; go 1.21\ncorp.invalid/lib\n",
            "vendor/corp.invalid/lib/lib.go": 'package lib\n\nfunc Hi() string { return "hi" }\n'})
        self.build()
        self.assertEqual(self.prints("a"), "hi")

    def test_outside(self):
        """A folder outside of the project, by replace and by use; `..` that stays in it is none."""
        self.write(MODULE)
        self.write({"lib/go.mod": "module example.org/lib\n"}, self.above)
        cases = {
            "go.mod": ("module example.org/shop\n\ngo 1.21\n\nreplace example.org/lib => ../lib\n", 5, 28, "replace"),
            "go.work": ('go 1.21\n\nuse (\n\t.\n\t"../lib"\n)\n', 5, 2, "use"),
        }
        for name, (text, line, column, verb) in cases.items():
            self.write({name: text})
            said = self.build(fails=True)
            self.assertIn(f"{name}:{line}:{column}: error: '{verb}' leads to {self.above}/lib, which is "
                          "not in the project; move that module into the folder of the project's settings.yml", said)
            self.write({"go.mod": MODULE["go.mod"]})
        self.write({"go.work": f"go 1.21\nuse {self.folder}\n"})
        self.build(GOWORK="off")
        (self.folder / "go.work").write_text('go 1.21\nuse "./cmd/.."\n')
        self.build()
        (self.folder / "go.work").write_text("go 1.21\nuse ./out\n")
        (self.folder / "out").symlink_to("../lib")
        self.assertIn("go.work:2:5: error: 'use' leads to", self.build(fails=True))

    def test_module_above_the_project(self):
        """It is not used by luck, although the build is below it."""
        self.write({name: text for name, text in MODULE.items() if name != "settings.yml"}, self.above)
        self.write({"settings.yml": SETTINGS + "  a: {code: a, runtime: go}\n", "a/main.go": MODULE["cmd/a/main.go"]})
        said = self.build(fails=True)
        self.assertIn("go.mod file not found", said)
        self.assertIn(f"its module is not in the project: {self.above}/go.mod; move settings.yml", said)
        self.write({"a/main.go": 'package main\n\nfunc main() { println("alone") }\n'})
        self.build()
        self.assertEqual(self.prints("a"), "alone")

    def test_no_program(self):
        self.write(MODULE)
        self.write({"settings.yml": SETTINGS + "  a: {code: internal/pa, runtime: go}\n"})
        self.assertRegex(self.build(fails=True), r"settings.yml:4:\d+: error: a is no program of Go: its package is 'pa'")
        self.write({"settings.yml": SETTINGS + "  a: {code: empty, runtime: go}\n", "empty/x.txt": ""})
        (self.folder / "go.mod").unlink()
        self.assertRegex(self.build(fails=True), r"settings.yml:4:\d+: error: a is no program of Go: there is no file")

    def test_links(self):
        """A link out of the project is refused; one in it, to the code folder too, is followed."""
        self.write(MODULE)
        self.write({"secret.go": 'package pa\n\nconst Secret = "secret"\n'}, self.above)
        (self.folder / "functions").symlink_to("cmd")
        self.write({"settings.yml": SETTINGS + "  a: {code: functions/a, runtime: go}\n"})
        self.build()
        self.assertEqual(self.prints("a"), "main of a first")
        self.write({"internal/both/both.go": 'package both\n\nconst Word = "second"\n'})
        self.assertEqual(self.packed(), ["a"])
        (self.folder / "internal/pa/secret.go").symlink_to("../../../secret.go")
        self.assertIn("this link leads out of the project", self.build(fails=True))

    def test_parameters_are_not_embedded(self):
        self.write(MODULE)
        self.write({"parameters/common.yml": "Word: word\n", "settings.yml": SETTINGS + "  a: {code: ., runtime: go}\n",
                    "main.go": 'package main\n\nimport _ "embed"\n\n//go:embed parameters/common.yml\n'
                               "var word string\n\nfunc main() { println(word) }\n"})
        self.assertIn("this leads to the project's parameters", self.build(fails=True))

    def test_variables(self):
        """GOFLAGS counts, and cannot let Go write to go.mod; GOPROXY does not count."""
        self.write(MODULE)
        self.write({"internal/both/tagged.go": '//go:build tagged\n\npackage both\n\nfunc init() { println("tagged") }\n'})
        self.build()
        before = self.tree()
        self.assertEqual(self.packed(GOPROXY="https://proxy.invalid"), [])
        self.assertEqual(self.packed(GOFLAGS="-mod=mod -tags=tagged"), ["a", "b"])
        self.assertEqual(self.prints("a"), "tagged\nmain of a first")
        self.assertEqual(self.tree(), before)

    def test_plan(self):
        """The plan runs nothing. It names all files that may be part of the program."""
        self.write(MODULE)
        fake = self.above / "bin/go"
        self.write({"bin/go": f"#!/bin/sh\ntouch '{self.above}/ran'\n"}, self.above)
        fake.chmod(0o755)
        path = f"{self.above}/bin:{os.environ['PATH']}"
        for command in ["plan", "--json"], ["plan"], ["template"]:
            said = self.run_program(PREFIX / "bin/gordon", *command, PATH=path)
            if "--json" in command:
                self.assertIn(f'"{self.folder}/internal/both/both.go"', said)
                self.assertIn('"GOARCH": "amd64"', said)
        self.assertFalse((self.above / "ran").exists())


if __name__ == "__main__":
    if not shutil.which("go"):
        sys.exit(77)
    unittest.main(verbosity=2)
