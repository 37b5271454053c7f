#!/usr/bin/env python3
"""`gordon build` after a change of code alone: it packs what has changed without reading the settings, and
has the same result as a build of everything. usage: repack.py GORDON WORK"""
import ctypes
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

GORDON, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
del sys.argv[1:3]
LIBC = ctypes.CDLL(None, use_errno=True)
IN_OPEN = 0x20
HANDLER = "def handler(event, context):\n    return 1\n"
PIP = """if [ "$1" = --version ]; then echo "pip 1"; exit; fi
while [ "$1" != --target ]; do shift; done
echo "# installed" > "$2/installed.py"
"""


class Repack(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        self.project = WORK / "project"
        self.environment = {**os.environ, "GORDON_CACHE_DIR": str(WORK / "cache")}
        self.write("pip", PIP)
        self.write("settings.yml", f"project: demo\ncode-bucket: demo\npip-path: sh \"{self.project}/pip\"\napps: [app]\n"
                                   "lambdas:\n  top: {code: top, runtime: python}\n")
        self.write("app/settings.yml", """
layers:
  words: {code: words, runtimes: [python]}
lambdas:
  file: {code: file.py}
  folder: {code: folder, runtime: python}
  installed: {code: installed, runtime: python}
  layered: {code: layered, runtime: python, layers: [words]}
  built: {code: built, runtime: python, build: ["cp code.py {target}/"]}
""")
        for name in "top", "app/folder", "app/installed", "app/layered", "app/built":
            self.write(f"{name}/code.py", HANDLER)
        self.write("app/file.py", HANDLER)
        self.write("app/folder/parts/one.py", "")
        self.write("app/words/words.txt", "a\n")
        self.write("app/installed/requirements.txt", "-r more.txt\nfirst==1\n")
        self.write("app/installed/more.txt", "second\n")
        self.first = self.build()
        self.assertIn("no exact version is required of second", self.first.stderr)
        self.addCleanup(self.same_as_fresh)

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def build(self, *options, folder="_build", status=0):
        run = subprocess.run([GORDON, "build", "--build-dir", folder, *options], cwd=self.project, env=self.environment,
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, status, run.stderr)
        return run

    def rebuild(self, *options, **more):
        """Builds. Returns the run, and whether it has opened settings or templates."""
        fd = LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for path in self.project / "settings.yml", self.project / "app/settings.yml", *self.project.glob("_build/*.json"):
            self.assertGreaterEqual(LIBC.inotify_add_watch(fd, os.fsencode(path), IN_OPEN), 0)
        run = self.build(*options, **more)
        try:
            opened = bool(os.read(fd, 4096))
        except BlockingIOError:
            opened = False
        os.close(fd)
        return run, opened

    def zips(self, folder="_build"):
        return {path.name: path.read_bytes() for path in (self.project / folder / "code").iterdir()}

    def same_as_fresh(self):
        self.build(folder="../fresh")
        for pattern in "*.json", "code/*":
            self.assertEqual({path.name: path.read_bytes() for path in (self.project / "_build").glob(pattern)},
                             {path.name: path.read_bytes() for path in (WORK / "fresh").glob(pattern)})

    @staticmethod
    def messages(run):
        """What was reported, without lines of files."""
        return sorted(line for line in run.stderr.splitlines() if not line.startswith(("gordon: ", " ")))

    def check_alone(self, *zips, options=()):
        """Builds, and expects that only these zips change and that nothing else is looked at."""
        before = self.zips()
        run, opened = self.rebuild("--debug", *options)
        self.assertFalse(opened, "the settings were read")
        self.assertEqual(run.stdout, self.first.stdout)
        after = self.zips()
        self.assertEqual({name for name in after if before[name] != after[name]}, set(zips))
        self.assertEqual(run.stderr.count("gordon: packing "), len(zips), run.stderr)
        self.assertEqual(self.messages(run), self.messages(self.first))
        self.assertEqual(self.rebuild()[1], False)
        return run

    def test_files(self):
        self.write("app/folder/code.py", HANDLER + "# changed\n")
        self.check_alone("app_folder.zip")
        self.write("app/folder/parts/two.py", "")
        self.check_alone("app_folder.zip")
        (self.project / "app/folder/parts/one.py").unlink()
        self.write("app/file.py", HANDLER + "# changed\n")
        self.check_alone("app_folder.zip", "app_file.zip", options=["-j2"])
        self.write("top/code.py", HANDLER + "# changed\n")
        self.write("app/folder/.gordonignore", "parts\n")
        self.check_alone("app_folder.zip", "_top.zip")

    def test_written_as_editors_do(self):
        code = self.project / "app/folder/code.py"
        self.write("app/folder/new~", HANDLER + "# renamed\n")
        (self.project / "app/folder/new~").rename(code)
        self.check_alone("app_folder.zip")
        code.rename(f"{code}~")
        self.write("app/folder/code.py", HANDLER + "# backup\n")
        (self.project / "app/folder/code.py~").unlink()
        self.check_alone("app_folder.zip")

    def test_dependencies(self):
        self.write("app/installed/code.py", HANDLER + "# changed\n")
        self.check_alone("app_installed.zip")
        self.write("app/installed/more.txt", "second==2\n")
        self.assertNotIn("no exact version", self.rebuild()[0].stderr)
        self.write("app/installed/requirements.txt", "third\n")
        self.assertIn("no exact version is required of third", self.rebuild()[0].stderr)
        self.write("app/folder/requirements.txt", "fourth\n")
        self.assertIn("fourth", self.rebuild()[0].stderr)
        (self.project / "app/folder/requirements.txt").unlink()
        self.assertNotIn("fourth", self.rebuild()[0].stderr)

    def test_what_needs_the_settings(self):
        for name in "app/words/words.txt", "app/layered/code.py", "app/built/code.py":
            with self.subTest(name=name):
                with open(self.project / name, "a") as file:
                    file.write("# changed\n")
                run, opened = self.rebuild()
                self.assertTrue(opened)
                self.assertEqual(run.stdout, self.first.stdout)
        self.write("app/folder/code.py", HANDLER + "# changed\n")
        with open(self.project / "settings.yml", "a") as file:
            file.write("# changed\n")
        self.assertTrue(self.rebuild()[1])

    def test_errors(self):
        """They are those of a build of everything, with the places in the settings."""
        (self.project / "app/folder/code.py").rename(self.project / "app/folder/other.py")
        self.assertIn("app/settings.yml:6:", self.failing())
        self.assertEqual(list(self.project.glob("_build/*.json")), [])
        self.assertNotIn("app_folder.zip", self.zips())
        shutil.rmtree(self.project / "app/folder")
        self.assertIn("app/settings.yml:6:", self.failing())
        self.write("app/folder/code.py", HANDLER)
        self.build()

    def failing(self):
        runs = [subprocess.run([GORDON, "build", "--build-dir", folder], cwd=self.project, env=self.environment,
                               capture_output=True, text=True, timeout=60) for folder in ("_build", "../other")]
        for what in self.messages, lambda run: (run.returncode, run.stdout):
            self.assertEqual(what(runs[0]), what(runs[1]))
        self.assertNotEqual(runs[0].returncode, 0)
        return runs[0].stderr

    def test_link_out_of_the_project(self):
        self.write("../secret", "secret\n")
        (self.project / "app/folder/link").symlink_to("../../../secret")
        self.assertIn("leads out of the project", self.failing())
        (self.project / "app/folder/link").unlink()
        self.build()


if __name__ == "__main__":
    unittest.main()
