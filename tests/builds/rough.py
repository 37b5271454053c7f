#!/usr/bin/env python3
"""Unusual situations of `gordon build`. Each was a bug once. Gordon does not change files of others,
builds may run at the same time, and an incomplete build is not applied.

usage: rough.py GORDON
"""
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

GORDON = os.path.abspath(sys.argv.pop(1))
RANDOM = "0123456789ab"  # in the names of temporary files
HELLO = "def handler(event, context):\n    return 1\n"


class Rough(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gordon rough "))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def settings(self, lambdas):
        self.write("settings.yml", f"project: rough\ncode-bucket: rough\nlambdas:\n{lambdas}")

    def gordon(self, *arguments, status=0, **options):
        run = subprocess.run([GORDON, *arguments], capture_output=True, text=True,
                             **{"cwd": self.folder, "timeout": 120, **options})
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run

    def names(self, key="_one.zip"):
        with zipfile.ZipFile(self.folder / "_build" / "code" / key) as zipped:
            return zipped.namelist()

    def test_output_folder_is_not_ours(self):
        """An existing folder `code` keeps all files except Gordon's zips."""
        self.settings("  one: {code: code, runtime: python}\n  two: {code: two.py}\n")
        self.write("code/code.py", HELLO)
        self.write("code/deep/data.txt", "precious\n")
        self.write("code/theirs.zip", "not ours\n")
        self.write("two.py", HELLO)
        self.gordon("build", "--build-dir", ".")
        self.settings("  one: {code: code, runtime: python}\n")
        self.gordon("build", "--build-dir", ".")
        self.assertEqual(sorted(os.listdir(self.folder / "code")),
                         ["_one.zip", "code.py", "deep", "theirs.zip"])

    def test_warnings_again(self):
        """A build with nothing to do prints the same warnings again, also for another path of the same file."""
        self.settings("  one: {code: one.py, runtime: python2.7}\n  two: {code: one.py, memori: 1}\n")
        self.write("one.py", HELLO)
        self.gordon("build", status=15)
        self.settings("  one: {code: one.py, runtime: python2.7}\n")
        with open(self.folder / "settings.yml", "a") as settings:
            settings.write("anchors: 1\n")
        first = self.gordon("build")
        self.assertIn("settings.yml:4:32: warning: ", first.stderr)
        self.assertIn("settings.yml:5:1: warning: ", first.stderr)
        before = os.stat(self.folder / "_build").st_mtime_ns  # a build with work to do changes it
        for _ in range(2):
            again = self.gordon("build")
            self.assertEqual((again.stdout, again.stderr), (first.stdout, first.stderr))
        self.assertEqual(os.stat(self.folder / "_build").st_mtime_ns, before)
        self.assertEqual(self.gordon("build", "--quiet").stderr, "")
        elsewhere = self.gordon("build", "--project", self.folder, cwd="/")
        self.assertIn(f"{self.folder}/settings.yml:4:32: warning: ".lstrip("/"), elsewhere.stderr)

    def test_code_is_the_project(self):
        """If the code is the project's folder, the outputs and the parameters are not packed."""
        self.settings("  one: {code: ., runtime: python}\n")
        self.write("code.py", HELLO)
        self.write("parameters/dev.yml", "Password: secret\n")
        for _ in range(2):
            self.gordon("build")
            self.assertEqual(self.names(), ["code.py", "settings.yml"])

    def test_code_is_a_link_that_leads_out(self):
        with tempfile.TemporaryDirectory() as outside:
            pathlib.Path(outside, "code.py").write_text(HELLO)
            os.symlink(outside, self.folder / "one")
            self.settings("  one: {code: one, runtime: python}\n")
            self.assertIn("this link leads out of the project",
                          self.gordon("build", status=21).stderr)

    def test_failed_build_leaves_nothing_to_apply(self):
        self.settings("  one: {code: one.py}\n")
        self.write("one.py", HELLO)
        self.gordon("build")
        self.settings("  one: {code: one.py, memory: 512}\n  two: {code: gone.py}\n")
        self.gordon("build", status=21)
        self.assertEqual([n for n in os.listdir(self.folder / "_build") if n.endswith(".json")], [])
        self.settings("  one: {code: one.py}\n")
        self.gordon("build")
        self.assertEqual(len(list((self.folder / "_build").glob("*.json"))), 3)

    def test_wrong_settings_leave_nothing_to_apply(self):
        """They remove the templates of the build before; if there was none, they make no folder."""
        self.write("settings.yml", "project: [\n")
        self.gordon("build", status=1)
        self.assertEqual(os.listdir(self.folder), ["settings.yml"])
        self.settings("  one: {code: code.py}\n")
        self.write("code.py", HELLO)
        self.gordon("build")
        self.write("settings.yml", "project: [\n")
        self.gordon("build", status=1)
        self.assertEqual(list(self.folder.glob("_build/*.json")), [])

    def test_two_builds_at_once(self):
        self.settings("  one: {code: one, runtime: python, handler: file0.handler}\n"
                      "  two: {code: one, runtime: python, handler: file0.handler, build: 'sleep 0.2; cp -r * {target}'}\n")
        for i in range(200):
            self.write(f"one/file{i}.py", HELLO * 200)
        runs = [subprocess.Popen([GORDON, "build"], cwd=self.folder, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE) for _ in range(3)]
        for run in runs:
            error = run.communicate()[1]
            self.assertEqual(run.returncode, 0, error.decode())
        self.assertEqual(sorted(os.listdir(self.folder / "_build" / "code")), ["_one.zip", "_two.zip"])
        self.assertEqual(len(self.names()), 200)

    def test_build_command_leaves_something_running(self):
        self.settings("  one: {code: one.py, build: 'sleep 20 & cp one.py {target}/code.py'}\n")
        self.write("one.py", HELLO)
        self.gordon("build", timeout=10)
        self.assertEqual(self.names(), ["code.py"])

    def wait_until(self, there):
        end = time.monotonic() + 60
        while not there():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)

    def test_killed_build(self):
        """An incomplete build is not applied, and its command ends with the build."""
        self.settings("  one: {code: one.py}\n"
                      "  two: {code: two.py, build: 'cp two.py {target}; touch started; sleep 300'}\n")
        self.write("one.py", HELLO)
        self.write("two.py", HELLO)
        self.write("parameters/dev.yml", "")
        for number in signal.SIGTERM, signal.SIGKILL:
            run = subprocess.Popen([GORDON, "build", "-j1"], cwd=self.folder, start_new_session=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.wait_until(lambda: any("started" in files for _, _, files in os.walk(self.folder)))
            os.kill(run.pid, number)
            self.assertEqual(run.wait(60), -number)
            if number == signal.SIGTERM:
                self.wait_until(lambda: not self.processes_of(run.pid))
            for started in self.folder.rglob("started"):
                started.unlink()
            said = self.gordon("apply", status=9).stderr
            self.assertIn("the build was interrupted or is still running", said)
            self.stop_session(run.pid)
        self.settings("  one: {code: one.py}\n")
        self.gordon("build")
        self.assertFalse((self.folder / "_build/.gordon/building").exists())

    def test_mark_of_a_killed_build(self):
        """A build with nothing to do removes the mark of a killed one; else apply would always refuse."""
        self.settings("  one: {code: one.py}\n")
        self.write("one.py", HELLO)
        self.gordon("build")
        (self.folder / "_build/.gordon/building").touch()  # of another build, for example with --quiet
        self.gordon("build")
        self.assertFalse((self.folder / "_build/.gordon/building").exists())

    def test_broken_settings_while_another_builds(self):
        """A build that fails waits before it removes templates, because another build may be writing them."""
        self.settings("  one: {code: one.py}\n")
        self.write("one.py", HELLO)
        self.gordon("build")
        self.write("settings.yml", "project: [")
        templates = self.folder / "_build/0001_p.json"
        lock = os.open(self.folder / "_build/.gordon", os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = subprocess.Popen([GORDON, "build"], cwd=self.folder, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
        with self.assertRaises(subprocess.TimeoutExpired):
            run.communicate(timeout=2)
        self.assertTrue(templates.exists())
        os.close(lock)
        self.assertIn("settings.yml:2:1: error: ", run.communicate(timeout=60)[1])
        self.assertEqual((run.returncode, templates.exists()), (1, False))

    def begin(self, *lambdas, command, jobs="-j2"):
        """Starts a build in its own session, and returns when its commands run."""
        self.settings("".join(f"  {name}:\n    code: one.py\n    build: |\n      {command}\n"
                              for name in lambdas))
        self.write("one.py", HELLO)
        run = subprocess.Popen([GORDON, "build", jobs], cwd=self.folder, start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.stderr.close)
        self.wait_until(lambda: len(list(self.folder.glob("started.*"))) == len(lambdas))
        return run

    def test_commands_end_before_the_build(self):
        """Each command gets a signal once, and the build waits for it: with any number of jobs, and with a
        signal to gordon or, like Ctrl-C, to the process group."""
        for jobs in "-j1", "-j2", "-j3":
            lambdas = ["one", "two", "three"][:int(jobs[2:])]
            for number, to in (signal.SIGTERM, os.kill), (signal.SIGINT, os.killpg):
                with self.subTest(jobs=jobs, number=number):
                    run = self.begin(*lambdas, jobs=jobs, command=(
                        "trap 'sleep 0.5; touch \"{project_path}/ended.{lambda_name}\"; exit 3' TERM; "
                        "touch {project_path}/started.{lambda_name}; while :; do sleep 0.05; done"))
                    self.write(f"_build/code/_one.zip.{run.pid}.{RANDOM}.tmp", "")
                    to(run.pid, number)
                    self.assertEqual(run.wait(60), -number)
                    self.assertEqual(run.stderr.read(), "")
                    self.assertEqual(sorted(path.name for path in self.folder.glob("ended.*")),
                                     sorted("ended." + name for name in lambdas))
                    self.assertEqual(self.processes_of(run.pid), [])
                    self.gordon("apply", status=9)
                    for path in self.folder.glob("*ed.*"):
                        path.unlink()

    def test_worker_is_killed(self):
        """A killed worker, as if memory is short: an error names the lambda, and its old zip is deleted."""
        self.settings("  one: {code: one.py}\n  two: {code: one.py}\n")
        self.write("one.py", HELLO)
        self.gordon("build")
        run = self.begin("one", "two", command="touch {project_path}/started.{lambda_name}; sleep 1; "
                         "test {lambda_name} = one && kill -9 $PPID; cp one.py {target}/code.py")
        self.assertEqual(run.wait(60), 21)
        self.assertIn("settings.yml:5:11: error: one was not packed: the process for it was ended by "
                      "signal 9 (Killed)\n", run.stderr.read())
        self.assertEqual(os.listdir(self.folder / "_build/code"), ["_two.zip"])
        self.gordon("apply", status=9)

    def test_unfinished_files_of_killed_builds(self):
        """The next build deletes them. Those of a running process, and files of others, stay."""
        dead = subprocess.Popen(["true"])
        dead.wait()
        self.settings("  one: {code: one.py}\n")
        self.write("one.py", HELLO)
        names = ("0001_p.json", "code/_one.zip", ".gordon/state", ".gordon/lambdas/_one/own.zip")
        for name in names:
            for pid in dead.pid, os.getpid():
                self.write(f"_build/{name}.{pid}.{RANDOM}.tmp", "half")
        self.write(f"_build/code/theirs.zip.{dead.pid}.{RANDOM}.tmp", "")
        self.write(f"_build/theirs.{dead.pid}.{RANDOM}.tmp", "")
        self.gordon("build")
        left = {str(path.relative_to(self.folder / "_build")) for path in self.folder.rglob("*.tmp")}
        self.assertEqual(left, {f"{name}.{os.getpid()}.{RANDOM}.tmp" for name in names} |
                         {f"code/theirs.zip.{dead.pid}.{RANDOM}.tmp", f"theirs.{dead.pid}.{RANDOM}.tmp"})

    @staticmethod
    def processes_of(session):
        """Returns the running processes of a session."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.getsid(int(entry.name)) == session and \
                        "Z" not in (entry / "stat").read_text().rsplit(")", 1)[1][:3]:
                    found.append(int(entry.name))
            except (OSError, ValueError):
                pass
        return found

    def stop_session(self, session):
        for pid in self.processes_of(session):
            os.kill(pid, signal.SIGKILL)

    def test_requirements_change_while_they_are_installed(self):
        """Else the cache would have the installation under the digest of the old requirements."""
        self.settings("  one: {code: one, runtime: python}\npip-path: sh slow.sh\n")
        self.write("one/code.py", HELLO)
        self.write("one/requirements.txt", "first\n")
        self.write("one/slow.sh", 'while [ "$1" != --target ]; do shift; done\n'
                   'echo second > requirements.txt; cp requirements.txt "$2"/asked.txt\n')
        said = self.gordon("build", status=21).stderr
        self.assertIn("changed during the install; build again", said)
        self.assertFalse((self.folder / "_build/code/_one.zip").exists())

    def test_packages_by_path_are_not_shared(self):
        """Two projects have the same requirements, but different packages at the same path."""
        for project in "first", "second":
            self.write(f"{project}/settings.yml", "project: p\ncode-bucket: p\nlambdas:\n"
                       "  one: {code: one, runtime: python, check-handler: false, pip-install-extra: --find-links wheels}\n"
                       "pip-path: sh pip.sh\n")
            self.write(f"{project}/one/requirements.txt", "mine\n")
            self.write(f"{project}/one/wheels/mine-1-py3-none-any.whl", project)
            self.write(f"{project}/one/pip.sh", 'while [ "$1" != --target ]; do shift; done\n'
                       'cp wheels/mine-1-py3-none-any.whl "$2"/installed.txt\n')
            self.gordon("build", "--project", project)
            with zipfile.ZipFile(self.folder / project / "_build/code/_one.zip") as zipped:
                self.assertEqual(zipped.read("installed.txt").decode(), project)

    def test_standard_files_closed(self):
        self.settings("  one: {code: one.py, build: 'cp one.py {target}/code.py'}\n")
        self.write("one.py", HELLO)
        self.gordon("build", preexec_fn=lambda: os.close(0))
        self.assertEqual(self.names(), ["code.py"])

    def test_wheel_of_ones_own_changes(self):
        """A changed wheel that a requirement names by path is installed again."""
        self.settings("  one: {code: one, runtime: python}\n")
        self.write("one/code.py", HELLO)
        self.write("one/requirements.txt", "./wheels/mine-1.0-py3-none-any.whl\n")
        for version in "first", "second":
            self.wheel(f"word = '{version}'\n")
            self.gordon("build")
            with zipfile.ZipFile(self.folder / "_build/code/_one.zip") as zipped:
                self.assertEqual(zipped.read("mine.py").decode(), f"word = '{version}'\n")

    def wheel(self, text):
        path = self.folder / "one/wheels/mine-1.0-py3-none-any.whl"
        path.parent.mkdir(exist_ok=True)
        info = "mine-1.0.dist-info/"
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr("mine.py", text)
            wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
            wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: hand\n"
                           "Root-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(info + "RECORD", f"mine.py,,\n{info}METADATA,,\n{info}WHEEL,,\n"
                           f"{info}RECORD,,\n")

    @unittest.skipUnless(shutil.which("npm"), "npm is not there")
    def test_npm_needs_the_source(self):
        """npm finds a package by path and runs scripts. The developer's node_modules is not packed."""
        self.settings("  one: {code: one, runtime: node}\n")
        self.write("one/code.js", "exports.handler = async () => require('mylib');\n")
        self.write("one/package.json", '{"name": "one", "version": "1.0.0", "dependencies": '
                   '{"mylib": "file:./mylib"}, "scripts": {"postinstall": "node script.js"}}\n')
        self.write("one/script.js", "require('fs').writeFileSync('node_modules/made.txt', 'made');\n")
        self.write("one/mylib/package.json", '{"name": "mylib", "version": "1.0.0"}\n')
        self.write("one/mylib/index.js", "module.exports = 7;\n")
        self.write("one/node_modules/developer/index.js", "\n")
        self.gordon("build")
        names = self.names()
        self.assertIn("node_modules/mylib/index.js", names)
        self.assertIn("node_modules/made.txt", names)
        self.assertNotIn("node_modules/developer/index.js", names)


if __name__ == "__main__":
    unittest.main()
