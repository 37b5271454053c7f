"""wings.py finds what it is there to find, in trees made for it."""

import tempfile
import unittest
from pathlib import Path

import wings

ORDER = ["base:", "settings:base", "jinja:base", "deploy:settings"]

GOOD = {
    "base/file.h": "",
    "base/file.c": '#include <stdio.h>\n#include "base/file.h"\n',
    "settings/node.c": '#include "base/file.h"\n',
    "jinja/eval.c": "",
    "deploy/apply.h": "",
    "deploy/apply.c": '#include "deploy/apply.h"\n',
    "main.c": '#include "deploy/apply.h"\n',
    "data/answer.c": '#include "anything.h"\n',
}


class Wings(unittest.TestCase):
    def complaints(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {**GOOD, **changes}.items():
                if text is None:
                    continue
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return [text.replace(f"{root}/", "") for text in wings.check(root, ORDER)]

    def test_good(self):
        self.assertEqual(self.complaints({}), [])

    def test_upward(self):
        self.assertEqual(
            self.complaints({"base/file.c": '\n\n# include "deploy/apply.h"\n'}),
            ["base/file.c:3: base does not know deploy, which is above it"],
        )

    def test_unknown_below(self):
        self.assertEqual(
            self.complaints({"jinja/eval.c": '#include "settings/node.h"', "settings/node.h": ""}),
            ["jinja/eval.c:1: jinja does not know settings"],
        )

    def test_known_through_another(self):
        self.assertEqual(self.complaints({"deploy/apply.c": '#include "base/file.h"'}), [])

    def test_reads(self):
        self.assertEqual(
            self.complaints({
                "base/file.c": "FILE *f = fopen(path);",
                "settings/node.c": "x = file_reopen(y);\nx = fopen(y);",
            }),
            ["settings/node.c:2: fopen is not for files of a project; see base/root.h and base/file.h"],
        )

    def test_no_wing(self):
        self.assertEqual(
            self.complaints({"extra.c": "", "other/a.h": "", "base/deep/b.c": ""}),
            [
                "base/deep/b.c:1: this file is on no wing",
                "extra.c:1: this file is on no wing",
                "other/a.h:1: this file is on no wing",
            ],
        )

    def test_include_without_wing(self):
        self.assertEqual(
            self.complaints({"base/file.c": '#include "file.h"'}),
            ['base/file.c:1: "file.h" does not begin with a wing'],
        )

    def test_include_of_a_system(self):
        self.assertEqual(
            self.complaints({"base/file.c": "#include <sys/stat.h>\n#include <deploy/apply.h>"}),
            ["base/file.c:2: base does not know deploy, which is above it"],
        )

    def test_missing_header(self):
        self.assertEqual(
            self.complaints({"base/file.c": '#include "base/gone.h"'}),
            ['base/file.c:1: "base/gone.h" is not there'],
        )

    def test_circle(self):
        self.assertEqual(
            self.complaints(
                {"base/a.c": '#include "base/b.h"', "base/a.h": "", "base/b.h": '#include "base/a.h"'}
            ),
            [
                "base/a.c:1: this include is part of a circle: base/a -> base/b\n"
                "base/b.h:1: this include is part of a circle: base/b -> base/a"
            ],
        )

    def test_circle_that_is_gone(self):
        circles = {frozenset({"base/a", "base/b"}): "a reason"}
        self.assertEqual(
            list(wings.check_circles({"base/a": {"base/b": "base/a.c:1"}}, circles)),
            ["CIRCLES: there is no circle of base/a, base/b any more"],
        )

    def test_design(self):
        table = "| wing | a | b |\n|---|---|---|\n| `base/` | x | the system |\n| `settings/` | y | base |\n"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "design.md"
            path.write_text(table, encoding="utf-8")

            def said(*words):
                return [text.replace(f"{folder}/", "") for text in wings.check_design(path, words)]

            self.assertEqual(said("base:", "settings:base"), [])
            self.assertEqual(said("base:", "settings:base,jinja"),
                             ["design.md:1: the table of wings has no row for settings:base,jinja"])
            self.assertEqual(said("settings:base", "base:"),
                             ["design.md:1: the table of wings has another order, or more wings"])
            self.assertEqual(said("base:"),
                             ["design.md:1: the table of wings has another order, or more wings"])

    def test_empty_wing(self):
        self.assertEqual(self.complaints({"jinja/eval.c": None}), ["jinja: this wing has no file"])


if __name__ == "__main__":
    unittest.main()
