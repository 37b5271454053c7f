#!/usr/bin/env python3
"""Lock files by their own tools, which are in VENV: uv, poetry and pipenv; and pyproject.toml by pip.

usage: python_tools.py GORDON WORK PREFIX VENV
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest
import zipfile

from packages import write_package, write_wheel

GORDON, WORK, PREFIX, VENV = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], pathlib.Path(sys.argv[4])
del sys.argv[1:5]
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
LOCKS = pathlib.Path(__file__).resolve().parent / "locks"  # of the package libs/pa, which needs six
SIX = ["sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274",
       "sha256:ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81"]
PIPFILE_LOCK = {"_meta": {"hash": {"sha256": "0" * 64}, "pipfile-spec": 6, "requires": {},
                          "sources": [{"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": True}]},
                "default": {"pa": {"path": "./libs/pa"},
                            "six": {"hashes": SIX, "index": "pypi", "version": "==1.17.0"}},
                "develop": {"iniconfig": {"hashes": SIX, "version": "==2.3.1"}}}
PIPFILE = "[packages]\npa = {path = './libs/pa'}\n"
PROJECT = "[project]\nname = 'pa'\nversion = '1'\ndependencies = ['six']\n\n"


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        self.project, self.tools = WORK / "a project", WORK / "tools"
        self.tools.mkdir(parents=True)
        for tool in "uv", "poetry", "pipenv":
            (self.tools / tool).symlink_to(VENV / "bin" / tool)
        self.env = {**os.environ, "GORDON_CACHE_DIR": str(WORK / "cache"),
                    "PATH": f"{self.tools}:/usr/local/bin:/usr/bin:/bin"}
        if os.path.exists(CERTIFICATES):  # uv has its own, which do not know a proxy's
            self.env.setdefault("SSL_CERT_FILE", CERTIFICATES)
        self.write("fn/code.py", "x = 1\n")
        self.write("settings.yml", "project: demo\ncode-bucket: demo\n"
                   f"pip-path: '\"{VENV}/bin/python\" -m pip'\n"
                   "lambdas:\n  fn:\n    code: fn\n    runtime: python3.13\n")

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def package(self, folder="fn/libs/pa"):
        write_package(self.project / folder, "pa", needs=["six"])
        self.write(f"{folder}/pyproject.toml", PROJECT + (self.project / folder / "pyproject.toml").read_text())

    def build(self, status=0):
        run = subprocess.run([GORDON, "build", "--debug"], cwd=self.project, text=True, env=self.env,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, status, run.stdout)
        return run.stdout

    def installed(self):
        own = {str(path.relative_to(self.project / "fn")) for path in (self.project / "fn").rglob("*")}
        with zipfile.ZipFile(self.project / "_build/code/_fn.zip") as zipped:
            return {name for name in zipped.namelist() if name not in own and ".dist-info" not in name}

    def zipped(self, name):
        with zipfile.ZipFile(self.project / "_build/code/_fn.zip") as zipped:
            return zipped.read(name).decode()


class Tools(Case):
    def check(self, files):
        """Installs what is locked, also from a local package, and leaves the source alone."""
        self.package()
        for name, text in files.items():
            self.write(f"fn/{name}", text)
        before = {path for path in self.project.rglob("*")}
        self.assertNotIn("warning", self.build())
        self.assertEqual(self.installed(), {"pa/__init__.py", "six.py"})
        self.assertEqual({path for path in self.project.rglob("*") if "_build" not in path.parts}, before)
        self.build()
        self.assertNotIn("packing", self.build())
        time.sleep(0.1)
        self.write("fn/libs/pa/pa/__init__.py", "changed\n")
        self.build()
        self.assertEqual(self.zipped("pa/__init__.py"), "changed\n")

    def check_missing(self, tool, note):
        (self.tools / tool).unlink()
        shutil.rmtree(WORK / "cache")
        shutil.rmtree(self.project / "_build")
        said = self.build(status=21)
        self.assertIn(f"could not be installed: {tool} cannot be started", said)
        self.assertIn(note, said)

    def test_uv(self):
        self.check({"uv.lock": (LOCKS / "uv.lock").read_text(), "pyproject.toml": (LOCKS / "uv.toml").read_text()})
        self.check_missing("uv", "fn/uv.lock: note: install uv, or write requirements.txt by 'uv export")

    def test_poetry(self):
        self.check({"poetry.lock": (LOCKS / "poetry.lock").read_text(),
                    "pyproject.toml": (LOCKS / "poetry.toml").read_text()})
        self.write("fn/pyproject.toml", (LOCKS / "poetry.toml").read_text().replace(">=3.10", ">=3.9"))
        self.assertIn("poetry.lock was last generated", self.build(status=21))
        (self.tools / "poetry").unlink()
        (self.tools / "poetry").write_text("#!/bin/sh\n[ \"$1\" = --version ] && exit\n"
                                           "echo 'The requested command export does not exist.' >&2\nexit 1\n")
        (self.tools / "poetry").chmod(0o755)
        self.assertIn("poetry self add poetry-plugin-export", self.build(status=21))
        self.check_missing("poetry", "fn/poetry.lock: note: install poetry with poetry-plugin-export")

    def test_pipenv(self):
        self.check({"Pipfile": PIPFILE, "Pipfile.lock": json.dumps(PIPFILE_LOCK)})
        self.write("fn/Pipfile.lock", "{}")  # pipenv would write it
        self.build()
        self.assertEqual((self.project / "fn/Pipfile.lock").read_text(), "{}")
        self.check_missing("pipenv", "fn/Pipfile.lock: note: install pipenv, or write requirements.txt")
        (self.project / "fn/Pipfile.lock").unlink()
        self.assertRegex(self.build(status=21), "fn/Pipfile: error: there is no lock file beside it; .*'pipenv lock'")

    def test_pylock(self):
        text = (LOCKS / "uv.lock").read_text()
        wheel = re.search(r'https://[^"]*six-[^"]*\.whl', text).group()
        lock = ('lock-version = "1.0"\ncreated-by = "x"\n\n[[packages]]\nname = "six"\nversion = "1.17.0"\n'
                f'wheels = [{{ url = "{wheel}", hashes = {{ sha256 = "{SIX[0][7:]}" }} }}]\n')
        self.write("fn/pylock.toml", lock)
        self.build()
        self.assertEqual(self.installed(), {"six.py"})
        self.write("fn/pylock.toml", lock + '\n[[packages]]\nname = "pa"\ndirectory = { path = "../../pa" }\n')
        self.assertRegex(self.build(status=21), r"fn/pylock\.toml:11:22: error: ../../pa is outside of the project")

    def test_workspace(self):
        """The lock file of a workspace is above its members."""
        self.package("libs/pa")
        self.write("pyproject.toml", '[tool.uv.workspace]\nmembers = ["fn", "libs/*"]\n')
        self.write("fn/pyproject.toml", '[project]\nname = "one"\nversion = "1"\nrequires-python = ">=3.10"\n'
                   'dependencies = ["pa"]\n\n[tool.uv.sources]\npa = { workspace = true }\n')
        lock = re.sub(r'\[\[package\]\]\nname = "app".*?(?=\[\[package\]\]\nname = "pa")', '[[package]]\nname = "one"\n'
                      'version = "1"\nsource = { virtual = "fn" }\ndependencies = [{ name = "pa" }]\n\n'
                      '[package.metadata]\nrequires-dist = [{ name = "pa", editable = "libs/pa" }]\n\n',
                      (LOCKS / "uv.lock").read_text(), flags=re.S)
        self.write("uv.lock", lock.replace('\n[[package]]', '\n[manifest]\nmembers = ["one", "pa"]\n\n[[package]]', 1))
        self.assertNotIn("warning", self.build())
        self.assertEqual(self.installed(), {"pa/__init__.py", "six.py"})
        (self.project / "uv.lock").unlink()
        self.assertRegex(self.build(status=21), r"fn/pyproject\.toml:7:1: error: pip does not read \[tool\.uv\.sources\]")


class Project(Case):
    """pyproject.toml without a lock file."""

    def test_dependencies(self):
        write_wheel(self.project / "wheels", "pb")
        write_wheel(self.project / "wheels", "pc")
        with (self.project / "settings.yml").open("a") as file:
            file.write("    pip-install-extra: --no-index --find-links ../wheels\n")
        self.write("fn/pyproject.toml", "[project]\nname = 'app'\nversion = '1'\ndependencies = [\n  'pb>=1', # x\n"
                   "  \"pc ; python_version > '3'\",\n]\n[project.optional-dependencies]\nx = ['never']\n")
        said = self.build()
        self.assertEqual(self.installed(), {"pb.py", "pc.py"})
        self.assertRegex(said, r"fn/pyproject\.toml:5:3: warning: no exact version is required of pb, pc, ")
        self.write("fn/pyproject.toml", "[tool.x]\ndependencies = ['never']\n")
        self.assertNotIn("warning", self.build())
        self.assertEqual(self.installed(), set())

    def test_errors(self):
        for text, place, words in (
                ("[project]\ndynamic = ['version', 'dependencies']\n", "2:23", "write them to requirements.txt"),
                ("[tool.poetry.dependencies]\nx = '1'\n", "1:1", "'poetry lock'"),
                ("[tool.uv]\nsources.x.path = 'x'\n", "2:18", "'uv lock'"),
                ("[project]\ndependencies = ['../x']\n", "2:17", "is outside of the project|is not there"),
                ("[project]\ndependencies = ['x'\n", "3:1", "this is not TOML")):
            with self.subTest(text=text):
                self.write("fn/pyproject.toml", text)
                self.assertRegex(self.build(status=21), rf"fn/pyproject\.toml:{place}: error: .*({words})")

    def test_order(self):
        """requirements.txt comes first."""
        write_wheel(self.project / "wheels", "pb")
        self.write("fn/requirements.txt", "--no-index\n--find-links ../wheels\npb==1\n")
        for name in "uv.lock", "poetry.lock", "pylock.toml", "Pipfile.lock", "Pipfile", "pyproject.toml":
            self.write(f"fn/{name}", "this is not read")
        self.assertNotIn("warning", self.build())
        self.assertEqual(self.installed(), {"pb.py"})


class Unpinned(Case):
    def test_one_warning(self):
        """All names are in one warning of a build: again as long as they are not pinned; in CMake, when it configures."""
        for name in "pb", "pc", "pd", "pe":
            write_wheel(self.project / "wheels", name)
        lines = "--no-index\n--find-links ../wheels\n"
        self.write("fn/requirements.txt", lines + "pb>=1\npc==1\npe\n-c ../limits.txt\n")
        self.write("limits.txt", "pe==1\n")
        self.write("two/requirements.txt", lines + "pb\npd\n")
        self.write("two/code.py", "x = 1\n")
        with (self.project / "settings.yml").open("a") as file:
            file.write("  two:\n    code: two\n    runtime: python3.13\n")
        warning = "fn/requirements.txt:3:1: warning: no exact version is required of pb, pd, so the zips may change"
        for said in self.build(), self.build(), self.build():
            self.assertEqual(said.count("warning"), 1, said)
            self.assertIn(warning, said)
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES NONE)\n"
                   "find_package(Gordon REQUIRED)\ngordon_add_project(demo SETTINGS settings.yml)\n")
        said = [subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.env).stdout
                for command in (["cmake", "-S", self.project, "-B", WORK / "build", f"-DCMAKE_PREFIX_PATH={PREFIX}"],
                                ["cmake", "--build", WORK / "build"])]
        self.assertEqual([text.count("no exact version") for text in said], [1, 0], said)
        self.write("fn/requirements.txt", lines + "pb==1\n")
        self.write("two/requirements.txt", lines + "pd==1\n")
        self.assertNotIn("warning", self.build())


if __name__ == "__main__":
    unittest.main()
