#!/usr/bin/env python3
"""The targets <name>-release, gordon_install, and CPack of a user's project.

usage: releases.py GENERATOR PREFIX WORK [TEST]
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import unittest

GENERATOR, PREFIX, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
del sys.argv[1:4]
PROJECT, BUILD = WORK / "project", WORK / "build dir"

FILES = {
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(user VERSION 2.5 LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
gordon_add_project(demo SETTINGS demo/settings.yml STAGES dev prod REGION eu-west-1)
gordon_install(demo)
gordon_install(demo DESTINATION other/place COMPONENT code)
set(CPACK_PACKAGE_FILE_NAME user)
include(CPack)
""",
    "demo/settings.yml": """project: demo
code-bucket: demo
lambdas:
  one: {code: one.py}
  two: {code: two.py}
""",
    "demo/one.py": "x = 1\n",
    "demo/two.py": "x = 1\n",
}
OUTPUTS = ["0001_p.json", "0002_pr_r.json", "0003_r.json", "code/_one.zip", "code/_two.zip"]


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


class Made(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        for name, text in FILES.items():
            self.write(name, text)
        self.run_cmake("-S", PROJECT, "-B", BUILD, "-G", GENERATOR, f"-DCMAKE_PREFIX_PATH={PREFIX}")

    def write(self, name, text):
        (PROJECT / name).parent.mkdir(parents=True, exist_ok=True)
        (PROJECT / name).write_text(text)

    def run_cmake(self, *arguments, program="cmake", status=0):
        run = subprocess.run([program, *map(str, arguments)], text=True, cwd=WORK,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, status, run.stdout)
        return run.stdout

    def build(self, *targets):
        arguments = ["--target", *targets] if targets else []
        return self.run_cmake("--build", BUILD, *arguments)


class Release(Made):
    def made(self, *targets):
        """Builds, and returns the stages whose releases the build wrote."""
        said = self.build(*targets or ["demo-release-prod"])
        return re.findall(r"demo: release, stage (\S+)", said)

    def content(self, stage="prod"):
        with tarfile.open(BUILD / f"demo-{stage}.tar.gz") as tar:
            return {info.name: tar.extractfile(info).read().decode("latin-1") for info in tar}

    def test_release(self):
        self.assertEqual(self.made(), ["prod"])
        self.assertEqual(sorted(self.content()), OUTPUTS + ["manifest.json"])
        self.assertIn('"region": "eu-west-1"', self.content()["manifest.json"])
        self.run_cmake("release", "--project", PROJECT / "demo", "--build-dir", BUILD / "demo",
                       "--stage", "prod", "--region", "eu-west-1", "--output", WORK / "same.tar.gz",
                       program=PREFIX / "bin/gordon")
        self.assertEqual((WORK / "same.tar.gz").read_bytes(),
                         (BUILD / "demo-prod.tar.gz").read_bytes())
        self.assertEqual(self.made(), [], "nothing has changed")
        self.assertFalse((BUILD / "demo-dev.tar.gz").exists())
        self.assertEqual(files(BUILD / "demo"), [".gordon/work", ".gordon/zips", *OUTPUTS])

    def test_parameters_come_change_and_go(self):
        self.assertEqual(self.made(), ["prod"])
        self.write("demo/parameters/prod.yml", "A: 1\n")
        self.assertEqual(self.made(), ["prod"])
        self.assertEqual(self.content()["parameters/prod.yml"], "A: 1\n")
        self.assertEqual(self.made(), [])
        self.write("demo/parameters/prod.yml", "A: 2\n")
        self.assertEqual(self.made(), ["prod"])
        self.assertEqual(self.content()["parameters/prod.yml"], "A: 2\n")
        self.write("demo/parameters/common.yml", "A: 2\n")
        self.assertEqual(self.made(), ["prod"])
        self.assertIn("parameters/common.yml", self.content())
        (PROJECT / "demo/parameters/prod.yml").unlink()
        self.assertEqual(self.made(), ["prod"])
        self.assertNotIn("parameters/prod.yml", self.content())
        self.assertEqual(self.made(), [])

    def test_code_and_settings_change(self):
        self.assertEqual(self.made(), ["prod"])
        before = self.content()
        self.write("demo/one.py", "x = 2\n")
        self.assertEqual(self.made(), ["prod"])
        changed = {name for name, data in self.content().items() if data != before[name]}
        self.assertEqual(changed, {"code/_one.zip", "manifest.json"})
        self.write("demo/settings.yml", FILES["demo/settings.yml"].replace(
            "  two: {code: two.py}\n", ""))
        self.assertEqual(self.made(), ["prod"])
        self.assertNotIn("code/_two.zip", self.content())
        self.assertEqual(self.made(), [])

    def test_release_moved_away(self):
        self.assertEqual(self.made(), ["prod"])
        (BUILD / "demo-prod.tar.gz").unlink()
        self.assertEqual(self.made(), ["prod"])

    def test_stages(self):
        """demo-release is for GORDON_STAGE. If STAGES has that stage too, both targets share one edge."""
        self.assertEqual(self.made("demo-release"), ["dev"])
        self.assertEqual(self.made("demo-release", "demo-release-dev"), [])
        self.run_cmake("-S", PROJECT, "-B", BUILD, "-DGORDON_STAGE=test")
        self.assertEqual(self.made("demo-release"), ["test"])
        self.assertIn('"stage": "test"', self.content("test")["manifest.json"])
        self.assertEqual(self.made("demo-release"), [])

    def test_release_and_build_at_once(self):
        """A parallel build of all targets runs each edge once."""
        said = self.run_cmake("--build", BUILD, "--parallel", "2", "--target", "demo",
                              "demo-release-dev", "demo-release-prod", "demo-release")
        for text in ("Packing one", "Packing two", "Writing the templates", "stage dev",
                     "stage prod"):
            self.assertEqual(said.count(text), 1, said)


class Install(Made):
    def install(self, *arguments):
        shutil.rmtree(WORK / "prefix", ignore_errors=True)
        self.run_cmake("--install", BUILD, "--prefix", WORK / "prefix", *arguments)

    def check_same(self, folder):
        self.assertEqual(files(folder), OUTPUTS)
        for name in OUTPUTS:
            self.assertEqual((folder / name).read_bytes(), (BUILD / "demo" / name).read_bytes())

    def test_install(self):
        self.build()
        (BUILD / "demo/code/stale.zip").write_text("stale")
        (BUILD / "demo/0009_r.json").write_text("{}")
        self.install()
        (BUILD / "demo/code/stale.zip").unlink()
        self.check_same(WORK / "prefix/share/demo")
        self.check_same(WORK / "prefix/other/place")

    def test_component(self):
        self.build()
        self.install("--component", "code")
        self.assertEqual(os.listdir(WORK / "prefix"), ["other"])
        self.check_same(WORK / "prefix/other/place")

    def test_lambda_removed(self):
        self.build()
        self.write("demo/settings.yml", FILES["demo/settings.yml"].replace(
            "  two: {code: two.py}\n", ""))
        self.build()
        self.install()
        self.assertEqual(files(WORK / "prefix/share/demo"),
                         [name for name in OUTPUTS if name != "code/_two.zip"])

    def test_data_folder_of_the_user(self):
        self.write("CMakeLists.txt", FILES["CMakeLists.txt"].replace(
            "gordon_install(demo)", "set(CMAKE_INSTALL_DATADIR data)\ngordon_install(demo)"))
        self.build()
        self.install()
        self.check_same(WORK / "prefix/data/demo")

    def test_cpack(self):
        self.build()
        self.run_cmake("-G", "TGZ", "--config", BUILD / "CPackConfig.cmake", "-B", WORK / "packed",
                       program="cpack")
        self.run_cmake("-xzf", WORK / "packed/user.tar.gz", program="tar")
        self.check_same(WORK / "user/share/demo")
        self.check_same(WORK / "user/other/place")


if __name__ == "__main__":
    unittest.main()
