#!/usr/bin/env python3
"""The same lambdas give the same answers by gordon run --port and by AWS's Runtime Interface Emulator.

usage: rie.py PREFIX WORK PROGRAMS
"""
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import unittest

PREFIX, WORK, PROGRAMS = (pathlib.Path(word).absolute() for word in sys.argv[1:4])
del sys.argv[1:4]

GORDON = PREFIX / "bin" / "gordon"
MODULE = "github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie"
VERSION = "v0.0.0-20261030222936-bef5c4ba774d"
PATH = "/2015-03-31/functions/function/invocations"
SKIP = 77
CODE = """\
COUNT = 0
def answers(event, context):
    global COUNT
    COUNT += 1
    return {"event": event, "count": COUNT, "version": context.function_version, "memory": context.memory_limit_in_mb,
            "left": 1000 < context.get_remaining_time_in_millis() <= 3000, "identity": context.identity.cognito_identity_id}
def fails(event, context):
    raise KeyError("é")
def strange(event, context):
    return {1}
def nothing(event, context):
    pass
"""
EVENTS = {"answers": ['{"a": [1, 1.5, "é", null]}', "3", '"text"', ""], "fails": ["{}", "{}"], "strange": ["{}"],
          "nothing": ["[]"]}


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def post(port, event):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", PATH, event.encode())
    response = connection.getresponse()
    body = response.read()
    connection.close()
    answer = json.loads(body)
    if isinstance(answer, dict):
        answer.pop("requestId", None)
    return response.status, answer


def install():
    program = PROGRAMS / f"aws-lambda-rie-{VERSION}"
    if not program.exists():
        run = subprocess.run(["go", "install", f"{MODULE}@{VERSION}"], env={**os.environ, "GOBIN": str(PROGRAMS)},
                             capture_output=True, text=True)
        if run.returncode:
            print(f"go cannot install {MODULE}:\n{run.stderr}")
            sys.exit(SKIP)
        (PROGRAMS / "aws-lambda-rie").rename(program)
    return program


class SameAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(WORK, ignore_errors=True)
        (WORK / "cache").mkdir(mode=0o700, parents=True)
        (WORK / "code").mkdir()
        (WORK / "code" / "app.py").write_text(CODE)
        lambdas = "".join(f"  {name}: {{code: code, handler: app.{name}, runtime: python3.13, timeout: 3}}\n"
                          for name in EVENTS)
        (WORK / "settings.yml").write_text(f"project: rie\ncode-bucket: b\nlambdas:\n{lambdas}")
        cls.environment = {**os.environ, "GORDON_CACHE_DIR": str(WORK / "cache")}
        subprocess.run([GORDON, "build", "--quiet"], cwd=WORK, env=cls.environment, check=True, stdout=subprocess.DEVNULL)

    def start(self, words, environment, port):
        run = subprocess.Popen(words, cwd=WORK / "code", env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        self.addCleanup(run.wait)
        self.addCleanup(run.terminate)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        self.fail(f"{words[0]} does not listen")

    def emulator(self, name, port):
        environment = {"LAMBDA_TASK_ROOT": str(WORK / "code"), "AWS_LAMBDA_FUNCTION_TIMEOUT": "3", "PATH": os.environ["PATH"],
                       "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_REGION": "us-east-1",
                       "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13", "AWS_LAMBDA_LOG_GROUP_NAME": "g",
                       "AWS_LAMBDA_LOG_STREAM_NAME": "s", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST"}
        self.start([install(), "--runtime-interface-emulator-address", f"127.0.0.1:{port}", "--runtime-api-address",
                    f"127.0.0.1:{free_port()}", sys.executable, "-S", PREFIX / "share/gordon/runtimes/python.py", f"app.{name}"],
                   environment, port)

    def test_same_answers(self):
        for name, events in EVENTS.items():
            with self.subTest(name):
                ports = [free_port(), free_port()]
                self.emulator(name, ports[0])
                self.start([GORDON, "run", "--no-build", "--project", WORK, "--port", str(ports[1]), name], self.environment,
                           ports[1])
                for event in events:
                    by_emulator = post(ports[0], event or "{}")
                    self.assertEqual(post(ports[1], event), by_emulator, event)


if __name__ == "__main__":
    if not shutil.which("go"):
        print("there is no go")
        sys.exit(SKIP)
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    install()
    unittest.main()
