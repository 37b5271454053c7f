#!/usr/bin/env python3
"""gordon run: lambdas of all languages, what they see, how they fail, and what they leave behind.

usage: run.py PREFIX WORK
"""
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import time
import unittest

PREFIX, WORK = (pathlib.Path(word).absolute() for word in sys.argv[1:3])
del sys.argv[1:3]

GORDON = PREFIX / "bin" / "gordon"
FAILED, LATE, NOT_FOUND, USAGE = 26, 124, 23, 64
REPORT = re.compile(r"^REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms\tBilled Duration: (\d+) ms\t"
                    r"Memory Size: (\d+) MB\tMax Memory Used: (\d+) MB(\tInit Duration: [\d.]+ ms)?"
                    r"(\tStatus: \w+)?$", re.M)

# A runtime of one's own: a program that speaks the Runtime API with nothing but a socket.
BOOTSTRAP = f"#!{sys.executable}\n" + textwrap.dedent("""
    import http.client, json, os, signal, subprocess, sys, time
    API = "/2018-06-01/runtime/"
    def call(method, path, body=None, headers={}):
        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        connection.request(method, API + path, body, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    def get():
        _, headers, event = call("GET", "invocation/next")
        return headers["Lambda-Runtime-Aws-Request-Id"], json.loads(event)
    """)

FILES = {
    "parameters/dev.yml": "Table: dev-table\nSecret: env://RUN_SECRET\nFar: ssm://nowhere\n",
    "parameters/prod.yml": "Table: prod-table\nSecret: x\nFar: y\n",
    "app.py": """
        import json, logging, os, sys, time
        logging.getLogger().setLevel("INFO")

        def environment(event, context):
            return dict(os.environ)

        def echo(event, context):
            print("printed")
            logging.info("logged %s", event.get("a"))
            return {"event": event, "id": context.aws_request_id, "left": context.get_remaining_time_in_millis(),
                    "memory": context.memory_limit_in_mb, "name": context.function_name, "arn": context.invoked_function_arn}

        def context(event, context):
            with open(".context") as file:
                return json.load(file)

        def fails(event, context):
            raise ValueError("no such thing")

        def strange(event, context):
            return {1, 2}

        def sleeps(event, context):
            print("begins")
            time.sleep(60)

        def writes(event, context):
            try:
                open("own", "w")
            except OSError as error:
                return type(error).__name__

        def temporary(event, context):
            path = os.path.join(os.environ["TMPDIR"], "file")
            open(path, "w").close()
            return path

        def nasty(event, context):
            sys.stdout.write("\\x1b[31mred\\n::error::x\\nhalf \u00e9 of a line")

        def imports(event, context):
            import pip

        def counts(event, context):
            global COUNT
            COUNT += 1
            time.sleep(event.get("sleeps", 0))
            if event.get("dies"):
                os._exit(1)
            return COUNT
        COUNT = 0

        def large(event, context):
            return "x" * event

        def eats(event, context):
            all = []
            while True:
                all.append(bytearray(10_000_000))

        def dies(event, context):
            os.kill(os.getpid(), event)

        def leaves(event, context):
            sys.exit(event)

        def talks(event, context):
            while True:
                print("x" * 10000)

        def forks(event, context):
            for _ in range(3):
                if os.fork() == 0:
                    os.setsid()
                    if os.fork():
                        os._exit(0)
                    time.sleep(600)
            return os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        """,
    "syntax.py": "def handler(event, context)\n",
    "layered.py": "import brought\ndef handler(event, context):\n    return brought.WORD\n",
    "layer/brought.py": "WORD = 'from the layer'\n",
    "node/index.js": """
        exports.answers = async (event, context) => { console.log("logged", event); return {event, id: context.awsRequestId}; };
        exports.calls = (event, context, callback) => { setTimeout(() => callback(null, "called back"), 10); };
        exports.fails = async () => { throw new TypeError("no such thing"); };
        exports.rejects = async () => Promise.reject(new Error("rejected"));
        exports.streams = awslambda.streamifyResponse(async (event, out) => { out.write("one "); out.write("two"); out.end(); });
        exports.nothing = async () => {};
        """,
    "modern/index.mjs": "export const handler = async (event) => ({modern: event});\n",
    "ruby/app.rb": """
        module Shop
          def self.handler(event:, context:)
            { event: event, id: context.aws_request_id }
          end
        end
        def fails(event:, context:)
          raise ArgumentError, "no such thing"
        end
        """,
}
BOOTSTRAPS = {
    "answers": """
        while True:
            id, event = get()
            call("POST", f"invocation/{id}/response", json.dumps({"own": event}))
        """,
    "twice": """
        while True:
            id, event = get()
            for i in range(2):
                print(call("POST", f"invocation/{id}/response", json.dumps(i))[0], flush=True)
        """,
    "silent": "time.sleep(600)\n",
    "mute": "id, event = get()\nget()\n",
    "closes": "get()\nos.closerange(0, 100)\ntime.sleep(600)\n",
    "ends": "sys.exit(3)\n",
    "wrong": """
        id, event = get()
        print(call("POST", "invocation/other/response", "1")[0], flush=True)
        print(call("GET", "nothing")[0], flush=True)
        print(call("GET", "invocation/next", headers={"Host": "evil.example"})[0], flush=True)
        print(call("GET", "invocation/next", headers={"Origin": "http://evil.example"})[0], flush=True)
        call("POST", f"invocation/{id}/error", "no JSON", {"Lambda-Runtime-Function-Error-Type": "Own.Type"})
        get()
        """,
    "unready": """
        call("POST", "init/error", json.dumps({"errorType": "Own.Init", "errorMessage": "not ready"}))
        sys.exit(1)
        """,
}


def settings():
    lines = ["project: local", "code-bucket: b", "defaults: {lambdas: {runtime: python3.13}}", "contexts: {own: {table: ref://Table, word: w}}", "layers:",
             "  brings: {code: layer, runtimes: [python3.13]}", "lambdas:"]
    functions = re.findall(r"^        def (\w+)", FILES["app.py"], re.M)
    extra = {
        "environment": "environment: {TABLE: ref://Table, SECRET: ref://Secret, FAR: ref://Far, KEY: att://Orders.Arn, "
                       'JOINED: "sub://${Stage}-${AWS::Region}", TZ: Europe/Madrid}, memory: 256',
        "context": "context: own", "sleeps": "timeout: 1", "talks": "timeout: 1", "eats": "timeout: 60",
        "leaves": "timeout: 10", "forks": "timeout: 20, run: 'echo ran $WORD for $AWS_LAMBDA_FUNCTION_NAME'",
    }
    for name in functions:
        lines.append(f"  {name}: {{code: pack, handler: app.{name}, {extra.get(name, 'timeout: 10')}}}")
    lines += ["  syntax: {code: broken, handler: syntax.handler}",
              "  layered: {code: layered, handler: layered.handler, layers: [brings], timeout: 10}"]
    for name in re.findall(r"exports\.(\w+)", FILES["node/index.js"]):
        lines.append(f"  node_{name}: {{code: node, handler: index.{name}, runtime: nodejs22.x, timeout: 10}}")
    lines += ["  modern: {code: modern, handler: index.handler, runtime: nodejs22.x, timeout: 10}",
              "  ruby_answers: {code: ruby, handler: app.Shop.handler, runtime: ruby3.4, timeout: 10}",
              "  ruby_fails: {code: ruby, handler: app.fails, runtime: ruby3.4, timeout: 10}"]
    for name in BOOTSTRAPS:
        timeout = 1 if name in ("silent", "closes") else 10
        lines.append(f"  own_{name}: {{code: own/{name}, runtime: provided.al2023, timeout: {timeout}}}")
    lines += ["cloudformation: {Resources: {Orders: {Type: AWS::SQS::Queue}}}", ""]
    return "\n".join(lines)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text).lstrip("\n"))


def wait_for(run, word):
    """Reads the log of a process up to a line with this word."""
    for line in run.stderr:
        if word in line:
            return
    raise AssertionError(f"gordon ended with {run.wait()}, without {word}")


def processes_with(word):
    """The processes whose environment has a word."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if word.encode() in (folder / "environ").read_bytes():
                found.append(folder.name)
        except OSError:
            pass
    return found


class Local(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(WORK, ignore_errors=True)
        cls.project, cls.temporary = WORK / "a project", WORK / "tmp"
        cls.temporary.mkdir(parents=True)
        for name, text in FILES.items():
            folder = {"app.py": "pack/", "syntax.py": "broken/", "layered.py": "layered/"}.get(name, "")
            write(cls.project / (folder + name), text)
        for name, text in BOOTSTRAPS.items():
            path = cls.project / "own" / name / "bootstrap"
            write(path, "")
            path.write_text(BOOTSTRAP + textwrap.dedent(text))
            path.chmod(0o755)
        write(cls.project / "settings.yml", settings())
        cls.environment = {**os.environ, "GORDON_CACHE_DIR": str(WORK / "cache"), "TMPDIR": str(cls.temporary),
                           "RUN_SECRET": "s3cret", "OURS": "ours"}
        (WORK / "cache").mkdir(mode=0o700)
        run = subprocess.run([GORDON, "build"], cwd=cls.project, env=cls.environment, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr[:3000]

    @classmethod
    def tearDownClass(cls):
        for folder in (WORK / "cache").rglob("*"):
            if folder.is_dir() and not folder.is_symlink():
                folder.chmod(0o755)

    def gordon(self, *words, event="{}", build=False, timeout=60):
        begin = time.monotonic()
        run = subprocess.run([GORDON, "run", *([] if build else ["--no-build"]), *words], cwd=self.project, input=event,
                             env=self.environment, capture_output=True, text=True, timeout=timeout)
        run.seconds = time.monotonic() - begin
        self.assertEqual(list(self.temporary.iterdir()), [], "a temporary folder is left")
        self.assertNotIn("Sanitizer", run.stderr)
        return run

    def answer(self, *words, **options):
        run = self.gordon(*words, **options)
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout), run

    def failure(self, *words, code=FAILED, **options):
        run = self.gordon(*words, **options)
        self.assertEqual((run.returncode, run.stdout), (code, ""), run.stderr)
        return run.stderr


class Languages(Local):
    def test_python(self):
        answer, run = self.answer("echo", event='{"a": 1.50}')
        self.assertEqual((answer["event"], answer["memory"], answer["name"]), ({"a": 1.5}, "128", "dev-local-r-Echo"))
        self.assertTrue(9000 < answer["left"] <= 10000, answer)
        self.assertTrue(answer["arn"].startswith("arn:aws:lambda:us-east-1:"), answer)
        report = REPORT.search(run.stderr)
        self.assertEqual((report[1], report[4]), (answer["id"], "128"))
        self.assertTrue(5 < int(report[5]) < 100 and report[6] and not report[7], run.stderr)
        lines = run.stderr.splitlines()
        order = [next(i for i, line in enumerate(lines) if word in line)
                 for word in ("START RequestId", "printed", "logged 1.5", "END RequestId", "REPORT")]
        self.assertEqual(order, sorted(order), run.stderr)
        self.assertRegex(run.stderr, rf"\[INFO\]\t\d{{4}}-\S+Z\t{answer['id']}\tlogged 1.5\n")

    def test_python_errors(self):
        self.assertRegex(self.failure("fails"), r"failed: ValueError: no such thing\n +File \"/var/task/app.py\", line")
        self.assertIn("failed: Runtime.MarshalError: Unable to marshal response: Object of type set", self.failure("strange"))
        error = self.failure("syntax")
        self.assertIn("failed: Runtime.UserCodeSyntaxError: Syntax error in module 'syntax'", error)
        self.assertIn("INIT_REPORT", error)

    def test_packages_of_this_machine_are_not_there(self):
        self.assertIn("No module named 'pip'", self.failure("imports"))

    def test_layer(self):
        self.assertEqual(self.answer("layered")[0], "from the layer")

    def test_node(self):
        answer, run = self.answer("node_answers", event='{"a": 1}')
        self.assertEqual(answer["event"], {"a": 1})
        self.assertRegex(run.stderr, rf"Z\t{answer['id']}\tINFO\tlogged {{ a: 1 }}\n")
        self.assertEqual(self.answer("node_calls")[0], "called back")
        self.assertEqual(self.answer("node_nothing")[0], None)
        self.assertEqual(self.answer("modern", event="[1]")[0], {"modern": [1]})
        self.assertRegex(self.failure("node_fails"), r"failed: TypeError: no such thing\n(.*\n)* +at .*/var/task/index.js")
        self.assertIn("failed: Error: rejected", self.failure("node_rejects"))
        run = self.gordon("node_streams")
        self.assertEqual((run.returncode, run.stdout), (0, "one two\n"), run.stderr)

    def test_ruby(self):
        if not shutil.which("ruby"):
            self.skipTest("there is no ruby")
        self.assertEqual(self.answer("ruby_answers", event='{"a": 1}')[0]["event"], {"a": 1})
        self.assertRegex(self.failure("ruby_fails"), r"failed: Function<ArgumentError>: no such thing\n +/var/task/app.rb:\d+")

    def test_own_runtime(self):
        self.assertEqual(self.answer("own_answers", event='{"a": 1}')[0], {"own": {"a": 1}})


class Environment(Local):
    def test_nothing_of_ours(self):
        environment, run = self.answer("environment", "--env", "OURS", "--env", "NEW=a=b", "--env", "SECRET=given")
        for name, value in {"TABLE": "dev-table", "SECRET": "given", "JOINED": "dev-us-east-1", "TZ": "Europe/Madrid",
                            "OURS": "ours", "NEW": "a=b", "AWS_REGION": "us-east-1", "_HANDLER": "app.environment",
                            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_FUNCTION_NAME": "dev-local-r-Environment",
                            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13"}.items():
            self.assertEqual(environment.get(name), value, name)
        for name in ("HOME", "USER", "RUN_SECRET", "GORDON_CACHE_DIR", "FAR", "KEY"):
            self.assertNotIn(name, environment)
        self.assertRegex(run.stderr, r"settings.yml:\d+:\d+: warning: the variable FAR is not set here: the parameter 'Far'")
        self.assertRegex(run.stderr, r"settings.yml:\d+:\d+: warning: the variable KEY is not set here: the attribute 'Orders.Arn'")
        self.assertNotIn("s3cret", run.stderr)

    def test_stage(self):
        environment, _ = self.answer("environment", "--stage", "prod", "--region", "eu-west-1")
        self.assertEqual((environment["TABLE"], environment["SECRET"], environment["JOINED"]),
                         ("prod-table", "x", "prod-eu-west-1"))
        self.assertEqual(self.answer("context")[0], {"table": "dev-table", "word": "w"})
        self.assertEqual(self.answer("context", "-s", "prod")[0], {"table": "prod-table", "word": "w"})

    def test_files(self):
        self.assertIn(self.answer("writes")[0], ("OSError", "PermissionError"))
        path = pathlib.Path(self.answer("temporary")[0])
        self.assertFalse(path.exists())

    def test_builds_what_is_out_of_date(self):
        path = self.project / "layered" / "layered.py"
        before = path.read_text()
        self.addCleanup(path.write_text, before)
        path.write_text(before.replace("brought.WORD", "'edited'"))
        self.assertEqual(self.answer("layered")[0], "from the layer")
        answer, run = self.answer("layered", build=True)
        self.assertEqual((answer, run.stdout), ("edited", '"edited"\n'))


class Log(Local):
    def test_control_characters(self):
        log = self.answer("nasty")[1].stderr
        self.assertNotIn("\x1b", log)
        self.assertNotRegex(log, "(?m)^::error::")
        self.assertIn("half \u00e9 of a line", log)


    def test_order(self):
        """What was printed before the answer stands before the report."""
        for _ in range(10):
            log = self.answer("echo")[1].stderr
            self.assertTrue(log.index("printed\n") < log.index("END RequestId"), log)


class Shell(Local):
    def shell(self, *words, code=0):
        run = self.gordon("--shell", *words)
        self.assertEqual(run.returncode, code, run.stderr)
        return run.stdout

    def test_command(self):
        out = self.shell("environment", "--env", "SECRET=s", "--", "sh", "-c", 'echo "$0 $1 $TABLE $SECRET $HOME $PWD"', "a b", "-c")
        self.assertRegex(out, r"^a b -c dev-table s  /.*/tree\n$")
        out = self.shell("layered", "--", "python3", "-c", "import brought, layered; print(layered.handler({}, None))")
        self.assertEqual(out, "from the layer\n")
        self.assertEqual(self.shell("context", "-s", "prod", "--", "cat", ".context"), '{"table":"prod-table","word":"w"}')
        self.shell("echo", "--", "sh", "-c", "exit 3", code=3)
        self.shell("echo", "--", "sh", "-c", "kill -9 $$", code=137)
        self.shell("writes", "--", "sh", "-c", "! echo x > own")

    def test_shell(self):
        run = subprocess.run([GORDON, "run", "--no-build", "--shell", "echo"], cwd=self.project, text=True, capture_output=True,
                             env={**self.environment, "SHELL": "/bin/sh"}, input="echo $AWS_LAMBDA_FUNCTION_NAME; ls")
        self.assertEqual((run.returncode, run.stdout), (0, "dev-local-r-Echo\napp.py\n"), run.stderr)

    def test_setting(self):
        run = self.gordon("--command", "forks", "--env", "WORD=w")
        self.assertEqual((run.returncode, run.stdout), (0, "ran w for dev-local-r-Forks\n"), run.stderr)

    def test_wrong(self):
        self.assertIn("there is no program 'nowhere' in the PATH of echo", self.failure("--shell", "echo", "nowhere", code=127))
        self.assertIn("echo has no setting 'run'", self.failure("--command", "echo", code=2))
        for words, message in [(["echo", "ls"], "a command after the lambda needs --shell"),
                               (["--shell", "--command", "echo"], "only one of --shell and --command can be given"),
                               (["--shell", "echo", "--payload", "x"], "--shell and --command take no event"),
                               (["echo", "--bucket", "x"], "there is no option '--bucket'")]:
            self.assertIn(message, self.failure(*words, code=USAGE))

    def test_event(self):
        answer, _ = self.answer("echo", "--event", "s3", "--bucket", "photos")
        self.assertEqual(answer["event"]["Records"][0]["s3"]["bucket"]["name"], "photos")
        self.assertIn("did you mean 's3'", self.failure("echo", "--event", "s33", code=USAGE))


class Port(Local):
    """gordon run --port: the interface of AWS's Runtime Interface Emulator."""
    PATH = "/2015-03-31/functions/function/invocations"

    def serve(self, *words):
        run = subprocess.Popen([GORDON, "run", "--no-build", "--port", "0", *words], cwd=self.project, env=self.environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(run.wait)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.terminate)
        line = run.stdout.readline()
        self.assertRegex(line, rf"^http://127.0.0.1:\d+{self.PATH}\n$")
        return run, int(line.split(":")[2].split("/")[0])

    def post(self, port, event, path=PATH, method="POST", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, event, headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response.status, response.headers.get("X-Amz-Function-Error"), body

    def test_answers(self):
        run, port = self.serve("counts")
        self.assertEqual([self.post(port, "{}") for _ in range(3)], [(200, None, str(n)) for n in (1, 2, 3)])
        self.assertEqual(self.post(port, "", path="/2015-03-31/functions/counts/invocations")[2], "4")
        self.assertEqual(self.post(port, "{}", X_Amz_Invocation_Type="Event")[::2], (202, ""))
        status, error, body = self.post(port, '{"dies": true}')
        self.assertEqual((status, error, json.loads(body)["errorType"]), (200, "Unhandled", "Runtime.ExitError"))
        self.assertEqual(self.post(port, "{}")[2], "1")  # of a new process
        for status, arguments in [(400, ("{",)), (404, ("{}", "/")), (404, ("{}", self.PATH + "/x")), (405, ("", self.PATH, "GET")),
                                  (413, (json.dumps("x" * 6_300_000),))]:
            self.assertEqual(self.post(port, *arguments)[0], status)
        self.assertEqual(self.post(port, "{}", Origin="http://127.0.0.1")[0], 403)
        self.assertEqual(self.post(port, "{}", Host="evil.example")[0], 403)
        other = subprocess.run([GORDON, "run", "--no-build", "--port", str(port), "counts"], cwd=self.project, text=True,
                               env=self.environment, stdin=subprocess.DEVNULL, capture_output=True)
        self.assertEqual((other.returncode, other.stdout), (1, ""))
        self.assertIn(f"error: port {port} cannot be served: Address already in use", other.stderr)
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(20), 0)
        self.assertEqual(list(self.temporary.iterdir()), [])

    def test_many_at_once(self):
        """Half of them go before they are answered."""
        _, port = self.serve("counts", "--concurrency", "2")
        gone = []
        for _ in range(30):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("POST", self.PATH, '{"sleeps": 0.01}')
            gone.append(connection)
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            answers = list(pool.map(lambda _: self.post(port, '{"sleeps": 0.01}'), range(30), timeout=60))
        for connection in gone:
            connection.close()
        self.assertEqual({answer[:2] for answer in answers}, {(200, None)})
        self.assertEqual(self.post(port, "{}")[0], 200)


class Wrong(Local):
    def test_command_line(self):
        for words, code, message in [
                (["ecko"], NOT_FOUND, "there is no lambda 'ecko'; did you mean 'echo'?"),
                (["echo", "--env", "=x"], USAGE, "--env must be NAME=VALUE or NAME, not '=x'"),
                (["echo", "--env", "NOT_THERE"], USAGE, "--env NOT_THERE has no value"),
                (["echo", "--env", "_HANDLER=x"], USAGE, "--env cannot set _HANDLER"),
                ([], USAGE, "APP.LAMBDA is missing"), (["echo", "--stage", "A B"], USAGE, "stage")]:
            with self.subTest(words):
                run = self.gordon(*words)
                self.assertEqual((run.returncode, run.stdout), (code, ""), run.stderr)
                self.assertIn(message, run.stderr)

    def test_events(self):
        self.assertIn("is not JSON", self.failure("echo", event="{", code=24))
        self.assertIn("6", self.failure("echo", event=json.dumps("x" * 6_300_000), code=24))
        self.assertIn("Function.ResponseSizeTooLarge", self.failure("large", event="7000000"))
        self.assertEqual(len(self.answer("large", event="6000000")[0]), 6000000)

    def test_timeout(self):
        run = self.gordon("sleeps")
        self.assertEqual(run.returncode, LATE, run.stderr)
        self.assertIn("begins\n", run.stderr)
        self.assertRegex(run.stderr, r"Task timed out after 1.00 seconds")
        self.assertTrue(run.seconds < 10, run.seconds)

    def test_memory(self):
        error = self.failure("eats")
        self.assertIn("eats took more than its memory, 128 MB", error)
        self.assertIn("Runtime.OutOfMemory", error)

    def test_ends(self):
        self.assertIn("Runtime exited with error: signal: killed", self.failure("dies", event="9"))
        self.assertIn("Runtime exited with error: signal: Segmentation fault", self.failure("dies", event="11"))
        self.assertIn("Runtime exited with error: exit status 3", self.failure("leaves", event="3"))
        self.assertIn("Runtime exited with error: exit status 3", self.failure("own_ends"))
        self.assertIn("Own.Init: not ready", self.failure("own_unready"))

    def test_prints_without_end(self):
        run = subprocess.Popen([GORDON, "run", "talks", "--no-build"], cwd=self.project, env=self.environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        size = sum(len(part) for part in iter(lambda: run.stderr.read(1 << 20), b""))
        run.stderr.close()
        self.assertEqual(run.wait(60), LATE)
        self.assertTrue(size > 1_000_000, size)

    def test_processes_that_stay(self):
        mark, _ = self.answer("forks")
        self.assertEqual(processes_with(mark), [])

    def test_own_runtimes(self):
        run = self.gordon("own_twice")
        self.assertEqual((run.returncode, run.stdout), (0, "0\n"), run.stderr)
        self.assertEqual(self.gordon("own_closes").returncode, LATE)
        run = self.gordon("own_mute")
        self.assertIn("Runtime.NoResponse", run.stderr)
        error = self.failure("own_wrong")
        self.assertIn("400\n404\n403\n403\n", error)
        self.assertIn("failed: Own.Type: no JSON", error)

    def test_never_asks_for_an_event(self):
        """The start has 10 seconds more than the timeout."""
        run = self.gordon("own_silent")
        self.assertEqual(run.returncode, LATE, run.stderr)
        self.assertIn("Phase: init\tStatus: timeout", run.stderr)

    def test_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            run = subprocess.Popen([GORDON, "run", "sleeps", "--no-build"], cwd=self.project, env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            wait_for(run, "begins")
            run.send_signal(number)
            run.communicate(timeout=20)
            self.assertEqual(run.returncode, 128 + number)
            self.assertEqual(list(self.temporary.iterdir()), [])

    def test_killed(self):
        """The processes end with gordon, even if it cannot end them."""
        run = subprocess.Popen([GORDON, "run", "own_closes", "--no-build"], cwd=self.project, env=self.environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(run, "START")
        mark = str(self.temporary)
        self.assertNotEqual(processes_with(f"TMPDIR={mark}/"), [])
        run.kill()
        run.communicate()
        deadline = time.monotonic() + 20
        while processes_with(f"TMPDIR={mark}/") and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(processes_with(f"TMPDIR={mark}/"), [])
        for folder in self.temporary.iterdir():  # of a gordon that was killed
            shutil.rmtree(folder)


if __name__ == "__main__":
    unittest.main()
