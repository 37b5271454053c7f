"""Resources of fragments are made with the lambdas that use them, change, and go or stay."""
import json
import os
import unittest

from flows import FlowCase


class Fragments(FlowCase):
    FRAGMENT = """
        Parameters:
          Level: {Type: String, Default: info, AllowedValues: [info, debug]}
          Days: {Type: Number}
        Mappings:
          Names: {dev: {Queue: dev-mail}}
        Conditions:
          IsDev: !Equals [!Ref Stage, dev]
        Resources:
          Orders:
            Type: AWS::DynamoDB::Table
            DeletionPolicy: Retain
            Properties:
              TableName: orders-of-test
              BillingMode: PAY_PER_REQUEST
              AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
              KeySchema: [{AttributeName: id, KeyType: HASH}]
              StreamSpecification: {StreamViewType: NEW_IMAGE}
          Mail:
            Type: AWS::SQS::Queue
            Properties: {QueueName: !FindInMap [Names, !Ref Stage, Queue]}
          Alerts: {Type: AWS::SNS::Topic, Condition: IsDev}
          Uploads: {Type: AWS::S3::Bucket, Properties: {BucketName: uploads-of-test}}
          Log: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !Ref Days}}
          Work:
            Type: AWS::IAM::Role
            Properties:
              RoleName: role-of-test
              AssumeRolePolicyDocument:
                Version: 2012-10-17
                Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
          Machine:
            Type: AWS::StepFunctions::StateMachine
            Properties:
              StateMachineName: machine-of-test
              DefinitionS3Location: machine.json
              RoleArn: !GetAtt Work.Arn
          Child:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: child.yml, Parameters: {Role: !GetAtt Work.Arn}}
        Outputs:
          Group: {Value: !Ref Log}
          Child: {Value: !GetAtt Child.Outputs.Name}
        """
    CHILD = """
        Parameters: {Role: {Type: String}}
        Resources:
          Function:
            Type: AWS::Lambda::Function
            Properties: {Code: child, Handler: code.handler, Runtime: python3.13, Role: !Ref Role}
          Letters: {Type: AWS::SQS::Queue, DeletionPolicy: Retain, Properties: {QueueName: letters-of-test}}
        Outputs: {Name: {Value: !Ref Function}}
        """

    def fragments(self):
        self.project({
            "cloudformation": "fragment.yml",
            "defaults": {"lambdas": {"environment": {"QUEUE": "ref://Mail"}}},
            "dynamodb": {"flow": {"lambda": "app.one", "stream": "ref://Orders",
                                  "starting_position": "TRIM_HORIZON"}},
            "s3": {"incoming": {"bucket": "ref://Uploads", "notifications": {
                "made": {"lambda": "app.one", "events": ["s3:ObjectCreated:*"]}}}},
            "outputs": {"QueueUrl": "ref://Mail", "QueueArn": {"value": "att://Mail.Arn"}},
        }, ["s3"], parameters="Days: 7\n")
        self.settings(self.FRAGMENT, "app/fragment.yml")
        self.settings(self.CHILD, "app/child.yml")
        self.write_child("first")
        self.write_machine("first")
        self.deploy()
        return self.outputs()

    def write_machine(self, state):
        self.settings(json.dumps({"StartAt": state, "States": {state: {"Type": "Pass", "End": True}}}),
                      "app/machine.json")

    def write_child(self, said):
        os.makedirs(os.path.join(self.folder, "app/child"), exist_ok=True)
        self.settings(f"def handler(event, context): return '{said}'\n", "app/child/code.py")

    def test_fragments(self):
        outputs = self.fragments()
        self.assertEqual(outputs["QueueArn"].rsplit(":", 1)[1], "dev-mail")
        self.assertTrue(outputs["QueueUrl"].endswith("/dev-mail"))
        groups = self.aws("logs", "describe-log-groups")["logGroups"]
        self.assertEqual([group.get("retentionInDays") for group in groups
                          if group["logGroupName"] == outputs["Group"]], [7])
        self.aws("dynamodb", "put-item", "--table-name", "orders-of-test", "--item", '{"id": {"S": "x"}}')
        self.assertEqual(self.reached()[0]["Records"][0]["dynamodb"]["NewImage"], {"id": {"S": "x"}})
        put = os.path.join(self.folder, "put.txt")
        with open(put, "w") as out:
            out.write("text")
        self.aws("s3api", "put-object", "--bucket", "uploads-of-test", "--key", "a.txt", "--body", put)
        self.wait(lambda: "a.txt" in json.dumps(self.reached()), "the event of the bucket")
        self.aws("s3api", "delete-object", "--bucket", "uploads-of-test", "--key", "a.txt")
        self.assertIn("no changes", self.apply().stdout)
        self.check_files(outputs["Child"])
        self.check_version()
        self.check_delete()

    def check_files(self, function):
        """A changed definition is another object, which the stack takes by its key. So is the code of a
        function of a nested template, which is a folder."""
        def objects():
            return {item["Key"].split("-")[0]: item["Key"]
                    for item in self.aws("s3api", "list-objects-v2", "--bucket", bucket)["Contents"]
                    if item["Key"] not in before.values()}

        def said():
            answer = os.path.join(self.folder, "answer.json")
            self.aws("lambda", "invoke", "--function-name", function, answer)
            with open(answer) as file:
                return json.load(file)

        bucket, before = f"{self.name[:31]}-us-east-1-dev", {}
        before = objects()
        self.assertEqual(said(), "first")
        self.write_machine("second")
        self.write_child("second")
        self.build()
        shown = self.gordon("diff", status=25).stdout
        self.assertRegex(shown, r"~ Machine +AWS::StepFunctions::StateMachine +\S.*  app/fragment.yml:\d+\n")
        applied = self.apply().stdout
        self.assertIn("Machine", applied)
        self.assertIn("Child", applied)
        self.assertEqual(sorted(name for name in objects() if "zip" not in name), ["Child", "Function", "Machine"])
        self.assertEqual(said(), "second")

    def check_version(self):
        """A queue with another name is in a new version of the lambda; a change of the same queue is not."""
        def version():
            return int(self.aws("lambda", "get-alias", "--function-name", self.alias().rsplit(":", 1)[0],
                                "--name", "current")["FunctionVersion"])

        before = version()
        name = "QueueName: !FindInMap [Names, !Ref Stage, Queue]"
        for changed, versions in ((f"DelaySeconds: 1, {name}", 0), ("QueueName: other-mail", 1)):
            self.settings(self.FRAGMENT.replace(name, changed), "app/fragment.yml")
            self.build()
            self.apply()
            self.assertEqual(version(), before + versions)

    def check_delete(self):
        said = self.gordon("delete").stdout
        self.assertIn("Orders (AWS::DynamoDB::Table, orders-of-test) stays\n", said)
        self.assertRegex(said, r"Child/Letters \(AWS::SQS::Queue, .*letters-of-test\) stays\n")
        self.assertNotIn("Lambda::Version", said)
        lines = [json.loads(line) for line in self.gordon("delete", "--json").stdout.splitlines()]
        self.assertEqual([{**line, "name": line["name"].split("/")[-1]}
                          for line in lines if line["type"] == "kept"], [
            {"type": "kept", "step": f"dev-{self.name}-r", "id": id_, "resource": type_, "name": name,
             "policy": "Retain"} for id_, type_, name in (
                 ("Child/Letters", "AWS::SQS::Queue", "letters-of-test"),
                 ("Orders", "AWS::DynamoDB::Table", "orders-of-test"))])


if __name__ == "__main__":
    unittest.main()
