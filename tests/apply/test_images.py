"""Lambdas that are images, and what happens with asynchronous calls."""
import json
import unittest

import support

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:"


class Images(support.Applied):
    def lambdas(self):
        answer = json.loads(self.gordon("status", "--json").stdout)
        return {one["lambda"]: (one["version"], one["newest"], one["code"]) for one in answer["lambdas"]}

    def test_image(self):
        """An image has no zip. Its version follows the URI, and the rest of the configuration."""
        def write(memory):
            self.settings(f"""
                project: {self.name}
                code-bucket: {self.name}
                lambdas:
                  api:
                    image: {{uri: ref://Image, command: [app.handler]}}
                    memory: {memory}
                """)
            self.build()

        def image(tag):
            support.write(self.folder, {"parameters/dev.yml": f"Image: {IMAGE}{tag}\n"})

        image("1")
        write(256)
        self.apply()
        function = self.aws("lambda", "get-function", "--function-name", self.outputs()["ClioutputLambdaApi"])
        self.assertEqual(function["Code"]["ImageUri"], IMAGE + "1")
        self.assertEqual(self.lambdas(), {"api": ("1", "1", "image")})
        self.assertRegex(self.gordon("status").stdout, r"api +version 1 +an image\n")
        self.gordon("diff")  # 0: there are no changes
        self.assertEqual(self.apply().stdout.count("no changes"), 2)
        image("2")
        self.assertIn("ApiPublished", self.gordon("diff", status=25).stdout)
        self.apply()
        self.assertEqual(self.lambdas(), {"api": ("2", "2", "image")})
        write(512)
        self.apply()
        self.assertEqual(self.lambdas(), {"api": ("3", "3", "image")})
        self.gordon("rollback")
        self.assertEqual(self.lambdas(), {"api": ("2", "3", "image")})
        self.gordon("release", "--stage", "dev")
        self.assertIn("this lambda is an image", self.gordon("package", "api", status=20).stderr)

    def test_asynchronous(self):
        """Calls that fail go to a queue, by a policy for this queue alone; two lambdas send to each other."""
        self.settings(f"""
            project: {self.name}
            code-bucket: {self.name}
            lambdas:
              one:
                code: one.py
                dead-letter: {{queue: att://Letters.Arn}}
                on-failure: {{queue: att://Letters.Arn}}
                on-success: {{lambda: two}}
                retries: 1
                max-event-age: 60
                permissions: [{{principal: s3.amazonaws.com, source-account: 012345670123}}]
              two: {{code: one.py, on-success: {{lambda: one}}}}
            cloudformation:
              Resources:
                Letters: {{Type: AWS::SQS::Queue}}
            """)
        support.write(self.folder, {"one.py": "def handler(event, context): return 1\n"})
        self.build()
        self.apply()
        one, two = (self.outputs()[f"ClioutputLambda{name}"] for name in ("One", "Two"))
        config = self.aws("lambda", "get-function-event-invoke-config", "--function-name",
                          one.rsplit(":", 1)[0], "--qualifier", "current")
        queue = config["DestinationConfig"]["OnFailure"]["Destination"]
        self.assertRegex(queue, r"^arn:aws:sqs:us-east-1:\d+:")
        self.assertEqual(config["DestinationConfig"]["OnSuccess"]["Destination"], two)
        self.assertEqual((config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]), (1, 60))
        role = self.aws("lambda", "get-function", "--function-name", one)["Configuration"]["Role"].split("/")[-1]
        for name in "OneDeadLetter", "OneOnFailure":
            document = self.aws("iam", "get-role-policy", "--role-name", role, "--policy-name", name)["PolicyDocument"]
            self.assertEqual(document["Statement"], [
                {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [queue]}])
        policy = self.aws("lambda", "get-policy", "--function-name", one.rsplit(":", 1)[0], "--qualifier",
                          "current")["Policy"]
        statement = json.loads(policy)["Statement"][0]
        self.assertEqual(statement["Condition"]["StringEquals"]["AWS:SourceAccount"], "012345670123")
        self.assertEqual(self.apply().stdout.count("no changes"), 2)


if __name__ == "__main__":
    unittest.main()
