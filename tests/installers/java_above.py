#!/usr/bin/env python3
"""Java whose Maven or Gradle reads more of the project than the code folder: parents, sibling modules,
and paths with "..". What it names outside of the project is an error.

usage: java_above.py GORDON CLASS

CLASS is Maven or Gradle, with the real tool, which downloads its plugins; or Looks, which runs none.
Exits with 77 if all its tests are skipped.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

GORDON = os.path.abspath(sys.argv.pop(1))

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
%s</project>
"""
PARENT = """  <!-- <modules><module>../../nowhere</module></modules> -->
  <groupId>example</groupId>
  <artifactId>all</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <modules>
    <module>functions/one</module>
    <module>functions/two/pom.xml</module>
    <module>libs/words</module>
    <module>broken</module>
  </modules>
  <properties>
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
"""
CHILD = """  <parent>
    <groupId>example</groupId>
    <artifactId>all</artifactId>
    <version>1</version>
    <relativePath>../../%s</relativePath>
  </parent>
  <artifactId>%s</artifactId>
"""
ON_WORDS = """  <dependencies>
    <dependency><groupId>example</groupId><artifactId>words</artifactId><version>1</version></dependency>
  </dependencies>
"""
HELLO = "package example;\npublic class Hello { public static String handle(String event) { return Words.WORD; } }\n"
WORDS = 'package example;\npublic class Words { public static final String WORD = "%s"; }\n'
SETTINGS = "project: words\ncode-bucket: words\nlambdas:\n  one: {code: functions/one, runtime: java, handler: 'example.Hello::handle'}\n"


class Project(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.above = pathlib.Path(tempfile.mkdtemp(prefix="gordon java ")).resolve()
        self.addCleanup(shutil.rmtree, self.above, ignore_errors=True)
        self.folder = self.above / "a project"
        self.write({"settings.yml": SETTINGS})

    def write(self, files, folder=None):
        for name, text in files.items():
            path = (folder or self.folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def gordon(self, *arguments, status=0):
        run = subprocess.run([GORDON, *arguments], cwd=self.folder, text=True, timeout=280,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, status, run.stdout)
        return run.stdout

    def packed(self):
        time.sleep(0.02)
        return re.findall(r"gordon: packing (\S+)", self.gordon("build", "--debug"))

    def check_again(self):
        """Builds from the beginning, and gets the same bytes, although jars are made anew."""
        zipped = self.folder / "_build/code/_one.zip"
        before = zipped.read_bytes()
        shutil.rmtree(self.folder / "_build")
        time.sleep(2)  # times in jars have two seconds
        self.gordon("build")
        self.assertTrue(before == zipped.read_bytes(), "the bytes differ")

    def names(self):
        with zipfile.ZipFile(self.folder / "_build/code/_one.zip") as zipped:
            return sorted(zipped.namelist())

    def tree(self):
        return {path: path.is_dir() or path.read_bytes() for path in self.folder.rglob("*") if "_build" not in path.parts}


@unittest.skipUnless(shutil.which("mvn"), "mvn is not there")
class Maven(Project):
    @classmethod
    def setUpClass(cls):
        probe = subprocess.run(["mvn", "-q", "-B", "dependency:help"], cwd=tempfile.gettempdir(), timeout=280,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if "No plugin found" in probe.stdout:
            raise unittest.SkipTest("Maven finds no plugins here: " + probe.stdout[:200])

    def test_reactor(self):
        """A parent and a sibling module; a broken module that it does not need is not built."""
        self.write({
            "pom.xml": POM % PARENT,
            "functions/one/pom.xml": POM % (CHILD % ("pom.xml", "one") + ON_WORDS),
            "functions/one/src/main/java/example/Hello.java": HELLO,
            "functions/two/pom.xml": POM % (CHILD % ("", "two")),
            "libs/words/pom.xml": POM % (CHILD % ("pom.xml", "words")),
            "libs/words/src/main/java/example/Words.java": WORDS % "first",
            "libs/words/target/classes/example/Left.class": "left by a build of the developer's own",
            "broken/pom.xml": POM % (CHILD % ("pom.xml", "broken")).replace("../../", "../"),
            "broken/src/main/java/Broken.java": "broken\n",
            "venv/pyvenv.cfg": "",
        })
        (self.folder / "venv/python").symlink_to("/usr/bin/python3")
        before = self.tree()
        self.gordon("build")
        self.assertEqual(self.tree(), before)
        self.assertEqual(self.names(), ["example/Hello.class", "lib/words-1.jar"])
        self.assertEqual(self.packed(), [])
        self.write({"libs/words/src/main/java/example/Words.java": WORDS % "second"})
        self.assertEqual(self.packed(), ["one"])
        with zipfile.ZipFile(self.folder / "_build/code/_one.zip") as zipped:
            self.assertIn(b"second", zipped.read("example/Hello.class"))  # a constant is copied
            jar = zipped.extract("lib/words-1.jar", self.above)
        self.assertIn("example/Words.class", zipfile.ZipFile(jar).namelist())
        self.assertNotIn("example/Left.class", zipfile.ZipFile(jar).namelist())
        self.assertNotIn(b"Built-By", zipfile.ZipFile(jar).read("META-INF/MANIFEST.MF"))
        self.check_again()


@unittest.skipUnless(shutil.which("gradle"), "gradle is not there")
class Gradle(Project):
    def test_sibling(self):
        """settings.gradle above, project(':...'), apply from, and files in the project."""
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(f"{folder}/more.jar", "w") as jar:
                jar.writestr("more.txt", "more")
            self.write({"third/README": ""})
            shutil.copy(f"{folder}/more.jar", self.folder / "third")
        self.write({
            "settings.gradle": "include ':functions:one', 'libs:words'\n",
            "shared/java.gradle": "apply plugin: 'java'\n",
            "libs/words/build.gradle": "apply from: \"$rootDir/shared/java.gradle\"\n",
            "libs/words/src/main/java/example/Words.java": WORDS % "first",
            "libs/words/build/left.txt": "left\n",
            "functions/one/build.gradle": """// ../../../nowhere
apply from: "${rootDir}/shared/java.gradle"
dependencies {
    compile project(':libs:words')
    compile files('../../third/more.jar')
}
task pack(type: Copy) {
    from sourceSets.main.output
    into('lib') { from configurations.runtimeClasspath }
    into target
}
build.dependsOn pack
""",
            "functions/one/src/main/java/example/Hello.java": HELLO})
        before = self.tree()
        self.gordon("build")
        self.assertEqual(self.tree(), before)
        self.assertEqual(self.names(), ["example/Hello.class", "lib/more.jar", "lib/words.jar"])
        self.write({"libs/words/src/main/java/example/Words.java": WORDS % "second"})
        self.assertEqual(self.packed(), ["one"])
        self.assertEqual(self.packed(), [])
        self.check_again()


class Looks(Project):
    """What `gordon plan` finds in the manifests."""

    def inputs(self):
        """The inputs of the zip, by `gordon plan --json`, and the folders where its commands run."""
        import json
        plan = json.loads(self.gordon("plan", "--json"))
        zipped, = [output for output in plan["outputs"] if output["kind"] == "zip"]
        folder = f"{self.folder}/"
        return ([path.removeprefix(folder) for path in zipped["inputs"]],
                {command["folder"].split("/source", 1)[1] for command in zipped["commands"]},
                zipped["commands"][0]["argv"][-1])

    def error(self, place, what):
        said = self.gordon("plan", status=21)
        self.assertIn(f"{place}: error: {what}, which is not in the project; move it into the folder of "
                      "the project's settings.yml, or write the commands in 'build'", said)

    def test_maven(self):
        self.write({"pom.xml": POM % PARENT, "functions/one/pom.xml": POM % (CHILD % ("pom.xml", "one")),
                    "libs/words/pom.xml": POM % (CHILD % ("pom.xml", "words")), ".mvn/maven.config": "-T1\n"})
        inputs, folders, command = self.inputs()
        self.assertEqual(folders, {"/."})
        self.assertIn("-pl 'functions/one' -am package", command)
        for name in "pom.xml", "functions/one/pom.xml", "libs/words/pom.xml", ".mvn/maven.config":
            self.assertIn(name, inputs)

    def test_maven_parent_alone(self):
        """A parent that has no modules, in a sibling folder; and one from a repository."""
        self.write({"functions/parent/pom.xml": POM % PARENT.replace("<module>functions/one</module>", ""),
                    "functions/one/pom.xml": POM % (CHILD % ("", "one")).replace("../../", "../parent")})
        inputs, folders, command = self.inputs()
        self.assertEqual(folders, {"/one"})
        self.assertIn("mvn -q -B package", command)
        self.assertIn("functions/parent/pom.xml", inputs)
        for pom in (CHILD % ("", "one")).replace("../../", ""), (CHILD % ("", "one")).replace("../../", "../none"):
            self.write({"functions/one/pom.xml": POM % pom})
            self.assertEqual(self.inputs()[1], {""})

    def test_maven_outside(self):
        self.write({"pom.xml": POM % PARENT, "jars/x.jar": "", "repository/x": "", "lib/pom.xml": POM % PARENT}, self.above)
        own = "  <artifactId>one</artifactId>\n"
        cases = {
            "../../../": (CHILD % ("../", "one"), f"7:19: error: the parent of this POM leads to {self.above}/pom.xml"),
            "module": (own + "<modules><module>../../../lib</module></modules>", f"4:18: error: this module leads to {self.above}/lib"),
            "systemPath": (own + "<x><systemPath>${basedir}/../../../jars/x.jar</systemPath></x>",
                           f"4:16: error: this path leads to {self.above}/jars/x.jar"),
            "absolute": (own + f"<x><systemPath>{self.above}/jars/x.jar</systemPath></x>",
                         f"4:16: error: this path leads to {self.above}/jars/x.jar"),
            "url": (own + "<x><url> file://${project.basedir}/../../../repository </url></x>",
                    f"4:10: error: this path leads to {self.above}/repository"),
            "file": (own + f"<x><url>file://{self.above}/repository</url></x>", f"4:9: error: this path leads to {self.above}/repository"),
        }
        for name, (pom, error) in cases.items():
            with self.subTest(name):
                self.write({"functions/one/pom.xml": POM % pom})
                place, what = error.split(": error: ")
                self.error(f"functions/one/pom.xml:{place}", what)
        for pom in ("<x><directory>../../../none</directory></x>", "<url>https://example.org/../x</url>",
                    "<!-- <x>../../../lib</x> -->", "<x>${java.home}/../lib/tools.jar</x>"):
            self.write({"functions/one/pom.xml": POM % (own + pom)})
            self.gordon("plan")
        self.write({"functions/one/pom.xml": POM % (CHILD % ("", "one")).replace("    <relativePath>../../</relativePath>\n", "")})
        self.write({"settings.yml": SETTINGS.replace("functions/one", ".")}, self.folder / "functions/one")
        self.write({"functions/pom.xml": POM % PARENT})
        run = subprocess.run([GORDON, "plan"], cwd=self.folder / "functions/one", capture_output=True, text=True)
        self.assertIn(f"pom.xml:5:17: error: the parent of this POM leads to {self.folder}/functions/pom.xml", run.stderr)

    def test_gradle(self):
        self.write({"settings.gradle.kts": 'include(":functions:one")\n', "gradle/libs.versions.toml": "",
                    "functions/one/build.gradle.kts": "", "build.gradle.kts": ""})
        inputs, folders, command = self.inputs()
        self.assertEqual(folders, {"/functions/one"})
        self.assertRegex(command, "gradle --init-script '.*/target'.init.gradle build -Ptarget=")
        self.assertIn("gradle/libs.versions.toml", inputs)

    def test_gradle_outside(self):
        self.write({"lib/x.jar": "", "common.gradle": ""}, self.above)
        cases = {
            "build.gradle": ("/* '../../../lib' */\ndependencies { compile files('../../../lib/x.jar') }\n", "2:31", "lib/x.jar"),
            "build.gradle.kts": ('// "../../../lib"\napply(from = "${rootDir}/../../../common.gradle")\n', "2:15", "common.gradle"),
            "settings.gradle": ("includeBuild('../../../lib')\n", "1:15", "lib"),
        }
        for name, (text, place, what) in cases.items():
            with self.subTest(name):
                self.write({"functions/one/build.gradle": "", f"functions/one/{name}": text})
                self.error(f"functions/one/{name}:{place}", f"this path leads to {self.above}/{what}")
                (self.folder / "functions/one" / name).unlink()
        self.write({"functions/one/build.gradle": "x = '../../../none'; y = 'it\\'s'; z = \"../$v\"\n", "functions/z": ""})
        self.gordon("plan")

    def test_gradle_variables(self):
        """Each names the folder of the build, or of its project."""
        self.write({"common.gradle": ""}, self.above)
        self.write({"settings.gradle": "include ':functions:one'\n"})
        for variable, up in (("$rootDir", 1), ("${rootDir}", 1), ("${rootProject.projectDir}", 1), ("$settingsDir", 1),
                             ("${settingsDir}", 1), ("$projectDir", 3), ("${projectDir}", 3), ("${project.projectDir}", 3)):
            with self.subTest(variable):
                self.write({"functions/one/build.gradle": f'apply from: "{variable}/{"../" * up}common.gradle"\n'})
                self.error("functions/one/build.gradle:1:14", f"this path leads to {self.above}/common.gradle")

    def test_appears(self):
        """Files above that appear later change what is built."""
        self.write({"functions/one/pom.xml": POM % "<artifactId>one</artifactId>",
                    "settings.yml": SETTINGS.replace("handler", "check-handler: false, handler"),
                    "bin/mvn": "#!/bin/sh\npwd >> \"$LOG\"; mkdir -p target/classes; echo x > target/classes/x\n"})
        (self.folder / "bin/mvn").chmod(0o755)
        os.environ.update(PATH=f"{self.folder}/bin:{os.environ['PATH']}", LOG=f"{self.above}/log")
        self.assertEqual(self.packed(), ["one"])
        self.assertEqual(self.packed(), [])
        self.write({"other/x": "", "functions/y": ""})
        self.assertEqual(self.packed(), [])
        self.write({"functions/pom.xml": POM % "<modules><module>one</module></modules>"})
        self.gordon("build", status=21)  # the substitute fills no target/classes of a module
        self.assertTrue((self.above / "log").read_text().splitlines()[-1].endswith("/source"))


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    skipped = result.skipped and len(result.skipped) >= result.testsRun  # a skipped class runs none
    sys.exit(77 if skipped else not result.wasSuccessful())
