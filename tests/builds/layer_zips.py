#!/usr/bin/env python3
"""Layers: which files their zips have, and which of them a change packs again.

usage: layer_zips.py GENERATOR PREFIX WORK

GENERATOR is a generator of CMake, or "gordon" for `gordon build` without CMake. Needs pip and npm; exits
with 77 if they or a C compiler are not there.
"""
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import unittest
import zipfile

GENERATOR, PREFIX, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
del sys.argv[1:4]
ALONE = GENERATOR == "gordon"
GORDON = PREFIX / "bin" / "gordon"
CACHE = WORK.with_name(WORK.name + " cache")  # of all tests here

CMAKE = """cmake_minimum_required(VERSION 3.25)
project(demo LANGUAGES C)
find_package(Gordon 1.0 REQUIRED)
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
add_library(base SHARED base.c)
set_target_properties(base PROPERTIES VERSION 1.2.3 SOVERSION 1)
add_library(plugin MODULE plugin.c)
target_link_libraries(plugin PRIVATE base)
set_target_properties(plugin PROPERTIES PREFIX "")
add_executable(tool tool.c)
target_link_libraries(tool PRIVATE base)
add_custom_target(made COMMAND "${CMAKE_COMMAND}" -E copy_if_different
    "${CMAKE_CURRENT_SOURCE_DIR}/made.py" "${CMAKE_CURRENT_BINARY_DIR}/generated/made.py")
gordon_add_project(demo SETTINGS settings.yml)
"""
SETTINGS = """project: demo
code-bucket: demo
apps: [app]
layers:
  python: {code: python, runtimes: [python3.13, python3.12]}
  node: {code: node, runtimes: nodejs24.x}
  vendor: {code: vendor.zip, runtimes: python3.13}
  command: {code: command.sh, runtimes: [nodejs24.x, python3.13], build: 'mkdir "$GORDON_TARGET/bin"; echo x > "$GORDON_TARGET/bin/x"'}
"""
OF_CMAKE = """  base: {code: target://base}
  plugin: {code: target://plugin, runtimes: python3.13, strip: true}
  tool: {code: target://tool, architectures: x86_64}
"""
APP = """lambdas:
  fn: {code: fn.py, layers: [python, vendor]}
"""
FILES = {
    "CMakeLists.txt": CMAKE,
    "settings.yml": SETTINGS + ("" if ALONE else OF_CMAKE),
    "app/settings.yml": APP,
    "app/fn.py": "import shared\n",
    "python/shared.py": "import acme\n",
    "python/parts/one.py": "",
    "python/.gordonignore": "notes.txt\n",
    "python/notes.txt": "",
    "python/.env": "KEY=secret\n",
    "python/requirements.txt": "./acme-1.0-py3-none-any.whl\n",
    "node/package.json": json.dumps({"dependencies": {"acme": "file:acme-1.0.0.tgz"}}),
    "node/common.js": "exports.word = require('acme')\n",
    "base.c": "int base(void) { return 1; }\n",
    "plugin.c": "int base(void);\nint plugin(void) { return base(); }\n",
    "tool.c": "int base(void);\nint main(void) { return base(); }\n",
    "made.py": "made = 1\n",
    "command.sh": "",
}
PYTHON, NODE = {"the layer python", "install the layer python"}, {"the layer node", "install the layer node"}
ALL = {"app.fn", *PYTHON, *NODE, "the layer vendor", "the layer command", "templates"}
TARGETS = {"the layer base", "the layer plugin", "the layer tool"}


def wheel(version):
    out = io.BytesIO()
    info = f"acme-{version}.dist-info/"
    files = {"acme/__init__.py": f"version = {version!r}\n",
             info + "METADATA": f"Metadata-Version: 2.1\nName: acme\nVersion: {version}\n",
             info + "WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
             info + "RECORD": ""}
    with zipfile.ZipFile(out, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def tarball(word):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in (("package.json", '{"name": "acme", "version": "1.0.0"}'),
                           ("index.js", f"module.exports = {word!r}\n")):
            entry = tarfile.TarInfo("package/" + name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


class Layers(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        shutil.rmtree(CACHE, ignore_errors=True)

    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        self.source, self.binary = WORK / "project", WORK / "build"
        self.outputs = self.binary / "demo"
        os.environ["GORDON_CACHE_DIR"] = str(CACHE)
        for name, text in FILES.items():
            self.write(name, text)
        self.write("python/acme-1.0-py3-none-any.whl", wheel("1.0"))
        self.write("node/acme-1.0.0.tgz", tarball("one"))
        with zipfile.ZipFile(self.source / "vendor.zip", "w") as zipped:
            zipped.writestr("python/vendor.py", "vendor = 1\n")
        if not ALONE:
            self.run_words("cmake", "-S", self.source, "-B", self.binary, "-G", GENERATOR,
                           f"-DCMAKE_PREFIX_PATH={PREFIX}")

    def write(self, name, content):
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def run_words(self, *words, fails=False):
        run = subprocess.run([str(word) for word in words], cwd=self.source, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode != 0, fails, run.stdout)
        return run.stdout

    def build(self, fails=False):
        """Returns what ran: zips by the names of their layers and lambdas, installs, and "templates"."""
        if ALONE:
            self.said = self.run_words(GORDON, "build", "--debug", "--build-dir", self.outputs, fails=fails)
            return set(re.findall(r"gordon: packing (.+)", self.said))
        self.said = self.run_words("cmake", "--build", self.binary, fails=fails)
        ran = set(re.findall(r"Packing (.+)", self.said))
        ran |= {"install " + name for name in re.findall(r"Installing what (.+) depends on", self.said)}
        return ran | ({"templates"} if "Writing the templates" in self.said else set())

    def check(self, *expected):
        """Builds, and checks what ran, and that nothing runs after that."""
        if ALONE:
            expected = {name for name in expected if not name.startswith(("install", "templates"))}
        self.assertEqual(self.build(), set(expected))
        self.assertEqual(self.build(), set(), "and then nothing")

    def names(self, layer):
        with zipfile.ZipFile(self.outputs / f"code/_{layer}-layer.zip") as zipped:
            return sorted(zipped.namelist())

    def test_content(self):
        self.build()
        self.assertIn(".env: warning", self.said)
        self.assertEqual([name for name in self.names("python") if ".dist-info/" not in name],
                         ["python/acme-1.0-py3-none-any.whl", "python/acme/__init__.py",
                          "python/parts/one.py", "python/requirements.txt", "python/shared.py"])
        self.assertEqual(self.names("node"), [
            "nodejs/acme-1.0.0.tgz", "nodejs/common.js", "nodejs/node_modules/acme/index.js",
            "nodejs/node_modules/acme/package.json", "nodejs/package.json"])
        self.assertEqual(self.names("vendor"), ["python/vendor.py"])
        self.assertEqual(self.names("command"), ["bin/x"])
        if ALONE:
            self.check_commands()
            return
        self.assertEqual(self.names("base"), ["lib/libbase.so.1"])
        self.assertEqual(self.names("plugin"), ["lib/libbase.so.1", "lib/plugin.so"])
        self.assertEqual(self.names("tool"), ["bin/tool", "lib/libbase.so.1"])
        # gordon build makes the same bytes of what it can build
        self.write("settings.yml", SETTINGS)
        self.run_words(GORDON, "build", "--build-dir", WORK / "alone")
        for layer in "python", "node", "vendor", "command":
            self.assertEqual((WORK / f"alone/code/_{layer}-layer.zip").read_bytes(),
                             (self.outputs / f"code/_{layer}-layer.zip").read_bytes(), layer)

    def check_commands(self):
        """gordon package and gordon plan --json know layers."""
        zip_path = self.outputs / "code/_python-layer.zip"
        before = zip_path.read_bytes()
        zip_path.unlink()
        self.run_words(GORDON, "package", "--layer", "python", "--build-dir", self.outputs)
        self.assertEqual(zip_path.read_bytes(), before)
        self.assertIn("there is no lambda 'python'", self.run_words(
            GORDON, "package", "python", "--build-dir", self.outputs, fails=True))
        self.assertIn("there is no layer 'pithon'; did you mean 'python'?", self.run_words(
            GORDON, "package", "--layer", "pithon", "--build-dir", self.outputs, fails=True))
        said = self.run_words(GORDON, "plan", "--json", "--build-dir", self.outputs)
        zips = {output["layer"]: output for output in json.loads(said)["outputs"]
                if output["kind"] == "zip" and "layer" in output}
        self.assertEqual(set(zips), {"python", "node", "vendor", "command"})
        self.assertIn(str(self.source / "python/shared.py"), zips["python"]["inputs"])
        self.assertEqual((zips["python"]["path"], zips["python"]["app"], zips["python"]["runtime"]),
                         (str(zip_path), None, "python3.12"))

    @unittest.skipUnless(ALONE, "the same")
    def test_compiled(self):
        """Compiled files are for one runtime of Python and for one architecture."""
        self.write("settings.yml", """project: demo
code-bucket: demo
layers:
  both: {code: compiled, runtimes: [python3.13, python3.12], architectures: [x86_64, arm64]}
  one: {code: compiled, runtimes: python3.12, architectures: x86_64}
  newer: {code: compiled, runtimes: python3.13}
  stable: {code: stable, runtimes: [python3.13, python3.12]}
""")
        self.write("app/settings.yml", "")
        self.write("compiled/fast.cpython-312-x86_64-linux-gnu.so", "")
        self.write("stable/fast.abi3.so", "")
        self.build()
        file = "python/fast.cpython-312-x86_64-linux-gnu.so"
        self.assertEqual(sorted(re.findall(r"warning: (.*)", self.said)), [
            f"the layer {name} has compiled files for {works} only, such as {file}, which do not work with {other}; "
            "make a layer for each" for name, works, other in [
                ("both", "python3.12", "python3.13"), ("both", "x86_64", "arm64"), ("newer", "python3.12", "python3.13")]])

    def test_changes(self):
        self.check(*ALL, *(() if ALONE else TARGETS))
        for name, content, expected in [
                ("python/shared.py", "import acme as other\n", {"the layer python"}),
                ("python/parts/two.py", "", {"the layer python"}),
                ("python/notes.txt", "more\n", set()),
                ("python/requirements.txt", "# none\n", PYTHON),
                ("node/acme-1.0.0.tgz", tarball("two"), NODE),
                ("app/fn.py", "import acme\n", {"app.fn"}),
                ("settings.yml", FILES["settings.yml"].replace("vendor.zip,", "vendor.zip, license: MIT,"),
                 {"templates"}),
        ]:
            with self.subTest(name):
                self.write(name, content)
                self.check(*expected)
        with zipfile.ZipFile(self.source / "vendor.zip", "w") as zipped:
            zipped.writestr("python/vendor.py", "vendor = 2\n")
        self.check("the layer vendor")
        self.write("settings.yml", FILES["settings.yml"].replace("  node: ", "  other: ", 1))
        self.check("the layer other", "install the layer other", "templates")
        self.assertFalse((self.outputs / "code/_node-layer.zip").exists())

    @unittest.skipIf(ALONE, "only CMake knows its targets")
    def test_changes_of_targets(self):
        self.build()
        self.write("tool.c", "int base(void);\nint main(void) { return base() + 1; }\n")
        self.check("the layer tool")
        self.write("base.c", "int base(void) { return 2; }\n")
        self.check(*TARGETS)

    @unittest.skipIf(ALONE, "the same")
    def test_generated(self):
        self.write("CMakeLists.txt", CMAKE.replace("settings.yml)", "settings.yml DEPENDS made)"))
        self.write("settings.yml", SETTINGS + "  made: {code: build://generated, runtimes: python3.13}\n")
        self.build()
        self.assertEqual(self.names("made"), ["python/made.py"])
        self.write("made.py", "made = 2\n")
        self.assertEqual(self.build(), {"the layer made"})

    @unittest.skipIf(ALONE, "only CMake knows its targets")
    def test_wrong_targets(self):
        self.write("settings.yml", SETTINGS + "  gone: {code: target://gone}\n")
        said = self.build(fails=True)
        self.assertIn("there is no target 'gone', the code of", " ".join(self.said.split()))
        self.write("settings.yml", SETTINGS + "  made: {code: target://made}\n")
        self.build(fails=True)
        self.assertIn("'made', the code of the layer made, is no executable and no shared library but of the type "
                      "UTILITY", " ".join(self.said.split()))
        self.write("settings.yml", SETTINGS + "  base: {code: target://base, architectures: arm64}\n")
        self.build(fails=True)
        self.assertIn("and its 'architectures' is arm64", self.said)
        self.write("settings.yml", SETTINGS)
        self.build()

    @unittest.skipUnless(ALONE, "the same")
    def test_without_cmake(self):
        self.write("settings.yml", SETTINGS + OF_CMAKE)
        self.build(fails=True)
        self.assertIn("the layer base packs the target 'base' of a CMake build", self.said)


if __name__ == "__main__":
    if not shutil.which("pip") or not shutil.which("npm") or not shutil.which("cc"):
        print("pip, npm or cc is missing")
        sys.exit(77)
    unittest.main()
