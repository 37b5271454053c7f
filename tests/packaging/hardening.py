#!/usr/bin/env python3
"""The program that users get is hardened (cmake/GordonHardening.cmake): its ELF file says so.

usage: hardening.py SOURCE WORK

Exits with 77, which ctest takes for skipped, if there is no readelf.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

SOURCE, WORK = map(pathlib.Path, sys.argv[1:3])
del sys.argv[1:3]
SKIPPED = 77


def run(*command, **environment):
    done = subprocess.run(list(map(str, command)), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, **environment})
    if done.returncode:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}")
    return done.stdout


class Hardening(unittest.TestCase):
    def setUp(self):
        self.build = WORK / self.id().rpartition(".")[2]
        shutil.rmtree(self.build, ignore_errors=True)
        self.build.mkdir(parents=True)

    def configure(self, *options, **environment):
        """Returns the options of the compiler, as a release would be built."""
        run("cmake", "-S", SOURCE, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DBUILD_TESTING=OFF",
            *options, **environment)
        flags = set(re.findall(r"^  FLAGS = (.*)$", (self.build / "build.ninja").read_text(), re.MULTILINE))
        self.assertTrue(flags)
        return " ".join(sorted(flags))

    def check(self, program):
        headers = run("readelf", "-hldW", program, LC_ALL="C")
        self.assertRegex(headers, r"Type: +DYN")
        self.assertRegex(headers, r"FLAGS_1\) +Flags: .*\bPIE\b")
        self.assertRegex(headers, r"\n  GNU_RELRO ")
        self.assertRegex(headers, r"BIND_NOW|Flags: .*\bNOW\b")
        self.assertRegex(headers, r"\n  GNU_STACK .* RW ")
        symbols = run("readelf", "--dyn-syms", "-W", program, LC_ALL="C")
        self.assertRegex(symbols, r" UND __stack_chk_fail\b")
        for function in "printf", "vsnprintf":
            self.assertRegex(symbols, rf" UND __{function}_chk\b")
        self.assertIn("gordon 1.", run(program, "--version"))

    def test_nested(self):
        """A project that has Gordon as a subdirectory gets the same program."""
        (self.build / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(outer LANGUAGES NONE)\n"
            f'add_subdirectory("{SOURCE}" gordon)\n')
        run("cmake", "-S", self.build, "-B", self.build / "b", "-G", "Ninja")
        self.check(self.build / "b/gordon/prefix/bin/gordon")

    @unittest.skipUnless(shutil.which("clang"), "no clang here")
    def test_clang(self):
        self.configure("-DCMAKE_C_COMPILER=clang", "-DGORDON_WERROR=ON")
        run("cmake", "--build", self.build, "--target", "gordon")
        self.check(self.build / "bin/gordon")

    def test_options(self):
        flags = self.configure()
        for option in "-fstack-protector-strong", "-fstack-clash-protection", "-Wformat-security":
            self.assertIn(option, flags)
        self.assertRegex(flags, r"-D_FORTIFY_SOURCE=[23]\b")
        self.assertNotIn("_FORTIFY_SOURCE", self.configure("-DCMAKE_BUILD_TYPE=Debug"))

    def test_off(self):
        for option in "-DGORDON_HARDENING=OFF", "-DGORDON_SANITIZE=ON":
            shutil.rmtree(self.build)
            self.assertNotRegex(self.configure(option), "FORTIFY|stack-protector|stack-clash")

    def test_set_by_others(self):
        """Distributions set a level for all packages; a second one would be a warning for each file."""
        flags = self.configure(CFLAGS="-O2 -D_FORTIFY_SOURCE=2")
        self.assertNotRegex(flags, "FORTIFY_SOURCE=2.*FORTIFY_SOURCE=[^2]|FORTIFY_SOURCE=3")


if __name__ == "__main__":
    if not shutil.which("readelf") or os.uname().sysname != "Linux":
        print("skipped: there is no readelf here")
        sys.exit(SKIPPED)
    unittest.main()
