"""Two applies of one stage at once: the second waits or fails, and the result is never a mix."""
import os
import time
import unittest

import support
import world

WORDS = "first", "second"


class Two(support.Project):
    FILES = {
        "settings.yml": """
            project: two
            code-bucket: two
            apps: [gordon.contrib.lambdas, app]
            """,
        "app/settings.yml": """
            lambdas:
              one:
                code: one.py
                environment: {WORD: ref://Word}
            """,
        "app/one.py": "def handler(event, context):\n    return 1\n",
        "parameters/common.yml": "Word: env://WORD\n",
    }

    def setUp(self):
        super().setUp()
        self.world = world.World(os.path.join(self.folder, "world"))
        self.environment.update(GORDON_AWS=self.world.program, WORD="before",
                                GORDON_CACHE_DIR=os.path.join(self.folder, "cache"))
        self.build()
        self.world.plan()

    def word(self):
        given = self.world.stack("dev-two-r")["Parameters"]
        return {p["ParameterKey"]: p["ParameterValue"] for p in given}["Word"]

    def begin(self, word, *arguments, elsewhere=False):
        self.environment["WORD"] = word
        if elsewhere:  # as on another machine: another folder for locks
            self.environment["GORDON_CACHE_DIR"] = os.path.join(self.folder, word)
        return self.start("apply", *arguments)

    def end(self, run):
        output, error = run.communicate(timeout=60)
        return run.returncode, output + error

    def test_on_this_machine(self):
        """While the first apply runs, the second fails with a message."""
        other = f"""
import subprocess
run = subprocess.run([{support.GORDON!r}, "apply"], capture_output=True, text=True,
                     cwd={self.folder!r})
assert run.returncode == 14, run
assert "another gordon is changing the stage 'dev' of two" in run.stderr, run.stderr
"""
        for call in "create-change-set", "cp":
            with self.subTest(call):
                self.world.plan(call=call, when="during", python=other)
                self.assertEqual(self.end(self.begin("a" + call))[0], 0)
                self.assertEqual(self.word(), "a" + call)
                support.write(self.folder, {"app/one.py": "def handler(event, context):\n    pass\n"})
                self.build()

    def test_waits(self):
        self.world.plan(call="create-change-set", when="during", python=f"""
import subprocess
subprocess.Popen([{support.GORDON!r}, "apply", "--wait"], cwd={self.folder!r},
                 stdout=open({self.folder!r} + "/log", "w"), stderr=subprocess.STDOUT,
                 env={{**os.environ, "WORD": "second"}}, start_new_session=True)
while "another gordon" not in open({self.folder!r} + "/log").read():
    time.sleep(0.1)
""")
        code, said = self.end(self.begin("first"))
        self.assertEqual(code, 0, said)
        for _ in range(600):  # the one that waited goes on
            with open(os.path.join(self.folder, "log")) as log:
                second = log.read()
            if "UPDATE_COMPLETE" in second:
                break
            time.sleep(0.1)
        self.assertEqual(self.word(), "second", second)

    def elsewhere(self, word):
        """Returns code that runs an apply as if on another machine."""
        return f"""
import subprocess
env = {{**os.environ, "WORD": {word!r}, "GORDON_CACHE_DIR": {self.folder!r} + "/elsewhere"}}
run = subprocess.run([{support.GORDON!r}, "apply", "--wait"], cwd={self.folder!r}, env=env,
                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
open({self.folder!r} + "/other", "w").write(f"{{run.returncode}}\\n{{run.stdout}}")
"""

    def test_from_elsewhere(self):
        """An apply from elsewhere runs before each call. The result is that of one apply, and each apply
        that reports success was complete."""
        self.gordon("apply")
        again = self.world.keep()
        for at in range(1, 40):
            again()
            self.world.plan(at=at, when="before", python=self.elsewhere("second"))
            code, said = self.end(self.begin("first"))
            if not os.path.exists(os.path.join(self.folder, "other")):
                return
            with open(os.path.join(self.folder, "other")) as other:
                others = other.read()
            os.unlink(os.path.join(self.folder, "other"))
            message = f"before call {at}: {code}\n{said}\nthe other: {others}"
            self.assertIn(code, (0, 14), message)
            self.assertEqual(others.split()[0], "0", message)
            self.check_whole(message, "first" if code == 0 else "second", code)

    def check_whole(self, message, word, code):
        """Checks the result. If both succeed, either may be the last one."""
        state = self.world.read()
        self.assertIn(self.word(), WORDS if code == 0 else [word], message)
        self.assertEqual(state["sets"], {}, message)
        self.gordon("diff", WORD=self.word())

    def test_project_changed(self):
        """apply does not trust a state of the resources' stack that it read before it changed the project's."""
        self.gordon("apply", WORD="first")
        self.other_digests("-p")
        self.world.edit(lambda state: state.stack("dev-two-p").update(_body=None))
        self.world.plan(call="list-object-versions", when="before", python="""
state = State(path)
for stack in state["stacks"].values():
    for parameter in stack["Parameters"] + stack["_given"]:
        if parameter["ParameterKey"] in ("Word", "GordonDigest"):
            parameter["ParameterValue"] = "second"
state.save()
state.lock.close()
""")
        code, said = self.end(self.begin("first"))
        self.assertEqual(code, 14, said)
        self.assertIn("somebody else applies the stage", said)
        self.assertEqual((self.word(), self.world.read()["sets"]), ("second", {}))

    def test_nothing_that_counts(self):
        """If AWS sees no change, the project's stack keeps another digest. That is not another apply."""
        self.gordon("apply", WORD="first")
        self.other_digests("-p")
        self.gordon("apply", WORD="second")
        self.gordon("apply", WORD="third")
        self.assertEqual(self.word(), "third")

    def other_digests(self, of):
        def change(state):
            for stack in state["stacks"].values():
                for parameter in stack["Parameters"]:
                    if stack["StackName"].endswith(of) and parameter["ParameterKey"] == "GordonDigest":
                        parameter["ParameterValue"] = "other"
        self.world.edit(change)

    def test_first_of_all(self):
        """Two applies make a new stage. One succeeds, and the other succeeds when it runs again."""
        for call in "create-change-set", "execute-change-set", "cp":
            with self.subTest(call):
                self.world.edit(lambda state: [state[k].clear() for k in ("stacks", "sets", "events",
                                                                          "objects")])
                self.world.plan(call=call, when="before", python=self.elsewhere("second"))
                code, said = self.end(self.begin("first"))
                self.assertIn(code, (0, 14), said)
                if code:
                    self.assertEqual(self.word(), "second", said)
                self.gordon("apply", WORD=self.word())  # the zips may have been uploaded twice
                self.gordon("diff", WORD=self.word())


if __name__ == "__main__":
    unittest.main()
