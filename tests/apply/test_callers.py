"""What calls a lambda over HTTP, by its logs, by a user pool, by IoT or by a load balancer, reaches the alias
that Gordon deployed; and the URL of a lambda answers as its settings say."""
import gzip
import base64
import json
import os
import unittest
import urllib.error
import urllib.request

import support
from flows import RECORD, FlowCase

ANSWER = """
    import json

    def handler(event, context):
        if "triggerSource" in event:
            event["response"]["autoConfirmUser"] = True
            return event
        print("ERROR" if "/fail" in event.get("rawPath", "") else "fine", event.get("rawPath"))
        return {"statusCode": 201, "headers": {"X-Version": context.function_version},
                "body": json.dumps(event)}
    """

# What the runtime of Node.js writes for a stream with a head: the emulator's has no streams.
STREAM = r"""
    def handler(event, context):
        return '{"statusCode": 202, "headers": {"X-Of": "stream"}}' + "\0" * 8 + "first,second"
    """

NETWORK = """
      Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      First: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Network, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
      Second: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Network, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1b}}
      Balancer:
        Type: AWS::ElasticLoadBalancingV2::LoadBalancer
        Properties: {Name: callers, Subnets: [!Ref First, !Ref Second]}
      Listener:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties:
          LoadBalancerArn: !Ref Balancer
          Port: 80
          Protocol: HTTP
          DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: '404'}}]
"""


class Callers(FlowCase):
    SETTINGS = f"""
project: NAME
code-bucket: NAME
cloudformation:
    Resources:
      Users: {{Type: AWS::Cognito::UserPool, Properties: {{UserPoolName: callers}}}}
{NETWORK}
defaults: {{lambdas: {{timeout: 30, memory: 256}}}}
lambdas:
  open: {{code: answer.py, log-retention: 1, url: {{auth: none, cors: true}}}}
  shop: {{code: answer.py, url: {{auth: none, cors: {{allow_origins: 'https://shop.example', allow_methods: GET, max_age: 60}}}}}}
  closed: {{code: answer.py, url: true}}
  stream: {{code: stream.py, url: {{auth: none, streaming: true}}}}
  record: {{code: record.py, environment: {{SEEN: BUCKET, ME: record}}}}
  measure: {{code: record.py, environment: {{SEEN: BUCKET, ME: measure}}}}
logs:
  errors: {{log_group: {{lambda: open}}, filter_pattern: ERROR, lambda: record}}
cognito:
  users: {{user_pool: ref://Users, triggers: {{pre_sign_up: open}}}}
iot:
  readings: {{sql: "SELECT t AS temperature FROM 'sensors/+/data' WHERE t > 40", lambda: measure}}
alb:
  shop: {{listener: ref://Listener, lambda: open, priority: 5, conditions: {{path: /api/*}}, multi_value_headers: true}}
outputs:
  Pool: ref://Users
"""

    def http(self, url, path="/", method="GET", **headers):
        """Sends a request to the URL of a lambda, where the emulator has it. Returns the status, headers and body."""
        local = f"{self.emulator.endpoint}/_aws/lambda-url/{url.split('//')[1].split('.')[0]}{path}"
        return self.send(urllib.request.Request(local, method=method, headers=headers))

    def send(self, request):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def test_callers(self):
        self.settings(self.SETTINGS.replace("NAME", self.name).replace("BUCKET", self.seen))
        support.write(self.folder, {"answer.py": ANSWER, "stream.py": STREAM, "record.py": RECORD})
        self.build()
        said = self.apply().stdout
        self.assertIn("no changes", self.apply().stdout.split("0003_r.json")[1])
        outputs, status = self.outputs(), self.gordon("status").stdout
        shown = {one["lambda"]: one.get("url") for one in json.loads(self.gordon("status", "--json").stdout)["lambdas"]}
        self.assertEqual((shown["open"], shown["record"]), (outputs["ClioutputUrlOpen"], None))
        for name in ("Open", "Shop", "Closed", "Stream"):
            url = outputs[f"ClioutputUrl{name}"]
            self.assertIn(f"  Url{name}\n    {url}\n", said)
            self.assertIn(f":current\n    {url}\n", status)
        self.assertIn("""Callers:
  logs     OpenLogs -> record
  cognito  Users PreSignUp -> open
  iot      SELECT t AS temperature FROM 'sensors/+/data' W... -> measure
  alb      Listener /api/* -> open
""", status)
        self.check_urls(outputs)
        self.check_logs()
        self.check_pool(outputs["Pool"])
        self.check_iot()
        self.check_balancer(outputs["ClioutputLambdaOpen"])

    def check_urls(self, outputs):
        open_url, shop = outputs["ClioutputUrlOpen"], outputs["ClioutputUrlShop"]
        status, headers, body = self.http(open_url, "/fail?a=b", Origin="https://any.example")
        event = json.loads(body)
        self.assertEqual((status, event["rawPath"], event["queryStringParameters"]), (201, "/fail", {"a": "b"}))
        self.assertEqual(headers["X-Version"], "1")
        self.assertEqual(headers["Access-Control-Allow-Origin"], "*")
        status, headers, _ = self.http(shop, method="OPTIONS", Origin="https://shop.example")
        self.assertEqual((status, headers["Access-Control-Allow-Origin"], headers["Access-Control-Allow-Methods"],
                          headers["Access-Control-Max-Age"]), (200, "https://shop.example", "GET", "60"))
        _, headers, _ = self.http(shop, Origin="https://other.example")
        self.assertNotIn("Access-Control-Allow-Origin", headers)
        self.assertEqual(self.http(outputs["ClioutputUrlClosed"])[0], 403)
        status, headers, body = self.http(outputs["ClioutputUrlStream"])
        self.assertEqual((status, headers["X-Of"], body), (202, "stream", "first,second"))

    def check_logs(self):
        """The line that the call of /fail wrote reaches the other lambda, and no other line."""
        data = self.reached("record")[0]["awslogs"]["data"]
        found = json.loads(gzip.decompress(base64.b64decode(data)))
        self.assertEqual([event["message"].strip() for event in found["logEvents"]], ["ERROR /fail"])
        self.assertEqual(found["logGroup"], f"/aws/lambda/dev-{self.name}-r-Open")

    def check_pool(self, pool):
        client = self.aws("cognito-idp", "create-user-pool-client", "--user-pool-id", pool, "--client-name", "c")
        answer = self.aws("cognito-idp", "sign-up", "--client-id", client["UserPoolClient"]["ClientId"],
                          "--username", "ann", "--password", "Passw0rd!x")
        self.assertTrue(answer["UserConfirmed"])  # as the lambda says

    def check_iot(self):
        for temperature in (39, 41):
            self.aws("iot-data", "publish", "--topic", "sensors/1/data", "--payload", json.dumps({"t": temperature}))
        self.assertEqual(self.reached("measure"), [{"temperature": 41}])

    def check_balancer(self, alias):
        group, = self.aws("elbv2", "describe-target-groups")["TargetGroups"]
        # The emulator takes no targets from a template.
        self.aws("elbv2", "register-targets", "--target-group-arn", group["TargetGroupArn"], "--targets", f"Id={alias}")

        def get(path):
            request = urllib.request.Request(f"{self.emulator.endpoint}/_alb/callers{path}", headers={"X-A": "b"})
            return self.send(request)

        status, _, body = get("/api/items?a=1&a=2")
        event = json.loads(body)
        self.assertEqual((status, event["path"]), (201, "/api/items"))
        self.assertEqual(event["multiValueQueryStringParameters"], {"a": ["1", "2"]})
        self.assertEqual(get("/other")[0], 404)


class Shown(support.Project):
    maxDiff = None
    """What `gordon status` shows of the template, for a stage of a made-up `aws`, which has no resource Late."""

    FILES = {
        "settings.yml": """
            project: shown
            code-bucket: shown
            default-region: eu-west-1
            apps: [app]
            sqs:
              letters: {queue: ref://Mail, lambda: app.work}
              far: {queue: 'arn:aws:sqs:eu-west-1:123456789012:far', lambda: app.work}
              given: {queue: ref://Given, lambda: app.work}
            kinesis:
              seen: {stream: ref://Clicks, lambda: app.work, starting_position: LATEST}
            kafka:
              news: {cluster: 'arn:aws:kafka:eu-west-1:123456789012:cluster/shop/1-2', topics: news, starting_position: LATEST, lambda: app.work}
            sns:
              alerts: {topic: {'Fn::Sub': 'arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${Stage}-alerts'}, lambda: app.work}
            schedules:
              nightly: {schedule_expression: cron(0 3 * * ? *), timezone: Europe/Madrid, lambda: app.work}
            events:
              gone: {event_pattern: {source: [aws.ec2], detail-type: [Gone]}, targets: {work: {lambda: app.work}}}
              often: {schedule_expression: rate(1 hour), targets: {work: {lambda: app.work}}}
            apigateway:
              rest:
                resources:
                  /a/{id}: {methods: [GET, POST], integration: {lambda: app.work}}
            httpapi:
              many:
                authorizers: {guard: {lambda: app.work, identity: header.A}}
                routes: ROUTES
            cloudformation:
              Resources:
                Mail: {Type: AWS::SQS::Queue}
                Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
                Late:
                  Type: AWS::Scheduler::Schedule
                  Properties:
                    ScheduleExpression: at(2030-01-01T00:00:00)
                    FlexibleTimeWindow: {Mode: 'OFF'}
                    Target: {Arn: !GetAtt Native.Arn, RoleArn: 'arn:aws:iam::123456789012:role/r'}
                Document:
                  Type: AWS::ApiGateway::RestApi
                  Properties:
                    Body:
                      openapi: 3.0.1
                      paths:
                        /doc:
                          get:
                            x-amazon-apigateway-integration:
                              type: aws_proxy
                              httpMethod: POST
                              uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Native.Arn}/invocations'
                Native:
                  Type: AWS::Lambda::Function
                  Properties:
                    Code: {ZipFile: 'pass'}
                    Handler: index.handler
                    Runtime: python3.13
                    Role: 'arn:aws:iam::123456789012:role/r'
            """.replace("ROUTES", json.dumps({f"GET /r{i:02}": "app.work" for i in range(12)})),
        "app/settings.yml": "lambdas: {work: {code: work.py}}\n",
        "app/work.py": "",
        "parameters/common.yml": "Given: 'arn:aws:sqs:eu-west-1:123456789012:given'\n",
    }

    def status(self, *arguments):
        template = os.path.join(self.folder, "_build/0003_r.json")
        self.fake_aws(f"""
            import json, sys
            if sys.argv[2] == "describe-stacks":
                print(json.dumps({{"Stacks": [
                    {{"StackName": "dev-shown-" + step, "StackStatus": "CREATE_COMPLETE", "CreationTime": "2026-11-30T00:53:00Z",
                      "Parameters": [{{"ParameterKey": "Given", "ParameterValue": "arn:aws:sqs:eu-west-1:123456789012:given"}}]}}
                    for step in "pr"]}}))
            elif sys.argv[2] == "list-stack-resources":
                print(json.dumps({{"StackResourceSummaries": [
                    {{"LogicalResourceId": id, "PhysicalResourceId": "dev-" + id, "ResourceType": resource["Type"],
                      "ResourceStatus": "CREATE_COMPLETE"}}
                    for id, resource in json.load(open({template!r}))["Resources"].items() if id != "Late"]}}))
            else:
                print('{{"FunctionVersion": "1"}}')
            """)
        return self.gordon("status", *arguments).stdout

    def test_callers(self):
        self.build()
        shown = self.status()
        self.assertEqual(shown[shown.index("Callers:\n"):], """\
Callers:
  queue       far -> app.work
  queue       given -> app.work
  queue       Mail -> app.work
  kafka       cluster/shop/1-2 news -> app.work
  stream      Clicks -> app.work
  topic       dev-alerts -> app.work
  schedule    at(2030-01-01T00:00:00) -> Native  (not applied)
  schedule    cron(0 3 * * ? *) Europe/Madrid -> app.work
  schedule    rate(1 hour) -> app.work
  event       aws.ec2 Gone -> app.work
  route       rest GET /a/{id} -> app.work
  route       rest POST /a/{id} -> app.work
""" + "".join(f"  route       many GET /r0{i} -> app.work\n" for i in range(8)) + """\
              and 5 more, which --json shows
  authorizer  many guard -> app.work
""")
        callers = json.loads(self.status("--json"))["callers"]
        self.assertEqual(len([one for one in callers if one["kind"] == "route"]), 15)
        self.assertIn({"kind": "schedule", "source": "at(2030-01-01T00:00:00)", "lambda": "Native", "resource": "Late",
                       "applied": False}, callers)
        self.assertEqual([one["source"] for one in callers if one["resource"] == "Document"], ["Document get /doc"])
        self.assertIn({"kind": "queue", "source": "Mail", "lambda": "app.work", "resource": "LettersSqs",
                       "applied": True}, callers)

    def test_nothing_built(self):
        self.build()
        self.status()
        shown = self.gordon("status", "--build-dir", "elsewhere").stdout
        self.assertNotIn("Callers", shown)
        self.assertEqual(json.loads(self.gordon("status", "--json", "--build-dir", "elsewhere").stdout)["callers"], [])


if __name__ == "__main__":
    unittest.main()
