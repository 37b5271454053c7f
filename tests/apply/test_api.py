"""What an API's stage serves after an apply: its last deployment is a snapshot of the API."""
import unittest

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
        self.assertIn("an API loses methods: they are removed first, and then it is deployed", said)
        changed = [api for api, deployment in self.served().items() if deployment != served[api]]
        self.assertEqual(len(changed), 1)
        self.assertIn("no changes", self.apply().stdout)
        # nothing is removed: one change is enough
        self.settings(files.replace("/items", "/things", 1).replace("[GET]", "[GET, POST]"),
                      "app/settings.yml")
        self.build()
        self.assertNotIn("loses methods", self.apply().stdout)


if __name__ == "__main__":
    unittest.main()
