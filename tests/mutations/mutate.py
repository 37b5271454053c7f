#!/usr/bin/env python3
"""Changes Gordon's code at random, and names the changes that no test notices.

usage: mutate.py [--count N] [--seed N] [--file PATTERN] [--jobs N] [--again] [--work FOLDER] ...

Each change is made in a copy of the tree, which is built with ASan and UBSan. A change that does not
compile, or that the compiler makes the same code of, does not count. Then those tests run that entered the
changed code when it was right, until one fails: the unit tests of the changed file's wing first, then those
that noticed most in the least time. An endless loop is noticed by its timeout.

Results stand in <work>/results.jsonl, so that an interrupted run goes on. survivors.txt names changes that
need no test, and why. The exit status is 1 if a change was neither noticed nor named.
"""
import argparse
import collections
import concurrent.futures
import difflib
import fnmatch
import json
import pathlib
import queue
import random
import re
import sys
import threading
import time

from changes import Code, changes
from traces import Traces
from tree import HERE, Tree

ROOT = HERE.parent.parent
PASSED = ("passed", "skipped")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="how many changes (200)")
    parser.add_argument("--seed", type=int, default=1, help="which changes (1)")
    parser.add_argument("--file", default="*", help="only in files of this pattern, such as 'build/*.c'")
    parser.add_argument("--check", action="store_true", help="only whether survivors.txt fits the code")
    parser.add_argument("--again", action="store_true", help="try those again that were not noticed")
    parser.add_argument("--jobs", type=int, default=1, help="how many copies at the same time (1)")
    parser.add_argument("--budget", type=float, default=120, help="seconds of tests for each change (120)")
    parser.add_argument("--slow", action="store_true", help="with the tests that need an emulator of AWS")
    parser.add_argument("--tests", default="", help="only tests of this pattern, such as '^unit'")
    parser.add_argument("--work", default=ROOT / "build" / "mutations", help="where the copies are")
    parser.add_argument("--traces", help="where it is kept which code each test enters (<work>/traced)")
    parser.add_argument("--venv", default="", help="the tests' virtual environment; without it, no apply.*")
    parser.add_argument("--conformance", default=ROOT.parent / "shared" / "conformance")
    return parser.parse_args()


def stripped(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


class Survivors:
    """survivors.txt: blocks of a file and a function, lines before (-) and after (+), and the reason."""

    def __init__(self, path):
        self.entries = {}
        text = re.sub(r"(?m)^#.*\n", "", path.read_text())
        for block in filter(None, map(str.strip, text.split("\n\n"))):
            place, *lines = block.splitlines()
            name, _, function = place.partition(" ")
            key = (name, function, *(tuple(stripped("\n".join(line[1:] for line in lines if line[0] == mark)))
                           for mark in "-+"))
            reason = " ".join(line for line in lines if line[0] not in "-+")
            if not reason:
                sys.exit(f"{path}: no reason: {block}")
            self.entries[key] = reason

    @staticmethod
    def key(mutant):
        return (mutant["file"], mutant["function"], tuple(stripped(mutant["before"])),
                tuple(stripped(mutant["after"])))

    def reason(self, mutant):
        return self.entries.get(self.key(mutant))

    def check(self, sources):
        """Each entry is a change that can be made now."""
        for name in {key[0] for key in self.entries}:
            possible = {self.key(mutant) for mutant in mutants_of(name, sources.get(name, ""))}
            for key in self.entries:
                if key[0] == name and key not in possible:
                    sys.exit(f"survivors.txt: {name} has no such change now: - {' '.join(key[2])}")


def mutant(name, source, code, change):
    line, before, after = change.lines(source)
    at = next((i for i, token in enumerate(code.tokens) if token.end > change.start), 0)
    function = code.function(at)
    start = source.count("\n", 0, code.tokens[function[0]].start) + 1 if function else line
    return {"file": name, "line": line, "kind": change.kind, "before": before, "after": after,
            "function": function[2] if function else "", "at": source.count("\n", 0, change.start) + 1 - start,
            "source": change.apply(source)}


def mutants_of(name, source):
    code = Code(source)
    for kinds in changes(code).values():
        for found in kinds.values():
            for change in found:
                yield mutant(name, source, code, change)


def chosen(sources, seed):
    """Changes without end: a random line of code, a random kind of those that it allows, one of that kind."""
    rng = random.Random(seed)
    codes = {name: Code(source) for name, source in sorted(sources.items())}
    lines = [(name, kinds) for name, code in codes.items() for kinds in changes(code).values()]
    rng.shuffle(lines)
    for name, kinds in lines:
        change = rng.choice(kinds[rng.choice(sorted(kinds))])
        yield mutant(name, sources[name], codes[name], change)


class Results:
    def __init__(self, path, seed):
        self.path, self.seed, self.lock = path, seed, threading.Lock()
        self.all = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        self.last = {}  # of each change of this seed
        for result in self.all:
            if result["seed"] == seed:
                self.last[Survivors.key(result)] = result

    def add(self, result):
        with self.lock:
            self.all.append(result)
            self.last[Survivors.key(result)] = result
            with self.path.open("a") as out:
                out.write(json.dumps(result) + "\n")

    def counted(self):
        return [result for result in self.last.values() if result["outcome"] in ("noticed", "survived")]

    def worth(self, name, seconds):
        """How much a test notices in its time, by what was seen so far."""
        ran = noticed = 0
        for result in self.all:
            if name in result.get("ran", ()):
                ran += 1
                noticed += result.get("by") == name
        return (noticed + 1) / (ran + 3) / (seconds + 0.05)


class Bench:
    """A copy in which one change at a time is made, built and tested."""

    def __init__(self, folder, options, traces, results):
        self.tree, self.options = Tree(folder, options, ["-O1", "-g0"], sanitize="ON"), options
        self.traces, self.results, self.objects, self.sound = traces, results, {}, set()

    def prepare(self):
        self.tree.copy(ROOT)
        self.tree.configure()
        worked, text = self.tree.make()
        if not worked:
            sys.exit(f"cannot build the copy:\n{text}")
        self.tree.install()
        self.tests = self.tree.tests()

    def groups(self, mutant):
        """The tests in the order in which they run, in groups that are built one after the other."""
        wing, noun = mutant["file"].split("/")[-2], pathlib.Path(mutant["file"]).stem
        entered = self.traces.entering(mutant) & set(self.tests)
        units = [name for name in self.tests if name.startswith("unit.")]
        own = [n for n in units if n.startswith(f"unit.{wing}.") and (n in entered or not self.traces.knows(n))]
        own.sort(key=lambda n: (not n.endswith(f".{noun}"), -self.results.worth(n, self.traces.seconds(n))))
        others = sorted(entered - set(units), key=lambda n: -self.results.worth(n, self.traces.seconds(n)) *
                        (4 if noun in n else 1))
        yield own
        yield others
        yield [name for name in units if name in entered and name not in own]

    def affordable(self, names):
        total, taken = 0, []
        for name in names:
            total += self.traces.seconds(name)
            if total <= self.options.budget:
                taken.append(name)
        return taken

    def run(self, names):
        tests = [dict(self.tests[name]) for name in names]
        targets = {target for test in tests for target in test["targets"]}
        for test in tests:
            test["timeout"] = min(test["timeout"], 20 + 10 * self.traces.seconds(test["name"]))
        worked, text = self.tree.make(*targets)
        if not worked:
            sys.exit(f"cannot build a change that compiles; remove {self.tree.folder}:\n{text}")
        if "bin/gordon" in targets:
            self.tree.install()
        return self.tree.run(tests)

    def test(self, mutant):
        ran, dropped = [], 0
        for group in self.groups(mutant):
            names = self.affordable(group)
            dropped += len(group) - len(names)
            if not names:
                continue
            for name, result, _ in self.run(names):
                ran.append(name)
                if result not in PASSED:
                    return {"outcome": "noticed", "by": name, "how": result, "ran": ran}
        return {"outcome": "survived", "ran": ran, "dropped": dropped}

    def is_sound(self, name):
        """Whether a test passes without a change, so that its failure means something."""
        if name not in self.sound and self.run([name])[0][1] in PASSED:
            self.sound.add(name)
        return name in self.sound

    def try_out(self, mutant):
        path = self.tree.source / mutant["file"]
        right = path.read_text()
        if mutant["file"] not in self.objects:
            self.objects[mutant["file"]] = self.tree.object(mutant["file"])
        path.write_text(mutant["source"])
        try:
            made = self.tree.object(mutant["file"])
            if made is None or made == self.objects[mutant["file"]]:
                return {"outcome": "equivalent" if made else "broken"}
            result = self.test(mutant)
        finally:
            path.write_text(right)
        if result["outcome"] == "noticed" and not self.is_sound(result["by"]):
            print(f"{result['by']} fails without a change, too; it is left out", flush=True)
            del self.tests[result["by"]]
            return self.try_out(mutant)
        return result


def show(mutant, result, reason=None):
    print(f"\n{mutant['file']}:{mutant['line']}: {reason or 'not noticed'} ({mutant['kind']})")
    sys.stdout.writelines(line + "\n" for line in difflib.unified_diff(
        mutant["before"].splitlines(), mutant["after"].splitlines(), n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@")))
    ran = result.get("ran", [])
    print(f"  {len(ran)} tests ran: {' '.join(ran[:12])}{' ...' if len(ran) > 12 else ''}" +
          (f"; {result['dropped']} more take too long" if result.get("dropped") else ""), flush=True)


def work(benches, mutants, results, options):
    """Tries changes, as many at a time as there are copies, until enough count."""
    free = queue.SimpleQueue()
    for bench in benches:
        free.put(bench)
    wanted = len(results.counted()) if options.again else options.count

    def one(mutant):
        if not options.again and len(results.counted()) >= wanted:
            return
        bench, start = free.get(), time.monotonic()
        try:
            result = bench.try_out(mutant)
        finally:
            free.put(bench)
        kept = {key: value for key, value in mutant.items() if key != "source"}
        results.add({**kept, **result, "seed": options.seed, "seconds": round(time.monotonic() - start, 1)})
        if result["outcome"] == "survived":
            show(mutant, result)
        elif result["outcome"] == "noticed":
            print(f"{mutant['file']}:{mutant['line']}: noticed by {result['by']} ({result['how']})", flush=True)

    with concurrent.futures.ThreadPoolExecutor(len(benches)) as pool:
        for mutant in mutants:
            if len(results.counted()) >= wanted and not options.again:
                break
            pool.submit(one, mutant).result() if len(benches) == 1 else pool.submit(one, mutant)


def to_try(sources, results, options):
    if options.again:
        old = {Survivors.key(r) for r in results.counted() if r["outcome"] == "survived"}
        return [m for name in {key[0] for key in old} for m in unique(mutants_of(name, sources[name]))
                if Survivors.key(m) in old]
    wanted = [m for m in chosen(sources, options.seed) if fnmatch.fnmatch(m["file"], f"generator/{options.file}")]
    return [m for m in wanted if Survivors.key(m) not in results.last]


def unique(mutants):
    return {Survivors.key(mutant): mutant for mutant in mutants}.values()


def summary(results, survivors):
    counted = results.counted()
    noticed = [r for r in counted if r["outcome"] == "noticed"]
    left = [r for r in counted if r["outcome"] == "survived"]
    named = [r for r in left if survivors.reason(r)]
    print("\n--- not noticed")
    for result in sorted(left, key=lambda r: (r["file"], r["line"])):
        show(result, result, survivors.reason(result))
    kinds = collections.Counter(r["kind"] for r in counted)
    caught = collections.Counter(r["kind"] for r in noticed)
    print("\n" + ", ".join(f"{kind} {caught[kind]} of {kinds[kind]}" for kind in sorted(kinds)))
    print(f"seed {results.seed}: noticed {len(noticed)} of {len(counted)}; "
          f"of the others {len(named)} are named in survivors.txt")
    return 1 if len(left) > len(named) else 0


def main():
    options = arguments()
    sources = {str(path.relative_to(ROOT)): path.read_text() for path in sorted(ROOT.glob("generator/**/*.c"))}
    survivors = Survivors(HERE / "survivors.txt")
    survivors.check(sources)
    if options.check:
        return 0
    folder = pathlib.Path(options.work)
    folder.mkdir(parents=True, exist_ok=True)
    results = Results(folder / "results.jsonl", options.seed)
    traces = Traces(options.traces or folder / "traced", options, ROOT)
    traces.update()
    benches = [Bench(folder / str(n), options, traces, results) for n in range(options.jobs)]
    for bench in benches:
        bench.prepare()
    work(benches, to_try(sources, results, options), results, options)
    return summary(results, survivors)


if __name__ == "__main__":
    sys.exit(main())
