"""A copy of Gordon's source tree, its build, and its tests in a sandbox.

Programs of the copy may be changed at random, also where they delete files. So they run in bubblewrap only,
without network, where nothing is writable but the build folder of the copy and a small /tmp.
"""
import ast
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
RUNNER = (HERE / "runner.py").read_text()  # once, because a run takes long, and the file may change
# These need a registry, test the sources and not the program, build Gordon again, or differ from another
# test by CMake's generator only.
LEFT_OUT = re.compile(r"architecture\.|docs\.|lint$|iam$|package$|ci$|releases\.|languages\.|wheels$|surroundings$"
                      r"|contrib$|emulator$|apply\.moto$|rough$|failures\.|fuzz|install$|\w*venv$|mutations\."
                      r"|(node|python)_folder\.|determinism\.(node|python)_folder"
                      r"|.*\.(subdirectory|fetchcontent|override|cross\w*|newest\w*|make|multi|utf8\w*)$|.*\.newest\.")
FIXTURES = {"installed", "venv"}
TMP_MAX = 2 << 30


def digest(paths, source):
    """Of the contents of files and folders in `source`."""
    sha = hashlib.sha256()
    for path in sorted(paths):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                sha.update(os.fsencode(file.relative_to(source)) + file.read_bytes())
    return sha.hexdigest()


def methods(script):
    """Class.method of each test of a script that ends with unittest.main()."""
    text = pathlib.Path(script).read_text()
    if "unittest.main()" not in text or "del sys.argv[1:]\n" in text:
        return []
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    return [f"{node.name}.{item.name}" for node in classes for item in node.body
            if isinstance(item, ast.FunctionDef) and item.name.startswith("test")]


class Tree:
    def __init__(self, folder, options, flags, linker=(), sanitize="OFF"):
        self.folder = pathlib.Path(folder).resolve()
        self.source, self.build = self.folder / "source", self.folder / "build"
        self.options, self.flags, self.linker, self.sanitize = options, flags, linker, sanitize

    def sandbox(self, command, writable=(), **options):
        """Runs a command where only the folder of the tree is writable, and of it only `writable` if given."""
        binds = []
        for path in writable or (self.folder,):
            binds += ["--bind", str(path), str(path)]
        if writable:  # what the next change is built with
            for path in (self.build / "generator", self.build / "bin"):
                binds += ["--ro-bind", str(path), str(path)]
        return subprocess.run(
            ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--size", str(TMP_MAX),
             "--tmpfs", "/tmp", *binds, "--unshare-net", "--unshare-pid", "--die-with-parent",
             "--setenv", "HOME", str(self.build / "home"), "--setenv", "CCACHE_DIR", str(self.folder / "ccache"),
             "--chdir", str(self.build), *map(str, command)],
            capture_output=True, text=True, errors="replace", check=False, **options)

    def copy(self, root):
        """Copies the files that git knows or would add, if they differ."""
        listed = subprocess.run(["git", "-C", root, "ls-files", "-coz", "--exclude-standard"], check=True,
                                capture_output=True).stdout
        names = {os.fsdecode(name) for name in listed.split(b"\0") if name}
        for name in sorted(names):
            self.copy_file(pathlib.Path(root, name), self.source / name)
        for path in sorted(self.source.rglob("*"), reverse=True):
            if path.is_symlink() or not path.is_dir():
                if str(path.relative_to(self.source)) not in names:
                    path.unlink()
        self.build.mkdir(parents=True, exist_ok=True)
        (self.build / "home").mkdir(exist_ok=True)

    @staticmethod
    def copy_file(path, to):
        if not os.path.lexists(path):
            return
        if path.is_symlink() or to.is_symlink():
            same = path.is_symlink() and to.is_symlink() and os.readlink(path) == os.readlink(to)
        else:
            same = to.exists() and path.read_bytes() == to.read_bytes() and \
                path.stat().st_mode == to.stat().st_mode
        if not same:
            to.parent.mkdir(parents=True, exist_ok=True)
            to.unlink(missing_ok=True)
            shutil.copy2(path, to, follow_symlinks=False)
            if not path.is_symlink():
                os.utime(to)

    def configure(self):
        venv = self.build / "venv"
        if self.options.venv and not venv.is_symlink():
            venv.symlink_to(self.options.venv)
        run = self.sandbox(["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja", f"-DGORDON_SANITIZE={self.sanitize}",
                            "-DCMAKE_BUILD_TYPE=", f"-DCMAKE_C_FLAGS={' '.join(self.flags)}",
                            f"-DCMAKE_EXE_LINKER_FLAGS={' '.join(self.linker)}",
                            f"-DGORDON_CONFORMANCE={self.options.conformance}",
                            "-DCMAKE_C_COMPILER_LAUNCHER=" + (shutil.which("ccache") or "")])
        if run.returncode:
            sys.exit(f"cannot configure the copy:\n{run.stdout}{run.stderr}")

    def make(self, *targets):
        """Builds targets. Returns whether that worked, and what was printed."""
        run = self.sandbox(["ninja", "-j2", *targets])
        return run.returncode == 0, run.stdout + run.stderr

    def install(self):
        run = self.sandbox(["ctest", "-R", "^install$"])
        if run.returncode:
            sys.exit(f"cannot install the copy:\n{run.stdout}{run.stderr}")

    def object(self, name):
        """The bytes that the compiler makes of a source, without sanitizers and debug information, or None."""
        if not hasattr(self, "commands"):
            entries = json.loads((self.build / "compile_commands.json").read_text())
            self.commands = {entry["file"]: entry["command"] for entry in entries}
        words = [word for word in shlex.split(self.commands[str(self.source / name)])
                 if not word.startswith(("-fsanitize", "-fno-sanitize", "-O", "-g")) and not word.endswith("ccache")]
        words[words.index("-o") + 1] = str(self.build / "changed.o")
        run = self.sandbox([*words, "-O2", "-g0"])
        return (self.build / "changed.o").read_bytes() if run.returncode == 0 else None

    def tests(self):
        """The tests that can notice a change, by name; scripts of unittest in their methods."""
        shown = self.sandbox(["ctest", "--show-only=json-v1"])
        found = {}
        for entry in json.loads(shown.stdout)["tests"]:
            values = {p["name"]: p["value"] for p in entry["properties"]}
            needs = set(values.get("FIXTURES_REQUIRED", []))
            if "command" not in entry or needs - FIXTURES or ("venv" in needs and not self.options.venv):
                continue
            if LEFT_OUT.match(entry["name"]) or entry["name"].startswith("apply.") > self.options.slow:
                continue
            for test in self.expand(self.test(entry["name"], entry["command"], values)):
                if re.search(self.options.tests, test["name"]):
                    found[test["name"]] = test
        return found

    def test(self, name, command, values):
        environment = dict(item.split("=", 1) for item in values.get("ENVIRONMENT", []))
        for item in values.get("ENVIRONMENT_MODIFICATION", []):
            variable, change = item.split("=", 1)
            environment[variable] = change.split(":", 1)[1]
        if command[1:3] == ["-E", "env"]:
            command = command[3:]
            while "=" in command[0]:
                variable, value = command[0].split("=", 1)
                environment[variable] = value
                command = command[1:]
        is_script = re.match(r"python3?$", os.path.basename(command[0])) and not command[0].startswith(str(self.build))
        targets = [os.path.relpath(word, self.build) for word in command
                   if word.startswith((f"{self.build}/tests/unit/", f"{self.build}/tests/jinja/",
                                       f"{self.build}/tests/yaml/")) and os.access(word, os.X_OK)]
        if "installed" in values.get("FIXTURES_REQUIRED", []):
            targets.append("bin/gordon")
        return {"name": name, "command": command, "environment": environment, "targets": targets,
                "script": command[2:] if is_script and command[1] == "-B" else None, "timeout": values["TIMEOUT"],
                "folder": values["WORKING_DIRECTORY"], "skip": values.get("SKIP_RETURN_CODE", 77),
                "log": str(self.build / "test.log")}

    def expand(self, test):
        script = test["script"]
        words = [pathlib.Path(word.rpartition("=")[2]) for word in test["command"]]
        if test["name"].startswith("unit."):
            _, wing, noun = test["name"].split(".")
            words = [self.source / "tests" / "unit" / wing / f"test_{noun}.c"]
        test["digest"] = digest(
            {path for path in words if self.source / "tests" in path.parents and path.exists()}, self.source)
        for method in methods(script[0]) if script else []:
            yield {**test, "name": f"{test['name']}:{method}", "script": [*script, method]}
        if not script or not methods(script[0]):
            yield test

    def run(self, tests, *options, seconds=7200):
        """Runs tests up to the first that fails. Returns [(name, result, seconds)]."""
        shutil.rmtree(self.build / "cache", ignore_errors=True)  # another change may have spoiled it
        run = self.sandbox([sys.executable, "-B", "-c", RUNNER, *options], writable=(self.build,),
                           input=json.dumps(tests), timeout=seconds)
        results = [json.loads(line) for line in run.stdout.splitlines()]
        if tests and not results:
            sys.exit(f"the tests did not run:\n{run.stderr}")
        return results
