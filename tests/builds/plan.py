#!/usr/bin/env python3
"""`gordon plan --json` reports the files that a build by CMake reads. CMake's graph has the targets.

usage: plan.py GENERATOR PREFIX WORK
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from depfile import inputs as depfile_inputs

GENERATOR, PREFIX, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
del sys.argv[1:4]

FILES = {
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(plan LANGUAGES C)
find_package(Gordon 1.0 REQUIRED)
gordon_add_project(demo SETTINGS settings.yml STAGES prod)
add_executable(hello EXCLUDE_FROM_ALL hello.c)
""",
    "CMakeGraphVizOptions.cmake": "set(GRAPHVIZ_CUSTOM_TARGETS TRUE)\n",
    "hello.c": "int main(void) { return 0; }\n",
    "settings.yml": """project: demo
code-bucket: demo
pip-path: '"%(tool)s" pip'
npm-path: '"%(tool)s" npm'
gradle-path: '"%(tool)s" gradle'
apps: [gordon.contrib.lambdas, app]
""" % {"tool": WORK / "tool"},
    "app/settings.yml": """lambdas:
  built:
    code: built
    runtime: node
    build: ["cp code.js {target}", "echo {lambda_name} > {target}/name"]
  file: {code: file.js}
  java: {code: java, runtime: java, handler: example.Hello, check-handler: false}
  node: {code: node, runtime: node}
  python: {code: python, runtime: python}
""",
    "parameters/common.yml": "Word: one\n",
    "parameters/prod.yml": "Word: ssm:///one\n",
    "parameters/of nobody.yml": "Word: one\n",
    "app/file.js": "one\n",
    "app/built/code.js": "one\n",
    "app/built/parts/more.js": "one\n",
    "app/java/build.gradle": "one\n",
    "app/java/src/Hello.java": "one\n",
    "app/node/package.json": "{}\n",
    "app/node/code.js": "one\n",
    "app/node/node_modules/left.js": "one\n",
    "app/python/code.py": "one\n",
    "app/python/not.py": "one\n",
    "app/python/it's; 100%/deep.py": "one\n",
    "app/python/.gordonignore": "not.py\n",
    "app/python/requirements.txt": "-r ../more.txt\n",
    "app/more.txt": "one\n",
}
# A substitute for pip, npm and gradle.
TOOL = """#!/bin/sh
tool=$1
for word; do
    case $word in
        --version) echo tool 1; exit;;
        -Ptarget=*) into=${word#-Ptarget=};;
    esac
    [ "$before" = --target ] && into=$word
    before=$word
done
[ $tool = npm ] && mkdir -p node_modules && into=node_modules
echo installed > "$into/installed"
"""


class Plan(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        shutil.rmtree(WORK, ignore_errors=True)
        os.environ["GORDON_CACHE_DIR"] = str(WORK / "cache")
        cls.project, cls.build = WORK / "project", WORK / "build"
        cls.output, cls.work = cls.build / "demo", cls.build / "CMakeFiles" / "demo.gordon"
        for name, text in FILES.items():
            path = cls.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (WORK / "tool").write_text(TOOL)
        (WORK / "tool").chmod(0o755)

    def run_program(self, *words, status=0):
        run = subprocess.run([*map(str, words)], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout

    def configure(self, *more):
        self.run_program("cmake", "-S", self.project, "-B", self.build, "-G", GENERATOR,
                         "-DCMAKE_PREFIX_PATH=%s" % PREFIX, *more)

    def plan(self):
        return json.loads(self.run_program(
            PREFIX / "bin/gordon", "plan", "--json", "--project", self.project,
            "--build-dir", self.output, "--work-dir", self.work))

    def everything(self):
        return {str(path): path.stat().st_mtime_ns for path in WORK.rglob("*")}

    def test_nothing_is_written(self):
        before = self.everything()
        first = self.plan()
        self.assertEqual(self.everything(), before)
        self.assertEqual(self.plan(), first)
        self.configure()
        self.run_program("cmake", "--build", self.build)
        before = self.everything()
        self.assertEqual(self.plan(), first, "it is the same before a build and behind it")
        self.assertEqual(self.everything(), before)

    def test_not_utf8(self):
        """A file that JSON cannot name makes the plan of its lambda fail, and no other."""
        project = WORK / "not utf8"
        (project / "code").mkdir(parents=True)
        (project / "settings.yml").write_text(
            "project: odd\ncode-bucket: odd\nlambdas:\n"
            "  one: {code: code, runtime: python, handler: a.b}\n  two: {code: two.py}\n")
        (project / "two.py").touch()
        (project / "code" / os.fsdecode(b"\xff.py")).touch()
        run = subprocess.run([PREFIX / "bin/gordon", "plan", "--json", "--project", project],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(run.returncode, 21, run.stderr)
        self.assertIn(b"the name is not UTF-8, and cannot be in JSON; rename it", run.stderr)
        failed = {output.get("lambda"): output["failed"] for output in json.loads(run.stdout)["outputs"]}
        self.assertEqual(failed, {None: False, "one": True, "two": False})

    def read(self, output, depfile):
        """Returns the inputs that Ninja or the depfile has for an output. A depfile has links for names
        that it cannot contain."""
        if GENERATOR == "Ninja" and depfile.name == "plan.json.d":
            self.assertFalse(depfile.exists(), "Ninja remembers what was in it")
            told = self.run_program("ninja", "-C", self.build, "-t", "deps", output)
            names = re.findall(r"^    (.+)$", told, re.M)
        else:
            names = depfile_inputs(depfile)
        names = [os.path.normpath(os.path.join(self.build, name)) for name in names]
        return {os.readlink(n) if os.path.islink(n) and ".links/" in n else n for n in names}

    def test_inputs(self):
        self.configure()
        self.run_program("cmake", "--build", self.build)
        plan = self.plan()
        zips = [o for o in plan["outputs"] if o["kind"] != "template"]
        self.assertEqual(len(zips), 6 + 3)
        installed = {o["path"] for o in zips if o["kind"] == "dependencies"}
        for output in zips:
            folder = self.work / "lambdas" / output["lambda"].replace(".", "_")
            name = "plan.json.d" if output["kind"] == "zip" else "plan.json.install.d"
            expected = self.read(output["path"], folder / name) - {output["path"]}
            told = {os.path.normpath(path) for path in (*output["inputs"], *output["folders"])}
            self.assertEqual(told - installed, expected, output["path"])
            own = {o for o in installed if o == str(folder / "dependencies.zip")}
            self.assertEqual(told & installed, own if output["kind"] == "zip" else set())
            self.assertTrue(all(map(os.path.isfile, output["inputs"])), output)
            self.assertTrue(all(map(os.path.isdir, output["folders"])), output)

    def test_outputs(self):
        self.configure()
        self.run_program("cmake", "--build", self.build)
        plan = self.plan()
        built = {str(path) for path in self.output.rglob("*")
                 if path.is_file() and path.parent.name != ".gordon"}
        self.assertEqual({o["path"] for o in plan["outputs"] if o["kind"] != "dependencies"}, built)
        self.assertTrue(all(os.path.isfile(o["path"]) for o in plan["outputs"]))
        said = (self.work / "plan.list").read_text()
        settings = re.findall(r"^settings\t(.*)$", said, re.MULTILINE)
        self.assertEqual(plan["project"]["settings"], settings)
        folder = self.project / "parameters"
        parameters = [str(folder / name) for name in ("common.yml", "prod.yml")]
        read = self.read(self.output / "0001_p.json", self.work / "templates.d")
        self.assertEqual({path for path in read if path not in built}, {str(folder), *parameters})
        for output in plan["outputs"]:
            self.assertFalse(output["failed"])
            if output["kind"] == "template":
                self.assertEqual(output["inputs"], sorted(settings + parameters))
                self.assertEqual(output["folders"], [str(folder)])

    def test_graph(self):
        self.configure("--graphviz=%s" % (WORK / "out.dot"))
        dot = (WORK / "out.dot").read_text()
        names = dict(re.findall(r'"(node\d+)" \[ label = "([^"]+)", shape = (?:box|egg) \]', dot))
        verbs = ("apply", "delete", "delete-confirm", "diff", "release", "status")
        own = {"demo-" + verb + stage for verb in verbs for stage in ("", "-prod")}
        self.assertEqual(set(names.values()), {"demo", "hello"} | own)
        edges = {(names[a], names[b]) for a, b in re.findall(r'"(node\d+)" -> "(node\d+)"', dot)}
        self.assertEqual(edges, {(name, "demo") for name in own if not re.search("delete|status", name)})

    def test_graph_of_a_target(self):
        """The project depends on the target of a lambda's program."""
        settings = self.project / "app/settings.yml"
        self.addCleanup(settings.write_text, settings.read_text())
        settings.write_text(FILES["app/settings.yml"] + '  hello: {code: "target://hello"}\n')
        self.configure("--graphviz=%s" % (WORK / "out.dot"))
        self.assertIn("// demo -> hello", (WORK / "out.dot").read_text())
        [output] = [o for o in self.plan()["outputs"] if o.get("target")]
        self.assertEqual((output["target"], output["inputs"]), ("hello", []))


if __name__ == "__main__":
    unittest.main()
