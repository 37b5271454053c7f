#!/usr/bin/env python3
"""RULE_LAUNCH_CUSTOM: every edge of Gordon runs through the launcher, wherever it is set, as edges of
other custom commands do. The dependencies that an edge reports are still known.

usage: launchers.py PREFIX WORK CMAKE
"""
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

PREFIX, WORK, CMAKE = map(pathlib.Path, sys.argv[1:4])
del sys.argv[1:4]
PROJECT, BUILD, LOG = WORK / "project", WORK / "build dir", WORK / "log"
NINJA, MULTI, MAKE = GENERATORS = ("Ninja", "Ninja Multi-Config", "Unix Makefiles")

# Where a launcher is set: before or after gordon_add_project, in the project's folder or in the one
# above. The target `others` has an edge that is not Gordon's, for comparison.
LAUNCHER = f"sh \"{PROJECT}/launch\""
SET = "set_property({} PROPERTY RULE_LAUNCH_CUSTOM \"${{launcher}}\")"
PLACES = {
    "global": {"before": SET.format("GLOBAL")},
    "global later": {"last": SET.format("GLOBAL")},
    "directory": {"before": SET.format("DIRECTORY")},
    "directory later": {"after": SET.format("DIRECTORY")},
    "directory around": {"first": SET.format("DIRECTORY")},
    "target": {"after": SET.format("TARGET demo others")},
    "target says nothing": {"before": SET.format("GLOBAL"), "after":
                            "set_property(TARGET demo others PROPERTY RULE_LAUNCH_CUSTOM \"\")"},
}
OTHERS = ("directory later", "target", "target says nothing")  # for generators other than Ninja
TOP = """cmake_minimum_required(VERSION 3.25)
project(launchers LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
set(launcher [==[%s]==])
@first@
add_subdirectory(demo)
@last@
""" % LAUNCHER
DEMO = """@before@
gordon_add_project(demo SETTINGS settings.yml)
add_custom_command(OUTPUT other COMMAND "${CMAKE_COMMAND}" -E touch other)
add_custom_target(others ALL DEPENDS other)
@after@
"""
FILES = {
    "launch": f"echo \"$*\" >> \"{LOG}\"\nexec \"$@\"\n",
    "demo/settings.yml": f"""project: demo
code-bucket: demo
pip-path: sh "{PROJECT}/pip"
lambdas:
  folder: {{code: folder, runtime: python}}
""",
    "demo/folder/code.py": "x = 1\n",
    "demo/folder/requirements.txt": "first\n",
    "pip": """if [ "$1" = --version ]; then echo pip 1; exit; fi
while [ "$1" != --target ]; do shift; done
cp requirements.txt "$2/asked.txt"
""",
}
EDGES = {"install", "package", "template"}


def replaced(text, places):
    return re.sub(r"@(\w+)@", lambda match: places.get(match[1], ""), text)


class Launchers(unittest.TestCase):
    maxDiff = None

    def make(self, generator, places, *arguments):
        shutil.rmtree(WORK, ignore_errors=True)
        for name, text in {**FILES, "CMakeLists.txt": replaced(TOP, places),
                           "demo/CMakeLists.txt": replaced(DEMO, places)}.items():
            self.write(name, text)
        self.run_cmake("-S", PROJECT, "-B", BUILD, "-G", generator, f"-DCMAKE_PREFIX_PATH={PREFIX}",
                       *arguments)

    def write(self, name, text):
        (PROJECT / name).parent.mkdir(parents=True, exist_ok=True)
        (PROJECT / name).write_text(text)

    def run_cmake(self, *arguments):
        run = subprocess.run([CMAKE, *map(str, arguments)], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def build(self):
        """Returns the edges that ran, and those of them that ran through the launcher; "other" too."""
        LOG.write_text("")
        said = self.run_cmake("--build", BUILD)
        ran = {edge for edge, text in (("install", "Installing what"), ("package", "Packing"),
                                       ("template", "Writing the templates"),
                                       ("other", "Generating other")) if text in said}
        launched = set(re.findall(r"/bin/gordon (\w+)", LOG.read_text()))
        if "touch other" in LOG.read_text():
            launched.add("other")
        return ran, launched

    def check_changes(self, launched):
        """Checks that each change runs its edges, and that nothing runs without a change."""
        def check(expected):
            ran, through = self.build()
            self.assertEqual(ran, expected)
            self.assertEqual(through, expected if launched else set())
        check(set())
        self.write("demo/folder/code.py", "x = 2\n")
        check({"package"})
        self.write("demo/folder/new.py", "x = 2\n")
        check({"package"})
        self.write("demo/folder/requirements.txt", "second\n")
        check({"install", "package"})
        self.write("pip", FILES["pip"].replace("pip 1", "pip 2"))
        check({"install", "package"})
        (PROJECT / "demo/folder/new.py").unlink()
        check({"package"})
        check(set())

    def test_places(self):
        for generator in GENERATORS:
            for place in PLACES if generator == NINJA else OTHERS:
                with self.subTest(generator=generator, place=place):
                    self.make(generator, PLACES[place])
                    ran, launched = self.build()
                    self.assertEqual(ran, EDGES | {"other"})
                    self.assertIn(launched, (set(), ran))  # all or none
                    if not place.startswith("target"):
                        self.assertEqual(launched, ran)
                    elif generator == MAKE:  # Ninja does not use the target's property
                        self.assertEqual(launched, ran if place == "target" else set())
                    self.check_changes(bool(launched))

    def test_none(self):
        """Without a launcher, no program of CMake runs after the command."""
        for generator in GENERATORS:
            with self.subTest(generator=generator):
                self.make(generator, {})
                self.assertEqual(self.build(), (EDGES | {"other"}, set()))
                self.check_changes(False)
                if generator != MAKE:
                    rules = "".join(path.read_text() for path in (
                        BUILD / "build.ninja", *BUILD.glob("CMakeFiles/impl-*.ninja")))
                    self.assertIn("/bin/gordon", rules)
                    self.assertNotIn("cmake_transform_depfile", rules)
                    depfiles = re.findall(r"^  depfile = .*/plan\.json\.d$(?:\n  deps = gcc$)?", rules, re.M)
                    self.assertTrue(all("deps = gcc" in d for d in depfiles) and depfiles, depfiles)

    def test_instrumentation(self):
        """CMake instrumentation sets its own launcher."""
        if "cmake_instrumentation" not in self.run_cmake("--help-command-list"):
            self.skipTest("this CMake has none")
        for generator in GENERATORS:
            with self.subTest(generator):
                self.make(generator, {
                    "first": "cmake_instrumentation(API_VERSION 1 DATA_VERSION 1)"})
                self.assertEqual(self.build()[0], EDGES | {"other"})
                self.check_changes(False)


if __name__ == "__main__":
    unittest.main()
