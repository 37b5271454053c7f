#!/usr/bin/env python3
"""A lambda's zip has what its handler names, by the rules of AWS's runtimes: cases that build, cases that
are errors at their places, and those that a layer may complete.

usage: handlers.py GORDON PREFIX WORK
"""
import io
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import unittest
import zipfile

GORDON, PREFIX, WORK = (pathlib.Path(word).absolute() for word in sys.argv[1:4])
del sys.argv[1:4]

MACHINES = {"x86_64": (2, 62), "arm64": (2, 183), "i386": (1, 3)}  # class and e_machine of ELF
EXEC, RELOCATABLE = 2, 1  # e_type


def elf(machine, kind=EXEC):
    """The header of a program without segments."""
    bits, number = MACHINES[machine]
    return (b"\x7fELF" + bytes([bits, 1, 1]) + bytes(9) + struct.pack("<HHI", kind, number, 1)).ljust(64, b"\0")


def jar(*names, before=b""):
    data = io.BytesIO()
    data.write(before)
    with zipfile.ZipFile(data, "a" if before else "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in names:
            zipped.writestr(name, b"\xca\xfe\xba\xbe")
    return data.getvalue()


def wheel(name, *files):
    data = io.BytesIO()
    info = f"{name}-1.dist-info"
    with zipfile.ZipFile(data, "w") as zipped:
        for file in files:
            zipped.writestr(file, "def handler(event, context): pass\n")
        zipped.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        zipped.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        zipped.writestr(f"{info}/RECORD", "")
    return data.getvalue()


# A case is runtime, handler (None: the default), files; a file in RUNS is executable.
RUNS = {"bootstrap"}
GOOD = [
    ("python", None, {"code.py": ""}),
    ("python", "main.handler", {"main.py": ""}),
    ("python", "a/b.handler", {"a/b.py": ""}),
    ("python", "a.b.handler", {"a/b.py": ""}),
    ("python", "a.b/c.handler", {"a/b/c.py": ""}),
    ("python", "pack.handler", {"pack/__init__.py": ""}),
    ("python", "a.pack.handler", {"a/pack/__init__.py": ""}),
    ("python", "fast.handler", {"fast.cpython-313-x86_64-linux-gnu.so": ""}),
    ("python", "fast.handler", {"fast.abi3.so": ""}),
    ("python", "a.fast.handler", {"a/fast.so": ""}),
    ("python", "pack.handler", {"pack/__init__.abi3.so": ""}),
    ("python", "my-mod.handler", {"my-mod.py": ""}),
    ("python", "sysinfo.handler", {"sysinfo.py": ""}),
    ("node", None, {"code.js": ""}),
    ("node", "index.handler", {"index.mjs": ""}),
    ("node", "index.handler", {"index.cjs": ""}),
    ("node", "index.handler", {"index": ""}),
    ("node", "src/app.handler", {"src/app.js": ""}),
    ("node", "./src/app.handler", {"src/app.js": ""}),
    ("node", "/var/task/src/app.handler", {"src/app.js": ""}),
    ("node", "app.lib.handler", {"app.js": ""}),
    ("node", "src/a.b/app.handler", {"src/a.b/app.js": ""}),
    ("node", "app.handler", {"app/index.js": ""}),
    ("node", "app.handler", {"app/package.json": '{"main": "x.js"}', "app/x.js": ""}),
    ("node", "tool.handler", {"node_modules/tool/package.json": "{}", "node_modules/tool/index.js": ""}),
    ("node", "node_modules/tool/dist/main.handler", {"node_modules/tool/dist/main.js": ""}),
    ("ruby", None, {"code.rb": ""}),
    ("ruby", "app.process", {"app.rb": ""}),
    ("ruby", "lib/app.process", {"lib/app.rb": ""}),
    ("ruby", "app.Module::Class.process", {"app.rb": ""}),
    ("ruby", "lamby.cmd", {"vendor/bundle/ruby/4.0.0/gems/lamby-6.0.0/lib/lamby.rb": ""}),
    ("java", "a.Hello::handle", {"a/Hello.class": ""}),
    ("java", "a.Hello", {"a/Hello.class": ""}),
    ("java", "Hello", {"Hello.class": ""}),
    ("java", "a.Hello$Inner::handle", {"a/Hello$Inner.class": ""}),
    ("java", "a.Hello::handle", {"lib/app.jar": jar("a/Hello.class"), "lib/b.jar": jar("b/Other.class")}),
    ("java", "a.Hello::handle", {"lib/app.jar": jar("a/Hello.class", before=b"#!/bin/sh\n")}),
    ("java", "a.Hello::handle", {"lib/unknown.jar": "no zip at all"}),
    ("dotnet", "App::App.Function::Handle", {"App.dll": ""}),
    ("dotnet", "App", {"App.dll": ""}),
    ("dotnet", "App.dll", {"App.dll": ""}),
    ("dotnet", "App", {"App": ""}),
    ("provided", None, {"bootstrap": elf("x86_64")}),
    ("provided", "anything", {"bootstrap": "#!/bin/sh\n"}),
    ("provided.al2", "index.php", {"bootstrap": elf("arm64")}, "architecture: arm64"),
    ("python", "nofile.handler", {"code.py": ""}, "check-handler: false"),
    ("python", "ref://Handler", {"code.py": ""}),
    ("provided", None, {"other": ""}, "check-handler: false"),
]

LAYER = r"; set 'check-handler: false' if a layer brings it"
NEAR = r"; the nearest file is %s" + LAYER
# The same, and the error after the name of the lambda.
BAD = [
    ("python", "nofile.handler", {"code.py": ""}, "has no nofile.py, which the handler 'nofile.handler' names"
     + NEAR % "code.py"),
    ("python", "code.handler", {"main.py": ""}, "has no code.py, .*" + NEAR % "main.py"),
    ("python", "main.handler", {"Main.py": ""}, "has no main.py, .*" + NEAR % "Main.py"),
    ("python", "app.handler", {"aaa.py": "", "src/app.py": ""}, "has no app.py, .*" + NEAR % "src/app.py"),
    ("python", "a.handler", {"a/b.py": ""}, "has no a.py, .*" + NEAR % "a/b.py"),
    ("python", "my.mod.handler", {"my.mod.py": ""}, "has no my/mod.py, .*" + NEAR % "my.mod.py"),
    ("python", "code.handler", {"code.txt": ""}, "has no code.py, which the handler 'code.handler' names" + LAYER),
    ("python", "code.py.handler", {"code.py": ""}, "has no code/py.py, .*" + NEAR % "code.py"),
    ("python", "handler", {"handler.py": ""}, "is not MODULE.FUNCTION; 'check-handler: false' drops this check"),
    ("python", "/opt/a.handler", {"opt/a.py": ""}, "is not MODULE.FUNCTION: it begins with"),
    ("python", "../a.handler", {"a.py": ""}, "is not MODULE.FUNCTION: it begins with"),
    ("python", "time.handler", {"time.py": ""}, "is in a module of Python itself"),
    ("node", "app.handler", {"app.ts": ""}, "has no app.js, .mjs or .cjs, .*" + NEAR % "app.ts"),
    ("node", "index.handler", {"index.html": ""}, "has no index.js, .mjs or .cjs, which the handler "
     "'index.handler' names" + LAYER),
    ("node", "src/my.app.handler", {"src/my.app.js": ""}, "has no src/my.js, .*" + NEAR % "src/my.app.js"),
    ("node", "app.handler", {"app/main.js": ""}, "has no app.js"),
    ("node", "../app.handler", {"app.js": ""}, r"has '\.\.', which Lambda refuses"),
    ("node", "app", {"app.js": ""}, "is not FILE.FUNCTION"),
    ("ruby", "app.process", {"lib/app.rb": ""}, "has no app.rb, .*" + NEAR % "lib/app.rb"),
    ("ruby", "app.a.b.process", {"app.rb": ""}, "is neither FILE.METHOD nor FILE.CLASS.METHOD"),
    ("java", "a.Hello::handle", {"a/Other.class": ""}, "has no class a.Hello, .*" + NEAR % "a/Other.class"),
    ("java", "a.Hello::handle", {"app.jar": jar("a/Hello.class")}, "has no class a.Hello, .*" + NEAR % "app.jar"),
    ("java", "a.Hello::handle", {"lib/x/app.jar": jar("a/Hello.class")}, "has no class a.Hello"),
    ("java", "a.Hello::handle", {"lib/app.jar": jar("a/Other.class", "a/Hello.class.txt")}, "has no class a.Hello"),
    ("java", "a.Hello::handle", {"a/Hello.java": "class Hello {}"}, "has no class a.Hello"),
    ("java", "a.Hello::", {"a/Hello.class": ""}, "is neither PACKAGE.CLASS nor"),
    ("java", "a/Hello::handle", {"a/Hello.class": ""}, "is neither PACKAGE.CLASS nor"),
    ("dotnet", "App::App.Function::Handle", {"Function.cs": ""}, "has no App.dll, .*" + NEAR % "Function.cs"),
    ("dotnet", "::Function", {"App.dll": ""}, "is neither ASSEMBLY::TYPE::METHOD nor ASSEMBLY"),
    ("provided", "bootstrap", {"main": elf("x86_64")}, "has no bootstrap, the program that provided.al2023 starts"),
    ("provided", "bootstrap", {"bootstrap": elf("arm64")}, "is a program for arm64, and 'architecture' is x86_64"),
    ("provided", "bootstrap", {"bootstrap": elf("x86_64")}, "is a program for x86_64, and 'architecture' is arm64",
     "architecture: arm64"),
    ("provided", "bootstrap", {"bootstrap": elf("i386")}, "is a program for i386"),
    ("provided", "bootstrap", {"bootstrap": elf("x86_64", RELOCATABLE)}, "is no program, but an object file"),
    ("provided", "bootstrap", {"bootstrap": "echo no script\n"}, "is no program: it is no ELF file, and no script"),
    ("provided", "bootstrap", {"bootstrap": elf("x86_64")[:30]}, "is no program: it is a broken ELF file"),
    ("provided", "bootstrap", {"bootstrap": ""}, "is no program: it is empty"),
]

# Warnings: something else may bring it.
LAYERED = [
    ("python", "datadog_lambda.handler.handler", {"code.py": ""}, "has no datadog_lambda/handler.py.*; a layer may "
     "bring it"),
    ("node", "/opt/nodejs/node_modules/datadog-lambda-js/handler.handler", {"app.js": ""}, "a layer may bring it"),
    ("java", "a.Hello::handle", {"example.txt": "code that is yet to come"}, "has no class and no jar"),
    ("java", "com.newrelic.java.HandlerWrapper::handleRequest", {"a/Hello.class": ""}, "a layer may bring it"),
    ("python", "run.sh", {"run.sh": ""}, "AWS_LAMBDA_EXEC_WRAPPER of its environment may bring it",
     "environment: {AWS_LAMBDA_EXEC_WRAPPER: /opt/bootstrap}"),
    ("python", "app.handler", {"src/app.py": ""}, "PYTHONPATH of its environment may bring it",
     "environment: {PYTHONPATH: /var/task/src}"),
]


class Handlers(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        self.project = WORK / "project"
        os.environ["GORDON_CACHE_DIR"] = str(WORK / "cache")

    def write(self, name, content):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o755 if path.name in RUNS else 0o644)

    def lambdas(self, cases, more=lambda case: case[3:]):
        """Writes a project with a lambda for each case. Returns the line of each."""
        text = "project: handlers\ncode-bucket: handlers\nlambdas:\n"
        for i, case in enumerate(cases):
            runtime, handler, files = case[:3]
            keys = [f"code: l{i}", f"runtime: {runtime}", *([f"handler: '{handler}'"] if handler else []),
                    *more(case)]
            text += f"  l{i}: {{{', '.join(keys)}}}\n"
            for name, content in files.items():
                self.write(f"l{i}/{name}", content)
        self.write("settings.yml", text)

    def gordon(self, status=0, **environment):
        run = subprocess.run([GORDON, "build"], cwd=self.project, capture_output=True, text=True,
                             env={**os.environ, **environment})
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stderr

    def zips(self):
        return {path.stem[1:] for path in (self.project / "_build/code").glob("*.zip")}

    def test_there(self):
        self.lambdas(GOOD)
        said = [line for line in self.gordon().splitlines() if "error" in line or "warning" in line]
        self.assertEqual([line for line in said if "runtime 'provided.al2'" not in line], [])
        self.assertEqual(len(self.zips()), len(GOOD))

    def test_missing(self):
        self.lambdas(BAD, lambda case: case[4:])
        said = self.gordon(status=21)
        for i, case in enumerate(BAD):
            with self.subTest(lambda_=f"l{i}", handler=case[1]):
                error = rf"settings.yml:{i + 4}:\d+: error: .*\bl{i} .*{case[3]}"
                self.assertRegex(said, error)
        self.assertEqual(said.count(" error: "), len(BAD), said)
        self.assertEqual(self.zips(), set())

    def test_layered(self):
        self.lambdas(LAYERED, lambda case: case[4:])
        said = self.gordon()
        for i, case in enumerate(LAYERED):
            self.assertRegex(said, rf"settings.yml:{i + 4}:\d+: warning: .*\bl{i} .*{case[3]}")
        self.assertEqual(len(self.zips()), len(LAYERED))

    def test_layers(self):
        """Layers of the project, of an ARN and of a ref may bring the handler. They have none themselves."""
        self.write("settings.yml", "project: h\ncode-bucket: h\nlayers:\n  common: {code: code, runtimes: python3.13}\n"
                                   "lambdas:\n" + "".join(
                                       f"  l{i}: {{code: code, runtime: python3.13, handler: gone.handler, layers: {layers}}}\n"
                                       for i, layers in enumerate(["common", "['arn:aws:lambda:eu-west-1:123456789012:"
                                                                   "layer:x:1']", "[ref://Layer]"])))
        self.write("code/code.py", "")
        said = self.gordon()
        for i in range(3):
            self.assertRegex(said, rf"settings.yml:{i + 6}:\d+: warning: the zip of l{i} has no gone.py, .*; one of its "
                                   "layers may bring it; 'check-handler: false' drops this check")
        self.assertEqual(said.count("warning: "), 3, said)

    def test_place_of_a_default(self):
        self.write("settings.yml", "project: h\ncode-bucket: h\nlambdas:\n  one:\n    runtime: java\n    code: one\n")
        self.write("one/Hello.class", "")
        self.assertIn("settings.yml:6:11: error: the zip of one has no class code.handler, which the default handler "
                      "'code.handler' names; the nearest file is Hello.class; set 'handler', or", self.gordon(status=21))

    def test_not_executable(self):
        self.lambdas([("provided", None, {"bootstrap": "#!/bin/sh\n"})])
        (self.project / "l0/bootstrap").chmod(0o644)
        self.assertRegex(self.gordon(status=21), "bootstrap in the zip of l0 is not executable; run chmod .x /.*/bootstrap")
        (self.project / "l0/bootstrap").chmod(0o755)
        self.gordon()

    def test_wrong_zip_is_removed(self):
        self.lambdas([("python", "main.handler", {"main.py": ""})])
        self.gordon()
        (self.project / "l0/main.py").rename(self.project / "l0/other.py")
        self.gordon(status=21)
        self.assertEqual(self.zips(), set())
        self.write("l0/main.py", "")
        self.gordon()
        self.assertEqual(self.zips(), {"l0"})

    def test_built_by_commands(self):
        """What counts is the zip, and not the code folder."""
        self.lambdas([("node", "dist/app.handler", {"app.ts": ""},
                       "build: 'mkdir \"$GORDON_TARGET/dist\"; cp app.ts \"$GORDON_TARGET/dist/app.js\"'"),
                      ("python", "code.handler", {"code.py": ""}, "build: 'cp code.py \"$GORDON_TARGET/other.py\"'")])
        self.assertRegex(self.gordon(status=21), "the zip of l1 has no code.py.*nearest file is other.py")
        self.assertEqual(self.zips(), {"l0"})

    def test_zip_of_another_tool(self):
        """Its files are those of the zip, and their content is in it."""
        zips = {
            "good.zip": {"bootstrap": elf("x86_64") + bytes(1000)}, "other.zip": {"bootstrap": elf("arm64") + bytes(1000)},
            "script.zip": {"bootstrap": "#!/bin/sh\n"}, "jars.zip": {"lib/a.jar": jar("a/Hello.class")},
            "code.zip": {"main.py": ""},
        }
        for name, files in zips.items():
            self.write(name, "")
            with zipfile.ZipFile(self.project / name, "w", zipfile.ZIP_DEFLATED) as zipped:
                for file, content in files.items():
                    info = zipfile.ZipInfo(file)
                    info.external_attr = 0o100755 << 16
                    zipped.writestr(info, content, zipfile.ZIP_DEFLATED)
        self.write("settings.yml", """project: zips
code-bucket: zips
lambdas:
  good: {code: good.zip, runtime: provided}
  other: {code: other.zip, runtime: provided}
  script: {code: script.zip, runtime: provided}
  jars: {code: jars.zip, runtime: java, handler: 'a.Hello::handle'}
  nojar: {code: jars.zip, runtime: java, handler: 'a.Other::handle'}
  code: {code: code.zip, runtime: python, handler: main.handler}
  nocode: {code: code.zip, runtime: python}
""")
        said = self.gordon(status=21)
        self.assertRegex(said, "settings.yml:5:17: error: bootstrap in the zip of other is a program for arm64")
        self.assertRegex(said, "settings.yml:8:51: error: the zip of nojar has no class a.Other")
        self.assertRegex(said, "settings.yml:10:18: error: the zip of nocode has no code.py")
        self.assertEqual(self.zips(), {"good", "script", "jars", "code"})

    def test_installed_by_pip(self):
        self.write("wheels/hello-1-py3-none-any.whl", wheel("hello", "hello/main.py"))
        extra = f"pip-install-extra: '--no-index --find-links \"{self.project}/wheels\"'"
        files = {"requirements.txt": "hello\n"}
        self.lambdas([("python", "hello.main.handler", files, extra), ("python", "hello.other.handler", files, extra)])
        self.assertRegex(self.gordon(status=21), "the zip of l1 has no hello/other.py")
        self.assertEqual(self.zips(), {"l0"})

    def test_installed_by_maven(self):
        """The handler of a framework is in a jar in the zip of what was installed."""
        self.write("jars/framework.jar", jar("org/framework/Invoker.class"))
        self.write("bin/mvn", f"""#!/bin/sh
for word; do case $word in
    -DoutputDirectory=*) mkdir -p "${{word#*=}}" && cp "{self.project}"/jars/* "${{word#*=}}";;
    -DoutputFile=*) touch "${{word#*=}}";;
esac; done
mkdir -p target/classes && touch target/classes/Own.class
""")
        (self.project / "bin/mvn").chmod(0o755)
        self.lambdas([("java", "org.framework.Invoker::run", {"pom.xml": "<project/>"}),
                      ("java", "Own", {"pom.xml": "<project/>"}),
                      ("java", "org.framework.Other::run", {"pom.xml": "<project/>"})])
        self.assertRegex(self.gordon(status=21, PATH=f"{self.project}/bin:{os.environ['PATH']}"),
                         "the zip of l2 has no class org.framework.Other, .*nearest file is Own.class")
        self.assertEqual(self.zips(), {"l0", "l1"})

    def test_by_cmake(self):
        self.lambdas([("python", "main.handler", {"main.py": ""})])
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(h LANGUAGES NONE)\n"
                   "find_package(Gordon 1.0 REQUIRED)\ngordon_add_project(demo SETTINGS settings.yml)\n")
        run = ["cmake", "-S", self.project, "-B", WORK / "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}"]
        subprocess.run(run, check=True, capture_output=True)

        def build():
            run = subprocess.run(["cmake", "--build", WORK / "build"], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
            return run.returncode, run.stdout
        self.assertEqual(build()[0], 0)
        (self.project / "l0/main.py").rename(self.project / "l0/code.py")
        status, said = build()
        self.assertNotEqual(status, 0)
        self.assertRegex(said, r"settings.yml:4:44: error: the zip of l0 has no main.py, .* nearest file is code.py")
        self.assertFalse((WORK / "build/demo/code/_l0.zip").exists())
        text = (self.project / "settings.yml").read_text()
        self.write("settings.yml", text.replace("main.", "code."))
        self.assertEqual(build()[0], 0)
        self.write("settings.yml", text.replace("}", ", check-handler: false}"))
        self.assertEqual(build()[0], 0)
        self.assertIn("no work to do", build()[1])


if __name__ == "__main__":
    unittest.main()
