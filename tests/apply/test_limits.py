"""A project over a limit of CloudFormation is refused before any change; one at the limit is applied."""
import json
import os
import unittest

import support

HELLO = "def handler(event, context):\n    return 'hello'\n"
ROLE = "arn:aws:iam::000000000000:role/lambda"


def lambdas(names, more=""):
    """Returns settings of many equal lambdas."""
    first, *others = names
    return (f"lambdas:\n  {first}: &lambda {{code: one.py{more}}}\n" +
            "".join(f"  {name}: *lambda\n" for name in others))


def names(prefix, count):
    return [f"{prefix}{i:03}" for i in range(count)]


class Over(support.Project):
    maxDiff = None
    FILES = {"app/one.py": HELLO, "more/one.py": HELLO}

    def setUp(self):
        super().setUp()
        program = os.path.join(self.folder, "aws")
        support.write_program(program, "#!/bin/sh\necho must not run >&2\nexit 1\n")
        self.environment["GORDON_AWS"] = program

    def refused(self, *command, status=15):
        run = self.gordon(*command, status=status)
        return [line.partition(": error: ")[::2] for line in run.stderr.splitlines()
                if " error: " in line]

    def test_three_hundred_lambdas(self):
        """Build, release and apply report all exceeded limits together."""
        support.write(self.folder, {
            "settings.yml": "project: demo\ncode-bucket: demo\napps: [app, more]\n",
            "app/settings.yml": lambdas(names("a", 180)),
            "more/settings.yml": lambdas(names("m", 120))})
        built = self.gordon("template")
        parts = "of them belong to the apps app ({}), more ({}): move apps into a project of their own"
        expected = [
            ("settings.yml:3:8", "0003_r.json has 1200 resources, 700 over CloudFormation's 500; 1200 "
             + parts.format(720, 480)),
            ("settings.yml:3:8", "0003_r.json has 302 parameters, 102 over CloudFormation's 200; 302 "
             + parts.format(182, 120)),
            ("settings.yml:3:8", "0003_r.json has 300 outputs, 100 over CloudFormation's 200; 300 "
             + parts.format(180, 120))]
        for place, text in expected:
            self.assertIn(f"{place}: warning: {text}\n", built.stderr)
        self.gordon("build")
        self.assertEqual(self.refused("apply"), expected)
        self.assertEqual(self.refused("release", "--stage", "prod"), expected)

    def test_unzipped(self):
        """A zip of 250 MB unzipped is built and released; one byte more is a warning of the build, and refused."""
        support.write(self.folder, {
            "settings.yml": "project: demo\ncode-bucket: demo\nlambdas:\n  one: {code: fn, runtime: python}\n",
            "fn/code.py": HELLO, "fn/lib/small.txt": "small"})
        rest = 262144000 - len(HELLO) - len("small")
        for size, over in (rest, None), (rest + 1, "1"):
            with open(os.path.join(self.folder, "fn/lib/data.bin"), "wb") as data:
                data.truncate(size)
            text = (f"_one.zip has 262144001 bytes unzipped, {over} over Lambda's 262144000; the largest of it: lib/ "
                    f"({rest + 6}), code.py ({len(HELLO)})")
            said = self.gordon("build").stderr
            if over:
                self.assertIn(f"settings.yml:4:15: warning: {text}\n", said)
                for command in (["apply"], ["release", "--stage", "prod"]):
                    self.assertEqual(self.refused(*command), [("_build/code/_one.zip", text)])
            else:
                self.assertEqual(said, "")
                self.gordon("release", "--stage", "prod")

    def test_unzipped_with_layers(self):
        """A lambda with its two layers may have 250 MB unzipped; one byte more is refused."""
        support.write(self.folder, {
            "settings.yml": """
                project: demo
                code-bucket: demo
                layers: {data: {code: data}, extra: {code: extra}}
                lambdas:
                  one: {code: one.py, layers: [data, extra]}
                  two: {code: one.py, layers: [data]}
                """,
            "one.py": HELLO, "extra/bin/extra": "extra", "data/bin/small": ""})
        rest = 262144000 - len(HELLO) - len("extra")
        for size, over in (rest, None), (rest + 1, "1"):
            with open(os.path.join(self.folder, "data/bin/data"), "wb") as data:
                data.truncate(size)
            text = (f"_one.zip and its layers have 262144001 bytes unzipped, {over} over Lambda's 262144000: "
                    f"_one.zip ({len(HELLO)}), _data-layer.zip ({rest + 1}), _extra-layer.zip (5)")
            said = self.gordon("build").stderr
            if over:
                self.assertIn(f"settings.yml:5:3: warning: {text}\n", said)
                self.assertIn(f"settings.yml:5:3: warning: {text}\n", self.gordon("build").stderr)
                for command in (["apply"], ["release", "--stage", "prod"]):
                    self.assertEqual(self.refused(*command), [("settings.yml:5:3", text)])
            else:
                self.assertEqual(said, "")
                self.gordon("release", "--stage", "prod")

    def test_values(self):
        """A value at the limit and one over it. Values that are not sent have no limit."""
        support.write(self.folder, {
            "settings.yml": f"""
                project: demo
                code-bucket: demo
                lambdas:
                  one:
                    code: app/one.py
                    description: ref://Fits
                    environment: {{OVER: ref://Over, FAR: ref://Far}}
                """,
            "parameters/common.yml": json.dumps({
                "Fits": "é" * 2048, "Over": "é" * 2048 + "e", "Far": ["x" * 99] * 50,
                "NotSent": "x" * 5000})})
        self.build()
        text = ("the value of the parameter '{}' has {} bytes, {} over CloudFormation's 4096; split it, "
                "or let the code fetch it by itself")
        expected = [("settings.yml:7:25", text.format("Over", 4097, 1)),
                    ("settings.yml:7:42", text.format("Far", 4999, 903))]
        self.assertEqual(self.refused("apply"), expected)
        self.gordon("release", "--stage", "prod", "--output", "prod.tar.gz")
        self.assertEqual(self.refused("apply", "--release", "prod.tar.gz"), expected)

    def test_names_and_dynamic_references(self):
        """A valid logical id can make an output's name too long."""
        app, api, parameter = "a" * 120, "n" * 120, "P" * 256
        variables = "".join(f"      V{i}0: '{{{{resolve:ssm:/demo/v{i}}}}}'\n" for i in range(61))
        support.write(self.folder, {
            f"{app}/settings.yml": "lambdas:\n  one:\n    code: one.py\n    environment:\n"
                                   f"      LONG: ref://{parameter}\n{variables}"
                                   f"apigateway:\n  {api}:\n    resources:\n      /:\n"
                                   "        methods: GET\n        integration: {type: MOCK}\n",
            f"{app}/one.py": HELLO,
            "settings.yml": f"project: demo\ncode-bucket: demo\napps: [{app}]\n",
            "parameters/common.yml": f"{parameter}: x\n"})
        self.build()
        output = "ClioutputApigatewayA" + "a" * 119 + "N" + "n" * 119
        self.assertEqual(self.refused("apply"), [
            (f"{app}/settings.yml:5:13", "the name of this parameter has 256 characters, 1 over "
             "CloudFormation's 255"),
            (f"{app}/settings.yml:68:3", f"the output that shows this, '{output}', has a name of 259 "
             "characters, 4 over CloudFormation's 255; take a shorter name, or 'cli-output: false'"),
            ("settings.yml", "0003_r.json has 61 dynamic references, {{resolve:...}}, 1 over "
             "CloudFormation's 60; make some of them parameters, which ssm:// and secretsmanager:// "
             "give values to")])


class Full(support.Applied):
    def test_full_stack(self):
        """The maximum number of lambdas in a stack: all digests fit in one parameter."""
        full = lambdas(names("l", 166), f", role: '{ROLE}'")
        self.settings(f"project: {self.name}\ncode-bucket: {self.name}\n{full}")
        support.write(self.folder, {"one.py": HELLO})
        self.build()
        self.apply()
        self.assertEqual(self.invoke(self.outputs()["ClioutputLambdaL165"]), ("hello", "1"))
        stack = self.aws("cloudformation", "describe-stacks", "--stack-name", f"dev-{self.name}-r")
        [digests] = [p["ParameterValue"] for p in stack["Stacks"][0]["Parameters"]
                     if p["ParameterKey"] == "LambdaDigests"]
        self.assertEqual(len(digests), 166 * 17 - 1)
        self.assertIn("no changes", self.apply().stdout.split("0003")[1])
        self.settings(f"project: {self.name}\ncode-bucket: {self.name}\n{full}  l166: *lambda\n")
        self.gordon("build")
        self.assertIn("0003_r.json has 501 resources, 1 over CloudFormation's 500; move some of what the "
                      "project has into a project of its own\n", self.apply(status=15).stderr)


if __name__ == "__main__":
    unittest.main()
