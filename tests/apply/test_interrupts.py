"""gordon is killed at any moment: nothing is lost, and the same command finishes the work. The moments are
exact: `aws` kills gordon at its n-th call, before, during and after the effect of the call.
"""
import glob
import os
import signal
import struct
import sys
import time
import unittest

import support
import world

MOMENTS = "before", "during", "after"
CALLS_MAX = 100
LARGE = 3 << 30  # bytes: copying them takes far longer than a test waits
UNZIPPED = 1000  # as its header says; nobody unzips it


class Interrupts(support.Project):
    FILES = {
        "settings.yml": """
            project: killed
            code-bucket: killed
            apps: [gordon.contrib.lambdas, app]
            """,
        "app/settings.yml": """
            lambdas:
              one:
                code: one.py
                environment: {WORD: ref://Word}
            """,
        "app/one.py": "def handler(event, context):\n    return 1\n",
        "parameters/common.yml": "Word: first\n",
    }

    def setUp(self):
        super().setUp()
        self.world = world.World(os.path.join(self.folder, "world"))
        self.tmp = os.path.join(self.folder, "tmp")
        os.mkdir(self.tmp)
        self.environment.update(GORDON_AWS=self.world.program, TMPDIR=self.tmp,
                                GORDON_CACHE_DIR=os.path.join(self.folder, "cache"))
        self.build()

    def killed(self, number, at, when, *arguments):
        """Runs gordon, killed at this call. Returns whether it was: False if it made fewer calls."""
        self.at = at
        self.world.plan(at=at, when=when, signal=number)
        run = self.start(*arguments)
        output, error = run.communicate(timeout=60)
        self.message = f"signal {number} {when} call {at} of {arguments}\n{output}{error}"
        if len(self.world.read()["calls"]) < at:
            self.assertIn(run.returncode, (0, 25), self.message)
            return False
        expected = -number if number == signal.SIGKILL else 128 + number
        self.assertEqual(run.returncode, expected, self.message)
        if number != signal.SIGKILL:
            self.assertEqual(os.listdir(self.tmp), [], self.message)
        return True

    def moments(self, *arguments):
        """Kills gordon at each call, from the same state each time. Yields the signal."""
        again = self.world.keep()
        for at in range(1, CALLS_MAX):
            hurts = [(signal.SIGKILL, "during"), (signal.SIGINT, MOMENTS[at % 3])]
            hurts += [(signal.SIGTERM, "during")] if at % 4 == 0 else []
            hurts += [(signal.SIGKILL, "after")] if at % 4 == 2 else []
            for number, when in hurts:
                again()
                if not self.killed(number, at, when, *arguments):
                    return
                yield number
        self.fail("that many calls?")

    def finishes(self, *arguments):
        self.world.plan()
        run = self.start(*arguments)
        output, error = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, f"{self.message}\nafter it:\n{output}{error}")
        self.assertEqual(os.listdir(self.tmp), [], self.message)
        state = self.world.read()
        self.assertEqual(state["sets"], {}, self.message)
        return state

    def applied(self, arguments, word):
        for _ in self.moments(*arguments):
            self.finishes("apply")
            parameters = self.world.stack("dev-killed-r")["Parameters"]
            self.assertIn({"ParameterKey": "Word", "ParameterValue": word}, parameters, self.message)
            if self.at % 3 == 0:
                self.finishes("diff")

    def prepare_empty(self):
        self.world.edit(lambda state: None)

    def test_first_apply(self):
        self.prepare_empty()
        self.applied(["apply"], "first")

    def test_signal_while_zips_are_prepared(self):
        """A signal does not wait for a large zip, which is copied to get its context."""
        self.prepare_empty()
        name = b"file"
        local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 33, 0, LARGE, UNZIPPED, len(name), 0) + name
        central = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 0x314, 20, 0, 8, 0, 33, 0, LARGE, UNZIPPED, len(name),
                              0, 0, 0, 0, 0, 0) + name
        with open(os.path.join(self.folder, "_build/code/app_one.zip"), "wb") as file:
            file.write(local)
            file.seek(LARGE, os.SEEK_CUR)  # a hole in the file
            file.write(central + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local) + LARGE, 0))
        self.world.plan()
        run = self.start("apply")
        while not glob.glob(os.path.join(self.tmp, "**/*.tmp"), recursive=True) and run.poll() is None:
            time.sleep(0.01)
        time.sleep(0.1)
        run.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        output, error = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 128 + signal.SIGTERM, output + error)
        self.assertLess(time.monotonic() - begun, 3)
        self.assertEqual(os.listdir(self.tmp), [])

    def test_prepared_files_are_private(self):
        """Whatever `aws` is called for, other users cannot read what holds the values of parameters."""
        self.prepare_empty()
        self.world.plan()
        log, spy = os.path.join(self.folder, "log"), os.path.join(self.folder, "spy")
        support.write(self.folder, {"spy": f"""#!/bin/sh
find "$TMPDIR" -mindepth 1 -printf '%m %y %f\\n' >> "{log}"
exec "{self.world.program}" "$@"
"""})
        os.chmod(spy, 0o755)
        mask = os.umask(0)
        try:
            self.gordon("apply", GORDON_AWS=spy)
            self.gordon("release", "--stage", "dev", "--output", "r.tar.gz")
            self.gordon("apply", "--release", "r.tar.gz", GORDON_AWS=spy)
        finally:
            os.umask(mask)
        with open(log) as file:
            seen = {tuple(line.split(" ", 2)) for line in file.read().splitlines()}
        self.assertIn(("600", "f", "app_one.zip"), seen)
        self.assertEqual({(mode, kind) for mode, kind, name in seen if kind == "f"}, {("600", "f")}, seen)
        self.assertEqual({mode for mode, kind, name in seen if name.startswith("gordon-")}, {"700"}, seen)

    def update(self):
        self.world.plan()
        self.gordon("apply")
        support.write(self.folder, {"parameters/common.yml": "Word: second\n",
                                    "app/one.py": "def handler(event, context):\n    return 2\n"})
        self.build()

    def test_update(self):
        self.update()
        self.applied(["apply"], "second")

    def test_diff(self):
        """A killed diff leaves no change set, except after SIGKILL."""
        self.update()
        for number in self.moments("diff"):
            if number != signal.SIGKILL:
                self.assertEqual(self.world.read()["sets"], {}, self.message)

    def test_delete(self):
        self.update()
        for _ in self.moments("delete", "--confirm"):
            self.world.plan()
            self.gordon("delete", "--confirm")
            self.assertEqual(self.world.statuses(), {}, self.message)
            self.assertEqual(self.world.read()["objects"], {}, self.message)

    def test_second_signal(self):
        """A second signal ends an `aws` that ignores the first one."""
        self.prepare_empty()
        self.world.without_server()
        self.world.plan(call="describe-change-set", when="before", python="""
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(2):
    os.kill(gordon, signal.SIGINT)
    time.sleep(1)
time.sleep(60)
""")
        self.gordon("apply", status=130)


class Emulated(support.Applied):
    """The same with the real AWS CLI, which the parent-death signal ends."""

    FILES = {**Interrupts.FILES, "settings.yml": """
        project: test-emulated
        code-bucket: emulated
        apps: [gordon.contrib.lambdas, app]
        """}

    def kill_at(self, call, when, number):
        program = os.path.join(self.folder, "killer", "aws")
        support.write_program(program, f"""
            #!{sys.executable}
            import os, signal, subprocess, sys, time
            aws = [{os.path.join(support.VENV, "bin", "aws")!r}, *sys.argv[1:]]
            if sys.argv[2] != {call!r} or os.path.exists({program + ".done"!r}):
                os.execv(aws[0], aws)
            open({program + ".done"!r}, "w").close()
            if {when!r} == "after":
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                subprocess.run(aws)
            else:
                subprocess.Popen(aws)
                time.sleep(0.6)  # some way into it
            os.kill(os.getppid(), {int(number)})
            time.sleep(0.5)
            """)
        if os.path.exists(program + ".done"):
            os.unlink(program + ".done")
        self.environment["GORDON_AWS"] = program

    def killed(self, call, when, number, *arguments):
        self.kill_at(call, when, number)
        run = self.start(*arguments)
        said = run.communicate(timeout=120)
        self.assertIn(run.returncode, (-number, 128 + number), said)
        del self.environment["GORDON_AWS"]

    def test_emulated(self):
        self.build()
        self.killed("create-change-set", "during", signal.SIGINT, "apply")
        self.killed("execute-change-set", "after", signal.SIGKILL, "apply")
        self.killed("cp", "during", signal.SIGKILL, "apply")
        self.killed("create-change-set", "after", signal.SIGKILL, "apply")
        self.killed("describe-stack-events", "during", signal.SIGTERM, "apply")
        self.gordon("apply")
        self.gordon("diff")
        self.killed("delete-stack", "after", signal.SIGKILL, "delete", "--confirm")
        self.gordon("delete", "--confirm")
        self.assertEqual(self.aws("s3api", "list-buckets")["Buckets"], [])


if __name__ == "__main__":
    unittest.main()
