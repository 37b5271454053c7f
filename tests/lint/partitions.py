#!/usr/bin/env python3
"""No template of any project names the partition of AWS that it is for, unless its settings do.

usage: partitions.py GORDON PROJECTS CASES_DIR

A stack in a Chinese or GovCloud region needs AWS::Partition and AWS::URLSuffix where others have aws and
amazonaws.com. So each string of a template with one of these must be text of the project's settings, or an
ARN there with what is below it.
Names of services, such as lambda.amazonaws.com, are the same in all partitions.
"""
import json
import pathlib
import re
import sys
import tempfile

from lint import projects_below, write_templates

OF_A_PARTITION = re.compile(r"arn:aws[a-z-]*:|amazonaws\.com")
PART = re.compile(r"/(\w+/)?\*$")  # what a policy adds to an ARN of the settings
SERVICE = re.compile(r"[a-z0-9-]+\.amazonaws\.com")


def strings(value):
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from strings(below)
    elif isinstance(value, list):
        for below in value:
            yield from strings(below)
    elif isinstance(value, str):
        yield value


def texts_of(project):
    """The text of all settings and values of a project."""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace")
                     for path in project.rglob("*.y*ml") if path.is_file())


def main(gordon, projects, cases):
    found, seen = [], 0
    with tempfile.TemporaryDirectory(prefix="gordon-partitions-") as folder:
        folder = pathlib.Path(folder).resolve()
        everything = projects_below(projects) + [p for p in sorted(cases.iterdir()) if p.is_dir()]
        for number, project in enumerate(everything):
            templates, failure = write_templates(gordon, project, folder / str(number))
            if failure:
                found.append(f"{project}: {failure}")
            own = texts_of(project)
            for path in templates:
                seen += 1
                found += [f"{project}: {path.name}: {text}"
                          for text in strings(json.loads(path.read_text(encoding="utf-8")))
                          if OF_A_PARTITION.search(text) and not SERVICE.fullmatch(text)
                          and text not in own and PART.sub("", text) not in own]
    if not seen:
        found.append("no template was written")
    print("\n".join(found) or f"{seen} templates, none names a partition")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(pathlib.Path, sys.argv[2:])))
