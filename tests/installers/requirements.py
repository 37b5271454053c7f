#!/usr/bin/env python3
"""What a requirements file may name, by the real pip: local packages, archives, repositories, other files.

usage: requirements.py GORDON WORK PREFIX
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest
import zipfile

from packages import write_package, write_sdist, write_wheel

GORDON, WORK, PREFIX = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
del sys.argv[1:4]
PIP = f"'\"{sys.executable}\" -m pip'"


def settings(more=""):
    return ("project: demo\ncode-bucket: demo\npip-path: " + PIP +
            "\nlambdas:\n  fn:\n    code: fn\n    runtime: python3.13\n" + more)


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        os.environ["GORDON_CACHE_DIR"] = str(WORK / "cache")
        self.project = WORK / "a project"
        self.write("fn/code.py", "x = 1\n")
        self.write("settings.yml", settings())

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def build(self, requirements=None, status=0, project=None, **env):
        if requirements is not None:
            self.write("fn/requirements.txt", requirements)
        run = subprocess.run([GORDON, "build", "--debug"], cwd=project or self.project, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **env})
        self.assertEqual(run.returncode, status, run.stdout)
        return run.stdout

    def content(self, project=None):
        with zipfile.ZipFile((project or self.project) / "_build/code/_fn.zip") as zipped:
            return {name: zipped.read(name).decode("latin-1") for name in zipped.namelist()}

    def installed(self, project=None):
        """The names of files that were installed, without metadata."""
        own = {str(path.relative_to(self.project / "fn")) for path in (self.project / "fn").rglob("*")}
        return {name for name in self.content(project) if name not in own and ".dist-info" not in name}


class Markers(Case):
    """Whatever Python runs pip, markers are about the lambda's: of the file, and of packages that it needs."""

    def test_markers(self):
        for name in "abdefgh":
            write_wheel(self.project / "wheels", f"p{name}")
        write_wheel(self.project / "wheels", "pc", needs=["pd ; python_version == '3.13'", "pe ; python_version != '3.13'"])
        self.write("fn/requirements.txt", "--no-index\n--find-links ../wheels\n"
                   "pa==1 ; python_version == '3.13' and sys_platform == 'linux'\n"
                   "pb==1 ; python_version < '3.13' or implementation_name == 'pypy'\n"
                   "pc==1\n"
                   "pf==1 ; platform_machine == 'aarch64'\n"
                   "pg==1 ; python_full_version < '3.13.3'\n"
                   "ph==1 ; python_full_version >= '3.9.2'\n")
        for runtime, machine, expected in (("3.13", "x86_64", "acdh"), ("3.13", "arm64", "acdfh"), ("3.9", "x86_64", "bcegh")):
            with self.subTest(runtime, machine=machine):
                self.write("settings.yml", settings(f"    architecture: {machine}\n").replace("3.13", runtime))
                self.build()
                self.assertEqual(self.installed(), {f"p{name}.py" for name in expected})

    def test_own_sitecustomize(self):
        """Of the Python that runs pip: it may be what finds the registry."""
        write_wheel(self.project / "wheels", "pa")
        self.write("site/sitecustomize.py", f"open({str(WORK / 'ran')!r}, 'a').close()\n")
        self.build("--no-index\n--find-links ../wheels\npa==1\n", PYTHONPATH=str(self.project / "site"))
        self.assertEqual(self.installed(), {"pa.py"})
        self.assertTrue((WORK / "ran").exists())


class Named(Case):
    """Each way to name something outside of the file."""

    def test_local_packages(self):
        for i, name in enumerate("abcdefg"):
            write_package(self.project / f"libs/p{name}", f"p{name}")
        write_package(self.project / "with space/ph", "ph")
        write_sdist(self.project / "archives", "pi")
        write_wheel(self.project / "archives", "pj")
        write_wheel(self.project / "fn/wheels", "pk")
        write_wheel(self.project / "fn/wheels", "pl", version="1")
        write_wheel(self.project / "fn/wheels", "pl", version="2")
        self.write("more/more.txt", "-e ../libs/pf\n-c limits.txt\n")  # packages start at the code folder
        self.write("more/limits.txt", "pl<2 # not the newest\n")
        before = {path for path in self.project.rglob("*")}
        self.build("# comment \\\n"
                   "-e ../libs/pa\n"
                   "  --editable=../libs/pb  # comment\n"
                   "../libs/pc ; python_version > '3'\n"
                   "pd @ file:../libs/pd\n"
                   f"pe[extra] @ file://{str(self.project).replace(' ', '%20')}/libs/pe\n"
                   "-r ../more/more.txt\n"
                   "-e${FOLDER}/pg\n"
                   "../with space/ph\n"
                   "../archives/pi-1.tar.gz\n"
                   "../archives/pj-1-py3-none-any.whl\n"
                   "--no-index --find-links wheels\n"
                   "pk \\\n    == 1\n"
                   "pl\n"
                   "./never ; python_version < '3'\n".replace("./never", "../libs/pa"), FOLDER="../libs")
        self.assertEqual(self.installed(), {f"p{name}/__init__.py" for name in "abcdefghi"}
                         | {"pj.py", "pk.py", "pl.py"})
        self.assertEqual(self.content()["pl.py"], "version = '1'\n")
        made = {path for path in self.project.rglob("*") if "_build" not in path.parts} - before
        self.assertEqual(made, {self.project / "fn/requirements.txt"})
        for name, text in self.content().items():
            self.assertNotIn(str(WORK), text.replace(str(self.project).replace(" ", "%20"), "")
                             if name == "requirements.txt" else text, name)

    def test_errors_have_a_line(self):
        outside = WORK / "outside"
        write_package(outside, "out")
        self.write("fn/sub/empty.txt", "")
        lines = {
            "-e ../../outside": "is outside of the project",
            f"out @ file://{outside}": "is outside of the project",
            f"--find-links {outside}": "is outside of the project",
            f"--index-url file://{outside}/simple": "is outside of the project",
            "-r ../../outside/r.txt": "is outside of the project",
            "-c ../../outside/r.txt": "is outside of the project",
            "./missing": "is not there",
            "-c missing.txt": "is not there",
            "./sub": "neither pyproject.toml nor setup.py",
            "./sub/empty.txt": "give a list of requirements by -r",
            "-r https://example.org/r.txt": "download it into the project",
            "--no-binary x": "remove --no-binary",
            "--upgrade": "no option of a requirements file",
            "one two": "this is no requirement",
            "--find-links": "needs a value",
            "--hash=sha256:00": "must follow a requirement",
        }
        said = self.build("# first\n" + "\\\n".join(["", ""]) + "".join(f"  {line}\n" for line in lines), status=21)
        for i, (line, words) in enumerate(lines.items()):
            with self.subTest(line=line):
                self.assertRegex(said, rf"fn/requirements\.txt:{i + 3}:3: error: .*{words}")
        self.assertFalse((self.project / "_build/code/_fn.zip").exists())

    def test_repository(self):
        """A repository, also an editable one, is installed as a package, by the commit."""
        if not shutil.which("git"):
            self.skipTest("there is no git")
        write_package(self.project / "repository", "pa")
        git = ["git", "-C", self.project / "repository", "-c", "user.name=x", "-c", "user.email=x@example.org"]
        for command in ["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "one"]:
            subprocess.run([*git, *command], check=True)
        commit = subprocess.run([*git, "rev-parse", "HEAD"], stdout=subprocess.PIPE, text=True).stdout.strip()
        self.write("repository/pa/__init__.py", "later\n")
        url = f"git+file://{str(self.project / 'repository').replace(' ', '%20')}@{commit}"
        for line in f"-e {url}#egg=pa", f"{url}#egg=pa":
            self.build(line + "\n")
            self.assertEqual(self.installed(), {"pa/__init__.py"})
            self.assertNotIn("later", self.content()["pa/__init__.py"])

    def test_variables(self):
        """The value of a variable decides, but not that of a password."""
        write_wheel(self.project / "one", "pa", version="1")
        write_wheel(self.project / "two", "pa", version="2")
        lines = "--no-index\n--find-links ../${PLACE}\n--extra-index-url https://${USER_X}:${TOKEN_X}@example.org/\npa\n"
        self.build(lines, PLACE="one", TOKEN_X="first-secret")
        self.assertIn("'1'", self.content()["pa.py"])
        self.build(PLACE="two", TOKEN_X="first-secret")
        self.assertIn("'2'", self.content()["pa.py"])
        self.build(PLACE="two", TOKEN_X="first-secret")  # the files were too new for stamps
        self.assertNotIn("packing", self.build(PLACE="two", TOKEN_X="second-secret"))
        for path in WORK.rglob("*"):
            self.assertTrue(path.is_dir() or b"-secret" not in path.read_bytes(), path)


class Local(Case):
    def test_leftovers_do_not_matter(self):
        """Builds of other tools in the source are neither packed nor installed; the bytes are the same elsewhere."""
        write_package(self.project / "fn/libs/pa", "pa")
        self.build("-e ./libs/pa\n")
        self.assertEqual(self.installed(), {"pa/__init__.py"})
        first = (self.project / "_build/code/_fn.zip").read_bytes()
        other = WORK / "elsewhere"
        shutil.copytree(self.project, other, ignore=shutil.ignore_patterns("_build"))
        for name in ("build/lib/pa/old.py", "build/bdist.linux-x86_64/x", "pa.egg-info/SOURCES.txt",
                     ".venv/pyvenv.cfg", ".venv/lib/site.py", ".venv/bin/python"):
            path = other / "fn/libs/pa" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
        (other / "fn/libs/pa/.venv/bin/python3").symlink_to(sys.executable)
        self.build(project=other, GORDON_CACHE_DIR=str(WORK / "cache 2"))
        self.assertEqual((other / "_build/code/_fn.zip").read_bytes(), first)

    def test_compiled(self):
        write_package(self.project / "libs/pa", "pa", tag="cp311-cp311-linux_x86_64")
        said = self.build("\n../libs/pa\n", status=21)
        self.assertRegex(said, r"fn/requirements\.txt:2:1: error: libs/pa has no wheel for Python 3\.13 on x86_64, "
                               "and is not pure Python")
        self.assertIn("pa-1-cp311-cp311-linux_x86_64.whl", said)

    def test_broken(self):
        write_package(self.project / "libs/pa", "pa")
        self.write("libs/pa/backend.py", "raise SystemExit('it is broken')\n")
        said = self.build("../libs/pa\n", status=21)
        self.assertRegex(said, r"fn/requirements\.txt:1:1: error: libs/pa, which fn needs, could not be built: ")
        self.assertIn("it is broken", said)

    def test_the_code_folder_itself(self):
        write_package(self.project / "fn", "fn_package")
        self.build("-e .\n")
        self.assertIn("fn_package-1.dist-info/METADATA", self.content())
        self.build()
        self.assertNotIn("packing", self.build())


class Sources(Case):
    """Packages without a wheel."""

    def test_pure(self):
        folder = self.project / "index"
        hashed = write_sdist(folder, "pa", needs=["pb>=1", "pc"])
        write_sdist(folder, "pb")
        write_wheel(folder, "pc", version="1")
        write_sdist(folder, "pc", version="2")
        (folder / "pc-2.tar.gz").write_bytes(b"a newer source that is not looked at, because there is a wheel")
        self.build("--no-index\n-f ../index\npa==1\n")
        self.assertEqual(self.installed(), {"pa/__init__.py", "pb/__init__.py", "pc.py"})
        first = (self.project / "_build/code/_fn.zip").read_bytes()
        shutil.rmtree(WORK / "cache")
        shutil.rmtree(self.project / "_build")
        self.build()
        self.assertEqual((self.project / "_build/code/_fn.zip").read_bytes(), first)
        digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
                   for name in ("pa-1.tar.gz", "pb-1.tar.gz", "pc-1-py3-none-any.whl")}
        lines = ("--no-index\n-f ../index\n"
                 f"pa==1 \\\n    --hash=sha256:{digests['pa-1.tar.gz']}\n"
                 f"pb==1 --hash=sha256:{digests['pb-1.tar.gz']}\npc==1 --hash=sha256:{digests['pc-1-py3-none-any.whl']}\n")
        self.build(lines)
        self.assertEqual(self.installed(), {"pa/__init__.py", "pb/__init__.py", "pc.py"})
        said = self.build(lines.replace(digests["pa-1.tar.gz"], "0" * 64), status=21)
        self.assertIn("DO NOT MATCH THE HASHES", said)
        hashed.unlink()
        self.assertIn("No matching distribution found for pa==1", self.build(lines, status=21))

    def test_not_pure(self):
        folder = self.project / "index"
        write_sdist(folder, "pa", tag="cp311-cp311-linux_x86_64")
        write_sdist(folder, "pb", tag="py2-none-any")
        write_wheel(folder, "pc", tag="cp313-cp313-manylinux_2_17_x86_64")
        write_wheel(folder, "pd", needs=["pa"])
        self.write("settings.yml", settings("    architecture: arm64\n"))
        options = "--no-index\n-f ../index\n"
        for name, words in {"pa": "pa-1-cp311-cp311-linux_x86_64.whl", "pb": "pb-1-py2-none-any.whl"}.items():
            said = self.build(options + f" {name}\n", status=21)
            self.assertRegex(said, rf"fn/requirements\.txt:3:2: error: {name} has no wheel for Python 3\.13 on arm64, "
                                   "and is not pure Python")
            self.assertIn(words, said)
        said = self.build(options + "pd\n", status=21)
        self.assertRegex(said, r"fn/requirements\.txt: error: pa has no wheel for Python 3\.13 on arm64")
        for name in "pc", "nowhere":
            said = self.build(options + f"{name}\n", status=21)
            self.assertIn(f"No matching distribution found for {name}", said)
            self.assertIn("the dependencies of fn could not be installed", said)

    def test_only_binary(self):
        write_sdist(self.project / "index", "pa")
        said = self.build("--no-index\n-f ../index\n--only-binary :all:\npa\n", status=21)
        self.assertIn("No matching distribution found for pa", said)


class Programs(Case):
    def test_programs(self):
        """Programs stay, with a first line that is the same everywhere."""
        path = write_wheel(self.project / "fn/wheels", "pa", scripts={
            "script.py": "#!python -E\nprint(1)\n", "shell": "#!/bin/sh\necho 1\n", "binary": "\x7fELF binary",
            "env": "#!/usr/bin/env python3\nprint(2)\n"}, files={
                "pa.py": "def main(): pass\n", "pa-1.dist-info/entry_points.txt": "[console_scripts]\npoint = pa:main\n"})
        self.write("long/settings.yml", "")
        self.build(f"./wheels/{path.name}\n")
        files = self.content()
        self.assertTrue(files["bin/script.py"].startswith("#!/usr/bin/env python3\nprint(1)"), files["bin/script.py"])
        self.assertTrue(files["bin/point"].startswith("#!/usr/bin/env python3\n"))
        self.assertEqual(files["bin/shell"], "#!/bin/sh\necho 1\n")
        self.assertEqual(files["bin/binary"], "\x7fELF binary")
        self.assertEqual(files["bin/env"], "#!/usr/bin/env python3\nprint(2)\n")
        self.assertNotIn(sys.executable, "".join(text for name, text in files.items() if name.startswith("bin/")))
        with zipfile.ZipFile(self.project / "_build/code/_fn.zip") as zipped:
            for name in "script.py", "point", "shell", "binary":
                self.assertEqual(zipped.getinfo(f"bin/{name}").external_attr >> 16 & 0o777, 0o755, name)


class Edges(Case):
    """What runs again after a change."""

    def run_all(self):
        """Builds, and returns what ran."""
        if not self.generator:
            said = self.build()
            return {"package"} if "packing" in said else set()
        run = subprocess.run(["cmake", "--build", WORK / "build"], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, 0, run.stdout)
        return {word for word, text in {"install": "Installing what", "package": "Packing"}.items()
                if text in run.stdout}

    def zipped(self, name):
        path = (WORK / "build/demo" if self.generator else self.project / "_build") / "code/_fn.zip"
        with zipfile.ZipFile(path) as zipped:
            return zipped.read(name).decode()

    def check(self, generator):
        self.generator = generator
        write_package(self.project / "libs/pa", "pa")
        write_wheel(self.project / "wheels", "pb", version="1")
        self.write("libs/other.py", "x = 1\n")
        self.write("fn/requirements.txt", "-r ../all.txt\n")
        self.write("all.txt", "-e ../libs/pa\n--no-index\n--find-links wheels\npb\n")
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES NONE)\n"
                   "find_package(Gordon REQUIRED)\ngordon_add_project(demo SETTINGS settings.yml)\n")
        if generator:
            subprocess.run(["cmake", "-G", generator, "-S", self.project, "-B", WORK / "build",
                            f"-DCMAKE_PREFIX_PATH={PREFIX}"], check=True, stdout=subprocess.DEVNULL)
        both = {"install", "package"} if generator else {"package"}
        self.assertEqual(self.run_all(), both)
        self.assertEqual(self.run_all(), set())
        time.sleep(1.1)
        self.write("libs/pa/pa/__init__.py", "two\n")
        self.assertEqual(self.run_all(), both)
        self.assertEqual(self.zipped("pa/__init__.py"), "two\n")
        self.write("libs/pa/pa/added.py", "x\n")
        self.assertEqual(self.run_all(), both)
        self.assertEqual(self.zipped("pa/added.py"), "x\n")
        (self.project / "libs/pa/pa/added.py").unlink()
        self.assertEqual(self.run_all(), both)
        with self.assertRaises(KeyError):
            self.zipped("pa/added.py")
        write_wheel(self.project / "wheels", "pb", version="2")
        self.assertEqual(self.run_all(), both)
        self.assertIn("'2'", self.zipped("pb.py"))
        self.write("libs/other.py", "x = 2\n")
        self.assertEqual(self.run_all(), set())
        self.write("fn/code.py", "x = 2\n")
        self.assertEqual(self.run_all(), {"package"})
        self.assertEqual(self.run_all(), set())

    def test_alone(self):
        self.check(None)

    def test_ninja(self):
        self.check("Ninja")

    def test_make(self):
        self.check("Unix Makefiles")


if __name__ == "__main__":
    unittest.main()
