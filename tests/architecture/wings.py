"""The shape of generator/: wings, includes that lead downward, no circles, and one way to read files.

    wings.py GENERATOR DESIGN WING:[KNOWN,WING...]...

generator/CMakeLists.txt has the wings and what each knows; CMake passes them on. DESIGN is
docs/design.md, whose table must say the same. Prints what is wrong, each with file and line, and
exits with 1 where something is.
"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
ON_NO_WING = {"main.c"}  # it stands beside the wings and knows them all
NOT_C = {"data"}

# Circles that are the nature of the thing: the nouns, and why.
CIRCLES = {
    frozenset({"jinja/parse", "jinja/primary"}): "an expression is made of primaries, and a primary "
    "holds expressions in its brackets and arguments (recursive descent)",
}


# Calls that wait for a pipe, follow any link, or take what cannot be looked at for missing. Above base,
# base/file.h and base/root.h take their place.
READS = re.compile(r"\b(fopen|freopen|opendir|scandir|access|json_load_file)\(")


def read_wings(words):
    """{wing: all wings that it knows, itself too}, in their order from the ground up."""
    wings = {}
    for word in words:
        wing, _, known = word.partition(":")
        wings[wing] = {wing}.union(*(wings[name] for name in known.split(",") if name))
    return wings


def includes(path, wings):
    """(line, header) of each include of a file of the project, with quotes or <>."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        quoted, angled = found.groups()
        if quoted or angled.partition("/")[0] in wings:
            yield number, quoted or angled


def check_include(root, wings, wing, header):
    """What is wrong with this include in a file of `wing` (None: it knows all wings), or None."""
    other, slash, _ = header.partition("/")
    if not slash or other not in wings:
        return f'"{header}" does not begin with a wing'
    if not (root / header).is_file():
        return f'"{header}" is not there'
    if wing and other not in wings[wing]:
        upward = list(wings).index(other) > list(wings).index(wing)
        return f"{wing} does not know {other}" + (", which is above it" if upward else "")
    return None


def check_reads(root, path):
    """Complaints about calls in a file that are for base only."""
    if path.is_relative_to(root / "base"):
        return []
    return [
        f"{path}:{number}: {call.group(1)} is not for files of a project; see base/root.h and base/file.h"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for call in READS.finditer(line)
    ]


def check_files(root, wings):
    """Complaints about files and their includes, and the graph of nouns (x.c with x.h)."""
    graph = {}
    complaints = []
    for path in sorted(root.rglob("[a-z]*.[ch]")):
        parts = path.relative_to(root).parts
        if parts[0] in NOT_C:
            continue
        wing = parts[0] if len(parts) == 2 and parts[0] in wings else None
        if not wing and "/".join(parts) not in ON_NO_WING:
            complaints.append(f"{path}:1: this file is on no wing")
            continue
        complaints += check_reads(root, path)
        noun = path.relative_to(root).with_suffix("").as_posix()
        for number, header in includes(path, wings):
            fault = check_include(root, wings, wing, header)
            if fault:
                complaints.append(f"{path}:{number}: {fault}")
            elif header != noun + ".h":
                graph.setdefault(noun, {}).setdefault(header[:-2], f"{path}:{number}")
    return complaints, graph


def find_circles(graph):
    """The circles of the graph: sets of nouns that reach each other."""

    def reached(start):
        seen, todo = set(), [start]
        while todo:
            for noun in graph.get(todo.pop(), {}):
                if noun not in seen:
                    seen.add(noun)
                    todo.append(noun)
        return seen

    reach = {noun: reached(noun) for noun in graph}
    circles = {frozenset(n for n in reach[noun] if noun in reach.get(n, ())) for noun in graph}
    return sorted((circle for circle in circles if len(circle) > 1), key=sorted)


def check_circles(graph, allowed):
    circles = find_circles(graph)
    for circle in allowed:
        if circle not in circles:
            yield f"CIRCLES: there is no circle of {', '.join(sorted(circle))} any more"
    for circle in circles:
        if circle in allowed:
            continue
        inside = {noun: {n: at for n, at in graph[noun].items() if n in circle} for noun in circle}
        yield "\n".join(
            f"{at}: this include is part of a circle: {noun} -> {other}"
            for noun in sorted(inside)
            for other, at in sorted(inside[noun].items())
        )


def check(root, words, circles=()):
    """All complaints about the folder `root`."""
    wings = read_wings(words)
    complaints, graph = check_files(root, wings)
    for wing in wings:
        if not any((root / wing).glob("*.c")):
            complaints.append(f"{root / wing}: this wing has no file")
    return complaints + list(check_circles(graph, circles))


ROW = re.compile(r"\| `(\w+)/` \|.*\| ([^|]*) \|$")


def check_design(path, words):
    """Complaints about the table of wings in the documentation: wings in their order, and what each knows."""
    told = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = ROW.match(line)
        if row and row.group(2).strip():
            known = row.group(2).replace("the system", "").replace(" ", "")
            told.append(f"{row.group(1)}:{known}")
    for wanted in words:
        if wanted not in told:
            yield f"{path}:1: the table of wings has no row for {wanted}"
    if not set(words) - set(told) and told != list(words):
        yield f"{path}:1: the table of wings has another order, or more wings"


def main():
    root, design, words = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    complaints = check(root, words, CIRCLES) + list(check_design(design, words))
    print("\n".join(complaints) or "every include leads to its own wing, or to one under it")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
