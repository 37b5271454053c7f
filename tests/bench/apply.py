"""What apply costs besides the AWS CLI, on the emulator, as ratios.

usage: apply.py GORDON VENV [LAMBDAS]

VENV has the AWS CLI and the emulator (helpers/requirements.txt), PYTHONPATH tests/helpers. Prints of each the time of gordon and
what it is compared with, their ratio, and the ratio that is the goal:

  first apply     the time in which no `aws` runs, and all of it: of a stage that is not there
  all change      the same, of one in which the code of every lambda is another one
  no change       the least of several runs of `gordon apply`, and of `aws cloudformation describe-stacks`
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from emulator import Emulator

RUNS = 5
SOURCE = "def handler(event, context):\n    return {}\n\n\n" + "# a line of a lambda's code, number {}\n" * 40

# Notes when each call began and ended; bash knows the time without starting a program for it.
RECORDER = """\
#!{bash}
began=$EPOCHREALTIME
{aws} "$@"
status=$?
echo "$began $EPOCHREALTIME" >> {log}
exit $status
"""


def write_project(folder, count, text):
    folder.mkdir(exist_ok=True)
    names = [f"lambda{n}" for n in range(count)]
    for n, name in enumerate(names):
        (folder / f"{name}.py").write_text(SOURCE.format(text, *[n + i for i in range(40)]))
    (folder / "settings.yml").write_text(
        "project: bench\ncode-bucket: bench\nlambdas:\n" +
        "".join(f"  {name}: {{code: {name}.py, role: 'arn:aws:iam::000000000000:role/bench'}}\n"
                for name in names))


def union(spans):
    """The time in which at least one of them was going on."""
    total, until = 0.0, 0.0
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, until))
        until = max(until, end)
    return total


def show(what, ours, other, goal):
    ratio = ours / other
    print(f"  {what:<14} gordon {ours * 1000:8.1f} ms   other {other * 1000:8.1f} ms   ratio {ratio:5.2f}   "
          f"goal {goal}{'' if ratio <= goal else '   MISSED'}", flush=True)


class Apply:
    def __init__(self, gordon, venv, folder, emulator, count):
        self.gordon, self.folder, self.count = gordon, pathlib.Path(folder), count
        self.project, self.log = self.folder / "project", self.folder / "calls"
        self.environment = {**emulator.environment(), "TMPDIR": folder}
        self.recorder = self.folder / "aws"
        self.recorder.write_text(RECORDER.format(bash=shutil.which("bash"), log=self.log,
                                                 aws=pathlib.Path(venv).absolute() / "bin/aws"))
        self.recorder.chmod(0o755)

    def run(self, *command, **environment):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env={**self.environment, **environment})
        return time.perf_counter() - start

    def build(self, text):
        write_project(self.project, self.count, text)
        self.run(self.gordon, "build", "--project", self.project)

    def share(self, what):
        """How much of an apply is gordon's own."""
        self.log.unlink(missing_ok=True)
        took = self.run(self.gordon, "apply", "--project", self.project, GORDON_AWS=str(self.recorder))
        spans = [tuple(map(float, line.split())) for line in self.log.read_text().splitlines()]
        show(what, took - union(spans), took, 0.1)

    def nothing(self):
        ours = other = float("inf")
        for _ in range(RUNS):  # in turns, as other work on the machine comes and goes
            ours = min(ours, self.run(self.gordon, "apply", "--project", self.project))
            other = min(other, self.run("aws", "cloudformation", "describe-stacks"))
        show("no change", ours, other, 4)


def main(gordon, venv, count="90"):
    with tempfile.TemporaryDirectory() as folder, Emulator(venv) as emulator:
        apply = Apply(gordon, venv, folder, emulator, int(count))
        print(f"applies of {count} lambdas")
        apply.build("one")
        apply.share("first apply")
        apply.build("two")
        apply.share("all change")
        apply.nothing()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
