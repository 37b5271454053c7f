"""An HTTP API and a WebSocket API answer as their settings say, against an emulator that checks IAM."""
import base64
import http.client
import json
import os
import socket
import unittest

import support
from emulator import Emulator

SETTINGS = """
    project: apis
    code-bucket: apis-code
    default-region: us-east-1
    lambdas:
      api:
        code: api.py
        uses: {chat: manage-connections, shop: call}
      guard: {code: guard.py}
      door: {code: door.py}
    httpapi:
      shop:
        authorizers:
          users: {jwt: {issuer: "https://id.example", audience: shop}}
          own: {lambda: guard, identity: header.X-Key}
        stage_variables: {level: info}
        domain: {name: api.example.com, base_path: shop/v1, certificate: ref://Certificate}
        routes:
          "GET /items/{id}": api
          "POST /items": {lambda: api, authorizer: users, scopes: write}
          "GET /own": {lambda: api, authorizer: own, payload: "2.0"}
          "GET /iam": {lambda: api, authorizer: iam}
          "ANY /files/{path+}": api
          $default: api
    apigateway:
      old:
        openapi: old.json
        domain: {name: api.example.com, base_path: old, certificate: ref://Certificate}
    websocket:
      chat:
        authorizers: {door: {lambda: door, identity: querystring.key}}
        routes:
          $connect: {lambda: api, authorizer: door}
          say: api
          $default: api
    """

# Answers what it was called with. A message "say" is answered by the connections' API.
API = """
    import json, os, boto3

    def here(url):
        host, stage = url.split("//")[1].split("/")
        return f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{host.split('.')[0]}/{stage}"

    def handler(event, context):
        request = event["requestContext"]
        if "connectionId" in request and request["routeKey"] == "say":
            client = boto3.client("apigatewaymanagementapi", endpoint_url=here(os.environ["CHAT"]))
            client.post_to_connection(ConnectionId=request["connectionId"],
                                      Data=json.dumps({"said": json.loads(event["body"])["text"]}))
        body = {"route": event.get("routeKey") or request.get("routeKey"), "version": event.get("version"),
                "parameters": event.get("pathParameters"), "shop": os.environ["SHOP"]}
        return {"statusCode": 200, "body": json.dumps(body)}
    """
GUARD = """
    def handler(event, context):
        return {"isAuthorized": event["headers"]["x-key"] == "right"}
    """
DOOR = """
    def handler(event, context):
        right = event["queryStringParameters"]["key"] == "right"
        return {"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [
            {"Action": "execute-api:Invoke", "Effect": "Allow" if right else "Deny", "Resource": event["methodArn"]}]}}
    """

# A REST API by a document, whose integrations name a lambda.
OLD = json.dumps({"swagger": "2.0", "info": {"title": "old", "version": "1"}, "paths": {
    "/things/{id}": {"get": {"x-amazon-apigateway-integration": {"uri": "lambda://api"}}}}})


class Socket:
    """A client of a WebSocket (RFC 6455), as far as short texts need one."""

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                             "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def send(self, text):
        data, mask = text.encode(), os.urandom(4)
        assert len(data) < 126
        self.socket.sendall(bytes([0x81, 0x80 | len(data)]) + mask
                            + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def receive(self):
        _, length = self.file.read(2)
        if length == 126:
            length = int.from_bytes(self.file.read(2), "big")
        return json.loads(self.file.read(length))

    def close(self):
        self.file.close()
        self.socket.close()


class Apis(support.Applied):
    FILES = {"settings.yml": SETTINGS, "api.py": API, "guard.py": GUARD, "door.py": DOOR,
             "old.json": OLD}

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(support.VENV, auth=True).start()
        cls.addClassCleanup(cls.emulator.stop)

    def call(self, method, path, api="HttpapiShop", stage="$default", **headers):
        """Returns status, headers and text of a request to an API."""
        api = self.urls[f"Clioutput{api}"].split("//")[1].split(".")[0]
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=60)
        connection.request(method, f"/_aws/execute-api/{api}/{stage}{path}",
                           headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text

    def connect(self, query):
        url = self.urls["ClioutputWebsocketChat"]
        api, stage = url.split("//")[1].split(".")[0], url.rsplit("/", 1)[1]
        client = Socket(self.emulator.port, f"/_aws/execute-api/{api}/{stage}{query}")
        self.addCleanup(client.close)
        return client

    def answered(self, method, path, **headers):
        status, _, text = self.call(method, path, **headers)
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def test_answers(self):
        self.name = "apis"
        arn = self.aws("acm", "request-certificate", "--domain-name", "api.example.com")["CertificateArn"]
        support.write(self.folder, {"parameters/common.yml": f"Certificate: {arn}\n"})
        self.build()
        said = self.apply().stdout
        self.urls = self.outputs()
        self.assertRegex(said, r"https://\w+\.execute-api\.us-east-1\.amazonaws\.com\n")
        self.assertRegex(said, r"wss://\w+\.execute-api\.us-east-1\.amazonaws\.com/dev\n")
        status = self.gordon("status").stdout
        self.assertIn(self.urls["ClioutputHttpapiShop"], status)
        self.assertIn(self.urls["ClioutputWebsocketChat"], status)
        self.http()
        self.websocket()
        found = self.answered("GET", "/things/5", api="ApigatewayOld", stage="dev")
        self.assertEqual(found["parameters"], {"id": "5"})
        self.assertEqual(self.call("GET", "/others", api="ApigatewayOld", stage="dev")[0], 403)
        mappings = self.aws("apigatewayv2", "get-api-mappings", "--domain-name", "api.example.com")["Items"]
        self.assertEqual(sorted((mapping["ApiMappingKey"], mapping["Stage"]) for mapping in mappings),
                         [("old", "dev"), ("shop/v1", "$default")])
        self.assertIn("no changes", self.apply().stdout)

    def http(self):
        found = self.answered("GET", "/items/7")
        self.assertEqual(found["shop"], self.urls["ClioutputHttpapiShop"])
        self.assertEqual((found["route"], found["version"], found["parameters"]),
                         ("GET /items/{id}", "2.0", {"id": "7"}))
        self.assertEqual(self.answered("PUT", "/files/a/b")["parameters"], {"path": "a/b"})
        self.assertEqual(self.answered("DELETE", "/elsewhere")["route"], "$default")
        # authorizers
        self.assertEqual(self.call("POST", "/items")[0], 401)
        self.assertEqual(self.call("POST", "/items", Authorization="Bearer a.b.c")[0], 401)
        self.assertEqual(self.call("GET", "/own")[0], 401)
        self.assertEqual(self.call("GET", "/own", X_Key="wrong")[0], 403)
        self.assertEqual(self.answered("GET", "/own", X_Key="right")["route"], "GET /own")
        self.assertEqual(self.call("GET", "/iam")[0], 403)

    def websocket(self):
        self.assertEqual(self.connect("").status, 401)
        self.assertEqual(self.connect("?key=wrong").status, 403)
        client = self.connect("?key=right")
        self.assertEqual(client.status, 101)
        client.send(json.dumps({"action": "say", "text": "hello"}))
        self.assertIn({"said": "hello"}, [client.receive(), client.receive()])
        client.send(json.dumps({"action": "other"}))
        self.assertEqual(client.receive()["route"], "$default")


if __name__ == "__main__":
    unittest.main()
