#!/usr/bin/env python3
"""gordon_add_test: tests of CTest that run packaged lambdas, those that pass and those that must fail.

usage: add_test.py PREFIX WORK CMAKE
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap
import unittest

PREFIX, WORK = (pathlib.Path(word).absolute() for word in sys.argv[1:3])
CMAKE = sys.argv[3]
CTEST = pathlib.Path(CMAKE).with_name("ctest")
del sys.argv[1:4]

FILES = {
    "settings.yml": """
        project: tested
        code-bucket: b
        lambdas:
          echo: {code: code.py, handler: code.echo, timeout: 10, environment: {TABLE: ref://Table}}
          fails: {code: code.py, handler: code.fails, timeout: 10}
          slow: {code: code.py, handler: code.slow, timeout: 1}
        """,
    "parameters/dev.yml": "Table: dev-table\n",
    "parameters/prod.yml": "Table: prod-table\n",
    "code.py": """
        import os, time
        def echo(event, context):
            return {"event": event, "table": os.environ["TABLE"], "word": os.environ.get("WORD"), "list": [1, 2.0]}
        def fails(event, context):
            raise ValueError("no such thing")
        def slow(event, context):
            time.sleep(60)
        """,
    "an event.json": '{"a": {"b": [1, "x;y"]}}',
    "good.json": '{"word": null, "list": [1.0, 2], "table": "dev-table", "event": {"a": {"b": [1, "x;y"]}}}',
    "prod.json": '{"word": "a;b c", "list": [1, 2], "table": "prod-table", "event": {"a": {"b": [1, "x;y"]}}}',
    "bad.json": '{"word": "w", "list": [1, 3, 4], "event": {"a": {"b": [1, "x;y"], "c": true}}}',
    "CMakeLists.txt": """
        cmake_minimum_required(VERSION 3.25)
        project(tested LANGUAGES NONE)
        enable_testing()
        find_package(Gordon 1.0 REQUIRED)
        gordon_add_project(tested SETTINGS settings.yml EXCLUDE_FROM_ALL)
        function(case name)
            gordon_add_test(NAME ${name} PROJECT tested EVENT "an event.json" ${ARGN})
        endfunction()
        case(answers LAMBDA echo)
        case(equal LAMBDA echo EXPECT good.json)
        gordon_add_test(NAME stage PROJECT tested EVENT "an event.json" LAMBDA echo EXPECT prod.json STAGE prod
            ENVIRONMENT "WORD=a;b c" TIMEOUT 100)
        case(matches LAMBDA echo EXPECT_REGEX "\\"table\\": *\\"[a-z;-]+\\"")
        case(error LAMBDA fails EXPECT_ERROR)
        case(late LAMBDA slow EXPECT_ERROR)
        case(bad.different LAMBDA echo EXPECT bad.json)
        case(bad.no_match LAMBDA echo EXPECT_REGEX "nowhere")
        case(bad.fails LAMBDA fails)
        case(bad.answers LAMBDA echo EXPECT_ERROR)
        case(bad.slow LAMBDA slow EXPECT good.json)
        case(bad.not_there LAMBDA ecko)
        case(bad.no_file LAMBDA echo EXPECT none.json)
        """,
}
PASS = {"tested.build", "answers", "equal", "stage", "matches", "error", "late"}


class AddTest(unittest.TestCase):
    def test_tests(self):
        shutil.rmtree(WORK, ignore_errors=True)
        source, build = WORK / "a source", WORK / "a build"
        for name, text in FILES.items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"))
        environment = {**os.environ, "GORDON_CACHE_DIR": str(WORK / "cache")}
        (WORK / "cache").mkdir(mode=0o700)

        def run(*words):
            return subprocess.run(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        made = run(CMAKE, "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}")
        self.assertEqual(made.returncode, 0, made.stdout)
        tested = run(CTEST, "--test-dir", build, "-j4", "--output-on-failure", "--no-tests=error", "-L", "gordon")
        self.assertEqual(tested.returncode, 8, tested.stdout)
        ended = {name: passed == "   Passed" for name, passed in
                 re.findall(r"Test +#\d+: (\S+) \.*(   Passed|\*\*\*Failed)", tested.stdout)}
        self.assertEqual({name for name, passed in ended.items() if passed}, PASS, tested.stdout)
        self.assertEqual({name for name, passed in ended.items() if not passed},
                         {f"bad.{name}" for name in ("different", "no_match", "fails", "answers", "slow", "not_there",
                                                     "no_file")}, tested.stdout)
        for text in ("bad.json: error: the answer of 'echo' is another one than expected:\n"
                     "    .word: got null\n"
                     "           expected \"w\"\n"
                     "    .list[1]: got 2.0\n"
                     "              expected 3\n"
                     "    .list[2]: is missing; expected 4\n"
                     "    .event.a.c: is missing; expected true\n"
                     "    .table: is not expected: \"dev-table\"\n",
                     "error: the answer of 'echo' does not match 'nowhere'",
                     "error: the lambda 'fails' failed: ValueError: no such thing",
                     "error: 'echo' was expected to fail, but has answered",
                     "Task timed out after 1.00 seconds",
                     "error: there is no lambda 'ecko'; did you mean 'echo'?",
                     "none.json: error: cannot be read"):
            self.assertIn(text, tested.stdout)


if __name__ == "__main__":
    unittest.main()
