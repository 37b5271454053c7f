#!/usr/bin/env python3
"""Build commands of Node lambdas use what their package.json names, which is installed once.

usage: bundlers.py GORDON

Exits with 77 if there is no npm. The test of the real esbuild and tsc is skipped if they cannot be
downloaded.
"""
import json
import os
import shutil
import subprocess
import sys
import unittest

from node_project import NodeProject

NodeProject.gordon = os.path.abspath(sys.argv.pop(1))
# A bundler: it joins the named files, and what is behind the packages that they require.
BUNDLE = """#!/usr/bin/env node
const fs = require('fs'), path = require('path');
const [from, to] = process.argv.slice(2);
const lib = fs.readFileSync(require.resolve(fs.readFileSync('uses.txt', 'utf8').trim(),
                                            {paths: [process.cwd()]}), 'utf8');
fs.mkdirSync(path.dirname(to), {recursive: true});
fs.writeFileSync(to, lib + fs.readFileSync(from, 'utf8'));
"""
PACKAGES = {
    "bundle@1.0.0": {"bin.js": BUNDLE, "package.json": {
        "bin": {"bundle": "bin.js"}, "scripts": {"install": "echo one >> $INSTALLED"}}},
    "lib@1.0.0": {"i.js": "// the public lib\n"},
}
PACKAGE = {"name": "fn", "version": "1.0.0", "dependencies": {"lib": "1.0.0"},
           "devDependencies": {"bundle": "1.0.0"}}
REAL = {"esbuild": "0.25.12", "typescript": "5.9.3"}


class Bundlers(NodeProject):
    def setUp(self):
        super().setUp()
        self.log = self.folder / "installed"
        self.env.update(INSTALLED=str(self.log), NODE_ENV="production")
        self.write("app/fn/code.js", "exports.handler = async () => 1\n")
        self.write("app/fn/uses.txt", "lib\n")
        self.write("app/fn/package.json", PACKAGE)

    def begin(self, *commands):
        self.env["npm_config_registry"] = self.serve(PACKAGES).url
        self.commands(*commands or ['npx bundle code.js "$GORDON_TARGET/code.js"'])

    def commands(self, *commands, more=""):
        self.write("app/settings.yml", "lambdas:\n  fn:\n    code: fn\n    runtime: node\n" + more +
                   "    build:\n" + "".join(f"      - {json.dumps(c)}\n" for c in commands))

    def content(self):
        return {name: data.decode() for name, data in super().content().items()}

    def installs(self):
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def test_edits_install_nothing(self):
        """Only what the commands leave is packed. An edit runs them with what is installed already."""
        self.begin()
        self.build()
        first = "// the public lib\nexports.handler = async () => 1\n"
        self.assertEqual((self.content(), self.installs()), ({"code.js": first}, 1))
        for number in 2, 3:
            self.write("app/fn/code.js", f"exports.handler = async () => {number}\n")
            self.build()
            self.assertEqual(self.content(), {"code.js": first.replace("1", str(number))})
        self.write("app/fn/uses.txt", "missing\n")
        self.build(21)  # a command that fails
        self.write("app/fn/uses.txt", "lib\n")
        self.write("app/fn/node_modules/lib/i.js", "// the developer's own\n")
        self.build()
        self.assertEqual((self.content()["code.js"], self.installs()), (first.replace("1", "3"), 1))
        self.write("app/fn/package.json", {**PACKAGE, "version": "2.0.0"})
        self.build()
        self.assertEqual(self.installs(), 2)

    def test_commands_that_change_packages(self):
        """What commands leave in node_modules does not decide what the next build makes."""
        self.begin("echo x >> node_modules/lib/i.js; mkdir -p node_modules/.cache",
                   'npx bundle code.js "$GORDON_TARGET/code.js"')
        for number in 1, 2:
            self.write("app/fn/code.js", f"// {number}\n")
            self.build()
            self.assertEqual(self.content()["code.js"], f"// the public lib\nx\n// {number}\n")
            self.assertEqual(self.installs(), number)
        self.commands('echo x > node_modules/.cache-is-here; mkdir -p node_modules/.cache/a; '
                      'ls -A node_modules/.cache; rm node_modules/.cache-is-here; '
                      'npx bundle code.js "$GORDON_TARGET/code.js"')
        self.build()
        self.build()
        self.write("app/fn/code.js", "// 3\n")
        self.build()
        self.assertEqual(self.installs(), 3)

    def test_commands_that_install(self):
        """They find no packages, as before. Those that install elsewhere, or only run scripts, do."""
        self.begin()
        self.write("app/fn/package.json", {"name": "fn", "version": "1.0.0", "scripts": {"ci": "true"},
                                           "dependencies": {"lib": "1.0.0"}})
        copy = 'cp code.js "$GORDON_TARGET"'
        for command in ("npm install --no-audit", "cd . && npm --silent i", "{npm_path} install",
                        "$GORDON_NPM_PATH install --ignore-scripts", "npm run ci; npm i"):
            with self.subTest(command=command):
                self.commands(f"test ! -e node_modules && {command}", "test -e node_modules/lib", copy)
                self.build()
        for command in "npm run ci", 'npm install --prefix "$GORDON_TARGET" lib@1.0.0', "echo npm":
            with self.subTest(command=command):
                self.commands(f"test -e node_modules/lib && {command}", copy)
                self.build()
                self.assertEqual("node_modules/lib/i.js" in self.content(), "--prefix" in command)

    def test_sibling(self):
        """A package of the workspace is bundled from its source, and its edits install nothing."""
        self.begin("test -e ../../lib/i.js", 'npx bundle code.js "$GORDON_TARGET/code.js"')
        self.write("package.json", {"name": "r", "private": True, "workspaces": ["lib", "app/*"]})
        self.write("lib/package.json", {"name": "lib", "version": "1.0.0", "main": "i.js"})
        for text in "// ours\n", "// changed\n":
            self.write("lib/i.js", text)
            self.build()
            self.assertEqual(self.content()["code.js"], text + "exports.handler = async () => 1\n")
        self.assertEqual(self.installs(), 1)

    def test_without(self):
        """No packages for commands in the source itself."""
        self.begin()
        self.commands('test ! -e node_modules && cp code.js "$GORDON_TARGET"',
                      more="    build-in-source: true\n")
        self.build()

    def test_real(self):
        """The real esbuild and tsc."""
        self.write("app/fn/package.json", {"name": "fn", "version": "1.0.0", "devDependencies": REAL})
        run = subprocess.run(["npm", "install", "--package-lock-only", "--no-audit", "--no-fund"],
                             cwd=self.project / "app/fn", text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        if run.returncode:
            self.skipTest(f"{REAL} cannot be had: {run.stdout[-200:]}")
        (self.project / "app/fn/code.js").unlink()
        self.write("app/fn/tsconfig.json", {"compilerOptions": {
            "strict": True, "target": "es2022", "module": "commonjs"}, "include": ["*.ts"]})
        self.write("app/fn/part.ts", "export const part: number = 41;\n")
        self.write("app/fn/code.ts", "import {part} from './part';\n"
                                     "export const handler = async (): Promise<number> => part + 1;\n")
        self.commands("npx tsc --noEmit", "npx esbuild code.ts --bundle --platform=node "
                      '--target=node24 --log-level=warning --outfile="$GORDON_TARGET/code.js"')
        self.build()
        self.assertEqual(list(self.content()), ["code.js"])
        self.assertIn("41", self.content()["code.js"])
        self.write("app/fn/part.ts", "export const part: number = 'x';\n")
        self.assertIn("part.ts(1,14): error TS2322", self.build(21))
        self.write("app/fn/part.ts", "export const part: number = 1;\n")
        kept = self.project / "_build/.gordon/lambdas/app_fn/modules.txt"
        before = kept.with_name("modules").stat().st_ino
        self.build()
        self.assertEqual(kept.with_name("modules").stat().st_ino, before)  # installed only once
        self.commands('npx tsc --outDir "$GORDON_TARGET"')
        self.build()
        self.assertEqual(sorted(self.content()), ["code.js", "part.js"])


if __name__ == "__main__":
    if not shutil.which("npm"):
        print("there is no npm")
        sys.exit(77)
    unittest.main()
