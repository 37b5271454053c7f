"""A project is applied, called, applied again, changed and deleted."""
import os
import unittest

import support


class Life(support.Applied):
    FILES = {
        "settings.yml": """
            project: life
            code-bucket: life
            apps:
              - gordon.contrib.lambdas
              - app
            contexts:
              default:
                greeting: ref://Greeting
                deep: [{stage: ref://Stage}]
            apigateway:
              api:
                description: An API
                resources:
                  /:
                    methods: GET
                    integration: {lambda: app.hello}
                  /proxy/{proxy+}:
                    methods: ANY
                    integration: {lambda: app.proxy, type: AWS_PROXY}
            """,
        "parameters/common.yml": "Greeting: Good day\n",
        "parameters/dev.yml": "Greeting: Hello\n",
        "app/settings.yml": """
            lambdas:
              hello:
                code: hello
                runtime: python
                environment: {PLANET: earth}
              proxy:
                code: proxy.js
            """,
        "app/hello/code.py": """
            import json, os

            def handler(event, context):
                with open(".context") as text:
                    return {"context": json.load(text), "planet": os.environ["PLANET"], "number": 1}
            """,
        "app/proxy.js": """
            exports.handler = async (event) => ({
                statusCode: 200, body: JSON.stringify({path: event.path}),
            });
            """,
    }

    def setUp(self):
        super().setUp()
        self.name = "life"

    def change(self, path, old, new):
        path = os.path.join(self.folder, path)
        with open(path) as text:
            content = text.read()
        self.assertIn(old, content)
        with open(path, "w") as out:
            out.write(content.replace(old, new))
        self.build()

    def test_life(self):
        self.build()
        first = self.apply()
        self.check_first(first.stdout)
        outputs = self.outputs()
        function = outputs["ClioutputLambdaAppHello"]
        self.check_answers(function, outputs["ClioutputApigatewayApi"])
        self.check_no_change()
        self.check_code_change(function)
        self.check_configuration_change(function)
        self.check_context_change(function)
        self.check_delete()

    def check_first(self, printed):
        self.assertRegex(printed, r"\A" r"""Applying project\.\.\.
  0001_p\.json \(cloudformation\)
    CREATE_COMPLETE
  0002_pr_r\.json \(custom\)
    ✓ code/contrib_lambdas_version\.zip \([0-9a-f]{8}\)
    ✓ code/app_hello\.zip \([0-9a-f]{8}\)
    ✓ code/app_proxy\.zip \([0-9a-f]{8}\)
  0003_r\.json \(cloudformation\)
    CREATE_COMPLETE
Project Outputs:
  LambdaAppHello
    arn:aws:lambda:us-east-1:\d+:function:\S+:current
  LambdaAppProxy
    arn:aws:lambda:us-east-1:\d+:function:\S+:current
  ApigatewayApi
    https://\w+\.execute-api\.us-east-1\.amazonaws\.com/dev
\Z""")

    def check_answers(self, function, url):
        answer, version = self.invoke(function)
        self.assertEqual(answer, {"context": {"greeting": "Hello", "deep": [{"stage": "dev"}]},
                                  "planet": "earth", "number": 1})
        self.assertEqual(version, "1")
        self.assertIn('"planet": "earth"', self.get(url).replace('":"', '": "'))
        self.assertEqual(self.get(url, "/proxy/a/b"), '{"path":"/proxy/a/b"}')

    def check_no_change(self):
        calls = self.record_aws()
        again = self.apply()
        self.assertEqual(again.stdout.count("no changes"), 2, again.stdout)
        self.assertEqual(again.stdout.count(") unchanged"), 3, again.stdout)
        words = [call[:2] for call in calls()]
        self.assertNotIn(["s3", "cp"], words)
        self.assertNotIn(["cloudformation", "execute-change-set"], words)
        del self.environment["GORDON_TEST_AWS_LOG"]

    def check_code_change(self, function):
        self.change("app/hello/code.py", '"number": 1', '"number": 2')
        calls = self.record_aws()
        changed = self.apply().stdout
        self.assertEqual(changed.count(") unchanged"), 2, changed)
        self.assertIn("UPDATE_COMPLETE", changed)
        self.assertEqual(sum(call[:2] == ["s3", "cp"] for call in calls()), 1)
        del self.environment["GORDON_TEST_AWS_LOG"]
        answer, version = self.invoke(function)
        self.assertEqual((answer["number"], version), (2, "2"))

    def check_configuration_change(self, function):
        self.change("app/settings.yml", "PLANET: earth", "PLANET: mars")
        self.assertEqual(self.apply().stdout.count(") unchanged"), 3)
        answer, version = self.invoke(function)
        self.assertEqual((answer["planet"], version), ("mars", "3"))

    def check_context_change(self, function):
        self.change("parameters/dev.yml", "Hello", "Ciao")
        self.apply()
        answer, version = self.invoke(function)
        self.assertEqual((answer["context"]["greeting"], version), ("Ciao", "4"))

    def check_delete(self):
        dry = self.gordon("delete")
        self.assertRegex(dry.stdout, r"\A" r"""What delete would take from the stage 'dev', us-east-1:
  dev-life-r \(cloudformation\)
    UPDATE_COMPLETE
  life-us-east-1-dev \(bucket\)
    \d+ object versions
  dev-life-p \(cloudformation\)
    CREATE_COMPLETE
Nothing was deleted; add --confirm to do it\.
\Z""")
        self.assertEqual(len(self.aws("lambda", "list-functions")["Functions"]), 3)
        self.gordon("delete", "--confirm")
        self.assertEqual(self.aws("lambda", "list-functions")["Functions"], [])
        self.assertEqual(self.aws("s3api", "list-buckets")["Buckets"], [])
        self.assertEqual(self.aws("iam", "list-roles")["Roles"], [])
        self.assertEqual(self.aws("apigateway", "get-rest-apis")["items"], [])
        self.assertEqual(self.gordon("delete").stdout,
                         "Nothing to delete: the stage 'dev' of life is not in us-east-1.\n")


if __name__ == "__main__":
    unittest.main()
