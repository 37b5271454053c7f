#!/usr/bin/env python3
"""What the real npm installs for a Node lambda: packages of a registry on this machine, of a workspace,
and those that a manifest names by path.

usage: node.py GORDON

Exits with 77 if there is no npm.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from node_project import PACKAGES as COMMON, NodeProject, requiring
from npm_registry import Registry, packed

NodeProject.gordon = os.path.abspath(sys.argv.pop(1))
NPM = tuple(map(int, subprocess.run(["npm", "--version"], stdout=subprocess.PIPE, text=True, check=True)
                .stdout.split(".")[:2])) if shutil.which("npm") else (0, 0)
PACKAGES = {
    **COMMON,
    "left-pad@1.0.0": {"i.js": "module.exports = 'the public one'\n",
                       "package.json": {"scripts": {"install": "touch $PUBLIC_RAN"}}},
    "tool@1.0.0": {"i.js": "module.exports = 'tool'\n", "bin.js": "#!/usr/bin/env node\n",
                   "package.json": {"bin": {"tool": "bin.js"}}},
}


def elf(machine):
    """The first bytes of a shared library for a machine."""
    return b"\x7fELF\2\1\1" + bytes(9) + b"\3\0" + bytes([machine, 0, 1, 0, 0, 0]) + bytes(40)


class Node(NodeProject):
    @classmethod
    def setUpClass(cls):
        cls.registry = Registry(PACKAGES).__enter__()
        cls.cache = pathlib.Path(tempfile.mkdtemp(prefix="gordon-node-cache-")).resolve()

    @classmethod
    def tearDownClass(cls):
        cls.registry.__exit__()
        shutil.rmtree(cls.cache)

    def setUp(self):
        super().setUp()
        self.ran = self.folder / "ran"
        self.env.update(HOME=str(self.cache), GORDON_CACHE_DIR=str(self.cache / "gordon"),
                        npm_config_registry=self.registry.url, PUBLIC_RAN=str(self.ran))

    def package(self, folder, dependencies=None, **keys):
        """Writes the manifest of a package, with a module that says its name."""
        name = folder.rsplit("/")[-1]
        self.write(f"{folder}/package.json",
                   {"name": name, "version": "1.0.0", "main": "i.js",
                    **({"dependencies": dependencies} if dependencies else {}), **keys})
        names = "".join(f" + ' ' + require('{d}')" for d in dependencies or {})
        self.write(f"{folder}/i.js", f"module.exports = 'our {name}'{names}\n")

    def code(self, dependencies, **keys):
        """Writes the lambda, which requires its dependencies."""
        self.package("app/fn", dependencies, **keys)
        self.write("app/fn/code.js", requiring(dependencies))

    def npm(self, *arguments, folder):
        run = subprocess.run(["npm", *arguments, "--no-audit", "--no-fund", "--ignore-scripts"],
                             cwd=self.project / folder, env=self.env, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, 0, run.stdout)

    def fails(self, where, *words):
        """The build fails with an error at this place, a text of a file of the project."""
        said = self.build(21)
        file, text = where
        for number, line in enumerate((self.project / file).read_text().splitlines(), 1):
            if text in line:
                place = f"{file}:{number}:{line.index(text) + 1}: error: "
        self.assertIn(place, said)
        for word in words:
            self.assertIn(word, said)
        return said

    # --- packages that are named by path ---

    def test_folder_outside(self):
        """A package above the code folder is packed as files, with its own dependencies."""
        for lock in (False, True) if NPM >= (10,) else (False,):  # npm 9 makes no lock file of these
            self.package("shared", {"ms": "1.0.0", "inner": "file:../inner"})
            self.package("inner", {"ms": "2.0.0"})
            self.code({"shared": "file:../../shared", "ms": "2.0.0"})
            if lock:
                self.npm("install", "--package-lock-only", folder="app/fn")
            self.build()
            self.assertEqual(self.run_it(), "our shared ms 1 our inner ms 2,ms 2")
            self.assertFalse((self.project / "shared/node_modules").exists())

    def test_change_of_folder(self):
        """Only what the lambda's packages have makes a build do something."""
        self.package("shared")
        self.package("other")
        self.code({"shared": "file:../../shared"})
        self.build()
        self.build()
        self.assertEqual(self.packed, [])
        self.write("shared/i.js", "module.exports = 'changed'\n")
        self.build()
        self.assertEqual((self.packed, self.run_it()), (["app.fn"], "changed"))
        self.write("shared/more.js", "")
        self.build()
        self.assertIn("shared/more.js", self.modules())
        self.write("other/i.js", "")
        self.write("shared/node_modules/developer/i.js", "")
        self.build()
        self.assertNotIn("shared/node_modules/developer/i.js", self.modules())

    def test_every_way_to_name_a_folder(self):
        tgz, _ = packed("archive", "1.0.0", {"i.js": "module.exports = 'archive'\n"})
        self.write("archive.tgz", tgz)
        self.package("app/fn/lib")
        self.package("app/near")
        self.package("deep/down/shared")
        self.package("replaced")
        self.package("optional")
        replaced = {"overrides": {"ms": "file:../../replaced"}} if NPM >= (10,) else {}  # npm 9 fails
        self.code({"lib": "./lib", "near": "../near", "shared": "file:../../deep/down/shared",
                   "archive": "file:../../archive.tgz", "needs": "1.0.0"},
                  optionalDependencies={"optional": "file:../../optional"},
                  bundleDependencies=["lib"], **replaced)
        self.build()
        self.assertRegex(self.run_it(), "^our lib,our near,our shared,archive,needs "
                                        + ("our replaced$" if replaced else ""))
        self.assertIn("optional/i.js", self.modules())
        self.write("replaced/i.js", "module.exports = 'replaced'\n")
        self.build()
        if replaced:
            self.assertIn("needs replaced", self.run_it())
        tgz, _ = packed("archive", "1.0.0", {"i.js": "module.exports = 'newer'\n"})
        self.write("archive.tgz", tgz)
        self.build()
        self.assertIn("newer", self.run_it())

    def test_circle(self):
        """Packages that need each other."""
        self.package("a", {"b": "file:../b"})
        self.package("b", {"a": "file:../a"})
        self.write("b/i.js", "exports.b = () => require('a')\n")
        self.code({"a": "file:../../a"})
        self.build()
        self.assertEqual(self.modules(), {"a/i.js", "a/package.json", "b/i.js", "b/package.json"})

    def test_outside_of_the_project(self):
        outside = self.project.parent / "outside"
        outside.mkdir()
        (outside / "package.json").write_text('{"name": "x", "version": "1.0.0"}')
        for spec in "file:../../../outside", "../../../outside", f"file:{outside}", "file:~/outside":
            for key in "dependencies", "devDependencies", "overrides":
                with self.subTest(spec=spec, key=key):
                    self.package("app/fn", **{key: {"x": spec}})
                    self.fails(("app/fn/package.json", f'"{spec}"'),
                               "outside of the project", "move it into the project")
        self.package("shared", {"x": "file:../../outside"})
        self.code({"shared": "file:../../shared"})
        self.fails(("shared/package.json", '"file:../../outside"'), "outside of the project")
        (self.project / "link").symlink_to(outside)
        self.code({"x": "file:../../link"})
        self.assertIn("link: error: ", self.build(21))

    def test_what_cannot_be_installed(self):
        self.write("empty/file", "")
        for spec, words in (("link:../lib", "'link:'"), ("portal:../lib", "'portal:'"),
                            ("workspace:*", "'workspace:'"), ("catalog:", "'catalog:'"),
                            ("git+file:///srv/x.git", "on this machine"),
                            ("file:../missing", "there is no file or folder"),
                            ("file:../../empty", "has no package.json")):
            with self.subTest(spec=spec):
                self.code({"x": spec})
                self.fails(("app/fn/package.json", f'"{spec}"'), words)
        self.write("app/fn/package.json", '{\n  "name": x\n}\n')
        self.assertRegex(self.build(21), r"app/fn/package.json:2:\d+: error: a package.json must be")

    # --- workspaces ---

    def workspace(self, patterns=("packages/*", "app/*"), lock=True, **keys):
        self.write("package.json", {"name": "root", "private": True, "workspaces": patterns, **keys})
        if lock:
            self.npm("install", "--package-lock-only", folder=".")

    def test_sibling(self):
        """A package of the workspace is never the registry's of that name; the lock file is the root's."""
        for patterns in (["packages/*", "app/*"], {"packages": ["./packages/**", "app/fn/"]},
                         ["{packages,app}/*", "!packages/other"]):
            for lock in (False, True) if patterns == ["packages/*", "app/*"] else (True,):
                with self.subTest(patterns=patterns, lock=lock):
                    self.package("packages/left-pad", {"ms": "1.0.0"}, version="9.0.0")
                    self.package("packages/other")
                    self.code({"left-pad": "*", "ms": "2.0.0"})
                    self.workspace(patterns, lock)
                    self.build()
                    self.assertEqual(self.run_it(), "our left-pad ms 1,ms 2")
                    self.assertFalse([name for name in self.modules() if "other" in name])
                    (self.project / "package-lock.json").unlink(missing_ok=True)
        self.assertFalse(self.ran.exists())

    def test_lock_of_the_workspace(self):
        """Versions are those of the root's lock file, which is an input."""
        self.package("packages/lib", {"ms": "^1.0.0"})
        self.code({"lib": "*"})
        self.workspace()
        lock = self.project / "package-lock.json"
        self.assertIn("ms/-/ms-1.0.0.tgz", lock.read_text())
        self.registry.add("ms", "1.5.0", {"i.js": "module.exports = 'ms 1.5'\n"})
        self.build()
        self.assertEqual(self.run_it(), "our lib ms 1")
        self.npm("update", "ms", "--package-lock-only", folder=".")
        self.assertIn("ms/-/ms-1.5.0.tgz", lock.read_text())
        self.build()
        self.assertEqual(self.run_it(), "our lib ms 1.5")

    def test_change_in_the_workspace(self):
        self.package("packages/lib")
        self.package("packages/other")
        self.code({"lib": "*"})
        self.workspace()
        self.build()
        self.build()
        self.assertEqual(self.packed, [])
        self.write("packages/other/i.js", "")
        self.build()
        self.assertEqual(self.packed, [])
        self.write("packages/lib/i.js", "module.exports = 'changed'\n")
        self.build()
        self.assertEqual((self.packed, self.run_it()), (["app.fn"], "changed"))
        self.package("packages/new", name="ms")
        self.code({"lib": "*", "ms": "*"})
        self.workspace()
        self.build()
        self.assertEqual(self.run_it(), "changed,our new")

    def test_versions_of_a_workspace(self):
        """What the root has in another version than the lambda is found by those who need it."""
        self.package("packages/lib", {"ms": "1.0.0", "deep": "*"})
        self.package("packages/deep", {"needs": "1.0.0"})
        self.code({"lib": "*", "needs": "1.0.0", "ms": "2.0.0"})
        self.workspace(dependencies={"ms": "1.0.0"})
        self.assertTrue("app/fn/node_modules/ms" in (self.project / "package-lock.json").read_text())
        self.build()
        self.assertEqual(self.run_it(), "our lib ms 1 our deep needs ms 1,needs ms 1,ms 2")

    def test_version_that_does_not_fit(self):
        """npm takes the registry's package then."""
        self.package("packages/left-pad", version="9.0.0")
        self.code({"left-pad": "^1.0.0"})
        self.workspace()
        said = self.fails(("app/fn/package.json", '"^1.0.0"'), "is a package of this workspace")
        self.assertIn("npm:left-pad@^1.0.0", said)
        self.code({"left-pad": "npm:left-pad@^1.0.0"})
        self.workspace()
        self.build()
        self.assertEqual(self.run_it(), "the public one")

    def test_root_of_the_workspace(self):
        """Its own scripts and dependencies: hooks of git are not set up, other scripts run."""
        self.package("packages/lib")
        self.code({"lib": "*"})
        self.workspace(dependencies={"tool": "1.0.0"}, scripts={"prepare": "husky"})
        self.build()
        self.assertEqual(self.modules(), {"lib/i.js", "lib/package.json"})
        self.write("patch.js", "require('fs').appendFileSync('packages/lib/i.js', '// patched\\n')\n")
        self.workspace(scripts={"postinstall": "node patch.js"})
        self.build()
        self.assertIn(b"// patched", self.content()["node_modules/lib/i.js"])
        self.assertNotIn("// patched", (self.project / "packages/lib/i.js").read_text())

    def test_lock_of_the_code_folder(self):
        """In a workspace without a lock file, the lambda's own counts, if it names no sibling."""
        self.code({"ms": "1.0.0"})
        self.npm("install", "--package-lock-only", folder="app/fn")
        self.package("packages/left-pad", version="1.0.0")
        self.workspace(lock=False)
        self.build()
        self.assertEqual(self.run_it(), "ms 1")
        self.code({"ms": "1.0.0", "left-pad": "1.0.0"})
        self.fails(("app/fn/package.json", '"1.0.0"'), "has no lock file")

    def test_workspace_outside_of_the_project(self):
        self.code({"left-pad": "*"})
        (self.project.parent / "package.json").write_text('{"workspaces": ["project/**"]}')
        said = self.build(21)
        self.assertIn("app/fn/package.json:1:1: error: this package is of the workspace of ", said)
        self.assertIn("outside of the project", said)
        (self.project.parent / "package.json").write_text('{"workspaces": ["others/*"]}')
        self.build()

    def test_code_is_the_workspace(self):
        """A code folder with a workspace of its own."""
        self.package("app/fn/parts/part")
        self.code({"part": "*"}, workspaces=["parts/*"])
        self.build()
        self.assertEqual(self.run_it(), "our part")

    def test_no_lock_file(self):
        """Versions that change with time are one warning of a build, and of one without changes."""
        warning = ("app/fn/package.json: warning: no lock file fixes the versions of ms, so "
                   "the zips may change by themselves; run 'npm install --package-lock-only' there")
        self.package("shared")
        self.code({"shared": "file:../../shared"})
        self.assertNotIn("warning", self.build())
        self.code({"shared": "file:../../shared", "ms": "1.0.0"})
        for _ in range(2):
            self.assertEqual(self.build().count(warning), 1)
        plan = subprocess.run([self.gordon, "plan", "--build-dir", "plan"], cwd=self.project, env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual((plan.returncode, plan.stdout.count(warning)), (0, 1), plan.stdout)
        self.npm("install", "--package-lock-only", folder="app/fn")
        self.assertNotIn("warning", self.build())
        (self.project / "app/fn/package-lock.json").rename(self.project / "package-lock.json")
        self.assertNotIn("warning", self.build())

    # --- platforms ---

    @unittest.skipIf(NPM < (10, 3), "npm chooses the platform from version 10.3 on")
    def test_platform(self):
        """Optional packages are for the lambda's processor and C library."""
        self.code({"fast": "1.0.0"})
        for lock in False, True:
            for architecture, cpu in ("x86_64", "x64"), ("arm64", "arm64"):
                self.settings(f", architecture: {architecture}")
                self.build()
                self.assertEqual({name.split("/")[0] for name in self.modules()},
                                 {"fast", f"fast-{cpu}"})
            self.npm("install", "--package-lock-only", folder="app/fn")

    def test_old_npm(self):
        """An npm that does not know --cpu installs for this machine."""
        other = {"x86_64": "arm64"}.get(os.uname().machine, "x86_64")
        npm = self.write("old-npm", '#!/bin/sh\nfor word; do shift\ncase $word in --os=*|--cpu=*|'
                         '--libc=*) ;; *) set -- "$@" "$word" ;; esac\ndone\nexec npm "$@"\n')
        npm.chmod(0o755)
        self.settings(f", architecture: {other}, npm-path: {npm}")
        self.code({"fast": "1.0.0"})
        said = self.build(21)
        self.assertRegex(said, "app/settings.yml:2:.*node_modules/fast-[a-z0-9]* of app.fn is for "
                               "another platform than the lambda's")

    def test_compiled(self):
        """An addon that was compiled for this machine is an error elsewhere; prebuilt ones are not."""
        self.settings(", architecture: arm64")
        for path, machine, status in (("build/Release/a.node", 183, 0), ("prebuilds/any/a.node", 62, 0),
                                      ("build/Release/a.node", 62, 21),
                                      ("lib/binding/napi/a.node", 62, 21)):
            tgz, _ = packed("addon", "1.0.0", {"i.js": "", path: elf(machine)})
            self.write("addon.tgz", tgz)
            self.code({"addon": "file:../../addon.tgz"})
            said = self.build(status)
            self.assertEqual("was compiled on this machine" in said, status == 21, said)

    def test_scripts_know_the_platform(self):
        """Scripts that compile or download get it in the variables that they read."""
        self.settings(", architecture: arm64")
        self.code({"lib": "./lib"}, scripts={"postinstall": "env | grep npm_config_ > lib/env.txt"})
        self.package("app/fn/lib")
        self.build()
        env = self.content()["node_modules/lib/env.txt"].decode().splitlines()
        self.assertLessEqual({"npm_config_arch=arm64", "npm_config_target_arch=arm64",
                              "npm_config_platform=linux", "npm_config_libc=glibc"}, set(env))

    def test_same_bytes(self):
        """Nothing of this machine is packed, and another folder gives the same zip."""
        self.package("packages/lib", {"tool": "1.0.0"})
        self.code({"lib": "*", "ms": "2.0.0"})
        self.workspace()
        self.build()
        first = (self.project / "_build/code/app_fn.zip").read_bytes()
        self.assertFalse([name for name in self.modules() if ".bin" in name or "lock" in name])
        for data in self.content().values():
            self.assertNotIn(str(self.project.parent).encode(), data)
        moved = self.project.parent / "moved"
        shutil.copytree(self.project, moved, symlinks=True, ignore=lambda *_: ["_build"])
        shutil.rmtree(self.cache / "gordon")
        self.project = moved
        self.build()
        self.assertEqual(first, (moved / "_build/code/app_fn.zip").read_bytes())


if __name__ == "__main__":
    if not shutil.which("npm"):
        print("there is no npm")
        sys.exit(77)
    unittest.main()
