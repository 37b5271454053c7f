#!/usr/bin/env python3
"""A change in a workspace of npm runs the edges of the lambdas that have what changed, and no others.

usage: node_edges.py GENERATOR PREFIX

Exits with 77 if there is no npm.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

GENERATOR, PREFIX = sys.argv.pop(1), sys.argv.pop(1)
FILES = {
    "CMakeLists.txt": "cmake_minimum_required(VERSION 3.25)\nproject(edges LANGUAGES NONE)\n"
                      "find_package(Gordon 1.0 REQUIRED)\ngordon_add_project(demo SETTINGS settings.yml)\n",
    "settings.yml": "project: demo\ncode-bucket: demo\napps: [app]\n",
    "app/settings.yml": "lambdas:\n  fn: {code: fn, runtime: node}\n  by: {code: by, runtime: node}\n",
    "package.json": {"name": "root", "private": True, "workspaces": ["packages/*", "app/fn"]},
    "package-lock.json": {"name": "root", "lockfileVersion": 3, "requires": True, "packages": {
        "": {"name": "root", "workspaces": ["packages/*", "app/fn"]},
        "app/fn": {"name": "fn", "version": "1.0.0", "dependencies": {"lib": "*"}},
        "packages/lib": {"name": "lib", "version": "1.0.0"},
        "packages/other": {"name": "other", "version": "1.0.0"},
        **{f"node_modules/{n}": {"resolved": f, "link": True} for n, f in {
            "fn": "app/fn", "lib": "packages/lib", "other": "packages/other"}.items()}}},
    "app/fn/package.json": {"name": "fn", "version": "1.0.0", "dependencies": {"lib": "*"}},
    "app/fn/code.js": "exports.handler = async () => require('lib')\n",
    "app/by/package.json": {"name": "by", "version": "1.0.0",
                            "dependencies": {"shared": "file:../../shared"}},
    "app/by/code.js": "exports.handler = async () => require('shared')\n",
    **{f"{folder}/package.json": {"name": pathlib.Path(folder).name, "version": "1.0.0", "main": "i.js"}
       for folder in ("packages/lib", "packages/other", "shared")},
    **{f"{folder}/i.js": "1\n" for folder in ("packages/lib", "packages/other", "shared")},
}


class Edges(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gordon-node-edges-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder)
        os.environ["GORDON_CACHE_DIR"] = str(self.folder / "cache")
        for name, text in FILES.items():
            self.write(name, text)
        self.run_cmake("-S", self.folder / "project", "-B", self.folder / "build", "-G", GENERATOR,
                       f"-DCMAKE_PREFIX_PATH={PREFIX}")

    def write(self, name, text):
        path = self.folder / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if isinstance(text, str) else json.dumps(text))

    def run_cmake(self, *arguments):
        run = subprocess.run(["cmake", *map(str, arguments)], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def build(self):
        said = self.run_cmake("--build", self.folder / "build")
        return set(re.findall(r"Packing (\S+)", said)) | {
            "install " + name for name in re.findall(r"Installing what (\S+)", said)}

    def test_edges(self):
        fn, by = {"app.fn", "install app.fn"}, {"app.by", "install app.by"}
        self.assertEqual(self.build(), fn | by)
        for change, ran in ((lambda: None, set()),
                            (lambda: self.write("packages/lib/i.js", "2\n"), fn),
                            (lambda: self.write("packages/lib/new.js", ""), fn),
                            (lambda: self.write("packages/other/i.js", "2\n"), set()),
                            (lambda: self.write("shared/i.js", "2\n"), by),
                            (lambda: self.write("app/fn/code.js", "exports.handler = 1\n"), {"app.fn"})):
            change()
            self.assertEqual(self.build(), ran)
            self.assertEqual(self.build(), set())
        with zipfile.ZipFile(self.folder / "build/demo/code/app_fn.zip") as zipped:
            self.assertEqual(zipped.read("node_modules/lib/i.js"), b"2\n")
            self.assertIn("node_modules/lib/new.js", zipped.namelist())


if __name__ == "__main__":
    if not shutil.which("npm"):
        print("there is no npm")
        sys.exit(77)
    unittest.main()
