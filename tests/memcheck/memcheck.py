#!/usr/bin/env python3
"""Runs the unit tests, and commands of gordon, under valgrind's memcheck.

usage: memcheck.py CC BUILD SOURCE WORK [WORD...]

Begins with a wrong program, compiled by CC, which must be reported. With words, runs only what has one of them in its name. Prints what memcheck reports, and exits with 1 if it reports
anything: use of undefined or freed memory, and definite leaks. Processes of a build are looked at too, but not the
programs that gordon runs. Exits with 0 if there is no valgrind. SUPPRESSIONS has findings that are not Gordon's, each
with its reason.
"""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import world

CC = sys.argv[1]
BUILD, SOURCE, WORK = map(pathlib.Path, sys.argv[2:5])
WORDS = sys.argv[5:]
GORDON = BUILD / "bin/gordon"
SUPPRESSIONS = pathlib.Path(__file__).parent / "valgrind.supp"
VALGRIND = ["valgrind", "-q", "--leak-check=full", "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite",
            "--num-callers=30", f"--suppressions={SUPPRESSIONS}"]
SECONDS = 900
WRONG = "#include <stdlib.h>\nint main(void) { char *p = malloc(1); free(p); return *p; }\n"

SETTINGS = {
    "settings.yml": "project: p\ncode-bucket: b-x\ndefault-region: us-east-1\napps: [app]\n"
                    "contexts: {default: {table: 'ref://Pw', a: 1.5}}\n",
    "app/settings.yml": """\
lambdas:
  one: {code: one.py, cli-output: true, environment: {PW: 'ref://Pw'}, context: default}
  folder: {code: c, handler: code.handler, runtime: python}
  built: {code: c, handler: code.handler, runtime: python, build: ['cp -R . {target}']}
apigateway:
  api: {cli-output: true, resources: {/: {methods: GET, integration: {lambda: one}}}}
events:
  e: {schedule_expression: rate(1 minute), targets: {one: {}}}
""",
    "app/one.py": "def handler(event, context):\n    return 1\n",
    "app/c/code.py": "x = 1\n", "app/c/.gordonignore": "*.md\n!a[b-d]?.md\n**/x/\n", "app/c/a.md": "a\n",
    "parameters/common.yml": "Pw: file://secret\nJ: \"{{ stage | upper }}-{% for i in [1, 2] %}{{ i }}{% endfor %}\"\n",
    "secret": "hunter22\n",
}
COMMANDS = ["build", "build", "template", "plan --work-dir w.gordon", "plan --json",
            "package --plan w.gordon/lambdas/app_one/plan.json", "package --plan w.gordon/lambdas/app_built/plan.json",
            "apply", "apply", "diff", "status", "status --json", "outputs", "logs", "invoke app.one",
            "invoke app.one --event logs", "rollback --dry-run",
            "release --stage prod --output r.tar.gz", "apply --release r.tar.gz --json", "apply -s dev -s two",
            "delete", "delete --confirm", "--help", "logs --help", "nothing", "build --nothing"]


class Runs:
    def __init__(self):
        self.failed = self.done = 0

    def run(self, name, command, folder, **environment):
        """Runs a command. A report of memcheck is a failure; the command may fail."""
        if WORDS and not any(word in name for word in WORDS):
            return
        self.done += 1
        said, run = self.reports(command, folder, **environment)
        if said or run.returncode < 0:
            self.failed += 1
            print(f"--- {name}: {run.returncode}\n{run.stdout.decode(errors='replace')[-2000:]}{said}", flush=True)

    @staticmethod
    def reports(command, folder, **environment):
        """Returns what memcheck reports about a command, and its run."""
        with tempfile.TemporaryDirectory(dir=WORK) as logs:
            run = subprocess.run([*VALGRIND, f"--log-file={logs}/%p", *command], cwd=folder, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS,
                                 env={**os.environ, **environment})
            logs = list(pathlib.Path(logs).iterdir())
            if not logs:
                sys.exit(f"valgrind did not run: {run.stdout.decode(errors='replace')}")
            return "".join(path.read_text(errors="replace") for path in logs), run


def unit_tests(runs, pool):
    for program in sorted((BUILD / "tests/unit").glob("test_*")):
        if os.access(program, os.X_OK):
            folder = WORK / program.name
            folder.mkdir()
            pool.submit(runs.run, f"unit {program.name}", [program], folder)


def wrong_settings(runs, pool):
    for case in sorted((SOURCE / "tests/cases/settings").iterdir()):
        if (case / "settings.yml").exists():
            pool.submit(runs.run, f"settings {case.name}",
                        [GORDON, "template", "--build-dir", WORK / "templates" / case.name], case)


def commands(runs):
    folder = WORK / "project"
    for name, text in SETTINGS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    aws = world.World(str(WORK / "world")).program
    for command in COMMANDS:
        runs.run(f"gordon {command}", [GORDON, *command.split()], folder, GORDON_AWS=aws,
                 GORDON_CACHE_DIR=str(WORK / "cache"))
    runs.run("gordon apply, which fails", [GORDON, "apply"], folder, GORDON_AWS="/bin/false")


def main():
    if not shutil.which("valgrind"):
        print("skipped: there is no valgrind here")
        return 0
    if b"__asan_init" in GORDON.read_bytes():
        print("memcheck needs a build without sanitizers: cmake --preset dev")
        return 1
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    runs = Runs()
    (WORK / "wrong.c").write_text(WRONG)
    subprocess.run([CC, "-w", "-O0", "-o", WORK / "wrong", WORK / "wrong.c"], check=True)
    if "Invalid read" not in runs.reports([WORK / "wrong"], WORK)[0]:
        print("memcheck does not report a program that reads freed memory")
        return 1
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        unit_tests(runs, pool)
        wrong_settings(runs, pool)
    commands(runs)
    print(f"{runs.done - runs.failed} of {runs.done} runs without a report of memcheck")
    return 1 if runs.failed or not runs.done else 0


if __name__ == "__main__":
    sys.exit(main())
