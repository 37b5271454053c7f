"""What calls a lambda over HTTP, by its logs, by a user pool, by IoT or by a load balancer, reaches the alias
that Gordon deployed; and the URL of a lambda answers as its settings say."""
import gzip
import base64
import json
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


if __name__ == "__main__":
    unittest.main()
