"""apply, diff, status and delete against the server of moto, whose answers differ from the emulator's. Its
events of stacks have no tokens, and its change sets have no changes of resources.

Environment: that of support.py, and MOTO, the server. A stack that moto makes by a change set has no
outputs, so the test makes the stack of the code bucket without one.
"""
import json
import os
import socket
import subprocess
import tempfile
import time
import unittest

import support
from emulator import LoadedCli, free_port

START_SECONDS = 60


class Moto(support.Project):
    FILES = {
        "settings.yml": """
            project: moto
            default-region: us-east-1
            code-bucket: moto-code
            apps: [app]
            """,
        "app/settings.yml": "lambdas: {one: {code: one.py, memory: 128}}\n",
        "app/one.py": "def handler(event, context):\n    return 1\n",
    }

    @classmethod
    def setUpClass(cls):
        port = free_port()
        folder = tempfile.TemporaryDirectory(prefix="gordon-moto-")
        cls.addClassCleanup(folder.cleanup)
        cls.cli = LoadedCli(support.VENV, folder.name)
        cls.addClassCleanup(cls.cli.stop)
        cls.endpoint = f"http://127.0.0.1:{port}"
        log = open(os.path.join(folder.name, "log"), "w")
        cls.addClassCleanup(log.close)
        server = subprocess.Popen([os.environ["MOTO"], "-H", "127.0.0.1", "-p", str(port)],
                                  stdout=log, stderr=log, env={**os.environ, "MOTO_LAMBDA_SIMPLE": "1"})
        cls.addClassCleanup(server.wait)
        cls.addClassCleanup(server.terminate)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError("moto did not start")

    def setUp(self):
        super().setUp()
        self.environment.update(
            self.cli.environment, PATH=f"{support.VENV}/bin:{self.environment['PATH']}",
            AWS_ENDPOINT_URL=self.endpoint, AWS_DEFAULT_REGION="us-east-1", AWS_ACCESS_KEY_ID="test",
            AWS_SECRET_ACCESS_KEY="test", AWS_CONFIG_FILE=os.devnull,
            AWS_SHARED_CREDENTIALS_FILE=os.devnull)

    def aws(self, *words):
        run = subprocess.run(["aws", *words, "--output", "json"], capture_output=True, text=True,
                             env=self.environment, check=True)
        return json.loads(run.stdout) if run.stdout.strip() else None

    def states(self):
        stacks = self.aws("cloudformation", "describe-stacks")["Stacks"]
        return {stack["StackName"]: stack["StackStatus"] for stack in stacks}

    def test_life(self):
        self.build()
        self.assertIn("+ AppOne", self.gordon("diff", status=25).stdout)
        self.assertEqual(self.states(), {})
        self.aws("cloudformation", "create-stack", "--stack-name", "dev-moto-p", "--template-body",
                 f"file://{self.folder}/_build/0001_p.json")
        self.gordon("apply")
        self.assertEqual(self.states(), {"dev-moto-p": "UPDATE_COMPLETE",
                                         "dev-moto-r": "CREATE_COMPLETE"})
        again = self.gordon("apply").stdout
        self.assertEqual(again.count("no changes"), 2)
        self.assertIn("(cloudformation)\n    no changes\n", self.gordon("diff").stdout)
        self.assertIn("code as built", self.gordon("status").stdout)
        support.write(self.folder, {"app/one.py": "def handler(event, context):\n    return 2\n"})
        self.build()
        changed = self.gordon("diff", status=25).stdout
        self.assertIn("    ~ code/app_one.zip\n      ~ code.py\n", changed)
        sets = self.aws("cloudformation", "list-change-sets", "--stack-name", "dev-moto-r")
        self.assertEqual({s["ExecutionStatus"] for s in sets["Summaries"]}, {"EXECUTE_COMPLETE"})
        self.gordon("delete", "--confirm")
        self.assertEqual(self.states(), {})


if __name__ == "__main__":
    unittest.main()
