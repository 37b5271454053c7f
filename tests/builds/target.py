#!/usr/bin/env python3
"""Lambdas whose code is a program of the CMake build: which files are packed, which changes pack again,
and whether the packed program runs against a substitute for Lambda's Runtime API.

usage: target.py GENERATOR PREFIX WORK

Exits with 77 if there is no C compiler, or if this machine is not x86_64, the default of lambdas.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import unittest
import zipfile

from runtime_api import RuntimeApi

GENERATOR, PREFIX, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
del sys.argv[1:4]
EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "example-c"
GORDON = PREFIX / "bin" / "gordon"

TOP = """cmake_minimum_required(VERSION 3.25)
project(demo LANGUAGES C)
find_package(Gordon 1.0 REQUIRED)
"""
SETTINGS = "project: demo\ncode-bucket: demo\nlambdas:\n"
HELLO = "#include <stdio.h>\nint main(void) { return puts(\"hello\") < 0; }\n"
EVENTS = [{"name": "you"}, {"surname": "of nobody"}, {"name": "you two"}]
ANSWERS = [("response", {"message": "Hello, you!"}),
           ("error", {"errorMessage": "the event has no name", "errorType": "Error"}),
           ("response", {"message": "Hello, you two!"})]


class Target(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        self.source, self.binary = WORK / "project", WORK / "build"

    def write(self, name, text):
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def cmake(self, *arguments, fails=False):
        run = subprocess.run(["cmake", *map(str, arguments)], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode != 0, fails, run.stdout)
        return run.stdout

    def configure(self, *options, binary=None, generator=GENERATOR):
        return self.cmake("-S", self.source, "-B", binary or self.binary, "-G", generator,
                          f"-DCMAKE_PREFIX_PATH={PREFIX}", *options)

    def build(self, binary=None, fails=False):
        return self.cmake("--build", binary or self.binary, fails=fails)

    def packed(self):
        return re.findall(r"Packing (\S+)", self.build())

    def project(self, lambdas, cmake, **files):
        self.write("CMakeLists.txt", TOP + cmake + "\ngordon_add_project(demo SETTINGS settings.yml)\n")
        self.write("settings.yml", SETTINGS + lambdas)
        for name, text in files.items():
            self.write(name.replace("_", "."), text)

    def example(self):
        shutil.copytree(EXAMPLE, self.source)
        self.configure("-DCMAKE_BUILD_TYPE=Release")
        self.build()
        return self.binary / "greetings/code/_hello.zip"

    def zip(self, name="hello"):
        return self.binary / f"demo/code/_{name}.zip"

    def content(self, path=None):
        with zipfile.ZipFile(path or self.zip()) as zipped:
            return {name: zipped.read(name) for name in zipped.namelist()}

    def unpack(self, path=None):
        """Unpacks the zip to an empty folder, as Lambda does."""
        folder = WORK / "unpacked task"
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(path or self.zip()) as zipped:
            for entry in zipped.infolist():
                zipped.extract(entry, folder)
                os.chmod(folder / entry.filename, entry.external_attr >> 16)
        return folder

    def run_program(self, folder, command=None, look=None, root=None):
        """Runs the program and checks its answers to EVENTS; calls `look` with the process while it runs."""
        api = RuntimeApi(EVENTS)
        self.addCleanup(api.stop)
        if look:
            api.may_end.clear()
        root = root or str(folder)
        system = "/lib64:/usr/lib64:/lib/x86_64-linux-gnu"  # the system comes first, as in Lambda
        environment = {"AWS_LAMBDA_RUNTIME_API": api.address, "LAMBDA_TASK_ROOT": root,
                       "LD_LIBRARY_PATH": f"{system}:{root}:{root}/lib"}
        process = subprocess.Popen(command or [folder / "bootstrap"], cwd=folder, env=environment,
                                   stderr=subprocess.PIPE, text=True)
        try:
            answers = []
            while (answer := api.answers.get(timeout=60)) is not None:
                answers.append(answer)
                if look and len(answers) == 1:  # it ends after the last answer
                    look(process)
                    api.may_end.set()
            said = process.communicate(timeout=60)[1]
        finally:
            api.may_end.set()
            process.kill()
            process.wait()
        self.assertEqual((process.returncode, said), (1, "the Lambda Runtime API cannot be reached\n"))
        self.assertEqual([(path, body) for path, _, body in answers],
                         [(f"/2018-06-01/runtime/invocation/id-{number}/{what}", body)
                          for number, (what, body) in enumerate(ANSWERS)])
        self.assertEqual([headers["Lambda-Runtime-Function-Error-Type"] for _, headers, _ in answers],
                         [None, "Error", None])


class Example(Target):
    def test_packed_and_run(self):
        path = self.example()
        with zipfile.ZipFile(path) as zipped:
            self.assertEqual([(entry.filename, entry.external_attr >> 16)
                              for entry in zipped.infolist()],
                             [("bootstrap", 0o100755), ("lib/libgreeting.so", 0o100644)])
        folder = self.unpack(path)
        self.binary.rename(WORK / "gone")  # it runs without its build tree
        self.run_program(folder)

    def test_function(self):
        self.example()
        templates = [json.loads(path.read_text())
                     for path in (self.binary / "greetings").glob("*_r.json")]
        function, = [resource["Properties"] for template in templates
                     for resource in template.get("Resources", {}).values()
                     if resource["Type"] == "AWS::Lambda::Function"]
        self.assertEqual((function["Runtime"], function["Handler"]),
                         ("provided.al2023", "bootstrap"))
        alone = subprocess.run([GORDON, "template", "--build-dir", WORK / "alone"], cwd=self.source,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual((alone.returncode, alone.stdout), (0, ""))
        for path in (self.binary / "greetings").glob("*.json"):
            self.assertEqual(path.read_bytes(), (WORK / "alone" / path.name).read_bytes())

    def test_nothing_runs_without_a_change(self):
        path = self.example()
        before = path.stat().st_mtime_ns
        said = self.build()
        self.assertNotRegex(said, "Packing|Linking|Writing")
        if "Makefiles" not in GENERATOR:
            self.assertIn("no work to do", said)
        self.assertEqual(path.stat().st_mtime_ns, before)

    def test_the_same_bytes_in_another_folder(self):
        path = self.example()
        other = WORK / "another, longer folder"
        shutil.copytree(self.source, other / "source")
        self.source = other / "source"
        self.configure("-DCMAKE_BUILD_TYPE=Release", binary=other / "build")
        self.build(other / "build")
        self.assertEqual(path.read_bytes(), (other / "build/greetings/code/_hello.zip").read_bytes())


class Changes(Target):
    """A changed library does not link the program again, so only the depfile has the library."""

    def setUp(self):
        super().setUp()
        self.project("  hello: {code: target://hello}\n  other: {code: other.py}\n", """
set(CMAKE_LINK_DEPENDS_NO_SHARED ON)
add_library(words SHARED words.c)
add_executable(hello hello.c)
target_link_libraries(hello PRIVATE words)
""", hello_c="int words(void);\nint main(void) { return words(); }\n",
                     words_c="int words(void) { return 1; }\n",
                     other_py="def handler(event, context):\n    return event\n")
        self.configure()
        self.assertEqual(sorted(self.packed()), ["hello", "other"])
        self.assertEqual(self.packed(), [])
        self.addCleanup(lambda: self.assertEqual(self.packed(), [], "and then nothing"))

    def test_library(self):
        before = self.content()
        linked = (self.binary / "hello").stat().st_mtime_ns
        self.write("words.c", "int words(void) { return 2; }\n")
        self.assertEqual(self.packed(), ["hello"])
        after = self.content()
        self.assertEqual((self.binary / "hello").stat().st_mtime_ns, linked)
        self.assertEqual(after["bootstrap"], before["bootstrap"])
        self.assertNotEqual(after["lib/libwords.so"], before["lib/libwords.so"])

    def test_program(self):
        before = self.content()
        self.write("hello.c", "int words(void);\nint main(void) { return words() + 1; }\n")
        self.assertEqual(self.packed(), ["hello"])
        self.assertNotEqual(self.content()["bootstrap"], before["bootstrap"])

    def test_relinked_to_the_same_bytes(self):
        before = self.zip().stat().st_mtime_ns
        for name in "words.c", "hello.c":
            os.utime(self.source / name)
            self.assertEqual(self.packed(), ["hello"])
        self.assertEqual(self.zip().stat().st_mtime_ns, before)

    def test_strip(self):
        """Copies are stripped. The program in the build tree is not changed."""
        program = self.binary / "hello"
        linked = program.stat().st_mtime_ns, program.read_bytes()
        before = self.content()
        self.assertEqual(before["bootstrap"], linked[1])
        self.write("settings.yml", (self.source / "settings.yml").read_text().replace(
            "target://hello}", "target://hello, strip: true}"))
        self.assertEqual(self.packed(), ["hello"])
        after = self.content()
        self.assertEqual(sorted(after), sorted(before))
        for name in after:
            self.assertIn(b".symtab", before[name])
            self.assertNotIn(b".symtab", after[name])
        self.assertEqual((program.stat().st_mtime_ns, program.read_bytes()), linked)


class Targets(Target):
    def test_later_elsewhere_imported_alias(self):
        self.project("".join(f"  {name}: {{code: 'target://{target}'}}\n" for name, target in (
            ("alias", "demo::alias"), ("imported", "outer::true"), ("later", "later"),
            ("elsewhere", "elsewhere"))), "", hello_c=HELLO)
        self.write("CMakeLists.txt", TOP + """
add_subdirectory(project)
add_subdirectory(elsewhere)
add_executable(later hello.c)
set_target_properties(later PROPERTIES OUTPUT_NAME "another name"
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/a folder")
add_executable(demo::alias ALIAS later)
""")
        program = shutil.copy("/bin/sh", WORK / "a program")
        self.write("project/CMakeLists.txt", f"""
gordon_add_project(demo SETTINGS ../settings.yml)
add_executable(outer::true IMPORTED)
set_target_properties(outer::true PROPERTIES IMPORTED_LOCATION "{program}")
""")
        self.write("elsewhere/CMakeLists.txt", "add_executable(elsewhere ../hello.c)\n")
        self.configure()
        self.assertEqual(sorted(self.packed()), ["alias", "elsewhere", "imported", "later"])
        code = self.binary / "project/demo/code"
        for name, path in {"alias": self.binary / "a folder/another name",
                           "later": self.binary / "a folder/another name",
                           "elsewhere": self.binary / "elsewhere/elsewhere",
                           "imported": pathlib.Path(program)}.items():
            self.assertEqual(self.content(code / f"_{name}.zip")["bootstrap"], path.read_bytes())
        self.assertEqual(self.packed(), [])
        os.utime(program)
        self.assertEqual(self.packed(), ["imported"])

    def test_only_the_target_of_the_project(self):
        """A target that is excluded from the default build is built for the lambda."""
        self.project("  hello: {code: target://hello}\n",
                     "add_executable(hello EXCLUDE_FROM_ALL hello.c)", hello_c=HELLO)
        self.configure()
        self.cmake("--build", self.binary, "--target", "demo")
        self.assertEqual(list(self.content()), ["bootstrap"])

    @unittest.skipIf("Makefiles" in GENERATOR, "Makefiles have one configuration")
    def test_configurations(self):
        """The zip has the program of the configuration that was built last."""
        self.project("  hello: {code: target://hello}\n", "add_executable(hello hello.c)",
                     hello_c=HELLO)
        self.configure(generator="Ninja Multi-Config")
        for configuration in "Debug", "Release", "Debug":
            build = "--build", self.binary, "--config", configuration
            self.assertIn("Packing hello", self.cmake(*build))
            self.assertEqual(self.content()["bootstrap"],
                             (self.binary / configuration / "hello").read_bytes())
            self.assertIn("no work to do", self.cmake(*build))

    def test_cpp(self):
        """The C++ library is packed, because it is no part of the C library."""
        self.project("  hello: {code: target://hello}\n", """
include(CheckLanguage)
check_language(CXX)
if(NOT CMAKE_CXX_COMPILER)
    message(FATAL_ERROR "no C++")
endif()
enable_language(CXX)
add_executable(hello hello.cpp)
""", hello_cpp="#include <iostream>\n#include <string>\nint main(int n, char **) {\n"
               "std::cout << std::string(n, 'x') + \"hello\" << std::endl; }\n")
        try:
            self.configure()
        except AssertionError as error:
            if "no C++" in str(error):
                self.skipTest("no C++ compiler")
            raise
        self.build()
        self.assertIn("lib/libstdc++.so.6", self.content())
        self.assertFalse([name for name in self.content() if re.match(r"lib/(libc|libm|ld-)", name)])
        folder = self.unpack()
        run = subprocess.run([folder / "bootstrap"], env={"LD_LIBRARY_PATH": str(folder / "lib")},
                             cwd=folder, capture_output=True, text=True)
        self.assertEqual((run.stdout, run.stderr), ("xhello\n", ""))


class Libraries(Target):
    """The search for libraries."""

    def build_chain(self, *options, fails=False):
        """Builds a program that needs libone, which needs libtwo; each is in its own folder."""
        self.project("  hello: {code: target://hello}\n", """
foreach(name IN ITEMS two one)
    add_library(${name} SHARED ${name}.c)
    set_target_properties(${name} PROPERTIES SKIP_BUILD_RPATH ON
        LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/in ${name}" VERSION 1.2.3 SOVERSION 1)
endforeach()
target_link_libraries(one PRIVATE two)
add_executable(hello hello.c)
target_link_libraries(hello PRIVATE one)
""" + "\n".join(options), hello_c="int one(void);\nint main(void) { return one(); }\n",
                     one_c="int two(void);\nint one(void) { return two(); }\n",
                     two_c="int two(void) { return 0; }\n")
        self.configure("-DCMAKE_EXE_LINKER_FLAGS=-Wl,--allow-shlib-undefined")
        return self.build(fails=fails)

    def check(self, said, *words):
        for word in words:
            self.assertIn(word, said)
        self.assertFalse(self.zip().exists())

    def test_rpath_is_for_all_below(self):
        self.build_chain("""
target_link_options(hello PRIVATE -Wl,--disable-new-dtags)
set_target_properties(hello PROPERTIES SKIP_BUILD_RPATH OFF
    BUILD_RPATH "/nowhere;$ORIGIN/in two" BUILD_RPATH_USE_ORIGIN ON)""")
        self.assertEqual(list(self.content()), ["bootstrap", "lib/libone.so.1", "lib/libtwo.so.1"])
        folder = self.unpack()
        self.binary.rename(WORK / "gone")
        self.assertEqual(subprocess.run([folder / "bootstrap"], cwd=folder,
                                        env={"LD_LIBRARY_PATH": str(folder / "lib")}).returncode, 0)

    def test_runpath_is_for_itself(self):
        self.check(self.build_chain("""
target_link_options(hello PRIVATE -Wl,--enable-new-dtags)
set_target_properties(hello PROPERTIES BUILD_RPATH "${CMAKE_BINARY_DIR}/in two")""", fails=True),
                   "settings.yml:4:17: error: the library libtwo.so.1, which",
                   "in one/libone.so.1 needs, is not found;")

    def test_missing(self):
        said = self.build_chain("set_target_properties(hello PROPERTIES SKIP_BUILD_RPATH ON)",
                                fails=True)
        self.check(said, f"the library libone.so.1, which {self.binary}/hello needs, is not found;")
        self.assertNotIn("libtwo", said.split("error:")[1])

    def test_of_another_machine_is_passed_by(self):
        """An earlier folder has a file with the library's name, which is for another machine."""
        self.write("decoy/libone.so.1", "no library\n")
        self.build_chain("""
set_target_properties(one PROPERTIES SKIP_BUILD_RPATH OFF)
target_link_options(hello BEFORE PRIVATE "-Wl,-rpath,${CMAKE_SOURCE_DIR}/decoy")""")
        self.assertEqual(list(self.content()), ["bootstrap", "lib/libone.so.1", "lib/libtwo.so.1"])

    def test_by_path(self):
        """A library without a soname is found by the path with which it was linked."""
        self.project("  hello: {code: target://hello}\n", """
add_library(words SHARED words.c)
set_target_properties(words PROPERTIES NO_SONAME ON
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/sub")
add_executable(hello hello.c)
target_link_options(hello PRIVATE -Wl,--no-as-needed "${CMAKE_BINARY_DIR}/sub/libwords.so")
add_dependencies(hello words)
""", hello_c="int words(void);\nint main(void) { return words(); }\n",
                     words_c="int words(void) { return 0; }\n")
        self.configure()
        self.check(self.build(fails=True), f"hello needs {self.binary}/sub/libwords.so by",
                   "give the library a soname")


class Programs(Target):
    """Programs that Lambda cannot run: changed copies of one that it can run."""

    def pack(self, program, settings="", fails=False):
        self.project(f"  hello: {{code: target://hello{settings}}}\n", f"""
add_executable(hello IMPORTED)
set_target_properties(hello PROPERTIES IMPORTED_LOCATION "{program}")
""")
        self.configure()
        return self.build(fails=fails)

    def compiled(self):
        folder = WORK / "compiled"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hello.c").write_text(HELLO)
        subprocess.run(["cc", "-o", folder / "hello", folder / "hello.c"], check=True)
        return folder / "hello"

    def test_architecture(self):
        program = self.compiled()
        said = self.pack(program, ", architecture: arm64", fails=True)
        self.assertIn("settings.yml:4:17: error: the program of hello is for x86_64, and its "
                      f"'architecture' is arm64: {program}\n", said)
        data = bytearray(program.read_bytes())
        data[18:20] = b"\xf3\0"  # EM_RISCV
        program.write_bytes(data)
        said = self.pack(program, fails=True)
        self.assertIn("is for riscv64, and its 'architecture' is x86_64", said)
        self.assertFalse(self.zip().exists())

    def test_no_elf(self):
        program = self.compiled()
        whole = program.read_bytes()
        for data, fault in ((b"#!/bin/sh\necho hello, this is a script\n", "is no ELF file"),
                            (b"", "is empty"),
                            (whole[:len(whole) // 3], "is a broken ELF file, or cut off"),
                            (whole[:16] + b"\1" + whole[17:], "is an object file")):
            program.write_bytes(data)
            said = self.pack(program, fails=True)
            self.assertIn("settings.yml:4:17: error: the target 'hello' of hello is no program for "
                          f"Lambda: {program} {fault}\n", said)
            self.assertFalse(self.zip().exists())

    def test_newer_glibc(self):
        program = self.compiled()
        newer = re.sub(rb"\0GLIBC_2\.(\d\d)\0", b"\0GLIBC_2.99\0", program.read_bytes())
        if newer == program.read_bytes():
            self.skipTest("the C library is no glibc of this century's second decade")
        self.assertNotIn("warning", self.pack(self.compiled()))
        program.write_bytes(newer)
        said = self.pack(program)
        self.assertIn(f"settings.yml:4:17: warning: {program} needs glibc 2.99, and provided.al2023 has "
                      "2.34: link the program statically, set 'libc: true', or", said)
        self.assertNotIn("warning", self.pack(program, ", libc: true"))

    def test_loader_of_another_place(self):
        program = self.compiled()
        loader = re.search(rb"/lib\w*/ld-linux[^\0]*", program.read_bytes())
        if not loader:
            self.skipTest("the C library is no glibc")
        elsewhere = b"/opt".ljust(loader[0].index(b"/ld"), b"x") + loader[0][loader[0].index(b"/ld"):]
        program.write_bytes(program.read_bytes().replace(loader[0], elsewhere[:len(loader[0])]))
        said = self.pack(program)
        self.assertIn(f"is started by {elsewhere[:len(loader[0])].decode()}, which provided.al2023 "
                      "does not have", said)

    def test_strip_fails(self):
        self.project("  hello:\n    code: target://hello\n    strip: true\n",
                     "set(CMAKE_STRIP /bin/false)\nadd_executable(hello hello.c)", hello_c=HELLO)
        self.configure()
        said = self.build(fails=True)
        self.assertIn(f"settings.yml:6:12: error: {self.binary}/hello cannot be stripped: /bin/false "
                      "exited with 1", said)
        self.assertFalse(self.zip().exists())
        self.project("  hello:\n    code: target://hello\n    strip: true\n",
                     "set(CMAKE_STRIP \"\")\nadd_executable(hello hello.c)", hello_c=HELLO)
        self.configure()
        self.assertIn("settings.yml:6:12: error: 'strip' of hello needs CMAKE_STRIP",
                      self.build(fails=True))


class Libc(Target):
    def build_with_libc(self):
        shutil.copytree(EXAMPLE, self.source)
        settings = self.source / "settings.yml"
        settings.write_text(settings.read_text().replace("strip: true", "libc: true"))
        self.configure()
        self.build()
        return self.binary / "greetings/code/_hello.zip"

    def loader(self, names):
        loader, = [name for name in names if re.match(r"lib/ld-", name)]
        return loader

    def test_runs_by_what_is_packed(self):
        path = self.build_with_libc()
        names = self.content(path)
        self.assertLessEqual({"bootstrap", "program", "lib/libgreeting.so"}, set(names))
        self.assertTrue([name for name in names if re.match(r"lib/libc\.", name)], list(names))
        folder = self.unpack(path)
        self.assertTrue(os.access(folder / self.loader(names), os.X_OK))

        def look(process):
            maps = pathlib.Path(f"/proc/{process.pid}/maps").read_text()
            files = {line.split(None, 5)[5] for line in maps.splitlines() if "/" in line}
            self.assertEqual({file for file in files if not file.startswith(f"{folder}/")}, set())
            self.assertIn(f"{folder}/program", files)
        self.run_program(folder, look=look)
        self.assertEqual(self.build().count("Packing"), 0)

    def test_under_an_empty_root(self):
        """Runs the start line of `bootstrap` here, because the root has no shell."""
        probe = ["bwrap", "--ro-bind", "/", "/", "true"]
        if not shutil.which("bwrap") or subprocess.run(probe, stderr=subprocess.DEVNULL).returncode:
            self.skipTest("bwrap is not there, or may do nothing here")
        folder = self.unpack(self.build_with_libc())
        shebang, line = (folder / "bootstrap").read_text().splitlines()
        self.assertEqual(shebang, "#!/bin/sh")
        word, *command = shlex.split(line.replace("$LAMBDA_TASK_ROOT", "/var/task"))
        self.assertEqual(word, "exec")
        self.run_program(folder, command=[
            shutil.which("bwrap"), "--ro-bind", folder, "/var/task", "--chdir", "/var/task", *command],
            root="/var/task")

    def test_static(self):
        """A static program needs no library, and is packed alone."""
        self.project("  hello: {code: target://hello, libc: true}\n", """
add_executable(hello hello.c)
target_link_options(hello PRIVATE -static)
""", hello_c=HELLO)
        self.configure()
        self.build()
        self.assertEqual(list(self.content()), ["bootstrap"])
        folder = self.unpack()
        self.assertEqual(subprocess.run([folder / "bootstrap"], capture_output=True).stdout, b"hello\n")


if __name__ == "__main__":
    if not shutil.which("cc") or os.uname().machine != "x86_64":
        print("there is no C compiler, or another machine")
        sys.exit(77)
    unittest.main()
