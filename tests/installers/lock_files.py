#!/usr/bin/env python3
"""Node lambdas with lock files of pnpm and Yarn, by the real tools, from a registry on this machine.

usage: lock_files.py GORDON TOOLS

TOOLS is a folder for pnpm and Yarn, which are downloaded once. Exits with 77 if they cannot be.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from node_project import PACKAGES as COMMON, NodeProject, requiring

NodeProject.gordon, TOOLS = os.path.abspath(sys.argv.pop(1)), pathlib.Path(sys.argv.pop(1)).resolve()
PINNED = {"pnpm": ("pnpm@10.34.9", "bin/pnpm.cjs"), "yarn1": ("yarn@1.22.22", "bin/yarn.js"),
          "yarn4": ("@yarnpkg/cli-dist@4.18.1", "bin/yarn.js")}
PACKAGES = {
    **COMMON,
    "left-pad@1.0.0": {"i.js": "module.exports = 'the public one'\n"},
    "tool@1.0.0": {"i.js": "module.exports = 'a tool'\n", "package.json": {"bin": {"tool": "i.js"}}},
}
LOCK = {"pnpm": ["pnpm", "install", "--lockfile-only"],
        "yarn1": ["yarn", "install", "--ignore-platform"],
        "yarn4": ["yarn", "install", "--mode=update-lockfile"]}
FILE = {"pnpm": "pnpm-lock.yaml", "yarn1": "yarn.lock", "yarn4": "yarn.lock"}


def get_tools():
    """Downloads the tools, and makes a folder for PATH for each. Returns whether that worked."""
    stamp = TOOLS / json.dumps(PINNED).replace("/", "").replace(" ", "")[:200]
    if stamp.exists():
        return True
    shutil.rmtree(TOOLS, ignore_errors=True)
    TOOLS.mkdir(parents=True)
    words = [f"{name}@npm:{package}" for name, (package, _) in PINNED.items()]
    run = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", TOOLS, *words],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode:
        print(run.stdout)
        return False
    for name, (_, script) in PINNED.items():
        program = TOOLS / name / name.rstrip("14")
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec node "{TOOLS}/node_modules/{name}/{script}" "$@"\n')
        program.chmod(0o755)
    stamp.touch()
    return True


class LockFiles(NodeProject):
    def setUp(self):
        super().setUp()
        self.registry = self.serve(PACKAGES)

    def start_with(self, tool):
        """Begins a project of a tool."""
        self.tool = tool
        path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep)
                               if not os.path.exists(os.path.join(p, "yarn")))
        self.start(tool, PATH=f"{TOOLS / tool}{os.pathsep}{path}", YARN_NODE_LINKER="node-modules",
                   npm_config_registry=self.registry.url, CI="",
                   YARN_NPM_REGISTRY_SERVER=self.registry.url, YARN_REGISTRY=self.registry.url,
                   YARN_UNSAFE_HTTP_WHITELIST="127.0.0.1", YARN_ENABLE_IMMUTABLE_INSTALLS="0")

    def code(self, dependencies, **keys):
        self.write("app/fn/package.json", {"name": "fn", "version": "1.0.0",
                                           "dependencies": dependencies, **keys})
        self.write("app/fn/code.js", requiring(dependencies))

    def lock(self, folder):
        """Writes the lock file, as a developer does, who keeps no node_modules."""
        run = subprocess.run(LOCK[self.tool], cwd=self.project / folder, env=self.env, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, 0, run.stdout)
        for path in self.project.rglob("node_modules"):
            shutil.rmtree(path, ignore_errors=True)

    def packages(self):
        return {name.split("/")[0] for name in self.modules()}

    def each(self):
        for tool in PINNED:
            with self.subTest(tool=tool):
                self.start_with(tool)
                yield tool

    def test_lock(self):
        """Versions are those of the lock file, for the lambda's platform, without development's."""
        for tool in self.each():
            self.settings(", architecture: arm64")
            self.code({"ms": "^1.0.0", "fast": "1.0.0"}, devDependencies={"tool": "1.0.0"})
            self.lock("app/fn")
            self.registry.add("ms", "1.5.0", {"i.js": "module.exports = 'newer'\n"})
            self.build()
            self.assertEqual(self.run_it(), "ms 1,fast")
            self.assertEqual(self.packages(), {"ms", "fast", "fast-arm64"})
            first = self.content()
            shutil.rmtree(self.folder / "cache")
            shutil.rmtree(self.project / "_build")
            self.build()
            self.assertEqual(self.content(), first)
            self.code({"ms": "^1.0.0", "needs": "1.0.0"})  # the lock file does not have it
            self.assertIn(f"{FILE[tool]} must fit package.json", self.build(21))
            self.registry.documents["ms"]["versions"].pop("1.5.0")
            self.registry.documents["ms"]["dist-tags"]["latest"] = "2.0.0"

    def test_workspace(self):
        """The lock file of the workspace's root counts, and its packages are packed as files."""
        for tool in self.each():
            self.write("package.json", {"name": "root", "private": True,
                                        "workspaces": ["app/*", "packages/*"]})
            if tool == "pnpm":
                self.write("pnpm-workspace.yaml", "packages:\n  - 'packages/*' # ours\n  - app/*\n")
            range_ = "9.0.0" if tool == "yarn1" else "workspace:*"
            self.code({"left-pad": range_, "ms": "2.0.0"})
            for name, needs in ("left-pad", {"ms": "1.0.0"}), ("other", {"needs": "1.0.0"}):
                self.write(f"packages/{name}/package.json", {
                    "name": name, "version": "9.0.0", "main": "i.js", "dependencies": needs})
            self.write("packages/left-pad/i.js", "module.exports = 'our ' + require('ms')\n")
            self.lock(".")
            self.build()
            self.assertEqual(self.run_it(), "our ms 1,ms 2")
            self.assertEqual(self.packages(), {"left-pad", "ms"})
            self.write("packages/left-pad/i.js", "module.exports = 'changed'\n")
            self.build()
            self.assertEqual(self.run_it(), "changed,ms 2")
            self.write("packages/other/i.js", "")
            self.build()
            self.assertEqual(self.packed, [])

    def test_commands(self):
        """Build commands get development dependencies."""
        for tool in self.each():
            self.code({"ms": "1.0.0"}, devDependencies={"tool": "1.0.0"})
            self.lock("app/fn")
            self.write("app/settings.yml", "lambdas:\n  fn:\n    code: fn\n    runtime: node\n    build:\n"
                       "      - test -e node_modules/ms\n"
                       "      - cp node_modules/tool/i.js \"$GORDON_TARGET/code.js\"\n")
            self.build()
            self.assertEqual(self.content(), {"code.js": b"module.exports = 'a tool'\n"})

    def test_missing(self):
        """A tool that is not there is named; npm's own lock file needs none."""
        for tool in self.each():
            self.code({"ms": "1.0.0"})
            self.write(f"app/fn/{FILE[tool]}", "")
            bin_ = self.folder / "bin"
            bin_.mkdir(exist_ok=True)
            for program in "npm", "node", "sh":
                if not (bin_ / program).exists():
                    (bin_ / program).symlink_to(shutil.which(program))
            self.env["PATH"] = str(bin_)
            said = self.build(21)
            self.assertIn("the dependencies of app.fn could not be installed: "
                          f"{'pnpm' if tool == 'pnpm' else 'yarn'}", said)
            self.assertIn(f"app/fn/{FILE[tool]}: note: {FILE[tool]} is installed by ", said)

    def test_pnpm_of_another_version(self):
        """The pnpm that is there runs, and downloads no other one."""
        self.start_with("pnpm")
        self.code({"ms": "^1.0.0"})
        self.lock("app/fn")
        self.code({"ms": "^1.0.0"}, packageManager="pnpm@10.11.1")
        self.build()
        self.assertEqual(self.run_it(), "ms 1")

    def test_pnpm_workspace_without_lock(self):
        """npm would take the registry's package for that of the workspace."""
        self.start_with("pnpm")
        self.write("package.json", {"name": "root", "private": True})
        self.write("pnpm-workspace.yaml", "packages:\n- app/*\n- packages/*\n")
        self.write("packages/left-pad/package.json", {"name": "left-pad", "version": "1.0.0"})
        self.code({"left-pad": "1.0.0"})
        self.assertIn("app/fn/package.json:1:1: error: this package is of the pnpm workspace of",
                      self.build(21))


if __name__ == "__main__":
    if not shutil.which("npm") or not get_tools():
        print("npm, pnpm or Yarn cannot be had")
        sys.exit(77)
    unittest.main()
