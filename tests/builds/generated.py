#!/usr/bin/env python3
"""Code that the build generates: `code: build://...`, and DEPENDS of gordon_add_project. One build must be
right, also from an empty tree, and the next one must do nothing.

usage: generated.py GENERATOR PREFIX WORK CMAKE [TEST...]
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import zipfile

GENERATOR, PREFIX, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
CMAKE = sys.argv[4]
del sys.argv[1:5]
NINJA = GENERATOR.startswith("Ninja")
GORDON = PREFIX / "bin" / "gordon"

TOP = """cmake_minimum_required(VERSION 3.25)
project(demo LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
"""
SETTINGS = "project: demo\ncode-bucket: demo\nlambdas:\n"
# Writes a file for each word of its input, and removes the others.
WORDS = """import pathlib, sys
words, folder = pathlib.Path(sys.argv[1]).read_text().split(), pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
for old in folder.glob("word_*.py"):
    old.unlink() if old.stem[5:] not in words else None
for word in words:
    path, text = folder / f"word_{word}.py", f"word = {word!r}\\n"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
"""
# A target whose files CMake knows, one of which it knows only a stamp, and one that always runs.
DECLARED = """add_custom_command(OUTPUT "{folder}/code.py" COMMAND "${{CMAKE_COMMAND}}" -E copy
    "${{CMAKE_CURRENT_SOURCE_DIR}}/words.txt" "{folder}/code.py" DEPENDS words.txt VERBATIM)
add_custom_target({name} DEPENDS "{folder}/code.py")
"""
STAMPED = """add_custom_command(OUTPUT {name}.stamp
    COMMAND python3 "${{CMAKE_CURRENT_SOURCE_DIR}}/words" "${{CMAKE_CURRENT_SOURCE_DIR}}/words.txt"
        "{folder}"
    COMMAND "${{CMAKE_COMMAND}}" -E touch {name}.stamp DEPENDS words words.txt VERBATIM)
add_custom_target({name} DEPENDS {name}.stamp)
"""
ALWAYS = """add_custom_target({name} COMMAND python3 "${{CMAKE_CURRENT_SOURCE_DIR}}/words"
    "${{CMAKE_CURRENT_SOURCE_DIR}}/words.txt" "{folder}" VERBATIM)
"""
GENERATED = "${CMAKE_CURRENT_BINARY_DIR}/made"
only_ninja = unittest.skipUnless(NINJA, "the same with Make")
IN_SOURCE = "${CMAKE_CURRENT_SOURCE_DIR}/app"


class Generated(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        self.source, self.binary = WORK / "project", WORK / "build"
        self.write("words", WORDS)
        self.write("words.txt", "one two")
        os.environ["GORDON_CACHE_DIR"] = str(WORK / "cache")

    def write(self, name, text):
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def cmake(self, *arguments, fails=False):
        run = subprocess.run([CMAKE, *map(str, arguments)], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode != 0, fails, run.stdout)
        return run.stdout

    def project(self, lambdas, cmake, generator=GENERATOR, depends="DEPENDS gen"):
        """The targets stand behind the project that depends on them."""
        self.write("CMakeLists.txt", TOP + f"gordon_add_project(demo SETTINGS settings.yml {depends})\n"
                   + cmake)
        self.write("settings.yml", SETTINGS + lambdas)
        self.configure(generator)

    def configure(self, generator=GENERATOR):
        self.cmake("-S", self.source, "-B", self.binary, "-G", generator,
                   f"-DCMAKE_PREFIX_PATH={PREFIX}", "-Werror=dev", "-Werror=deprecated")

    def packed(self, fails=False, *options):
        self.said = self.cmake("--build", self.binary, "-j4", *options, fails=fails)
        return re.findall(r"Packing (\S+)", self.said)

    def assertNothingToDo(self, *options):
        self.assertEqual(self.packed(False, *options), [], self.said)
        if NINJA:
            self.assertIn("no work to do", self.said)

    def names(self, name="hello", project="demo"):
        with zipfile.ZipFile(self.binary / project / f"code/_{name}.zip") as zipped:
            return zipped.namelist()

    def content(self, file, name="hello"):
        with zipfile.ZipFile(self.binary / f"demo/code/_{name}.zip") as zipped:
            return zipped.read(file).decode()

    # --- what targets write -----------------------------------------------------------------

    def test_declared_files(self):
        self.write("other.py", "x = 1\n")
        self.project("  hello: {code: 'build://made', runtime: python, check-handler: false}\n  other: {code: other.py}\n",
                     DECLARED.format(name="gen", folder=GENERATED))
        self.assertEqual(sorted(self.packed()), ["hello", "other"])
        self.assertEqual(self.content("code.py"), "one two")
        self.assertNothingToDo()
        self.write("words.txt", "three")
        self.assertEqual(self.packed(), ["hello"])
        self.assertEqual(self.content("code.py"), "three")
        self.assertNothingToDo()
        (self.binary / "made/code.py").unlink()
        self.packed()
        self.assertEqual(self.content("code.py"), "three")
        self.assertNothingToDo()
        shutil.rmtree(self.binary / "made")
        self.packed()
        self.assertEqual(self.names(), ["code.py"])
        self.assertNothingToDo()

    def check_words(self, quiet):
        """After each change one build is right, and packs only what has changed."""
        words = lambda: [name for name in self.names() if name.startswith("word_")]
        self.assertEqual(sorted(self.packed()), ["hello", "other"])
        self.assertEqual(words(), ["word_one.py", "word_two.py"])
        quiet()
        self.write("words.txt", "one two three")  # a new file
        self.assertEqual(self.packed(), ["hello"])
        self.assertEqual(words(), ["word_one.py", "word_three.py", "word_two.py"])
        quiet()
        self.write("words", WORDS.replace("word =", "text ="))  # the same files, changed
        self.assertEqual(self.packed(), ["hello"])
        self.assertEqual(self.content("word_one.py"), "text = 'one'\n")
        quiet()
        self.write("words.txt", "two")  # files less
        self.assertEqual(self.packed(), ["hello"])
        self.assertEqual(words(), ["word_two.py"])
        quiet()

    def words_project(self, kind, code, folder):
        self.write("other.py", "x = 1\n")
        self.project(f"  hello: {{code: '{code}', runtime: python, check-handler: false}}\n  other: {{code: other.py}}\n",
                     kind.format(name="gen", folder=folder))

    @only_ninja
    def test_only_a_stamp_is_declared(self):
        self.words_project(STAMPED, "build://made", GENERATED)
        self.check_words(self.assertNothingToDo)

    def test_only_a_stamp_is_declared_and_files_are_in_the_source(self):
        self.write("app/code.py", "x = 1\n")
        self.words_project(STAMPED, "app", IN_SOURCE)
        self.check_words(self.assertNothingToDo)
        self.write("app/code.py", "x = 2\n")  # by hand
        self.assertEqual(self.packed(), ["hello"])
        self.assertNothingToDo()

    @only_ninja
    def test_a_target_that_always_runs(self):
        self.words_project(ALWAYS, "build://made", GENERATED)
        self.check_words(lambda: self.assertEqual(self.packed(), []))

    def test_a_target_that_always_runs_and_files_are_in_the_source(self):
        self.write("app/code.py", "x = 1\n")
        self.words_project(ALWAYS, "app", IN_SOURCE)
        self.check_words(lambda: self.assertEqual(self.packed(), []))

    @only_ninja
    def test_target_of_targets(self):
        """gen only depends on what generates, as a target for all generators does."""
        self.write("other.py", "x = 1\n")
        self.project("  hello: {code: 'build://made', runtime: python, check-handler: false}\n  other: {code: other.py}\n",
                     "add_custom_target(gen)\nadd_dependencies(gen inner)\nadd_custom_target(inner)\n"
                     "add_dependencies(inner last)\n" + STAMPED.format(name="last", folder=GENERATED))
        self.check_words(self.assertNothingToDo)

    def test_target_of_another_directory(self):
        self.write("sub/CMakeLists.txt", STAMPED.format(name="gen", folder="${CMAKE_BINARY_DIR}/made"))
        for name in ("words", "words.txt"):
            (self.source / "sub" / name).symlink_to(f"../{name}")
        self.write("other.py", "x = 1\n")
        self.project("  hello: {code: 'build://made', runtime: python, check-handler: false}\n  other: {code: other.py}\n",
                     "add_subdirectory(sub)\n")
        self.check_words(self.assertNothingToDo)

    @only_ninja
    def test_folder_has_the_name_of_the_target(self):
        self.words_project(STAMPED, "build://gen", "${CMAKE_CURRENT_BINARY_DIR}/gen")
        self.check_words(self.assertNothingToDo)

    # --- files, generator expressions -------------------------------------------------------

    def test_files(self):
        """A build command reads files that Gordon cannot know: each change of one packs."""
        self.write("hello.py", "x = 1\n")
        self.write("data.txt", "a")
        command = "cat '$GORDON_PROJECT_PATH'/data.txt '$GORDON_PROJECT_PATH'/../build/made.txt".replace("'", '"')
        self.project(f"""  hello:
    code: hello.py
    build: |
      {command} > "$GORDON_TARGET/code.py"
""", """add_custom_command(OUTPUT made.txt COMMAND "${CMAKE_COMMAND}" -E copy
    "${CMAKE_CURRENT_SOURCE_DIR}/words.txt" made.txt DEPENDS words.txt VERBATIM)
""", depends="DEPENDS data.txt $<1:${CMAKE_CURRENT_BINARY_DIR}/made.txt> $<0:none>")
        self.packed()
        self.assertEqual(self.content("code.py"), "aone two")
        self.assertNothingToDo()
        self.write("data.txt", "b")
        self.assertEqual(self.packed(), ["hello"])
        self.write("words.txt", "three")
        self.assertEqual(self.packed(), ["hello"])
        self.assertEqual(self.content("code.py"), "bthree")
        self.assertNothingToDo()

    @only_ninja
    def test_expression_that_names_a_target(self):
        self.project("  hello: {code: 'build://made', runtime: python, check-handler: false}\n",
                     DECLARED.format(name="gen", folder=GENERATED), depends="DEPENDS $<$<BOOL:1>:gen>")
        self.packed()
        self.write("words.txt", "three")
        self.packed()
        self.assertEqual(self.content("code.py"), "three")
        self.assertNothingToDo()

    @only_ninja
    def test_several_configurations(self):
        self.write("other.py", "x = 1\n")
        self.project("  hello: {code: 'build://made', runtime: python, check-handler: false}\n  other: {code: other.py}\n",
                     STAMPED.format(name="gen", folder=GENERATED), "Ninja Multi-Config")
        self.check_words(self.assertNothingToDo)
        self.packed(False, "--config", "Release")
        self.write("words.txt", "four")
        self.assertEqual(self.packed(False, "--config", "Release"), ["hello"])
        self.assertEqual(self.names(), ["word_four.py"])
        self.assertNothingToDo("--config", "Release")

    # --- what is in the folder --------------------------------------------------------------

    def test_manifest(self):
        """requirements.txt is generated too: pip runs again only if it changes."""
        self.write("pip", """if [ "$1" = --version ]; then echo pip 1; exit; fi
echo run >> "%s"
while [ "$1" != --target ]; do shift; done
for word in $(cat requirements.txt); do echo > "$2/$word.py"; done
""" % (WORK / "pip.log"))
        self.write("make", """import pathlib, shutil, sys
source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
folder.mkdir(exist_ok=True)
(folder / "requirements.txt").write_text((source / "words.txt").read_text().replace(" ", "\\n"))
shutil.copy2(source / "source.py", folder / "code.py")
""")
        self.write("source.py", "x = 1\n")
        self.project("  hello:\n    code: build://made\n    runtime: python\n    pip-path: sh '%s'\n"
                     % (self.source / "pip"),
                     """add_custom_command(OUTPUT gen.stamp
    COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/make" "${CMAKE_CURRENT_SOURCE_DIR}" "%s"
    COMMAND "${CMAKE_COMMAND}" -E touch gen.stamp DEPENDS make words.txt source.py VERBATIM)
add_custom_target(gen DEPENDS gen.stamp)
""" % GENERATED)
        runs = lambda: (WORK / "pip.log").read_text().count("run")
        self.packed()
        self.assertEqual(self.names(), ["code.py", "one.py", "requirements.txt", "two.py"])
        self.assertNothingToDo()
        self.configure()  # the folder is there now, and nothing is different
        self.assertNothingToDo()
        self.write("source.py", "x = 2\n")
        self.packed()
        self.assertEqual((self.content("code.py"), runs()), ("x = 2\n", 1))
        self.write("words.txt", "three")
        self.packed()
        self.assertEqual(self.names(), ["code.py", "requirements.txt", "three.py"])
        self.assertEqual(runs(), 2)
        self.assertNothingToDo()

    def test_several_lambdas_a_file_and_build_commands(self):
        self.project("""  hello: {code: 'build://made', runtime: python, check-handler: false}
  again: {code: 'build://made', runtime: python, check-handler: false}
  file: {code: 'build://made/code.py'}
  built: {code: 'build://made', runtime: python, check-handler: false, build: 'cp code.py "$GORDON_TARGET/new.py"'}
""", DECLARED.format(name="gen", folder=GENERATED))
        self.assertEqual(sorted(self.packed()), ["again", "built", "file", "hello"])
        self.assertEqual([self.names(name) for name in ("hello", "again", "file", "built")],
                         [["code.py"], ["code.py"], ["code.py"], ["new.py"]])
        self.write("words.txt", "three")
        self.assertEqual(sorted(self.packed()), ["again", "built", "file", "hello"])
        self.assertEqual([self.content(*what) for what in (("code.py", "again"), ("new.py", "built"))],
                         ["three", "three"])
        self.assertNothingToDo()

    @only_ninja
    def test_folder_of_the_calling_directory(self):
        """The folder is in the binary directory of the directory that calls gordon_add_project. Gordon may
        be found elsewhere, as with add_subdirectory: its functions are known then, not its variables."""
        top, find, rest = TOP.partition("find_package")
        self.write("CMakeLists.txt",
                   f"{top}function(find)\n{find}{rest}endfunction()\nfind()\nadd_subdirectory(sub)\n")
        self.write("sub/CMakeLists.txt", """gordon_add_project(demo SETTINGS settings.yml
    DEPENDS gen $<1:${CMAKE_CURRENT_SOURCE_DIR}/words.txt>)
""" + DECLARED.format(name="gen", folder=GENERATED))
        self.write("sub/words.txt", "sub")
        self.write("sub/settings.yml", SETTINGS + "  hello: {code: 'build://made', runtime: python, check-handler: false}\n")
        self.configure()
        self.packed()
        self.assertEqual(self.names(project="sub/demo"), ["code.py"])
        self.assertNothingToDo()

    # --- errors -----------------------------------------------------------------------------

    def test_missing_folder(self):
        self.project("  hello: {code: 'build://nowhere', runtime: python}\n",
                     DECLARED.format(name="gen", folder=GENERATED))
        self.packed(fails=True)
        self.assertIn("settings.yml:4:17: error: the code of hello is not there: no file or folder "
                      f"{self.binary}/nowhere; name the target that makes it after DEPENDS of "
                      "gordon_add_project", self.said)
        shutil.copytree(self.binary / "made", self.binary / "nowhere")
        self.packed()
        self.assertEqual(self.names(), ["code.py"])
        shutil.rmtree(self.binary / "nowhere")
        self.packed(fails=True)
        self.assertFalse((self.binary / "demo/code/_hello.zip").exists())

    @only_ninja
    def test_link_out_of_the_build(self):
        self.write("secret.py", "x = 1\n")
        self.project("  hello: {code: 'build://made', runtime: python, check-handler: false}\n",
                     DECLARED.format(name="gen", folder=GENERATED))
        (self.binary / "made").mkdir()
        (self.binary / "made/secret.py").symlink_to(self.source / "secret.py")
        self.packed(fails=True)
        self.assertIn("made/secret.py: error: this link leads out of the project; copy what it links to", self.said)

    @only_ninja
    def test_without_cmake(self):
        self.project("  hello: {code: 'build://made', runtime: python, check-handler: false}\n",
                     DECLARED.format(name="gen", folder=GENERATED))
        self.packed()
        gordon = lambda *arguments: subprocess.run(
            [GORDON, *map(str, arguments)], cwd=self.source, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        alone = gordon("build", "--build-dir", WORK / "alone")
        self.assertEqual(alone.returncode, 21)
        self.assertIn("settings.yml:4:17: error: hello packs 'made' of a CMake build, but this build is "
                      "not run by CMake: build the project with gordon_add_project", alone.stderr)
        self.assertEqual(gordon("package", "hello", "--build-dir", WORK / "alone", "--binary-dir",
                                self.binary).returncode, 0)
        self.assertEqual((WORK / "alone/code/_hello.zip").read_bytes(),
                         (self.binary / "demo/code/_hello.zip").read_bytes())
        for options, inputs in (((), []), (("--binary-dir", self.binary),
                                           [str(self.binary / "made/code.py")])):
            plan = gordon("plan", "--json", "--build-dir", WORK / "alone", *options)
            self.assertEqual((plan.returncode, plan.stderr), (0, ""))
            self.assertEqual([output["inputs"] for output in json.loads(plan.stdout)["outputs"]
                              if output["kind"] == "zip"], [inputs])


if __name__ == "__main__":
    unittest.main()
