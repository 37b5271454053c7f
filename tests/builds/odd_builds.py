#!/usr/bin/env python3
"""Builds in unusual places and of unusual projects. Each was a bug once. A second build does nothing.

usage: odd_builds.py GENERATOR PREFIX WORK
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import time
import unittest
import zipfile

GENERATOR, PREFIX, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
del sys.argv[1:4]
NINJA = GENERATOR == "Ninja"

LISTS = """cmake_minimum_required(VERSION 3.25)
project(odd LANGUAGES {languages})
find_package(Gordon 1.0 REQUIRED)
{before}
gordon_add_project(demo SETTINGS {settings})
"""
SETTINGS = "project: odd\ncode-bucket: odd\n"


class OddBuilds(unittest.TestCase):
    def begin(self, files, place="project", settings="settings.yml", languages="NONE", before="", build="b",
              options=()):
        shutil.rmtree(WORK, ignore_errors=True)
        self.project = WORK / place
        self.build = self.project / build
        for name, text in files.items():
            self.write(name, text)
        self.write("CMakeLists.txt", LISTS.format(languages=languages, before=before, settings=settings))
        self.run_program("cmake", "-S", self.project, "-B", self.build, "-G", GENERATOR,
                         f"-DCMAKE_PREFIX_PATH={PREFIX}", *options)

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def link(self, name, target):
        """Makes or replaces a link in one step, as `ln -sfn` does."""
        new = self.project / f"{name}.new"
        new.parent.mkdir(parents=True, exist_ok=True)
        new.symlink_to(target)
        new.rename(self.project / name)

    def run_program(self, *words):
        run = subprocess.run([*map(str, words)], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def ran(self, *targets):
        """Builds, and returns the messages of the edges that ran."""
        said = self.run_program("cmake", "--build", self.build, *(f"--target={t}" for t in targets))
        found = re.findall(r"Packing (\S+)|(Writing the templates)|(release, stage)", said)
        return {next(filter(None, words)) for words in found}

    def zipped(self, name):
        with zipfile.ZipFile(self.build / "demo/code" / name) as zipped:
            return {entry: zipped.read(entry) for entry in zipped.namelist()}

    def test_release_in_a_place_that_no_depfile_can_name(self):
        self.begin({"settings.yml": SETTINGS + "lambdas: {one: {code: one.py}}\n", "one.py": "x = 1\n"},
                   place="R&D (it's new)" if NINJA else "it is new")
        self.assertEqual(self.ran("demo-release"), {"one", "Writing the templates", "release, stage"})
        self.write("one.py", "x = 2\n")
        self.assertEqual(self.ran("demo-release"), {"one", "release, stage"})
        with tarfile.open(self.build / "demo-dev.tar.gz") as release:
            packed = release.extractfile("code/_one.zip").read()
        self.assertEqual(packed, (self.build / "demo/code/_one.zip").read_bytes())
        self.assertEqual(self.ran("demo-release"), set())

    @unittest.skipIf(not NINJA, "Make cannot build there")
    def test_library_in_a_place_that_no_depfile_can_name(self):
        self.begin({"settings.yml": SETTINGS + "lambdas: {hello: {code: 'target://hello'}}\n",
                    "greet.c": "int greet(void) { return 1; }\n",
                    "hello.c": "int greet(void);\nint main(void) { return greet(); }\n"},
                   place="100% C", languages="C", before="""set(CMAKE_LINK_DEPENDS_NO_SHARED ON)
add_library(greet SHARED greet.c)
add_executable(hello hello.c)
target_link_libraries(hello greet)""")
        self.ran()
        self.write("greet.c", "int greet(void) { return 2; }\n")
        self.assertEqual(self.ran(), {"hello"})
        self.assertEqual(self.zipped("_hello.zip")["lib/libgreet.so"],
                         (self.build / "libgreet.so").read_bytes())
        self.assertEqual(self.ran(), set())

    def test_links_to_what_is_older(self):
        """The inputs of a zip have the target of each link, and the folder of the link, which is newer if the
        link changes."""
        files = {"settings.yml": SETTINGS + """apps: [one]
""", "one/settings.yml": """lambdas:
  file: {code: file.py}
  folder: {code: folder, runtime: python}
  chain: {code: chain, runtime: python}
  deep: {code: deep, runtime: python}
""", "shared/first/code.py": "x = 1\n", "shared/second/code.py": "x = 2\n", "one/deep/code.py": "x = 0\n",
                 "one/chain/more.py": ""}

        def link(which):
            self.link("one/file.py", f"../shared/{which}/code.py")
            self.link("one/folder", f"../shared/{which}")
            self.link("shared/file", f"{which}/code.py")
            self.link("shared/folder", which)
        self.project = WORK / "project"
        shutil.rmtree(WORK, ignore_errors=True)
        link("first")
        for place, target in (("one/chain/code.py", "../../shared/file"),
                              ("one/deep/x.py", "../../shared/folder/code.py")):
            self.link(place, target)
        kept = WORK.with_name(WORK.name + ".kept")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.project, kept, symlinks=True)
        self.begin(files)
        shutil.copytree(kept, self.project, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(kept)
        lambdas = {"one." + name for name in ("file", "folder", "chain", "deep")}
        self.assertEqual(self.ran(), lambdas | {"Writing the templates"})
        time.sleep(0.05)
        link("second")
        self.assertEqual(self.ran(), lambdas)
        for name, entry in ("file", "code.py"), ("folder", "code.py"), ("chain", "code.py"), ("deep", "x.py"):
            self.assertEqual(self.zipped(f"one_{name}.zip")[entry], b"x = 2\n", name)
        self.assertEqual(self.ran(), set())

    def test_settings_of_an_app_appear(self):
        self.begin({"settings.yml": SETTINGS + "apps: [one]\n", "one/one.py": "x = 1\n"})
        self.assertEqual(self.ran(), {"Writing the templates"})
        self.write("one/settings.yml", "lambdas: {one: {code: one.py}}\n")
        self.assertEqual(self.ran(), {"one.one", "Writing the templates"})
        self.assertEqual(self.ran(), set())

    def test_parameters_newer_than_their_folder(self):
        self.begin({"settings.yml": SETTINGS + "lambdas: {one: {code: one.py, environment: "
                    "{TABLE: ref://Table}}}\n", "one.py": "x = 1\n"})
        self.ran()
        (self.project / "parameters").mkdir()
        time.sleep(0.05)
        self.write("parameters/dev.yml", "Table: x\n")
        self.assertEqual(self.ran(), {"Writing the templates"})
        self.assertEqual(self.ran(), set())

    def test_code_around_the_build(self):
        self.begin({"settings.yml": SETTINGS + "lambdas: {one: {code: ., runtime: python}}\n",
                    "code.py": "x = 1\n"}, build="build tree")
        self.ran()
        self.assertEqual(self.ran(), set())
        self.assertEqual(set(self.zipped("_one.zip")), {"CMakeLists.txt", "code.py", "settings.yml"})

    @unittest.skipIf(not NINJA, "it is Ninja's")
    def test_subninja(self):
        """Another build includes this one by `subninja`, and runs in a folder above it."""
        self.begin({"settings.yml": SETTINGS, "one.py": "x = 1\n"},
                   before="""file(WRITE "${CMAKE_BINARY_DIR}/p/settings.yml"
    "project: odd\\ncode-bucket: odd\\nlambdas: {one: {code: one.py}}\\n")
configure_file(one.py p/one.py COPYONLY)""", settings="\"${CMAKE_BINARY_DIR}/p/settings.yml\"",
                   build="around/part", options=["-DCMAKE_NINJA_OUTPUT_PATH_PREFIX=part/"])
        around = self.build.parent
        (around / "build.ninja").write_text("subninja part/build.ninja\nbuild go: phony part/all\n"
                                            "default go\n")
        self.assertIn("Packing one", self.run_program("ninja", "-C", around))
        self.assertIn("no work to do", self.run_program("ninja", "-C", around))
        os.utime(self.build / "p/one.py")
        self.assertIn("Packing one", self.run_program("ninja", "-C", around))
        self.assertIn("no work to do", self.run_program("ninja", "-C", around))


if __name__ == "__main__":
    unittest.main()
