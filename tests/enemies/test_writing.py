#!/usr/bin/env python3
"""What Gordon writes is its own and the user's: temporary files, modes, the cache, locks.

usage: test_writing.py GORDON WORK
"""
import os
import pathlib
import stat
import subprocess
import unittest

import hostile
from hostile import OTHER_USER, SANDBOX


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def listing(folder):
    return {path.relative_to(folder): (path.lstat().st_mode, path.lstat().st_mtime_ns) for path in folder.rglob("*")}


def needs_root(test):
    return unittest.skipUnless(os.geteuid() == 0 and can_give(), "files cannot be given to another user here")(test)


def can_give():
    """Whether files can be given to another user, and belong to that user in the sandbox, too."""
    path = hostile.WORK / "given"
    path.write_text("")
    try:
        os.chown(path, OTHER_USER, OTHER_USER)
    except OSError:
        return False
    seen = subprocess.run([*SANDBOX, "stat", "-c", "%u", str(path)], text=True, stdout=subprocess.PIPE, check=False)
    return seen.stdout == f"{OTHER_USER}\n"


class Files(hostile.Test):
    def test_names_are_not_guessed(self):
        """Folders have all names that temporary files once had: no write may fail by that."""
        self.gordon("build")
        (self.project / "app/c/code.py").write_text("x = 2\n")
        first = int(pathlib.Path("/proc/loadavg").read_text().split()[-1])
        for number in [*range(1, 100), *range(first, first + 1000)]:
            for name in ("0001_p.json", "0003_r.json", "code/app_l.zip", "r.tar.gz"):
                (self.project / f"_build/{name}.{number}.tmp").mkdir()
        (self.project / "_build/0003_r.json").unlink()
        self.gordon("build", "-j1")
        self.gordon("release", "--stage", "prod", "--output", "_build/r.tar.gz")

    def test_release_of_another_user(self):
        """A release that stands there already is not taken if its owner may change it."""
        self.gordon("build")
        output = self.project / "r.tar.gz"
        self.gordon("release", "--stage", "prod", "--output", output)
        self.assertEqual(mode(output), 0o600)
        before = output.stat().st_ino
        self.gordon("release", "--stage", "prod", "--output", output)
        self.assertEqual(output.stat().st_ino, before)
        if os.geteuid() == 0 and can_give():
            os.chown(output, OTHER_USER, OTHER_USER)
            self.gordon("release", "--stage", "prod", "--output", output)
            self.assertEqual(output.stat().st_uid, os.geteuid())

    @unittest.skipUnless(SANDBOX, "needs a /dev of its own")
    def test_devices_stay(self):
        """A file that is renamed to /dev/null would take its place."""
        self.gordon("build")
        for device in ("/dev/null", "/dev/stdout", "/dev/full"):
            look = f'ls -l {device}; "$@" --output {device} 2>&1 | cat; ls -l {device}'
            run = subprocess.run([*SANDBOX, "sh", "-c", look, "sh", str(hostile.GORDON), "release", "--stage", "prod"],
                                 cwd=self.project, env=self.environment, text=True, stdout=subprocess.PIPE, check=False)
            lines = run.stdout.splitlines()
            self.assertEqual(lines[0], lines[-1], run.stdout)
            self.assertIn(f"{device}: error: ", run.stdout)

    def test_stamp_that_is_a_pipe(self):
        self.gordon("plan")
        os.mkfifo(self.place / "stamp")
        said = self.gordon("template", "--depfile", self.place / "d", "--stamp", self.place / "stamp", status=1)
        self.assertIn("stamp: error: cannot be written", said)

    def test_links_in_the_work_folder(self):
        """Each folder in which Gordon works is replaced by a link in turn."""
        victim = self.place / "victim"
        self.use_pip()
        self.lambdas("l: {code: c, handler: code.handler, runtime: python}",
                     "b: {code: c, handler: code.handler, runtime: python, build: 'cp code.py {target}'}")
        no_cache = {"HOME": "/proc"}  # so that the cache is in the work folder
        plans = [f"_build/.gordon/lambdas/app_{name}" for name in "lb"]
        self.gordon("plan")
        self.gordon("package", "--plan", f"{plans[0]}/plan.json", **no_cache)
        self.gordon("package", "--plan", f"{plans[1]}/plan.json", **no_cache)
        for link in ("cache", "cache/installs", "cache/versions", "source", "target", "plan.json.d.links"):
            for plan in plans:
                with self.subTest(link=link, plan=plan):
                    self.replace_by_link(self.project / plan, link, victim)
                    before = listing(victim)
                    for command in ("install", "package"):
                        subprocess.run(self.command(command, "--plan", f"{plan}/plan.json", "--depfile", "d e"),
                                       cwd=self.project, env={**self.environment, **no_cache}, check=False,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                        self.assertEqual(listing(victim), before)

    def replace_by_link(self, folder, link, victim):
        for path in (victim, folder / "cache", folder / link):
            subprocess.run(["rm", "-rf", path], check=True)
        (victim / "installs").mkdir(parents=True)
        for name in ("work", "lock", "versions", "source", "target", "file"):
            (victim / name).write_text("precious\n")
        (folder / link).parent.mkdir(exist_ok=True)
        (folder / link).symlink_to(victim)
        (self.project / "app/c/requirements.txt").write_text(f"# {link}\n")
        (folder / "dependencies.zip").unlink(missing_ok=True)

    def test_linked_folder_of_a_plan(self):
        victim = self.place / "victim"
        victim.mkdir()
        (self.project / "_build/.gordon/lambdas").mkdir(parents=True)
        (self.project / "_build/.gordon/lambdas/app_l").symlink_to(victim)
        self.assertIn("is a link", self.gordon("plan", status=1))
        self.assertEqual([*victim.iterdir()], [])

    def test_linked_folders_of_single_commands(self):
        """Not only `build` looks whether its folders are links."""
        victim = self.place / "victim"
        victim.mkdir()
        self.gordon("plan")
        plan = self.project / "_build/.gordon"
        plan.rename(self.place / "kept")
        plan.symlink_to(victim)
        before = listing(victim)
        for command in (("package", "app.l"), ("template",), ("plan",), ("build",)):
            self.gordon(*command, status=None)
            self.assertEqual(listing(victim), before, command)
        plan.unlink()
        (self.place / "kept").rename(plan)
        folder = plan / "lambdas/app_l"
        folder.rename(victim / "app_l")
        folder.symlink_to(victim / "app_l")
        before = listing(victim)
        for command in ("install", "package"):
            said = self.gordon(command, "--plan", folder / "plan.json", status=None)
            self.assertIn("app_l: error: ", said)
            self.assertEqual(listing(victim), before, command)


class Cache(hostile.Test):
    def setUp(self):
        super().setUp()
        self.use_pip()
        self.cache = self.place / "cache"

    def check_own(self, cache):
        for folder in (cache, cache / "installs", cache / "versions"):
            self.assertEqual(mode(folder), 0o700, folder)

    def check_refused(self, *words, **environment):
        """A cache that the user names, and that cannot be trusted, is an error; nothing is written to it."""
        before = listing(self.cache) if self.cache.exists() else {}
        said = self.gordon("build", status=21, GORDON_CACHE_DIR=str(self.cache), **environment)
        for word in ("error: ", "GORDON_CACHE_DIR", *words):
            self.assertIn(word, said)
        self.assertEqual(self.installs(), 0)
        self.assertEqual(listing(self.cache) if self.cache.exists() else {}, before)

    def check_unused(self, *words, **environment):
        """The usual cache is not used if it cannot be trusted: one warning, and the work folder instead."""
        default = self.place / "home/.cache/gordon"
        before = listing(default) if default.exists() else {}
        self.lambdas(*(f"l{n}: {{code: c, handler: code.handler, runtime: python}}" for n in range(4)))
        for jobs in ("-j1", "-j3"):
            subprocess.run(["rm", "-rf", self.project / "_build"], check=True)
            said = self.gordon("build", jobs, **environment)
            self.assertEqual(said.count("warning: "), 1, said)
            for word in ("GORDON_CACHE_DIR", *words):
                self.assertIn(word, said)
            self.assertEqual(self.installs(), 4)
        self.assertEqual(listing(default) if default.exists() else {}, before)

    def test_modes(self):
        """Folders that Gordon makes, or finds as `mkdir` makes them for a user with a group of the same name."""
        self.gordon("build", umask=0o002, GORDON_CACHE_DIR=str(self.cache))
        self.check_own(self.cache)
        subprocess.run(["rm", "-rf", self.project / "_build"], check=True)
        self.gordon("build", umask=0o000)
        self.check_own(self.place / "home/.cache/gordon")
        for folder in (self.cache, self.cache / "installs", self.cache / "versions"):
            folder.chmod(0o775)
        (self.project / "app/c/requirements.txt").write_text("other==1\n")
        self.assertNotIn("warning", self.gordon("build", GORDON_CACHE_DIR=str(self.cache)))
        self.check_own(self.cache)

    def test_folder_with_other_files(self):
        """A folder with files of others is not Gordon's: its mode stays, and must be safe."""
        self.cache.mkdir()
        (self.cache / "photo").write_text("")
        self.cache.chmod(0o775)
        self.check_refused("chmod go-w", str(self.cache))
        self.assertEqual(mode(self.cache), 0o775)
        self.cache.chmod(0o755)
        self.gordon("build", GORDON_CACHE_DIR=str(self.cache))
        self.assertEqual(mode(self.cache), 0o755)
        self.assertEqual(mode(self.cache / "installs"), 0o700)

    def test_folder_above(self):
        """Who may write to a folder above can replace the cache, unless the folder has the sticky bit."""
        above = self.place / "above"
        above.mkdir()
        for cache in (above / "cache", self.place / "link/cache"):
            for mode_ in (0o777, 0o1777):
                above.chmod(mode_)
                (self.place / "link").unlink(missing_ok=True)
                (self.place / "link").symlink_to(above)
                subprocess.run(["rm", "-rf", self.project / "_build", above / "cache"], check=True)
                said = self.gordon("build", GORDON_CACHE_DIR=str(cache))
                self.assertEqual(said.count("warning: the cache of dependencies may be replaced by everybody who may "
                                            f"write to {above}; run chmod"), mode_ == 0o777, said)
                self.assertEqual(self.installs(), 1)
        (self.place / "home").chmod(0o777)
        self.check_unused(str(self.place / "home"))

    @needs_root
    def test_another_owner(self):
        self.cache.mkdir()
        os.chown(self.cache, OTHER_USER, OTHER_USER)
        self.check_refused(f"user {OTHER_USER}")
        default = self.place / "home/.cache/gordon"
        default.mkdir(parents=True)
        os.chown(default, OTHER_USER, OTHER_USER)
        self.check_unused(str(default), f"user {OTHER_USER}")
        os.chown(default, 0, 0)
        (default / "installs").mkdir()
        os.chown(default / "installs", OTHER_USER, OTHER_USER)
        self.check_unused(str(default / "installs"), f"user {OTHER_USER}")

    @needs_root
    def test_home_of_another_user(self):
        """In CI, a container's root has the home folder of another user; only the cache's own folder counts."""
        home = self.place / "home"
        os.chown(home, OTHER_USER, OTHER_USER)
        self.assertNotIn("warning", self.gordon("build"))
        self.check_own(home / ".cache/gordon")

    @needs_root
    def test_link_of_another_user(self):
        """A link is as good as the folder in which it stands, unless another user made it."""
        sticky, real = self.place / "sticky", self.place / "real"
        sticky.mkdir()
        sticky.chmod(0o1777)
        real.mkdir()
        self.cache = sticky / "link"
        self.cache.symlink_to(real)
        self.gordon("build", GORDON_CACHE_DIR=str(self.cache))
        self.check_own(real)
        os.lchown(self.cache, OTHER_USER, OTHER_USER)
        (self.project / "app/c/requirements.txt").write_text("other==1\n")
        self.installs()
        self.check_refused(f"user {OTHER_USER}", str(self.cache))

    @needs_root
    def test_planted_zip(self):
        """What others put into the cache while they could is not used."""
        environment = {"GORDON_CACHE_DIR": str(self.cache)}
        self.gordon("build", **environment)
        self.assertEqual(self.installs(), 1)
        zips = [*self.cache.glob("installs/*/dependencies.zip")]
        self.assertEqual(len(zips), 1)
        for planted in (zips[0], zips[0].parent):
            with self.subTest(planted=planted.name):
                os.chown(planted, OTHER_USER, OTHER_USER)
                subprocess.run(["rm", "-rf", self.project / "_build"], check=True)
                self.gordon("build", **environment)
                self.assertEqual(self.installs(), 1)
                self.assertEqual((zips[0].stat().st_uid, zips[0].parent.stat().st_uid), (0, 0))
                subprocess.run(["rm", "-rf", self.project / "_build"], check=True)
                self.gordon("build", **environment)
                self.assertEqual(self.installs(), 0)


class Locks(hostile.Test):
    """The lock of a stage is in the cache, or else in TMPDIR."""

    def setUp(self):
        super().setUp()
        self.gordon("build")
        self.own = self.place / f"tmp/gordon-{os.geteuid()}"
        self.program("bin/aws", "#!/bin/sh\necho 'An error occurred (AccessDenied)' >&2\nexit 1\n")

    def apply(self, status=1, **environment):
        return self.gordon("apply", status=status, **environment)

    def test_modes(self):
        cache = self.place / "cache"
        self.apply(GORDON_CACHE_DIR=str(cache), umask=0)
        self.apply(HOME="/proc", umask=0)
        for folder in (cache, cache / "installs/locks", self.own, self.own / "locks"):
            self.assertEqual(mode(folder), 0o700, folder)
        for folder in (cache / "installs/locks", self.own, self.own / "locks"):
            folder.chmod(0o777)
        self.apply(GORDON_CACHE_DIR=str(cache))
        self.apply(HOME="/proc")
        for folder in (cache / "installs/locks", self.own, self.own / "locks"):
            self.assertEqual(mode(folder), 0o700, folder)

    def test_named_cache(self):
        cache = self.place / "cache"
        cache.mkdir()
        (cache / "photo").write_text("")
        cache.chmod(0o777)
        said = self.apply(GORDON_CACHE_DIR=str(cache))
        self.assertIn("chmod go-w", said)
        self.assertNotIn("AccessDenied", said)

    @needs_root
    def test_folder_of_another_user(self):
        for make in (lambda: self.own.mkdir(), lambda: self.own.symlink_to(self.place / "bin")):
            make()
            os.lchown(self.own, OTHER_USER, OTHER_USER)
            said = self.apply(HOME="/proc")
            self.assertIn(f"{self.own}: error: ", said)
            self.assertIn("GORDON_CACHE_DIR", said)
            self.assertNotIn("AccessDenied", said)
            self.assertFalse((self.place / "bin/locks").exists())
            self.own.unlink() if self.own.is_symlink() else self.own.rmdir()


if __name__ == "__main__":
    unittest.main()
