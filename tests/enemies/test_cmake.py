#!/usr/bin/env python3
"""No text of the settings is code of CMake, Make or Ninja.

usage: test_cmake.py GENERATOR PREFIX WORK

Names of lambdas with any character build; names of files and folders build or are refused with their
path. Whatever happens, nothing runs: every hostile name tries to make a file called pwned.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

GENERATOR, PREFIX, WORK = sys.argv[1], *map(pathlib.Path, sys.argv[2:4])
del sys.argv[1:4]

RUNS = "execute_process(COMMAND touch pwned)"
LAMBDAS = [
    f"l]=========] [=[a]=] [=[b]=])\n {RUNS}\n message([=========[",
    f"l]====])\n{RUNS}\nmessage([====[",
    f"l]] [[x]])\n{RUNS}\n#",
    f"l\")\n{RUNS}\nmessage(\"",
    "l;touch pwned;", "l\tlambda\tx", "%3B%0Atouch%20pwned", "%", "a[b", "a]b", "[[", "]]", "a\\", "\\;",
    "$<SHELL_PATH:/x>", "$<1:touch pwned>", "$ENV{HOME}", "${CMAKE_COMMAND}", "@HOME@", "$(touch pwned)",
    "`touch pwned`", "'; touch pwned; '", "\"; touch pwned; \"", "& touch pwned &", "| touch pwned", "> pwned",
    "\r\ntouch pwned\r\n", "#", "x\n\ttouch pwned\n", "\u0085\u2028\u009b1m", "::error::x", "-C", "--plan",
]
FOLDERS = [f"a{c}b" for c in "[]()\\;$#\"'`&|<>*?{}%^!@=+~,: "] + [
    "a[=[b", "a]=]b", "R&D (it's 100%)", "$(touch pwned)", "a;touch pwned;b", "${HOME}", "$<1:x>", "\"q\"",
    "a\nb", "a\tb", "-dash", "]====]", "ünïcödé",
]
LISTS = ("project({0} LANGUAGES NONE)\nfind_package(Gordon 1.0 REQUIRED)\n"
         "gordon_add_project(demo SETTINGS p/settings.yml)\n")


def quoted(name):
    return json.dumps(name)  # YAML takes the strings of JSON


class Enemies(unittest.TestCase):
    def project(self, name, lambdas, app="app"):
        """A project in a folder of an awkward name, with an app that has these lambdas."""
        folder = WORK / f"{name} R&D (it's 100%)"
        shutil.rmtree(folder, ignore_errors=True)
        code = folder / "p" / app / "c"
        code.mkdir(parents=True)
        (code / "code.py").write_text("x = 1\n")
        (folder / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\n" + LISTS.format("demo"))
        (folder / "p/settings.yml").write_text(f"project: p\ncode-bucket: b-x\napps:\n  - {quoted(app)}\n")
        (folder / "p" / app / "settings.yml").write_text("lambdas:\n" + "".join(
            f"  {quoted(key)}: {{code: c, handler: code.handler, runtime: python, logical-name: L{i}}}\n"
            for i, key in enumerate(lambdas)))
        return folder

    def run_program(self, *command, folder):
        return subprocess.run(list(map(str, command)), cwd=folder, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def configure(self, folder):
        return self.run_program("cmake", "-B", "build dir", "-G", GENERATOR,
                                f"-DCMAKE_PREFIX_PATH={PREFIX}", folder=folder)

    def build(self, folder):
        return self.run_program("cmake", "--build", "build dir", folder=folder)

    def check_harmless(self, folder, run):
        for top in (folder, pathlib.Path.cwd()):
            self.assertEqual(list(top.rglob("pwned")), [], run.stdout)

    def test_names_of_lambdas(self):
        folder = self.project("lambdas", [f"{name} {i}" for i, name in enumerate(LAMBDAS)])
        own = self.run_program(PREFIX / "bin/gordon", "build", folder=folder / "p")
        self.assertEqual(own.returncode, 0, own.stdout)
        for run in (self.configure(folder), self.build(folder)):
            self.check_harmless(folder, run)
            self.assertEqual(run.returncode, 0, run.stdout)
        names = sorted(path.name for path in (folder / "p/_build/code").glob("*.zip"))
        self.assertEqual(len(names), len(LAMBDAS))
        for name in names:
            self.assertEqual((folder / "build dir/demo/code" / name).read_bytes(),
                             (folder / "p/_build/code" / name).read_bytes())
        again = self.build(folder)
        self.assertNotIn("Packing", again.stdout)

    def test_names_of_apps(self):
        built = 0
        for i, app in enumerate(FOLDERS):
            with self.subTest(app=app):
                folder = self.project(f"app {i}", ["l"], app)
                run = self.configure(folder)
                if run.returncode == 0:
                    run = self.build(folder)
                    self.assertEqual(run.returncode, 0, run.stdout)
                    built += 1
                else:
                    self.assertRegex(run.stdout, r"settings\.yml:\d|CMake cannot build with")
                self.check_harmless(folder, run)
        self.assertGreater(built, len(FOLDERS) / 2)

    def fragments(self, number, names):
        """A project that has each name as a fragment's, as that of a text, of files and folders for S3, of a
        nested template, and of an OpenAPI document."""
        folder = self.project(f"files {number}", ["l"])
        for i, name in enumerate(names):
            (folder / "p" / f"f{name}.yml").write_text(
                f"Resources:\n  T{i}: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {quoted(f'text://t{name}')}}}}}\n"
                f"  M{i}: {{Type: AWS::StepFunctions::StateMachine, Properties: {{DefinitionS3Location: "
                f"{quoted(f'm{name}')}}}}}\n"
                f"  N{i}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {quoted(f'n{name}.yml')}}}}}\n"
                f"  P{i}: {{Type: AWS::Lambda::LayerVersion, Properties: {{Content: {quoted(f'p{name}')}}}}}\n")
            (folder / "p" / f"n{name}.yml").write_text(f"Resources: {{T{i}: {{Type: AWS::SNS::Topic}}}}\n")
            (folder / "p" / f"p{name}").mkdir()
            (folder / "p" / f"p{name}" / "file").write_text(f"{i}")
            (folder / "p" / f"o{name}.yml").write_text("openapi: 3.0.1\npaths: {}\n")
            (folder / "p" / f"t{name}").write_text("before")
            (folder / "p" / f"m{name}").write_text(f"{{{i}}}")
        with (folder / "p/settings.yml").open("a") as settings:
            settings.write("cloudformation:\n" + "".join(f"  - {quoted(f'f{name}.yml')}\n" for name in names))
            settings.write("httpapi:\n" + "".join(
                f"  a{i}: {{openapi: {quoted(f'o{name}.yml')}}}\n" for i, name in enumerate(names)))
        return folder

    def template(self, folder):
        template = json.loads((folder / "build dir/demo/0003_r.json").read_text())["Resources"]
        return [{name: resource["Properties"][key] for name, resource in template.items() if name[0] == prefix and
                 name[1:].isdigit()} for prefix, key in (("T", "DisplayName"), ("M", "DefinitionS3Location"))]

    def test_names_of_files_of_fragments(self):
        """They build, and are inputs; or are refused with their names."""
        make = "Make" in GENERATOR
        refused = [name for name in FOLDERS if set(name) & set(";|\\\t\r\n" + ("\":" if make else "")) or "${" in name
                   or "$<" in name or ("[" in name) != ("]" in name) or (make and "(" in name and name[-1] == ")")]
        names = [name for name in FOLDERS if name not in refused]
        self.assertGreater(len(names), len(FOLDERS) / 2)
        folder = self.fragments(0, names)
        for run in (self.configure(folder), self.build(folder)):
            self.check_harmless(folder, run)
            self.assertEqual(run.returncode, 0, run.stdout)
        texts, machines = self.template(folder)
        self.assertEqual((len(texts), set(texts.values()), len(machines)), (len(names), {"before"}, len(names)))
        for i, name in enumerate(names):
            (folder / "p" / f"t{name}").write_text("after")
            (folder / "p" / f"m{name}").write_text(f"{{{i}, 1}}")
        run = self.build(folder)
        self.assertEqual(run.returncode, 0, run.stdout)
        new_texts, new_machines = self.template(folder)
        self.assertEqual(set(new_texts.values()), {"after"})
        self.assertEqual([i for i in machines if machines[i] == new_machines[i]], [])
        self.assertEqual(len(list((folder / "build dir/demo/code").iterdir())), 3 * len(names) + 1)
        for i, name in enumerate(refused):
            with self.subTest(name=name):
                run = self.configure(self.fragments(i + 1, [name]))
                self.assertRegex(run.stdout, "CMake cannot build with ")
                self.check_harmless(folder, run)

    def test_names_of_targets(self):
        folder = self.project("targets", ["l"])
        settings = folder / "p/app/settings.yml"
        for name in LAMBDAS:
            with self.subTest(name=name):
                settings.write_text("lambdas:\n  l:\n    code: " + quoted("target://" + name) + "\n")
                run = self.configure(folder)
                self.assertNotEqual(run.returncode, 0)
                self.assertIn("settings.yml:3:", run.stdout)
                self.check_harmless(folder, run)

    def test_target_that_is_missing(self):
        name = LAMBDAS[0]
        folder = self.project("missing", ["l"])
        (folder / "p/app/settings.yml").write_text(f"lambdas:\n  {quoted(name)}:\n    code: target://nobody\n")
        run = self.configure(folder)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("there is no target 'nobody'", run.stdout)
        self.check_harmless(folder, run)


if __name__ == "__main__":
    unittest.main()
