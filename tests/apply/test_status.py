"""gordon status and gordon outputs: the deployed stacks and lambdas, compared with the build."""
import json
import os
import unittest

import support

DATE = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
ARN = r"arn:aws:lambda:us-east-1:\d+:function:\S+:current"


class Status(support.Applied):
    SETTINGS = """
        project: {name}
        code-bucket: {name}
        apps: [{contrib}app]
        contexts: {{default: {{word: ref://Word}}, none: {{}}}}
        apigateway:
          api:
            description: An API
            cli-output: false
            resources: {{/: {{methods: GET, integration: {{lambda: app.one}}}}}}
        """
    APP = """
        lambdas:
          one: {code: one.py}
          another: {code: another.py, context: none}
        """

    def setUp(self):
        super().setUp()
        self.name = self.name.removeprefix("test-")

    def test_outputs(self):
        """Outputs of the settings, one of which has the name of a parameter that the next apply needs."""
        self.project()
        with open(os.path.join(self.folder, "settings.yml"), "a") as settings:
            settings.write("outputs:\n  Word: {value: {'Fn::Sub': '${Word} in ${AWS::Region}'}, description: A word}\n"
                           "  CodeBucket: {value: 0x10, export: " + self.name + "}\n")
        self.build()
        own = {"Word": "hello in us-east-1", "CodeBucket": "0x10"}
        run = self.gordon("apply")
        self.assertIn("  CodeBucket\n    0x10\n  Word\n    hello in us-east-1\n", run.stdout)
        self.assertEqual(self.outputs()["Word"], own["Word"])
        self.assertEqual(self.gordon("outputs", "CodeBucket").stdout, "0x10\n")
        self.assertEqual(own | json.loads(self.gordon("outputs", "--json").stdout),
                         json.loads(self.gordon("outputs", "--json").stdout))
        self.assertEqual(json.loads(self.status("--json").stdout)["outputs"], own)
        self.assertIn("Outputs:\n  CodeBucket\n    0x10\n  Word\n    hello in us-east-1\n", self.status().stdout)
        self.code("one", 2)
        self.build()
        self.gordon("apply")
        self.assertEqual(self.lambdas()["app.one"], ("2", "2", "same"))
        self.assertEqual(self.outputs()["Word"], own["Word"])

    def project(self, contrib=""):
        self.settings(self.SETTINGS.format(name=self.name, contrib=contrib))
        self.settings(self.APP, "app/settings.yml")
        support.write(self.folder, {"parameters/common.yml": "Word: hello\n"})
        self.code("one", 1)
        self.code("another", 1)
        self.build()

    def code(self, name, number):
        support.write(self.folder, {
            f"app/{name}.py": f"def handler(event, context): return {number}\n"})

    def status(self, *arguments, **options):
        return self.gordon("status", *arguments, **options)

    def lambdas(self, *arguments):
        """Returns {lambda: (version, newest version, comparison of the code)}."""
        answer = json.loads(self.status("--json", *arguments).stdout)
        return {one["lambda"]: (one["version"], one["newest"], one["code"])
                for one in answer["lambdas"]}

    def test_not_applied(self):
        self.project()
        run = self.status()
        self.assertEqual((run.stdout, run.stderr), (
            "Nothing is applied: the stage 'dev' of not-applied is not in us-east-1.\n", ""))
        stage = ("--stage", "prod", "--region", "eu-west-1")
        run = self.status(*stage)
        self.assertIn("the stage 'prod' of not-applied is not in eu-west-1", run.stdout)
        answer = json.loads(self.status("--json").stdout)
        self.assertEqual(answer["stacks"], [
            {"name": f"dev-not-applied-{step}", "status": None, "since": None}
            for step in ("p", "r")])
        self.assertEqual(answer["apis"], [{"api": "api", "url": None}])
        self.assertEqual(self.lambdas(), {"app.one": (None, None, None),
                                          "app.another": (None, None, None)})
        self.assertEqual(self.gordon("outputs", status=20).stderr, "gordon: error: the stack "
                         "dev-not-applied-r is not in us-east-1; gordon apply --stage dev makes it\n")

    def test_applied(self):
        self.project("gordon.contrib.lambdas, ")
        applied = self.apply().stdout
        calls = self.record_aws()
        self.check_status(calls)
        calls()
        self.check_outputs(calls, applied)

    def check_status(self, calls):
        run = self.status()
        self.assertEqual([call[:2] for call in calls()], [
            ["cloudformation", "describe-stacks"], ["cloudformation", "list-stack-resources"],
            ["s3api", "list-object-versions"], *[["lambda", "get-alias"]] * 3])
        self.assertEqual(run.stderr, "")
        self.assertRegex(run.stdout, rf"""\AStacks of the stage 'dev', us-east-1:
  dev-applied-p  CREATE_COMPLETE  since {DATE}
  dev-applied-r  CREATE_COMPLETE  since {DATE}
Lambdas:
  contrib_lambdas\.version  version 1  code as built
    {ARN}
  app\.one                  version 1  code as built
    {ARN}
  app\.another              version 1  code as built
    {ARN}
APIs:
  api
    https://\w+\.execute-api\.us-east-1\.amazonaws\.com/dev
Callers:
  route  api GET / -> app\.one
\Z""")
        url = run.stdout.splitlines()[-3].strip()
        self.assertEqual(self.get(url), "1")
        answer = json.loads(self.status("--json").stdout)
        self.assertEqual({key: answer[key] for key in ("project", "stage", "region", "built")}, {
            "project": "applied", "stage": "dev", "region": "us-east-1", "built": True})
        self.assertEqual(answer["apis"], [{"api": "api", "url": url}])
        one = answer["lambdas"][1]
        self.assertEqual(one["arn"], self.outputs()["ClioutputLambdaAppOne"])
        self.assertIn(f"function:{one['function']}:", one["arn"])

    def check_outputs(self, calls, applied):
        run = self.gordon("outputs")
        self.assertEqual(len(calls()), 1)
        self.assertEqual(run.stdout, applied[applied.index("Project Outputs:"):])
        answer = json.loads(self.gordon("outputs", "--json").stdout)
        self.assertEqual(answer, {name.removeprefix("Clioutput"): value
                                  for name, value in self.outputs().items()})
        one = self.gordon("outputs", "LambdaAppOne").stdout
        self.assertEqual(one, answer["LambdaAppOne"] + "\n")
        self.assertEqual(self.gordon("outputs", "LambdaAppOn", status=20).stderr, "gordon: error: "
                         "there is no output 'LambdaAppOn'; did you mean 'LambdaAppOne'?\n")

    def check_changes(self):
        """Changes of code before and after the build and the apply, of contexts, and of settings."""
        self.apply()
        self.code("one", 2)
        self.assertEqual(self.lambdas()["app.one"], ("1", "1", "same"))  # not built yet
        self.build()
        self.assertEqual(self.lambdas()["app.one"], ("1", "1", "differs"))
        self.assertEqual(self.lambdas()["app.another"], ("1", "1", "same"))
        self.apply()
        self.assertEqual(self.lambdas()["app.one"], ("2", "2", "same"))
        support.write(self.folder, {"parameters/dev.yml": "Word: other\n"})
        self.assertEqual(self.lambdas()["app.one"], ("2", "2", "differs"))
        self.assertEqual(self.lambdas()["app.another"], ("1", "1", "same"))
        self.settings(self.APP.replace("another", "third"), "app/settings.yml")
        os.rename(os.path.join(self.folder, "app/another.py"),
                  os.path.join(self.folder, "app/third.py"))
        run = self.status()
        self.assertRegex(run.stdout, r"app\.third +not applied\n")
        self.assertRegex(run.stdout, rf"  AppAnother +version 1 +not in the settings\n    {ARN}\n")
        self.assertEqual(self.lambdas()[None], ("1", "1", None))

    def test_changes(self):
        self.project()
        self.check_changes()

    def test_changes_contrib(self):
        self.project("gordon.contrib.lambdas, ")
        self.check_changes()

    def test_without_a_build(self):
        self.project()
        self.apply()
        run = self.status("--build-dir", "elsewhere")
        self.assertEqual(run.stderr, "elsewhere: warning: nothing is built here; run gordon build, or "
                                     "name the build's folder with --build-dir\n")
        self.assertRegex(run.stdout, r"app\.one +version 1  not built\n")
        os.unlink(os.path.join(self.folder, "_build/code/app_one.zip"))
        run = self.status("--quiet")
        self.assertEqual(run.stderr, "")
        self.assertRegex(run.stdout, r"app\.one +version 1  not built\n")

    def test_values_missing(self):
        """Without values of parameters, only lambdas whose contexts need none are compared."""
        self.project()
        self.apply()
        support.write(self.folder, {"parameters/dev.yml": "Word: env://NOT_SET_AT_ALL\n"})
        run = self.status()
        self.assertEqual(run.stderr, "parameters/dev.yml:1:7: warning: the environment variable "
                                     "'NOT_SET_AT_ALL' is not set\n")
        self.assertRegex(run.stdout, r"app\.one +version 1  code cannot be compared\n")
        self.assertEqual(self.lambdas(), {"app.one": ("1", "1", "unknown"),
                                          "app.another": ("1", "1", "same")})
        os.unlink(os.path.join(self.folder, "parameters/dev.yml"))
        os.unlink(os.path.join(self.folder, "parameters/common.yml"))
        self.assertIn("settings.yml:4:28: warning: the parameter 'Word' has no value for the stage "
                      "'dev'\n", self.status().stderr)
        self.assertEqual(self.lambdas()["app.one"], ("1", "1", "unknown"))

    def refuse(self, what, words):
        """Makes an `aws` that fails for some calls. Returns the environment with it."""
        program = os.path.join(self.folder, "refuse")
        support.write_program(program, f"""
            #!/bin/sh
            case "$*" in {what}) echo {words} >&2; exit 1;; esac
            exec {os.path.join(support.VENV, "bin", "aws")} "$@"
            """)
        return {"GORDON_AWS": program}

    def test_values_secret_and_unused(self):
        """status reads only the parameters of contexts, from any source."""
        self.project()
        support.write(self.folder, {
            "parameters/common.yml": "Word: [file://word, '{{ aws_account_id }}']\nUnused: file://nowhere\n",
            "word": "hello\n"})
        self.build()
        self.apply()
        self.assertEqual(self.lambdas(), {"app.one": ("1", "1", "same"),
                                          "app.another": ("1", "1", "same")})
        self.assertEqual(self.status().stderr, "")

    def test_refused(self):
        """Refused calls are warnings. A newer object in the bucket is not deployed."""
        self.project()
        self.apply()
        self.aws("s3api", "put-object", "--bucket", f"{self.name}-us-east-1-dev", "--key",
                 "app_one.zip")
        whole = self.status().stdout
        self.assertRegex(whole, r"app\.one +version 1  code as built\n")
        # the call for all stacks is refused, so status asks for the stage's stacks only
        run = self.status(**self.refuse("*describe-stacks*cli-input-json*", "AccessDenied"))
        self.assertEqual((run.stdout, run.stderr), (whole, ""))
        run = self.status(**self.refuse("*list-object-versions*", "AccessDenied"))
        self.assertEqual(run.stderr,
                         f"gordon: warning: bucket {self.name}-us-east-1-dev: AccessDenied\n")
        self.assertEqual(run.stdout, whole.replace("code as built", "code cannot be compared"))
        run = self.status("--json", status=1, **self.refuse("*", "Unable to locate credentials"))
        self.assertEqual((run.stdout, run.stderr), (
            "", f"gordon: error: stacks dev-{self.name}-p and dev-{self.name}-r: Unable to locate credentials\n"))


if __name__ == "__main__":
    unittest.main()
