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
import textwrap
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

    def aws(self, script):
        """A program that is `aws` for a test."""
        program = self.project / "aws"
        program.write_text(f"#!{sys.executable}\n" + textwrap.dedent(script))
        program.chmod(0o755)
        return program

    def memory(self, *words, **environment):
        """The exit status of a run, and its largest memory in MiB."""
        run = subprocess.Popen([str(GORDON), *words], cwd=self.project, stdin=subprocess.DEVNULL,
                               env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
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

    def test_many_items_of_a_parameter(self):
        """Each item once copied the list before it: 20,000 took 400 MB."""
        self.assertEqual(self.gordon("build").returncode, 0)
        (self.project / "parameters").mkdir()
        (self.project / "parameters/common.yml").write_text("List: [" + ", ".join(["ab"] * 30000) + "]\n")
        (self.project / "app/settings.yml").write_text(
            "lambdas:\n  l: {code: c, handler: code.handler, runtime: python, role: ref://List}\n")
        self.assertEqual(self.gordon("build").returncode, 0)
        _, memory = self.memory("diff", GORDON_AWS=str(self.aws("print('{}')")))
        self.assertLess(memory, 500)

    def test_path_of_many_parts(self):
        """Each part once copied the path before it."""
        (self.project / "app/settings.yml").write_text(
            "lambdas:\n  l: {code: c, handler: code.handler, runtime: python}\napigateway:\n  api:\n    resources:\n"
            "      ? " + "/a" * 30000 + "\n      : {methods: GET}\n")
        status, memory = self.memory("template")
        self.assertNotEqual(status, 0)  # it has no integration
        self.assertLess(memory, 500)

    def test_many_equal_events(self):
        """Each event without an id once got the ids of all equal ones before it, one after the other."""
        self.assertEqual(self.gordon("build").returncode, 0)
        aws = self.aws("""
            import json, sys
            if sys.argv[1] == "logs":
                print(json.dumps({"events": [{"timestamp": 1764547200000, "message": "x"}] * 20000}))
            else:
                print(json.dumps({"StackResourceSummaries": [
                    {"LogicalResourceId": "AppL", "PhysicalResourceId": "l", "ResourceStatus": "CREATE_COMPLETE"}]}))
            """)
        run = self.gordon("logs", "--since", "2025-01-01", GORDON_AWS=str(aws))
        self.assertEqual((run.returncode, run.stdout.count("\n")), (0, 20000), run.stdout[:2000])
        _, memory = self.memory("logs", "--since", "2025-01-01", GORDON_AWS=str(aws))
        self.assertLess(memory, 500)

    def test_many_sources_of_a_lambda(self):
        """Each was once compared with all before it: 1000 were refused, as too many values."""
        source = '  a{}: {{brokers: ["b{}.example.com:9092"], topics: o, lambda: app.l, starting_position: LATEST}}\n'
        (self.project / "settings.yml").write_text(
            "project: p\ncode-bucket: b-x\napps: [app]\nkafka:\n" + "".join(source.format(n, n) for n in range(1000)))
        run = self.gordon("template")
        self.assertEqual(run.returncode, 0, run.stdout[:2000])

    def test_environment_in_a_reference(self):
        """The template gives the name of what is looked up, and the message has a part of it."""
        self.assertEqual(self.gordon("build").returncode, 0)
        (self.project / "parameters").mkdir()
        (self.project / "app/settings.yml").write_text(
            "lambdas:\n  l: {code: c, handler: code.handler, runtime: python, role: ref://Role}\n")
        self.assertEqual(self.gordon("build").returncode, 0)
        for value in ("env://A{{ env.WORD }}B", "secretsmanager://x#{{ env.WORD }}", "vault://{{ env.WORD }}#y",
                      "{{ env.WORD }}://x", "file://no/{{ env.WORD }}", "dynamodb-match://x{{ env.WORD }}"):
            (self.project / "parameters/common.yml").write_text(f"Role: '{value}'\n")
            run = self.gordon("diff", GORDON_AWS=str(self.aws("""print('{"SecretString": "{}"}')""")),
                              WORD="hushhush", VAULT_ADDR="http://127.0.0.1:9")
            self.assertNotEqual(run.returncode, 0, run.stdout)
            self.assertNotIn("hushhush", run.stdout)

    def test_patterns_that_take_all_memory(self):
        self.assertEqual(self.gordon("build").returncode, 0)
        (self.project / "parameters").mkdir()
        (self.project / "parameters/common.yml").write_text(
            "Role: dynamodb-match://a" + "+" * 40 + "\nTwo: kinesis-match://(((a{1,200}){1,200}){1,200}){1,200}\n"
            "Three: dynamodb-match://((a?){1,200})+\n")
        (self.project / "app/settings.yml").write_text(
            "lambdas:\n  l: {code: c, handler: code.handler, runtime: python, role: ref://Role,\n"
            "      environment: {AA: ref://Three, BB: ref://Two}}\n")
        self.assertEqual(self.gordon("build").returncode, 0)
        run = self.gordon("diff", GORDON_AWS=str(self.aws("print('{}')")))
        self.assertIn("parameters/common.yml:1:7: error: this regular expression repeats a repetition", run.stdout)
        self.assertIn("parameters/common.yml:2:6: error: this regular expression is too large", run.stdout)
        self.assertIn("parameters/common.yml:3:8: error: this regular expression is too large", run.stdout)

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
            self.assertIn("Releasing project...\n", run.stdout)
            release = self.project / "r.tar.gz"
            self.assertEqual(stat.S_IMODE(release.stat().st_mode), 0o600)
            release.chmod(0o644)  # of an earlier Gordon: it becomes private again


if __name__ == "__main__":
    unittest.main()
