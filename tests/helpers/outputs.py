#!/usr/bin/env python3
"""Compares the outputs of a build with the expected files, or with those of another build.

usage: outputs.py expected EXPECTED OUTPUT    OUTPUT has these files and no others
       outputs.py same OUTPUT OUTPUT...       all have the same files with the same bytes
       outputs.py list ZIP                    prints the list of a zip's entries as in EXPECTED

A folder .gordon does not count. EXPECTED has the templates byte for byte. For code/<name>.zip it has code/<name>.zip.txt with a line
for each entry: mode, size, first digits of the SHA-256, name. A "-" as size and as digest matches any
content: it is for code of Gordon, not of the test. Every zip must have sorted entries, the time
1980-01-01 and the modes that Gordon writes. If GORDON_UPDATE_EXPECTED is in the environment, EXPECTED
is written instead of compared.
"""
import difflib
import hashlib
import os
import pathlib
import shutil
import sys
import zipfile

DIGITS = 16  # of a digest: enough to distinguish files


def entry_line(archive, info):
    data = archive.read(info)
    mode = (info.external_attr >> 16) & 0o7777
    digest = hashlib.sha256(data).hexdigest()[:DIGITS]
    return "%04o %d %s %s\n" % (mode, len(data), digest, info.filename)


def listing(path):
    with zipfile.ZipFile(path) as archive:
        return [entry_line(archive, info) for info in archive.infolist()]


def faults(path):
    """Yields each property of a zip that Gordon never writes."""
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
    names = [info.filename.encode() for info in infos]
    if names != sorted(set(names)):
        yield "its entries are not sorted"
    for info in infos:
        if info.date_time != (1980, 1, 1, 0, 0, 0):
            yield "%s has the time %s" % (info.filename, info.date_time)
        if (info.external_attr >> 16) not in (0o100644, 0o100755):
            yield "%s has the mode %o" % (info.filename, info.external_attr >> 16)
        if info.compress_type != (zipfile.ZIP_DEFLATED if info.file_size else zipfile.ZIP_STORED):
            yield "%s is not deflated, or empty and not stored" % info.filename


def any_content(line):
    mode, _, _, name = line.split(" ", 3)
    return "%s - - %s" % (mode, name)


def loosen(expected, actual):
    """Removes size and digest from the lines for which EXPECTED has none."""
    free = {line for line in expected if line.split(" ")[1:3] == ["-", "-"]}
    return [any_content(line) if any_content(line) in free else line for line in actual]


def files(folder):
    return {str(p.relative_to(folder)) for p in folder.rglob("*")
            if not p.is_dir() and ".gordon" not in p.relative_to(folder).parts}


def text(path):
    return path.read_text("utf-8").splitlines(keepends=True)


def compare_file(expected, actual):
    if expected.suffix == ".txt":
        want = text(expected)
        have, found = loosen(want, listing(actual)), list(faults(actual))
    else:
        want, have, found = text(expected), text(actual), []
    found = ["%s: %s\n" % (actual, fault) for fault in found]
    return found + list(difflib.unified_diff(want, have, str(expected), str(actual)))


def compare(expected, output):
    want = {name[:-4] if name.endswith(".zip.txt") else name for name in files(expected)}
    have = files(output)
    found = ["not written: %s\n" % name for name in sorted(want - have)]
    found += ["not expected: %s\n" % name for name in sorted(have - want)]
    for name in sorted(want & have):
        suffix = ".txt" if name.endswith(".zip") else ""
        found += compare_file(expected / (name + suffix), output / name)
    return found


def update(expected, output):
    shutil.rmtree(expected, ignore_errors=True)
    for name in sorted(files(output)):
        target = expected / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".zip"):
            lines = listing(output / name)
            if target.name.startswith("contrib_"):
                lines = map(any_content, lines)
            pathlib.Path(str(target) + ".txt").write_text("".join(lines), "utf-8")
        else:
            shutil.copyfile(output / name, target)


def same(first, *others):
    found = []
    for other in others:
        if files(first) != files(other):
            found.append("%s and %s hold other files\n" % (first, other))
        for name in sorted(files(first) & files(other)):
            if (first / name).read_bytes() != (other / name).read_bytes():
                found.append("%s: %s and %s are not the same\n" % (name, first, other))
    return found


def main():
    what, *paths = sys.argv[1:]
    paths = [pathlib.Path(path) for path in paths]
    if what == "list":
        found = listing(*paths)
    elif what == "expected" and os.environ.get("GORDON_UPDATE_EXPECTED"):
        found = update(*paths) or []
    else:
        found = {"expected": compare, "same": same}[what](*paths)
    sys.stdout.writelines(found)
    return 1 if found and what != "list" else 0


if __name__ == "__main__":
    sys.exit(main())
