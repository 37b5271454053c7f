#!/usr/bin/env python3
"""Files and folders with any name are packed, a change of one packs again, and a second build does
nothing. A name that CMake cannot handle is an error.

usage: file_names.py GENERATOR PREFIX WORK
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest
import zipfile

GENERATOR, PREFIX, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
del sys.argv[1:4]
MAKE = "Makefiles" in GENERATOR

SIGNS = [*" \t\n\r\x01\x7f!\"#$%&'()*+,-:;<=>?@[\\]^`{|}~", "é", "\\#", "\\ ", "\\$", "\\\\", "[ab]",
         "(1)", "$(x)", "${x}", "$$", " #", "%%", "::"]
LISTS = """cmake_minimum_required(VERSION 3.25)
project(names LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
gordon_add_project(demo SETTINGS settings.yml)
"""
# Refused in the paths of settings files, because CMake writes these paths into its own files.
REFUSED = {";", "|", "\\", "\t", "\r", "[", "]", "\\#", "\\ ", "\\$", "\\\\", "${x}"}
REFUSED_BY_MAKE = {'"', ":", "::"}


class FileNames(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        self.project, self.build = WORK / "project", WORK / "build"

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_cmake(self, *words, fails=False):
        run = subprocess.run(["cmake", *map(str, words)], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode != 0, fails, run.stdout)
        return run.stdout

    def configure(self, fails=False):
        return self.run_cmake("-S", self.project, "-B", self.build, "-G", GENERATOR,
                              "-DCMAKE_PREFIX_PATH=%s" % PREFIX, fails=fails)

    def packed(self):
        return set(re.findall(r"Packing (\w+)", self.run_cmake("--build", self.build)))

    def zipped(self, name):
        with zipfile.ZipFile(self.build / "demo" / "code" / ("_%s.zip" % name)) as zipped:
            return {entry: zipped.read(entry) for entry in zipped.namelist()}

    def make_project(self):
        """Makes three lambdas for each sign: in a file name, at its end, and in the name of the code folder."""
        settings, files = "project: demo\ncode-bucket: demo\nlambdas:\n", {}
        for i, sign in enumerate(SIGNS):
            for kind, folder, file in (("mid", "", "x%sy.txt" % sign), ("end", "", "x" + sign),
                                       ("folder", "x%sy" % sign, "code.py")):
                name = "%s%d" % (kind, i)
                settings += "  %s: {code: %s, runtime: python}\n" % (name, json.dumps(name + folder))
                self.write(name + folder + "/code.py", "x = 1\n")
                self.write(name + folder + "/xay.txt", "what a pattern may stand for\n")
                if not file.endswith("~"):  # a backup of an editor is not packed
                    files[name] = self.write(name + folder + "/" + file, "x = 1\n")
        self.write("settings.yml", settings)
        self.write("CMakeLists.txt", LISTS)
        return files

    def names(self, lambdas):
        """Returns the signs of these lambdas, for messages."""
        return sorted((name, SIGNS[int(re.sub(r"\D", "", name))]) for name in lambdas)

    def test_code(self):
        files = self.make_project()
        self.configure()
        self.assertEqual(len(self.packed()), 3 * len(SIGNS))
        self.assertEqual(self.names(self.packed()), [], "nothing has changed")
        time.sleep(0.02)
        for path in files.values():
            path.write_text("x = 22\n")
        self.assertEqual(self.names(set(files) - self.packed()), [], "a change is not seen")
        for name, path in files.items():
            self.assertEqual(self.zipped(name)[path.name], b"x = 22\n")
        self.assertEqual(self.names(self.packed()), [])
        time.sleep(0.02)
        gone = {name for name in files if not name.startswith("folder")}
        for name in gone:
            files[name].unlink()
        self.assertEqual(self.names(gone - self.packed()), [], "that it is gone is not seen")
        self.assertEqual(self.names(self.packed()), [])
        links = [path for path in self.build.rglob("*.links/*") if not path.exists()]
        self.assertEqual(links, [], "what a link stood for is gone, and so is the link")

    def test_settings(self):
        """The name of an app's folder has the sign."""
        refused = REFUSED | (REFUSED_BY_MAKE if MAKE else set())
        self.write("CMakeLists.txt", LISTS)
        for sign in SIGNS:
            if sign == "\n":  # no name of an app may have it
                continue
            with self.subTest(sign=sign):
                app = "x%sy" % sign
                self.write("settings.yml", "project: demo\ncode-bucket: demo\napps: [%s]\n"
                           % json.dumps(app))
                own = self.write(app + "/settings.yml", "lambdas: {a: {code: code.py}}\n")
                self.write(app + "/code.py", "x = 1\n")
                shutil.rmtree(self.build, ignore_errors=True)
                if sign in refused:
                    said = self.configure(fails=True)
                    self.assertIn("rename the file or its folder", " ".join(said.split()))
                    continue
                self.configure()
                self.assertIn("Writing", self.run_cmake("--build", self.build))
                self.assertNotRegex(self.run_cmake("--build", self.build), "Writing|Packing|Config")
                time.sleep(0.02)
                own.write_text("lambdas: {a: {code: code.py, memory: 256}}\n")
                self.assertIn("Writing", self.run_cmake("--build", self.build))


if __name__ == "__main__":
    unittest.main()
