#!/usr/bin/env python3
"""The real pip packs wheels for the lambda's machine, and no file for this machine.

usage: wheels.py GORDON WORK

Exits with 77 if Python has no pip. Tests that download a package are skipped if the download fails.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import unittest
import zipfile

GORDON, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
del sys.argv[1:3]
PIP = [sys.executable, "-m", "pip"]
MACHINES = {"x86_64": 62, "arm64": 183}  # EM_X86_64, EM_AARCH64
PINNED = "MarkupSafe==3.0.3"  # small, with binary wheels

TOOL = {
    "tool/__init__.py": "def main():\n    print('tool')\n",
    "tool-1.0.data/scripts/tool.sh": "#!python\nprint('script')\n",
    "tool-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n",
    "tool-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "tool-1.0.dist-info/entry_points.txt": "[console_scripts]\ntool = tool:main\n",
}


class Wheels(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        self.project = WORK / "project"
        (self.project / "hello").mkdir(parents=True)
        (self.project / "hello/code.py").write_text("x = 1\n")
        os.environ["GORDON_CACHE_DIR"] = str(WORK / "cache")

    def build(self, requirements, settings="", status=0, runtime="python"):
        (self.project / "hello/requirements.txt").write_text(requirements + "\n")
        (self.project / "settings.yml").write_text(
            "project: demo\ncode-bucket: demo\npip-path: '\"{}\" -m pip'\nlambdas:\n  hello:\n"
            "    code: hello\n    runtime: {}\n{}".format(sys.executable, runtime, settings))
        run = subprocess.run([GORDON, "build"], cwd=self.project, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, status, run.stdout)
        return run.stdout

    def content(self):
        with zipfile.ZipFile(self.project / "_build/code/_hello.zip") as zipped:
            return {name: zipped.read(name) for name in zipped.namelist()}

    def wheel(self):
        path = self.project / "hello/wheels/tool-1.0-py3-none-any.whl"
        path.parent.mkdir()
        record = "".join(f"{name},,\n" for name in [*TOOL, "tool-1.0.dist-info/RECORD"])
        with zipfile.ZipFile(path, "w") as zipped:
            for name, text in {**TOOL, "tool-1.0.dist-info/RECORD": record}.items():
                zipped.writestr(name, text)
        return path

    def tagged(self, name, python, platform):
        """A wheel of one file for a platform, in the folder that --find-links names."""
        path = self.project / f"hello/tagged/{name}-1-{python}-{platform}.whl"
        path.parent.mkdir(exist_ok=True)
        info = f"{name}-1.dist-info"
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr(f"{name}.py", "")
            zipped.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
            zipped.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n"
                                             f"Tag: {python}-{platform}\n")
            zipped.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/RECORD,,\n")

    def test_tags_of_wheels(self):
        """Every manylinux tag up to the runtime's glibc fits; a newer one, or of another machine, does not."""
        options = "--no-index\n--find-links tagged\n"
        fits = {
            ("python3.13", "arm64"): ["manylinux_2_17_aarch64", "manylinux_2_24_aarch64",
                                      "manylinux_2_31_aarch64", "manylinux_2_34_aarch64",
                                      "manylinux2014_aarch64"],
            ("python3.10", "x86_64"): ["manylinux1_x86_64", "manylinux_2_5_x86_64",
                                       "manylinux2010_x86_64", "manylinux_2_12_x86_64",
                                       "manylinux_2_24_x86_64", "manylinux_2_26_x86_64"],
        }
        never = {("python3.13", "arm64"): ["manylinux_2_35_aarch64", "manylinux_2_17_x86_64"],
                 ("python3.10", "x86_64"): ["manylinux_2_27_x86_64", "musllinux_1_1_x86_64"]}
        for (runtime, machine), platforms in fits.items():
            python = "cp" + runtime[len("python"):].replace(".", "")
            settings = f"    architecture: {machine}\n"
            for i, platform in enumerate([*platforms, *never[runtime, machine]]):
                self.tagged(f"n{i}", f"{python}-{python}", platform)
            good = [f"n{i}==1" for i in range(len(platforms))]
            self.build(options + "\n".join(good), settings, runtime=runtime)
            self.assertLessEqual({f"n{i}.py" for i in range(len(platforms))}, set(self.content()))
            for i in range(len(platforms), len(platforms) + 2):
                self.build(options + f"n{i}==1", settings, status=21, runtime=runtime)
            shutil.rmtree(self.project / "hello/tagged")

    def check_nothing_of_this_machine(self, files):
        for name, data in files.items():
            self.assertFalse(name.endswith((".pyc", "/direct_url.json")), name)
            self.assertFalse(name.startswith("..") or "__pycache__" in name, name)
            for path in str(WORK), sys.executable:
                self.assertNotIn(os.fsencode(path), data, name)

    def test_local_wheel(self):
        """A wheel given by path, of which pip records the path, with scripts, which have a path of Python."""
        plain = WORK / "plain"
        subprocess.run([*PIP, "install", "--quiet", "--no-index", "--target", plain, self.wheel()],
                       check=True, stderr=subprocess.DEVNULL)
        by_itself = {str(path.relative_to(plain)): path.read_bytes()
                     for path in plain.rglob("*") if path.is_file()}
        self.assertLessEqual({"bin/tool", "bin/tool.sh", "tool-1.0.dist-info/direct_url.json"},
                             set(by_itself))
        self.assertTrue([name for name in by_itself if name.endswith(".pyc")])
        self.build("./wheels/tool-1.0-py3-none-any.whl",
                   "    pip-install-extra: --no-index\n")
        files = self.content()
        self.assertEqual(files["tool/__init__.py"].decode(), TOOL["tool/__init__.py"])
        self.assertIn("tool-1.0.dist-info/entry_points.txt", files)
        self.assertLessEqual({"bin/tool", "bin/tool.sh"}, set(files))
        del files["wheels/tool-1.0-py3-none-any.whl"]  # a file of the code itself
        self.check_nothing_of_this_machine(files)
        self.assertNotRegex(files["tool-1.0.dist-info/RECORD"].decode(), r"bin/|direct_url|\.pyc")

    def test_source_distribution(self):
        """A source distribution that is built to a wheel for this machine only is refused."""
        folder = WORK / "source/tool-1.0"
        folder.mkdir(parents=True)
        (folder / "setup.py").write_text("raise SystemExit('not today')\n")
        (folder / "PKG-INFO").write_text(TOOL["tool-1.0.dist-info/METADATA"])
        with tarfile.open(WORK / "source/tool-1.0.tar.gz", "w:gz") as tar:
            tar.add(folder, "tool-1.0")
        said = self.build("tool==1.0", "    pip-install-extra: --no-index --no-build-isolation --find-links "
                          f"'{WORK}/source'\n", status=21)
        self.assertRegex(said, r"hello/requirements\.txt:1:1: error: tool has no wheel for Python 3\.13 on x86_64, "
                               "and could not be built: ")
        self.assertIn("not today", said)
        self.assertFalse((self.project / "_build/code/_hello.zip").exists())

    def test_machine(self):
        """Binary wheels are for the lambda's architecture, on any machine."""
        got = subprocess.run([*PIP, "download", "--quiet", "--no-deps", "--dest", WORK / "got",
                              PINNED], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if got.returncode:
            self.skipTest(f"{PINNED} cannot be had: {got.stdout[-200:]}")
        for architecture, machine in MACHINES.items():
            for runtime in "python3.11", "python3.13":  # Amazon Linux 2 and 2023
                with self.subTest(architecture=architecture, runtime=runtime):
                    self.build(PINNED, f"    architecture: {architecture}\n", runtime=runtime)
                    files = self.content()
                    self.check_nothing_of_this_machine(files)
                    library, = [name for name in files if name.endswith(".so")]
                    self.assertIn("cpython-" + runtime[len("python"):].replace(".", ""), library)
                    data = files[library]
                    self.assertEqual((data[:5], data[18] + 256 * data[19]), (b"\x7fELF\2", machine))


if __name__ == "__main__":
    if subprocess.run([*PIP, "--version"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL).returncode:
        print("there is no pip")
        sys.exit(77)
    unittest.main()
