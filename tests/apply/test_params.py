"""Missing values of parameters are errors before any change; secret values are not shown."""
import json
import os
import subprocess
import sys
import unittest

import support
import world

HELLO = "def handler(event, context):\n    return 'hello'\n"
SECRETS = {"Ssm": "planted-in-ssm", "Whole": "planted-secret", "Key": 'planted "key"\\',
           "File": "planted line\nand another line", "Dir": "planted-in-a-folder"}
PARAMETERS = """
    Ssm: ssm:///demo/secret
    Whole: secretsmanager://whole
    Key: secretsmanager://map#key
    File: file://secrets/file
    Dir: "envdir://{{ 'secrets' }}/dir"
    List: [one, "ssm:///demo/secret"]
    Open: seen by everybody
    """


def run_in(folder, environment, *words):
    return subprocess.run([support.GORDON, *words], cwd=folder, env=environment, timeout=300,
                          capture_output=True, text=True)


class Missing(support.Project):
    maxDiff = None
    FILES = {
        "settings.yml": """
            project: demo
            code-bucket: ref://BucketName
            apps: [app]
            contexts: {default: {greeting: ref://Greeting, table: ref://TableName}}
            """,
        "app/settings.yml": """
            lambdas:
              one:
                code: one.py
                environment: {TOKEN: ref://Token, TABLE: ref://TableName, GIVEN: ref://Given}
            """,
        "app/one.py": HELLO,
        "parameters/common.yml": """
            Given: a
            # What nothing asks for is no error; nor is it looked up.
            Unused: env://NOT_SET_AT_ALL
            Tokens: abc
            """,
        "parameters/dev.yml": "BucketNam: planted\n",
    }
    SAID = """\
settings.yml:2:14: error: the parameter 'BucketName' has no value; give it one in \
parameters/{stage}.yml or parameters/common.yml
{bucket}settings.yml:4:32: error: the parameter 'Greeting' has no value; give it one in \
parameters/{stage}.yml or parameters/common.yml
app/settings.yml:4:26: error: the parameter 'Token' has no value; give it one in \
parameters/{stage}.yml or parameters/common.yml
parameters/common.yml:4:1: note: nothing asks for 'Tokens', which is given here; did you mean \
'Token'?
app/settings.yml:4:46: error: the parameter 'TableName' has no value; give it one in \
parameters/{stage}.yml or parameters/common.yml
"""
    HINT = """\
parameters/dev.yml:1:1: note: nothing asks for 'BucketNam', which is given here; did you mean \
'BucketName'?
"""

    def setUp(self):
        super().setUp()
        program = os.path.join(self.folder, "aws")
        support.write_program(program, "#!/bin/sh\necho must not run >&2\nexit 1\n")
        self.environment["GORDON_AWS"] = program

    def without_lines(self, text):
        """Removes the source lines from messages."""
        return "".join(line for line in text.splitlines(True) if " | " not in line)

    def test_all_at_once(self):
        """All missing parameters of stacks and contexts are reported once, with a suggestion."""
        self.build()
        run = self.gordon("apply", status=2)
        self.assertEqual(self.without_lines(run.stderr),
                         self.SAID.format(stage="dev", bucket=self.HINT))
        self.assertEqual(run.stdout, "")

    def test_of_a_release(self):
        """A release reports missing parameters when it is made."""
        self.build()
        for stage, bucket in ("dev", self.HINT), ("prod", ""):
            run = self.gordon("release", "--stage", stage, status=2)
            self.assertEqual(self.without_lines(run.stderr),
                             self.SAID.format(stage=stage, bucket=bucket))
            self.assertFalse(os.path.exists(os.path.join(self.folder, f"demo-{stage}.tar.gz")))


class NotHidden(support.Project):
    """A parameter that is secret in apply, but was not in the build, is an error without its value."""

    FILES = {
        "settings.yml": """
            project: demo
            code-bucket: demo
            lambdas: {one: {code: one.py, environment: {TOKEN: ref://Token}}}
            """,
        "one.py": HELLO,
        "token": "planted-token",
        "parameters/common.yml": "Token: a word\n",
    }

    def setUp(self):
        super().setUp()
        self.build()
        self.aws_says("must not run")

    def aws_says(self, text):
        program = os.path.join(self.folder, "aws")
        support.write_program(program, f"#!{sys.executable}\nimport sys\nsys.exit({text!r})\n")
        self.environment["GORDON_AWS"] = program

    def parameters(self, text):
        support.write(self.folder, {"parameters/common.yml": text})

    def test_built_before(self):
        said = ("parameters/common.yml:1:8: error: the parameter 'Token' is secret, but was not when "
                "the project was built; build it again\n")
        self.parameters("Token: file://token\n")
        self.assertEqual(self.gordon("apply", status=9).stderr, said)
        self.assertEqual(self.gordon("release", "--stage", "prod", status=9).stderr, said)

    def test_of_another_stage(self):
        """Parameters of another stage do not concern a release."""
        support.write(self.folder, {"parameters/dev.yml": "Token: file://token\n"})
        self.gordon("release", "--stage", "prod")
        self.gordon("apply", status=9)

    def test_of_pieces(self):
        self.parameters("Token: \"{{ 'fi' ~ 'le' }}://token\"\n")
        self.build()
        self.assertEqual(self.gordon("apply", status=24).stderr,
                         "parameters/common.yml:1:8: error: the parameter 'Token' turns out to be "
                         "secret, which the build must know; write the name of the protocol and :// "
                         "in the template in one piece\n")

    def test_value_in_words_of_aws(self):
        """Messages of AWS show no value of a parameter that is secret in any stage."""
        support.write(self.folder, {"parameters/prod.yml": "Token: file://token\n"})
        self.build()
        self.aws_says("no 'a word' here, nor \"a word\"")
        self.assertEqual(self.gordon("apply", status=1).stderr,
                         "gordon: error: stacks dev-demo-p and dev-demo-r: no '...' here, nor \"...\"\n")
        self.aws_says("no 'planted-token' here")
        self.assertEqual(self.gordon("apply", "--stage", "prod", status=1).stderr,
                         "gordon: error: stacks prod-demo-p and prod-demo-r: no '...' here\n")


class BecomesSecret(support.Project):
    """A parameter that was not secret before."""

    FILES = {
        "settings.yml": """
            project: demo
            code-bucket: demo
            apps: [gordon.contrib.lambdas]
            lambdas: {one: {code: one.py, environment: {TOKEN: ref://Token, WORD: ref://Word}}}
            events:
              tick:
                schedule_expression: rate(1 day)
                description: ref://Text
                targets: {one: {lambda: one}}
            """,
        "one.py": HELLO,
        "token": "planted-token",
        "parameters/common.yml": "Token: a word\nWord: a word\nText: planted-token\n",
    }

    def setUp(self):
        super().setUp()
        self.world = world.World(os.path.join(self.folder, "world"))
        self.environment["GORDON_AWS"] = self.world.program
        self.build()
        self.gordon("apply")

    def parameters(self, text):
        support.write(self.folder, {"parameters/common.yml": text})
        self.build()

    def digests(self):
        stack = self.world.stack("dev-demo-r")
        return {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}["LambdaDigests"]

    def test_shown_until_then(self):
        """The same value is no change for AWS, so it still shows the value; apply warns."""
        self.parameters("Word: a word\nToken: a word\nText: file://token\n")
        run = self.gordon("apply")
        self.assertIn("stack dev-demo-r: AWS goes on showing the value of the parameter 'Text', which was "
                      "not secret before, until something else in the stack changes\n", run.stderr)
        self.assertNotIn("planted-token", run.stdout + run.stderr)
        self.parameters("Word: another\nToken: a word\nText: file://token\n")
        self.assertNotIn("goes on showing", self.gordon("apply").stderr)

    def test_digests_of_secrets(self):
        """The digests change with the secret only. They are not those of the same value in plain text, because these
        can be computed for each possible value."""
        self.parameters("Token: planted-token\nWord: same\nText: a\n")
        self.gordon("apply")
        plain = self.digests()
        self.parameters("Token: file://token\nWord: same\nText: a\n")
        self.gordon("apply")
        first = self.digests()
        self.assertNotEqual(first, plain)
        self.gordon("apply")
        self.assertEqual(self.digests(), first)
        support.write(self.folder, {"token": "another-token"})
        self.gordon("apply")
        self.assertNotEqual(self.digests(), first)

    def test_outputs_are_results(self):
        """Values are masked only if they are secret: an ARN keeps its region, the value of another parameter."""
        def add_output(state):
            state.stack("dev-demo-r")["Outputs"] = [
                {"OutputKey": "ClioutputLambdaOne", "OutputValue": "arn:us-east-1:planted-token"}]
        self.parameters("Token: file://token\nWord: env://REGION\nText: a\n")
        self.gordon("apply", REGION="us-east-1")
        self.world.edit(add_output)
        run = self.gordon("apply", REGION="us-east-1")
        self.assertIn("    arn:us-east-1:...\n", run.stdout)


class Secret(support.Applied):
    """The lambda gets the secrets of SSM, Secrets Manager and files. They are nowhere else."""

    def setUp(self):
        super().setUp()
        self.place = {name: os.path.join(self.folder, "of the user", name)
                      for name in ("TMPDIR", "XDG_CACHE_HOME", "HOME")}
        for path in self.place.values():
            os.makedirs(path)
        self.environment.pop("GORDON_CACHE_DIR", None)
        self.environment.update(self.place)
        for call in (
                ("ssm", "put-parameter", "--name", "/demo/secret", "--type", "SecureString",
                 "--value", SECRETS["Ssm"]),
                ("secretsmanager", "create-secret", "--name", "whole", "--secret-string",
                 SECRETS["Whole"]),
                ("secretsmanager", "create-secret", "--name", "map", "--secret-string",
                 json.dumps({"key": SECRETS["Key"]}))):
            self.aws(*call)
            service, name = call[0], call[3]
            self.addCleanup(self.aws, service, *(
                ("delete-parameter", "--name", name) if service == "ssm" else
                ("delete-secret", "--secret-id", name, "--force-delete-without-recovery")))
        names = [*SECRETS, "List", "Open"]
        variables = "".join(f"      {name.upper()}: ref://{name}\n" for name in names)
        self.settings(f"project: {self.name}\ncode-bucket: {self.name[:31]}\n"
                      "apps: [gordon.contrib.lambdas]\nlambdas:\n  one:\n    code: one.py\n"
                      f"    environment:\n{variables}")
        support.write(self.folder, {
            "one.py": "import os\n\ndef handler(event, context):\n    return dict(os.environ)\n",
            "secrets/file": SECRETS["File"], "secrets/dir": SECRETS["Dir"] + "\nmore\n",
            "parameters/common.yml": PARAMETERS})

    def spellings(self):
        """Yields each secret and its lines, also as JSON and Python write them."""
        for secret in SECRETS.values():
            for text in (secret, *secret.split("\n")):
                yield from {text, json.dumps(text)[1:-1], repr(text)[1:-1]}

    def check_shown(self, text):
        for secret in self.spellings():
            self.assertNotIn(secret, text)

    def check_files(self, folder):
        for path, _, names in os.walk(folder):
            for name in names:
                if "secrets" not in path:
                    with open(os.path.join(path, name), "rb") as data:
                        self.check_shown(data.read().decode("latin-1"))

    def check_stack(self, stage="dev"):
        """Checks that AWS shows no secret of the stack."""
        stack = f"{stage}-{self.name}-r"
        described = self.aws("cloudformation", "describe-stacks", "--stack-name", stack)
        shown = {p["ParameterKey"]: p["ParameterValue"]
                 for p in described["Stacks"][0]["Parameters"]}
        for name in (*SECRETS, "List"):
            self.assertEqual(shown[name], "****")
        self.assertEqual(shown["Open"], "seen by everybody")
        for call in "describe-stacks", "describe-stack-events", "get-template", "list-change-sets":
            self.check_shown(json.dumps(self.aws("cloudformation", call, "--stack-name", stack)))

    def check_lambda(self):
        seen = self.invoke(self.outputs()["ClioutputLambdaOne"])[0]
        self.assertEqual({name: seen[name.upper()] for name in SECRETS}, SECRETS)
        self.assertEqual(seen["LIST"], "one," + SECRETS["Ssm"])

    def check_run(self, *words, status=0):
        run = self.gordon(*words, "--debug", status=status)
        self.check_shown(run.stdout + run.stderr)
        self.assertEqual(os.listdir(self.place["TMPDIR"]), [])
        self.check_files(self.folder)
        return run

    def test_build_and_apply(self):
        calls = self.record_aws()
        self.check_run("build")
        self.assertEqual(calls(), [], "a build resolves nothing")
        self.check_run("apply")
        self.assertIn("no changes", self.check_run("apply").stdout.split("0003")[1])
        self.check_run("delete")
        self.check_shown(str(calls()))
        self.check_stack()
        self.check_lambda()

    def test_release(self):
        self.check_run("build")
        self.check_run("release", "--stage", "dev", "--output", "dev.tar.gz")
        calls = self.record_aws()
        self.check_run("apply", "--release", "dev.tar.gz")
        self.check_shown(str(calls()))
        self.check_stack()
        self.check_lambda()

    def test_failure(self):
        """An error message of AWS with all values."""
        program = os.path.join(self.folder, "quoting", "aws")
        support.write_program(program, f"""\
            #!{sys.executable}
            import json, os, sys
            if sys.argv[2] == "create-change-set":
                with open("/dev/stdin") as text:
                    request = json.load(text)
                if request["StackName"].endswith("-r"):
                    values = [p["ParameterValue"] for p in request["Parameters"]]
                    sys.exit("refused: " + str(values) + " or " + json.dumps(values))
            os.execvp("aws", ["aws", *sys.argv[1:]])
            """)
        self.environment["GORDON_AWS"] = program
        self.check_run("build")
        run = self.check_run("apply", status=1)
        self.assertIn("refused: [", run.stderr)
        self.assertIn("'...'", run.stderr)
        del self.environment["GORDON_AWS"]


if __name__ == "__main__":
    unittest.main()
