"""gordon rollback: the version of the alias `current`, the marks in the bucket, and later applies."""
import json
import os
import unittest

import support

CONTRIB = "gordon.contrib.lambdas, "


class Rollback(support.Applied):
    def setUp(self):
        super().setUp()
        self.name = self.name.removeprefix("test-")
        self.bucket = f"{self.name}-us-east-1-dev"
        self.called = None

    def project(self, contrib=""):
        self.settings(f"""
            project: {self.name}
            code-bucket: {self.name}
            apps: [{contrib}app]
            """)
        self.settings("lambdas: {one: {code: one.py}, two: {code: two.py}}", "app/settings.yml")

    def publish(self, **numbers):
        for name, number in numbers.items():
            support.write(self.folder, {
                f"app/{name}.py": f"def handler(event, context): return {number}\n"})
        self.build()
        return self.apply()

    def three_versions(self, contrib=""):
        """Publishes three versions of `one`, and one version of `two`."""
        self.project(contrib)
        self.publish(one=1, two=1)
        self.publish(one=2)
        self.publish(one=3)

    def rollback(self, *arguments, **options):
        return self.gordon("rollback", *arguments, **options)

    def answers(self):
        """Returns the answers and the versions of both lambdas."""
        if not self.called:  # ARNs of aliases do not change
            outputs = self.outputs()
            self.called = [outputs[f"ClioutputLambdaApp{name}"] for name in ("One", "Two")]
        return [self.invoke(alias) for alias in self.called]

    def marks(self):
        listing = self.aws("s3api", "list-object-versions", "--bucket", self.bucket)
        self.assertFalse(listing.get("DeleteMarkers"))
        return [item["Key"].split("/")[1::2] for item in listing["Versions"]
                if item["Key"].startswith("rollbacks/")]

    def status(self, name):
        answer = json.loads(self.gordon("status", "--json").stdout)
        one, = [one for one in answer["lambdas"] if one["lambda"] == name]
        return one["version"], one["newest"], one["rolled_back"]

    def check_back_and_forth(self):
        calls = self.record_aws()
        run = self.rollback("app.one")
        self.assertEqual((run.stdout, run.stderr),
                         ("Moving current...\n  ✓ app.one  3 -> 2\n", ""))
        self.assertEqual([call[1] for call in calls()], [
            "describe-stacks", "list-stack-resources", "list-object-versions", "get-alias",
            "list-versions-by-function", "update-alias", "cp"])
        self.assertEqual(self.answers(), [(2, "2"), (1, "1")])
        self.assertEqual(self.marks(), [["AppOne", "2-3"]])
        self.assertEqual(self.status("app.one"), ("2", "3", True))
        self.assertRegex(self.gordon("status").stdout,
                         r"app\.one +version 2, back from 3  newest code as built\n")
        # a second step back, and no third one
        self.assertIn("app.one  2 -> 1\n", self.rollback("app.one").stdout)
        self.assertEqual(self.answers()[0], (1, "1"))
        self.assertEqual(self.marks(), [["AppOne", "1-3"]])
        self.assertEqual(self.rollback("app.one", status=20).stderr, "gordon: error: the lambda "
                         "'app.one' is at version 1, and there is none before it\n")
        self.check_apply_leaves_it()
        # a new version of another lambda
        self.publish(two=2)
        self.assertEqual(self.answers(), [(1, "1"), (2, "2")])
        # forward
        calls()
        self.assertIn("app.one  1 -> 3\n", self.rollback("app.one", "--to", "3").stdout)
        self.assertEqual([call[1] for call in calls()][-2:], ["update-alias", "delete-objects"])
        self.assertEqual((self.answers()[0], self.marks()), ((3, "3"), []))
        self.assertEqual(self.status("app.one"), ("3", "3", False))
        self.assertEqual(self.rollback("app.one", "--to", "3").stdout,
                         "Moving current...\n    app.one  3 already\n")

    def check_apply_leaves_it(self):
        """CloudFormation does not compare the version of the alias, so apply has no changes."""
        applied = self.apply().stdout
        self.assertEqual(applied.count("no changes"), 2, applied)
        self.assertEqual(self.answers()[0], (1, "1"))

    def check_new_version(self):
        """A new version moves the alias forward, even if its code is an older one."""
        self.rollback("app.one", "--to", "1")
        self.publish(one=1)
        answer, version = self.answers()[0]
        self.assertEqual(answer, 1)
        self.assertGreater(int(version), 3)
        self.assertEqual(self.status("app.one"), (version, version, False))
        self.rollback("app.one")
        self.assertEqual(self.answers()[0], (3, "3"))
        self.assertEqual(self.marks(), [["AppOne", f"3-{version}"]])

    def test_native(self):
        self.three_versions()
        self.check_back_and_forth()
        self.check_new_version()

    def test_contrib(self):
        self.three_versions(CONTRIB)
        self.check_back_and_forth()
        self.check_new_version()

    def test_all(self):
        """Without a name, all lambdas except Gordon's own are moved. Those with one version stay."""
        self.project(CONTRIB)
        self.publish(one=1, two=1)
        self.publish(one=2)
        dry = self.rollback("--dry-run").stdout
        self.assertEqual(dry, "Would move current:\n  app.one  2 -> 1\n"
                              "  app.two  1, and none before it\n"
                              "Nothing was moved; leave out --dry-run to do it.\n")
        self.assertEqual((self.answers(), self.marks()), ([(2, "2"), (1, "1")], []))
        self.publish(one=3, two=2)
        self.assertEqual(self.rollback().stdout, "Moving current...\n  ✓ app.one  3 -> 2\n"
                                                 "  ✓ app.two  2 -> 1\n")
        self.assertEqual(self.answers(), [(2, "2"), (1, "1")])
        self.assertEqual(sorted(self.marks()), [["AppOne", "2-3"], ["AppTwo", "1-2"]])
        answer = json.loads(self.rollback("--json").stdout)
        function = [one.pop("function") for one in answer["lambdas"]][0]
        self.assertIn(f":{function}:", self.called[0])
        self.assertEqual(answer, {"stage": "dev", "region": "us-east-1", "lambdas": [
            {"lambda": "app.one", "from": "2", "to": "1", "moved": True},
            {"lambda": "app.two", "from": "1", "to": None, "moved": False}]})
        self.assertEqual(self.rollback(status=20).stderr,
                         "gordon: error: every lambda of the stage 'dev' is at its first version\n")
        calls = self.record_aws()
        self.assertEqual(self.rollback("--to", "newest").stdout, "Moving current...\n"
                         "  ✓ app.one  1 -> 3\n  ✓ app.two  1 -> 2\n")
        self.assertEqual([call[1] for call in calls()].count("delete-objects"), 1)
        self.assertEqual((self.answers(), self.marks()), ([(3, "3"), (2, "2")], []))

    def test_errors(self):
        self.project()
        self.assertEqual(self.failed("app.one"), "gordon: error: the stack dev-errors-r is not in "
                                                 "us-east-1; gordon apply --stage dev makes it\n")
        self.publish(one=1, two=1)
        self.publish(one=2)
        self.assertEqual(self.failed("app.on"), "settings.yml: error: there is no lambda 'app.on'; "
                                                "did you mean 'app.one'?\n")
        self.assertEqual(self.failed("app.one", "--to", "7"), "gordon: error: the lambda 'app.one' "
                         "has no version 7; there are 1, 2\n")
        self.assertEqual(self.failed("app.two", "--to", "2"), "gordon: error: the lambda 'app.two' "
                         "has no version 2; there is 1\n")
        # if one of the named lambdas cannot be moved, none is
        self.assertIn("'app.two' is at version 1", self.failed("app.one", "app.two"))
        self.settings("lambdas: {one: {code: one.py}, new: {code: two.py}}", "app/settings.yml")
        self.assertEqual(self.failed("app.one", "app.new"), "gordon: error: the lambda 'app.new' is "
                         "not in the stack dev-errors-r\n")
        self.assertEqual(self.status("app.one"), ("2", "2", False))
        # a repeated name counts once
        self.assertEqual(self.rollback("app.one", "app.one").stdout.count("->"), 1)

    def failed(self, *arguments):
        run = self.rollback(*arguments, status=20)
        self.assertEqual(run.stdout, "")
        return run.stderr

    def test_mark_not_written(self):
        """The alias is moved although the mark cannot be written, which is an error."""
        self.project()
        self.publish(one=1, two=1)
        self.publish(one=2)
        support.write_program(os.path.join(self.folder, "aws"), f"""
            #!/bin/sh
            case "$1 $2" in "s3 cp") echo AccessDenied >&2; exit 1;; esac
            exec {os.path.join(support.VENV, "bin", "aws")} "$@"
            """)
        run = self.rollback("app.one", status=1, GORDON_AWS=os.path.join(self.folder, "aws"))
        self.assertEqual(run.stderr, f"gordon: error: bucket {self.bucket}: AccessDenied\ngordon: note: "
                         "current was moved, but gordon apply and gordon status may not know about it\n")
        self.assertEqual((self.answers()[0], self.marks()), ((1, "1"), []))
        # status finds the version in the stack, and the next rollback writes the mark
        self.assertEqual(self.status("app.one"), ("1", "2", True))
        self.rollback("app.one", "--to", "1")
        self.assertEqual(self.marks(), [["AppOne", "1-2"]])
        # the bucket is deleted with its marks
        self.gordon("delete", "--confirm")
        self.assertNotIn(self.bucket, str(self.aws("s3api", "list-buckets")))

    def test_busy(self):
        self.project()
        support.write_program(os.path.join(self.folder, "aws"), """
            #!/bin/sh
            case "$2" in
                describe-stacks) echo '{"Stacks": [{"StackName": "dev-busy-r",
                    "StackStatus": "UPDATE_IN_PROGRESS"}]}';;
                list-stack-resources) echo '{"StackResourceSummaries": []}';;
                *) echo '{}';;
            esac
            """)
        support.write(self.folder, {"app/one.py": "", "app/two.py": ""})
        run = self.rollback(status=14, GORDON_AWS=os.path.join(self.folder, "aws"))
        self.assertEqual(run.stderr, "gordon: error: stack dev-busy-r is UPDATE_IN_PROGRESS: another "
                                     "operation changes it; roll back when that has finished\n")


if __name__ == "__main__":
    unittest.main()
