#!/usr/bin/env python3
"""What Gordon deletes and writes is its own, whatever a folder holds.

usage: test_removal.py GORDON WORK

Each test prepares a project or a build with links, names and lists that lead to a folder of somebody
else, the victim. It runs the commands that delete and write, and the victim must be as it was.

A program with the faults that are looked for here would delete what it is led to. So every path leads to
WORK, and where bubblewrap works, gordon runs where everything but WORK is read-only; what needs that is
skipped elsewhere.
"""
import hashlib
import os
import pathlib
import shutil
import stat
import subprocess
import unittest

from hostile import GORDON, SANDBOX, WORK

# What Gordon deletes or writes in folders of its own, and so what it would do to a victim.
VICTIM = ["app_l.zip", "app_old.zip", "old/file", "plan.json", "places.json", "source/a", "target/a",
          "copy/a", "into/a", "dependencies.zip", "0001_p.json", "0009_r.json", "0001_p.json.999999999.0123456789ab.tmp",
          "app_l.zip.999999999.0123456789ab.tmp", "zips", "state", "building", "lambdas/app_old/plan.json", "deep/er/file"]
COMMANDS = [("build",), ("plan",), ("template",), ("plan", "--json"), ("build", "-j", "1"),
            ("package", "--touch-changed", "_build/.gordon")]


class Removal(unittest.TestCase):
    def setUp(self):
        self.place = WORK / self.id().rpartition(".")[2]
        shutil.rmtree(self.place, ignore_errors=True)
        self.project = self.place / "project"
        self.make(self.project, "app")
        self.victim = self.place / "victim"
        for name in VICTIM:
            path = self.victim / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"precious {name}\n")
        self.before = self.listing(self.victim)

    def make(self, folder, app, lambdas=("l",)):
        code = folder / app / "c"
        code.mkdir(parents=True)
        (code / "code.py").write_text("x = 1\n")
        (folder / "settings.yml").write_text(f"project: p\ncode-bucket: b-x\napps:\n  - {app}\n")
        (folder / app / "settings.yml").write_text("lambdas:\n" + "".join(
            f"  {name}: {{code: c, handler: code.handler, runtime: python}}\n" for name in lambdas))

    def append(self, text):
        with (self.project / "app/settings.yml").open("a") as settings:
            settings.write(text)

    def listing(self, folder):
        return {path.relative_to(folder): (stat.S_IFMT(path.lstat().st_mode), path.lstat().st_mtime_ns,
                                           hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
                for path in folder.rglob("*")}

    def gordon(self, *words, folder=None, **environment):
        environment = {"GORDON_CACHE_DIR": str(self.place / "own cache"), **environment}
        return subprocess.run([*SANDBOX, str(GORDON), *map(str, words)], cwd=folder or self.project, text=True,
                              errors="replace", env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def check_victim(self, run=None):
        self.assertEqual(self.listing(self.victim), self.before, run and run.stdout)

    def run_all(self, *more, refused=True):
        """All commands, with these options; those that delete or write in a work folder must be refused."""
        for command in COMMANDS:
            run = self.gordon(*command, *more)
            self.check_victim(run)
            if refused and command in (("build",), ("plan",)):
                self.assertNotEqual(run.returncode, 0, (command, run.stdout))
                self.assertIn("error: ", run.stdout)

    def test_list_of_zips(self):
        work = self.project / "_build/.gordon"
        work.mkdir(parents=True)
        (work / "zips").write_text(f"{self.victim}\n../../../../victim\n..\n.\n\n../../../app\nx/../../../../app\n")
        self.run_all(refused=False)
        self.assertTrue((self.project / "app/c/code.py").is_file())
        self.assertTrue((self.project / "_build/code/app_l.zip").is_file())

    def test_lists_that_name_outputs(self):
        """What one list names may be what another part of the build has just written."""
        self.append(
            "cloudformation:\n  Transform: AWS::Serverless-2016-10-31\n  Resources:\n"
            "    S: {Type: AWS::Serverless::Function, Properties: {CodeUri: c}}\n")
        run = self.gordon("build")
        self.assertEqual(run.returncode, 0, run.stdout)
        code, lists = self.project / "_build/code", self.project / "_build/.gordon"
        before = sorted(path.name for path in code.iterdir())
        artifact = next(name for name in before if name.startswith("S-"))
        for name, lines in ("zips", [artifact[:-4]]), ("artifacts", ["app_l.zip"]):
            for command in COMMANDS[:2]:
                with self.subTest(name=name, command=command):
                    with (lists / name).open("a") as file:
                        file.write("".join(f"{line}\n" for line in [*lines, self.victim, "..", ".", "../../app", "x/../../../app"]))
                    self.append("# another\n")
                    run = self.gordon(*command)
                    self.assertEqual(run.returncode, 0, run.stdout)
                    self.assertEqual(sorted(path.name for path in code.iterdir()), before, run.stdout)
                    self.check_victim(run)
                    self.assertTrue((self.project / "app/c/code.py").is_file())

    def test_links_in_place_of_files_for_s3(self):
        self.append(
            "cloudformation: {Resources: {M: {Type: AWS::StepFunctions::StateMachine, Properties: "
            "{DefinitionS3Location: c/code.py}}}}\n")
        self.assertEqual(self.gordon("build").returncode, 0)
        machine = next((self.project / "_build/code").glob("M-*.py"))
        for path in (machine, self.project / "_build/.gordon/artifacts"):
            for target in ("plan.json", "zips", "nothing"):
                with self.subTest(path=path.name, target=target):
                    path.unlink()
                    path.symlink_to(self.victim / target)
                    self.run_all(refused=False)
                    if path.is_symlink() or not path.exists():  # refused
                        path.unlink(missing_ok=True)
                        self.assertEqual(self.gordon("build").returncode, 0)

    def test_linked_folders(self):
        for link in ("_build/.gordon", "_build/.gordon/lambdas", "_build/code"):
            with self.subTest(link=link):
                shutil.rmtree(self.project / "_build", ignore_errors=True)
                path = self.project / link
                path.parent.mkdir(parents=True)
                path.symlink_to(self.victim)
                self.run_all()

    def test_linked_work_folder_of_a_lambda(self):
        (self.project / "_build/.gordon/lambdas").mkdir(parents=True)
        (self.project / "_build/.gordon/lambdas/app_l").symlink_to(self.victim)
        self.run_all()

    def test_linked_build_folder(self):
        """A build folder may be a link, to a disk with more room, but not to what is somebody else's."""
        for name in VICTIM:  # without what looks like a build
            if name.startswith("000"):
                (self.victim / name).unlink()
        self.before = self.listing(self.victim)
        (self.project / "_build").symlink_to(self.victim)
        self.run_all()
        (self.place / "room").mkdir()
        (self.project / "_build").unlink()
        (self.project / "_build").symlink_to(self.place / "room")
        for _ in range(2):
            self.assertEqual(self.gordon("build").returncode, 0)
        self.assertTrue((self.place / "room/code/app_l.zip").is_file())

    def test_linked_folder_after_a_build(self):
        for link in (".gordon/lambdas", "code", ".gordon"):
            with self.subTest(link=link):
                shutil.rmtree(self.project / "_build", ignore_errors=True)
                self.assertEqual(self.gordon("plan").returncode, 0)
                self.assertEqual(self.gordon("build").returncode, 0)
                shutil.rmtree(self.project / "_build" / link)
                (self.project / "_build" / link).symlink_to(self.victim)
                (self.project / "app/c/code.py").write_text(f"# {link}\n")
                self.run_all()

    def test_linked_folder_of_a_lambda(self):
        for name in ("app_l", "app_old"):
            with self.subTest(name=name):
                shutil.rmtree(self.project / "_build", ignore_errors=True)
                self.assertEqual(self.gordon("plan").returncode, 0)
                lambdas = self.project / "_build/.gordon/lambdas"
                shutil.rmtree(lambdas / name, ignore_errors=True)
                (lambdas / name).symlink_to(self.victim)
                (self.project / "app/settings.yml").write_text(
                    "lambdas:\n  l:\n    code: c\n    handler: code.handler\n    runtime: python\n"
                    "    build: cp code.py {target}\n")
                run = self.gordon("build")
                self.check_victim(run)
                if name == "app_old":  # its lambda is not there any more: the link goes, and nothing else
                    self.assertEqual(run.returncode, 0, run.stdout)
                    self.assertFalse((lambdas / name).is_symlink())
                else:
                    self.assertNotEqual(run.returncode, 0)
                    self.assertIn("is a link", run.stdout)

    def test_work_folder_of_somebody_else(self):
        shutil.rmtree(self.project)
        self.make(self.project, "lambdas")  # an app that is called as Gordon's own folder
        before = self.listing(self.project)
        for work in (".", "..", self.victim, "lambdas"):
            run = self.gordon("plan", "--work-dir", work)
            self.assertNotEqual(run.returncode, 0, run.stdout)
            self.assertIn("choose another one with --work-dir", run.stdout)
            self.assertEqual({p for p in self.listing(self.project) if p.parts[0] != "_build"}, set(before))
            self.check_victim(run)

    def test_build_folder_of_somebody_else(self):
        other = self.place / "other"
        (other / "photos").mkdir(parents=True)
        (other / "0001.json").write_text("{}")
        before = self.listing(other)
        for folder in (other, ".", "..", *(["/"] if SANDBOX else [])):
            run = self.gordon("build", "--build-dir", folder)
            self.assertNotEqual(run.returncode, 0, run.stdout)
            self.assertIn("choose another one with --build-dir", run.stdout)
        self.assertEqual(self.listing(other), before)

    def test_folders_that_are_taken(self):
        empty, fresh = self.place / "empty", self.place / "fresh/folder"
        empty.mkdir()
        for folder in (empty, fresh):
            for _ in range(2):
                run = self.gordon("build", "--build-dir", folder)
                self.assertEqual(run.returncode, 0, run.stdout)
                run = self.gordon("plan", "--build-dir", folder, "--work-dir", f"{folder}-work")
                self.assertEqual(run.returncode, 0, run.stdout)
        for name in (".gordon", "code"):  # what was deleted by hand comes back
            shutil.rmtree(empty / name)
            self.assertEqual(self.gordon("build", "--build-dir", empty).returncode, 0)

    def test_template_of_a_killed_build(self):
        """What a killed build left alone in its folder does not stop the next one."""
        (self.project / "_build").mkdir()
        (self.project / "_build/0001_p.json.999999999.0123456789ab.tmp").write_text("{")
        for command in ("template", "build"):
            run = self.gordon(command)
            self.assertEqual(run.returncode, 0, run.stdout)
        self.assertFalse((self.project / "_build/0001_p.json.999999999.0123456789ab.tmp").exists())

    def test_lambda_that_is_gone(self):
        """What is ours is deleted: its zip, and nothing beside it."""
        self.make(self.place / "two", "app", ("l", "old"))
        two = self.place / "two"
        self.assertEqual(self.gordon("build", folder=two).returncode, 0)
        (two / "_build/code/foreign.zip").write_text("not ours")
        settings = two / "app/settings.yml"
        settings.write_text("".join(settings.read_text().splitlines(True)[:2]))
        run = self.gordon("build", folder=two)
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertEqual(sorted(p.name for p in (two / "_build/code").iterdir()), ["app_l.zip", "foreign.zip"])

    def test_temporary_files(self):
        """A link in the place of a temporary file is not written through."""
        precious = self.victim / "deep/er/file"
        (self.project / "_build/code").mkdir(parents=True)
        first = int(pathlib.Path("/proc/loadavg").read_text().split()[-1])
        for number in range(first, first + 2000):
            for name in ("0001_p.json", "0002_pr_r.json", "0003_r.json", "code/app_l.zip"):
                (self.project / f"_build/{name}.{number}.tmp").symlink_to(precious)
        for _ in range(3):
            run = self.gordon("build", "-j", "1")
            self.assertEqual(run.returncode, 0, run.stdout)
            self.check_victim(run)
            self.assertFalse((self.project / "_build/0003_r.json").is_symlink())

    def test_marks_through_links(self):
        """Locks, stamps and marks are not made through links."""
        work = self.project / "_build/.gordon"
        work.mkdir(parents=True)
        for name in ("building", "state", "made-by-gordon", "zips"):
            (work / name).symlink_to(self.victim / "new")
        self.gordon("build")
        self.check_victim()

    def test_cache(self):
        cache = self.place / "cache"
        (cache / "installs").mkdir(parents=True)
        (cache / "installs/mine.gone").mkdir()
        (cache / "installs/mine.gone/file").write_text("precious\n")
        (cache / "installs" / ("0" * 64)).symlink_to(self.victim)
        (self.project / "app/c/requirements.txt").write_text("")
        self.gordon("build", GORDON_CACHE_DIR=str(cache))
        self.check_victim()
        self.assertTrue((cache / "installs/mine.gone/file").is_file())


if __name__ == "__main__":
    unittest.main()
