"""Versions that exist already: published by the lambda of gordon.contrib.lambdas, or by hand."""
import unittest

import support

WITH_CONTRIB = "apps: [gordon.contrib.lambdas]"
WITHOUT = "apps: []"


class Versions(support.Applied):
    SETTINGS = """
        project: {name}
        code-bucket: versions
        {apps}
        lambdas:
          one: {{code: one.py}}
          two: {{code: two.py}}
        """

    def write(self, apps, **words):
        self.settings(self.SETTINGS.format(name=self.name, apps=apps))
        for name, word in words.items():
            self.settings(f"def handler(event, context): return {word!r}\n", f"{name}.py")
        self.build()

    def current(self, name):
        return self.outputs()[f"ClioutputLambda{name.title()}"]

    def answers(self):
        """Returns the answer and the version of each lambda."""
        return {name: self.invoke(self.current(name)) for name in ("one", "two")}

    def check_no_change(self):
        again = self.apply()
        self.assertEqual(again.stdout.count("no changes"), 2, again.stdout)
        self.assertEqual(again.stdout.count("unchanged"), 2, again.stdout)
        self.assertEqual(again.stderr, "")

    def check_newer(self, before, *names):
        """Checks that exactly these lambdas have a later version. AWS never reuses a number, so it may skip some."""
        after = self.answers()
        self.assertEqual({name for name in after if int(after[name][1]) > int(before[name][1])}, set(names))
        self.assertEqual({name for name in after if after[name] == before[name]},
                         set(after) - set(names))
        return after

    def test_contrib_taken_away(self):
        """Without the contrib app, CloudFormation publishes; the lambdas do not change."""
        self.write(WITH_CONTRIB, one="one", two="two")
        self.apply()
        first = self.answers()
        self.assertEqual(first, {"one": ("one", "1"), "two": ("two", "1")})
        self.write(WITHOUT)
        run = self.apply()
        for line in 5, 6:
            self.assertIn(f"settings.yml:{line}:3: warning: AWS has published", run.stderr)
        self.assertNotIn("error", run.stderr)
        second = self.check_newer(first, "one", "two")
        self.check_no_change()
        self.write(WITHOUT, one="new")
        self.assertNotIn("warning", self.apply().stderr)
        third = self.check_newer(second, "one")
        self.assertEqual((third["one"][0], third["two"][0]), ("new", "two"))
        self.check_no_change()

    def test_published_by_hand(self):
        self.write(WITHOUT, one="one", two="two")
        self.apply()
        first = self.answers()
        function = self.current("one").rsplit(":", 1)[0]
        self.write(WITHOUT, one="new")
        # somebody publishes the same zip by hand, not by an apply of this stage
        self.addCleanup(self.gordon, "delete", "--confirm", "--stage", "other")
        self.apply("--stage", "other")
        self.aws("lambda", "update-function-code", "--function-name", function, "--publish",
                 "--s3-bucket", "versions-us-east-1-other", "--s3-key", "_one.zip")
        self.apply()  # the emulator publishes equal code as a new version; AWS does not
        self.assertEqual(self.check_newer(first, "one")["one"][0], "new")
        self.check_no_change()


if __name__ == "__main__":
    unittest.main()
