#!/usr/bin/env python3
"""docs/from-sam.md has each property of SAM: those of its resource types, of their events, of Globals and of resources,
and its policy templates, as aws-sam-translator knows them. It has no others, and each has an answer.

usage: words.py PAGE SETTINGS_PAGE

The first cell of a row names properties, or a property and, after a colon, properties within it. If a table has one
with properties within it, it must have all of them. The words of the other cell that look like settings must be in
SETTINGS_PAGE.
"""
import pathlib
import re
import sys
import typing
import unittest

from samtranslator.compat import pydantic
from samtranslator.internal.schema_source import schema
from samtranslator.policy_template_processor.processor import PolicyTemplatesProcessor

PAGE, SETTINGS = (pathlib.Path(argument).read_text(encoding="utf-8") for argument in sys.argv[1:3])
del sys.argv[1:3]

NAME = re.compile(r"`([^`]+)`")
WITHOUT_WORDS = ("PassThroughProp", "Ref")  # what SAM hands on without a look at it, and refs
SETTING = re.compile(r"([a-z]+(?:[-_][a-z]+)+)(?::.*)?")  # such as `log-group` and `event_pattern: {...}`


def models(annotation):
    """The models in an annotation, such as Optional[Dict[str, Union[A, B]]]."""
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return [] if annotation.__name__ in WITHOUT_WORDS else [annotation]
    return [model for part in typing.get_args(annotation) for model in models(part)]


def properties(model, leave=()):
    """The names of the fields of a model, and for each the names in it."""
    return {name: {inner for part in models(field.annotation) for inner in part.__fields__}
            for name, field in model.__fields__.items() if name not in leave}


def literal(model):
    """The one value of the field Type."""
    return typing.get_args(model.__fields__["Type"].outer_type_)[0]


def sections(text):
    """The tables of the page by their heading: lists of pairs of cells."""
    found = {}
    for part in re.split(r"^#+ +", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        rows = [line.strip("| \n").split(" | ", 1) for line in body.splitlines() if line.startswith("| ")]
        found[heading] = rows[1:]  # without the head
    return found


def written(rows):
    """The names of the first cells, as properties() has them."""
    found = {}
    for cell, _ in rows:
        first, colon, inner = cell.partition("`: ")
        if colon:
            found.setdefault(first.strip("`"), set()).update(NAME.findall(inner))
        else:
            for name in NAME.findall(cell):
                found.setdefault(name, set())
    return found


class Words(unittest.TestCase):
    maxDiff = None
    tables = sections(PAGE)

    def check(self, heading, expected, deep=True):
        """`deep`: what is within properties counts, too."""
        with self.subTest(heading=heading):
            here = written(self.tables.get(heading, []))
            self.assertEqual(sorted(here), sorted(expected))
            for name, inner in expected.items():
                if deep and inner:
                    self.assertEqual(sorted(here[name]), sorted(inner), name)

    def test_types(self):
        with_words = {f"AWS::Serverless::{name}" for name in ("Api", "Function", "LayerVersion", "SimpleTable")}
        types = {literal(model): model for model in typing.get_args(schema.Resources)}
        self.assertLessEqual(with_words, set(types))
        for name, model in types.items():
            fields = properties(models(model.__fields__["Properties"].annotation)[0])
            fields["Events"] = set()
            if name not in ("AWS::Serverless::Function", "AWS::Serverless::StateMachine"):
                del fields["Events"]
            self.check(name, fields, name in with_words)

    def test_events(self):
        function = next(model for model in typing.get_args(schema.Resources)
                        if literal(model) == "AWS::Serverless::Function")
        own = models(function.__fields__["Properties"].annotation)[0]
        events = models(own.__fields__["Events"].annotation)
        self.check("Events", {literal(event): set() for event in events})
        for event in events:
            self.check(literal(event), properties(models(event.__fields__["Properties"].annotation)[0]))

    def test_globals(self):
        self.check("Globals", properties(schema.Globals))

    def test_attributes(self):
        every = {name for model in typing.get_args(schema.Resources) for name in model.__fields__}
        self.check("Attributes of a resource", dict.fromkeys(every, set()))

    def test_policy_templates(self):
        templates = PolicyTemplatesProcessor._read_json(PolicyTemplatesProcessor.DEFAULT_POLICY_TEMPLATES_FILE)
        self.check("Policy templates", dict.fromkeys(templates["Templates"], set()))

    def test_answers(self):
        """Each row has an answer, and its settings exist."""
        for heading, rows in self.tables.items():
            for cell, answer in rows:
                with self.subTest(heading=heading, row=cell):
                    self.assertTrue(answer.strip())
                    settings = filter(None, map(SETTING.fullmatch, NAME.findall(answer)))
                    unknown = [word[1] for word in settings if not re.search(rf"\b{word[1]}\b", SETTINGS)]
                    self.assertEqual(unknown, [])

    def test_finds_what_is_missing(self):
        """This test itself."""
        tables = sections("## A\n\n| SAM | b |\n|---|---|\n| `X`, `Y` | z |\n| `Z`: `P`, `Q` | *none* |\n## B\n")
        self.assertEqual(tables["B"], [])
        self.assertEqual(written(tables["A"]), {"X": set(), "Y": set(), "Z": {"P", "Q"}})


if __name__ == "__main__":
    unittest.main()
