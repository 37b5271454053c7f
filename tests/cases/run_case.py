#!/usr/bin/env python3
"""Runs a command in a copy of a case's folder, and compares its messages exactly.

usage: run_case.py CASE COPY PREFIX COMMAND [ARGUMENT...]

CASE has the input of the command, and the expected results:

  status     the exit status; 0 if there is no such file
  error      standard error; empty if there is no such file
  out        standard output; not compared if there is no such file
  arguments  more arguments of the command, one on each line

In these texts @DIR@ is the folder of the copy, @PREFIX@ the prefix of the installed Gordon, @CACHE@ the
cache and @KEY@ a digest in it. Places in Gordon's CMake modules have no line numbers. A command that
fails must leave no template and no zip. If GORDON_UPDATE_EXPECTED is in the environment, the files are
written instead of compared.
"""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys

EXPECTED = ("status", "error", "out", "arguments")


def read(path, default=b""):
    return path.read_bytes() if path.exists() else default


def copy(case, to):
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(case, to, symlinks=True, ignore=lambda folder, names:
                    EXPECTED if pathlib.Path(folder) == case else ())


def normal(text, copied, prefix):
    text = text.replace(os.fsencode(copied), b"@DIR@").replace(os.fsencode(prefix), b"@PREFIX@")
    cache = os.environ.get("GORDON_CACHE_DIR")
    if cache:
        text = text.replace(os.fsencode(cache), b"@CACHE@")
    text = re.sub(rb"\b[0-9a-f]{64}\b", b"@KEY@", text)
    text = re.sub(rb"(at) \S.*?/?([^/]+\.cmake):\d+ ", rb"\1 \2 ", text)
    return re.sub(rb"(/Gordon\w+\.cmake):\d+(:EVAL:\d+)? ", rb"\1 ", text)


def lines(text):
    return text.decode("utf-8", "backslashreplace").splitlines(keepends=True)


def compare(name, expected, actual):
    if expected == actual:
        return True
    sys.stdout.writelines(difflib.unified_diff(lines(expected), lines(actual), name, "it said"))
    print()
    return False


def outputs(folder):
    found = [p for p in folder.rglob("*") if p.suffix in (".zip", ".tmp")
             or re.fullmatch(r"\d{4}_\w+\.json", p.name)]
    return sorted(str(p.relative_to(folder)) for p in found)


def update(case, actual):
    for name, text, default in actual:
        if text != default:
            (case / name).write_bytes(text)
        else:
            (case / name).unlink(missing_ok=True)


def main():
    case, copied, prefix, *command = sys.argv[1:]
    case, copied = pathlib.Path(case), pathlib.Path(copied)
    copy(case, copied)
    arguments = read(case / "arguments").decode().splitlines()
    run = subprocess.run(command + arguments, cwd=copied, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    actual = [("status", b"%d\n" % run.returncode, b"0\n"),
              ("error", normal(run.stderr, copied, prefix), b"")]
    if (case / "out").exists():
        actual.append(("out", normal(run.stdout, copied, prefix), None))
    if os.environ.get("GORDON_UPDATE_EXPECTED"):
        update(case, actual)
    ok = all([compare(name, read(case / name, default), text) for name, text, default in actual])
    if run.returncode and outputs(copied):
        print("it left files behind:", *outputs(copied))
        ok = False
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
