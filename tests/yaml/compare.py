#!/usr/bin/env python3
"""Compares the generator's YAML reader with PyYAML's SafeLoader: both must give the same tree, or both an
error, except for the rows of DIFFERENCES in reference.py.

usage: compare.py DUMP [--random N] [--seed S] [FILE...]

DUMP is the program of dump.c. Without --random the texts are the files of corpus/ and those of
cases.py, and a row of DIFFERENCES that none of them needs is an error. This needs PyYAML 6.0.3 or newer
with libyaml; without it the exit status is 77, "skipped" for CTest.
"""
import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import yaml
    missing = "" if yaml.__with_libyaml__ else "PyYAML is here without libyaml"
except ImportError:
    missing = "there is no PyYAML"
if missing:
    print(missing)
    sys.exit(77)

import cases
import reference
from random_yaml import Random_yaml

AT_ONCE = 500 # files for one run of the program
HERE = pathlib.Path(__file__).parent


def dumped(program, paths):
    """Returns the tree of each file, or ERROR."""
    run = subprocess.run([program, *paths], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = run.stdout.splitlines()
    if run.returncode not in (0, 1) or len(lines) != len(paths):
        sys.exit(f"{program} ended with {run.returncode}:\n{run.stderr.decode(errors='replace')[-4000:]}")
    errors = run.stderr.decode(errors="replace").count(": error: ")
    if errors < lines.count(b"error"):
        sys.exit(f"{program} refused {lines.count(b'error')} files and told of {errors}")
    return [reference.ERROR if line == b"error" else reference.normal(json.loads(line)) for line in lines]


def shown(data):
    text = data.decode("utf-8", "backslashreplace")
    return repr(data) if len(text) < 60 else text if len(text) < 2000 else repr(data[:300]) + " ..."


def check(program, folder, texts):
    """Returns how many texts are read wrongly, and how often each row was needed."""
    needed, wrong = collections.Counter(), 0
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start:start + AT_ONCE]
        paths = [folder / f"{start + i}.yml" for i in range(len(some))]
        for path, data in zip(paths, some):
            path.write_bytes(data)
        for data, mine in zip(some, dumped(program, paths)):
            right, used, theirs = reference.compare(data, mine)
            needed.update(used if right else [])
            if not right:
                wrong += 1
                print(f"--- {shown(data)}\nGordon: {str(mine)[:600]}\nPyYAML: {str(theirs)[:600]}")
    return wrong, needed


def texts_of(options):
    if options.random:
        source = Random_yaml(random.Random(options.seed))
        return [source.document().encode() for _ in range(options.random)]
    files = options.files or sorted((HERE / "corpus").iterdir())
    return [file.read_bytes() for file in files] + ([] if options.files else cases.all_cases())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dump")
    parser.add_argument("--random", type=int, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    sys.setrecursionlimit(10_000)
    texts = texts_of(options)
    with tempfile.TemporaryDirectory() as folder:
        wrong, needed = check(options.dump, pathlib.Path(folder), texts)
    for name, count in sorted(needed.items()):
        print(f"{count:6} by the row '{name}'")
    stale = [] if options.random or options.files else [n for n in reference.DIFFERENCES if n not in needed]
    for name in stale:
        print(f"no text needs the row '{name}'")
    print(f"{len(texts) - wrong} of {len(texts)} texts are read as PyYAML reads them")
    return 1 if wrong or stale else 0


if __name__ == "__main__":
    sys.exit(main())
