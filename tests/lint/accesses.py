#!/usr/bin/env python3
"""The table of docs/settings.md, "Uses": it is what Gordon writes into templates, and IAM has these actions
for these resources.

usage: accesses.py GORDON SOURCE

Run it with the Python of a virtual environment that has cfn-lint, whose data are those of the Service
Authorization Reference.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import cfnlint

GORDON, SOURCE = map(pathlib.Path, sys.argv[1:3])
del sys.argv[1:3]
IAM = json.loads((pathlib.Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json").read_text())
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
PLACES = {"bucket": "arn:aws:s3:::one"}  # ARNs without a region
PREFIXES = {"table": "table/", "bus": "event-bus/", "stream": "stream/", "firehose": "deliverystream/",
            "secret": "secret:", "parameter": "parameter/", "key": "key/", "state-machine": "stateMachine:",
            "lambda": "function:"}
# What the Service Authorization Reference calls the kinds, and their parts.
RESOURCES = {"table": "table", "table/index/*": "index", "table/stream/*": "stream", "bucket": "bucket",
             "bucket/*": "object", "queue": "queue", "topic": "topic", "bus": "event-bus", "stream": "stream",
             "firehose": "deliverystream", "secret": "Secret", "parameter": "parameter", "key": "key",
             "state-machine": "statemachine", "lambda": "function", "api/*": "execute-api-general",
             "api/*/*/@connections/*": "execute-api-general"}


def words(cell):
    return re.findall(r"`([^`]+)`", cell)


def rows():
    """The rows of the table: {(kind, access): ({part: actions}, actions of KMS)}."""
    section = (SOURCE / "docs/settings.md").read_text().split("\n### Uses\n")[1].split("\n### ")[0]
    table = section.split("| kind | access |")[1].split("\n\n")[0].splitlines()[2:]
    found, kind = {}, None
    services = {}
    for line in table:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        kind = words(cells[0])[0] if words(cells[0]) else kind
        own = words(cells[2])
        grants = {"": own} if own else {}
        for part in filter(None, map(words, cells[3].split(";"))):
            grants[part[0]] = part[1:]
        for actions in grants.values():  # the first one of a kind has the service before it
            service, colon, action = actions[0].partition(":")
            if colon:
                services[kind], actions[0] = service, action
        found[kind, words(cells[1])[0]] = (grants, words(cells[4]))
    return found, services


def arn(kind, service):
    return PLACES.get(kind) or f"arn:aws:{service}:eu-west-1:123456789012:{PREFIXES.get(kind, '')}one"


class Accesses(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.rows, cls.services = rows()
        lambdas = {f"{kind}.{access}": {"code": "code.py", "uses": {"One": {
            "arn": arn(kind, cls.services[kind]), "access": access, **({"kms-key": KEY} if kms else {})}}}
            for (kind, access), (_, kms) in cls.rows.items()}
        cls.resources, _ = cls.template(lambdas)

    @staticmethod
    def template(lambdas):
        """Returns the resources of a project with these lambdas, and the messages."""
        settings = {"project": "p", "code-bucket": "b", "lambdas": lambdas}
        with tempfile.TemporaryDirectory(prefix="gordon accesses ") as folder:
            folder = pathlib.Path(folder)
            (folder / "code.py").write_text("def handler(event, context):\n    pass\n")
            (folder / "settings.yml").write_text(json.dumps(settings, indent=1))
            run = subprocess.run([GORDON, "template"], cwd=folder, text=True, capture_output=True)
            made = folder / "_build/0003_r.json"
            return json.loads(made.read_text())["Resources"] if run.returncode == 0 else None, run.stderr

    def statements(self, kind, access):
        """What the policies allow: {ARN: actions}."""
        name = re.sub("[^A-Za-z]", "", f"{kind}.{access}".title())
        policies = self.resources[f"{name}Role"]["Properties"]["Policies"]
        document, = [p["PolicyDocument"] for p in policies if p["PolicyName"] == f"{name}Uses"]
        self.assertEqual({s["Effect"] for s in document["Statement"]}, {"Allow"})
        allowed = {}
        for statement in document["Statement"]:
            for resource in statement["Resource"]:
                allowed.setdefault(resource, []).extend(statement["Action"])
        return allowed

    def test_as_documented(self):
        """Templates allow exactly the actions of the table, on exactly these ARNs."""
        for (kind, access), (grants, kms) in self.rows.items():
            with self.subTest(kind=kind, access=access):
                service = self.services[kind]
                expected = {part if part == "*" else arn(kind, service) + part:
                            [f"{service}:{action}" for action in actions]
                            for part, actions in grants.items()}
                if kms:
                    expected[KEY] = [f"kms:{action}" for action in kms]
                self.assertEqual(self.statements(kind, access), expected)

    def test_every_access_is_documented(self):
        """The errors about accesses name those of the table, and no others."""
        kinds = {}
        for kind, access in self.rows:
            kinds.setdefault(kind, []).append(access)
        uses = {f"U{i}": {"arn": arn(kind, self.services[kind]), "access": "none"}
                for i, kind in enumerate(kinds)}
        _, errors = self.template({"l": {"code": "code.py", "uses": uses}})
        said = re.findall(r"error: the access to .* is (.*), not 'none'", errors)
        named = [set(re.split(", | or ", text)) - {"read-write"} for text in said]
        self.assertEqual(named, [set(accesses) for accesses in kinds.values()])
        _, errors = self.template({"l": {"code": "code.py", "uses": {
            "One": {"arn": "ref://One", "access": "read"}}}})
        said, = re.findall("error: only CloudFormation knows this ARN; set its 'kind': (.*)", errors)
        self.assertEqual(re.split(", | or ", said), list(kinds))

    def test_role_of_the_settings(self):
        """With another role the variables stay, and nothing is allowed."""
        one = {"code": "code.py", "role": "ref://Role",
               "uses": {"One": {"name": "one", "kind": "table", "access": "read"}}}
        resources, said = self.template({"l": one})
        function, = [r for r in resources.values() if r["Type"] == "AWS::Lambda::Function"]
        self.assertEqual(function["Properties"]["Environment"], {"Variables": {"ONE": "one"}})
        self.assertEqual([r["Type"] for r in resources.values() if r["Type"].startswith("AWS::IAM")], [])
        self.assertEqual(said.count("warning:"), 1)

    def test_known_to_iam(self):
        """IAM has each action, and the action has this kind of resource; `*` is for those that have none."""
        for (kind, access), (grants, kms) in self.rows.items():
            for part, actions in [*grants.items(), ("kms", kms)]:
                service, resource = ("kms", "key") if part == "kms" else (
                    self.services[kind], RESOURCES.get(kind + part))
                for action in actions:
                    with self.subTest(kind=kind, access=access, action=action):
                        known = IAM[service]["Actions"][action.lower()].get("Resources")
                        self.assertIn(resource, [None] if part == "*" else known)
                        self.assertEqual(part == "*", not known)


if __name__ == "__main__":
    unittest.main()
