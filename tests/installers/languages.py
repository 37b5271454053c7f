#!/usr/bin/env python3
"""Lambdas that are built by commands: Go, Java, Kotlin and Scala by the real tools, if this machine has
them and they can download packages; and build commands.

usage: languages.py GORDON CLASS

CLASS is Go, Maven, Gradle or Commands. Exits with 77 if all its tests are skipped.
"""
import functools
import json
import os
import pathlib
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

GORDON = os.path.abspath(sys.argv.pop(1))
SETTINGS_DOC = pathlib.Path(__file__).resolve().parents[2] / "docs" / "settings.md"

GO_SOURCE = 'package main\n\nfunc main() { println("hello") }\n'
MACHINES = {"x86_64": 62, "arm64": 183}  # e_machine of ELF: EM_X86_64, EM_AARCH64

# Source and target are for a compiler plugin that does not know `release` yet.
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId>
  <artifactId>hello</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId>
      <artifactId>aws-lambda-java-core</artifactId>
      <version>1.2.3</version>
    </dependency>
  </dependencies>
</project>
"""
JAVA_SOURCE = """package example;
import com.amazonaws.services.lambda.runtime.Context;
public class Hello {
    public static String handle(String event, Context context) { return "%s"; }
}
"""
KOTLIN_SOURCE = """package example
import com.amazonaws.services.lambda.runtime.Context
class Hello { fun handle(event: String, context: Context): String = "%s" }
"""
SCALA_SOURCE = """package example
import com.amazonaws.services.lambda.runtime.Context
class Hello { def handle(event: String, context: Context): String = "%s" }
"""
GRADLE_JAVA = """
apply plugin: 'java'
repositories { mavenCentral() }
dependencies { compile 'com.amazonaws:aws-lambda-java-core:1.2.3' }
task pack(type: Copy) {
    from sourceSets.main.output
    into('lib') { from configurations.runtimeClasspath }
    into target
}
build.dependsOn pack
"""
# The compilers run as programs, because their plugins do not support the old Gradle of Debian.
GRADLE_JVM = {language: """
apply plugin: 'java'
repositories { mavenCentral() }
configurations { compiler }
dependencies {
    compiler '%(compiler)s'
    compile '%(library)s'
    compile 'com.amazonaws:aws-lambda-java-core:1.2.3'
}
task classesOf(type: JavaExec) {
    main = '%(main)s'
    classpath = configurations.compiler
    doFirst { file("$buildDir/made").mkdirs() }
    args '-d', "$buildDir/made", '-classpath', configurations.compileClasspath.asPath
    args fileTree('src/main').files
}
task pack(type: Copy, dependsOn: classesOf) {
    from "$buildDir/made"
    into('lib') { from configurations.runtimeClasspath }
    into target
}
build.dependsOn pack
""" % parts for language, parts in {
    "kotlin": {"compiler": "org.jetbrains.kotlin:kotlin-compiler-embeddable:2.2.20",
               "library": "org.jetbrains.kotlin:kotlin-stdlib:2.2.20",
               "main": "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"},
    "scala": {"compiler": "org.scala-lang:scala-compiler:2.13.16",
              "library": "org.scala-lang:scala-library:2.13.16",
              "main": "scala.tools.nsc.Main"},
}.items()}
# A substitute for Gradle: it fills the folder of -Ptarget, and writes to its working directory too.
GRADLE = """[ "$1" = --version ] && exit
for argument; do
    case $argument in -Ptarget=*) target=${argument#-Ptarget=} ;; esac
done
printf '%s\\n' "$@" > "$target/arguments"
pwd > "$target/folder"
ls > "$target/files"
mkdir build && echo made > build/made && echo changed >> build.gradle
"""


PROBES = {
    "go": {"command": ["go", "version"]},
    "mvn": {"command": ["mvn", "-q", "-B", "compile"], "pom.xml": POM},
    "gradle": {"command": ["gradle", "--no-daemon", "-q", "show"], "build.gradle": """
apply plugin: 'java'
repositories { mavenCentral() }
dependencies { compile 'com.amazonaws:aws-lambda-java-core:1.2.3' }
task show { doLast { println configurations.runtimeClasspath.files } }
"""},
}


@functools.cache
def why_not(tool):
    """Returns why a tool cannot build here, or None: it is missing, or cannot download packages."""
    if not shutil.which(tool):
        return f"{tool} is not there"
    with tempfile.TemporaryDirectory() as folder:
        for name, text in PROBES[tool].items():
            if name != "command":
                pathlib.Path(folder, name).write_text(text)
        probe = subprocess.run(PROBES[tool]["command"], cwd=folder, capture_output=True, text=True,
                               timeout=280)
    if probe.returncode == 0:
        return None
    said = [line for line in (probe.stdout + probe.stderr).splitlines() if line.strip()]
    return f"{tool} cannot build even a project of one library here: {' / '.join(said[:8])}"


def needs(tool):
    def decorate(test):
        @functools.wraps(test)
        def run(self):
            reason = why_not(tool)
            if reason:
                self.skipTest(reason)
            test(self)
        return run
    return decorate


def tree(folder):
    """Returns modes, times and contents of all files in a folder, except those in _build."""
    return {path.relative_to(folder).as_posix():
            (path.stat().st_mode, not path.is_dir() and (path.stat().st_mtime_ns, path.read_bytes()))
            for path in folder.rglob("*") if "_build" not in path.relative_to(folder).parts}


class Built(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.above = pathlib.Path(tempfile.mkdtemp(prefix="gordon languages ")).resolve()
        self.addCleanup(shutil.rmtree, self.above, ignore_errors=True)
        self.folder = self.above / "a project"

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def settings(self, lambdas, top=""):
        self.write("settings.yml", f"project: words\ncode-bucket: words\n{top}lambdas:\n{lambdas}")

    def gordon(self, folder=None):
        run = subprocess.run([GORDON, "build"], cwd=folder or self.folder, capture_output=True,
                             text=True, timeout=280)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def build_and_keep_source(self):
        before = tree(self.folder)
        self.gordon()
        self.assertEqual(tree(self.folder), before)

    def zip(self, key, folder=None):
        return (folder or self.folder) / "_build" / "code" / key

    def files(self, key):
        with zipfile.ZipFile(self.zip(key)) as zipped:
            return {name: zipped.read(name) for name in zipped.namelist()}

    def lines(self, key, name):
        return self.files(key)[name].decode().splitlines()

    def functions(self):
        for path in (self.folder / "_build").glob("*.json"):
            for resource in json.loads(path.read_text()).get("Resources", {}).values():
                if resource["Type"] == "AWS::Lambda::Function":
                    yield resource["Properties"]


class Go(Built):
    def check_go(self, code):
        self.settings("".join(f"  {name}: {{code: {code}, runtime: go, architecture: {name}}}\n"
                              for name in MACHINES))
        moved = self.above / "moved"
        shutil.copytree(self.folder, moved)
        self.build_and_keep_source()
        self.gordon(moved)
        for architecture, machine in MACHINES.items():
            key = f"_{architecture}.zip"
            with zipfile.ZipFile(self.zip(key)) as zipped:
                self.assertEqual(zipped.namelist(), ["bootstrap"])
                self.assertEqual(zipped.getinfo("bootstrap").external_attr >> 16, 0o100755)
                elf = zipped.read("bootstrap")
            self.assertEqual(elf[:6], b"\x7fELF\x02\x01")  # 64 bits, little-endian
            self.assertEqual(struct.unpack_from("<H", elf, 18)[0], machine)
            self.assertEqual(self.zip(key).read_bytes(), self.zip(key, moved).read_bytes(),
                             f"{key} tells where it was built")
        self.assertEqual(sorted((function["Runtime"], *function.get("Architectures", ["x86_64"]))
                                for function in self.functions()),
                         [("provided.al2023", name) for name in sorted(MACHINES)])

    @needs("go")
    def test_go_module(self):
        self.write("hello/go.mod", "module example.com/hello\n\ngo 1.21\n")
        self.write("hello/main.go", 'package main\n\nimport "example.com/hello/words"\n\n'
                   "func main() { println(words.Hello) }\n")
        self.write("hello/words/words.go", 'package words\n\nconst Hello = "hello"\n')
        self.check_go("hello")

    @needs("go")
    def test_go_folder_without_module(self):
        """A program of several files. A test file is no part of it."""
        self.write("hello/main.go", "package main\n\nfunc main() { hello() }\n")
        self.write("hello/hello.go", 'package main\n\nfunc hello() { println("hello") }\n')
        self.write("hello/hello_test.go", "package main\n\nfunc unfinished() { nothing }\n")
        self.check_go("hello")

    @needs("go")
    def test_go_file(self):
        """A program of one file. Another file in the same folder is no part of it."""
        self.write("hello.go", GO_SOURCE)
        self.write("other.go", GO_SOURCE)
        self.check_go("hello.go")


class Maven(Built):
    def maven(self, word):
        self.settings("  one: {code: one, runtime: java, handler: 'example.Hello::handle'}\n")
        self.write("one/pom.xml", POM)
        self.write("one/src/main/java/example/Hello.java", JAVA_SOURCE % word)

    @needs("mvn")
    def test_maven(self):
        self.maven("first")
        self.build_and_keep_source()
        files = self.files("_one.zip")
        self.assertEqual(sorted(files), ["example/Hello.class", "lib/aws-lambda-java-core-1.2.3.jar"])
        self.assertEqual(files["example/Hello.class"][:4], b"\xca\xfe\xba\xbe")
        self.assertTrue(files["lib/aws-lambda-java-core-1.2.3.jar"].startswith(b"PK"))

    @needs("mvn")
    def test_maven_jars_of_one_name(self):
        """Both are packed, with their groups; other names stay as they are. From a repository in a folder."""
        wanted, top = "", f"gordon-test-{time.time_ns()}"  # Maven keeps a copy of each
        self.addCleanup(shutil.rmtree, pathlib.Path.home() / ".m2/repository" / top, ignore_errors=True)
        for group, name in (f"{top}.a", "util"), (f"{top}.b", "util"), (f"{top}.b", "other"):
            wanted += f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>1</version></dependency>"
            folder = f"one/repository/{group.replace('.', '/')}/{name}/1/{name}-1"
            self.write(f"{folder}.pom", "<project><modelVersion>4.0.0</modelVersion><groupId>%s</groupId>"
                       "<artifactId>%s</artifactId><version>1</version></project>" % (group, name))
            with zipfile.ZipFile(self.folder / f"{folder}.jar", "w") as jar:
                jar.writestr(f"{group}.txt", group)
        self.maven("first")
        self.write("one/pom.xml", POM.replace("<dependencies>", "<repositories><repository><id>own</id>"
                   "<url>file://${project.basedir}/repository</url></repository></repositories>"
                   f"<dependencies>{wanted}"))
        self.gordon()
        self.assertEqual(sorted(name for name in self.files("_one.zip") if name.endswith(".jar")),
                         ["lib/aws-lambda-java-core-1.2.3.jar", f"lib/{top}.a.util-1.jar", f"lib/{top}.b.util-1.jar",
                          "lib/other-1.jar"])

    @needs("mvn")
    def test_maven_left_something(self):
        """Old classes and resources of the developer's own build, in target/, are not packed."""
        resources = "one/src/main/resources"
        self.maven("first")
        self.write(f"{resources}/word.txt", "first\n")
        self.write(f"{resources}/gone.txt", "gone\n")
        subprocess.run(["mvn", "-q", "-B", "compile"], cwd=self.folder / "one", check=True,
                       stdout=subprocess.DEVNULL, timeout=280)
        self.maven("second")
        self.write(f"{resources}/word.txt", "second\n")
        (self.folder / resources / "gone.txt").unlink()
        self.build_and_keep_source()
        files = self.files("_one.zip")
        self.assertIn(b"second", files["example/Hello.class"])
        self.assertEqual(files["word.txt"], b"second\n")
        self.assertNotIn("gone.txt", files)


class Gradle(Built):
    def gradle(self, language, source, word):
        self.settings("  one: {code: one, runtime: java, handler: 'example.Hello::handle'}\n")
        self.write("one/build.gradle", GRADLE_JAVA if language == "java" else GRADLE_JVM[language])
        self.write(f"one/src/main/{language}/example/{source[0]}", source[1] % word)

    def check_jvm(self, language, source, *libraries):
        """Builds by Gradle. Old files of the developer's own build, in build/, are not packed."""
        self.gradle(language, source, "first")
        if language == "java":  # Gradle takes seconds, and the other languages leave the same folder
            subprocess.run(["gradle", "--no-daemon", "-q", "build", f"-Ptarget={self.above}/own"],
                           cwd=self.folder / "one", check=True, capture_output=True, timeout=280)
        self.write("one/build/out-of-date.txt", "left\n")
        self.gradle(language, source, "second")
        self.build_and_keep_source()
        files = self.files("_one.zip")
        self.assertIn(b"second", files["example/Hello.class"])
        self.assertEqual(files["example/Hello.class"][:4], b"\xca\xfe\xba\xbe")
        self.assertEqual(sorted(name for name in files if name.startswith("lib/")),
                         sorted(f"lib/{library}.jar" for library in libraries))
        self.assertEqual([name for name in files if name.endswith(".txt")], [])

    @needs("gradle")
    def test_java_by_gradle(self):
        self.check_jvm("java", ("Hello.java", JAVA_SOURCE), "aws-lambda-java-core-1.2.3")

    @needs("gradle")
    def test_kotlin_by_gradle(self):
        self.check_jvm("kotlin", ("Hello.kt", KOTLIN_SOURCE), "aws-lambda-java-core-1.2.3",
                       "kotlin-stdlib-2.2.20", "annotations-13.0")

    @needs("gradle")
    def test_scala_by_gradle(self):
        self.check_jvm("scala", ("Hello.scala", SCALA_SOURCE), "aws-lambda-java-core-1.2.3",
                       "scala-library-2.13.16")


class Commands(Built):
    def check_gradle(self, manifest):
        """Checks the arguments, the folder and the files that gradle gets, by a substitute for it."""
        self.write("the gradle.sh", GRADLE)
        self.write("settings.yml", "project: words\ncode-bucket: words\napps: [app]\n"
                   f"gradle-path: sh '{self.folder}/the gradle.sh'\n"
                   "gradle-build-extra: --project '--with space'\n")
        self.write("app/settings.yml", "gradle-build-extra: --app\nlambdas:\n"
                   "  one: {code: one, runtime: java, check-handler: false, gradle-build-extra: --lambda}\n"
                   "  two: {code: one, runtime: java, check-handler: false}\n")
        self.write(f"app/one/{manifest}", "// nothing\n")
        self.write("app/one/src/Hello.java", "// nothing\n")
        self.build_and_keep_source()
        for name, extra in ("one", ["--lambda"]), ("two", []):
            key = f"app_{name}.zip"
            command, target, *rest = self.lines(key, "arguments")
            self.assertEqual((command, rest),
                             ("build", ["--project", "--with space", "--app", *extra]))
            self.assertTrue(target.startswith(f"-Ptarget={self.folder}/_build/"), target)
            folder, = self.lines(key, "folder")
            self.assertNotEqual(folder, f"{self.folder}/app/one")
            self.assertTrue(folder.startswith(f"{self.folder}/_build/"), folder)
            self.assertEqual(self.lines(key, "files"), [manifest, "src"])
            self.assertEqual(sorted(self.files(key)), ["arguments", "files", "folder"])

    def test_gradle(self):
        self.check_gradle("build.gradle")

    def test_gradle_kotlin(self):
        self.check_gradle("build.gradle.kts")

    def expected_variables(self, top):
        variables = {
            "project_path": [str(self.folder)],
            "project_name": ["words"],
            "lambda_name": ["one"],
            "pip_path": ["pip"],
            "npm_path": ["npm"],
            "gradle_path": ["gradle"],
            "pip_install_extra": [],
            "npm_install_extra": [],
            "gradle_build_extra": [],
            "go_target_os": ["linux"],
            "go_target_arch": ["amd64"],
        }
        return {**variables, **top}

    def check_variables(self, top, expected, lambdas=""):
        text = re.search(r"^### Build commands\n(.*?)^##", SETTINGS_DOC.read_text(), re.DOTALL | re.MULTILINE)
        names = sorted(set(re.findall(r"`{(\w+)}`", text.group(1))) - {"target"})
        self.write("one/code.txt", "nothing\n")
        # The single quotes belong to YAML.
        self.settings(f"  one:\n    code: one\n    runtime: python\n    check-handler: false\n{lambdas}    build:\n" + "".join(
            f"      - 'for w in {{{name}}}; do echo \"$w\"; done > {{target}}/{name}'\n"
            f"      - 'echo \"$GORDON_{name.upper()}\" > \"$GORDON_TARGET/{name}.variable\"'\n"
            for name in names), top)
        self.build_and_keep_source()
        self.assertEqual({name: self.lines("_one.zip", name) for name in self.files("_one.zip")
                          if not name.endswith(".variable")}, self.expected_variables(expected))
        for name, words in self.expected_variables(expected).items():
            text, = self.lines("_one.zip", f"{name}.variable") or [""]
            self.assertEqual(shlex.split(text) if words != [text] else words, words, name)

    def test_variables(self):
        """The values of all documented variables if the settings set none."""
        self.check_variables("", {})

    def test_variables_set(self):
        settings = {"pip-path": "python3 -m pip", "npm-path": "node my-npm", "gradle-path": "sh gradlew",
                    "pip-install-extra": "--pip", "npm-install-extra": "--npm '--a b'",
                    "gradle-build-extra": "--gradle"}
        self.check_variables("".join(f"{key}: {value}\n" for key, value in settings.items()), {
            "pip_path": ["python3", "-m", "pip"],
            "npm_path": ["node", "my-npm"],
            "gradle_path": ["sh", "gradlew"],
            "pip_install_extra": ["--pip", "--mine"],
            "npm_install_extra": ["--npm", "--a b"],
            "gradle_build_extra": ["--gradle"],
            "go_target_arch": ["arm64"],
        }, "    architecture: arm64\n    pip-install-extra: --mine\n")

    def test_quotes(self):
        """A path stays one word, with and without quotes; doubled braces are braces."""
        self.folder = self.above / """a "project" of $HOME, it's `pwd` \\ 100%"""
        self.write("one/code.txt", "nothing\n")
        self.settings("  one:\n    code: one\n    runtime: python\n    check-handler: false\n    build: |\n"
                      "      printf '%s\\n' {project_path} '{project_path}' \"{project_path}\" "
                      "a{project_path}z '{{x}}' > {target}/bare\n"
                      "      cp code.txt '{target}/single'; cp code.txt \"{target}/double\"\n")
        self.build_and_keep_source()
        self.assertEqual(sorted(self.files("_one.zip")), ["bare", "double", "single"])
        self.assertEqual(self.lines("_one.zip", "bare"),
                         [str(self.folder)] * 3 + [f"a{self.folder}z", "{x}"])

    def test_commands_run_in_a_copy(self):
        """Commands run one after the other, in one folder, which is a copy of the source."""
        self.write("one/code.txt", "nothing\n")
        self.write("one/run.sh", "#!/bin/sh\necho ran > made.txt\n")
        os.chmod(self.folder / "one/run.sh", 0o755)
        self.settings("  one:\n    code: one\n    runtime: python\n    check-handler: false\n    build:\n"
                      "      - rm code.txt\n"
                      "      - ./run.sh\n"
                      "      - cp -p * {target}; pwd > {target}/folder\n")
        for _ in range(2):  # the second build starts with a new copy
            self.build_and_keep_source()
            self.assertEqual(sorted(self.files("_one.zip")), ["folder", "made.txt", "run.sh"])
        self.assertNotEqual(self.lines("_one.zip", "folder"), [f"{self.folder}/one"])

    def test_file_is_copied_alone(self):
        self.write("one.txt", "one\n")
        self.write("two.txt", "two\n")
        self.settings("  one: {code: one.txt, runtime: python, check-handler: false, build: 'cp * {target}'}\n")
        self.build_and_keep_source()
        self.assertEqual(self.files("_one.zip"), {"one.txt": b"one\n"})

    def test_build_in_source(self):
        self.write("one/code.txt", "nothing\n")
        self.settings("  one:\n    code: one\n    runtime: python\n    check-handler: false\n    build-in-source: true\n"
                      "    build:\n      - echo made > made.txt\n"
                      "      - cp made.txt {target}; pwd > {target}/folder\n")
        self.gordon()
        self.assertEqual((self.folder / "one/made.txt").read_text(), "made\n")
        self.assertEqual(sorted(self.files("_one.zip")), ["folder", "made.txt"])
        self.assertEqual(self.lines("_one.zip", "folder"), [f"{self.folder}/one"])


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    skipped = result.testsRun and len(result.skipped) == result.testsRun
    sys.exit(77 if skipped else not result.wasSuccessful())
