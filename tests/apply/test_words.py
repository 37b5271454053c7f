"""Words of lambdas against the emulator: what Lambda and CloudWatch have after apply, and where logs are."""
import unittest

import support


class Words(support.Applied):
    FILES = {
        "app/settings.yml": """
            lambdas:
              plain: {code: code.py}
              own: {code: code.py, name: orders, log-retention: 14, tags: {cost-center: 12}}
              foreign: {code: code.py, log-group: ref://Kept}
              one: {code: code.py, log-group: "sub:///shop/${Stage}"}
              other: {code: code.py, log-group: "sub:///shop/${Stage}"}
            """,
        "app/code.py": """
            def handler(event, context):
                print("word of", event)
            """,
    }
    SETTINGS = """
        project: NAME
        code-bucket: NAME
        apps: [app]
        tags: {team: TEAM}
        defaults: {lambdas: {timeout: 10, tracing: true, ephemeral-storage: 1024}}
        cloudformation: {Resources: {Kept: {Type: AWS::Logs::LogGroup}}}
        """

    def apply_with(self, team):
        self.settings(self.SETTINGS.replace("NAME", self.name).replace("TEAM", team))
        self.build()
        self.apply()

    def groups(self):
        found = self.aws("logs", "describe-log-groups")["logGroups"]
        return {group["logGroupName"]: group.get("retentionInDays") for group in found}

    def test_words(self):
        self.apply_with("shop")
        function = self.aws("lambda", "get-function", "--function-name", "dev-orders")
        configuration = function["Configuration"]
        self.assertEqual(configuration["TracingConfig"], {"Mode": "Active"})
        self.assertEqual(configuration["EphemeralStorage"], {"Size": 1024})
        group = f"/aws/lambda/dev-{self.name}-r-AppOwn"
        self.assertEqual(configuration["LoggingConfig"]["LogGroup"], group)
        tags = {name: value for name, value in function["Tags"].items() if not name.startswith("aws:")}
        self.assertEqual(tags, {"cost-center": "12", "team": "shop"})
        self.assertEqual(self.groups()[group], 14)
        self.check_logs()
        self.check_tags()
        self.gordon("delete", "--confirm")
        left = [name for name in self.groups() if not name.endswith("AppPlain")
                and not name.startswith(f"/aws/lambda/dev-{self.name}-r-AppPlain")]
        self.assertEqual(left, [])

    def check_logs(self):
        names = ["plain", "own", "foreign", "one"]
        for name in names:
            self.gordon("invoke", f"app.{name}", typed=f'"{name}"')
        for name in names:
            self.assertIn(f"word of {name}\n", self.gordon("logs", f"app.{name}").stdout)
        for name in names[:3]:
            self.assertEqual(self.gordon("logs", f"app.{name}", "--filter", "word").stdout.count("\n"), 1)

    def check_tags(self):
        """A new tag changes the function, and publishes no version."""
        before = self.outputs()["ClioutputLambdaAppOwn"]
        versions = self.versions()
        self.apply_with("other")
        tags = self.aws("lambda", "get-function", "--function-name", "dev-orders")["Tags"]
        self.assertEqual(tags["team"], "other")
        self.assertEqual((self.outputs()["ClioutputLambdaAppOwn"], self.versions()), (before, versions))

    def versions(self):
        found = self.aws("lambda", "list-versions-by-function", "--function-name", "dev-orders")["Versions"]
        return [version["Version"] for version in found]


class Groups(support.Project):
    """The events of a shared group are of several functions; only AWS knows the name of some groups."""

    FILES = {
        "settings.yml": """
            project: fake
            code-bucket: fake
            lambdas:
              one: {code: code.py, log-group: ref://Group}
              second: {code: code.py, log-group: ref://Group}
              lost: {code: code.py, log-group: ref://Group}
            """,
        "code.py": "",
    }

    def setUp(self):
        super().setUp()
        self.fake_aws("""
            import json, sys
            if sys.argv[2] == "list-stack-resources":
                print(json.dumps({"StackResourceSummaries": [
                    {"LogicalResourceId": name, "PhysicalResourceId": name.lower()}
                    for name in ("One", "Second", "Lost")]}))
                sys.exit()
            assert sys.argv[3:5] == ["--cli-input-json", "file:///dev/stdin"], sys.argv
            with open("/dev/stdin") as file:
                request = json.load(file)
            if sys.argv[1:3] == ["lambda", "get-function-configuration"]:
                if request == {"FunctionName": "lost"}:
                    sys.exit("\\nAn error occurred (AccessDeniedException): lost")
                print(json.dumps({"LoggingConfig": {"LogGroup": "/both"}}))
                sys.exit()
            assert sys.argv[1:3] == ["logs", "filter-log-events"], sys.argv
            assert request["logGroupName"] == "/both", request
            streams = ["2026/11/24/one[1]abc", "2026/11/24/second[$LATEST]def", "2026/11/24/one-more[1]ghi"]
            print(json.dumps({"events": [{"timestamp": 1795480000000 + i, "message": f"in {stream}",
                                          "logStreamName": stream, "eventId": str(i)}
                                         for i, stream in enumerate(streams)]}))
            """)

    def logs(self, *arguments, **options):
        return self.gordon("logs", "--since", "2026-01-01", *arguments, **options)

    def test_shared(self):
        self.assertRegex(self.logs("one").stdout, r"\A\S+ in 2026/11/24/one\[1\]abc\n\Z")
        self.assertRegex(self.logs("one", "second").stdout,
                         r"\A\S+ one +in 2026/11/24/one\[1\]abc\n\S+ second +in 2026/11/24/second\[\$LATEST\]def\n\Z")

    def test_refused(self):
        run = self.logs("lost", status=1)
        self.assertEqual(run.stderr, "gordon: error: the log group of 'lost': An error occurred "
                                     "(AccessDeniedException): lost\n")


if __name__ == "__main__":
    unittest.main()
