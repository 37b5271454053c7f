"""Which code each test enters: found once, by a build that traces it (trace.c), and kept in a file.

A change is only shown to the tests that enter its block of code. Lines are counted from the start of their
function, so that a change of another function does not make a trace wrong.
"""
import bisect
import collections
import concurrent.futures
import json
import pathlib
import re
import shutil
import subprocess
import threading
import time

from changes import Code
from tree import HERE, Tree

FLAGS = ["-O0", "-g1", "-fsanitize-coverage=trace-pc"]
SECONDS = 5.0  # of a test that was not traced yet


class Traces:
    def __init__(self, folder, options, root):
        self.object = pathlib.Path(folder, "trace.o").resolve()
        self.tree = Tree(folder, options, FLAGS, [str(self.object)])
        self.path, self.root = pathlib.Path(folder, "traces.json"), root
        self.tests = json.loads(self.path.read_text()) if self.path.exists() else {}
        self.programs, self.functions, self.lock = {}, {}, threading.Lock()
        self.saved = time.monotonic()

    def update(self):
        """Traces the tests that are new, or that were changed."""
        self.tree.copy(self.root)
        subprocess.run(["cc", "-O1", "-D_GNU_SOURCE", "-c", HERE / "trace.c", "-o", self.object], check=True)
        self.tree.configure()
        worked, text = self.tree.make()
        if not worked:
            raise SystemExit(f"cannot build with traces:\n{text}")
        tests = self.tree.tests()
        missing = [test for name, test in tests.items()
                   if self.tests.get(name, {}).get("digest") != test["digest"]]
        if missing:
            self.trace(missing)
        self.index()

    def trace(self, tests):
        self.tree.install()
        scripts = collections.defaultdict(list)  # the methods of a script share a folder
        for test in tests:
            scripts[test["name"].partition(":")[0]].append(test)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for future in concurrent.futures.as_completed([pool.submit(self.all, s) for s in scripts.values()]):
                future.result()
        self.save()

    def all(self, tests):
        for test in tests:
            name, result, seconds = self.one(test)
            print(f"traced {name}: {result}, {seconds} s", flush=True)
        with self.lock:
            if time.monotonic() > self.saved + 60:
                self.save()

    def one(self, test):
        """Traces a test. One that fails without a change is not used."""
        folder = self.tree.build / "trace" / re.sub(r"\W", "_", test["name"])
        shutil.rmtree(folder, ignore_errors=True)
        test["trace"], test["log"] = str(folder), str(folder) + ".log"
        folder.parent.mkdir(exist_ok=True)
        [[name, result, seconds]] = self.tree.run([test])
        blocks = self.blocks(folder) if result == "passed" else []
        self.tests[name] = {"seconds": seconds, "digest": test["digest"], "blocks": blocks}
        shutil.rmtree(folder, ignore_errors=True)
        return name, result, seconds

    def save(self):
        self.saved = time.monotonic()
        self.path.write_text(json.dumps(dict(self.tests)))

    def blocks(self, folder):
        """[file, function, line in it] of the blocks that were entered."""
        found = set()
        for file in folder.iterdir() if folder.exists() else ():
            at = self.addresses(file.name)
            if at is not None:
                marked = file.read_bytes()
                position = marked.find(1)
                while position >= 0:
                    if position in at:
                        found.add(at[position])
                    position = marked.find(1, position + 1)
        return sorted(found)

    def addresses(self, name):
        """{address after the call of the trace: (file, function, line in it)} of a program."""
        if name not in self.programs:
            places = [self.tree.build / folder / name for folder in ("bin", "tests/unit", "tests/jinja", "tests/yaml")]
            program = next((place for place in places if place.exists()), None)
            self.programs[name] = self.read_program(program) if program else None
        return self.programs[name]

    def read_program(self, program):
        code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program], capture_output=True, text=True,
                              check=True).stdout
        lines = code.splitlines()
        after = [int(lines[i + 1].split(":")[0], 16) for i, line in enumerate(lines[:-1])
                 if "call" in line and "<__sanitizer_cov_trace_pc>" in line and ":" in lines[i + 1]]
        asked = "\n".join(f"{address - 1:x}" for address in after)
        told = subprocess.run(["addr2line", "-e", program], input=asked, capture_output=True, text=True,
                              check=True).stdout.splitlines()
        found = {}
        for address, place in zip(after, told):
            file, _, line = place.partition(" ")[0].rpartition(":")
            if file.startswith(str(self.tree.source / "generator")) and line.isdigit():
                found[address] = self.place(file[len(str(self.tree.source)) + 1:], int(line))
        return found

    def place(self, file, line):
        if file not in self.functions:
            source = (self.tree.source / file).read_text()
            code = Code(source)
            self.functions[file] = [(source.count("\n", 0, code.tokens[f[0]].start) + 1, f[2]) for f in code.functions]
        functions = self.functions[file]
        at = bisect.bisect_right(functions, (line + 1, "")) - 1  # the block of entry has the line of the head
        start, name = functions[at] if at >= 0 else (1, "")
        return file, name, line - start

    def index(self):
        self.entered = collections.defaultdict(lambda: collections.defaultdict(set))
        for name, test in self.tests.items():
            for file, function, line in test["blocks"]:
                self.entered[file, function][line].add(name)

    def entering(self, mutant):
        """The names of the tests that enter the block of a change; of a table's file, if it is in none."""
        if not mutant["function"]:
            return {name for (file, _), lines in self.entered.items() if file == mutant["file"]
                    for names in lines.values() for name in names}
        lines = self.entered.get((mutant["file"], mutant["function"]), {})
        before = [line for line in lines if line <= max(mutant["at"], 0)]
        return lines[max(before)] if before else set().union(*lines.values())

    def knows(self, name):
        return name in self.tests

    def seconds(self, name):
        return self.tests.get(name, {}).get("seconds", SECONDS)
