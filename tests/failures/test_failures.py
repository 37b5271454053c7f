#!/usr/bin/env python3
"""What Gordon does when a call of the system or of the allocator fails.

usage: test_failures.py GORDON SHIM FAKE WORK [--every N] [--most N] [--start N] [--scenarios NAME,...]
                        [--kinds NAME,...] [--show N] [--one KIND HOW N] [--limits]

SHIM is fail.c as a library, FAKE is fake.c as a program. Each scenario runs a command once and counts its
calls. Then, for every N-th call and for each way in which it can fail, the command runs again and

- exits with 0 and has written the right bytes, or
- exits with a code of Gordon's own, with a message, and each file is as it was, or has the right bytes.

It neither hangs nor ends by a signal. The same command then succeeds, and nothing is left over.

--one runs one failure, and prints where the call was, the exit status and what differs. --limits sets limits
for the memory in place of single failures. Everything happens in a sandbox where only a file system in memory
can be written to; without bubblewrap the test is skipped.
"""
import argparse
import collections
import io
import mmap
import os
import pathlib
import re
import resource
import select
import shutil
import signal
import stat
import struct
import subprocess
import sys
import textwrap
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "apply"))
import made_up_aws  # noqa: E402

E = {"EIO": 5, "ENOMEM": 12, "EACCES": 13, "EINTR": 4, "EMFILE": 24, "ENOSPC": 28, "EAGAIN": 11, "ENOLCK": 37,
     "EXDEV": 18, "EPERM": 1}
# The kinds of calls, as in fail.c, and how they fail. A '+' says that all later calls of the kind fail, too.
KINDS = {
    "alloc": ["ENOMEM", "ENOMEM+"],
    "open": ["EMFILE", "EMFILE+", "EIO", "EACCES"],
    "read": ["EIO", "EINTR", "short", "end", "short+"],
    "write": ["ENOSPC", "ENOSPC+", "EIO", "EINTR", "short", "short+", "end"],
    "close": ["EIO"],
    "rename": ["EIO", "ENOSPC"],
    "mkdir": ["ENOSPC", "EACCES"],
    "list": ["EIO"],
    "look": ["EIO", "EACCES", "ENOMEM"],
    "map": ["ENOMEM"],
    "copy": ["EIO", "ENOSPC", "EINTR", "EXDEV", "short", "end"],
    "change": ["EIO", "EPERM"],
    "remove": ["EIO", "EACCES"],
    "lock": ["ENOLCK", "EINTR"],
    "start": ["EAGAIN", "EMFILE", "EMFILE+"],
    "wait": ["EINTR"],
    "load": ["ENOMEM"],
}
CODES = {*range(1, 27), 64}  # Gordon's exit codes (base/diag.h)
LOADER = 127  # how glibc's ld.so ends a program when dlopen finds no memory
SECONDS = 20

PROJECT = {
    "settings.yml": """
        project: p
        default-region: us-east-1
        code-bucket: b-x
        contexts:
          default:
            bucket: ref://CodeBucket
            word: ref://Word
        apps:
          - gordon.contrib.lambdas
          - gordon.contrib.s3
          - app
        """,
    "parameters/common.yml": """
        Word: a word
        Composed: "{{ stage }}-{{ env.WORD }}"
        Environment: env://WORD
        Secret: ssm:///a/name
        Stream: kinesis-match://^some-s.*m$
        Upper: "{{ 'ä' | upper }}"
        """,
    "parameters/dev.yml": "Word: another word\n",
    "app/settings.yml": """
        lambdas:
          python:
            code: python
            handler: code.handler
            runtime: python
            description: a lambda with dependencies
            context: default
            environment:
              COMPOSED: ref://Composed
              ENVIRONMENT: ref://Environment
              SECRET: ref://Secret
              STREAM: ref://Stream
              UPPER: ref://Upper
            policies:
              tables:
                Version: "2012-10-17"
                Statement: [{Effect: Allow, Action: ["dynamodb:GetItem"], Resource: "*"}]
          node:
            code: node
            handler: index.handler
            runtime: node
            memory: 256
          built:
            code: built
            handler: code.handler
            runtime: python
            build:
              - cp code.py {target}/code.py
        apigateway:
          api:
            description: an API
            resources:
              /:
                methods: [GET, POST]
                integration: {lambda: app.python}
        events:
          each_minute:
            schedule_expression: rate(1 minute)
            targets:
              target: {lambda: app.node}
        kinesis:
          stream:
            lambda: app.node
            starting_position: LATEST
            stream: arn:aws:kinesis:us-east-1:123456789012:stream/s
        s3:
          objects:
            bucket: some-bucket
            notifications:
              - {id: made, lambda: app.built, events: ["s3:ObjectCreated:*"]}
        """,
    "app/python/code.py": "def handler(event, context):\n    return 1\n",
    "app/python/requirements.txt": "dependency==1.0\n",
    "app/python/.gordonignore": "*.tmp\nignored/\n",
    "app/python/ignored/file": "ignored\n",
    "app/python/part/__init__.py": "",
    "app/node/index.js": "exports.handler = () => 1\n",
    "app/node/package.json": '{"name": "n", "dependencies": {"dependency": "1"}}\n',
    "app/built/code.py": "built = 1\n",
    "home/.npmrc": "registry=https://registry.example.com/\n",
    "tmp/": "",
}


def zipped(name, text):
    """Returns the bytes of a zip, as another tool writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


# Fragments, nested templates, files for S3, OpenAPI documents, texts, layers, and what calls lambdas.
PARTS = {
    "settings.yml": """
        project: p
        default-region: us-east-1
        code-bucket: b-x
        cloudformation: [fragment.yml]
        apps: [app]
        layers:
          common: {code: common, runtimes: [python3.13]}
        """,
    "fragment.yml": """
        Resources:
          Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub '${AWS::StackName}-orders'}}
          Queue: {Type: AWS::SQS::Queue}
          Machine:
            Type: AWS::StepFunctions::StateMachine
            Properties: {DefinitionS3Location: machine.json, RoleArn: !ImportValue role}
          Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested.yml}}
          Packed:
            Type: AWS::Lambda::Function
            Properties: {Code: packed, Handler: code.handler, Runtime: python3.13, Role: !ImportValue role}
          Rule:
            Type: AWS::Events::Rule
            Properties: {ScheduleExpression: rate(1 day), Targets: [{Id: t, Arn: !GetAtt Packed.Arn}]}
        """,
    "nested.yml": """
        Resources:
          Inner:
            Type: AWS::StepFunctions::StateMachine
            Properties: {DefinitionS3Location: machine.json, RoleArn: x}
        """,
    "machine.json": '{"StartAt": "a"}\n',
    "about.txt": "a text\n",
    "packed/code.py": "packed = 1\n",
    "packed/.gordonignore": "*.tmp\n",
    "common/shared.py": "shared = 1\n",
    "app/settings.yml": """
        lambdas:
          one:
            code: one.py
            handler: code.handler
            runtime: python
            description: text://../about.txt
            layers: [common]
            uses: {Orders: read-write, Queue: send}
            url: true
          two: {code: two.zip, handler: code.handler, runtime: python}
        httpapi:
          shop: {openapi: shop.yml}
        sqs:
          jobs: {queue: ref://Queue, lambda: app.two}
        schedules:
          daily: {schedule_expression: cron(0 8 * * ? *), timezone: Europe/Madrid, lambda: app.one}
        """,
    "app/two.zip": zipped("code.py", "def handler(event, context):\n    return 1\n"),
    "app/one.py": "one = 1\n",
    "app/shop.yml": """
        openapi: 3.0.1
        paths:
          /items/{id}:
            get: {x-amazon-apigateway-integration: {uri: lambda://app.one}}
        """,
    "home/": "",
    "tmp/": "",
}
PARTS_CHANGED = {"machine.json": '{"StartAt": "b"}\n', "about.txt": "another text\n", "packed/code.py": "packed = 2\n",
                 "common/shared.py": "shared = 2\n"}


class Scenario:
    """A command, what comes before it, and what it may change. `shown`: its output is always the same."""

    def __init__(self, name, *command, before=(), edit=None, shown=False, aws=False, forks=False, folder="p",
                 status=0, files=None, project=PROJECT, only_limits=False):
        self.name, self.command, self.before, self.edit, self.shown = name, command, before, edit, shown
        # What the user may not read of the machine, such as /etc/npmrc, does not decide what is installed.
        self.machine = name.startswith(("install", "package", "build", "plan-json"))
        self.project, self.files, self.only_limits = project, files or {}, only_limits
        self.aws, self.forks, self.folder, self.status = aws, forks, folder, status


PLAN, BUILD, APPLY = ["plan"], ["build", "-j", "1"], ["apply"]
WORKS = "_build/.gordon/lambdas/"
CHANGED = {"app/python/code.py": "changed = 1\n", "app/settings.yml": PROJECT["app/settings.yml"].replace(
    "with dependencies", "that has changed")}


def edges(name):
    return ["--plan", f"{WORKS}app_{name}/plan.json", "--depfile", f"{name}.d", "--stamp", f"{name}.stamp"]


PLAIN = {"parameters/common.yml": PROJECT["parameters/common.yml"].replace("ssm:///a/name", "not one")}
MANY = {"app/settings.yml": "lambdas:\n" + "".join(
    f"  l{i}: {{code: built, handler: code.handler, runtime: python, description: {'d' * 100}}}\n"
    for i in range(150))}
INSTALLED = [PLAN, ["template"], ["install", *edges("python")], ["install", *edges("node")]]
SCENARIOS = [
    Scenario("template", "template", "--depfile", "t.d", "--stamp", "t.stamp"),
    Scenario("template-many", "template", files=MANY, only_limits=True),
    Scenario("template-changed", "template", before=[BUILD], edit=CHANGED),
    Scenario("plan", *PLAN),
    Scenario("plan-changed", *PLAN, before=[PLAN], edit=CHANGED),
    Scenario("plan-json", "plan", "--json", shown=True),
    Scenario("install-pip", "install", *edges("python"), before=[PLAN]),
    Scenario("install-npm", "install", *edges("node"), before=[PLAN]),
    Scenario("package", "package", *edges("python"), "--installed", before=INSTALLED),
    Scenario("package-alone", "package", "app.node", before=[PLAN]),
    Scenario("package-built", "package", *edges("built"), before=INSTALLED),
    Scenario("build", *BUILD),
    Scenario("build-changed", *BUILD, before=[BUILD], edit=CHANGED),
    Scenario("build-code", *BUILD, before=[BUILD], edit={"app/python/code.py": "changed = 1\n"}),
    Scenario("build-unchanged", *BUILD, before=[BUILD]),
    Scenario("build-workers", "build", "-j", "2", forks=True),
    Scenario("release", "release", "--stage", "dev", "--output", "r.tar.gz", before=[BUILD]),
    Scenario("event", "event", "logs", shown=True),
    Scenario("apply", *APPLY, before=[BUILD], aws=True),
    Scenario("apply-secret", *APPLY, before=[BUILD], aws=True),
    Scenario("apply-changed", *APPLY, before=[BUILD, APPLY, BUILD], edit=CHANGED, aws=True),
    Scenario("apply-release", "apply", "--release", "../p/r.tar.gz", aws=True, folder="elsewhere",
             before=[BUILD, ["release", "--stage", "dev", "--output", "r.tar.gz"]]),
    Scenario("diff", "diff", before=[BUILD, APPLY, BUILD], edit=CHANGED, aws=True, shown=True, status=25),
    Scenario("status", "status", before=[BUILD, APPLY], aws=True, shown=True),
    Scenario("outputs", "outputs", "--json", before=[BUILD, APPLY], aws=True, shown=True),
    Scenario("invoke", "invoke", "app.python", before=[BUILD, APPLY], aws=True, shown=True),
    Scenario("invoke-event", "invoke", "app.python", "--event", "logs", before=[BUILD, APPLY], aws=True, shown=True),
    Scenario("logs", "logs", "app.python", before=[BUILD, APPLY], aws=True, shown=True),
    Scenario("rollback", "rollback", "app.python", "--to", "1", before=[BUILD, APPLY], aws=True, shown=True),
    Scenario("parts-template", "template", project=PARTS),
    Scenario("parts-plan", *PLAN, project=PARTS),
    Scenario("parts-build", *BUILD, project=PARTS),
    Scenario("parts-changed", *BUILD, project=PARTS, before=[BUILD], edit=PARTS_CHANGED),
    Scenario("parts-release", "release", "--stage", "dev", "--output", "r.tar.gz", project=PARTS, before=[BUILD]),
    Scenario("parts-apply", *APPLY, project=PARTS, before=[BUILD], aws=True),
    Scenario("parts-diff", "diff", project=PARTS, before=[BUILD, APPLY, BUILD], edit=PARTS_CHANGED, aws=True, shown=True,
             status=25),
    Scenario("parts-status", "status", project=PARTS, before=[BUILD, APPLY], aws=True, shown=True),
    Scenario("delete", "delete", "--confirm", before=[BUILD, APPLY], aws=True),
]

# What may differ between two right runs: times and inode numbers, and files whose presence means nothing.
UNCOMPARED = re.compile(r"\.gordon/state$|\.d\.read$|/lock$|\.lock$|^cache/")
# What is to be removed later, if that failed: it may name more than the right one.
LISTS = re.compile(r"\.gordon/(artifacts|zips)$")
TRIFLES = re.compile(r"^cache/|/cache/(installs|versions)?|/lock$|\.lock$|/tmp/gordon-\d+/(locks/)?$")
Result = collections.namedtuple("Result", "status said shown counts fired tree effect")


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        elif not name.endswith("/"):
            path.write_text(textwrap.dedent(text).lstrip("\n"))


def read_tree(folder, prefix=""):
    """Returns {path: (mode, content)} of everything below a folder."""
    tree = {}
    for entry in os.scandir(folder):
        path, mode = prefix + entry.name, entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            tree[path + "/"] = mode, b""
            tree.update(read_tree(entry.path, path + "/"))
        elif stat.S_ISLNK(mode):
            tree[path] = mode, os.readlink(entry.path).encode()
        else:
            with open(entry.path, "rb") as file:
                tree[path] = mode, file.read()
    return tree


def restore(folder, tree, found):
    """Makes the folder, in which `found` is, the same as the tree again."""
    for path in sorted(found.keys() - tree.keys(), reverse=True):
        (os.rmdir if path.endswith("/") else os.unlink)(f"{folder}/{path}")
    for path in sorted(tree):
        mode, content = tree[path]
        if found.get(path) == tree[path]:
            continue
        name = f"{folder}/{path}"
        if path.endswith("/"):
            os.makedirs(name, exist_ok=True)
        elif stat.S_ISLNK(mode):
            os.symlink(content, name)
        else:
            with open(name, "wb") as file:
                file.write(content)
        if not stat.S_ISLNK(mode):
            os.chmod(name, stat.S_IMODE(mode))


class Counts:
    """The file in which fail.c counts."""

    def __init__(self, path):
        self.path = path
        size = 8 * (len(KINDS) + 1)
        path.write_bytes(bytes(size))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), size)

    def clear(self):
        self.map[:] = bytes(len(self.map))

    def read(self):
        *counts, fired = struct.unpack(f"{len(KINDS) + 1}Q", self.map[:])
        return dict(zip(KINDS, counts)), fired


class Place:
    """A folder with the project, where commands run."""

    def __init__(self, gordon, shim, fake, folder):
        self.gordon, self.shim, self.folder = gordon, shim, folder
        shutil.rmtree(folder, ignore_errors=True)
        programs = folder / "programs"
        programs.mkdir(parents=True)
        for name in ("pip", "npm", "aws"):
            shutil.copy(fake, programs / name)
        self.counts = Counts(folder / "counts")
        self.top = folder / "run"
        self.world = folder / "world/state"
        self.world.parent.mkdir()
        self.server = made_up_aws.start(str(folder / "socket"), str(self.world))
        self.environment = {
            "PATH": f"{programs}:/usr/bin:/bin", "HOME": f"{self.top}/p/home", "TMPDIR": f"{self.top}/p/tmp",
            "GORDON_CACHE_DIR": f"{self.top}/cache", "FAKE_AWS": f"{folder}/socket", "WORD": "a word",
            "LD_PRELOAD": str(shim), "FAIL_COUNTS": str(self.counts.path),
            "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0:allocator_may_return_null=1",
        }
        self.files = os.open(folder / "out", os.O_RDWR | os.O_CREAT), os.open(folder / "err", os.O_RDWR | os.O_CREAT)

    def close(self):
        os.kill(self.server, signal.SIGKILL)
        os.waitpid(self.server, 0)

    def clear(self, project):
        shutil.rmtree(self.top, ignore_errors=True)
        self.world.unlink(missing_ok=True)
        write(self.top / "p", project)
        time.sleep(0.02)  # a file that changed within the clock's tick may change again unnoticed
        (self.top / "elsewhere").mkdir()

    def start(self, command, folder, environment, limit=None):
        """Runs gordon. Returns its exit status, negative for a signal, or None if it did not end."""
        for file in self.files:
            os.ftruncate(file, 0)
            os.lseek(file, 0, os.SEEK_SET)
        run = subprocess.Popen([self.gordon, *command], cwd=self.top / folder, stdin=subprocess.DEVNULL,
                               stdout=self.files[0], stderr=self.files[1], env={**self.environment, **environment},
                               preexec_fn=limit, close_fds=limit is not None)
        ended = os.pidfd_open(run.pid)  # wait(SECONDS) would look at longer and longer intervals
        in_time = select.select([ended], [], [], SECONDS)[0]
        os.close(ended)
        if not in_time:
            run.kill()
        status = run.wait()
        return status if in_time else None

    def run(self, command, folder, limit=None, **environment):
        self.counts.clear()
        status = self.start(command, folder, environment, limit)
        counts, fired = self.counts.read()
        shown, said = (os.pread(file, 1 << 20, 0).decode(errors="replace") for file in self.files)
        return Result(status, said, shown, counts, fired, read_tree(self.top), made_up_aws.effect(str(self.world)))

    def must(self, command, folder="p"):
        result = self.run(command, folder)
        if result.status != 0:
            sys.exit(f"gordon {' '.join(command)} exits with {result.status} without any failure:\n{result.said}")
        return result


def compared(tree):
    """Without what may differ, such as the comment of dependencies.zip, which says what decided the install."""
    return {path: value if not path.endswith("dependencies.zip") else (value[0], value[1].rpartition(b"PK\5\6")[0])
            for path, value in tree.items() if not UNCOMPARED.search(path)}


class Run:
    """A scenario in a place: its state before the command, and its right result."""

    def __init__(self, place, scenario):
        self.place, self.scenario = place, scenario
        place.clear(scenario.project)
        write(place.top / "p", scenario.files)
        if scenario.aws and scenario.project is PROJECT and "secret" not in scenario.name:  # to digest a secret takes long
            write(place.top / "p", PLAIN)
        for i, command in enumerate(scenario.before):
            if scenario.edit and i and command == scenario.before[0]:
                write(place.top / "p", scenario.edit)
            place.must(command)
        if scenario.edit and len(scenario.before) == 1:
            write(place.top / "p", scenario.edit)
        self.before = read_tree(place.top)
        self.world = place.world.read_bytes() if place.world.exists() else None
        self.effect = made_up_aws.effect(str(place.world))
        self.environment = {"FAIL_FORKS": "1"} if scenario.forks else {}
        self.right = self.run()
        if self.right.status != scenario.status:
            sys.exit(f"{scenario.name} exits with {self.right.status} without any failure:\n{self.right.said}")
        self.restore(self.right.tree)

    def run(self, **environment):
        limit = environment.pop("limit", None)
        return self.place.run(self.scenario.command, self.scenario.folder, limit,
                              **self.environment, **environment)

    def restore(self, found):
        restore(self.place.top, self.before, found)
        if self.world:
            self.place.world.write_bytes(self.world)
        else:
            self.place.world.unlink(missing_ok=True)

    def differences(self, result):
        """What differs from the right result."""
        ours, right = compared(result.tree), compared(self.right.tree)
        told = re.findall(r"/run/(p/tmp/gordon-apply-\S+): warning: this temporary folder cannot be removed", result.said)
        found = [f"{path} {'is missing' if path not in ours else 'is left over' if path not in right else 'differs'}"
                 for path in sorted(ours.keys() | right.keys())
                 if ours.get(path) != right.get(path) and not TRIFLES.search(path) and not path.startswith(tuple(told))]
        if result.effect != self.right.effect and not self.scenario.shown:
            found.append(f"the effect differs: {result.effect}")
        return found

    def is_untouched(self, result):
        """Whether nothing was written, so that the next run is as the right one was."""
        return result.tree == self.before and result.effect == self.effect

    def half_written(self, result):
        """Files that are neither as before nor right. Temporary files may be left, until the next run."""
        return [f"{path} is neither as it was nor right" for path, value in compared(result.tree).items()
                if value not in (compared(self.before).get(path), compared(self.right.tree).get(path))
                and (path in self.before or path in self.right.tree)
                and not (path.endswith("/") or TRIFLES.search(path) or LISTS.search(path))]

    def judge(self, result):
        problems = []
        if result.status is None:
            problems.append("hangs")
        elif result.status < 0:
            problems.append(f"ended by signal {-result.status}")
        elif result.status == self.scenario.status:
            problems += [f"exit 0, but {text}" for text in self.differences(result)]
            if self.scenario.shown and result.shown != self.right.shown and result.said == self.right.said:
                problems.append("exit 0, but other output, and no warning")
        elif result.status not in CODES and not (result.status == LOADER and result.counts["load"]):
            problems.append(f"exits with {result.status}")
        else:
            problems += self.half_written(result)
            if not result.said.strip():
                problems.append(f"exits with {result.status} without a message")
        if "runtime error" in result.said or "Sanitizer" in result.said:
            problems.append("sanitizer")
        found = result
        if result.status != self.scenario.status and not self.is_untouched(result):
            found = self.run()
            if found.status != self.scenario.status:
                problems.append(f"the next run exits with {found.status}: {found.said.strip()[-300:]}")
            else:
                problems += [f"after the next run {text}" for text in self.differences(found)]
        self.restore(found.tree)
        return problems

    def fail(self, kind, how, n, **environment):
        on = {"FAIL_ON": "1"} if how.endswith("+") else {}
        word = how.rstrip("+")
        result = self.run(FAIL_KIND=str(list(KINDS).index(kind)), FAIL_AT=str(n), FAIL_HOW=str(E.get(word, word)),
                          **on, **environment)
        return result, self.judge(result) if result.fired else self.restore(result.tree)


def named(said, program):
    """Adds the functions and lines to the places in the program, if addr2line can tell them."""
    def name(found):
        try:
            run = subprocess.run(["addr2line", "-pfe", program, found[1]], capture_output=True, text=True)
        except OSError:
            return found[0]
        return run.stdout.strip() or found[0]
    return re.sub(re.escape(str(program)) + r"\(\+(0x[0-9a-f]+)\).*", name, said)


def report(name, problems, said):
    print(f"{name}: {'; '.join(problems)}")
    print(textwrap.indent(said.strip()[-3000:] or "(no message)", "    "), flush=True)


def calls_of(total, every, start, most):
    """The numbers of the calls that fail: every N-th, but at most `most`."""
    step = max(every, -(-total // most) if most else 1)
    return range(1 + start % step, total + 1, step)


def every_call(run, kinds, every, start, shown, most):
    """Lets the calls of a scenario fail, and prints what goes wrong. Returns the numbers of failures and problems."""
    total = wrong = 0
    for kind in kinds:
        injected, ends, bad = 0, collections.Counter(), 0
        for h, how in enumerate(KINDS[kind]):
            if how == "EACCES" and run.scenario.machine:
                continue
            for n in calls_of(run.right.counts[kind], every, start + h, most):
                result, problems = run.fail(kind, how, n)
                if not result.fired:
                    continue
                injected += 1
                ends["succeeded" if result.status == run.scenario.status else "refused"] += 1
                bad += bool(problems)
                if problems and bad <= shown:
                    report(f"{run.scenario.name} {kind} {how} {n}", problems, result.said)
        if injected:
            print(f"{run.scenario.name:16} {kind:7} {run.right.counts[kind]:6} calls {injected:6} failures: "
                  f"{ends['succeeded']} succeeded, {ends['refused']} refused, {bad} wrong", flush=True)
        total, wrong = total + injected, wrong + bad
    return total, wrong


def memory_limits(run, every):
    """Runs with less and less memory, in steps of 32 KB."""
    wrong = total = 0
    for size in range(3 << 20, 16 << 20, every * (32 << 10)):
        result = run.run(limit=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))
        total += 1
        if result.status == 127 or result.status < 0 and not result.counts["alloc"]:
            run.restore(result.tree)  # it could not even be started
            continue
        problems = run.judge(result)
        if problems:
            wrong += 1
            report(f"{run.scenario.name} limit {size >> 10}", problems, result.said)
    print(f"{run.scenario.name:16} limits of memory: {total} runs, {wrong} wrong")
    return total, wrong


def enter_sandbox():
    """Runs this program again where only /tmp, which is new, can be written to."""
    if os.environ.get("FAILURES_SANDBOX"):
        return
    words = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
             "--unshare-net", "--die-with-parent"]
    try:
        works = subprocess.run([*words, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        works = False
    if not works:
        print("bubblewrap does not work here")
        sys.exit(77)
    files = [word for arg in sys.argv[1:4] for word in ("--ro-bind", os.path.abspath(arg), os.path.abspath(arg))
             if os.path.abspath(arg).startswith("/tmp/")]
    os.environ["FAILURES_SANDBOX"] = "1"
    os.execvp(words[0], [*words, *files, sys.executable, *sys.argv])


def main():
    parser = argparse.ArgumentParser()
    for name in ("gordon", "shim", "fake"):
        parser.add_argument(name, type=lambda path: pathlib.Path(path).absolute())
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--scenarios", default="")
    parser.add_argument("--kinds", default="")
    parser.add_argument("--show", type=int, default=3)
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--one", nargs=3)
    parser.add_argument("--limits", action="store_true")
    options = parser.parse_args()
    enter_sandbox()
    place = Place(options.gordon, options.shim, options.fake, pathlib.Path("/tmp/failures"))
    chosen = re.compile(options.scenarios.replace(",", "|") or ".*")
    kinds = options.kinds.split(",") if options.kinds else list(KINDS)
    total = wrong = 0
    try:
        for scenario in SCENARIOS:
            if not chosen.fullmatch(scenario.name) or (scenario.only_limits and not options.limits):
                continue
            began = time.monotonic()
            run = Run(place, scenario)
            if options.one:
                kind, how, n = options.one
                result, problems = run.fail(kind, how, int(n), FAIL_TRACE="1")
                report(f"{scenario.name} exits with {result.status}", problems or ["right"],
                       named(result.said, place.gordon))
                continue
            more, bad = memory_limits(run, options.every) if options.limits else \
                every_call(run, kinds, options.every, options.start, options.show, options.most)
            total, wrong = total + more, wrong + bad
            print(f"{scenario.name}: {more} failures in {time.monotonic() - began:.1f} s, {bad} wrong", flush=True)
    finally:
        place.close()
    print(f"{total} failures, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
