#!/usr/bin/env python3
"""Inputs that once hung, took all memory, or were taken for what they are not.

usage: test_small.py GORDON WORK
"""
import os
import pathlib
import resource
import shutil
import stat
import subprocess
import sys
import unittest

GORDON, WORK = map(pathlib.Path, sys.argv[1:3])
del sys.argv[1:3]
SECONDS = 60
CPU_SECONDS = 40  # for programs with sanitizers, on a machine that does other work


class Small(unittest.TestCase):
    def setUp(self):
        self.project = WORK / self.id().rpartition(".")[2]
        shutil.rmtree(self.project, ignore_errors=True)
        (self.project / "app/c").mkdir(parents=True)
        (self.project / "app/c/code.py").write_text("x = 1\n")
        (self.project / "settings.yml").write_text("project: p\ncode-bucket: b-x\napps:\n  - app\n")
        (self.project / "app/settings.yml").write_text(
            "lambdas:\n  l:\n    code: c\n    handler: code.handler\n    runtime: python\n")

    def gordon(self, *words, **environment):
        """Runs gordon with little time, so that what does not end is a failure soon."""
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        return subprocess.run([str(GORDON), *map(str, words)], cwd=self.project, text=True, errors="replace",
                              env={**os.environ, **environment}, stdin=subprocess.DEVNULL, timeout=SECONDS * 5,
                              preexec_fn=limit, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def memory(self, *words):
        """The largest memory of a run, in MiB."""
        run = subprocess.Popen([str(GORDON), *words], cwd=self.project, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        return run.returncode, usage.ru_maxrss / 1024

    def test_many_merges(self):
        """Each '<<' once copied all that came before: 660 KB of YAML took 15 GB."""
        settings = "project: p\ncode-bucket: b-x\ncontexts:\n  default:\n"
        (self.project / "settings.yml").write_text(settings + "    <<: {}\n" * 60000)
        status, memory = self.memory("template")
        self.assertIn(status, (0, 15))
        self.assertLess(memory, 1000)

    def test_order_of_merges(self):
        """The first map of a list wins, and the later one of two '<<', as in PyYAML."""
        (self.project / "settings.yml").write_text(
            "project: p\ncode-bucket: b-x\napps: [app]\ncontexts:\n  default:\n"
            "    <<: [{a: 1, b: 1}, {a: 2, c: 2}]\n    <<: [{b: 3}, {b: 4, d: 4}]\n")
        self.assertEqual(self.gordon("build").returncode, 0)
        step = (self.project / "_build/0002_pr_r.json").read_text()
        found = [step.index(f'"{key}": {value}') for key, value in (("a", 1), ("b", 3), ("c", 2), ("d", 4))]
        self.assertEqual(len(found), 4)

    def test_requirements_that_include_themselves(self):
        code = self.project / "app/c"
        (code / "loop").symlink_to(".")
        (code / "requirements.txt").write_text(
            "-r ./requirements.txt\n-r ../c/requirements.txt\n-r loop/requirements.txt\n-c other.txt\n")
        (code / "other.txt").write_text("-r loop/loop/other.txt\n-r requirements.txt\n")
        run = self.gordon("plan", "--json")
        self.assertIn(run.returncode, (0, 21), run.stdout)

    def test_folder_in_path_is_no_program(self):
        (self.project / "bin/aws").mkdir(parents=True)
        self.assertEqual(self.gordon("build").returncode, 0)
        run = self.gordon("diff", PATH=str(self.project / "bin"), GORDON_AWS="")
        self.assertNotIn("Permission denied", run.stdout)
        self.assertIn("aws", run.stdout)
        self.assertNotEqual(run.returncode, 0)

    def test_release_is_private(self):
        os.umask(0o022)
        (self.project / "parameters").mkdir()
        (self.project / "parameters/prod.yml").write_text("Pw: plaintext\n")
        self.assertEqual(self.gordon("build").returncode, 0)
        for _ in range(2):
            run = self.gordon("release", "--stage", "prod", "--output", "r.tar.gz")
            self.assertEqual(run.returncode, 0, run.stdout)
            release = self.project / "r.tar.gz"
            self.assertEqual(stat.S_IMODE(release.stat().st_mode), 0o600)
            release.chmod(0o644)  # of an earlier Gordon: it becomes private again


if __name__ == "__main__":
    unittest.main()
