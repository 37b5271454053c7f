#!/usr/bin/env python3
"""Lambdas of .NET. A program stands for dotnet, which distributions do not have: it checks what it is
called with, and packs which files it can see. So this tests Gordon's part only.

usage: dotnet.py PREFIX
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

PREFIX = pathlib.Path(os.path.abspath(sys.argv.pop(1)))
GORDON = PREFIX / "bin/gordon"
DOTNET = """#!/bin/sh -e
[ "$1" = publish ] && [ -f "$2" ] && [ "$DOTNET_CLI_TELEMETRY_OPTOUT" = 1 ]
grep -q broken "$2" && echo 'error CS1002: ; expected' && exit 1
for word; do
    [ "$before" = --output ] && target=$word
    case $word in -p:PathMap=*) mirror=${word#*=} mirror=${mirror%=/build} ;; esac
    before=$word
done
mirror=$(printf '%s' "$mirror" | sed "s/%27/'/g")
printf '%s\\n' "$@" | sed "s|$target|TARGET|; s|PathMap=.*|PathMap|" > "$target/arguments"
(cd "$mirror" && find . -type f | sort) > "$target/files"
mkdir -p obj bin && echo "$PWD" > obj/project.assets.json
cat "$mirror"/src/*/*.cs > "$target/one.dll"
"""
SETTINGS = "project: net\ncode-bucket: net\nlambdas:\n  one: {code: src/one, runtime: dotnet8, handler: 'one::A.B::C'%s}\n"
PROJECT = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net8.0</TargetFramework>
  </PropertyGroup>
  <ItemGroup>
%s  </ItemGroup>
</Project>
"""
FILES = {
    "settings.yml": SETTINGS % "",
    "src/one/one.csproj": PROJECT % '    <ProjectReference Include="..\\shared\\shared.csproj" />\n'
                                    '    <None Include="../../data/**/*.txt" />\n',
    "src/one/Code.cs": "one\n", "src/one/bin/Debug/old.dll": "x", "src/one/obj/project.assets.json": "x",
    "src/shared/shared.csproj": PROJECT % '<Import Project="$(MSBuildThisFileDirectory)..\\common.props" />\n',
    "src/shared/Shared.cs": "shared\n", "src/shared/obj/x": "x", "src/common.props": "<Project/>\n",
    "src/other/Other.cs": "other\n", "data/a/b.txt": "data\n",
    "Directory.Build.props": "<Project/>\n", "src/global.json": "{}\n", "src/NuGet.config": "<configuration/>\n",
}


class DotNet(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gordon dotnet's ")
        self.addCleanup(self.folder.cleanup)
        self.project = pathlib.Path(self.folder.name) / "project"
        self.put({"../tools/dotnet": DOTNET})
        (self.project.parent / "tools/dotnet").chmod(0o755)
        self.path = f"{self.project.parent}/tools:{os.environ['PATH']}"

    def put(self, files):
        for name, text in files.items():
            path = self.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def build(self, status=0):
        run = subprocess.run([GORDON, "build", "--debug", "--project", self.project], text=True, capture_output=True,
                             env={**os.environ, "PATH": self.path})
        self.said = run.stderr
        self.assertEqual(run.returncode, status, run.stderr)
        return set(re.findall(r"gordon: packing (\S+)", run.stderr))

    def content(self):
        with zipfile.ZipFile(self.project / "_build/code/_one.zip") as zipped:
            return {name: zipped.read(name).decode() for name in zipped.namelist()}

    def test_with_a_project_beside_it(self):
        self.put(FILES)
        before = {path: path.read_bytes() for path in self.project.rglob("*") if path.is_file()}
        self.build()
        found = self.content()
        self.assertEqual(found["arguments"].split("\n")[:-1], [
            "publish", "one.csproj", "--configuration", "Release", "--runtime", "linux-x64", "--self-contained",
            "false", "--output", "TARGET", "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false",
            "-p:Deterministic=true", "-p:ContinuousIntegrationBuild=true",
            "-p:GenerateRuntimeConfigurationFiles=true", "-p:PathMap"])
        self.assertEqual(found["files"].split("\n")[:-1], [
            "./Directory.Build.props", "./data/a/b.txt", "./src/NuGet.config", "./src/common.props",
            "./src/global.json", "./src/one/Code.cs", "./src/one/one.csproj", "./src/shared/Shared.cs",
            "./src/shared/shared.csproj"])
        self.assertEqual(found["one.dll"], "one\nshared\n")
        self.assertNotIn("TargetFramework", self.said)
        self.assertEqual({path: path.read_bytes() for path in self.project.rglob("*")
                          if path.is_file() and "_build" not in path.parts}, before)
        self.assertEqual(self.build(), set())
        for name, packed in [("src/shared/Shared.cs", {"one"}), ("src/common.props", {"one"}), ("data/a/c.txt", {"one"}),
                             ("src/other/Other.cs", set())]:
            self.put({name: "changed\n"})
            self.assertEqual(self.build(), packed, name)
        self.assertEqual(self.content()["one.dll"], "one\nchanged\n")

    def test_arguments(self):
        self.put({**FILES, "settings.yml": SETTINGS % ", architecture: arm64", "src/one/packages.lock.json": "{}",
                  "src/one/one.csproj": FILES["src/one/one.csproj"].replace(
                      "<TargetFramework>net8.0</TargetFramework>",
                      "<TargetFrameworks>net8.0;net10.0</TargetFrameworks>")})
        self.build()
        words = self.content()["arguments"].split("\n")
        self.assertIn("linux-arm64", words)
        self.assertEqual(words[words.index("--framework") + 1], "net8.0")
        self.assertIn("-p:RestoreLockedMode=true", words)

    def test_another_framework(self):
        self.put({**FILES, "settings.yml": SETTINGS.replace("dotnet8", "dotnet10") % ""})
        self.build()
        self.assertIn("one.csproj: warning: its TargetFramework is net8.0, and the runtime dotnet10 of one has net10.0",
                      self.said)

    def test_outside(self):
        for line, column in ('<ProjectReference Include="..\\..\\..\\x\\x.csproj" />', 28), \
                ("<HintPath>..\\..\\../x.dll</HintPath>", 11), \
                ("<Import Project='$(MSBuildThisFileDirectory)../../../x.props' />", 18):
            self.put({**FILES, "src/one/one.csproj": PROJECT % f"{line}\n"})
            self.build(status=21)
            self.assertIn(f"src/one/one.csproj:6:{column}: error: this leads out of the project", self.said)

    def test_errors(self):
        self.put({**FILES, "src/one/one.csproj": PROJECT % "<!-- broken -->"})
        self.build(status=21)
        self.assertIn("settings.yml:4:15: error: the build of one failed: its command exited with 1", self.said)
        self.assertIn("error CS1002: ; expected", self.said)
        self.put({"src/one/two.fsproj": PROJECT % ""})
        self.build(status=21)
        self.assertIn("it is not clear which project one is: one.csproj or two.fsproj", self.said)
        (self.project / "src/one/two.fsproj").unlink()
        self.path = str(self.project)
        self.build(status=21)
        self.assertIn("settings.yml:4:15: error: one is built by dotnet, which is not in PATH: install the .NET SDK",
                      self.said)

    def test_build_commands(self):
        self.put({**FILES, "settings.yml": SETTINGS % ', check-handler: false, build: cp Code.cs "$GORDON_TARGET"'})
        self.build()
        self.assertEqual(set(self.content()), {"Code.cs"})

    def test_in_cmake(self):
        self.put({**FILES, "CMakeLists.txt":
                  "cmake_minimum_required(VERSION 3.25)\nproject(net LANGUAGES NONE)\nfind_package(Gordon 1.0 REQUIRED)\n"
                  "gordon_add_project(demo SETTINGS settings.yml)\n"})
        build = self.project.parent / "build"

        def run(*words):
            done = subprocess.run([*map(str, words)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  env={**os.environ, "PATH": self.path})
            self.assertEqual(done.returncode, 0, done.stdout)
            return set(re.findall(r"Packing (\S+)", done.stdout))

        run("cmake", "-S", self.project, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}")
        self.assertEqual(run("cmake", "--build", build), {"one"})
        self.assertEqual(run("cmake", "--build", build), set())
        self.put({"src/shared/Shared.cs": "changed\n"})
        self.assertEqual(run("cmake", "--build", build), {"one"})


if __name__ == "__main__":
    unittest.main()
