"""Protocols of parameters: the environment of a lambda has the values that they refer to."""
import http.server
import json
import subprocess
import threading
import unittest

import support

ECHO = "import os\n\ndef handler(event, context):\n    return dict(os.environ)\n"


class Vault(http.server.BaseHTTPRequestHandler):
    """A server like Vault's HTTP API, with versions 1 and 2 of the key/value store."""

    ANSWERS = {"/v1/kv/one": {"data": {"key": "from version 1"}},
               "/v1/secret/data/two": {"data": {"data": {"key": "from version 2", "n": 7}}}}

    def do_GET(self):
        answer = self.ANSWERS.get(self.path)
        allowed = self.headers.get("X-Vault-Token") == "token of a test"
        self.send_response(404 if answer is None else 200 if allowed else 403)
        self.end_headers()
        self.wfile.write(json.dumps(answer if allowed else {"errors": []}).encode())

    def log_message(self, *_):
        pass


class Protocols(support.Applied):
    def values(self, parameters, status=0, declared=None, **environment):
        """Applies a lambda with a variable for each parameter. Returns its environment, or the error."""
        names = declared or [line.split(":")[0] for line in parameters.strip().splitlines()]
        variables = "".join(f"        {name}: ref://{name}\n" for name in names)
        self.settings(f"project: {self.name}\ncode-bucket: {self.name[:31]}\n"
                      f"apps: [gordon.contrib.lambdas]\nlambdas:\n  echo:\n    code: echo.py\n"
                      f"    environment:\n{variables}")
        support.write(self.folder, {"echo.py": ECHO, "parameters/common.yml": parameters})
        self.build()
        run = self.apply(status=status, **environment)
        if status:
            return run.stderr
        seen = self.invoke(self.outputs()["ClioutputLambdaEcho"])[0]
        return {name: seen[name] for name in names}

    def test_files(self):
        support.write(self.folder, {"secrets/token": "first line  \nsecond line\n"})
        self.assertEqual(self.values("Whole: file://secrets/token\nLine: envdir://secrets/token\n"
                                     "Variable: env://SOME_WORD\nUrl: https://example.com/a\n"
                                     "List: [a, 'env://SOME_WORD', 3]\nFlag: yes\nNumber: 0x10\n",
                                     SOME_WORD="word"),
                         {"Whole": "first line  \nsecond line", "Line": "first line",
                          "Variable": "word", "Url": "https://example.com/a", "List": "a,word,3",
                          "Flag": "true", "Number": "0x10"})

    def test_file_missing(self):
        self.assertEqual(self.values("Whole: file://secrets/none\n", status=1),
                         "parameters/common.yml:1:8: error: secrets/none cannot be read: No such file "
                         "or directory\n")

    def test_parameter_store_and_secrets_manager(self):
        self.aws("ssm", "put-parameter", "--name", "/app/token", "--type", "SecureString", "--value",
                 "from ssm")
        self.aws("secretsmanager", "create-secret", "--name", "plain", "--secret-string", "whole")
        self.aws("secretsmanager", "create-secret", "--name", "map", "--secret-string",
                 '{"user": "me", "port": 5432}')
        self.assertEqual(self.values("Ssm: ssm:///app/token\nPlain: secretsmanager://plain\n"
                                     "User: secretsmanager://map#user\n"
                                     "Port: secretsmanager://map#port\n"),
                         {"Ssm": "from ssm", "Plain": "whole", "User": "me", "Port": "5432"})
        self.assertIn("this secret has no key 'password'",
                      self.values("Password: secretsmanager://map#password\n", status=16))
        self.assertIn("parameters/common.yml:1:7: error: AWS did not return the value: ",
                      self.values("None: ssm:///app/nothing\n", status=1))

    def test_tables_and_streams(self):
        for name in "orders-dev", "orders-prod", "users-dev":
            self.aws("dynamodb", "create-table", "--table-name", name, "--key-schema",
                     "AttributeName=id,KeyType=HASH", "--attribute-definitions",
                     "AttributeName=id,AttributeType=S", "--billing-mode", "PAY_PER_REQUEST",
                     "--stream-specification", "StreamEnabled=true,StreamViewType=KEYS_ONLY")
        self.aws("kinesis", "create-stream", "--stream-name", "clicks-dev", "--shard-count", "1")
        seen = self.values("Starts: dynamodb-startswith://users\nEnds: dynamodb-endswith://s-prod\n"
                           "Match: dynamodb-match://.*ders-d\n"
                           "Stream: dynamodb-stream-startswith://users-{{ stage }}\n"
                           "Kinesis: kinesis-match://clicks\n")
        self.assertRegex(seen.pop("Stream"), r"^arn:aws:dynamodb:.*:table/users-dev/stream/")
        self.assertEqual(seen, {"Starts": "users-dev", "Ends": "orders-prod", "Match": "orders-dev",
                                "Kinesis": "clicks-dev"})
        self.assertIn("error: several match 'orders': orders-dev and orders-prod",
                      self.values("Table: dynamodb-startswith://orders\n", status=17))
        self.assertIn("error: several match 'rders': orders-dev and orders-prod",
                      self.values("Table: dynamodb-match://rders\n", status=17))
        self.assertIn("error: none in us-east-1 matches",
                      self.values('Table: "dynamodb-match://^rders"\n', status=16))
        self.assertIn("Gordon cannot read this regular expression",
                      self.values('Table: "dynamodb-match://(?=o)"\n', status=1))

    @unittest.skipIf(subprocess.run(["sh", "-c", "command -v vault || ! command -v curl"],
                                    capture_output=True).returncode == 0,
                     "it needs curl, and that the program vault is not there")
    def test_vault(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vault)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.environment.update(VAULT_ADDR=f"http://127.0.0.1:{server.server_port}",
                                VAULT_TOKEN="token of a test")
        self.assertEqual(self.values("One: vault://kv/one#key\nTwo: vault://secret/data/two#key\n"
                                     "Number: vault://secret/data/two#n\n"),
                         {"One": "from version 1", "Two": "from version 2", "Number": "7"})
        self.assertIn("Vault did not return the value: curl exited with 22",
                      self.values("None: vault://kv/none#key\n", status=1))
        self.assertIn("this is not vault://path#key", self.values("None: vault://kv\n", status=1))
        self.assertIn("curl cannot be started: Invalid argument",
                      self.values("One: vault://kv/one#key\n", status=1, VAULT_TOKEN="abc\n"))

    def test_what_nothing_asks_for(self):
        """An unused parameter is not looked up, so it cannot fail."""
        self.assertEqual(self.values("Unused: env://NOT_THERE\nWord: a\n", declared=["Word"]),
                         {"Word": "a"})

    def test_no_credentials(self):
        """Nothing is applied if a value cannot be read."""
        calls = self.record_aws()
        said = self.values('Arn: "arn:aws:iam::{{ aws_account_id }}:role/x"\n', status=1,
                           AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_ENDPOINT_URL="")
        self.assertIn("the account's number", said)
        self.assertEqual({call[0] for call in calls()}, {"sts"})


if __name__ == "__main__":
    unittest.main()
