#!/usr/bin/env python3
"""`gordon build --watch`: files that are written as editors and git write them, settings, parameters, errors, and
the end by signals. usage: watch.py GORDON WORK"""
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest
import zipfile

GORDON, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
del sys.argv[1:3]
PATIENCE = 30  # seconds until a build is missed
HANDLER = "def handler(event, context):\n    return {}\n"


class Watch(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        self.project = WORK / "project"
        self.write("settings.yml", "project: demo\ncode-bucket: demo\napps: [app]\n")
        self.write("app/settings.yml", "lambdas:\n  file: {code: file.py}\n  folder: {code: folder, runtime: python}\n")
        self.write("app/file.py", HANDLER.format(1))
        self.write("app/folder/code.py", HANDLER.format(1))
        self.write("parameters/common.yml", "Word: one\n")
        self.start()

    def start(self):
        self.lines = queue.Queue()
        self.run = subprocess.Popen([GORDON, "build", "--watch"], cwd=self.project, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True)
        self.addCleanup(self.end)
        threading.Thread(target=self.read, args=[self.run.stdout, self.lines], daemon=True).start()
        self.until("gordon: watching ")

    @staticmethod
    def read(out, lines):
        with out:
            for line in out:
                lines.put(line.rstrip("\n"))

    def end(self, number=signal.SIGINT):
        if self.run.poll() is None:
            self.run.send_signal(number)
        status = self.run.wait(PATIENCE)
        return status

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def until(self, begin):
        """Returns the lines up to one that begins so."""
        lines = []
        while not lines or not lines[-1].startswith(begin):
            try:
                lines.append(self.lines.get(timeout=PATIENCE))
            except queue.Empty:
                self.fail(f"no line '{begin}' came after {lines}")
        return lines

    def built(self, *what):
        """Waits for builds of these. On a slow machine, one may begin between the steps of a change."""
        lines = self.until("built ") + self.rest()
        self.assertRegex(lines[-1], rf"\Abuilt (the templates(, )?)?{', '.join(what)} in \d+ ms\Z", lines)

    def rest(self):
        """The lines until nothing more comes."""
        lines = []
        while True:
            try:
                lines.append(self.lines.get(timeout=0.4))
            except queue.Empty:
                return lines

    def silence(self):
        self.assertEqual(self.rest(), [])

    def packed(self, name):
        with zipfile.ZipFile(self.project / f"_build/code/{name}.zip") as packed:
            return {entry: packed.read(entry).decode() for entry in packed.namelist()}

    def test_ways_of_writing(self):
        code = self.project / "app/folder/code.py"
        with self.subTest("truncated and written"):
            self.write("app/folder/code.py", HANDLER.format(2))
            self.built("app.folder")
            self.assertEqual(self.packed("app_folder")["code.py"], HANDLER.format(2))
        with self.subTest("renamed over"):
            self.write("app/folder/.code.py~", HANDLER.format(3) + "#\n")
            self.silence()
            (self.project / "app/folder/.code.py~").rename(code)
            self.built("app.folder")
        with self.subTest("with a backup, as vim"):
            code.rename(f"{code}~")
            self.write("app/folder/code.py", HANDLER + "# vim\n")
            (self.project / "app/folder/code.py~").unlink()
            self.built("app.folder")
        with self.subTest("a new folder"):
            self.write("app/folder/deep/er/one.py", "1\n")
            self.built("app.folder")
            self.write("app/folder/deep/er/one.py", "2\n")
            self.built("app.folder")
            self.assertEqual(self.packed("app_folder")["deep/er/one.py"], "2\n")
        with self.subTest("removed"):
            shutil.rmtree(self.project / "app/folder/deep")
            self.built("app.folder")
        with self.subTest("a file beside others"):
            self.write("app/file.py", HANDLER + "# 2\n")
            self.built("app.file")
        with self.subTest("what is not packed"):
            self.write("app/folder/code.pyc", "")
            self.write("app/other.txt", "")
            self.write("other.txt", "")
            self.silence()
        self.write("app/folder/.gordonignore", "*.md\n")
        self.silence()
        self.write("app/folder/read.md", "x\n")
        self.silence()
        self.write("app/folder/.gordonignore", "*.pyc\n")
        self.built("app.folder")

    def test_settings_and_parameters(self):
        self.write("app/settings.yml", "lambdas:\n  file: {code: file.py, memory: 256}\n  folder: {code: folder, runtime: python}\n")
        self.built()
        self.assertIn("256", (self.project / "_build/0003_r.json").read_text())
        self.write("parameters/dev.yml", "Word: two\n")
        self.built()
        self.write("settings.yml", "project: demo\ncode-bucket: demo\napps: [app, more]\n")
        self.until("gordon: not built")
        self.write("more/settings.yml", "lambdas: {third: {code: third.py}}\n")
        self.rest()
        self.assertEqual(list(self.project.glob("_build/*.json")), [])
        self.write("more/third.py", HANDLER)
        self.built("more.third")
        self.write("more/third.py", HANDLER + "#\n")
        self.built("more.third")

    def test_errors(self):
        code = self.project / "app/folder/code.py"
        code.rename(self.project / "app/elsewhere.py")
        told = self.until("gordon: not built")
        self.assertIn("app/settings.yml:3:", "\n".join(told))
        self.rest()
        (self.project / "app/elsewhere.py").rename(code)
        self.built("app.folder")
        shutil.rmtree(self.project / "app")
        self.until("gordon: not built")
        self.rest()
        self.write("app/settings.yml", "lambdas: {file: {code: file.py}}\n")
        self.write("app/file.py", HANDLER)
        self.built("app.file")
        self.assertEqual(sorted(path.name for path in (self.project / "_build/code").iterdir()), ["app_file.zip"])

    def test_checkout(self):
        def git(*words):
            subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *words], cwd=self.project,
                           check=True, capture_output=True)
        git("init", "-b", "main")
        git("add", "app", "settings.yml", "parameters")
        git("commit", "-m", "one")
        git("checkout", "-b", "two")
        for i in range(200):
            self.write(f"app/folder/part{i}.py", f"{i}\n")
        self.until("built ")
        git("add", "app")
        git("commit", "-m", "two")
        self.rest()
        git("checkout", "main")
        self.built("app.folder")
        self.assertEqual(list(self.packed("app_folder")), ["code.py"])

    def test_signals(self):
        self.assertEqual(self.end(signal.SIGINT), 130)
        self.assertEqual(list(self.project.rglob("*.tmp")), [])
        subprocess.run([GORDON, "apply", "--help"], cwd=self.project, check=True, capture_output=True)
        self.start()
        self.assertEqual(self.end(signal.SIGTERM), 143)

    def test_signal_in_a_build(self):
        started = WORK / "started"
        self.write("app/settings.yml", "lambdas:\n  folder: {code: folder, runtime: python, build: "
                                       f"[\"touch '{started}' && sleep 60\"]}}\n")
        for _ in range(PATIENCE * 20):
            if started.exists():
                break
            time.sleep(0.05)
        else:
            self.fail(f"the build did not begin: {self.rest()}")
        self.assertEqual(self.end(), 130)
        self.write("app/settings.yml", "lambdas:\n  file: {code: file.py}\n")
        subprocess.run([GORDON, "build"], cwd=self.project, check=True, capture_output=True)

    def test_limit(self):
        """The system watches no more: an error says so. The limit is set in a namespace of users, which has its own."""
        self.end()
        limited = ["unshare", "--user", "--map-root-user", "sh", "-c",
                   '[ "$(readlink /proc/self/ns/user)" != "$0" ] && echo 1 > /proc/sys/user/max_inotify_watches && '
                   'exec "$1" build --watch', os.readlink("/proc/self/ns/user"), GORDON]
        run = subprocess.run(limited, cwd=self.project, capture_output=True, text=True, timeout=PATIENCE)
        if "gordon" not in run.stderr:
            self.skipTest(f"limits cannot be set here: {run.stderr}")
        self.assertEqual(run.returncode, 1)
        self.assertIn("sysctl fs.inotify.max_user_watches=524288", run.stderr)


if __name__ == "__main__":
    unittest.main()
