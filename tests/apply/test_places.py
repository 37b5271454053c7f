"""apply and diff for several stages and regions at once."""
import json
import os
import unittest

import support

DEV_PROD = "dev", "prod"


class Places(support.Applied):
    FILES = {
        "settings.yml": "project: places\ncode-bucket: places\n"
                        "lambdas: {one: {code: one.py, environment: {WORD: ref://Word}}}\n",
        "one.py": "def handler(event, context): return 1\n",
        "parameters/dev.yml": "Word: of-dev\n",
        "parameters/prod.yml": "Word: '{{ stage }}-{{ aws_region }}'\n",
    }

    def setUp(self):
        super().setUp()
        self.build()

    def words(self, stage, region):
        """Returns the parameter Word of a stage's stack in a region."""
        stack, = self.aws("cloudformation", "describe-stacks", "--stack-name", f"{stage}-places-r",
                          "--region", region)["Stacks"]
        return {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}["Word"]

    def by_place(self, text):
        """Returns {label: lines without the label}."""
        found = {}
        for line in text.splitlines():
            label, bar, rest = line.partition("|")
            self.assertTrue(bar, line)
            found.setdefault(label.strip(), []).append(rest.removeprefix(" "))
        return found

    def test_side_by_side(self):
        places = [f"{stage} {region}" for stage in DEV_PROD for region in ("eu-west-1", "us-east-1")]
        for place in places:
            stage, region = place.split()
            self.addCleanup(self.gordon, "delete", "--confirm", "-s", stage, "-r", region)
        run = self.apply("-s", "dev", "--stage=prod", "-reu-west-1", "--region", "us-east-1", "-sdev")
        found = self.by_place(run.stdout)
        self.assertEqual(sorted(found), sorted(places))
        for place, lines in found.items():
            self.assertEqual(lines[:4], ["Applying project...", "  0001_p.json (cloudformation)",
                                         "    CREATE_COMPLETE", "  0002_pr_r.json (custom)"])
            self.assertIn(place.split()[1], lines[-1])
        self.assertEqual(sorted(self.by_place(run.stderr)), sorted(places), "events have places, too")
        self.assertEqual({line.index("|") for line in run.stdout.splitlines()},
                         {len("prod eu-west-1 ")}, "one below the other")
        self.assertEqual(self.words("dev", "eu-west-1"), "of-dev")
        self.assertEqual(self.words("prod", "eu-west-1"), "prod-eu-west-1")
        self.assertEqual(self.words("prod", "us-east-1"), "prod-us-east-1")
        self.check_json()
        self.check_all_stages()
        self.check_release()

    def check_json(self):
        """Each object has its stage and region. The last object is the end of all."""
        run = self.gordon("diff", "--json", "-s", "dev", "-s", "prod", "-r", "us-east-1")
        *lines, last = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual({(one["stage"], one["region"]) for one in lines},
                         {("dev", "us-east-1"), ("prod", "us-east-1")})
        self.assertEqual(sorted((one["stage"], one["status"]) for one in lines if one["type"] == "end"),
                         [("dev", 0), ("prod", 0)])
        self.assertEqual(last, {"type": "end", "status": 0})

    def check_all_stages(self):
        """--stages-all takes all stages with a file. An error has precedence over changes in the exit status."""
        support.write(self.folder, {"parameters/dev.yml": "Word: another\n",
                                    "parameters/common.yml": "Unused: x\n",
                                    "parameters/notes.txt": "", "parameters/NO STAGE.yml": "A: b\n"})
        found = self.by_place(self.gordon("diff", "--stages-all", status=25).stdout)
        self.assertEqual(sorted(found), ["dev", "prod"])
        self.assertIn("    ~ parameter Word: of-dev → another", found["dev"])
        self.assertEqual(found["prod"][-1], "No changes.")
        support.write(self.folder, {"parameters/prod.yml": "Word: env://NOT_SET_AT_ALL\n"})
        run = self.gordon("diff", "--stages-all", status=1)
        self.assertIn("prod | parameters/prod.yml:1:7: error: the environment variable", run.stderr)
        self.assertNotIn("dev ", run.stderr)
        self.assertIn("    ~ parameter Word: of-dev → another", self.by_place(run.stdout)["dev"])

    def check_release(self):
        """A release is applied to two regions, for its own stage only."""
        support.write(self.folder, self.FILES)
        bundle = os.path.join(self.folder, "prod.tar.gz")
        self.gordon("release", "--stage", "prod", "--output", bundle)
        run = self.apply("--release", bundle, "-r", "us-east-1", "-r", "eu-west-1")
        found = self.by_place(run.stdout)
        self.assertEqual(sorted(found), ["eu-west-1", "us-east-1"])
        for lines in found.values():
            self.assertEqual(lines.count("    no changes"), 2)
        self.assertIn("not for 'dev'", self.apply("--release", bundle, "-s", "dev", status=64).stderr)
        for wrong in (["--stages-all"], ["-s", "dev", "-s", "prod"]):
            self.assertIn("--release is for one stage",
                          self.apply("--release", bundle, *wrong, status=64).stderr)


class Offline(support.Project):
    """Errors before the first call of AWS, and errors of the first call."""

    FILES = {
        "settings.yml": "project: demo\ncode-bucket: demo\n",
        "parameters/dev.yml": "A: b\n",
    }

    def fails(self, *arguments, status=64):
        return self.gordon(*arguments, status=status).stderr

    def test_names(self):
        """A wrong name is an error before any stage is applied."""
        self.fake_aws("import sys\nsys.exit('this must not run')\n")
        self.build()
        for command in "apply", "diff":
            self.assertIn("a stage is 2 to 16 of a-z, 0-9 and '-', a letter first, not 'Prod'",
                          self.fails(command, "-s", "dev", "-s", "Prod"))
            self.assertIn("'moon' is not a region; one is us-east-1",
                          self.fails(command, "-r", "eu-west-1", "--region=moon"))
            self.assertIn("--stages-all and --stage exclude each other",
                          self.fails(command, "--stages-all", "-sdev"))
            self.assertIn("--stage needs a value", self.fails(command, "-s"))
            self.assertIn("not an empty one", self.fails(command, "--stage="))

    def test_no_stages(self):
        os.unlink(os.path.join(self.folder, "parameters/dev.yml"))
        self.assertIn("--stages-all: no stage has a file in parameters/", self.fails("diff", "--stages-all"))

    def test_one_stage(self):
        """With one stage only, the lines have no label."""
        self.build()
        self.fake_aws("print('{\"Stacks\": []}')\n")
        self.assertEqual(self.gordon("diff", "--stages-all", status=25).stdout,
                         self.gordon("diff", status=25).stdout)

    def test_status(self):
        """The exit status is that of the first failed place on the command line. The other places go on."""
        self.build()
        self.fake_aws("""
            import json, sys, time
            if "eu-west-2" in sys.argv:
                time.sleep(1)
                print(json.dumps({"Stacks": [{"StackName": "dev-demo-p", "StackId": "x",
                                               "StackStatus": "UPDATE_IN_PROGRESS"}]}))
            elif "eu-west-3" in sys.argv:
                sys.exit("AccessDenied: not there")
            else:
                print('{"Stacks": []}')
            """)
        regions = "us-east-1", "eu-west-2", "eu-west-3"
        run = self.gordon("diff", *("-r" + region for region in regions), status=14)
        self.assertIn("us-east-1 |     + CodeBucket  AWS::S3::Bucket\n", run.stdout)
        self.assertIn("eu-west-2 | gordon: error: stack dev-demo-p is UPDATE_IN_PROGRESS", run.stderr)
        self.assertIn("eu-west-3 | gordon: error: stack", run.stderr)
        run = self.gordon("diff", *("-r" + region for region in regions[::-1]), status=1)
        self.assertIn("eu-west-2 | gordon: error: ", run.stderr)

    def test_killed(self):
        """The process of a place is killed."""
        self.build()
        self.fake_aws("""
            import os, signal, sys
            if "eu-west-2" in sys.argv:
                os.kill(os.getppid(), signal.SIGKILL)
            print('{"Stacks": []}')
            """)
        run = self.gordon("diff", "-rus-east-1", "-reu-west-2", status=128 + 9)
        self.assertIn("eu-west-2 | gordon: error: its process was ended by signal 9 (Killed)\n", run.stderr)


if __name__ == "__main__":
    unittest.main()
