"""How long apply takes without the calls of the AWS CLI, on the emulator, as ratios.

usage: apply.py GORDON VENV [LAMBDAS]

VENV has the AWS CLI and the emulator (helpers/requirements.txt); PYTHONPATH has tests/helpers. Prints two
times, their ratio, and the goal for the ratio:

  first apply     of a new stage: the time in which no `aws` runs, and the whole time
  all change      the same, with other code for every lambda
  no change       the minimum of several runs of `gordon apply`, and of `aws cloudformation describe-stacks`
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

# Logs the start and the end of each call. bash reads the time without another process.
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
    """Returns the total time in which at least one of the spans lasts."""
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
        """Prints the share of an apply in which no `aws` runs."""
        self.log.unlink(missing_ok=True)
        took = self.run(self.gordon, "apply", "--project", self.project, GORDON_AWS=str(self.recorder))
        spans = [tuple(map(float, line.split())) for line in self.log.read_text().splitlines()]
        show(what, took - union(spans), took, 0.1)

    def nothing(self):
        ours = other = float("inf")
        for _ in range(RUNS):  # in turns, because other work on the machine varies
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
