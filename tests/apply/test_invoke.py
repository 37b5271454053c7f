"""gordon invoke: answers, logs and errors of applied lambdas, and of a fake AWS CLI where the emulator
differs from AWS."""
import base64
import gzip
import json
import os
import signal
import subprocess
import time
import unittest

import support

FAILED = 26
SECRET = "s3cret-word"


class Invoke(support.Applied):
    FILES = {
        "settings.yml": """
            project: {}
            code-bucket: {}
            apps: [app]
            lambdas:
              own: {{code: own.py}}
            """,
        "own.py": "def handler(event, context):\n    return 'own'\n",
        "app/settings.yml": """
            lambdas:
              echo: {code: echo.py, timeout: 10}
              raises: {code: raises.py, timeout: 10}
            """,
        "app/echo.py": """
            def handler(event, context):
                print("called with", event)
                return {"got": event, "big": 12345678901234567890123, "text": "é"}
            """,
        "app/raises.py": """
            def handler(event, context):
                print("before")
                raise ValueError("no such thing")
            """,
    }

    def setUp(self):
        super().setUp()
        self.settings(self.FILES["settings.yml"].format(self.name, self.name))
        self.build()

    def test_answers(self):
        self.apply()
        calls = self.record_aws()
        support.write(self.folder, {"event.json": f' {{"a": "{SECRET}", "n": 1.50}}\n'})
        run = self.gordon("invoke", "app.echo", "--payload", "event.json")
        # the payload is not parsed, so that no number changes
        self.assertEqual(run.stdout, f'{{"got": {{"a": "{SECRET}", "n": 1.5}}, '
                                     '"big": 12345678901234567890123, "text": "é"}\n')
        self.assertEqual(run.stderr, f"called with {{'a': '{SECRET}', 'n': 1.5}}\n")
        made = calls()
        self.assertEqual([words[:2] for words in made], [["cloudformation", "list-stack-resources"],
                                                         ["lambda", "invoke"]])
        self.assertNotIn(SECRET, str(made))  # `ps` shows arguments to every user
        run = self.gordon("invoke", "app.echo", typed='["é"]')
        self.assertEqual(json.loads(run.stdout)["got"], ["é"])
        run = self.gordon("invoke", "app.echo", "--payload", "-", "--quiet", typed="7")
        self.assertEqual((json.loads(run.stdout)["got"], run.stderr), (7, ""))
        self.assertEqual(json.loads(self.gordon("invoke", "app.echo").stdout)["got"], {})
        self.assertEqual(self.gordon("invoke", "own").stdout, '"own"\n')
        calls()
        run = self.gordon("invoke", "app.echo", "--json", "--debug", typed=f'"{SECRET}"')
        self.assertNotIn(SECRET, run.stderr)
        said = json.loads(run.stdout)
        self.assertEqual((said["answer"]["got"], said["error"], said["version"], said["log"]),
                         (SECRET, None, "1", f"called with {SECRET}\n".rstrip()))
        self.assertIn("12345678901234567890123", run.stdout)
        said = json.loads(self.gordon("invoke", "app.echo", "--json", "--qualifier",
                                      "$LATEST").stdout)
        self.assertEqual(said["version"], "$LATEST")
        run = self.gordon("invoke", "app.echo", "--qualifier", "77", status=1)
        self.assertIn("gordon: error: the lambda 'app.echo': ", run.stderr)
        self.assertIn("ResourceNotFoundException", run.stderr)

    def test_async(self):
        self.apply()
        run = self.gordon("invoke", "app.echo", "--async", typed='"later"')
        self.assertEqual((run.stdout, run.stderr),
                         ("", "handed over; gordon logs app.echo shows what it writes\n"))
        end = time.monotonic() + 60
        while "called with later" not in self.gordon("logs", "app.echo").stdout:
            self.assertLess(time.monotonic(), end, self.emulator.log())
            time.sleep(0.3)
        said = json.loads(self.gordon("invoke", "app.echo", "--async", "--json").stdout)
        self.assertEqual((said["answer"], said["error"], said["log"]), (None, None, None))

    def test_error(self):
        self.apply()
        run = self.gordon("invoke", "app.raises", status=FAILED)
        self.assertEqual(run.stdout, "")
        self.assertTrue(run.stderr.startswith("before\nTraceback"), run.stderr)
        self.assertTrue(run.stderr.endswith("gordon: error: the lambda 'app.raises' failed: "
                                            "Runtime.HandlerError: no such thing\n"), run.stderr)
        run = self.gordon("invoke", "app.raises", "--json", status=FAILED)
        said = json.loads(run.stdout)
        self.assertEqual((said["answer"], said["error"]["errorMessage"], run.stderr),
                         (None, "no such thing", ""))
        self.assertIn("before", said["log"])

    def test_not_there(self):
        run = self.gordon("invoke", "app.echo", status=20)
        self.assertEqual(run.stderr, f"gordon: error: the stage 'dev' of {self.name} is not in "
                                     f"us-east-1: there is no stack dev-{self.name}-r; gordon apply "
                                     "--stage dev makes it\n")
        self.apply()
        support.write(self.folder, {"app/settings.yml": """
            lambdas:
              echo: {code: echo.py}
              later: {code: echo.py}
            """})
        run = self.gordon("invoke", "app.later", status=20)
        self.assertEqual(run.stderr, support.textwrap.dedent(f"""\
            app/settings.yml:3:3: error: the lambda 'app.later' is not in the stack \
dev-{self.name}-r; build and apply the project to the stage 'dev'
                3 |   later: {{code: echo.py}}
                  |   ^~~~~
            """))
        run = self.gordon("invoke", "app.echo", "--region", "eu-west-1", status=20)
        self.assertIn("is not in eu-west-1", run.stderr)


class AsAws(support.Project):
    """Answers of AWS that the emulator does not give. The fake `aws` reads the payload as version 2 does:
    fileb:// is raw, and other text is base64."""

    FILES = {
        "settings.yml": "project: fake\ncode-bucket: fake\nlambdas: {one: {code: one.py}}\n",
        "one.py": "",
    }

    def answer(self, answer, log=b"", failed=None, also=""):
        head = {"StatusCode": 200, "ExecutedVersion": "3",
                "LogResult": base64.b64encode(log).decode()}
        if failed:
            head["FunctionError"] = failed
        answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.fake_aws(f"""
            import base64, json, sys, time
            def value(option):
                return sys.argv[sys.argv.index(option) + 1]
            if sys.argv[2] == "list-stack-resources":
                print(json.dumps({{"StackResourceSummaries": [
                    {{"LogicalResourceId": "One", "PhysicalResourceId": "dev-fake-r-One-1",
                      "ResourceStatus": "CREATE_COMPLETE"}}]}}))
                sys.exit()
            assert sys.argv[1:3] == ["lambda", "invoke"], sys.argv
            assert value("--function-name") == "dev-fake-r-One-1", sys.argv
            payload = value("--payload")
            payload = (open(payload[8:], "rb").read() if payload.startswith("fileb://")
                       else base64.b64decode(payload, validate=True))
            {also}
            out = sys.argv[sys.argv.index("--payload") + 2]
            with open(out, "wb") as file:
                file.write({answer!r}.replace(b"PAYLOAD", payload))
            print(json.dumps({head!r}, indent=4))
            """)

    def fails(self, text, status=FAILED, *arguments):
        run = self.gordon("invoke", "one", *arguments, status=status)
        self.assertEqual((run.stdout, run.stderr), ("", support.textwrap.dedent(text)))

    def test_answers(self):
        for answer, shown in ((b"PAYLOAD", '{"é": 1}\n'), (b"2", "2\n"), (b"", ""),
                              (b'{"a": {}}\n', '{"a": {}}\n'), (b"no JSON {", "no JSON {\n")):
            with self.subTest(answer=answer):
                self.answer(answer)
                run = self.gordon("invoke", "one", typed='{"é": 1}')
                self.assertEqual((run.stdout, run.stderr), (shown, ""))

    # for each source: options, and what the event must have at these places
    EVENTS = {
        "alb": ("--path=/a --query=a=%31&a=2&b --method=POST --body=x", {
            "path": "/a", "queryStringParameters.a": "2", "queryStringParameters.b": "", "httpMethod": "POST",
            "body": "x", "requestContext.elb.targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:"
            "targetgroup/example-target-group/50dc6c495c0c9188"}),
        "apigateway": ("--path=/items/1 --resource=/items/{id} --stage=prod --query=a=%31&a=b+c --parameters={\"id\":\"1\"}", {
            "resource": "/items/{id}", "path": "/items/1", "requestContext.path": "/prod/items/1", "body": None,
            "multiValueQueryStringParameters.a": ["1", "b c"], "queryStringParameters": {"a": "b c"},
            "pathParameters": {"id": "1"}, "requestContext.stage": "prod", "requestContext.requestTimeEpoch": 1767225600000,
            "requestContext.requestTime": "01/Jan/2026:00:00:00 +0000"}),
        "cognito": ("--trigger=PostConfirmation_ConfirmSignUp --response={}", {
            "triggerSource": "PostConfirmation_ConfirmSignUp", "response": {}, "userPoolId": "us-east-1_Example"}),
        "documentdb": ("--operation=delete --document=", {
            "events.0.event.operationType": "delete", "events.0.event.ns": {"db": "example", "coll": "items"},
            "events.0.event.fullDocument": KeyError}),
        "dynamodb": ("--table=orders --event-name=REMOVE --new= --old={\"Id\":{\"N\":\"1\"}}", {
            "Records.0.eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
            "Records.0.dynamodb.NewImage": KeyError, "Records.0.dynamodb.OldImage": {"Id": {"N": "1"}}}),
        "eventbridge": ("--detail-type=Order --detail={\"n\":0.1} --account=210987654321", {
            "detail-type": "Order", "detail": {"n": 0.1}, "account": "210987654321", "resources": []}),
        "httpapi": ("--method=PUT --path=/a --query=a=1&a=2 --body={}", {
            "routeKey": "PUT /a", "rawQueryString": "a=1&a=2", "queryStringParameters": {"a": "1,2"}, "body": "{}",
            "requestContext.stage": "$default", "pathParameters": KeyError}),
        "iot": ("--message=[1.50]", {"0": 1.5}),
        "kafka": ("--topic=news --body=hello", {
            "records.news-0.0.topic": "news", "records.news-0.0.value": "aGVsbG8="}),
        "kinesis": ("--data=hello --region=cn-north-1", {
            "Records.0.kinesis.data": "aGVsbG8=", "Records.0.awsRegion": "cn-north-1",
            "Records.0.eventSourceARN": "arn:aws-cn:kinesis:cn-north-1:123456789012:stream/example-stream"}),
        "mq": ("--queue=q --body=hello", {
            "messages.0.destination.physicalName": "q", "messages.0.data": "aGVsbG8="}),
        "rabbitmq": ("--queue=q --virtual-host=/v --body=hé", {
            "rmqMessagesByQueue.q::/v.0.data": "aMOp", "rmqMessagesByQueue.q::/v.0.basicProperties.bodySize": 3}),
        "s3": ("--bucket=photos --key=a/b_c+é.txt --size=7", {
            "Records.0.s3.bucket.arn": "arn:aws:s3:::photos", "Records.0.s3.object.key": "a/b_c%2B%C3%A9.txt",
            "Records.0.s3.object.size": 7, "Records.0.eventTime": "2026-01-01T00:00:00.000Z"}),
        "schedule": ("--rule=nightly --time=2026-02-03T04:05", {
            "resources": ["arn:aws:events:us-east-1:123456789012:rule/nightly"], "time": "2026-02-03T04:05:00Z"}),
        "sns": ("--topic news --message ${body}", {
            "Records.0.Sns.TopicArn": "arn:aws:sns:us-east-1:123456789012:news", "Records.0.Sns.Message": "${body}",
            "Records.0.Sns.Subject": None}),
        "sqs": ("--body=hello --queue=mail", {
            "Records.0.body": "hello", "Records.0.md5OfBody": "5d41402abc4b2a76b9719d911017c592",
            "Records.0.eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:mail",
            "Records.0.attributes.SentTimestamp": "1767225600000"}),
        "url": ("--path=/a", {"rawPath": "/a", "version": "2.0", "body": KeyError, "requestContext.accountId": "anonymous"}),
        "websocket": ("--route=$connect --event-type=CONNECT --body=", {
            "requestContext.routeKey": "$connect", "requestContext.eventType": "CONNECT", "body": KeyError}),
    }

    def event(self, source, *options):
        return json.loads(self.gordon("invoke", "one", "--event", source, *options).stdout)

    def test_events(self):
        self.answer(b"PAYLOAD")
        self.environment["AWS_DEFAULT_REGION"] = "us-east-1"
        for source, (options, wanted) in self.EVENTS.items():
            with self.subTest(source=source):
                event = self.event(source, *options.split(" "))
                for place, value in wanted.items():
                    self.assertEqual(self.at(event, place), value, place)

    def at(self, value, place):
        for part in place.split("."):
            if isinstance(value, dict) and part not in value:
                return KeyError
            value = value[int(part) if isinstance(value, list) else part]
        return value

    def test_event_of_logs(self):
        """All sources are those of EVENTS and this one. The data is the same every time."""
        self.answer(b"PAYLOAD")
        sources = self.gordon("invoke", "one", "--event", "nothing-like-it", status=64).stderr
        self.assertEqual(sorted([*self.EVENTS, "logs"]), sources.split("there are ")[1].strip().split(", "))
        event = self.event("logs", "--message=ERROR é", "--group=/a", "--time=2026-01-01T00:00:00.5")
        data = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
        self.assertEqual((data["logGroup"], data["logEvents"][0]["message"], data["logEvents"][0]["timestamp"]),
                         ("/a", "ERROR é", 1767225600500))
        self.assertEqual(event, self.event("logs", "--message=ERROR é", "--group=/a", "--time=2026-01-01T00:00:00.5"))
        long = "x" * 100000
        event = self.event("logs", "--message", long)
        self.assertIn(long.encode(), gzip.decompress(base64.b64decode(event["awslogs"]["data"])))

    def test_json(self):
        report = ("REPORT RequestId: x\tDuration: 1.50 ms\tBilled Duration: 2 ms\n",
                  '{"type":"platform.report","record":{"metrics":{"durationMs":1.5,"billed":2}}}\n')
        for line in report:
            self.answer(b"no JSON \xFF", b"\xA9 cut\n" + line.encode())
            said = json.loads(self.gordon("invoke", "one", "--json").stdout)
            self.assertEqual(said, {"answer": "no JSON \N{REPLACEMENT CHARACTER}", "error": None,
                                    "log": "\N{REPLACEMENT CHARACTER} cut\n" + line, "version": "3",
                                    "duration": 1.5})
        self.answer(b"")
        said = json.loads(self.gordon("invoke", "one", "--json").stdout)
        self.assertEqual((said["answer"], said["duration"]), (None, None))

    def test_errors_of_runtimes(self):
        self.answer({"errorMessage": "no such thing", "errorType": "ValueError", "requestId": "x",
                     "stackTrace": ['  File "/var/task/code.py", line 3, in handler\n    raise x\n']},
                    b"START\nEND\n", "Unhandled")
        self.fails("""\
            START
            END
            gordon: error: the lambda 'one' failed: ValueError: no such thing
                  File "/var/task/code.py", line 3, in handler
                    raise x
            """)
        self.answer({"errorType": "Error", "errorMessage": "no",
                     "trace": ["Error: no", "    at handler (/var/task/code.js:2:9)"]},
                    failed="Unhandled")
        self.fails("""\
            gordon: error: the lambda 'one' failed: Error: no
                Error: no
                    at handler (/var/task/code.js:2:9)
            """)
        self.answer({"errorMessage": "no", "errorType": "errorString",
                     "stackTrace": [{"path": "main.go", "line": 7}]}, failed="Unhandled")
        self.fails("""\
            gordon: error: the lambda 'one' failed: errorString: no
                {"path":"main.go","line":7}
            """)

    def test_errors_of_other_shapes(self):
        for answer, words in (({"errorMessage": "Task timed out"}, "Task timed out"),
                              ({"errorType": "Runtime.ExitError"}, "Runtime.ExitError"),
                              (b"gone", "gone"), (b"", ""), ([1], "[1]"),
                              ({"errorMessage": {}, "stackTrace": 1},
                               '{"errorMessage": {}, "stackTrace": 1}'),
                              ({"errorMessage": "\x1b[31m"}, "?[31m")):
            with self.subTest(answer=answer):
                self.answer(answer, failed="Handled")
                self.fails(f"gordon: error: the lambda 'one' failed: {words}\n")

    def test_aws_fails(self):
        self.answer({}, also="sys.exit('An error occurred (AccessDenied) for ' + payload.decode())")
        self.fails("gordon: error: the lambda 'one': An error occurred (AccessDenied) for {}\n", 1)
        self.answer({}, also="print('<html>'); sys.exit()")
        program = self.environment["GORDON_AWS"]
        self.fails(f"gordon: error: the lambda 'one': {program} lambda invoke printed no JSON\n", 1)
        self.fake_aws("print('{}')")
        self.fails("gordon: error: stack dev-fake-r: aws cloudformation list-stack-resources answered "
                   "without resources\n", 1)
        self.environment["GORDON_AWS"] = "/not/there/aws"
        run = self.gordon("invoke", "one", status=1)
        self.assertIn("install the AWS CLI, or name it with GORDON_AWS", run.stderr)

    def test_sizes(self):
        self.answer(b"PAYLOAD")
        text = '"%s"' % ("x" * (6 * 1024 * 1024 - 2))
        self.assertEqual(self.gordon("invoke", "one", typed=text).stdout, text + "\n")
        run = self.gordon("invoke", "one", typed=text + " ", status=24)
        self.assertEqual(run.stderr, "standard input: error: a lambda takes a payload of up to 6 MB "
                                     "(6291456 bytes)\n")

    def test_terminal(self):
        """On a terminal the payload is {}, and output cannot control the terminal."""
        self.answer(b"PAYLOAD\x1b[2J\xc2\x9b1m", b"\x1b[31mred\x07\ttab\n")
        self.assertEqual(self.on_terminal("invoke", "one"), ("?[31mred?\ttab\n{}?[2J?1m\n", 0))
        run = subprocess.run([support.GORDON, "invoke", "one"], cwd=self.folder, input=b"",
                             env=self.environment, capture_output=True)
        self.assertEqual((run.stdout, run.stderr),
                         (b"{}\x1b[2J\xc2\x9b1m\n", b"?[31mred?\ttab\n"))

    def test_interrupted(self):
        mark = os.path.join(self.folder, "called")
        self.answer({}, also=f"open({mark!r}, 'w'); time.sleep(60)")
        run = self.start("invoke", "one")
        end = time.monotonic() + 60
        while not os.path.exists(mark):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.communicate(timeout=30),
                         ("", "gordon: error: interrupted; the lambda may still run\n"))
        self.assertEqual(run.returncode, 128 + signal.SIGINT)


if __name__ == "__main__":
    unittest.main()
