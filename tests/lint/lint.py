#!/usr/bin/env python3
"""Checks the CloudFormation templates of many projects with cfn-lint. An error or a warning is a failure.

usage: lint.py [--projects DIR]... GORDON CASES_DIR [VENV_OR_CFNLINT]

Each folder in CASES_DIR is a project. Below DIR, each folder with a settings.yml is one, unless it is in a
project. VENV_OR_CFNLINT is a virtual environment with cfn-lint, or the program; the default is the
cfn-lint of this Python.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def projects_below(folder):
    """Returns all projects below a folder. Folders inside of a project are its apps."""
    if (folder / "settings.yml").is_file():
        return [folder]
    return [p for child in sorted(folder.iterdir()) if child.is_dir() for p in projects_below(child)]


def is_template(path):
    return "_type" not in json.loads(path.read_text(encoding="utf-8"))


def write_templates(gordon, project, output):
    """Writes the templates; returns the CloudFormation ones, and an error or None."""
    run = subprocess.run([gordon, "template", "--quiet", "--project", project, "--build-dir", output],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, errors="replace", timeout=60)
    if run.returncode:
        return [], f"gordon template: exit {run.returncode}\n{run.stdout}"
    templates = [path for path in sorted(output.glob("*.json")) if is_template(path)]
    return templates, None if templates else "gordon template wrote no template"


def cfn_lint(where):
    if where and not os.path.isdir(where):
        return os.path.abspath(where)
    programs = os.path.join(os.path.abspath(where), "bin") if where else os.path.dirname(sys.executable)
    return os.path.join(programs, "cfn-lint")


def lint(program, folder, templates):
    """Returns the findings in all templates, by one run of cfn-lint, without the user's settings."""
    arguments = ["--format", "json", "--non-zero-exit-code", "none", "--", *map(str, templates)]
    run = subprocess.run([program, *arguments], cwd=folder, env={**os.environ, "HOME": str(folder)},
                         stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{program}: exit {run.returncode}\n{run.stdout}{run.stderr}")
    return json.loads(run.stdout)


def describe(project, finding):
    path = pathlib.Path(finding["Filename"])
    place = finding["Location"]
    where = "/".join(map(str, place.get("Path") or []))
    return (f"{project}: {path.name}:{place['Start']['LineNumber']}: {finding['Rule']['Id']} "
            f"{finding['Message']}{where and f' ({where})'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gordon", type=os.path.abspath)
    parser.add_argument("cases", type=pathlib.Path)
    parser.add_argument("cfn_lint", nargs="?")
    parser.add_argument("--projects", type=pathlib.Path, action="append", default=[])
    arguments = parser.parse_args()

    projects = [path for path in sorted(arguments.cases.iterdir()) if path.is_dir()]
    for folder in arguments.projects:
        projects += projects_below(folder)
    failures = []
    templates = {}
    with tempfile.TemporaryDirectory(prefix="gordon-lint-") as folder:
        folder = pathlib.Path(folder).resolve()
        for number, project in enumerate(projects):
            # Numbers, because cfn-lint interprets file names as patterns.
            written, failure = write_templates(arguments.gordon, project, folder / str(number))
            templates.update({str(path): project for path in written})
            if failure:
                failures.append(f"{project}: {failure}")
        if not templates:
            sys.exit("\n".join([*failures, "no template to lint"]))
        for finding in lint(cfn_lint(arguments.cfn_lint), folder, templates):
            failures.append(describe(templates[finding["Filename"]], finding))
    print("\n".join(failures) if failures else f"{len(templates)} templates, no finding")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
