"""An `aws` that fails, hangs, dies, or prints garbage, wrong answers or too much; a full disk, a missing
home folder. Gordon reports the error and changes nothing more. The same command then succeeds.
"""
import os
import resource
import subprocess
import unittest

import support
import world

WHOLE = 3 << 30  # bytes that a broken program prints
MEMORY = 100     # MB that gordon may use then
SANITIZED = b"__asan_" in open(support.GORDON, "rb").read()  # uses more memory

# error messages of the CLI
FAILURES = [
    "An error occurred (ExpiredToken) when calling the X operation: The security token included in the "
    "request is expired",
    "An error occurred (Throttling) when calling the X operation (reached max retries: 2): Rate exceeded",
    'Could not connect to the endpoint URL: "https://cloudformation.us-east-1.amazonaws.com/"',
    "Unable to locate credentials. You can configure credentials by running \"aws login\".",
]
# wrong answers to calls whose answer is an object of a certain shape
SHAPES = ['[]', 'null', '5', '"text"', '[{"Stacks": []}]', '{"Stacks": {}}', '{"Stacks": null}',
          '{"Stacks": [null]}', '{"Stacks": [[]]}', '{"Stacks": 5}',
          '{"Stacks": [{"StackName": "dev-bad-r"}]}', '{"Stacks": [{"StackName": "dev-bad-p", '
          '"StackStatus": 5}]}', '{"Status": 5}', '{"Status": []}', '{"Status": "STRANGE"}',
          '{"Versions": {}}', '{"Versions": "x"}', '{"Versions": [], "DeleteMarkers": 1}', '{"Stacks": [',
          '<html>', '\\x00\\xff', '{"Stacks": []} {}']
# calls of an apply, in their order
CALLS = "describe-stacks", "create-change-set", "describe-change-set", "execute-change-set", \
    "describe-stack-events", "list-object-versions", "cp"


class BadAws(support.Project):
    FILES = {
        "settings.yml": """
            project: bad
            code-bucket: bad
            apps: [gordon.contrib.lambdas, app]
            """,
        "app/settings.yml": "lambdas: {one: {code: one.py}}\n",
        "app/one.py": "def handler(event, context):\n    return 1\n",
    }

    def setUp(self):
        super().setUp()
        self.world = world.World(os.path.join(self.folder, "world"))
        self.tmp = os.path.join(self.folder, "tmp")
        os.mkdir(self.tmp)
        self.environment.update(GORDON_AWS=self.world.program, TMPDIR=self.tmp,
                                GORDON_CACHE_DIR=os.path.join(self.folder, "cache"))
        self.build()
        self.world.plan()

    def bad(self, call, code, once=True, **environment):
        """Applies a new stage. `aws` runs `code` at this call. Returns the exit status and the output."""
        self.world.edit(lambda state: [state[k].clear() for k in ("stacks", "sets", "events", "objects")])
        self.world.plan(call=call, when="during", once=once, python=code)
        self.environment.update(environment)
        run = self.start("apply")
        output, error = run.communicate(timeout=60)
        for name in environment:
            del self.environment[name]
        self.assertNotIn("Sanitizer", error)
        self.assertNotIn("runtime error", error)
        self.assertEqual(os.listdir(self.tmp), [], error)
        return run.returncode, output + error

    def finishes(self, said):
        self.world.plan()
        try:
            self.gordon("apply")
            self.gordon("diff")
        except AssertionError as error:
            self.fail(f"{error}\nafter:\n{said}")

    def test_fails(self):
        for i, text in enumerate(FAILURES):
            for call in CALLS[i::2]:  # every second call, from another one on each time
                with self.subTest(call, text=text):
                    code, said = self.bad(call, f"sys.exit({text!r})", once=False)
                    if call != "describe-stack-events":  # without events apply reads the stack
                        self.assertEqual(code, 1, said)
                        self.assertIn(text, said)
                    self.finishes(said)

    def test_fails_once(self):
        """A read that fails is tried again."""
        code, said = self.bad("describe-stack-events", f"sys.exit({FAILURES[1]!r})")
        self.assertEqual(code, 0, said)

    def test_details(self):
        """Newer versions 2 of the CLI do not print the error in the last line."""
        code, said = self.bad("create-change-set", """sys.exit('''
aws: [ERROR]: An error occurred (Throttling) when calling the X operation: Rate exceeded

Additional error details:
Type: Sender''')""")
        self.assertIn("stack dev-bad-p: An error occurred (Throttling) when calling the X operation: Rate "
                      "exceeded\n", said)

    def test_answers(self):
        for call in "describe-stacks", "describe-change-set", "list-object-versions":
            for shape in SHAPES:
                with self.subTest(call, shape=shape):
                    code, said = self.bad(call, f"os.write(1, b'''{shape}'''); sys.exit()", once=False)
                    if call == "list-object-versions" and shape.startswith('{"St') and shape[-1] == "}" \
                            and "} {" not in shape:
                        continue  # these answers are valid for this call
                    self.assertEqual(code, 1, said)

    def test_delete_believes_nothing(self):
        """After an invalid answer, delete must not report that there is no stage."""
        for shape in '{}', '[]', '{"Stacks": {}}', '':
            with self.subTest(shape):
                self.world.plan(call="describe-stacks", when="during", python=f"print({shape!r}); sys.exit()")
                run = self.gordon("delete", "--confirm", status=1)
                self.assertNotIn("Nothing to delete", run.stdout)

    def test_hangs(self):
        """Also an `aws` that ignores SIGTERM is ended."""
        self.world.without_server()
        hang = "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
        code, said = self.bad("create-change-set", hang, GORDON_AWS_TIMEOUT="1")
        self.assertEqual(code, 1, said)
        self.assertIn("create-change-set did not end within 1 seconds", said)
        self.finishes(said)

    def test_dies(self):
        for call in "create-change-set", "execute-change-set", "cp":
            with self.subTest(call):
                code, said = self.bad(call, "os.kill(os.getpid(), signal.SIGSEGV)")
                self.assertEqual(code, 1, said)
                self.assertIn("was ended by signal 11", said)
                self.finishes(said)

    def memory(self, script):
        """Returns the maximum memory of gordon in MB."""
        self.fake_aws(script)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        run = subprocess.run(
            ["sh", "-c", 'ulimit -c 0; "$0" apply & wait $!; echo $?', support.GORDON], cwd=self.folder,
            env=self.environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(run.stdout.split()[-1], "1", run.stderr)
        return max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024, run.stderr

    def test_floods(self):
        for streams in (1,), (2,), (1, 2):
            with self.subTest(streams):
                memory, said = self.memory(f"""
                    import os
                    piece = b"x" * (1 << 20)
                    for _ in range({WHOLE >> 20} // {len(streams)}):
                        for stream in {streams!r}:
                            os.write(stream, piece)
                    """)
                self.assertLess(memory, MEMORY * (4 if SANITIZED else 1))
                self.assertRegex(said, "printed no JSON: it is over|answered without stacks")
                self.assertLess(len(said), 2000)

    def test_not_executable(self):
        program = os.path.join(self.folder, "aws")
        support.write(self.folder, {"aws": "no program"})
        run = self.gordon("apply", status=1, GORDON_AWS=program)
        self.assertIn(f"'{program}' is not there, or cannot be run", run.stderr)
        support.write_program(program, "#!/not/there\n")
        run = self.gordon("apply", status=1, GORDON_AWS=program)
        self.assertIn("cannot be started", run.stderr)
        self.environment["PATH"] = self.folder + "/none"
        self.gordon("apply", status=1, GORDON_AWS="")

    def test_gone_meanwhile(self):
        """An update of the CLI while gordon runs."""
        code, said = self.bad("create-change-set", f"os.rename({self.world.program!r}, "
                              f"{self.world.program + '.gone'!r})")
        os.rename(self.world.program + ".gone", self.world.program)
        self.assertEqual(code, 1, said)
        self.assertIn("cannot be started", said)
        self.finishes(said)

    def test_version_2(self):
        """Version 2 prints warnings on standard error, and text on standard output where version 1 has none."""
        for call in CALLS:
            if call in ("execute-change-set", "cp"):
                self.bad_but_well(call, "print('upload: a to s3://b/a'); sys.exit()")
            else:
                self.bad_but_well(call, "print('urllib3 warns\\n' * 9, file=sys.stderr)")

    def bad_but_well(self, call, code):
        status, said = self.bad(call, code, once=False)
        self.assertEqual(status, 0, said)

    def test_pager(self):
        self.bad("describe-stacks", "assert os.environ['AWS_PAGER'] == '', 'paged'", AWS_PAGER="less")
        self.finishes("")

    def test_error_format(self):
        """Gordon sets the only error format that all versions have."""
        self.bad("describe-stacks", "assert os.environ['AWS_CLI_ERROR_FORMAT'] == 'legacy'",
                 AWS_CLI_ERROR_FORMAT="json")
        self.finishes("")

    def test_looks_that_fail(self):
        """A failed read of a change set is tried again, unless the error is permanent."""
        for failure, finishes in (FAILURES[1], True), (FAILURES[0], False):
            status, said = self.bad("describe-change-set", f"sys.exit({failure!r})")
            self.assertEqual(status == 0, finishes, said)
        self.finishes(said)

    def test_wants_a_code(self):
        """`aws` has no terminal in which a user could type the MFA code, so Gordon ends at once."""
        self.world.plan(call="describe-stacks", when="before", python="""
import getpass
getpass.getpass("Enter MFA code for arn:aws:iam::1:mfa/me: ")
""")
        shown, status = self.on_terminal("apply")
        self.assertEqual(status, 1, shown)
        self.assertIn("the profile wants an MFA code; run aws sts get-caller-identity first", shown)

    def test_file_too_large(self):
        """A limit of the file size is an error, and no signal ends gordon."""
        for blocks in 0, 1:
            run = subprocess.run(["sh", "-c", f'ulimit -S -f {blocks}; exec "$0" apply', support.GORDON],
                                 cwd=self.folder, env=self.environment, capture_output=True, text=True,
                                 timeout=60)
            self.assertEqual(run.returncode, 1, run)
            self.assertIn("File too large", run.stderr)
            self.assertEqual(os.listdir(self.tmp), [])
        self.finishes(run.stderr)

    def test_disk_full(self):
        """TMPDIR is a file system of 4 KiB."""
        mount = f'mount -t tmpfs -o size=4k none "{self.tmp}"'
        if subprocess.run(["unshare", "-rm", "sh", "-c", mount], stderr=subprocess.DEVNULL).returncode:
            self.skipTest("file systems cannot be mounted here")
        full = f'{mount}; "$0" apply; echo "status $?"; ls "{self.tmp}"'
        run = subprocess.run(["unshare", "-rm", "sh", "-c", full, support.GORDON], cwd=self.folder,
                             env=self.environment, capture_output=True, text=True, timeout=60)
        self.assertIn("No space left on device", run.stderr)
        self.assertEqual(run.stdout.splitlines()[-1], "status 1", run)
        self.finishes(run.stderr)

    def test_tmpdir(self):
        for tmp in os.path.join(self.folder, "settings.yml/tmp"), "/proc":
            with self.subTest(tmp):
                run = self.gordon("apply", status=1, TMPDIR=tmp)
                self.assertIn(tmp, run.stderr)
        self.finishes("")

    def test_home(self):
        """If the home folder is not writable, locks are in TMPDIR."""
        del self.environment["GORDON_CACHE_DIR"]
        self.environment.pop("XDG_CACHE_HOME", None)
        for home in os.path.join(self.folder, "settings.yml/home"), "/proc", "relative", "":
            with self.subTest(home):
                self.gordon("apply", HOME=home)
                self.assertEqual(os.listdir(self.tmp), [f"gordon-{os.getuid()}"])
        del self.environment["HOME"]
        self.gordon("apply")


if __name__ == "__main__":
    unittest.main()
