"""Other kinds of projects, applied to the emulator."""
import os
import subprocess
import unittest

import support

HELLO = "def handler(event, context):\n    return 'hello'\n"


class Shapes(support.Applied):
    def project(self, more=""):
        return f"project: {self.name}\ncode-bucket: {self.name[:31]}\n{more}"

    def test_native_version(self):
        """Without gordon.contrib.lambdas, CloudFormation publishes the versions."""
        self.settings(self.project("apps: [app]"))
        support.write(self.folder, {
            "app/settings.yml": "lambdas: {one: {code: one.py}}", "app/one.py": HELLO})
        self.build()
        self.apply()
        function = self.outputs()["ClioutputLambdaAppOne"]
        self.assertEqual(self.invoke(function), ("hello", "1"))
        self.assertIn("no changes", self.apply().stdout.split("0003")[1])
        support.write(self.folder, {"app/one.py": HELLO.replace("hello", "two")})
        self.build()
        self.apply()
        self.assertEqual(self.invoke(function), ("two", "2"))
        self.settings("lambdas: {one: {code: one.py, memory: 256}}", "app/settings.yml")
        self.build()
        self.apply()
        self.assertEqual(self.invoke(function), ("two", "3"))

    def test_large_template(self):
        """A template over 51,200 bytes is in the bucket, by the same upload as the code."""
        lambdas = "".join(f"  lambda{i}: {{code: one.py}}\n" for i in range(45))
        self.settings(self.project("apps: [gordon.contrib.lambdas, app]"))
        support.write(self.folder, {
            "app/settings.yml": "lambdas:\n" + lambdas, "app/one.py": HELLO})
        self.build()
        calls = self.record_aws()
        self.apply()
        self.assertEqual(sum(call[:2] == ["s3", "cp"] for call in calls()), 1)
        self.assertEqual(self.invoke(self.outputs()["ClioutputLambdaAppLambda44"]), ("hello", "1"))
        self.assertEqual(self.apply().stdout.count(") unchanged"), 47)

    def test_no_lambdas(self):
        self.settings(self.project("apps:\n"))
        self.build()
        self.assertEqual(self.apply().stdout, "Applying project...\n"
                         "  0001_p.json (cloudformation)\n    CREATE_COMPLETE\n")

    def test_stages(self):
        """Two stages of a project exist at the same time, each with its parameters."""
        self.settings(self.project("apps: [gordon.contrib.lambdas]\n"
                                   "lambdas: {one: {code: one.py, environment: {WORD: ref://Word}}}"))
        support.write(self.folder, {
            "one.py": "import os\n\ndef handler(event, context):\n    return os.environ['WORD']\n",
            "parameters/common.yml": "Word: everywhere\n",
            "parameters/prod.yml": "Word: '{{ stage }} in {{ aws_region }}'\n"})
        self.addCleanup(self.gordon, "delete", "--confirm", "--stage", "prod")
        self.build()
        self.apply()
        self.apply("--stage", "prod")
        self.assertEqual(self.invoke(self.outputs()["ClioutputLambdaOne"])[0], "everywhere")
        self.assertEqual(self.invoke(self.outputs("prod")["ClioutputLambdaOne"])[0],
                         "prod in us-east-1")
        self.gordon("delete", "--confirm", "--stage", "prod")
        self.assertEqual(self.invoke(self.outputs()["ClioutputLambdaOne"])[0], "everywhere")

    def test_secret(self):
        """A value from the environment is in AWS only."""
        secret = "xyzzy-7391"
        self.settings(self.project("apps: [gordon.contrib.lambdas]\n"
                                   "contexts: {default: {key: ref://Key}}\n"
                                   "lambdas: {one: {code: one.py, environment: {KEY: ref://Key}}}"))
        support.write(self.folder, {"one.py": HELLO, "parameters/common.yml": "Key: env://KEY\n"})
        self.environment.update(KEY=secret, TMPDIR=os.path.join(self.folder, "tmp"))
        os.mkdir(self.environment["TMPDIR"])
        self.build()
        calls = self.record_aws()
        run = self.apply("--debug")
        self.assertNotIn(secret, run.stdout + run.stderr)
        self.assertNotIn(secret, str(calls()))
        found = subprocess.run(["grep", "-r", "-l", secret, self.folder], capture_output=True)
        self.assertEqual(found.stdout, b"")
        self.assertEqual(os.listdir(self.environment["TMPDIR"]), [])

    def test_stack_fails(self):
        """The error has the first failed resource, its reason and its place. The same command repairs it."""
        self.settings(f"""
            project: {self.name}
            code-bucket: {self.name}
            apps:
              - gordon.contrib.lambdas:
                  lambdas:
                    version:
                      code: {self.folder}/refuse.py
              - app
            """)
        support.write(self.folder, {
            "app/settings.yml": "lambdas: {one: {code: one.py}}", "app/one.py": HELLO,
            "refuse.py": """
                import json, urllib.request

                def handler(event, context):
                    deletion = event["RequestType"] == "Delete"
                    answer = {"Status": "SUCCESS" if deletion else "FAILED", "Reason": "no luck",
                              "PhysicalResourceId": "x", "StackId": event["StackId"],
                              "RequestId": event["RequestId"],
                              "LogicalResourceId": event["LogicalResourceId"]}
                    urllib.request.urlopen(urllib.request.Request(
                        event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""},
                        method="PUT"))
                """})
        self.build()
        stack = f"dev-{self.name}-r"
        run = self.apply("--quiet", status=1)  # without the events
        self.assertEqual(run.stderr.partition("gordon: note: or in the console: ")[0], f"""\
settings.yml:6:9: error: stack {stack} ended in ROLLBACK_COMPLETE: VersionVersion \
(Custom::LambdaVersion) CREATE_FAILED: no luck
    6 |         version:
      |         ^~~~~~~
gordon: note: fix the cause and apply again; the stack's events say what AWS did: \
aws cloudformation describe-stack-events --stack-name {stack}
""")
        self.assertRegex(run.stderr, "https://us-east-1.console.aws.amazon.com/cloudformation/home"
                         f"[?]region=us-east-1#/stacks/events[?]stackId=arn%3Aaws%3A.*{stack}%2F")
        self.settings(self.project("apps: [gordon.contrib.lambdas, app]"))
        self.build()
        self.assertIn("ROLLBACK_COMPLETE: its creation failed; it is deleted and created again",
                      self.apply().stdout)
        self.assertEqual(self.invoke(self.outputs()["ClioutputLambdaAppOne"]), ("hello", "1"))


if __name__ == "__main__":
    unittest.main()
