"""What an API's stage serves after an apply: its last deployment is a snapshot of the API."""
import json
import shutil
import unittest
import urllib.error
import urllib.request

import support


class Api(support.Applied):
    FILES = {
        "settings.yml": """
            project: shop
            default-region: us-east-1
            code-bucket: shop-code
            apps: [app]
            """,
        "app/settings.yml": """
            apigateway:
              shop:
                resources:
                  /items:
                    methods: [GET]
                    integration: {type: HTTP_PROXY, uri: ref://Backend, http_method: GET}
              plain:
                resources:
                  /items:
                    methods: [GET]
                    integration: {type: HTTP_PROXY, uri: "http://example.com", http_method: GET}
            """,
        "parameters/common.yml": "Backend: http://example.com/one\n",
    }

    def deployed(self):
        """The logical ids of the deployments in the stack, by the name of their API."""
        found = self.aws("cloudformation", "list-stack-resources", "--stack-name", "dev-shop-r")
        return {one["LogicalResourceId"].split("Deployment")[0]: one["LogicalResourceId"]
                for one in found["StackResourceSummaries"]
                if one["ResourceType"] == "AWS::ApiGateway::Deployment"}

    def served(self):
        """The deployment that the stage of each API serves, by the API's id."""
        return {api["id"]: self.aws("apigateway", "get-stage", "--rest-api-id", api["id"],
                                    "--stage-name", "dev")["deploymentId"]
                for api in self.aws("apigateway", "get-rest-apis")["items"]}

    def test_a_parameter_changes(self):
        """The API that refers to it is deployed again, and the other one is not."""
        self.build()
        self.apply()
        first, served = self.deployed(), self.served()
        self.assertEqual(sorted(first), ["Plain", "Shop"])
        self.assertIn("no changes", self.apply().stdout)
        self.settings("Backend: http://example.com/two\n", "parameters/common.yml")
        self.build()
        said = self.gordon("diff", status=25).stdout
        self.assertIn(f"+ {first['Shop'][:-8]}", said)
        self.assertIn(f"- {first['Shop']}", said)
        self.assertNotIn("PlainDeployment", said)
        self.apply()
        second = self.deployed()
        self.assertEqual(second["Plain"], first["Plain"])
        self.assertNotEqual(second["Shop"], first["Shop"])
        changed = [api for api, deployment in self.served().items() if deployment != served[api]]
        self.assertEqual(len(changed), 1)
        self.assertIn("no changes", self.apply().stdout)

    def routes(self):
        """What the stages serve: the paths in the snapshots of their deployments, by API."""
        summaries = {}
        for api, deployment in self.served().items():
            found = self.aws("apigateway", "get-deployment", "--rest-api-id", api,
                             "--deployment-id", deployment, "--embed", "apisummary")
            summaries[api] = sorted(found["apiSummary"])
        return sorted(summaries.values())

    def test_a_path_is_removed(self):
        """CloudFormation removes it after it made the deployment, so apply deploys after that."""
        items = """
                  /items:
                    methods: [GET]
                    integration: {type: HTTP_PROXY, uri: ref://Backend, http_method: GET}"""
        files = self.FILES["app/settings.yml"]
        self.assertIn(items, files)
        self.settings(files.replace(items, items + items.replace("/items", "/admin")), "app/settings.yml")
        self.build()
        self.apply()
        self.assertEqual(self.routes(), [["/admin", "/items"], ["/items"]])
        served = self.served()
        self.settings(files.replace("/items", "/things", 1), "app/settings.yml")
        self.build()
        said = self.apply().stdout
        self.assertEqual(self.routes(), [["/items"], ["/things"]])
        self.assertIn("an API loses methods or its stage: they are removed first, and then it is deployed", said)
        changed = [api for api, deployment in self.served().items() if deployment != served[api]]
        self.assertEqual(len(changed), 1)
        self.assertIn("no changes", self.apply().stdout)
        # nothing is removed: one change is enough
        self.settings(files.replace("/items", "/things", 1).replace("[GET]", "[GET, POST]"),
                      "app/settings.yml")
        self.build()
        self.assertNotIn("loses methods", self.apply().stdout)

    STAGED = FILES["app/settings.yml"].replace(
        "              plain:", "                stage: {variables: {level: info}}\n              plain:")

    def add_a_stage(self):
        """Applies APIs whose deployments make their stages, and then builds one with a stage of its own."""
        self.build()
        self.apply()
        self.settings(self.STAGED, "app/settings.yml")
        self.build()

    def test_a_stage_of_its_own(self):
        """The stage that a deployment has made is imported first, and then changed."""
        self.add_a_stage()
        said = self.gordon("diff", status=25).stdout
        self.assertRegex(said, r"\+ ShopStage .* made by a deployment of the API before, and now imported  app/")
        said = self.apply("--json").stdout
        lines = [json.loads(line) for line in said.splitlines()]
        statuses = [line.get("status") for line in lines if line["type"] in ("status", "note")]
        self.assertEqual(statuses, ["no changes", "import first", "IMPORT_COMPLETE", "UPDATE_COMPLETE"])
        stage, = [line for line in lines if line["type"] == "change" and line["id"] == "ShopStage"]
        self.assertEqual(stage["action"], "add")
        apis = {api["name"]: api["id"] for api in self.aws("apigateway", "get-rest-apis")["items"]}
        found = self.aws("apigateway", "get-stage", "--rest-api-id", apis["shop-dev"], "--stage-name", "dev")
        self.assertEqual(found["variables"], {"level": "info"})
        template = self.aws("cloudformation", "get-template", "--stack-name", "dev-shop-r")["TemplateBody"]
        stage = (json.loads(template) if isinstance(template, str) else template)["Resources"]["ShopStage"]
        self.assertEqual(sorted(stage), ["Properties", "Type"])  # nothing of the import is left
        self.assertIn("no changes", self.apply().stdout)
        # the next change of the stage needs no import, nor do new APIs
        self.settings(self.STAGED.replace("level: info", "level: debug"), "app/settings.yml")
        self.build()
        self.assertNotIn("import", self.gordon("diff", status=25).stdout + self.apply().stdout)

    def test_a_stage_that_cannot_be_imported(self):
        """A warning says why, and apply goes on: it may be that the stage was deleted."""
        self.add_a_stage()
        self.fake_aws(f"""
            import os, sys, tempfile
            words = sys.argv[1:]
            given = tempfile.TemporaryFile()
            if any("/dev/stdin" in word for word in words):
                given.write(sys.stdin.buffer.read())
                given.seek(0)
            if b'"IMPORT"' in given.read():
                sys.exit("An error occurred (ValidationError) when calling the CreateChangeSet operation: "
                         "AWS::ApiGateway::Stage with identifier dev does not exist")
            given.seek(0)
            os.dup2(given.fileno(), 0)
            os.execv({shutil.which("aws", path=self.environment["PATH"])!r}, ["aws", *words])
            """)
        said = self.apply()
        self.assertRegex(said.stderr, r"warning: stack dev-shop-r: .*AWS::ApiGateway::Stage .* does not exist")
        self.assertNotIn("IMPORT_COMPLETE", said.stdout)
        self.assertIn("UPDATE_COMPLETE", said.stdout)

    def test_endpoints_that_are_disabled(self):
        """gordon status and the outputs have the URL by which an API is reached, or say that there is none."""
        self.settings("""
            lambdas: {hello: {code: code.py}}
            httpapi:
              closed: {disable_execute_api_endpoint: true, routes: {$default: app.hello}}
              open: {routes: {$default: app.hello}}
              named:
                disable_execute_api_endpoint: true
                cli-output: false
                domain: {name: api.example.com, base_path: v1, certificate: ref://Certificate}
                routes: {$default: app.hello}
              given:
                disable_execute_api_endpoint: true
                domain: {name: ref://Name, certificate: ref://Certificate}
                routes: {$default: app.hello}
            """, "app/settings.yml")
        self.settings("def handler(event, context):\n    return event\n", "app/code.py")
        self.settings("Name: www.example.com\nCertificate: arn:aws:acm:us-east-1:123456789012:certificate/"
                      "12345678-1234-1234-1234-123456789012\n", "parameters/common.yml")
        self.build()
        outputs = self.apply().stdout.split("Project Outputs:")[1]
        self.assertIn("HttpapiAppOpen", outputs)
        self.assertNotIn("HttpapiAppClosed", outputs)
        self.assertIn("HttpapiAppGiven\n    https://www.example.com\n", outputs)
        said = self.gordon("status").stdout
        self.assertIn("app.closed\n    its endpoint is disabled\n", said)
        self.assertIn("app.named\n    https://api.example.com/v1\n", said)
        self.assertIn("app.given\n    https://www.example.com\n", said)
        self.assertRegex(said, r"app\.open\n    https://\w+\.execute-api\.us-east-1\.amazonaws\.com\n")
        urls = {api["api"]: api["url"] for api in json.loads(self.gordon("status", "--json").stdout)["apis"]}
        self.assertEqual((urls["app.closed"], urls["app.named"]), (None, "https://api.example.com/v1"))

    GUARDED = """
        lambdas:
          api: {code: code.py, handler: code.api}
          auth: {code: code.py, handler: code.auth}
        apigateway:
          guarded:
            cors: {allow_origins: ["https://shop.example"], max_age: 600}
            authorizers:
              token: {lambda: app.auth, ttl: 0, validation: "Bearer .+"}
              request: {lambda: app.auth, type: request, identity: [querystring.key], ttl: 0}
            authorizer: token
            api_keys: {partner: {value: 0123456789abcdefghij}}
            usage_plan: {quota: {limit: 2, period: month}}
            models: {Order: {schema: {type: object, required: [id]}}}
            gateway_responses: {ACCESS_DENIED: {code: 418, headers: {X-Why: denied}}}
            stage: {variables: {level: info}}
            tracing: true
            resources:
              /items:
                methods:
                  GET: {integration: {lambda: app.api, type: AWS_PROXY}}
                  PUT: {integration: {lambda: app.api, type: AWS_PROXY}, authorizer: request}
                  POST:
                    integration: {lambda: app.api, type: AWS_PROXY}
                    authorizer: none
                    request_validator: body
                    request_models: Order
              /plain: {methods: GET, integration: {type: MOCK}, authorizer: none}
              /metered: {methods: GET, integration: {type: MOCK}, authorizer: none, api_key_required: true}
        """
    CODE = """
        def api(event, context):
            return {"statusCode": 200, "body": "level " + str((event.get("stageVariables") or {}).get("level"))}

        def auth(event, context):
            said = event.get("authorizationToken") or (event.get("queryStringParameters") or {}).get("key", "")
            if said.endswith("nobody"):
                raise Exception("Unauthorized")
            effect = "Allow" if said.endswith("friend") else "Deny"
            return {"principalId": "one", "policyDocument": {"Version": "2012-10-17", "Statement": [
                {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}]}}
        """

    def request(self, api, path, method="GET", body=None, **headers):
        """The status, the headers and the body of an answer."""
        url = f"{self.emulator.endpoint}/restapis/{api}/dev/_user_request_{path}"
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, method=method, headers=headers, data=body)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def test_who_may_call(self):
        """CORS, authorizers, keys and models, as they answer over HTTP; and a setting of the stage."""
        self.settings(self.GUARDED, "app/settings.yml")
        self.settings(self.CODE, "app/code.py")
        self.settings("", "parameters/common.yml")
        self.build()
        self.apply()
        api, = [one["id"] for one in self.aws("apigateway", "get-rest-apis")["items"]]
        origin = "https://shop.example"

        status, headers, _ = self.request(api, "/items", "OPTIONS", Origin=origin)
        self.assertEqual((status, headers["Access-Control-Allow-Methods"], headers["Access-Control-Max-Age"],
                          headers["Access-Control-Allow-Origin"]), (204, "GET,OPTIONS,POST,PUT", "600", origin))
        self.assertIn("Authorization", headers["Access-Control-Allow-Headers"])

        def answers(path, *arguments, **more):
            status, headers, body = self.request(api, path, *arguments, **more)
            # the lambda answers for itself by AWS_PROXY, API Gateway in all other cases
            self.assertEqual(headers["Access-Control-Allow-Origin"], None if body.startswith("level") else origin)
            return status, body
        for token, expected in ((None, 401), ("friend", 401), ("Bearer nobody", 401), ("Bearer foe", 418)):
            with self.subTest(token=token):
                more = {"Authorization": token} if token else {}
                self.assertEqual(answers("/items", **more)[0], expected)
        self.assertEqual(answers("/items", Authorization="Bearer friend"), (200, "level info"))
        self.assertEqual(self.request(api, "/items", Authorization="Bearer foe")[1]["X-Why"], "denied")
        self.assertEqual(answers("/items?key=friend", "PUT"), (200, "level info"))
        self.assertEqual(answers("/items?key=foe", "PUT")[0], 418)
        self.assertEqual(answers("/items", "POST", b'{"id": 1}', Content_Type="application/json"), (200, "level info"))
        self.assertEqual(answers("/plain")[0], 200)
        self.assertEqual(answers("/metered")[0], 403)
        key = {"X_Api_Key": "0123456789abcdefghij"}
        self.assertEqual([answers("/metered", **key)[0] for _ in range(3)], [200, 200, 429])

        model, = self.aws("apigateway", "get-models", "--rest-api-id", api)["items"]
        self.assertEqual((model["name"], json.loads(model["schema"])), ("Order", {"type": "object", "required": ["id"]}))

        before = self.deployed()
        self.settings(self.GUARDED.replace("level: info", "level: debug"), "app/settings.yml")
        self.build()
        self.apply()
        self.assertEqual(self.deployed(), before)  # a setting of the stage deploys nothing
        self.assertEqual(answers("/items", Authorization="Bearer friend"), (200, "level debug"))
        self.settings(self.GUARDED.replace("X-Why: denied", "X-Why: ref://Why"), "app/settings.yml")
        self.settings("Why: sorry\n", "parameters/common.yml")
        self.build()
        self.apply()
        self.assertNotEqual(self.deployed(), before)
        self.assertEqual(self.request(api, "/items", Authorization="Bearer foe")[1]["X-Why"], "sorry")
        stage = ["apigateway", "get-stage", "--rest-api-id", api, "--stage-name", "dev"]
        self.assertEqual(self.aws(*stage)["tracingEnabled"], True)
        # without settings of the stage the deployment makes it
        self.settings(self.GUARDED.replace("stage: {variables: {level: info}}", "").replace("tracing: true", ""),
                      "app/settings.yml")
        self.build()
        self.assertIn("loses methods", self.apply().stdout)
        self.assertEqual(self.aws(*stage)["tracingEnabled"], False)
        self.assertEqual(answers("/items", Authorization="Bearer friend"), (200, "level None"))


if __name__ == "__main__":
    unittest.main()
