"""Errors of apply before or at its first call of the AWS CLI: exact messages and exit statuses."""
import json
import os
import shutil
import signal
import subprocess
import time
import unittest

import support


class Errors(support.Project):
    FILES = {
        "settings.yml": """
            project: errors
            code-bucket: errors
            apps:
              - gordon.contrib.lambdas
              - app
            """,
        "app/settings.yml": """
            lambdas:
              one:
                code: one.py
                environment:
                  TOKEN: ref://Token
            """,
        "app/one.py": "def handler(event, context):\n    return 1\n",
    }

    def stack_in(self, state):
        self.fake_aws(f"""
            import json, sys
            if sys.argv[2] == "describe-stacks":
                print(json.dumps({{"Stacks": [{{"StackId": "x", "StackName": "dev-errors-p",
                                               "StackStatus": "{state}"}}]}}))
            else:
                sys.exit("unexpected: " + " ".join(sys.argv[1:]))
            """)

    @staticmethod
    def read(path):
        if not os.path.exists(path):
            return ""
        with open(path) as text:
            return text.read()

    def fails(self, status, text, *arguments, **environment):
        run = self.gordon("apply", *arguments, status=status, **environment)
        self.assertEqual(run.stderr, support.textwrap.dedent(text).lstrip("\n"))
        return run

    def with_token(self):
        support.write(self.folder, {"parameters/dev.yml": "Token: abc\n"})
        self.build()

    def test_not_built(self):
        self.fake_aws("")
        self.fails(9, """
            _build: error: nothing is built here; run gordon build, or name the build's folder with \
--build-dir
            """)

    def test_zip_gone(self):
        self.fake_aws("")
        self.with_token()
        os.unlink(os.path.join(self.folder, "_build/code/app_one.zip"))
        self.fails(9, """
            _build/code/app_one.zip: error: this zip is not there; build the project again
            """)

    def test_parameter_missing(self):
        self.fake_aws("raise SystemExit('must not run')")
        self.build()
        self.fails(2, """
            app/settings.yml:5:14: error: the parameter 'Token' has no value; give it one in \
parameters/dev.yml or parameters/common.yml
                5 |       TOKEN: ref://Token
                  |              ^~~~~~~~~~~
            """)

    def test_variable_unset(self):
        """The message does not show the line, because it may have a value."""
        self.fake_aws("raise SystemExit('must not run')")
        self.build()
        support.write(self.folder, {"parameters/common.yml": "Token: env://NOT_SET_AT_ALL\n"})
        self.fails(1, """
            parameters/common.yml:1:8: error: the environment variable 'NOT_SET_AT_ALL' is not set
            """)

    def test_protocol_unknown(self):
        self.fake_aws("raise SystemExit('must not run')")
        self.build()
        support.write(self.folder, {"parameters/common.yml": "Token: nope://X\n"})
        run = self.gordon("apply", status=13)
        self.assertIn("parameters/common.yml:1:8: error: there is no protocol 'nope'", run.stderr)

    def test_aws_missing(self):
        self.with_token()
        self.fails(1, """
            gordon: error: the program '/not/there/aws' is not there, or cannot be run; install the AWS CLI \
(version 1 or 2), or name it with GORDON_AWS
            """, GORDON_AWS="/not/there/aws")

    def test_aws_fails(self):
        self.with_token()
        self.fake_aws("import sys; sys.exit('\\nUnable to locate credentials.')")
        run = self.fails(1, """
            gordon: error: stacks dev-errors-p and dev-errors-r: Unable to locate credentials.
            """)
        self.assertEqual(run.stdout, "")

    def test_aws_prints_garbage(self):
        self.with_token()
        self.fake_aws("print('<html>')")
        run = self.gordon("apply", status=1)
        self.assertIn("cloudformation describe-stacks printed no JSON", run.stderr)

    def test_stack_busy(self):
        self.with_token()
        self.stack_in("UPDATE_IN_PROGRESS")
        self.fails(14, """
            gordon: error: stack dev-errors-p is UPDATE_IN_PROGRESS: another operation changes it; run \
apply again when that has finished, or with --wait
            """)

    def test_stack_failed(self):
        self.with_token()
        self.stack_in("DELETE_FAILED")
        self.fails(10, """
            gordon: error: stack dev-errors-p is DELETE_FAILED; it can only be deleted; run: aws \
cloudformation delete-stack --stack-name dev-errors-p
            """)

    def test_rollback_failed(self):
        self.with_token()
        self.stack_in("UPDATE_ROLLBACK_FAILED")
        run = self.gordon("apply", status=10)
        self.assertIn("continue-update-rollback --stack-name dev-errors-p", run.stderr)

    def test_interrupted(self):
        """A signal ends the running `aws`; then apply only removes its change set."""
        self.with_token()
        log = os.path.join(self.folder, "log")
        self.fake_aws(f"""
            import json, sys, time
            with open({log!r}, "a") as log:
                log.write(sys.argv[2] + "\\n")
            if sys.argv[2] == "describe-stacks" and "--stack-name" in sys.argv:
                print(json.dumps({{"Stacks": [{{"StackStatus": "REVIEW_IN_PROGRESS"}}]}}))
            elif sys.argv[2] == "describe-change-set":
                time.sleep(60)
            else:
                print('{{"Stacks": []}}')
            """)
        run = subprocess.Popen([support.GORDON, "apply"], cwd=self.folder, env=self.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while run.poll() is None and "describe-change-set" not in self.read(log):
            time.sleep(0.05)
        run.send_signal(signal.SIGTERM)
        error = run.communicate(timeout=10)[1]
        self.assertEqual(run.returncode, 128 + signal.SIGTERM)
        self.assertIn("interrupted; nothing is lost", error)
        self.assertEqual(self.read(log).split()[-3:],
                         ["describe-change-set", "describe-stacks", "delete-stack"])

    def test_begun_by_an_earlier_apply(self):
        """apply waits for an operation of one of Gordon's change sets. Another operation is exit status 14."""
        self.with_token()
        self.fake_aws(f"""
            import json, os, sys
            seen = {self.folder!r} + "/seen"
            if sys.argv[2] == "describe-stacks" and not os.path.exists(seen):
                open(seen, "w").close()
                print(json.dumps({{"Stacks": [{{
                    "StackId": "x", "StackName": "dev-errors-p",
                    "StackStatus": "UPDATE_IN_PROGRESS",
                    "ChangeSetId": "arn:aws:cloudformation:us-east-1:1:changeSet/gordon-1-2/3"}}]}}))
            elif sys.argv[2] == "describe-stacks":
                print(json.dumps({{"Stacks": [{{"StackId": "x", "StackStatus": "UPDATE_COMPLETE"}}]}}))
            else:
                sys.exit("that is all")
            """)
        run = self.gordon("apply", status=1)
        self.assertIn("    UPDATE_IN_PROGRESS: an earlier apply began it; waiting\n", run.stdout)
        self.assertEqual(run.stderr, "gordon: error: stack dev-errors-p: that is all\n")

    def test_staging_of_a_killed_apply(self):
        """The next apply deletes the files of a killed one, which may have secrets."""
        self.with_token()
        ended = subprocess.Popen(["true"])
        ended.wait()
        left = os.path.join(self.folder, f"gordon-apply-{ended.pid}-AbCdEf")
        living = os.path.join(self.folder, f"gordon-apply-{os.getpid()}-AbCdEf")
        support.write(self.folder, {f"{left}/a.zip": "secret", f"{living}/a.zip": "of another"})
        self.fake_aws("import sys; sys.exit('no')")
        self.gordon("apply", status=1, TMPDIR=self.folder)
        self.assertFalse(os.path.exists(left))
        self.assertTrue(os.path.exists(living))

    # the answers of S3 to uploads and listings of a bucket with limits, and a word of what to do
    LIMITS = (
        ("list-object-versions", "AccessDenied", "ListObjectVersions", "Access Denied", "docs/iam.md"),
        ("list-object-versions", "PermanentRedirect", "ListObjectVersions",
         "The bucket you are attempting to access must be addressed using the specified endpoint", "--region"),
        ("cp", "AuthorizationHeaderMalformed", "PutObject", "the region 'us-east-1' is wrong; expecting "
         "'eu-west-1'", "--region"),
        ("cp", "AccessDenied", "PutObject", "User: u is not authorized to perform: s3:PutObject on resource: "
         "r with an explicit deny in a resource-based policy", "x-amz-server-side-encryption"),
        ("cp", "AccessDenied", "PutObject", "User: u is not authorized to perform: kms:GenerateDataKey on "
         "resource: k", "kms:GenerateDataKey"),
        ("cp", "KMS.DisabledException", "PutObject", "arn:aws:kms:k is disabled.", "enable it"),
        ("cp", "InvalidRequest", "PutObject", "Content-MD5 OR x-amz-checksum- HTTP header is required for Put "
         "Object requests with Object Lock parameters", "checksum"),
        ("cp", "NoSuchBucket", "PutObject", "The specified bucket does not exist", "is not there"),
    )

    def test_limits_of_the_bucket(self):
        """The error has the call, the bucket and the line of its name; a note says what to do."""
        self.with_token()
        for call, code, operation, text, word in self.LIMITS:
            with self.subTest(code, operation=operation, text=text):
                said = f"An error occurred ({code}) when calling the {operation} operation: {text}"
                self.fake_aws(f"""
                    import json, sys
                    stacks = [{{"StackId": name, "StackName": name, "StackStatus": "UPDATE_COMPLETE",
                                "Outputs": [{{"OutputKey": "CodeBucket", "OutputValue": "my-uploads"}}]}}
                              for name in ["dev-errors-p", "dev-errors-r"]]
                    if sys.argv[2] == {call!r}:
                        sys.exit({said!r})
                    elif sys.argv[2] == "describe-stacks":
                        print(json.dumps({{"Stacks": stacks}}))
                    elif sys.argv[2] == "describe-change-set":
                        print(json.dumps({{"Status": "FAILED", "StatusReason":
                                           "The submitted information didn't contain changes."}}))
                    elif sys.argv[2] == "list-object-versions":
                        print(json.dumps({{"Versions": []}}))
                    else:
                        print("{{}}")
                    """)
                run = self.gordon("apply", "--quiet", status=1)
                self.assertNotIn("✓", run.stdout)
                self.assertNotIn("0003_r.json", run.stdout)
                said_by_gordon = run.stderr.splitlines()
                self.assertEqual(said_by_gordon[0], f"settings.yml:2:14: error: bucket my-uploads: {said}")
                self.assertTrue(said_by_gordon[3].startswith("gordon: note: "), said_by_gordon)
                self.assertIn(word, said_by_gordon[3])

    def stack_fails(self, stack, resource, reason):
        """Makes an AWS in which the change of one stack fails by this event, and applies."""
        for left in "uploaded", "executed":
            shutil.rmtree(os.path.join(self.folder, left), ignore_errors=True)
        self.fake_aws(f"""
            import glob, json, os, shutil, sys
            call, words, folder = sys.argv[2], sys.argv[1:], {self.folder!r}
            uploaded, executed = os.path.join(folder, "uploaded"), os.path.join(folder, "executed")
            def described(name):
                failed = name == {stack!r} and os.path.exists(executed)
                return {{"StackId": name, "StackName": name,
                         "StackStatus": "UPDATE_ROLLBACK_COMPLETE" if failed else "UPDATE_COMPLETE",
                         "Outputs": [{{"OutputKey": "CodeBucket", "OutputValue": "bucket"}}]}}
            if call == "describe-stacks":
                name = words[words.index("--stack-name") + 1] if "--stack-name" in words else None
                print(json.dumps({{"Stacks": [described(name) for name in ([name] if name else
                                              ["dev-errors-p", "dev-errors-r"])]}}))
            elif call == "describe-change-set" and {stack!r} in words:
                print(json.dumps({{"Status": "CREATE_COMPLETE", "Changes": [], "StackId": {stack!r}}}))
            elif call == "describe-change-set":
                print(json.dumps({{"Status": "FAILED", "StatusReason":
                                   "The submitted information didn't contain changes."}}))
            elif call == "execute-change-set":
                os.mkdir(executed)
                print("{{}}")
            elif call == "describe-stack-events":
                print(json.dumps({{"StackEvents": [
                    {{"EventId": "3", "LogicalResourceId": {stack!r}, "ResourceStatus":
                      "UPDATE_ROLLBACK_COMPLETE"}},
                    {{"EventId": "2", "LogicalResourceId": {resource!r}, "ResourceType": "X", "ResourceStatus":
                      "CREATE_FAILED", "ResourceStatusReason": {reason!r}}},
                    {{"EventId": "1", "LogicalResourceId": {stack!r}, "ResourceStatus":
                      "UPDATE_IN_PROGRESS"}}]}}))
            elif call == "cp":
                shutil.copytree(sys.argv[3], uploaded, dirs_exist_ok=True)
            elif call == "list-object-versions":
                print(json.dumps({{"Versions": [
                    {{"Key": os.path.basename(f), "VersionId": "v1", "IsLatest": True,
                      "Size": os.path.getsize(f), "ETag": '"' + "k" * 32 + '"'}}
                    for f in glob.glob(uploaded + "/*")]}}))
            else:
                print("{{}}")
            """)
        return self.gordon("apply", "--quiet", status=1).stderr.splitlines()

    def test_bucket_that_is_there_already(self):
        self.with_token()
        said = self.stack_fails("dev-errors-p", "CodeBucket", "errors-us-east-1-dev already exists")
        self.assertEqual(said[0], "settings.yml:2:14: error: stack dev-errors-p ended in "
                         "UPDATE_ROLLBACK_COMPLETE: CodeBucket (X) CREATE_FAILED: errors-us-east-1-dev "
                         "already exists")
        self.assertIn("choose another one", said[3])

    def test_bucket_with_notifications(self):
        """The bucket of another account, of another region, and one that is not there."""
        self.settings("""
            project: errors
            code-bucket: errors
            apps: [gordon.contrib.lambdas, gordon.contrib.s3, app]
            s3:
              uploads:
                bucket: my-uploads
                notifications:
                  images: {lambda: app.one, events: ["s3:ObjectCreated:*"]}
            """)
        self.with_token()
        with open(os.path.join(self.folder, "_build/0003_r.json")) as template:
            resource, = (name for name, resource in json.load(template)["Resources"].items()
                         if resource["Type"] == "Custom::S3BucketNotificationConfiguration")
        for code, operation, text, word in (
                ("AccessDenied", "GetBucketNotificationConfiguration", "Access Denied", "this account"),
                ("InvalidArgument", "PutBucketNotificationConfiguration", "The notification destination "
                 "service region is not valid for the bucket location constraint", "the bucket's region"),
                ("NoSuchBucket", "GetBucketNotificationConfiguration", "The specified bucket does not exist",
                 "correct 'bucket'")):
            with self.subTest(code):
                reason = f"my-uploads: An error occurred ({code}) when calling the {operation} operation: {text}"
                said = self.stack_fails("dev-errors-r", resource, reason)
                self.assertEqual(said[0], "settings.yml:6:13: error: stack dev-errors-r ended in "
                                 f"UPDATE_ROLLBACK_COMPLETE: {resource} (X) CREATE_FAILED: {reason}")
                self.assertIn(word, said[3])

    def test_bucket_whose_tags_are_no_digests(self):
        """With KMS keys the ETag is no digest; a new version shows that the upload succeeded."""
        self.with_token()
        state = os.path.join(self.folder, "uploaded")
        self.fake_aws(f"""
            import glob, json, os, shutil, sys
            state, call = {state!r}, sys.argv[2]
            stacks = [{{"StackId": name, "StackName": name, "StackStatus": "UPDATE_COMPLETE",
                        "Outputs": [{{"OutputKey": "CodeBucket", "OutputValue": "bucket"}}]}}
                      for name in ["dev-errors-p", "dev-errors-r"]]
            if call == "describe-stacks":
                print(json.dumps({{"Stacks": stacks}}))
            elif call == "describe-change-set":
                print(json.dumps({{"Status": "FAILED", "StatusReason":
                                   "The submitted information didn't contain changes."}}))
            elif call == "cp":
                shutil.copytree(sys.argv[3], state)
            elif call == "list-object-versions":
                print(json.dumps({{"Versions": [
                    {{"Key": os.path.basename(f), "VersionId": "v1", "IsLatest": True,
                      "Size": os.path.getsize(f), "ETag": '"' + "k" * 32 + '"'}}
                    for f in glob.glob(state + "/*")]}}))
            else:
                print("{{}}")
            """)
        self.assertIn("✓ code/app_one.zip", self.gordon("apply").stdout)

    def test_stage(self):
        self.fails(64, """
            gordon: a stage is 2 to 16 of a-z, 0-9 and '-', a letter first, not 'PROD'
            see gordon apply --help
            """, "--stage", "PROD")

    def test_region(self):
        self.fails(64, """
            gordon: 'mars' is not a region; one is us-east-1
            see gordon apply --help
            """, "--region", "mars")

    def test_changed_since_the_build(self):
        """A source that changed after the build is a warning; a parameter file is not, apply reads it itself."""
        self.with_token()
        self.fake_aws("print('{\"Stacks\": []}')")
        support.write(self.folder, {"parameters/prod.yml": "A: b\n"})
        self.assertEqual(self.gordon("diff", status=25).stderr, "")
        support.write(self.folder, {"app/one.py": "x = 2\n"})
        self.assertEqual(self.gordon("diff", status=25).stderr, "app/one.py: warning: this has changed since "
                         "the build; run gordon build to include it\n")
        self.assertEqual(self.gordon("diff", "--quiet", status=25).stderr, "")
        self.build()
        self.assertEqual(self.gordon("diff", status=25).stderr, "")

    def test_name_that_is_not_defined(self):
        """An undefined name is empty, as in Jinja2, and a warning."""
        support.write(self.folder, {"parameters/common.yml": "Token: '{{ staqe }}-x'\n"})
        self.build()
        self.fake_aws("print('{\"Stacks\": []}')")
        self.assertEqual(self.gordon("diff", status=25).stderr, "parameters/common.yml:1:8: warning: in this "
                         "template: 'staqe' is not defined, and so is empty\n")

    def test_project_name(self):
        self.with_token()
        self.fake_aws("raise SystemExit('must not run')")
        self.settings("project: my errors\ncode-bucket: errors\napps: [gordon.contrib.lambdas, app]\n")
        self.fails(24, """
            settings.yml: warning: this has changed since the build; run gordon build to include it
            settings.yml:1:10: error: a stack cannot have the name 'my errors': it takes letters, \
digits and '-' only
                1 | project: my errors
                  |          ^~~~~~~~~
            """)


if __name__ == "__main__":
    unittest.main()
