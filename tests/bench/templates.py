"""How long the templates of many lambdas take, as a ratio to a lower bound (baseline.c).

usage: templates.py GORDON BASELINE [LAMBDAS]

Prints the minimum of several runs of both, in turns, and their ratio. With valgrind it also prints their
numbers of instructions (callgrind), which do not depend on other work on the machine.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

RUNS = 15
PER_APP = 100

LAMBDA = """\
  lambda{n}:
    code: lambda{n}.py
    description: The lambda with the number {n}
    memory: 256
    timeout: 30
    environment:
      TABLE: ref://Table
      NUMBER: "{n}"
    policies:
      read:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: [ "dynamodb:GetItem", "dynamodb:Query" ]
            Resource: ref://TableArn
"""


def write_project(folder, count):
    """Writes a project with `count` lambdas, PER_APP in each app; returns its settings files."""
    apps = [f"app{i}" for i in range((count + PER_APP - 1) // PER_APP)]
    files = [os.path.join(folder, "settings.yml")]
    with open(files[0], "w") as out:
        out.write("project: bench\ncode-bucket: bench\napps:\n  - gordon.contrib.lambdas\n")
        out.writelines(f"  - {app}\n" for app in apps)
    for number, app in enumerate(apps):
        os.mkdir(os.path.join(folder, app))
        files.append(os.path.join(folder, app, "settings.yml"))
        with open(files[-1], "w") as out:
            out.write("lambdas:\n")
            for n in range(number * PER_APP, min(count, (number + 1) * PER_APP)):
                out.write(LAMBDA.format(n=n))
    return files


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def instructions(command):
    out = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
                         check=True, capture_output=True, text=True)
    return int(re.search(r"Collected : (\d+)", out.stderr).group(1))


def main(gordon, baseline, count=1000):
    with tempfile.TemporaryDirectory() as folder:
        settings = write_project(folder, count)
        build = os.path.join(folder, "_build")
        ours = [gordon, "template", "--project", folder]
        subprocess.run(ours, check=True)
        templates = sorted(os.path.join(build, name) for name in os.listdir(build))
        least = [baseline, *settings, "--", *templates]
        size = sum(map(os.path.getsize, templates))
        print(f"templates of {count} lambdas: {sum(map(os.path.getsize, settings)):,} bytes of "
              f"settings, {size:,} bytes of templates")
        pairs = [(seconds(ours), seconds(least)) for _ in range(RUNS)]
        a, b = (min(column) for column in zip(*pairs))
        print(f"  time          gordon {a * 1000:8.1f} ms   baseline {b * 1000:8.1f} ms   "
              f"ratio {a / b:.2f}")
        if shutil.which("valgrind"):
            a, b = instructions(ours), instructions(least)
            print(f"  instructions  gordon {a / 1e6:8.1f} M    baseline {b / 1e6:8.1f} M    "
                  f"ratio {a / b:.2f}")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
