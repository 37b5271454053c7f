#!/usr/bin/env python3
"""What a change makes a build do: no more than it must, and no less.

usage: incremental.py GENERATOR PREFIX WORK
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

GENERATOR, PREFIX, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
del sys.argv[1:]

FILES = {
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(incremental LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
gordon_add_project(demo SETTINGS settings.yml)
""",
    "settings.yml": """project: demo
code-bucket: demo
pip-path: sh "%s"
apps: [app]
""" % (WORK / "project" / "pip"),
    "app/settings.yml": """lambdas:
  file: {code: file.py}
  folder: {code: folder, runtime: python}
  third: {code: third.py}
""",
    "app/file.py": "x = 1\n",
    "app/third.py": "x = 1\n",
    "app/folder/code.py": "x = 1\n",
    "app/folder/parts/one.py": "x = 1\n",
    "app/folder/requirements.txt": "first\n",
    # Stands for pip.
    "pip": """echo run >> "%s"
while [ "$1" != --target ]; do shift; done
echo "# installed" > "$2/installed.py"
""" % (WORK / "pip.log"),
}
ALL = {"app.file", "app.folder", "app.third", "templates"}


class Incremental(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        shutil.copytree(PREFIX, WORK / "prefix")
        self.project, self.outputs = WORK / "project", WORK / "build" / "demo"
        for name, text in FILES.items():
            self.write(name, text)
        self.run_cmake("-S", self.project, "-B", WORK / "build", "-G", GENERATOR,
                       "-DCMAKE_PREFIX_PATH=%s" % (WORK / "prefix"))
        self.assertEqual(self.build(), ALL)
        self.addCleanup(lambda: self.assertEqual(self.build(), set(), "and then nothing"))

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_cmake(self, *arguments, fails=False):
        run = subprocess.run(["cmake", *map(str, arguments)], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode != 0, fails, run.stdout)
        return run.stdout

    def build(self, fails=False):
        """What ran: references of lambdas, and "templates"."""
        said = self.run_cmake("--build", WORK / "build", fails=fails)
        ran = set(re.findall(r"Packing (\S+)", said))
        return ran | ({"templates"} if "Writing the templates" in said else set())

    def times(self):
        return {p.name: p.stat().st_mtime_ns for p in self.outputs.rglob("*") if p.is_file()}

    def changed(self, before):
        after = self.times()
        return {name for name in after if before.get(name) != after[name]}

    def pip_runs(self):
        return (WORK / "pip.log").read_text().count("run")

    def test_nothing(self):
        before = self.times()
        self.assertEqual(self.build(), set())
        self.assertEqual(self.changed(before), set())

    def test_source_file(self):
        before = self.times()
        self.write("app/file.py", "x = 2\n")
        self.assertEqual(self.build(), {"app.file"})
        self.assertEqual(self.changed(before), {"app_file.zip"})

    def test_source_file_deep_in_a_folder(self):
        runs = self.pip_runs()
        self.write("app/folder/parts/one.py", "x = 2\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.pip_runs(), runs)

    def test_requirements_of_another_file(self):
        self.write("common.txt", "one\n")
        self.write("app/folder/requirements.txt", "-r ../../common.txt\n")
        self.assertEqual(self.build(), {"app.folder"})
        runs = self.pip_runs()
        self.write("common.txt", "two\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.pip_runs(), runs + 1)

    def test_touched_file_of_the_same_content(self):
        before = self.times()
        (self.project / "app/folder/code.py").touch()
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.changed(before), set())

    def test_file_added_and_removed(self):
        before = self.times()
        self.write("app/folder/parts/two.py", "x = 2\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.changed(before), {"app_folder.zip"})
        (self.project / "app/folder/parts/two.py").unlink()
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.build(), set())

    def test_description(self):
        before = self.times()
        self.write("app/settings.yml", FILES["app/settings.yml"].replace(
            "{code: file.py}", "{code: file.py, description: New}"))
        self.assertEqual(self.build(), {"templates"})
        self.assertEqual(self.changed(before), {"0003_r.json"})

    def test_requirements(self):
        runs = self.pip_runs()
        self.write("app/folder/requirements.txt", "second\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.pip_runs(), runs + 1)

    def test_lambda_removed_and_added(self):
        before = self.times()
        self.write("app/settings.yml", FILES["app/settings.yml"].replace(
            "  third: {code: third.py}\n", ""))
        self.assertEqual(self.build(), {"templates"})
        self.assertFalse((self.outputs / "code/app_third.zip").exists())
        self.assertEqual(self.changed(before), {"0002_pr_r.json", "0003_r.json"})
        self.write("app/settings.yml", FILES["app/settings.yml"])
        self.assertEqual(self.build(), {"templates", "app.third"})

    def test_settings_broken_and_mended(self):
        before = self.times()
        self.write("app/settings.yml", "lambdas: [\n")
        self.build(fails=True)
        self.write("app/settings.yml", FILES["app/settings.yml"])
        self.assertEqual(self.build(), {"templates"})
        self.assertEqual(self.changed(before), set())

    def test_code_gone_and_back(self):
        (self.project / "app/third.py").unlink()
        self.build(fails=True)
        self.assertFalse((self.outputs / "code/app_third.zip").exists())
        self.write("app/third.py", FILES["app/third.py"])
        self.assertEqual(self.build(), {"app.third"})

    @unittest.skipIf("Makefiles" in GENERATOR, "Make looks at the stamp; a zip is its by-product")
    def test_zip_deleted(self):
        (self.outputs / "code/app_third.zip").unlink()
        self.assertEqual(self.build(), {"app.third"})

    def test_program(self):
        before = self.times()
        os.utime(WORK / "prefix/bin/gordon")
        self.assertEqual(self.build(), ALL)
        self.assertEqual(self.changed(before), set())


if __name__ == "__main__":
    unittest.main()
