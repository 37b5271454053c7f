"""The example in C is built by CMake, applied and called."""
import os
import shutil
import subprocess
import sys
import unittest

import support

EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "example-c")
PREFIX = os.path.dirname(os.path.dirname(support.GORDON))


class Target(support.Applied):
    def setUp(self):
        super().setUp()
        shutil.copytree(EXAMPLE, self.folder, dirs_exist_ok=True)
        self.change("project: greetings", f"project: {self.name}")

    def change(self, text, to):
        with open(os.path.join(self.folder, "settings.yml")) as settings:
            before = settings.read()
        self.assertIn(text, before)
        self.settings(before.replace(text, to))

    def cmake(self, *arguments):
        run = subprocess.run(["cmake", *arguments], cwd=self.folder, env=self.environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def deploy(self):
        self.cmake("-S", ".", "-B", "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}")
        return self.cmake("--build", "build", "--target", "greetings-apply")

    def check_answers(self):
        function = self.outputs()["ClioutputLambdaHello"]
        answer, version = self.invoke(function, {"name": "you"})
        self.assertEqual(answer, {"message": "Hello, you!"})
        self.assertEqual(self.invoke(function, {"name": "you too"})[0], {"message": "Hello, you too!"})
        self.assertEqual(self.invoke(function, {"surname": "x"})[0],
                         {"errorMessage": "the event has no name", "errorType": "Error"})
        return version

    def test_applied_and_called(self):
        self.deploy()
        version = self.check_answers()
        self.assertIn("no changes", self.deploy())
        self.assertEqual(self.check_answers(), version)
        self.change("strip: true", "libc: true")  # other code makes another version
        self.deploy()
        self.assertNotEqual(self.check_answers(), version)


if __name__ == "__main__":
    if not shutil.which("cc") or os.uname().machine != "x86_64":
        print("there is no C compiler, or another machine")
        sys.exit(77)
    unittest.main()
