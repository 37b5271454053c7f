"""The base of tests that build a project with Node lambdas, from a registry on this machine."""
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

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "helpers"))
from npm_registry import Registry  # noqa: E402

FOR = {"os": ["linux"], "libc": ["glibc"]}
# Two versions of a package, a package that needs one of them, and one that is different for each machine.
PACKAGES = {
    "ms@1.0.0": {"i.js": "module.exports = 'ms 1'\n"},
    "ms@2.0.0": {"i.js": "module.exports = 'ms 2'\n"},
    "needs@1.0.0": {"i.js": "module.exports = 'needs ' + require('ms')\n",
                    "package.json": {"dependencies": {"ms": "1.0.0"}}},
    "fast@1.0.0": {"i.js": "module.exports = 'fast'\n", "package.json": {"optionalDependencies": {
        name: "1.0.0" for name in ("fast-x64", "fast-arm64", "fast-musl", "fast-mac")}}},
    "fast-x64@1.0.0": {"i.js": "", "package.json": {**FOR, "cpu": ["x64"]}},
    "fast-arm64@1.0.0": {"i.js": "", "package.json": {**FOR, "cpu": ["arm64"]}},
    "fast-musl@1.0.0": {"i.js": "", "package.json": {"os": ["linux"], "libc": ["musl"]}},
    "fast-mac@1.0.0": {"i.js": "", "package.json": {"os": ["darwin"], "cpu": ["arm64", "x64"]}},
}


def requiring(packages):
    """The code of a lambda that returns what the packages are."""
    names = ", ".join(map(repr, packages))
    return f"exports.handler = async () => [{names}].map(require).join()\n"


class NodeProject(unittest.TestCase):
    """Has the folder of a test, in it `project` with the lambda app.fn, and `env` without the user's settings."""
    maxDiff = None
    gordon = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gordon-node-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder)
        self.start("project")

    def start(self, name, **env):
        """Begins a project."""
        self.project = self.folder / name
        self.env = {name: value for name, value in os.environ.items()
                    if not name.upper().startswith(("NPM_", "XDG_", "YARN_", "PNPM_", "NODE_ENV"))}
        self.env.update(HOME=str(self.folder / "home"), GORDON_CACHE_DIR=str(self.folder / "cache"), **env)
        self.write("settings.yml", "project: demo\ncode-bucket: demo\napps: [app]\n")
        self.settings()

    def serve(self, packages):
        registry = Registry(packages).__enter__()
        self.addCleanup(registry.__exit__)
        return registry

    def settings(self, more=""):
        self.write("app/settings.yml", "lambdas:\n  fn: {code: fn, runtime: node%s}\n" % more)

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text if isinstance(text, str) else json.dumps(text, indent=2))
        return path

    def build(self, status=0):
        """Returns what it printed on standard error; `packed` are the lambdas that were packed."""
        run = subprocess.run([self.gordon, "build", "--debug"], cwd=self.project, env=self.env, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(run.returncode, status, run.stderr)
        self.packed = re.findall("gordon: packing (.*)", run.stderr)
        return run.stderr

    def content(self):
        """The files of the zip, none of which is a link."""
        with zipfile.ZipFile(self.project / "_build/code/app_fn.zip") as zipped:
            for info in zipped.infolist():
                self.assertNotEqual(info.external_attr >> 28, 10, f"{info.filename} is a link")
            return {name: zipped.read(name) for name in zipped.namelist()}

    def modules(self):
        """The names in node_modules."""
        return {name[len("node_modules/"):] for name in self.content() if name.startswith("node_modules/")}

    def run_it(self):
        """What the lambda returns when its zip is unpacked elsewhere."""
        with tempfile.TemporaryDirectory() as folder:
            for name, data in self.content().items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            return subprocess.run(
                ["node", "-p", "require('./code.js').handler().then(console.log), ''"], cwd=folder,
                text=True, stdout=subprocess.PIPE, check=True).stdout.strip()
