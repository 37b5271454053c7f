#!/usr/bin/env python3
"""`code` names a .zip or .jar that another tool made: it is taken as the zip itself.

usage: prebuilt.py PREFIX WORK
"""
import io
import os
import pathlib
import random
import shutil
import stat
import struct
import subprocess
import sys
import unittest
import zipfile

PREFIX, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
del sys.argv[1:3]
GORDON = PREFIX / "bin/gordon"

SETTINGS = """project: prebuilt
code-bucket: prebuilt
lambdas:
  one: {code: %s, runtime: %s, handler: %s}
"""
LISTS = """cmake_minimum_required(VERSION 3.25)
project(prebuilt LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
gordon_add_project(demo SETTINGS settings.yml)
"""
FILES = [("code.py", b"def handler(event, context): return 1\n", 0o644), ("bin/run", b"#!/bin/sh\n", 0o755),
         ("lib/\u00fc.txt", b"x" * 100_000, 0o600), ("empty", b"", 0o644)]
EXPECTED = {"code.py": 0o100644, "bin/run": 0o100755, "lib/\u00fc.txt": 0o100644, "empty": 0o100644}


def info_of(name, mode=0o644, kind=stat.S_IFREG, date=(2021, 5, 4, 3, 2, 2), system=3, method=zipfile.ZIP_DEFLATED):
    info = zipfile.ZipInfo(name, date)
    info.external_attr, info.create_system, info.compress_type = (kind | mode) << 16, system, method
    return info


def zip_of(files=FILES, reverse=False, **options):
    """The bytes of a zip as Python writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name, content, mode in reversed(files) if reverse else files:
            zipped.writestr(info_of(name, mode, **options), content)
    return out.getvalue()


class OneWay(io.RawIOBase):
    """A pipe: what is written to it cannot be changed, so sizes come after the data."""

    def __init__(self):
        self.data = io.BytesIO()

    def writable(self):
        return True

    def write(self, data):
        return self.data.write(data)


class Base(unittest.TestCase):
    def setUp(self):
        self.project = WORK / self.id().rpartition(".")[2]
        shutil.rmtree(self.project, ignore_errors=True)
        self.project.mkdir(parents=True)

    def settings(self, code="fn.zip", runtime="python3.13", handler="code.handler", more=""):
        (self.project / "settings.yml").write_text(SETTINGS % (code, runtime, handler) + more)

    def gordon(self, status=0):
        run = subprocess.run([GORDON, "build", "--project", self.project], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, status, run.stdout)
        return run.stdout

    def put(self, data, name="fn.zip"):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    @property
    def made(self):
        return (self.project / "_build/code/_one.zip").read_bytes()

    def build(self, data, name="fn.zip", **settings):
        self.put(data, name)
        self.settings(code=name, **settings)
        self.gordon()
        return self.made

    def listing(self, data):
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            self.assertIsNone(zipped.testzip())
            infos = zipped.infolist()
            self.assertTrue(all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in infos))
            self.assertEqual([info.filename for info in infos], sorted(info.filename for info in infos))
            return {info.filename: info.external_attr >> 16 for info in infos}

    def content(self, data):
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            return {name: zipped.read(name) for name in zipped.namelist()}


class Taken(Base):
    """Zips of many makers, all with the same files: the same bytes come out."""

    def check(self, data, name="fn.zip"):
        made = self.build(data, name)
        self.assertEqual(self.listing(made), EXPECTED)
        self.assertEqual(self.content(made), {name: content for name, content, _ in FILES})
        folder = self.project / "folder"
        shutil.rmtree(folder, ignore_errors=True)
        for name, content, mode in FILES:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(mode)
        self.settings(code="folder")
        self.gordon()
        self.assertEqual(self.made, made, "a folder with these files makes another zip")

    def test_python(self):
        self.check(zip_of())

    def test_other_order_dates_and_compression(self):
        self.check(zip_of(reverse=True, date=(1999, 1, 1, 0, 0, 0), method=zipfile.ZIP_STORED))

    def test_with_data_descriptors(self):
        out = OneWay()
        with zipfile.ZipFile(out, "w") as zipped:
            for name, content, mode in FILES:
                zipped.writestr(info_of(name, mode), content)
        data = out.data.getvalue()
        self.assertIn(b"PK\x07\x08", data)
        self.check(data)

    def test_zip64(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as zipped:
            for name, content, mode in FILES:
                with zipped.open(info_of(name, mode), "w", force_zip64=True) as entry:
                    entry.write(content)
        self.check(self.as_zip64(out.getvalue()))

    def as_zip64(self, data):
        """The same with all numbers of the directory in 64 bits."""
        end = data.rindex(b"PK\x05\x06")
        count, size, start = struct.unpack_from("<HII", data, end + 10)
        out, at = b"", start
        for _ in range(count):
            header = list(struct.unpack_from("<4sHHHHHHIIIHHHHHII", data, at))
            names, extras, comments = header[10:13]
            name = data[at + 46:at + 46 + names]
            extra = struct.pack("<HHQQQ", 1, 24, header[9], header[8], header[16])
            header[8] = header[9] = header[16] = 0xFFFFFFFF
            header[11:13] = len(extra), 0
            out += struct.pack("<4sHHHHHHIIIHHHHHII", *header) + name + extra
            at += 46 + names + extras + comments
        record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(out), start)
        locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, start + len(out), 1)
        last = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
        return data[:start] + out + record + locator + last

    def test_with_folders_a_comment_and_a_name_in_capitals(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as zipped:
            zipped.comment = b"made by PK\x05\x06 hand"
            zipped.writestr(info_of("lib/", 0o755, stat.S_IFDIR), b"")
            for name, content, mode in FILES:
                zipped.writestr(info_of(name, mode), content)
            zipped.writestr(info_of("nothing/in/it/", 0o755, stat.S_IFDIR), b"")
        self.check(out.getvalue(), "Target/FN.ZIP")

    @unittest.skipUnless(shutil.which("zip"), "no zip")
    def test_zip_r(self):
        for name, content, mode in FILES:
            path = self.project / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(mode)
        subprocess.run(["zip", "-q", "-r", "../fn.zip", "."], cwd=self.project / "in", check=True,
                       env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.check((self.project / "fn.zip").read_bytes())
        piped = subprocess.run(["zip", "-q", "-r", "-", "."], cwd=self.project / "in", check=True,
                               stdout=subprocess.PIPE).stdout
        self.check(piped)

    @unittest.skipUnless(shutil.which("jar"), "no jar")
    def test_jar(self):
        for name, content, _ in FILES:
            self.put(content, f"in/{name}")
        self.put(b"class", "in/a/B.class")
        subprocess.run(["jar", "cf", self.project / "fn.jar", "-C", self.project / "in", "."], check=True,
                       stderr=subprocess.DEVNULL)
        made = self.build((self.project / "fn.jar").read_bytes(), "fn.jar", runtime="java21", handler="a.B::c")
        self.assertEqual(set(self.listing(made)), set(EXPECTED) | {"META-INF/MANIFEST.MF", "a/B.class"})

    def test_maker_without_modes(self):
        files = [("bootstrap", b"#!/bin/sh\n", 0), ("lib/other", b"x", 0)]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as zipped:
            for name, content, _ in files:
                info = info_of(name, system=0)
                info.external_attr = 0x20
                zipped.writestr(info, content)
        made = self.build(out.getvalue(), runtime="provided.al2023", handler="bootstrap")
        self.assertEqual(self.listing(made), {"bootstrap": 0o100755, "lib/other": 0o100644})
        self.assertEqual(self.build(zip_of(files, kind=stat.S_IFREG), runtime="go",
                                    handler="bootstrap, check-handler: false")[-50:-40],
                         self.made[-50:-40])
        self.assertEqual(self.listing(self.made)["bootstrap"], 0o100644)  # its maker knows modes

    def test_large(self):
        content = random.Random(1).randbytes(52 << 20)
        made = self.build(zip_of([("large", content, 0o644), ("code.py", b"", 0o644)], method=zipfile.ZIP_STORED))
        self.assertEqual(self.content(made)["large"], content)

    def test_build_commands_get_the_file(self):
        self.put(zip_of())
        (self.project / "settings.yml").write_text(
            (SETTINGS % ("fn.zip", "python3.13", "code.handler"))[:-2] + ', check-handler: false, build: cp fn.zip "$GORDON_TARGET"}\n')
        self.gordon()
        self.assertEqual(list(self.listing(self.made)), ["fn.zip"])

    def test_a_change_is_seen(self):
        self.assertEqual(self.listing(self.build(zip_of())), EXPECTED)
        made = self.build(zip_of([("code.py", b"changed\n", 0o644)]))
        self.assertEqual(self.content(made), {"code.py": b"changed\n"})
        stamp = (self.project / "_build/code/_one.zip").stat().st_mtime_ns
        self.build(zip_of([("code.py", b"changed\n", 0o644)], date=(2001, 1, 1, 1, 1, 1)))
        self.assertEqual((self.project / "_build/code/_one.zip").stat().st_mtime_ns, stamp)


class Refused(Base):
    """What is no zip, or one that must not be taken: an error with its place, and no zip."""

    def check(self, data, *words):
        self.put(data)
        self.settings()
        said = self.gordon(status=21)
        for word in words:
            self.assertIn(word, said)
        self.assertIn("fn.zip: error: ", said)
        self.assertIn("settings.yml:4:15: note: the code of one is a file of this name", said)
        self.assertFalse((self.project / "_build/code/_one.zip").exists())
        self.assertEqual({path.name for path in WORK.iterdir() if path.name.startswith("evil")}, set())

    def test_no_zip(self):
        for data in b"", b"not a zip", b"\x1f\x8b" + b"x" * 100, zip_of()[:-30], zip_of()[500:]:
            self.check(data, "is a broken zip: ")

    def test_a_missing_one(self):
        self.settings()
        self.assertIn("the code of one is not there", self.gordon(status=21))

    def test_an_empty_one(self):
        self.put(zip_of([]))
        self.settings()
        self.assertIn("settings.yml:4:15: error: the zip of one would be empty", self.gordon(status=21))

    def test_names(self):
        for name in "../evil", "a/../../evil", f"{WORK}/evil", "a//b", "./a", "a/.", "..":
            self.check(zip_of([("code.py", b"", 0o644), (name, b"", 0o644)]), f"its entry '{name}' ")
        self.check(zip_of([("a\\b", b"", 0o644)]).replace(b"a/b", b"a\\b"), "its entry 'a\\b' has a '\\'")
        self.check(zip_of([("a.b", b"", 0o644)]).replace(b"a.b", b"a\0b"), "has a NUL in its name")
        self.check(zip_of([("a.b", b"", 0o644)]).replace(b"a.b", b"a\xffb"), "is not UTF-8")
        self.check(zip_of([("../evil/", b"", 0o644)]), "its entry '../evil' has a part '.' or '..'")

    def test_twice(self):
        self.check(zip_of([("aa", b"1", 0o644), ("ab", b"2", 0o644)]).replace(b"ab", b"aa"),
                   "its entry 'aa' comes twice")
        for names in ("a", "a/b"), ("a/b", "a"), ("a", "a/"), ("a/", "a"):
            self.check(zip_of([(name, b"", 0o644) for name in names]), "is a file and a folder at once")

    def test_kinds(self):
        self.check(zip_of([("link", b"/etc/passwd", 0o777)], kind=stat.S_IFLNK), "is a symbolic link")
        self.check(zip_of([("pipe", b"", 0o644)], kind=stat.S_IFIFO), "is neither a file nor a folder")

    def test_content(self):
        self.check(zip_of(method=zipfile.ZIP_BZIP2), "is compressed by a method that Lambda cannot read")
        data = bytearray(zip_of())
        at = data.index(b"PK\x01\x02") + 8
        data[at] |= 1
        self.check(bytes(data), "its entry 'code.py' is encrypted")
        data = bytearray(zip_of())
        data[len("code.py") + 35] ^= 0xFF
        self.check(bytes(data), "its entry 'code.py' is broken")
        data = bytearray(zip_of([("code.py", b"x" * 1000, 0o644)]))
        struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 10)  # it says that it is small
        self.check(bytes(data), "its entry 'code.py' is broken")
        struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 0xFFFFFFF0)
        self.check(bytes(data), "its files have more than 1024 MB unzipped")

    def test_a_link_out_of_the_project(self):
        outside = WORK / "outside.zip"
        outside.write_bytes(zip_of())
        (self.project / "fn.zip").symlink_to(outside)
        self.settings()
        self.assertIn("leads out of", self.gordon(status=21))

    def test_parameters(self):
        self.put(zip_of(), "parameters/fn.zip")
        self.settings(code="parameters/fn.zip")
        self.assertIn("this leads to the project's parameters", self.gordon(status=21))


class Edges(Base):
    """In CMake, the zip is an input of the lambda's edge."""

    def run_program(self, *words):
        run = subprocess.run([*map(str, words)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def check(self, generator):
        self.put(zip_of())
        self.settings()
        self.put(LISTS.encode(), "CMakeLists.txt")
        build = self.project / "b"
        self.run_program("cmake", "-S", self.project, "-B", build, "-G", generator, f"-DCMAKE_PREFIX_PATH={PREFIX}")
        self.assertIn("Packing one", self.run_program("cmake", "--build", build))
        made = build / "demo/code/_one.zip"
        self.assertEqual(self.listing(made.read_bytes()), EXPECTED)
        self.assertNotIn("Packing", self.run_program("cmake", "--build", build))
        self.put(zip_of([("code.py", b"changed\n", 0o644)]))
        self.assertIn("Packing one", self.run_program("cmake", "--build", build))
        self.assertEqual(self.content(made.read_bytes()), {"code.py": b"changed\n"})
        self.assertNotIn("Packing", self.run_program("cmake", "--build", build))

    def test_a_zip_that_a_target_makes(self):
        self.put(b"x = 1\n", "code.py")
        self.settings(code='"build://fn.zip"')
        self.put((LISTS.replace("settings.yml", "settings.yml DEPENDS fn").replace("gordon_add", """
add_custom_command(OUTPUT fn.zip DEPENDS ${CMAKE_SOURCE_DIR}/code.py WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMAND ${CMAKE_COMMAND} -E tar cf ${CMAKE_BINARY_DIR}/fn.zip --format=zip code.py)
add_custom_target(fn DEPENDS fn.zip)
gordon_add""")).encode(), "CMakeLists.txt")
        build = self.project / "b"
        self.run_program("cmake", "-S", self.project, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}")
        for text in b"x = 1\n", b"x = 2\n":
            self.put(text, "code.py")
            self.run_program("cmake", "--build", build)
            self.assertEqual(self.content((build / "demo/code/_one.zip").read_bytes()), {"code.py": text})

    def test_ninja(self):
        self.check("Ninja")

    def test_make(self):
        self.check("Unix Makefiles")


if __name__ == "__main__":
    unittest.main()
