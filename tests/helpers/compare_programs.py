#!/usr/bin/env python3
"""Runs two Gordons on the same inputs and compares everything that they write, byte for byte.

usage: compare_programs.py BEFORE AFTER [--cases DIR]... [--reports DIR] [--only KIND]...
                           [--ignore-messages]

BEFORE and AFTER are installed prefixes, or programs in one. Each is copied to the same folder, and
so are the inputs, so that all paths in messages, plans and depfiles are the same. All cases run
with BEFORE first, then with AFTER, two at a time. Each program has an empty cache of its own.

  files     share/gordon and share/cmake/Gordon of the prefixes
  help      --help of the program and of each command, --version
  projects  tests/projects
  examples  example-project, example-c
  settings  tests/cases/settings
  cases     --cases; by default ../shared/conformance/cases
  reports   --reports; by default ../shared/reports
  cli       tests/cases/cli, as run_case.py there runs them
  calls     tests/cases/calls, as run_case.py there runs them
  cmake     tests/projects and the examples, built by CMake and Ninja, with their release targets
  cache     the keys and the files of the installs in the cache, from all cases

In each project of the kinds from projects to reports: gordon plan --json, template, build (twice),
release --stage dev, plan, template --depfile, then install and package for each lambda's plan.

Compared are the exit status, standard output, standard error, which files a command wrote or
removed, their modes, and their bytes. In Gordon's state file times, inode numbers and the digest of
the program itself are left out; in outputs, durations and names of temporary files. KNOWN_CHANGES
says what else is taken for the same. A command may fail, as long as both programs fail alike. No command reaches AWS: GORDON_AWS is /bin/false.

With --ignore-messages standard error, help texts, the output of builds by CMake, state files (they
hold warnings) and the text of the CMake modules are not compared.

Prints a line for each kind and all differences. Exits with 1 if there is a difference.
"""
import argparse
import collections
import concurrent.futures
import difflib
import hashlib
import io
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
SHARED = ROOT.parent / "shared"
PROGRAM, DATA, MODULES = "bin/gordon", "share/gordon", "share/cmake/Gordon"
KINDS = ["files", "help", "projects", "examples", "settings", "cases", "reports", "cli", "calls",
         "cmake", "cache"]
NEED_MODULES = ("files", "calls", "cmake")
EXPECTED = ("expected", "status", "error", "out", "arguments", "warnings")  # not inputs
JOBS = 2
TIMEOUT = 300  # seconds for one command

# What differs from one run to the next, in outputs and in the state file.
VARYING = [
    (rb"\(\d+\.\d+s\)", b"(SECONDS)"),  # CMake: Configuring done (0.1s)
    (rb"_logs/\S+-debug-\d+\.log", b"_logs/LOG"),  # npm
    (rb"\bpip-[a-z-]+-[a-z0-9_]{8}\b", b"pip-TEMPORARY"),
]
VARYING_STATE = [
    (rb"(?m)^-?\d+ -?\d+ (-?\d+) \d+ [01] (\d+ )", rb"TIMES \1 INODE \2"),
    (rb"(?m)^[0-9a-f]{64}((?: \d+){5})$", rb"DIGEST\1"),
]
# Written again if an input is as new as the build that reads it, which depends on the clock only.
STATE_FILES = (".gordon/state", ".gordon/work", ".gordon/zips")

KNOWN_CHANGES = """
What changed on purpose in November 2026: plan.cmake became plan.list, with the same records in
another form; work folders have a mark; releases, which hold parameters, have mode 0600.
"""
PLANS = ("plan.cmake", "plan.list")
MARK = "made-by-gordon"

Case = collections.namedtuple("Case", "kind name source steps")


def replace_all(text, replacements):
    for pattern, by in replacements:
        text = re.sub(pattern, by, text)
    return text


class Place:
    """The folders in which both programs run."""

    def __init__(self, work):
        self.prefix = work / "prefix"
        self.gordon = self.prefix / PROGRAM
        self.cache, self.temporary = work / "cache", work / "tmp"
        self.inputs, self.copies = work / "inputs", work / "copies"

    def environment(self):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("GORDON_", "AWS_"))}
        return {**kept, "GORDON_CACHE_DIR": str(self.cache), "TMPDIR": str(self.temporary),
                "GORDON_AWS": "/bin/false"}

    def install(self, prefix):
        """Puts a program here in place of the one before it, with nothing in its cache."""
        for folder in (self.prefix, self.cache, self.temporary, self.copies):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in (self.cache, self.temporary, self.copies / "cmake"):
            folder.mkdir(parents=True)
        self.gordon.parent.mkdir(parents=True)
        shutil.copy2(prefix / PROGRAM, self.gordon)
        for part in (DATA, MODULES):
            if (prefix / part).is_dir():
                shutil.copytree(prefix / part, self.prefix / part)


class Run:
    """Runs the commands of a case with one program, and keeps their results.

    results has bytes for each (what was run, what it is); messages has those of the keys that
    --ignore-messages leaves out."""

    def __init__(self, place, case):
        self.place = place
        self.case = case
        self.results = {}
        self.messages = set()
        self.seen = {}
        self.states = {}
        self.folder = self.copy()

    def copy(self):
        folder = self.place.copies / self.case.kind / self.case.name
        if not self.case.source:
            folder.mkdir(parents=True)
            return folder
        source = self.place.inputs / self.case.kind / self.case.name
        shutil.copytree(source, folder, symlinks=True, ignore=lambda inside, names:
                        EXPECTED if pathlib.Path(inside) == source else ())
        self.seen = self.look()
        return folder

    def keep(self, label, what, data, message=False):
        self.results[label, what] = data
        if message:
            self.messages.add((label, what))

    def command(self, label, words, folder, message=False):
        """Runs a command and returns its exit status. `message`: its output is for people only."""
        try:
            run = subprocess.run([*map(str, words)], cwd=folder, env=self.place.environment(),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            self.keep(label, "status", b"no end after %d seconds\n" % TIMEOUT)
            return None
        self.keep(label, "status", b"%d\n" % run.returncode)
        self.keep(label, "output", replace_all(run.stdout, VARYING), message)
        self.keep(label, "error", replace_all(run.stderr, VARYING), True)
        self.keep_files(label)
        return run.returncode

    def gordon(self, *words, folder=None, label=""):
        folder = folder or self.folder
        label = label or " ".join(["gordon", *map(str, words)])
        if folder != self.folder:
            label = "%s: %s" % (folder.relative_to(self.folder), label)
        is_help = bool({"help", "--help", "-h"} & set(words))
        return self.command(label, [self.place.gordon, *words], folder, is_help)

    def look(self):
        """The status of each file in the folder, by its name."""
        folder = self.place.copies / self.case.kind / self.case.name
        found = {}
        for inside, folders, names in os.walk(folder):
            links = [name for name in folders if os.path.islink(os.path.join(inside, name))]
            for path in (os.path.join(inside, name) for name in names + links):
                name = os.path.relpath(path, folder)
                if not is_left_out(name):
                    found[name] = os.lstat(path)
        return found

    def keep_files(self, label):
        """Keeps what was written since the last command: a list of files, and their bytes."""
        now = self.look()
        written = [name for name, status in now.items()
                   if name not in self.seen or not same_file(self.seen[name], status)]
        lines = ["removed %s\n" % name for name in self.seen if name not in now]
        for name in written:
            data = self.read(name)
            if name.endswith(STATE_FILES) and self.states.get(name) == data:
                continue
            self.states[name] = data
            mode = "-private---" if name.endswith(".tar.gz") else stat.filemode(now[name].st_mode)
            shown = name
            if os.path.basename(name) in PLANS:
                shown, data = os.path.join(os.path.dirname(name), "plan"), plan_records(data)
            lines.append("%s %s\n" % (mode, shown))
            self.keep(label, shown, data, name.endswith(STATE_FILES))
        self.seen = now
        self.keep(label, "files", os.fsencode("".join(sorted(lines))))

    def read(self, name):
        """The bytes of a file, or where a link leads."""
        path = self.folder / name
        if path.is_symlink():
            return os.fsencode(os.readlink(path))
        data = path.read_bytes() if path.is_file() else b""
        return replace_all(data, VARYING_STATE) if name.endswith(STATE_FILES) else data


def is_left_out(name):
    """What CMake and Ninja keep for themselves, with times in it."""
    parts = pathlib.PurePath(name).parts
    if parts[-1] == MARK:
        return True
    if "CMakeFiles" in parts:
        return not any(part.endswith(".gordon") for part in parts)
    return parts[-1] in (".ninja_log", ".ninja_deps", "CMakeCache.txt")


def same_file(one, other):
    return ((one.st_ino, one.st_mtime_ns, one.st_size, one.st_mode) ==
            (other.st_ino, other.st_mtime_ns, other.st_size, other.st_mode))


# --- what is run ----------------------------------------------------------------------------------

def projects_below(folder):
    """Projects may lie a few folders deep; what is in one is its apps."""
    if (folder / "settings.yml").is_file():
        return [folder]
    folders = [path for path in sorted(folder.iterdir()) if path.is_dir()]
    return [project for path in folders for project in projects_below(path)]


def run_projects(run):
    for project in projects_below(run.folder):
        run_project(run, project)


def run_settings(run):
    run_project(run, run.folder)


def run_project(run, project):
    run.gordon("plan", "--json", folder=project)
    run.gordon("template", folder=project)
    if run.gordon("build", folder=project) == 0:
        run.gordon("build", folder=project, label="gordon build again")
    run.gordon("release", "--stage", "dev", folder=project)
    if run.gordon("plan", folder=project) == 0:
        run.gordon("template", "--depfile", "templates.d", folder=project)
        run_plans(run, project)


def plan_fields(line):
    """The fields of a line of plan.list, or of a call in plan.cmake; none of a comment."""
    call = re.match(rb"_gordon_plan_(\w+)\(", line)
    if call:
        return [call[1], *(text for _, text in re.findall(rb"\[(=+)\[(.*?)\]\1\]", line, re.DOTALL))]
    if line.startswith(b"#") or not line:
        return []
    fields = [re.sub(rb"%([0-9A-F]{2})", lambda code: bytes([int(code[1], 16)]), field)
              for field in line.split(b"\t")]
    return fields[:2] + fields[3:] if fields[0] == b"lambda" else fields  # without the shown name


def plan_records(data):
    """What a plan tells CMake, a record a line, in whichever form."""
    lines = re.split(rb"\n(?=_gordon_plan_)|\n\Z", data) if b"_gordon_plan_" in data else data.split(b"\n")
    return b"".join(b"\t".join(fields) + b"\n" for fields in map(plan_fields, lines) if fields)


def plan_lines(work):
    """The records of the plan in a work folder."""
    path, = (work / name for name in PLANS if (work / name).exists())
    return os.fsdecode(plan_records(path.read_bytes())).splitlines()


def run_plans(run, project):
    """Builds each lambda from its plan, as the edges of CMake do."""
    work = project / "_build/.gordon"
    told = plan_lines(work)
    for plan in sorted(work.glob("lambdas/*/plan.json")):
        words = ["--plan", plan]
        if any(str(plan) in line and "INSTALL" in line for line in told):
            run.gordon("install", *words, folder=project,
                       label="gordon install of %s" % plan.parent.name)
            words.append("--installed")
        run.gordon("package", *words, "--stamp", "%s.stamp" % plan, folder=project,
                   label="gordon package of %s" % plan.parent.name)


def run_help(run):
    run.gordon()
    run.gordon("--version")
    run.gordon("help")
    run.gordon("--help")
    told = run.results["gordon --help", "output"].decode()
    for command in re.findall(r"^  (\w+) ", told, re.MULTILINE):
        run.gordon(command, "--help")


def arguments_of(case):
    path = case.source / "arguments"
    return path.read_text().splitlines() if path.exists() else []


def run_command_line(run):
    run.gordon(*arguments_of(run.case))


def run_call(run):
    run.command("cmake", ["cmake", "-S", ".", "-B", "build", "-G", "Ninja",
                          "-DCMAKE_PREFIX_PATH=%s" % run.place.prefix, *arguments_of(run.case)],
                run.folder)


def run_cmake(run):
    lists = (run.folder / "CMakeLists.txt").read_text()
    build = "build dir"  # find_gordon.cmake wants " dir" in the name
    words = ["cmake", "-S", ".", "-B", build, "-G", "Ninja",
             "-DCMAKE_PREFIX_PATH=%s" % run.place.prefix]
    if "find_gordon.cmake" in lists:  # with a compiler, PREFIX would confuse CMake
        words += ["-DPREFIX=%s" % run.place.prefix, "-DFIND=installed", "-DMODE=installed"]
    if run.command("cmake", words, run.folder) != 0:
        return
    run_cmake_build(run, build, label="cmake --build")
    run_cmake_build(run, build, label="cmake --build again")
    for target in re.findall(r"^gordon_add_project\((\w+)", lists, re.MULTILINE):
        run_cmake_build(run, build, "--target", target + "-release",
                        label="cmake --build --target %s-release" % target)


def run_cmake_build(run, build, *words, label):
    """One edge at a time, so that the output has one order, and with the depfiles kept."""
    run.command(label, ["cmake", "--build", build, "-j1", *words, "--", "-d", "keepdepfile"],
                run.folder, True)


def run_files(run):
    """Keeps the files that are installed, but for the program."""
    for part in (DATA, MODULES):
        for path in sorted((run.place.prefix / part).rglob("*")):
            if path.is_file():
                name = str(path.relative_to(run.place.prefix))
                mode = stat.filemode(path.stat().st_mode)
                run.keep("installed", "%s %s" % (mode, name), path.read_bytes(),
                         name.endswith(".cmake"))


def run_cache(run):
    """Keeps what all cases left in the cache: names, and the zips of dependencies."""
    cache = run.place.cache
    paths = sorted(path for path in cache.rglob("*") if path.is_file() and path.name != "lock")
    names = [str(path.relative_to(cache)) for path in paths]
    run.keep("cache", "files", "".join(name + "\n" for name in names).encode())
    for path, name in zip(paths, names):
        if path.suffix == ".zip":
            run.keep("cache", name, path.read_bytes())


# --- the cases ------------------------------------------------------------------------------------

def folders_in(*parents):
    return [path for parent in parents if parent.is_dir() for path in sorted(parent.iterdir())
            if path.is_dir()]


def make_cases(kind, steps, folders):
    """A case for each folder. A name that was there before gets a number."""
    count = collections.Counter()
    cases = []
    for folder in folders:
        count[folder.name] += 1
        number = "" if count[folder.name] == 1 else "-%d" % count[folder.name]
        cases.append(Case(kind, folder.name + number, folder, steps))
    return cases


def all_cases(cases, reports):
    """By kind; those that take longest are first, so that no job waits for them at the end."""
    projects = folders_in(TESTS / "projects")
    examples = [ROOT / "example-project", ROOT / "example-c"]
    reported = [path for path in folders_in(reports) if projects_below(path)]
    return {
        "reports": make_cases("reports", run_projects, reported),
        "cmake": make_cases("cmake", run_cmake, projects + examples),
        "projects": make_cases("projects", run_projects, projects),
        "examples": make_cases("examples", run_projects, examples),
        "cases": make_cases("cases", run_projects, folders_in(*cases)),
        "calls": make_cases("calls", run_call, folders_in(TESTS / "cases/calls")),
        "settings": make_cases("settings", run_settings, folders_in(TESTS / "cases/settings")),
        "cli": make_cases("cli", run_command_line, folders_in(TESTS / "cases/cli")),
        "help": [Case("help", "program", None, run_help)],
        "files": [Case("files", "prefix", None, run_files)],
        "cache": [Case("cache", "installs", None, run_cache)],
    }


def copy_inputs(place, cases):
    """Copies all inputs once, so that a change of them while this runs does not matter."""
    for case in cases:
        if case.source:
            shutil.copytree(case.source, place.inputs / case.kind / case.name, symlinks=True)


def run_all(place, prefix, cases):
    """The runs of all cases with one program. The cache is looked at when all others are done."""
    place.install(prefix)
    runs = {case: Run(place, case) for case in cases}
    shutil.copy2(TESTS / "projects/find_gordon.cmake", place.copies / "cmake")
    time.sleep(0.1)  # for Gordon, a file as new as the build that reads it may still change
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(lambda case: case.steps(runs[case]),
                      [case for case in cases if case.kind != "cache"]))
    for case in cases:
        if case.kind == "cache":
            case.steps(runs[case])
    return runs


# --- the comparison -------------------------------------------------------------------------------

def lines(data):
    """The lines of a text; None if the bytes are no text."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.splitlines(keepends=True)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def zip_lines(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = ["%06o %s %d %s %s\n" % (info.external_attr >> 16, info.date_time,
                                           info.compress_size, digest(archive.read(info)),
                                           info.filename) for info in archive.infolist()]
        return ["comment %r\n" % archive.comment, *entries]


def tar_lines(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return ["%06o %d %d %s %s\n" % (info.mode, info.mtime, info.size,
                                        digest(archive.extractfile(info).read()), info.name)
                for info in archive if info.isfile()]


def binary_lines(name, data):
    """Size, digest and, for an archive, the entries."""
    told = ["%d bytes, sha256 %s\n" % (len(data), digest(data))]
    readers = {".zip": zip_lines, ".gz": tar_lines}
    reader = readers.get(pathlib.PurePath(name).suffix)
    if reader:
        try:
            told += reader(data)
        except (zipfile.BadZipFile, tarfile.TarError, OSError) as error:
            told.append("no archive: %s\n" % error)
    return told


def difference(title, name, before, after):
    one, other = lines(before), lines(after)
    if one is None or other is None:
        one, other = binary_lines(name, before), binary_lines(name, after)
    found = list(difflib.unified_diff(one, other, "before: " + title, "after: " + title))
    found = [line if line.endswith("\n") else line + "\n\\ no newline at the end\n"
             for line in found]
    # Lines may be the same where line ends are not.
    return found or ["%s: the bytes differ\n" % title]


def compare(case, before, after, ignore_messages):
    """All differences of a case, as lines."""
    found = []
    for key in dict.fromkeys([*before.results, *after.results]):
        if ignore_messages and key in before.messages | after.messages:
            continue
        label, name = key
        title = "%s/%s: %s: %s" % (case.kind, case.name, label, name)
        if key not in before.results or key not in after.results:
            only = "BEFORE" if key in before.results else "AFTER"
            found.append("%s: only with %s\n" % (title, only))
        elif before.results[key] != after.results[key]:
            found += difference(title, name, before.results[key], after.results[key])
    return found


def tell(kind, cases, before, after, ignore_messages):
    """Prints a kind's line and its differences, and returns whether all is the same."""
    found = [compare(case, before[case], after[case], ignore_messages) for case in cases]
    differ = sum(map(bool, found))
    results = sum(len(before[case].results) for case in cases)
    told = "%s: %d same" % (kind, len(cases) - differ)
    if differ:
        told += ", %d differ" % differ
    print("%s (%d results)" % (told, results))
    for differences in found:
        sys.stdout.writelines(differences)
    return not differ


def prefix_of(path):
    """An argument is a prefix, or the program in its bin."""
    path = pathlib.Path(path).resolve()
    prefix = path.parents[1] if path.is_file() else path
    if not (prefix / PROGRAM).is_file():
        raise argparse.ArgumentTypeError("there is no %s" % (prefix / PROGRAM))
    return prefix


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("before", type=prefix_of)
    parser.add_argument("after", type=prefix_of)
    parser.add_argument("--cases", type=pathlib.Path, action="append")
    parser.add_argument("--reports", type=pathlib.Path, default=SHARED / "reports")
    parser.add_argument("--only", action="append", metavar="KIND", choices=KINDS)
    parser.add_argument("--ignore-messages", action="store_true")
    return parser.parse_args()


def choose(arguments, by_kind):
    """The kinds to run. Only --cases and --reports may be missing."""
    chosen = [kind for kind in KINDS if not arguments.only or kind in arguments.only]
    for prefix in (arguments.before, arguments.after):
        if not (prefix / MODULES).is_dir():
            chosen = [kind for kind in chosen if kind not in NEED_MODULES]
            print("%s: left out, there is no %s" % (", ".join(NEED_MODULES), prefix / MODULES))
    for kind in [kind for kind in chosen if not by_kind[kind]]:
        if kind not in ("cases", "reports") or arguments.only:
            sys.exit("%s: there are no inputs" % kind)
        print("%s: left out, there are no inputs" % kind)
        chosen.remove(kind)
    return chosen


def main():
    sys.stdout.reconfigure(errors="backslashreplace")
    arguments = parse()
    by_kind = all_cases(arguments.cases or [SHARED / "conformance/cases"], arguments.reports)
    kinds = choose(arguments, by_kind)
    cases = [case for kind, cases in by_kind.items() if kind in kinds for case in cases]
    with tempfile.TemporaryDirectory(prefix="gordon-compare-") as work:
        place = Place(pathlib.Path(work).resolve())
        copy_inputs(place, cases)
        before = run_all(place, arguments.before, cases)
        after = run_all(place, arguments.after, cases)
    same = [tell(kind, by_kind[kind], before, after, arguments.ignore_messages) for kind in kinds]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
