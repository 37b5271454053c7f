#!/usr/bin/env python3
"""A signal ends long work within a second and leaves no temporary files; full disks, limits and closed pipes
are errors.

usage: test_signals.py GORDON WORK
"""
import hashlib
import os
import pathlib
import re
import signal
import struct
import subprocess
import time
import unittest
import zlib

import hostile

LARGE = 3 << 30  # bytes: packing them takes far longer than a test waits
WAIT = 120       # seconds until the work that is interrupted has begun
SOON = 3         # seconds; one is promised, but a busy machine may need more


def sparse(path, size=LARGE):
    with open(path, "r+b" if path.exists() else "wb") as file:
        file.truncate(size)


def stored_zip(path, name, size, comment=b""):
    """A zip with one stored entry of zeros, most of which is a hole in the file."""
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 10, 0, 0, 0, 0x21, 0, size, size, len(name), 0) + name
    central = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 0x314, 10, 0, 0, 0, 0x21, 0, size, size, len(name),
                          0, 0, 0, 0, 0o100644 << 16, 0) + name
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local) + size, len(comment)) + comment
    with open(path, "wb") as file:
        file.write(local)
        file.seek(size, os.SEEK_CUR)
        file.write(central + end)


def tar_header(name, size):
    head = bytearray(struct.pack("100s8s8s8s12s12s8sc100s6s2s", name, b"0000644", b"0000000", b"0000000",
                                 b"%011o" % size, b"00000000000", b" " * 8, b"0", b"", b"ustar\0", b"00"))
    head += bytes(512 - len(head))
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def large_release(path, size=4 << 30):
    """A sealed release with one file of zeros. Deflated zeros can be repeated as blocks."""
    piece = 16 << 20
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff", deflate.compress(tar_header(b"0001_p.json", size)),
            deflate.flush(zlib.Z_FULL_FLUSH)]
    zeros = deflate.compress(bytes(piece)) + deflate.flush(zlib.Z_FULL_FLUSH)
    data += [zeros] * (size // piece) + [deflate.compress(bytes(1024)), deflate.flush(), bytes(8)]
    content = b"".join(data)
    seal = (b"\x1f\x8b\x08\x10\0\0\0\0\0\xffsha256=" + hashlib.sha256(content).hexdigest().encode() +
            b"\0\x03" + bytes(9))
    path.write_bytes(content + seal)


class Interrupted(hostile.Test):
    def start(self, *words, **environment):
        return subprocess.Popen(self.command(*words), cwd=self.project, text=True, stdin=subprocess.DEVNULL,
                                env={**self.environment, **environment}, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, start_new_session=True)

    def interrupt(self, run, begun, number=signal.SIGTERM):
        """Waits until the work has begun, then ends it by a signal. The sandbox ends as its program does."""
        deadline = time.monotonic() + WAIT
        self.addCleanup(self.kill, run)
        while not begun():
            if run.poll() is not None:
                self.fail(f"it has ended before: {run.stdout.read()}")
            self.assertLess(time.monotonic(), deadline, "the work does not begin")
            time.sleep(0.01)
        time.sleep(0.2)
        for process in self.processes(run):
            os.kill(process, number)
        at = time.monotonic()
        try:
            run.wait(30)
        except subprocess.TimeoutExpired:
            self.kill(run)
        took = time.monotonic() - at
        self.assertIn(run.returncode, (-number, 128 + number), f"after {took} s")
        self.assertLess(took, SOON)
        self.assertEqual(self.temporary_files(), [])
        self.assertEqual(os.listdir(self.place / "tmp"), [])

    @staticmethod
    def kill(run):
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        run.stdout.close()

    @staticmethod
    def processes(run):
        """The gordon that was started: the first one below the sandbox."""
        todo = [run.pid]
        while todo:
            pid = todo.pop(0)
            if os.readlink(f"/proc/{pid}/exe") == str(hostile.GORDON.resolve()):
                return [pid]
            todo += map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return []

    def has_temporary(self, size=1):
        """Whether a temporary file is there, and has so many bytes."""
        try:
            return any(path.stat().st_size >= size for path in self.place.rglob("*.tmp"))
        except FileNotFoundError:
            return False

    def test_zip(self):
        """SIGTERM and Ctrl-C while a large file is packed, in this process and in a worker, for CMake, too."""
        sparse(self.project / "app/c/large")
        self.lambdas(*(f"l{n}: {{code: c, handler: code.handler, runtime: python}}" for n in range(2)))
        self.gordon("plan")
        plan = "_build/.gordon/lambdas/app_l0/plan.json"
        for words in (("build", "-j1"), ("build", "-j2"), ("package", "app.l0"), ("package", "--plan", plan)):
            for number in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(words=words, number=number):
                    self.interrupt(self.start(*words), self.has_temporary, number)
                    self.assertEqual([*self.project.glob("_build/code/*")], [])

    def test_merge(self):
        """A large zip of dependencies is copied behind the code."""
        self.use_pip()
        self.gordon("build", "-j1", HOME="/proc")
        zip_ = self.project / "_build/.gordon/lambdas/app_l/dependencies.zip"
        comment = re.search(rb"[0-9a-f]{64} [0-9a-f]{64}$", zip_.read_bytes())[0]
        stored_zip(zip_, b"made.py", LARGE, comment)
        (self.project / "app/c/code.py").write_text("x = 2\n")
        self.interrupt(self.start("build", "-j1", HOME="/proc"), lambda: self.has_temporary(1 << 20))

    def test_install(self):
        """What a tool has installed is removed, in the cache, too."""
        for more in ("truncate -s 3G \"$2/large\"", "truncate -s 3G \"$2/large\"; touch \"%s\"; sleep 60"):
            for jobs in ("-j1", "-j2"):
                with self.subTest(more=more, jobs=jobs):
                    begun = self.place / "begun"
                    begun.unlink(missing_ok=True)
                    self.use_pip(more % begun if "sleep" in more else more)
                    (self.project / "app/c/requirements.txt").write_text(f"# {more}\n")
                    self.interrupt(self.start("build", jobs),
                                   begun.exists if "sleep" in more else self.has_temporary)
                    left = [*(self.place / "home/.cache/gordon/installs").glob("*/*")]
                    self.assertEqual({path.name for path in left}, {"lock"})

    def test_release(self):
        """While its files are digested, and while they are packed."""
        (self.project / "parameters").mkdir()
        self.gordon("build")
        zip_ = self.project / "_build/code/app_l.zip"
        staged = lambda: any((self.place / "tmp").iterdir())
        for begun in (staged, self.has_temporary):
            if begun == staged:
                sparse(zip_)
            else:
                zip_.write_bytes(os.urandom(64 << 20))
            run = self.start("release", "--stage", "prod", "--output", self.place / "r.tar.gz")
            self.interrupt(run, begun)
            self.assertFalse((self.place / "r.tar.gz").exists())

    def test_unpacking(self):
        """A small release may hold gigabytes."""
        large_release(self.place / "r.tar.gz")
        staged = lambda: any(path.stat().st_size for path in (self.place / "tmp").rglob("0001_p.json"))
        for number in (signal.SIGTERM, signal.SIGINT):
            run = self.start("apply", "--release", self.place / "r.tar.gz", GORDON_AWS="/bin/false")
            self.interrupt(run, staged, number)
            self.assertEqual(run.returncode, 128 + number)


class Limits(hostile.Test):
    def limited(self, *words, blocks=8):
        """Runs gordon where no file may have more than so many blocks of 512 or 1024 bytes."""
        run = subprocess.run(["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh", *self.command(*words)],
                             cwd=self.project, env=self.environment, text=True, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertGreater(run.returncode, 0, run.stdout)
        self.assertIn("File too large", run.stdout)
        self.assertEqual(self.temporary_files(), [])
        self.assertEqual(os.listdir(self.place / "tmp"), [])
        return run.stdout

    def test_zip(self):
        (self.project / "app/c/random").write_bytes(os.urandom(200000))
        self.lambdas(*(f"l{n}: {{code: c, handler: code.handler, runtime: python}}" for n in range(2)))
        for words in (("build", "-j1"), ("build", "-j2"), ("package", "app.l0")):
            said = self.limited(*words)
            self.assertRegex(said, r"_build/code/app_l0.zip: error: cannot be written: File too large")
            self.assertEqual([*self.project.rglob("*.zip")], [])

    def test_templates(self):
        self.lambdas(*(f"l{n}: {{code: c, handler: code.handler, runtime: python}}" for n in range(100)))
        for command in ("template", "plan", "build"):
            self.assertRegex(self.limited(command), r"_build/\S+: error: cannot be written: File too large")

    def test_release(self):
        (self.project / "app/c/random").write_bytes(os.urandom(200000))
        self.gordon("build")
        said = self.limited("release", "--stage", "prod", "--output", "r.tar.gz")
        self.assertIn("r.tar.gz: error: cannot be written: File too large", said)
        self.assertFalse((self.project / "r.tar.gz").exists())

    def test_defaults_of_programs(self):
        """What Gordon ignores, its programs do not: `yes | head` in a build command ends."""
        self.lambdas("l: {code: c, handler: code.handler, runtime: python, "
                     "build: 'cp code.py {target}; kill -PIPE $$; echo ignored'}")
        said = self.gordon("build", status=21)
        self.assertIn("was ended by signal 13", said)
        self.lambdas("l: {code: c, handler: code.handler, runtime: python, "
                     "build: 'cp code.py {target}; kill -XFSZ $$; echo ignored'}")
        self.assertIn("was ended by signal 25", self.gordon("build", status=21))


class Output(hostile.Test):
    COMMANDS = (["plan", "--json"], ["build"], ["--help"], ["--version"], ["plan", "--help"])

    def test_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        for words in self.COMMANDS:
            with open("/dev/full", "w") as full:
                run = subprocess.run(self.command(*words), cwd=self.project, env=self.environment, text=True,
                                     stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(run.returncode, 1, words)
            self.assertIn("standard output could not be written completely", run.stderr)

    def test_closed_pipe(self):
        """Nobody reads: the work is done, and the end is that of other programs in a pipe."""
        for words in self.COMMANDS:
            read, write = os.pipe()
            os.close(read)
            run = subprocess.run(self.command(*words), cwd=self.project, env=self.environment, text=True,
                                 stdout=write, stderr=subprocess.PIPE, check=False)
            os.close(write)
            self.assertIn(run.returncode, (-signal.SIGPIPE, 128 + signal.SIGPIPE), words)
            self.assertEqual(run.stderr, "")
        self.assertTrue((self.project / "_build/code/app_l.zip").is_file())
        self.assertFalse((self.project / "_build/.gordon/building").exists())


if __name__ == "__main__":
    unittest.main()
