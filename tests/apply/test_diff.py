"""gordon diff shows the changes that apply would make, and leaves nothing in AWS."""
import json
import os
import re
import unittest

import support

SECRET, OTHER_SECRET = "planted-secret-one", "planted-secret-two"
ONE = "lambdas:\n  one: {code: one, runtime: python, environment: {TOKEN: ref://Token, WORD: ref://Word}}\n"
TWO = "  two: {code: two.py}\n"


def code(number):
    return f"def handler(event, context): return {number}\n"


class Applied(support.Applied):
    def setUp(self):
        super().setUp()
        self.name = self.name.removeprefix("test-")
        self.bucket = f"{self.name}-us-east-1-dev"

    def diff(self, *arguments, status=25, **options):
        return self.gordon("diff", *arguments, status=status, **options).stdout

    def lines(self, *arguments, **options):
        """Returns the objects of --json, one for each line."""
        found = [json.loads(line) for line in self.diff("--json", *arguments, **options).splitlines()]
        self.assertTrue(all(isinstance(one, dict) and "type" in one for one in found))
        return found

    def check_steps(self, text, *steps):
        """Checks the lines of each step and of the sum against patterns."""
        parts = re.split(r"^  \d{4}_\w+\.json \(\w+\)\n", text, flags=re.MULTILINE)
        self.assertEqual(parts[0], "What apply would change in the stage 'dev', us-east-1:\n")
        last, total = re.fullmatch(r"(.*\n)?(\S.*\n)", parts.pop(), flags=re.DOTALL).groups()
        for step, expected in zip([*parts[1:], last, total], steps, strict=True):
            self.assertRegex(re.sub(r"(?m)^ {4}", "", step), r"\A" + expected + r"\n\Z")


class Life(Applied):
    FILES = {
        "app/settings.yml": ONE + TWO,
        "app/one/code.py": code(1),
        "app/one/same.py": code(0),
        "app/two.py": code(1),
        "parameters/dev.yml": "Greeting: hello\nToken: ssm:///token\nWord: some\n",
    }

    def setUp(self):
        super().setUp()
        self.project()
        self.set_secret(SECRET)

    def project(self, bucket=None):
        self.settings(f"""
            project: {self.name}
            code-bucket: {bucket or self.name}
            apps: [app]
            contexts:
              default: {{greeting: ref://Greeting}}
            """)

    def set_secret(self, value):
        self.aws("ssm", "put-parameter", "--name", "/token", "--type", "SecureString", "--value", value,
                 "--overwrite")

    def everything(self):
        """Returns everything in AWS that a diff might leave."""
        stacks = self.aws("cloudformation", "list-stacks")["StackSummaries"]
        sets = [self.aws("cloudformation", "list-change-sets", "--stack-name", one["StackName"])
                for one in stacks if one["StackStatus"] != "DELETE_COMPLETE"]
        buckets = self.aws("s3api", "list-buckets")["Buckets"]
        objects = [self.aws("s3api", "list-object-versions", "--bucket", one["Name"])
                   for one in buckets]
        return stacks, sets, objects

    def changed(self, **files):
        """Changes files and builds. `restored` changes them back."""
        support.write(self.folder, {name.replace("__", "/").replace("_", "."): text
                                    for name, text in files.items()})
        self.build()

    def restored(self):
        support.write(self.folder, self.FILES)
        self.project()
        for name in "app/one/new.py", "app/three.py":
            if os.path.exists(os.path.join(self.folder, name)):
                os.unlink(os.path.join(self.folder, name))
        self.set_secret(SECRET)
        self.build()

    def test_life(self):
        self.build()
        self.check_new()
        self.apply()
        before = self.everything()
        for check in (self.check_no_change, self.check_files, self.check_parameters,
                      self.check_secret, self.check_lambdas, self.check_replaced,
                      self.check_large, self.check_json, self.check_release):
            with self.subTest(check.__name__):
                try:
                    check()
                finally:
                    self.environment.pop("GORDON_TEST_AWS_LOG", None)
                    self.restored()
        self.assertEqual(self.everything(), before, "nothing is left behind")

    def check_new(self):
        """A new stage: everything is added. Two calls: one for the stacks, one for the parameter."""
        before, calls = self.everything(), self.record_aws()
        text = self.diff()
        self.assertEqual([call[1] for call in calls()], ["get-parameter", "describe-stacks"])
        del self.environment["GORDON_TEST_AWS_LOG"]
        self.check_steps(text, r"\+ CodeBucket  AWS::S3::Bucket",
                         r"\+ code/app_one\.zip\n\+ code/app_two\.zip",
                         r"(\+ \w+ +AWS::(Lambda|IAM)::\w+\n){7}\+ TwoRole +AWS::IAM::Role",
                         "Resources: 9 to add, 0 to change, 0 to replace, 0 to remove.")
        self.assertEqual(self.everything(), before)

    def check_no_change(self):
        calls = self.record_aws()
        text = self.diff(status=0)
        self.assertEqual([call[1] for call in calls()],
                         ["get-parameter", "describe-stacks", "list-object-versions"])
        self.check_steps(text, *["no changes"] * 3, "No changes.")

    def check_files(self):
        """Changed code: the files in the zip, the lambda and its version."""
        self.changed(app__one__code_py=code(2), app__one__new_py="")
        calls = self.record_aws()
        text = self.diff()
        self.assertEqual([call[1] for call in calls()].count("cp"), 1, "one download for all")
        self.check_steps(text, "no changes", r"~ code/app_one\.zip\n  ~ code\.py\n  \+ new\.py",
                         r"~ AppOne +AWS::Lambda::Function  Code\n"
                         r"~ OneCurrentalias +AWS::Lambda::Alias +goes to the new version\n"
                         r"~ OnePublished +AWS::Lambda::Version +a new version",
                         "Resources: 0 to add, 3 to change, 0 to replace, 0 to remove.")

    def check_parameters(self):
        """Parameters are shown on one line. Of contexts only keys are shown, because values may be secret."""
        self.changed(parameters__dev_yml='Greeting: planted-context\nToken: ssm:///token\n'
                                         f'Word: "{"é" * 50}\\nsecond line"\n')
        text = self.diff()
        self.assertIn("    ~ code/app_one.zip\n      ~ context: greeting\n"
                      "    ~ code/app_two.zip\n      ~ context: greeting\n", text)
        self.assertNotIn("planted-context", text)
        self.assertIn(f"    ~ parameter Word: some → {'é' * 30}...\n", text)
        self.assertRegex(text, r"AppOne +AWS::Lambda::Function  Code, Environment\n")

    def check_secret(self):
        """A changed secret is shown as ****; no output has its value."""
        calls = self.record_aws()
        self.assertNotIn("Token", self.diff(status=0))
        self.set_secret(OTHER_SECRET)
        run = self.gordon("diff", "--debug", status=25)
        self.assertIn("    ~ parameter Token: **** → ****\n", run.stdout)
        self.assertIn({"type": "parameter", "step": "0003_r.json", "secrets": ["Token"],
                       "from": "****", "to": "****"}, self.lines())
        told = run.stdout + run.stderr + json.dumps(calls())
        for secret in SECRET, OTHER_SECRET:
            self.assertNotIn(secret, told)

    def check_lambdas(self):
        """A renamed lambda is removed and added. The version of the other lambda stays."""
        self.changed(app__settings_yml=ONE + "  three: {code: three.py}\n", app__three_py=code(1))
        text = self.diff()
        self.check_steps(text, "no changes", r"\+ code/app_three\.zip",
                         r"\+ AppThree +AWS::Lambda::Function\n(\+ Three\w+ .*\n){3}"
                         r"- AppTwo +AWS::Lambda::Function +REMOVED\n"
                         r"- TwoCurrentalias +AWS::Lambda::Alias +REMOVED\n"
                         r"- TwoPublished +AWS::Lambda::Version +let go, and kept in AWS\n"
                         r"- TwoRole +AWS::IAM::Role +REMOVED",
                         "Resources: 4 to add, 0 to change, 0 to replace, 4 to remove.")

    def check_replaced(self):
        self.project(bucket=self.name + "-other")
        self.build()
        self.assertRegex(self.diff(), r"(?m)^    ! CodeBucket +AWS::S3::Bucket  PERHAPS REPLACED, "
                                      r"because of BucketName$")
        change, = [one for one in self.lines() if one.get("id") == "CodeBucket"]
        self.assertEqual((change["action"], change["properties"], change["perhaps"]),
                         ("replace", "BucketName", True))

    def check_large(self):
        """A template over 51,200 bytes is in the bucket during the diff only."""
        self.changed(app__settings_yml=ONE + TWO +
                     "".join(f"  more{i}: {{code: two.py}}\n" for i in range(45)))
        self.assertGreater(os.path.getsize(os.path.join(self.folder, "_build/0003_r.json")), 51200)
        calls = self.record_aws()
        self.assertRegex(self.diff(), r"Resources: 180 to add, \d+ to change, 0 to replace, 0 to remove")
        names = [call[1] for call in calls()]
        self.assertEqual((names.count("put-object"), names.count("delete-objects")), (1, 1))

    def check_json(self):
        self.changed(app__one__code_py=code(2))
        lines = self.lines()
        self.assertEqual([one["type"] for one in lines],
                         ["title", "step", "status", "step", "code", "step", *["change"] * 3, "sum", "end"])
        self.assertEqual(lines[-1], {"type": "end", "status": 25})
        zipped = lines[4]
        self.assertEqual((zipped["action"], zipped["file"], zipped["files"]),
                         ("modify", "code/app_one.zip", [{"action": "modify", "file": "code.py"}]))
        self.assertEqual({key: lines[6][key] for key in ("action", "id", "place", "properties")},
                         {"action": "modify", "id": "AppOne", "place": "app/settings.yml:2",
                          "properties": "Code"})
        self.assertEqual(self.lines("--changes-ok", status=0)[-1], {"type": "end", "status": 0})
        self.changed(app__one__code_py=code(1))
        self.assertEqual(self.lines(status=0)[-2:], [
            {"type": "sum", "add": 0, "modify": 0, "replace": 0, "remove": 0},
            {"type": "end", "status": 0}])

    def check_release(self):
        """A diff of the release equals the one of the build. With --json, errors have their exit status."""
        self.changed(app__one__code_py=code(2))
        text, bundle = self.diff(), os.path.join(self.folder, "bundle.tar.gz")
        self.gordon("release", "--stage", "dev", "--output", bundle)
        support.write(self.folder, {"app/one/code.py": code(1)})
        self.build()
        self.assertEqual(self.diff("--release", bundle), text)
        self.assertIn("not for 'prod'", self.gordon("diff", "--release", bundle, "--stage", "prod",
                                                   status=64).stderr)
        os.unlink(bundle)
        support.write(self.folder, {"parameters/dev.yml": "Greeting: hello\n"})
        self.assertEqual(self.lines(status=2), [{"type": "end", "status": 2}])


class Rollback(Applied):
    def publish(self, number):
        support.write(self.folder, {
            "settings.yml": f"project: {self.name}\ncode-bucket: {self.name}\napps: [app]\n",
            "app/settings.yml": "lambdas: {one: {code: one.py}}", "app/one.py": code(number)})
        self.build()

    def test_moved_back(self):
        """diff and apply report that `current` was moved back, and that a new version moves it forward."""
        self.publish(1)
        self.apply()
        self.publish(2)
        self.apply()
        self.gordon("rollback", "app.one")
        stays = ("    AppOne was moved back to version 1, and stays there until it changes, or by gordon "
                 "rollback --to newest\n")
        self.assertIn(stays + "No changes.\n", self.diff(status=0))
        self.assertIn(stays, self.apply().stdout)
        self.publish(3)
        self.assertIn("    AppOne was moved back to version 1; its new version moves it forward\n",
                      self.diff())
        line, = [one for one in self.lines() if one["type"] == "moved-back"]
        self.assertEqual((line["id"], line["version"], line["forward"]), ("AppOne", 1, True))
        self.assertIn("    AppOne was moved back to version 1; its new version has moved it forward\n",
                      self.apply().stdout)
        self.assertEqual(self.invoke(self.outputs()["ClioutputLambdaAppOne"]), (3, "3"))
        self.assertNotIn("moved back", self.diff(status=0))


class Errors(support.Project):
    FILES = {"settings.yml": "project: demo\ncode-bucket: demo\n"}

    def test_not_built(self):
        self.assertIn("gordon build", self.gordon("diff", status=9).stderr)

    def test_busy(self):
        """diff fails while another operation changes a stack."""
        self.build()
        self.fake_aws("""
            import json
            print(json.dumps({"Stacks": [{"StackName": "dev-demo-p", "StackId": "x",
                                          "StackStatus": "UPDATE_IN_PROGRESS"}]}))
            """)
        self.assertIn("another operation changes it", self.gordon("diff", status=14).stderr)

    def test_aws_fails(self):
        self.build()
        self.fake_aws("import sys\nsys.exit('AccessDenied: no')\n")
        run = self.gordon("diff", "--json", status=1)
        self.assertIn("AccessDenied", run.stderr)
        self.assertEqual(json.loads(run.stdout.splitlines()[-1]), {"type": "end", "status": 1})


if __name__ == "__main__":
    unittest.main()
