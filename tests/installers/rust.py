#!/usr/bin/env python3
"""Lambdas in Rust, by the real cargo, without packages of a registry.

usage: rust.py PREFIX

Exits with 77 if there is no cargo.
"""
import io
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

PREFIX = pathlib.Path(os.path.abspath(sys.argv.pop(1)))
GORDON = PREFIX / "bin/gordon"

WORKSPACE = {
    "settings.yml": "project: rs\ncode-bucket: rs\nlambdas:\n  one: {code: ws/one, runtime: provided.al2023}\n"
                    "  second: {code: ws/two, runtime: provided.al2023}\n",
    "ws/Cargo.toml": '[workspace]\nmembers = ["one", "two", "shared"]\nresolver = "2"\n'
                     '[workspace.package]\nversion = "0.1.0"\nedition = "2021"\n'
                     "[profile.release]\nopt-level = 0\n",
    "ws/one/Cargo.toml": '[package]\nname = "one"\nversion.workspace = true\nedition.workspace = true\n'
                         '[dependencies]\nshared = { path = "../shared" }\n',
    "ws/two/Cargo.toml": '[package]\nname = "two"\nversion.workspace = true\nedition.workspace = true\n'
                         '[dependencies]\nshared.path = "../shared" # a comment = "/nowhere"\n',
    "ws/shared/Cargo.toml": '[package]\nname = "shared"\nversion.workspace = true\nedition.workspace = true\n'
                            '[dependencies]\n"beside" = { version = "1", path = "../../lib/beside" }\n',
    "lib/beside/Cargo.toml": '[package]\nname = "beside"\nversion = "1.0.0"\nedition = "2021"\n',
    "lib/beside/src/lib.rs": "pub fn number() -> u32 { 7 }\n",
    "ws/shared/src/lib.rs": 'pub fn text() -> String { format!("{} {}", beside::number(), include_str!("../../text")) }\n',
    "ws/text": "text",
    "ws/one/src/main.rs": 'fn main() { println!("one {} {} {:?}", shared::text(), env!("MADE"), option_env!("SET")) }\n',
    "ws/one/build.rs": 'fn main() { println!("cargo:rustc-env=MADE=made"); }\n',
    "ws/two/src/bin/first.rs": 'fn main() { println!("first") }\n',
    "ws/two/src/bin/second.rs": "fn main() { println!(\"second {} {}\", shared::text(), "
                                'if cfg!(set) { "set" } else { "unset" }) }\n',
    "ws/two/.cargo/config.toml": '[build]\nrustflags = ["--cfg", "set"]\n',
}
SINGLE = {
    "settings.yml": "project: rs\ncode-bucket: rs\nlambdas:\n  one: {code: one, runtime: provided}\n",
    "one/Cargo.toml": '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n',
    "one/src/main.rs": 'fn main() { println!("hello") }\n',
}


class Rust(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gordon rust's ")
        self.addCleanup(self.folder.cleanup)
        self.project = pathlib.Path(self.folder.name) / "project"
        self.environment = {}

    def put(self, files):
        for name, text in files.items():
            path = self.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def lock(self, folder):
        subprocess.run(["cargo", "generate-lockfile", "--offline", "--quiet"], cwd=self.project / folder, check=True)

    def build(self, status=0):
        """Builds, and returns the names of the lambdas that were packed."""
        run = subprocess.run([GORDON, "build", "--debug", "--project", self.project], text=True, capture_output=True,
                             env={**os.environ, **self.environment})
        self.said = run.stderr
        self.assertEqual(run.returncode, status, run.stderr)
        return set(re.findall(r"gordon: packing (\S+)", run.stderr))

    def bytes_of(self, name):
        return (self.project / f"_build/code/_{name}.zip").read_bytes()

    def output(self, name):
        with zipfile.ZipFile(self.project / f"_build/code/_{name}.zip") as zipped:
            self.assertEqual(zipped.namelist(), ["bootstrap"])
            path = pathlib.Path(self.folder.name) / "bootstrap"
            path.write_bytes(zipped.read("bootstrap"))
        path.chmod(0o755)
        said = subprocess.run([path], text=True, stdout=subprocess.PIPE, check=True).stdout.strip()
        path.unlink()
        return said

    def sources(self):
        return {path: path.read_bytes() for path in self.project.rglob("*")
                if path.is_file() and "_build" not in path.relative_to(self.project).parts}

    def test_a_workspace_above_the_code(self):
        self.put(WORKSPACE)
        self.lock("ws")
        before = self.sources()
        self.assertEqual(self.build(), {"one", "second"})
        self.assertEqual(self.sources(), before)
        self.assertEqual(self.output("one"), "one 7 text made None")
        self.assertEqual(self.output("second"), "second 7 text set")  # of two programs, and with its flags
        self.assertNotIn("warning", self.said)
        self.assertEqual(self.build(), set())
        for name, text, packed in [("lib/beside/src/lib.rs", "pub fn number() -> u32 { 8 }\n", {"one", "second"}),
                                   ("ws/text", "other", {"one", "second"}),
                                   ("ws/one/README", "x", {"one"}),
                                   ("ws/two/src/bin/first.rs", "fn main() {}\n", {"second"}),
                                   ("ws/two/.cargo/config.toml", "", {"one", "second"})]:
            self.put({name: text})
            self.assertEqual(self.build(), packed, name)
        self.assertEqual(self.output("one"), "one 8 other made None")
        self.assertEqual(self.output("second"), "second 8 other unset")
        (self.project / "ws/one/src/main.rs").unlink()
        self.assertEqual(self.build(status=21), {"one"})
        self.assertFalse((self.project / "_build/code/_one.zip").exists())

    def test_the_same_bytes(self):
        """In another folder and from nothing. This needs all packages in the workspace: cargo's names of
        symbols depend on the place of others."""
        self.put({name.replace("lib/beside", "ws/beside"): text.replace("../../lib/beside", "../beside")
                  for name, text in WORKSPACE.items()})
        self.lock("ws")
        self.build()
        made = {name: self.bytes_of(name) for name in ("one", "second")}
        other = pathlib.Path(self.folder.name) / "another project"
        shutil.copytree(self.project, other, ignore=shutil.ignore_patterns("_build"))
        self.project = other
        self.build()
        self.assertTrue(all(self.bytes_of(name) == data for name, data in made.items()), "other bytes")
        for data in made.values():
            program = zipfile.ZipFile(io.BytesIO(data)).read("bootstrap")
            self.assertNotIn(self.folder.name.encode(), program)

    def test_without_a_lock_file(self):
        self.put(SINGLE)
        before = self.sources()
        self.build()
        self.assertEqual(self.sources(), before)
        self.assertEqual(self.output("one"), "hello")
        self.assertIn("one/Cargo.lock: warning: there is no such file", self.said)
        self.put({"one/Cargo.lock": 'version = 3\n'})
        self.build(status=21)
        self.assertIn("--locked", self.said)

    def test_wrong_source(self):
        self.put({**SINGLE, "one/src/main.rs": "fn main() { nothing() }\n"})
        self.build(status=21)
        self.assertIn("settings.yml:4:15: error: the build of one failed: cargo exited with 101", self.said)
        self.assertIn("cannot find function `nothing`", self.said)
        self.assertIn("note: the command was: cargo build --release --target x86_64-unknown-linux-gnu", self.said)

    def test_paths_out_of_the_project(self):
        outside = self.project.parent / "outside"
        self.put({"../outside/Cargo.toml": '[package]\nname = "outside"\nversion = "1.0.0"\n',
                  "../outside/src/lib.rs": ""})
        for text, column in ('[dependencies]\noutside = { path = "../../outside" }\n', 20), \
                (f'[dependencies.outside]\npath = "{outside}"\n', 8), \
                ('[patch.crates-io]\noutside.path="../../outside"\n', 14):
            self.put({**SINGLE, "one/Cargo.toml": SINGLE["one/Cargo.toml"] + text})
            self.build(status=21)
            self.assertIn(f"one/Cargo.toml:6:{column}: error: this leads out of the project, to {outside}", self.said)
        (self.project / "one/link").symlink_to(outside)
        self.put({"one/Cargo.toml": SINGLE["one/Cargo.toml"] + '[dependencies]\noutside.path = "link"\n'})
        self.build(status=21)
        self.assertIn("one/link: error: this link leads out of", self.said)

    def test_a_manifest_that_cannot_be_read(self):
        """It may be the one of a workspace. The search ends, and cargo is not run."""
        self.put({**SINGLE, "../outside.toml": "[workspace]\n"})
        (self.project / "Cargo.toml").symlink_to(self.project.parent / "outside.toml")
        self.build(status=21)
        self.assertRegex(self.said, r"\A(gordon: .*\n)*/.*/Cargo.toml: error: this link leads out of .*\n\Z")

    def test_a_workspace_above_the_project(self):
        self.put({**SINGLE, "../Cargo.toml": '[workspace]\nmembers = ["project/one"]\n'
                                             '[workspace.package]\nversion = "1.0.0"\n',
                  "one/Cargo.toml": '[package]\nname = "hello"\nversion.workspace = true\nedition = "2021"\n'})
        self.build(status=21)
        self.assertIn("settings.yml:4:15: error: the workspace of one is outside of the project, in ", self.said)
        self.put({"../Cargo.toml": '[workspace]\nexclude = ["project"]\n',
                  "one/Cargo.toml": SINGLE["one/Cargo.toml"]})
        self.build()
        self.assertEqual(self.output("one"), "hello")

    def test_a_package_that_its_workspace_excludes(self):
        """The build folder is in that workspace, too."""
        self.put({**SINGLE, "Cargo.toml": '[workspace]\nmembers = ["shared"]\nexclude = ["one"]\n'
                                          '[workspace.package]\nversion = "2.3.4"\n',
                  "shared/Cargo.toml": '[package]\nname = "shared"\nversion.workspace = true\n',
                  "shared/src/lib.rs": 'pub const VERSION: &str = env!("CARGO_PKG_VERSION");\n',
                  "one/Cargo.toml": SINGLE["one/Cargo.toml"] + '[dependencies]\nshared.path = "../shared"\n',
                  "one/src/main.rs": 'fn main() { println!("{}", shared::VERSION) }\n'})
        self.lock("one")
        self.build()
        self.assertEqual(self.output("one"), "2.3.4")
        self.assertEqual(self.build(), set())

    def test_which_program(self):
        first = {"one/src/bin/first.rs": 'fn main() { println!("first") }\n'}
        self.put({**SINGLE, **first})
        self.build(status=21)
        self.assertIn("settings.yml:4:15: error: it is not clear which program of Cargo.toml one is: ", self.said)
        self.assertIn("first", self.said)
        self.put({"one/Cargo.toml": SINGLE["one/Cargo.toml"] + 'default-run = "first"\n'})
        self.build()
        self.assertEqual(self.output("one"), "first")
        shutil.rmtree(self.project / "one/src")
        self.put({"one/Cargo.toml": SINGLE["one/Cargo.toml"], "one/src/lib.rs": ""})
        self.build(status=21)
        self.assertIn("one has no program", self.said)

    def test_without_cargo(self):
        self.put(SINGLE)
        self.environment = {"PATH": str(self.project)}
        self.build(status=21)
        self.assertIn("settings.yml:4:15: error: one is built by cargo, which is not in PATH: install Rust",
                      self.said)

    def test_cargo_lambda(self):
        """A substitute for cargo lambda, which is no package of a distribution."""
        self.put({**SINGLE, "tools/cargo-lambda": """#!/bin/sh -e
for word; do
    [ "$before" = --lambda-dir ] && folder=$word
    before=$word
done
mkdir -p "$folder/hello"
printf '%s ' "$@" > arguments
cp /bin/true "$folder/hello/bootstrap"
cat arguments >> "$folder/hello/bootstrap"
"""})
        (self.project / "tools/cargo-lambda").chmod(0o755)
        self.environment = {"PATH": f"{self.project}/tools:{os.environ['PATH']}"}
        self.put({"settings.yml": SINGLE["settings.yml"].replace("provided}", "provided, architecture: x86_64}")})
        self.build()
        with zipfile.ZipFile(self.project / "_build/code/_one.zip") as zipped:
            words = zipped.read("bootstrap").rpartition(b"\0")[2].decode()
        self.assertIn("lambda build --lambda-dir ", words)
        self.assertIn(" --release --target x86_64-unknown-linux-gnu ", words)
        self.assertIn(" --bin hello ", words)

    def test_what_would_be_run(self):
        self.put({**SINGLE, "settings.yml": SINGLE["settings.yml"].replace("provided}", "provided, architecture: arm64}"),
                  "one/.cargo/config.toml": '[build]\ntarget = "aarch64-unknown-linux-musl"\n'})
        plan = subprocess.run([GORDON, "plan", "--json", "--project", self.project], text=True, check=True,
                              stdout=subprocess.PIPE).stdout
        self.assertIn('"aarch64-unknown-linux-musl"', plan)
        json.loads(plan)

    def test_flags_of_the_environment(self):
        self.put({**SINGLE, "one/src/main.rs": 'fn main() { println!("{}", cfg!(set)) }\n'})
        self.build()
        self.assertEqual(self.output("one"), "false")
        self.environment = {"RUSTFLAGS": "--cfg set"}
        self.assertEqual(self.build(), {"one"})
        self.assertEqual(self.output("one"), "true")
        self.assertEqual(self.build(), set())

    def test_in_cmake(self):
        self.put({**WORKSPACE, "CMakeLists.txt":
                  "cmake_minimum_required(VERSION 3.25)\nproject(rs LANGUAGES NONE)\nfind_package(Gordon 1.0 REQUIRED)\n"
                  "gordon_add_project(demo SETTINGS settings.yml)\n"})
        self.lock("ws")
        build = self.project.parent / "build"

        def run(*words):
            done = subprocess.run([*map(str, words)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(done.returncode, 0, done.stdout)
            return set(re.findall(r"Packing (\S+)", done.stdout))

        run("cmake", "-S", self.project, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}")
        self.assertEqual(run("cmake", "--build", build), {"one", "second"})
        self.assertEqual(run("cmake", "--build", build), set())
        self.put({"ws/two/src/bin/second.rs": 'fn main() { println!("changed") }\n'})
        self.assertEqual(run("cmake", "--build", build), {"second"})
        self.put({"lib/beside/src/new.rs": "\n"})
        self.assertEqual(run("cmake", "--build", build), {"one", "second"})


if __name__ == "__main__":
    if not shutil.which("cargo"):
        print("SKIPPED: there is no cargo on this machine")
        sys.exit(77)
    unittest.main()
