#!/usr/bin/env python3
"""What is in a code folder and belongs into no zip: build trees, of CMake and of Gordon, and files with
keys and passwords.

usage: build_trees.py PREFIX WORK
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest
import zipfile

PREFIX, WORK = pathlib.Path(sys.argv[1]).absolute(), pathlib.Path(sys.argv[2]).absolute()
del sys.argv[1:3]

LISTS = """cmake_minimum_required(VERSION 3.25)
project(trees LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
gordon_add_project(demo SETTINGS settings.yml)
"""
SETTINGS = """project: trees
code-bucket: trees
lambdas:
  app: {code: %s, runtime: python, handler: app.handler%s}
"""
SOURCES = {"CMakeLists.txt", "app.py", "settings.yml"}


class Built(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        self.project = WORK / "project"
        self.write("app.py", "x = 1\n")
        self.write("settings.yml", SETTINGS % (".", ""))
        self.write("CMakeLists.txt", LISTS)
        os.environ["GORDON_CACHE_DIR"] = str(WORK / "cache")

    def write(self, name, content=""):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def run_program(self, *words):
        run = subprocess.run([*map(str, words)], cwd=self.project, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def configure(self, tree, generator):
        self.run_program("cmake", "-S", ".", "-B", tree, "-G", generator, f"-DCMAKE_PREFIX_PATH={PREFIX}")

    def build(self, tree):
        return self.run_program("cmake", "--build", tree)

    def gordon(self, build="_build"):
        time.sleep(0.05)  # else a file just written is looked at once more
        return self.run_program(PREFIX / "bin/gordon", "build", "--debug", "--build-dir", build)

    def names(self, output, key="_app.zip"):
        with zipfile.ZipFile(self.project / output / "code" / key) as zipped:
            return set(zipped.namelist())


class BuildTrees(Built):
    def test_side_by_side(self):
        """No tree is in the zip of another, and none makes another one build again."""
        self.configure("ninja", "Ninja")
        self.build("ninja")
        self.configure("deep/er/make", "Unix Makefiles")
        self.build("deep/er/make")
        self.gordon()
        self.gordon("other_build")
        builds = (lambda: self.build("ninja"), lambda: self.build("deep/er/make"), self.gordon,
                  lambda: self.gordon("other_build"))
        for build in builds:  # the folders were new
            build()
        for output in ("ninja/demo", "deep/er/make/demo", "_build", "other_build"):
            self.assertEqual(self.names(output), SOURCES, output)
        for build in builds * 2:
            self.assertNotRegex(build(), "[Pp]acking")
        self.write("app.py", "x = 2\n")
        self.assertRegex(self.build("ninja"), "Packing")
        self.assertRegex(self.build("deep/er/make"), "Packing")
        self.assertRegex(self.gordon(), "packing")

    def test_without_gordon(self):
        """A tree of a project that knows nothing of Gordon."""
        self.write("native/CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(native LANGUAGES NONE)\n"
                   "file(WRITE ${CMAKE_BINARY_DIR}/made.py \"y = 1\\n\")\n")
        self.run_program("cmake", "-S", "native", "-B", "native/b")
        self.gordon()
        self.assertEqual(self.names("_build"), SOURCES | {"native/CMakeLists.txt"})
        self.gordon()
        self.write("native/b/made.py", "y = 2\n")
        self.write("native/b/more/made.py", "y = 2\n")
        self.assertNotIn("packing", self.gordon())

    def test_in_the_source(self):
        """The code folder is the build tree, and so are folders in it."""
        self.write("CMakeLists.txt", LISTS + "add_subdirectory(part)\n")
        self.write("part/CMakeLists.txt", "add_custom_target(made)\n")
        self.write("part/code.py", "z = 1\n")
        for generator in "Ninja", "Unix Makefiles":
            with self.subTest(generator):
                self.configure(".", generator)
                for _ in range(3):  # the files of Ninja are new in the folder
                    self.build(".")
                self.assertEqual(self.names("demo"), SOURCES | {"part/CMakeLists.txt", "part/code.py"})
                self.assertNotRegex(self.build("."), "Packing")
                self.write("part/code.py", f"z = '{generator}'\n")
                self.assertRegex(self.build("."), "Packing")
                (self.project / "CMakeCache.txt").unlink()
                shutil.rmtree(self.project / "CMakeFiles")

    def test_packages(self):
        """What npm and the like have installed in the code folder is packed as it is."""
        packages = {"node_modules/addon/build/CMakeCache.txt", "node_modules/addon/build/addon.node",
                    "node_modules/addon/.env", "node_modules/addon/test.key", "lib/site-packages/p/.npmrc",
                    "vendor/bundle/ruby/4.0.0/gems/g/x.pem"}
        for name in packages | {"my_node_modules/.env"}:
            self.write(name, "-----BEGIN PRIVATE KEY-----\n")
        self.assertEqual(self.gordon().count("this is not in the zip"), 1)
        self.assertEqual(self.names("_build"), SOURCES | packages)

    def test_link_to_a_tree(self):
        self.configure("ninja", "Ninja")
        self.build("ninja")
        (self.project / "linked").symlink_to("ninja")
        self.build("ninja")
        self.assertEqual(self.names("ninja/demo"), SOURCES)
        self.assertNotRegex(self.build("ninja"), "Packing")

    def test_build_commands(self):
        """The copy has no tree, and what commands write to the target is packed, whatever it is."""
        self.write("settings.yml", SETTINGS % (
            ".", ", build: 'cp -R . \"$GORDON_TARGET\"; mkdir \"$GORDON_TARGET/mine\"; touch "
            "\"$GORDON_TARGET/mine/CMakeCache.txt\"'"))
        self.configure("ninja", "Ninja")
        self.build("ninja")
        self.gordon()
        self.assertEqual(self.names("_build"), SOURCES | {"mine/CMakeCache.txt"})
        self.gordon()
        self.assertNotIn("packing", self.gordon())


PEM = "-----BEGIN %s-----\nMIIB\n-----END %s-----\n"
RSA = bytes.fromhex("30820122020100") + bytes(300)
PKCS8 = bytes.fromhex("308204be020100300d06092a864886f70d0101010500") + bytes(300)
CERTIFICATE = bytes.fromhex("308203013082020aa003020102") + bytes(300)
# Those that are left out, and those that are packed.
LEFT_OUT = {
    ".npmrc": "//registry.npmjs.org/:_authToken=SECRET", ".env": "A=1", ".env.production": "", ".envrc": "",
    ".ENV": "", "deep/er/.npmrc": "", "deep/.env.local": "", ".pypirc": "", ".netrc": "", ".git-credentials": "",
    ".pgpass": "", ".dockercfg": "", ".yarnrc.yml": "", "terraform.tfstate": "{}", "terraform.tfstate.backup": "{}",
    ".aws/credentials": "x", "deep/.aws/config": "x", ".ssh/known_hosts": "x", ".docker/config.json": "{}",
    ".kube/config": "x", ".env.d/one": "x",
    "rsa.pem": PEM % (("RSA PRIVATE KEY",) * 2), "ec.key": PEM % (("EC PRIVATE KEY",) * 2),
    "pkcs8.key": PEM % (("PRIVATE KEY",) * 2), "encrypted.pem": PEM % (("ENCRYPTED PRIVATE KEY",) * 2),
    "deep/KEY.PEM": PEM % (("PRIVATE KEY",) * 2), "id_rsa": PEM % (("OPENSSH PRIVATE KEY",) * 2),
    "id_ed25519_work": PEM % (("OPENSSH PRIVATE KEY",) * 2),
    "both.pem": PEM % (("CERTIFICATE",) * 2) * 9000 + "text\r\n" + PEM % (("PRIVATE KEY",) * 2),
    "der.key": PKCS8, "pkcs1.key": RSA,
}
PACKED = {
    "app.py": "x = 1\n", "certificate.pem": PEM % (("CERTIFICATE",) * 2), "public.pem": PEM % (("PUBLIC KEY",) * 2),
    "certificate.key": CERTIFICATE, "id_rsa.pub": "ssh-rsa AAAA", "slides.key": b"PK\3\4" + bytes(100), "empty.key": "",
    "note.txt": PEM % (("PRIVATE KEY",) * 2), "account.json": '{"private_key": "-----BEGIN PRIVATE KEY-----"}',
    "env": "", "npmrc": "", "aws/credentials": "y", "environment.pem": "BEGIN\nPRIVATE KEY\n",
}
ASKED = ["/.npmrc", ".env*", "*.pem", "deep/.aws"]


class Credentials(Built):
    def setUp(self):
        super().setUp()
        self.write("settings.yml", SETTINGS % ("fn", ""))
        for name, content in {**LEFT_OUT, **PACKED}.items():
            self.write(f"fn/{name}", content)

    expected = {re.sub(r"^((deep/)?\.(aws|ssh|docker|kube|env\.d))/.*", r"\1", name) for name in LEFT_OUT}

    def test_left_out(self):
        said = self.gordon()
        self.assertEqual(self.names("_build"), set(PACKED))
        self.assertEqual({path.split("fn/")[-1] for path in re.findall(r"(\S+): warning: this is not in the zip of app",
                                                                     said)}, self.expected)
        self.assertIn("to pack it, write '!/deep/.env.local' in .gordonignore", said)
        self.assertIn("to pack it, write '!/.aws/' in .gordonignore", said)
        self.assertNotIn("SECRET", said)
        self.assertNotIn("this is not in the zip", self.gordon())  # once

    def test_asked_for(self):
        self.write("fn/.gordonignore", "".join(f"!{line}\n" for line in ASKED))
        self.gordon()
        asked = {".npmrc", "deep/.aws/config", *(n for n in LEFT_OUT if ".env" in n or n.endswith(".pem"))}
        self.assertEqual(self.names("_build"), set(PACKED) | asked)

    def test_ignored_without_a_word(self):
        self.write("fn/.gordonignore", "*\n!app.py\n!.npmrc\n.npmrc\n")
        said = self.gordon()
        self.assertEqual(self.names("_build"), {"app.py"})
        self.assertNotIn("warning", said)

    def test_key_that_changes(self):
        """The content of a .pem decides, so it is an input, and the content of a .env is none."""
        self.gordon()
        self.write("fn/.env", "A=2")
        self.assertNotIn("packing", self.gordon())
        self.write("fn/rsa.pem", PEM % (("CERTIFICATE",) * 2))
        self.assertIn("packing", self.gordon())
        self.assertEqual(self.names("_build"), {*PACKED, "rsa.pem"})
        self.write("fn/rsa.pem", PEM % (("PRIVATE KEY",) * 2))
        self.gordon()
        self.assertEqual(self.names("_build"), set(PACKED))

    def test_links(self):
        """A link is what it leads to, and one out of the project is left out by its own name, too."""
        for name, target in {"settings": ".env.production", "k": "rsa.pem", "c": "certificate.pem", "conf": ".aws",
                             "conf2": ".aws/credentials", "a.pem": "note.txt", "deep/.netrc": "/etc/passwd"}.items():
            (self.project / "fn" / name).parent.mkdir(exist_ok=True)
            (self.project / "fn" / name).symlink_to(target)
        said = self.gordon()
        self.assertEqual(self.names("_build"), {*PACKED, "c"})
        self.assertIn("write '!/conf/' in", said)

    def test_by_cmake(self):
        self.configure("b", "Ninja")
        said = self.build("b")
        self.assertEqual(self.names("b/demo"), set(PACKED))
        self.assertEqual(said.count("warning: this is not in the zip of app"), len(self.expected))
        self.assertIn("no work to do", self.build("b"))
        self.write("fn/rsa.pem", PEM % (("CERTIFICATE",) * 2))
        self.assertIn("Packing", self.build("b"))
        self.assertEqual(self.names("b/demo"), {*PACKED, "rsa.pem"})

    def test_build_commands(self):
        """The commands see them; copies are left out, and what the commands make themselves is packed."""
        self.write("settings.yml", SETTINGS % (
            "fn", ", build: ['test -f .npmrc', 'cp -R . \"$GORDON_TARGET\"', 'cd \"$GORDON_TARGET\"; mkdir -p made; "
            "cp rsa.pem made; echo new > made/.env; cp .env.production made/renamed; echo other > .envrc']"))
        said = self.gordon()
        self.assertEqual(self.names("_build"), {*PACKED, "made/.env", "made/renamed", ".envrc"})
        self.assertIn("write '!/rsa.pem' in", said)
        self.assertNotIn("write '!/.envrc' in", said)

    def test_installed(self):
        """What is installed is packed as it is."""
        self.write("wheels/key-1-py3-none-any.whl")
        with zipfile.ZipFile(self.project / "wheels/key-1-py3-none-any.whl", "w") as wheel:
            for name, content in {
                    "key/rsa.pem": PEM % (("PRIVATE KEY",) * 2), "key/.env": "", "key/__init__.py": "",
                    "key-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: key\nVersion: 1\n",
                    "key-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
                    "key-1.dist-info/RECORD": ""}.items():
                wheel.writestr(name, content)
        self.write("settings.yml", SETTINGS % (
            "fn", f", pip-install-extra: '--no-index --find-links \"{self.project}/wheels\"'"))
        self.write("fn/requirements.txt", "key==1\n")
        self.gordon()
        self.assertLessEqual({"key/rsa.pem", "key/.env", *PACKED}, self.names("_build"))
        self.assertNotIn(".env", self.names("_build"))


if __name__ == "__main__":
    unittest.main()
