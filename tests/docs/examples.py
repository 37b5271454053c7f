#!/usr/bin/env python3
"""Builds the examples of settings in pages of the documentation, and checks their templates with cfn-lint.

usage: examples.py GORDON PAGE...

An example is a block of ```yaml that has nothing but settings at its top, such as `lambdas`. It becomes a project. Files
that it names are those of the page, each after a line that begins with its name, or made up. So are lambdas of the app
`app`. It must build without a warning.
"""
import itertools
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lint"))

from lint import cfn_lint, describe, is_template, lint  # noqa: E402

SETTINGS = {"alb", "apigateway", "apps", "cloudformation", "code-bucket", "cognito", "contexts", "default-region",
            "defaults", "documentdb", "dynamodb", "events", "httpapi", "iot", "kafka", "kinesis", "lambdas", "layers",
            "logs", "mq", "outputs", "project", "s3", "schedules", "sns", "sqs", "tags", "vpcs", "websocket"}
FILE = re.compile(r"(?:text://)?([\w/]+\.(?:yml|json|txt))")
SOURCE = "def handler(event, context):\n    return event\n"


class Loader(yaml.SafeLoader):
    """Reads the tags of CloudFormation, too."""


Loader.add_multi_constructor("!", lambda loader, tag, node: str(node.value))


def examples(page):
    """The settings of a page, each with its line: pairs of an int and a text."""
    text = page.read_text(encoding="utf-8")
    for block in re.finditer(r"^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        settings = yaml.load(block[1], Loader)
        if isinstance(settings, dict) and settings and SETTINGS.issuperset(settings):
            yield text[:block.start()].count("\n") + 2, block[1], settings


def files(page):
    """The texts of files that the page shows: a map from their names."""
    return dict(re.findall(r"^`([\w/]+\.\w+)`[^\n]*:\n\n```\w+\n(.*?)^```$", page.read_text(encoding="utf-8"),
                           re.DOTALL | re.MULTILINE))


def values_below(value):
    """The value, and all that is in it, at any depth."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    for item in inner:
        yield from values_below(item)


def of_app(settings):
    """The names of the lambdas of `app` that the example refers to."""
    used = set(re.findall(r"(?<![\w.])app\.(\w+)", json.dumps(settings, default=str)))
    return used if "apps" not in settings else set()


def write_code(folder, code):
    path = folder / code
    if "://" in code or path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.suffix:
        path.mkdir()
        for name in ("app.py", "code.py", "code.js"):
            (path / name).write_text(SOURCE if name.endswith(".py") else "exports.handler = async () => 1;\n")
    else:
        path.write_text(SOURCE)


def write_project(folder, text, settings, shown):
    """Writes the example as a project, with all that it needs. `shown` are the files of the page."""
    folder.mkdir(parents=True)
    lambdas = of_app(settings)
    added = {} if "project" in settings else {"project": "docs", "code-bucket": "docs"}
    apps = ["gordon.contrib.s3"] * ("s3" in settings) + ["app"] * bool(lambdas)
    if apps and "apps" not in settings:
        added["apps"] = apps
    (folder / "settings.yml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in added.items()) + text)
    for value in values_below(settings):
        if isinstance(value, dict) and isinstance(value.get("code"), str):
            write_code(folder, value["code"])
        named = FILE.fullmatch(value) if isinstance(value, str) else None
        if named:
            (folder / named[1]).write_text(shown.get(named[1], "{}\n"))
    if lambdas:
        (folder / "app").mkdir()
        (folder / "app/settings.yml").write_text(json.dumps({"lambdas": {name: {"code": "a.py"} for name in lambdas}}))
        (folder / "app/a.py").write_text(SOURCE)


def write_templates(gordon, project, output):
    """Builds the project; returns the CloudFormation templates, and what is wrong or None."""
    run = subprocess.run([gordon, "template", "--project", project, "--build-dir", output], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    if run.returncode or "warning:" in run.stdout:
        return [], f"exit {run.returncode}\n{run.stdout}"
    return [path for path in sorted(output.glob("*.json")) if is_template(path)], None


def main(gordon, *pages):
    gordon = pathlib.Path(gordon).resolve()
    failures, templates = [], {}
    with tempfile.TemporaryDirectory(prefix="gordon-docs-") as folder:
        folder = pathlib.Path(folder).resolve()
        found = [(page, *example) for page in map(pathlib.Path, pages) for example in examples(page)]
        for (page, line, text, settings), number in zip(found, itertools.count()):
            project = folder / str(number)
            write_project(project, text, settings, files(page))
            written, wrong = write_templates(gordon, project, folder / f"{number}-out")
            if wrong:
                failures.append(f"{page}:{line}: {wrong}")
            templates.update(dict.fromkeys(map(str, written), f"{page}:{line}"))
        for finding in lint(cfn_lint(None), folder, templates) if templates else []:
            failures.append(describe(templates[finding["Filename"]], finding))
    print(*failures, sep="\n")
    print(f"{len(found)} examples, {len(failures)} failures")
    return 1 if failures or not found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
