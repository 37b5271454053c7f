"""Layers of the project and of an app, which lambdas in Python and Node import."""
import json
import unittest

import support

DIFFERS = 25


class Layers(support.Applied):
    SETTINGS = """
        project: {name}
        code-bucket: layers
        apps: [shop, mail]
        layers:
          common: {{code: common, runtimes: [python3.13, python3.12], license: MIT}}
        """
    FILES = {
        "common/acme/__init__.py": "",
        "common/acme/words.py": "WORD = 'first'\n",
        "mail/settings.yml": """
            lambdas:
              send: {code: send.py, layers: [common]}
              plain: {code: plain.py}
            """,
        "mail/send.py": """
            from acme import words
            def handler(event, context):
                return words.WORD
            """,
        "mail/plain.py": "def handler(event, context):\n    return 'plain'\n",
        "shop/settings.yml": """
            layers:
              colors: {code: colors, runtimes: nodejs24.x}
            lambdas:
              api: {code: api.js, layers: colors}
            """,
        "shop/colors/node_modules/colors/index.js": "exports.red = 'f00'\n",
        "shop/api.js": "exports.handler = async () => require('colors').red\n",
    }

    def setUp(self):
        super().setUp()
        self.settings(self.SETTINGS.format(name=self.name))
        self.build()
        self.apply()

    def answers(self):
        """Returns the answer and the version of each lambda."""
        return {key.removeprefix("ClioutputLambda"): self.invoke(arn)
                for key, arn in self.outputs().items()}

    def versions(self, layer):
        return [version["Version"] for version in self.aws(
            "lambda", "list-layer-versions", "--layer-name", f"dev-{self.name}-{layer}")["LayerVersions"]]

    def drifting(self):
        rows = json.loads(self.gordon("status", "--json").stdout)["lambdas"]
        return {row["lambda"] for row in rows if row["code"] != "same"}

    def change(self, word):
        support.write(self.folder, {"common/acme/words.py": f"WORD = {word!r}\n"})
        self.build()

    def test_imported(self):
        first = {"MailSend": ("first", "1"), "MailPlain": ("plain", "1"), "ShopApi": ("f00", "1")}
        self.assertEqual(self.answers(), first)
        self.assertEqual(self.versions("common"), [1])
        again = self.apply()
        self.assertEqual(again.stdout.count("no changes"), 2, again.stdout)

        # A new version of the layer is a new version of exactly the lambdas that use it.
        self.change("second")
        said = self.gordon("diff", status=DIFFERS).stdout
        for line in "code/_common-layer.zip", "~ python/acme/words.py", "CommonLayer", "MailSend":
            self.assertIn(line, said)
        for line in "PlainPublished", "colors-layer.zip", "code/mail_send.zip":
            self.assertNotIn(line, said)
        self.apply()
        self.assertEqual(self.answers(), {**first, "MailSend": ("second", "2")})
        self.assertEqual(self.versions("common"), [2, 1])
        self.assertEqual(self.versions("shop_colors"), [1])

        # The status of a lambda is that of its layers, too.
        self.change("third")
        self.assertEqual(self.drifting(), {"mail.send"})
        self.change("second")
        self.assertEqual(self.drifting(), set())

        # The version before has the layer before.
        self.gordon("rollback", "mail.send")
        self.assertEqual(self.answers(), first)
        said = self.gordon("delete").stdout
        self.assertRegex(said, rf"CommonLayer \(AWS::Lambda::LayerVersion, arn:.*:layer:dev-{self.name}-common:2\) stays")

    def test_release(self):
        self.gordon("release", "--stage", "dev", "--output", "one.tar.gz")
        self.change("second")
        self.apply()
        self.gordon("apply", "--release", "one.tar.gz")
        self.assertEqual(self.answers()["MailSend"], ("first", "3"))
        self.assertEqual(self.versions("common"), [3, 2, 1])

    def test_removed(self):
        """Versions of a layer outlive the layer and the stack, for whoever uses them."""
        self.settings("lambdas:\n  send: {code: plain.py}\n", "mail/settings.yml")
        self.settings(self.SETTINGS.format(name=self.name).split("layers:\n")[0])
        self.build()
        self.apply()
        self.assertEqual(self.answers()["MailSend"], ("plain", "2"))
        self.assertEqual(self.versions("common"), [1])


if __name__ == "__main__":
    unittest.main()
