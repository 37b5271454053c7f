#!/usr/bin/env python3
"""The actions that IAM must allow for Gordon: checks docs/iam.md and the policies in docs/iam.

usage: PYTHONPATH=tests/helpers iam.py [--update] SOURCE GORDON VENV LINTVENV [TEST]

Gordon's commands run on projects with every kind of resource, against an emulator that checks IAM, as
users who have the policies of docs/iam only. Each call of the AWS CLI is recorded; CALLS has its
actions. resources.json has the actions of CloudFormation itself, which no emulator checks. Both
together must equal docs/iam. With --update, or with GORDON_UPDATE_EXPECTED in the environment, docs/iam
and docs/iam.md are written.
"""
import glob
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import boto3
import botocore.config
import botocore.session

from calls import (ASKED_AS, CALLS, COMMANDS, NOT_ASKED, PLACES, Call, actions_of,
                   policy_of)
from emulator import Emulator

UPDATE = "--update" in sys.argv or "GORDON_UPDATE_EXPECTED" in os.environ
if "--update" in sys.argv:
    sys.argv.remove("--update")
SOURCE, GORDON, VENV, LINTVENV = (
    pathlib.Path(path).absolute() for path in sys.argv[1:5])
del sys.argv[1:5]
POLICIES = SOURCE / "docs/iam"
DOCUMENT = SOURCE / "docs/iam.md"
TYPES = json.loads((SOURCE / "tests/iam/resources.json").read_text())["types"]
VALUES = {"ACCOUNT": "000000000000", "CODE-BUCKET": "gordon-iam", "PROJECT": "demo", "STAGE": "dev"}
POLICY_MAX = 6144  # characters of a managed policy, without white space

# --- what runs -------------------------------------------------------------------------------------

RECORDER = """#!{python}
import json, os, subprocess, sys
words, typed = sys.argv[1:], b""
if any("/dev/stdin" in word for word in words):
    with open("/dev/stdin", "rb") as given:  # anew, as the AWS CLI does, more than once
        typed = given.read()
run = subprocess.run([{aws!r}, *words], stderr=subprocess.PIPE)
sys.stderr.buffer.write(run.stderr)
with open({log!r}, "a") as log:
    log.write(json.dumps([os.environ["RECORDED"], words, typed.decode(), run.returncode,
                          run.stderr.decode()]) + "\\n")
sys.exit(run.returncode)
"""

HANDLER = "def handler(event, context):\n    print('called')\n    return 1\n"

SETTINGS = """\
project: demo
code-bucket: gordon-iam
apps: [gordon.contrib.lambdas, gordon.contrib.helpers, gordon.contrib.s3, app]
vpcs:
  net: {security-groups: [sg-1], subnet-ids: [subnet-1]}
contexts:
  default: {account: ref://Account, token: ref://Token}
lambdas:
  inside: {code: code.py, vpc: net, log-group: ref://Logs, attributes: {DeletionPolicy: Retain}}
apigateway:
  api:
    resources:
      /: {methods: [GET], integration: {lambda: app.one}}
      /more: {methods: [GET], integration: {lambda: app.one}}
events:
  hourly: {schedule_expression: rate(1 hour), targets: {one: {lambda: app.one}}}
dynamodb:
  changes: {stream: ref://Stream, lambda: app.one, starting_position: LATEST}
s3:
  given:
    bucket: gordon-iam-given
    notifications:
      one: {lambda: app.one, events: ["s3:ObjectCreated:*"], key_filters: {prefix: a}}
      two: {queue: given, events: ["s3:ObjectCreated:*"], key_filters: {prefix: b}}
      three: {topic: given, events: ["s3:ObjectCreated:*"], key_filters: {prefix: c}}
"""

PARAMETER_FILE = """\
Logs: /aws/lambda/dev-demo-r-shared
Account: "{{ aws_account_id }}"
Stream: dynamodb-stream-startswith://given
Table: dynamodb-startswith://given
Kinesis: kinesis-startswith://given
Token: ssm://given
Secret: secretsmanager://given
"""

APP = """\
lambdas:
  one:
    code: one.py
    environment: {TABLE: ref://Table, STREAM: ref://Kinesis, TOKEN: ref://Token, SECRET: ref://Secret}
"""

# Versions by CloudFormation itself. The template has more than 51,200 bytes, so it is uploaded to S3.
NATIVE = "project: demo\ncode-bucket: gordon-iam\nlambdas:\n" + "".join(
    f"  l{n}: {{code: code.py, environment: {{TEXT: {'x' * 3900}}}}}\n" for n in range(14))

# A custom resource that fails, so that the creation of the stack is rolled back.
REFUSE = """\
import json, urllib.request

def handler(event, context):
    deletion = event["RequestType"] == "Delete"
    answer = {"Status": "SUCCESS" if deletion else "FAILED", "Reason": "no luck",
              "PhysicalResourceId": "x", "StackId": event["StackId"], "RequestId": event["RequestId"],
              "LogicalResourceId": event["LogicalResourceId"]}
    urllib.request.urlopen(urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT"))
"""

EVERYTHING = {"Version": "2012-10-17",
              "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def filled(text):
    """Returns a policy of docs/iam with the values and the names of actions of the emulator."""
    for name, value in [*VALUES.items(), *ASKED_AS.items()]:
        text = text.replace(name, value)
    return text


class Run:
    """Runs Gordon's commands, each as its own user, and records their calls of the AWS CLI."""

    def __init__(self, emulator, folder, update):
        self.emulator, self.folder, self.update = emulator, pathlib.Path(folder), update
        self.log = self.folder / "log"
        recorder = self.folder / "aws"
        recorder.write_text(RECORDER.format(python=sys.executable, aws=str(VENV / "bin/aws"),
                                            log=str(self.log)))
        recorder.chmod(0o755)
        (self.folder / "project").mkdir()
        self.iam = boto3.client("iam", endpoint_url=emulator.endpoint, region_name="us-east-1",
                                aws_access_key_id="test", aws_secret_access_key="test",
                                config=botocore.config.Config(proxies={}))
        self.users, self.types = {}, set()

    def aws(self, *words):
        run = subprocess.run([VENV / "bin/aws", *words, "--output", "json"], text=True,
                             capture_output=True, env=self.emulator.environment())
        if run.returncode:
            raise AssertionError(f"{words}: {run.stderr}")
        return json.loads(run.stdout) if run.stdout.strip() else None

    def user(self, name, documents):
        """Makes a user with these policies, and returns its keys."""
        self.iam.create_user(UserName=name)
        for number, document in enumerate(documents):
            policy = self.iam.create_policy(PolicyName=f"{name}-{number}", PolicyDocument=document)
            self.iam.attach_user_policy(UserName=name, PolicyArn=policy["Policy"]["Arn"])
        keys = self.iam.create_access_key(UserName=name)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"]}

    def keys(self, command):
        if command not in self.users:
            documents = [json.dumps(EVERYTHING)] if self.update else [
                filled((POLICIES / f"{name}.json").read_text()) for name in COMMANDS[command]]
            self.users[command] = self.user(f"gordon-{command}", documents)
        return self.users[command]

    def gordon(self, *words, status=0, keys=None):
        command = words[0]
        keys = keys or (self.keys(command) if command in COMMANDS else {})
        environment = {**self.emulator.environment(), **keys, "RECORDED": command,
                       "GORDON_AWS": str(self.folder / "aws")}
        run = subprocess.run([GORDON, *words], cwd=self.folder / "project", text=True, input="{}",
                             capture_output=True, env=environment)
        if run.returncode != status:
            raise AssertionError(f"gordon {' '.join(words)} exited {run.returncode}, not {status}\n"
                                 f"{run.stdout}{run.stderr}")
        return run

    def write(self, **files):
        for name, text in files.items():
            path = self.folder / "project" / name.replace("__", "/").replace("_py", ".py").replace(
                "_yml", ".yml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def build(self, **files):
        self.write(**files)
        self.gordon("build", "--quiet")
        for path in (self.folder / "project/_build").glob("*.json"):
            for resource in json.loads(path.read_text()).get("Resources", {}).values():
                self.types.add(resource["Type"])

    def prepare(self):
        """Makes the resources that the project does not make."""
        self.aws("dynamodb", "create-table", "--table-name", "given", "--key-schema",
                 "AttributeName=id,KeyType=HASH", "--attribute-definitions",
                 "AttributeName=id,AttributeType=S", "--billing-mode", "PAY_PER_REQUEST",
                 "--stream-specification", "StreamEnabled=true,StreamViewType=KEYS_ONLY")
        self.aws("kinesis", "create-stream", "--stream-name", "given", "--shard-count", "1")
        self.aws("ssm", "put-parameter", "--name", "given", "--type", "SecureString", "--value", "x")
        self.aws("secretsmanager", "create-secret", "--name", "given", "--secret-string", "x")
        # The emulator has another URL for the queue, so the stack's policy has no effect on it. The
        # AWS CLI takes the endpoint of SQS from its command line only.
        everybody = {**EVERYTHING, "Statement": [{**EVERYTHING["Statement"][0], "Principal": "*"}]}
        self.aws("sqs", "create-queue", "--queue-name", "given", "--attributes",
                 json.dumps({"Policy": json.dumps(everybody)}), "--endpoint-url",
                 self.emulator.endpoint)
        self.aws("sns", "create-topic", "--name", "given")
        self.aws("s3api", "create-bucket", "--bucket", "gordon-iam-given")

    def run(self):
        there = re.findall(r"^  (\w+)", self.gordon("--help").stdout, re.MULTILINE)
        self.prepare()
        broken = (f"gordon.contrib.lambdas: {{lambdas: {{version: {{code: {self.folder}/project/"
                  "refuse.py}}}")
        self.build(settings_yml=f"project: demo\ncode-bucket: gordon-iam\napps: [{broken}]\n"
                   "lambdas: {one: {code: code.py}}\n", code_py=HANDLER, refuse_py=REFUSE)
        said = self.gordon("apply", status=1).stderr
        if "ended in ROLLBACK_COMPLETE" not in said:
            raise AssertionError(said)
        self.build(settings_yml=SETTINGS, app__settings_yml=APP, app__one_py=HANDLER,
                   parameters__common_yml=PARAMETER_FILE)
        self.gordon("apply")
        self.gordon("apply")
        for words in ["diff"], ["status"], ["outputs"], ["invoke", "app.one"], ["logs"]:
            if words[0] in there:
                self.gordon(*words)
        for number in 2, 3:
            self.build(app__one_py=HANDLER.replace("1", str(number)))
            self.gordon("diff", status=25)
            self.gordon("apply")
            self.gordon("rollback", "app.one")
            self.gordon("status")
        self.gordon("rollback", "app.one", "--to", "newest")
        self.gordon("delete")
        self.gordon("delete", "--confirm")
        self.build(settings_yml=NATIVE)
        self.gordon("apply")
        self.build(settings_yml=NATIVE.replace("xx", "yy"))
        self.gordon("diff", status=25)
        self.gordon("delete", "--confirm")

    def calls(self):
        with open(self.log) as log:
            return [Call(*json.loads(line)) for line in log]


# --- what it comes to ------------------------------------------------------------------------------

def add(policies, name, actions):
    for action, place in actions.items():
        policies.setdefault(name, {}).setdefault(place, set()).add(action)


def needed(calls):
    """Returns {policy: {resources: actions}} of the recorded calls and of the types."""
    policies = {}
    for call in calls:
        add(policies, policy_of(call), actions_of(call))
    for needs in (entry["needs"] for entry in TYPES.values()):
        for place, actions in needs.items():
            add(policies, "resources", dict.fromkeys(actions, place))
    return policies


def document(places):
    """Returns the text of a policy's file."""
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": place.capitalize(), "Effect": "Allow", "Action": sorted(places[place]),
         "Resource": PLACES[place][0] if len(PLACES[place]) == 1 else PLACES[place]}
        for place in PLACES if place in places]}, indent=2) + "\n"


def listed(actions):
    """Returns the cell of a table: each service once, with its actions."""
    services = {}
    for action in sorted(actions):
        service, name = action.split(":")
        services.setdefault(service, []).append(name)
    return "; ".join(f"`{service}:` {' '.join(names)}" for service, names in services.items())


TEXT = """\
# IAM permissions

The policies in [iam](iam) hold exactly the permissions that Gordon's commands need. The test `tests/iam` writes them and this
page from a recorded run. It also runs all commands as users who have only these policies.

| command | policies |
|---|---|
{commands}

Replace in them `ACCOUNT` by the number of the account, `STAGE` by the stage, and `PROJECT` and `CODE-BUCKET` by the
`project` and `code-bucket` of the settings. For a role that applies the stage `prod` of the example:

```console
$ for policy in apply resources parameters; do
>     sed 's/ACCOUNT/123456789012/g; s/STAGE/prod/g; s/PROJECT/pycongalicia/g
>         s/CODE-BUCKET/gordon-pycongalicia-39b948b8/g' docs/iam/$policy.json > $policy.json
>     aws iam create-policy --policy-name gordon-prod-$policy --policy-document file://$policy.json
>     aws iam attach-role-policy --role-name gordon-prod \\
>         --policy-arn arn:aws:iam::123456789012:policy/gordon-prod-$policy
> done
```

Adapt them to your project:

- Whoever may apply can create roles with any permissions, because a lambda's `policies` are whatever the project says. Give
  this right to CI rather than to people.
- Of `parameters`, you need only what your parameters use: `ssm://`, `secretsmanager://`, `dynamodb-...://`,
  `kinesis-...://`. Name the parameters and secrets there. One that is encrypted with your own key also needs `kms:Decrypt`
  for that key.
- A lambda with its own `role` needs `iam:PassRole` for that role.
- In `resources`, some statements are for one kind of resource only: `Networks` for lambdas with a `vpc`, `Mappings` and
  `Everything` for `sqs`, `kinesis`, `dynamodb`, `kafka`, `mq` and `documentdb`, `Apis` for `apigateway`, `Rules` for
  `events`, `Queues` and `Topics` for `s3`.
  `Apis` and `Mappings` cover the whole account, because their ids are unknown before they exist.
- Resources of `cloudformation`, and `properties`, may need more: `aws cloudformation describe-type --type RESOURCE
  --type-name AWS::...` prints the actions of a type. For nested stacks, `delete` needs its actions of CloudFormation for
  `stack/STAGE-PROJECT-r-*`, too.
- Names of functions and roles have at most 64 characters, and CloudFormation cuts longer ones. If such names do not begin
  with all of `STAGE-PROJECT-r-`, shorten it in the ARNs of functions, roles, rules and logs.
- In China and GovCloud ARNs begin with `arn:aws-cn` and `arn:aws-us-gov`.

## What Gordon calls

The last column is the `Sid` of the statement, which has the ARNs.

| command | call of the AWS CLI | action | statement |
|---|---|---|---|
{calls}

`s3:AbortMultipartUpload` is for a failed upload of more than 8 MB. `s3:GetObject` of `apply` is for a template in the bucket;
templates over 51,200 bytes are uploaded there.

## What CloudFormation does with the same rights

The types of resources in Gordon's templates. The actions are those of the handlers in CloudFormation's registry, without
those for properties that Gordon never writes; `tests/iam/resources.json` has both.

| type | action |
|---|---|
{types}

### With settings of lambdas

Some settings of lambdas, `tags`, and some of what calls lambdas make resources and properties that need more. It is not in
the policies:

| setting | action | resource |
|---|---|---|
{settings}

A function with a `name` is called `STAGE-<name>`, and a log group with a `log-group` by that name: add their ARNs to the
statements of functions and of logs.
"""


def page(calls, policies):
    recorded = {}
    for call in calls:
        for action, place in actions_of(call).items():
            policy = policy_of(call)
            recorded.setdefault((policy, call.name), set()).add((action, place))
    commands = [f"| `gordon {command}` | " + ", ".join(
        f"[{name}](iam/{name}.json)" for name in names) + " |"
        for command, names in COMMANDS.items() if names[0] in policies]
    names = {policy: command for command, (policy, *_) in reversed(COMMANDS.items())}
    order = [*dict.fromkeys(names[0] for names in COMMANDS.values()), "parameters"]
    names["parameters"] = "parameters"
    rows = [f"| {names[policy]} | `{call}` | `{action}` | {place.capitalize()} |"
            for (policy, call), found in sorted(recorded.items(),
                                                key=lambda item: (order.index(item[0][0]), item[0][1]))
            for action, place in sorted(found)]
    types = [f"| `{name}` | {listed({a for actions in entry['needs'].values() for a in actions})} |"
             for name, entry in sorted(TYPES.items()) if entry["needs"]]
    return TEXT.format(commands="\n".join(commands), calls="\n".join(rows), types="\n".join(types),
                       settings="\n".join(of_settings()))


def of_settings():
    """The rows of the table of settings that need more."""
    more = {}
    for entry in TYPES.values():
        for setting, places in entry.get("settings", {}).items():
            for place, actions in places.items():
                more.setdefault((setting, place), set()).update(actions)
    for (setting, place), actions in sorted(more.items()):
        words = ", ".join(f"`{word}`" for word in setting.split(", "))
        arns = ", ".join(f"`{arn}`" for arn in PLACES[place])
        yield f"| {words} | {listed(actions)} | {arns} |"


def generated(calls):
    """Returns {path: text}."""
    policies = needed(calls)
    return {**{POLICIES / f"{name}.json": document(places) for name, places in policies.items()},
            DOCUMENT: page(calls, policies)}


# --- tests -----------------------------------------------------------------------------------------

def sources(without=()):
    return "".join(path.read_text() for path in sorted((SOURCE / "generator").rglob("*.[ch]"))
                   if path.name not in without)


def operations(service):
    """Returns the names of the AWS CLI's commands for a service."""
    if service == "s3":
        return {"cp", "ls", "mv", "presign", "rm", "sync"}
    session = botocore.session.get_session()
    name = "s3" if service == "s3api" else service
    if name not in session.get_available_services():
        return set()
    return {botocore.xform_name(operation, "-")
            for operation in session.get_service_model(name).operation_names}


def schemas():
    found = {}
    pattern = LINTVENV / "lib/python3*/site-packages/cfnlint/data/schemas/resources/*.json"
    for path in glob.glob(str(pattern)):
        schema = json.loads(pathlib.Path(path).read_text())
        if schema.get("typeName") in TYPES:
            found[schema["typeName"]] = schema
    return found


class Types(unittest.TestCase):
    """Compares resources.json with the generator and with CloudFormation's registry."""

    def test_of_the_generator(self):
        written = set(re.findall(r'"Type",[^"]*(?:\?[^"]*)?"((?:AWS|Custom)::[\w:]+)"'
                                 r'(?:\s*:\s*"(AWS::[\w:]+)")?',
                                 sources(without=["nested.c"])))  # it writes what a fragment asks for
        written = {name for names in written for name in names if name}
        written |= set(re.findall(r'#define \w+_TYPE\s+"(AWS::[\w:]+)"', sources()))
        self.assertEqual(written, set(TYPES), "resources.json has the types of generator/")

    def test_of_the_registry(self):
        known = schemas()
        for name, entry in TYPES.items():
            if name.startswith("Custom::"):
                continue
            handlers = known[name].get("handlers")
            if handlers is None:  # an old type: the registry does not say what it needs
                continue
            wanted = {action for handler in ("create", "read", "update", "delete")
                      for action in handlers.get(handler, {}).get("permissions", [])}
            groups = [*entry["needs"].values(), *entry.get("without", {}).values(),
                      *entry.get("other", {}).values(),
                      *(actions for places in entry.get("settings", {}).values()
                        for actions in places.values())]
            have = [action for group in groups for action in group]
            self.assertEqual(sorted(set(have)), sorted(wanted), name)

    def test_properties_never_written(self):
        text = sources(without=["use_kind.c"])  # it names properties that Gordon reads
        known = schemas()
        for name, entry in TYPES.items():
            for prop in entry.get("without", {}):
                self.assertFalse(f'"{prop}"' in text,
                                 f"{name}: Gordon writes {prop}; is something needed?")
                self.assertIn(f'"{prop}"', json.dumps(known[name]), name)

    def test_places(self):
        needs = [places for entry in TYPES.values()
                 for places in (entry["needs"], *entry.get("settings", {}).values())]
        self.assertLessEqual({place for places in needs for place in places}, set(PLACES))


class Recorded(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="gordon iam ")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        emulator = Emulator(VENV, auth=True).start()
        cls.addClassCleanup(emulator.stop)
        cls.made = Run(emulator, folder, UPDATE)
        cls.made.run()
        cls.calls = cls.made.calls()
        if UPDATE:
            shutil.rmtree(POLICIES, ignore_errors=True)
            POLICIES.mkdir()
            for path, text in generated(cls.calls).items():
                path.write_text(text)

    def test_every_type(self):
        self.assertEqual(self.made.types, {name for name, entry in TYPES.items() if entry["needs"]},
                         "the projects of this test have every type that needs no setting of a lambda")

    def test_every_call(self):
        """Every call in the sources was recorded, and is in CALLS."""
        written = {f"{service} {operation}" for service, operation in
                   re.findall(r'"([a-z0-9-]+)",\s*"([a-z][a-z0-9-]+)"', sources())
                   if operation in operations(service)}
        recorded = {call.name for call in self.calls}
        self.assertEqual(written, recorded)
        self.assertLessEqual(recorded, set(CALLS))

    def test_nothing_refused(self):
        refused = [(call.command, call.name, call.said) for call in self.calls
                   if re.search("AccessDenied|not authorized|Forbidden", call.said)]
        self.assertEqual(refused, [])

    def test_documents(self):
        """docs/iam and docs/iam.md equal the texts of this run. GORDON_UPDATE_EXPECTED=1 writes them."""
        expected = generated(self.calls)
        for path, text in expected.items():
            self.assertEqual(path.read_text() if path.exists() else "", text, path)
        self.assertEqual({path for path in POLICIES.iterdir()}, set(expected) - {DOCUMENT})

    def test_size(self):
        for path in POLICIES.iterdir():
            self.assertLess(len(re.sub(r"\s", "", path.read_text())), POLICY_MAX - 100, path)

    def test_command_of_the_page(self):
        """The command in docs/iam.md replaces all names in the policies."""
        script = "".join(line[2:] + "\n" for line in re.search(
            r"```console\n(.*?)```", DOCUMENT.read_text(), re.DOTALL).group(1).splitlines())
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "docs").symlink_to(SOURCE / "docs")
            self.made.iam.create_role(RoleName="gordon-prod", AssumeRolePolicyDocument=json.dumps({
                "Version": "2012-10-17", "Statement": [{
                    "Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": {"AWS": VALUES["ACCOUNT"]}}]}))
            script = script.replace("123456789012", VALUES["ACCOUNT"])
            subprocess.run(["sh", "-e", "-c", script], cwd=folder, check=True,
                           stdout=subprocess.DEVNULL, env=self.made.emulator.environment())
            for path in pathlib.Path(folder).glob("*.json"):
                for name in VALUES:
                    self.assertNotIn(name, path.read_text())
        attached = self.made.iam.list_attached_role_policies(RoleName="gordon-prod")
        self.assertEqual(len(attached["AttachedPolicies"]), 3)

    def without(self, policy, action):
        """Returns a policy without one of its actions."""
        text = json.loads(filled((POLICIES / f"{policy}.json").read_text()))
        for statement in text["Statement"]:
            statement["Action"] = [other for other in statement["Action"] if other != action]
        text["Statement"] = [statement for statement in text["Statement"] if statement["Action"]]
        return json.dumps(text if text["Statement"] else {**text, "Statement": [
            {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]})

    def test_each_action(self):
        """Each action is needed: without it, a recorded call is refused."""
        self.made.aws("s3api", "create-bucket", "--bucket", "gordon-iam-us-east-1-dev")
        tried = {}
        for call in self.calls:
            for action in actions_of(call):
                if action not in NOT_ASKED:
                    tried.setdefault((policy_of(call), action), call)
        for number, ((policy, action), call) in enumerate(sorted(tried.items(), key=str)):
            with self.subTest(policy=policy, action=action), tempfile.TemporaryDirectory() as folder:
                keys = self.made.user(f"without-{number}", [self.without(policy, action)])
                pathlib.Path(folder, "file").write_text("x")
                words = [folder if word.startswith("/") and word != "/dev/stdout" else word
                         for word in call.words]
                if "--body" in words:
                    words[words.index("--body") + 1] += "/file"
                with tempfile.TemporaryFile() as typed:
                    typed.write(call.typed.encode())
                    typed.seek(0)
                    run = subprocess.run([VENV / "bin/aws", *words], stdin=typed, text=True,
                                         capture_output=True,
                                         env={**self.made.emulator.environment(), **keys})
                self.assertNotEqual(run.returncode, 0, run.stdout)
                self.assertIn("AccessDenied", run.stderr.replace("AccessDeniedException", "AccessDenied"))

    def test_gordon_refused(self):
        """Gordon reports a refused call."""
        keys = self.made.user("nearly", [self.without("apply", "cloudformation:CreateChangeSet")])
        self.made.build(settings_yml="project: demo\ncode-bucket: gordon-iam\napps: []\n")
        run = self.made.gordon("apply", status=1, keys=keys)
        self.assertRegex(run.stderr, "stack dev-demo-p: .*CreateChangeSet")


if __name__ == "__main__":
    unittest.main()
