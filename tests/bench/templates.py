"""How long the templates of many lambdas, and of many resources of a fragment, take: as a ratio to a lower
bound (baseline.c), beside the goal for it.

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

RESOURCE = """\
  Orders{n}:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: !Sub "${{Stage}}-orders-{n}"
      BillingMode: !If [IsProd, PROVISIONED, PAY_PER_REQUEST]
      AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}, {{AttributeName: day, AttributeType: S}}]
      KeySchema: [{{AttributeName: id, KeyType: HASH}}, {{AttributeName: day, KeyType: RANGE}}]
      Tags:
        - {{Key: stage, Value: !Ref Stage}}
        - {{Key: number, Value: "{n}"}}
        - {{Key: before, Value: !GetAtt Orders{before}.Arn}}
"""


def write_fragment(folder, count):
    """Writes a project with a fragment of `count` resources; returns its settings files."""
    files = [os.path.join(folder, name) for name in ("settings.yml", "tables.yml")]
    with open(files[0], "w") as out:
        out.write("project: bench\ncode-bucket: bench\ncloudformation: tables.yml\n")
    with open(files[1], "w") as out:
        out.write("Conditions: {IsProd: !Equals [!Ref Stage, prod]}\nResources:\n"
                  "  Orders0: {Type: AWS::SQS::Queue}\n")
        out.writelines(RESOURCE.format(n=n, before=n - 1) for n in range(1, count))
    return files


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


def judged(ratio, goal):
    return f"ratio {ratio:.2f}   goal {goal}{'' if ratio <= goal else '   MISSED'}"


def compare(gordon, baseline, what, write, count, goal):
    with tempfile.TemporaryDirectory() as folder:
        settings = write(folder, count)
        build = os.path.join(folder, "_build")
        ours = [gordon, "template", "--quiet", "--project", folder]
        subprocess.run(ours, check=True)
        templates = sorted(os.path.join(build, name) for name in os.listdir(build) if name.endswith(".json"))
        least = [baseline, *settings, "--", *templates]
        size = sum(map(os.path.getsize, templates))
        print(f"templates of {count} {what}: {sum(map(os.path.getsize, settings)):,} bytes of "
              f"settings, {size:,} bytes of templates")
        pairs = [(seconds(ours), seconds(least)) for _ in range(RUNS)]
        a, b = (min(column) for column in zip(*pairs))
        print(f"  time          gordon {a * 1000:8.1f} ms   baseline {b * 1000:8.1f} ms   {judged(a / b, goal)}")
        if shutil.which("valgrind"):
            a, b = instructions(ours), instructions(least)
            print(f"  instructions  gordon {a / 1e6:8.1f} M    baseline {b / 1e6:8.1f} M    "
                  f"ratio {a / b:.2f}")


def main(gordon, baseline, count=1000):
    compare(gordon, baseline, "lambdas", write_project, count, 1.6)
    compare(gordon, baseline, "resources of a fragment", write_fragment, 400, 1.5)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
