#!/usr/bin/env python3
"""What is printed cannot control a terminal or the log of a CI, and shows no secret.

usage: test_output.py PREFIX WORK

Names of lambdas, apps, files, words of the command line, and all that programs and AWS say, have control
characters, line ends and commands of CIs. Each command runs into a pipe and on a terminal. `check` looks
at every byte that it prints.
"""
import base64
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import termios
import unittest
import urllib.parse

import world

PREFIX, WORK = map(pathlib.Path, sys.argv[1:3])
del sys.argv[1:3]
GORDON = PREFIX / "bin/gordon"

# After a line end, "FORGED" must not begin a line: only a name can have brought that line end.
CONTROLS = "\x1b[2J\x1b]0;x\x07\x08\x7f\x85\x9b31m\u061c\u200b\u200e\u202e\u2028\u2029\u2066\ufeff\U000e0041"
COMMANDS = "::error::x", "::add-mask::x", "##[error]x", "##vso[task.complete]x", "##teamcity[x]"
NASTY = [CONTROLS, "\nFORGED", "\r\nFORGED", *COMMANDS, *("\n" + c for c in COMMANDS), "\u00a0::error::x",
         "a\tb\u2028::error::x\x0bFORGED\x0cFORGED"]
ALL = CONTROLS + "".join(NASTY)
RAW = b"\x9b31m\xff\xc2\xe2\x80"  # no UTF-8, and 8 bits for ESC [
HIDDEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
                    "\ufff9-\ufffb\U000e0000-\U000e007f]")


def yaml(value):
    """JSON is YAML, but YAML escapes large characters otherwise, and allows no control characters."""
    return HIDDEN.sub(lambda found: f"\\U{ord(found[0]):08x}", json.dumps(value, indent=1, ensure_ascii=False))


class Output(unittest.TestCase):
    def setUp(self):
        self.project = WORK / self.id().rpartition(".")[2] / "p"
        shutil.rmtree(self.project.parent, ignore_errors=True)
        self.write("settings.yml", "project: p\ncode-bucket: b-x\napps:\n  - app\n")
        self.lambdas({"l": {}})
        self.write("app/c/code.py", "x = 1\n")
        self.environment = {"GORDON_AWS": "/bin/false", "TERM": "dumb"}

    def write(self, name, text, mode=0o644):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.write_bytes if isinstance(text, bytes) else path.write_text)(text)
        path.chmod(mode)
        return path

    def lambdas(self, lambdas, **more):
        """Settings of the app."""
        common = {"code": "c", "handler": "code.handler", "runtime": "python"}
        self.write("app/settings.yml", yaml({**more, "lambdas": {
            f"{name} {i}" if name != "l" else name: {"logical-name": f"L{i}", **common, **keys}
            for i, (name, keys) in enumerate(lambdas.items())}}))

    # --- looking at what is printed

    def check(self, printed, what):
        try:
            text = printed.decode()
        except UnicodeDecodeError as error:
            self.fail(f"{what} printed bytes that are not UTF-8: {error}\n{printed}")
        found = HIDDEN.search(text)
        self.assertIsNone(found, f"{what} printed {found}:\n{text!r}")
        for line in text.split("\n"):
            self.assertNotRegex(line.lstrip(), "^(::[a-zA-Z]|FORGED)", f"{what}:\n{text}")
            self.assertNotRegex(line, r"##[a-zA-Z]*\[", f"{what}:\n{text}")
        for sanitizer in "AddressSanitizer", "runtime error:":
            self.assertNotIn(sanitizer, text)
        return text

    def piped(self, *words, folder=None, **environment):
        run = subprocess.run([os.fsencode(w) for w in words], cwd=folder or self.project,
                             env={**os.environ, **self.environment, **environment}, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        self.check(run.stdout, words)
        return run

    def on_terminal(self, *words):
        ours, theirs = pty.openpty()
        mode = termios.tcgetattr(theirs)
        mode[1] &= ~termios.OPOST  # line ends stay as they are
        termios.tcsetattr(theirs, termios.TCSANOW, mode)
        run = subprocess.Popen([os.fsencode(w) for w in words], cwd=self.project, stdin=theirs, stdout=theirs,
                               stderr=theirs, env={**os.environ, **self.environment})
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        os.close(ours)
        run.wait(timeout=300)
        self.check(shown, words)
        return shown.decode()

    def gordon(self, *words, status=None):
        """Runs gordon. Returns what it printed."""
        run = self.piped(GORDON, *words)
        if status is not None:
            self.assertEqual(run.returncode, status, run.stdout.decode())
        return run.stdout.decode()

    def both(self, *words, **options):
        """Runs gordon into a pipe and on a terminal. Returns what the pipe got."""
        text = self.gordon(*words, **options)
        self.on_terminal(GORDON, *words)
        return text

    # --- without AWS

    def test_names(self):
        self.lambdas({name: {} for name in NASTY}, **{"x" + ALL: 1})
        self.gordon("build")
        self.lambdas({name: {"runtime": "python3.8"} for name in NASTY}, contexts={ALL: ALL})
        self.write("settings.yml", yaml({"project": "p", "code-bucket": "b-x", "apps": ["app"],
                                         "contexts": {ALL: {ALL: ALL}}}))
        for words in (("build",), ("build", "--debug"), ("template",), ("plan", "--work-dir", "w.gordon"),
                      ("plan", "--json"), ("build", "-j1", "--build-dir", "other")):
            said = self.both(*words, status=0)
            if "--json" in words:
                names = [out.get("lambda") for out in json.loads(said[said.index("{"):said.rindex("}") + 1])["outputs"]]
                self.assertIn(f"app.{NASTY[-1]} {len(NASTY) - 1}", names)
        self.gordon("build", status=0)  # a plan forgets what the build before has printed
        state = self.project / "_build/.gordon/state"  # what it will print again
        text = state.read_bytes()
        self.assertIn(b"lambdas:?[", text)
        state.write_bytes(text.replace(b"lambdas:?[", b"lambdas:\x1b["))
        self.gordon("build", status=0)

    def test_apps(self):
        for name in NASTY:
            if "\n" in name or "/" in name:
                continue
            with self.subTest(name):
                self.write("settings.yml", f"project: p\ncode-bucket: b-x\napps: {yaml([name])}\n")
                self.write(f"{name}/settings.yml", "lambdas: {l: {code: c, nothing: 1}}\n")
                self.gordon("build")
                self.write(f"{name}/settings.yml", "lambdas: {l: {code: a.py}}\n")
                self.write(f"{name}/a.py", "x = 1\n")
                self.gordon("build")
        for names in [[ALL], [ALL, ALL], [{ALL: {}}], [{"app": {ALL: ALL}}]]:
            self.write("settings.yml", yaml({"project": "p", "code-bucket": "b-x", "apps": names}))
            self.gordon("build")

    def test_values(self):
        for key in ("code", "handler", "runtime", "memory", "timeout", "role", "build", "context", "environment",
                    "vpc", "description", "architecture", "policies", "logical-name"):
            for value in [ALL, [ALL], {ALL: ALL}, {"AWS": ALL}, "ref://" + ALL, "target://" + ALL]:
                with self.subTest(key, value=value):
                    self.lambdas({"l": {key: value}})
                    self.gordon("template" if key == "build" else "build")
        for kind in ("apigateway", "cron", "events", "dynamodb", "kinesis", "s3", "contexts", "vpcs", "nothing"):
            for value in ({ALL: ALL}, {ALL: {ALL: ALL}}, {"a": {ALL: [ALL]}}, ALL):
                with self.subTest(kind, value=value):
                    self.lambdas({"l": {}}, **{kind: value})
                    self.gordon("template")
        for key in ("project", "default-region", "code-bucket", "vpcs", "cli-output", "x"):
            self.write("settings.yml", yaml({"project": "p", "code-bucket": "b", "apps": [], key: ALL}))
            self.gordon("template")

    def test_words(self):
        """All settings of all kinds at once, as the sources have them."""
        def keys(names, field=""):
            generator = pathlib.Path(__file__).parents[2] / "generator"
            files = sorted(file for name in names for file in generator.glob(name))
            return sorted({key for file in files
                           for key in re.findall(rf'\{{"([A-Za-z][\w-]*)", FIELD_{field}', file.read_text())})
        words = keys([f"{wing}/*.c" for wing in ("resources", "lambdas", "apis", "mappings", "callers")])
        kinds = set(keys(["settings/project.c"], "MAP")) - {"lambdas", "layers", "tags", "vpcs", "contexts", "defaults"}
        self.assertIn("tracing", words)
        self.assertIn("outputs", kinds)
        name = CONTROLS + "".join(NASTY[-2:]) + COMMANDS[2]
        for value in (name, {name: [name]}, "ref://" + name, "sub://${" + name + "}"):
            with self.subTest(value=value):
                entries = {name: value, "a": {word: value for word in words}}
                self.lambdas({f"l{i}": {word: value} for i, word in enumerate(words)},
                             **{kind: entries for kind in kinds}, layers={"l": {word: value for word in words}})
                self.assertGreater(self.gordon("template").count("error: "), 9)

    def test_fragments(self):
        nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": ALL}}
        names = {"Type": "AWS::X::Y", "DependsOn": ALL, "Condition": ALL, "Properties": {
            ALL: {"Fn::Sub": "${" + ALL + "}"}, "a": {"Ref": ALL}, "b": {"Fn::GetAtt": ALL + ".x"}, "c": {"Fn::If": [ALL, 1, 2]},
            "d": {"Fn::FindInMap": [ALL, ALL, ALL]}}}
        for fragment in ({ALL: {}}, {"Resources": {ALL: {"Type": ALL}}}, {"Resources": {"A": {"Type": ALL, ALL: ALL}}},
                         {"Parameters": {ALL: {"Type": ALL}, "P": {"Type": ALL, ALL: 1}}},
                         {"Outputs": {ALL: {"Value": ALL}, "O": {ALL: ALL}}}, {"Resources": {"A": names}},
                         {"Resources": {"A": nested}}, {"Rules": {ALL: {}}, "Mappings": {ALL: ALL}, "Conditions": {ALL: ALL}},
                         {"Transform": ALL, "Metadata": {ALL: ALL}, "Resources": {"A": names}}):
            with self.subTest(fragment=fragment):
                self.write("f.yml", yaml(fragment))
                self.write("settings.yml", "project: p\ncode-bucket: b-x\napps: [app]\ncloudformation: f.yml\n")
                self.gordon("template")

    def test_source_lines(self):
        """The line of an error is quoted."""
        for hidden in (CONTROLS.replace("\x1b", "").replace("\x07", "").replace("\x08", "").replace("\ufeff", ""),
                       *COMMANDS):
            for text in (f"lambdas:\n {{l: {{memory: x, code: c}}}} # {hidden}\n", f"lambdas: # {hidden}\n  - x\n",
                         f"'{hidden}': 1\n", f"{hidden}\n"):
                self.write("app/settings.yml", text)
                self.gordon("template")
        self.write("app/settings.yml", b"lambdas: x # " + RAW + b"\x1b[2J\r\nFORGED\n")
        self.gordon("template")

    def test_files(self):
        for i, name in enumerate([*(n.replace("/", "|").encode() for n in NASTY), RAW, RAW + b"\n::error::x"]):
            for make in (os.mkfifo, lambda path: os.symlink("/etc/passwd", path),
                         lambda path: os.symlink("nothing" + CONTROLS, path),
                         lambda path: open(path, "w").close()):
                with self.subTest(name, i=i):
                    shutil.rmtree(self.project / "app/c")
                    self.write("app/c/code.py", "x = 1\n")
                    make(os.path.join(os.fsencode(self.project), b"app/c", name))
                    self.gordon("build")
        shutil.rmtree(self.project / "app/c")
        self.write("app/c/code.py", "x = 1\n")
        for name in ("requirements.txt", "package.json", ".gordonignore"):
            for text in (ALL + "\n", f"-r {ALL}\n", f"[{ALL}\n", f'{{"dependencies": {{"x": "file:{ALL}"}}}}\n'):
                with self.subTest(name, text=text):
                    self.write(f"app/c/{name}", text)
                    self.gordon("plan", "--json")
            (self.project / f"app/c/{name}").unlink()

    def test_programs(self):
        program = self.write("says", "#!/bin/sh\nprintf '%b' \"$SAYS\"\nprintf '%b' \"$SAYS\" >&2\nexit 3\n", 0o755)
        said = (ALL.encode() + RAW).replace(b"FORGED", b"lines").replace(b"\\", b"\\\\")
        self.environment["SAYS"] = "".join(f"\\0{byte:03o}" for byte in said)
        self.lambdas({CONTROLS: {"build": [f"{program}"]}, "m": {"build": [f"true\n{program} '\x1b[2J'\n"]}})
        text = self.both("build", status=21)
        self.assertIn("\n    ?:error::x", text)
        self.assertIn("the command was:\n    true\n    ", text)
        self.lambdas({"l": {}})
        self.write("app/c/requirements.txt", "x==1\n")
        self.write("settings.yml", f"project: p\ncode-bucket: b-x\napps: [app]\npip-path: '{program} {CONTROLS[-3:]}'\n")
        self.assertIn("\n    ?:error::x", self.gordon("build", "--debug", status=21))

    def test_arguments(self):
        for word in [ALL, *NASTY]:
            for words in ((word,), ("build", word), ("build", "--" + word), ("build", "--project", word),
                          ("build", "--build-dir", "b-" + word.replace("/", "") + "/x\0".rstrip("\0")),
                          ("apply", "--stage", word), ("apply", "--region", word), ("apply", "--cf-timeout", word),
                          ("release", "--stage", "dev", "--output", word), ("apply", "--release", word),
                          ("invoke", word), ("invoke", "app.l", "--payload", word), ("logs", word),
                          ("logs", "--since", word), ("outputs", word), ("rollback", word), ("package", word),
                          ("package", "--plan", word), ("install", "--plan", word), ("status", "-s", word),
                          ("apply", "-s", "dev", "-s", "prod", "-r", word)):
                with self.subTest(words):
                    self.gordon(*words)

    # --- with AWS

    def aws(self, *texts):
        """An `aws` with the state of a world, which says `texts` wherever AWS has words of its own."""
        made = world.World(str(self.project.parent / "world"), f"TEXTS = {texts!r}\n{SPOILED}")
        self.environment["GORDON_AWS"] = made.program
        return made

    def test_aws(self):
        self.lambdas({name: {"cli-output": True} for name in NASTY})
        self.gordon("build", status=0)
        self.aws(ALL, *NASTY)
        for words in (("apply",), ("diff",), ("status",), ("outputs",), ("apply", "--json"), ("diff", "--json"),
                      ("status", "--json"), ("outputs", "--json"), ("apply", "-s", "dev", "-s", "two"),
                      ("diff", "-s", "dev", "-s", "two", "--json"), ("rollback", "--dry-run"), ("rollback", "--json"), ("logs",), ("logs", "--json"), ("logs", f"app.{NASTY[0]} 0"),
                      ("invoke", f"app.{NASTY[3]} 3"), ("invoke", f"app.{NASTY[3]} 3", "--json"), ("diff", "--debug"),
                      ("delete",), ("delete", "--confirm"), ("delete", "--confirm", "--json")):
            with self.subTest(words):
                text = self.both(*words)
                if "--json" in words:
                    for line in text.splitlines():
                        if line.startswith('{"type"'):
                            json.loads(line)
        self.assertIn("?:error::x", self.gordon("apply"))

    def test_templates_that_are_wrong(self):
        """A built template that names functions and numbers of digests which are not there."""
        self.gordon("build", status=0)
        built = self.project / "_build/0003_r.json"
        good = built.read_text()
        self.aws("x")
        for change in (lambda version: version["FunctionName"].update(Ref="Nobody"),
                       lambda version: version["Description"]["Fn::Select"].__setitem__(0, 10 ** 12),
                       lambda version: version["Description"]["Fn::Select"].__setitem__(0, -1)):
            template = json.loads(good)
            versions = [resource["Properties"] for resource in template["Resources"].values()
                        if resource["Type"] == "AWS::Lambda::Version"]
            self.assertEqual(len(versions), 1)
            change(versions[0])
            built.write_text(json.dumps(template))
            for words in ("diff",), ("apply",):
                run = self.piped(GORDON, *words)
                self.assertGreaterEqual(run.returncode, 0, run.stdout)

    def test_log_groups(self):
        """The name of a group that the function's configuration has."""
        self.lambdas({"l": {"log-group": "ref://Group"}})
        self.write("parameters/common.yml", "Group: /a/b\n")
        self.gordon("build", status=0)
        self.aws(ALL, *NASTY)
        self.gordon("apply")
        for words in ("logs",), ("logs", "--debug"), ("delete", "--confirm"):
            self.both(*words)

    def test_aws_fails(self):
        self.gordon("build", status=0)
        for i, text in enumerate([ALL, *NASTY[1::5], "\nAn error occurred (X) when calling the Y operation: " + ALL]):
            with self.subTest(text):
                program = self.write("aws", f"#!{sys.executable} -ISB\nimport os, sys\nos.write(2, {text.encode() + RAW})\n"
                                            "sys.exit(254)\n", 0o755)
                self.environment["GORDON_AWS"] = str(program)
                for words in ("apply", "diff", "status", "outputs", "logs", "invoke app.l", "rollback", "delete"):
                    self.gordon(*words.split())

    def test_answers_are_data(self):
        """JSON stays the same JSON. What is not JSON is printed as it is, but not on a terminal."""
        self.gordon("build", status=0)
        self.aws("x")
        answer = json.dumps({"é" + ALL: ALL}, ensure_ascii=False)
        self.environment["ANSWER"] = answer
        self.gordon("apply", status=0)
        for words in ("invoke app.l", "invoke app.l --json"):
            said = json.loads(self.piped(GORDON, *words.split()).stdout.decode().splitlines()[-1])
            self.assertEqual(said.get("answer", said), json.loads(answer))
        self.environment["ANSWER"] = "\x1b[31m::error::\n"
        run = subprocess.run([GORDON, "invoke", "app.l"], cwd=self.project, stdout=subprocess.PIPE,
                             env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, check=True)
        self.assertEqual(run.stdout, b"\x1b[31m::error::\n")
        self.assertIn("?[31m::error::", self.on_terminal(GORDON, "invoke", "app.l"))

    # --- secrets

    def test_secrets(self):
        secret = "pä/ss\"w0rd\\&+ 😀\n2nd line"
        self.write("parameters/dev.yml", "Pw: env-secret\n")
        self.write("secret", secret)
        self.write("parameters/dev.yml", "Pw: file://secret\n")
        self.lambdas({"l": {"environment": {"PW": "ref://Pw"}}})
        self.gordon("build", status=0)
        raw = secret.encode()
        forms = [secret, json.dumps(secret), json.dumps(secret, ensure_ascii=False), json.dumps(json.dumps(secret)),
                 re.sub(r"\\u....", lambda m: m[0].upper().replace("U", "u"), json.dumps(secret)).replace("/", r"\/"),
                 re.sub("(..)(..)", r"\\u\2\1", secret.encode("utf-16-le").hex()), repr(secret), repr(raw),
                 urllib.parse.quote(secret), urllib.parse.quote_plus(secret), urllib.parse.quote(secret, safe="").lower(),
                 raw.hex(), raw.hex().upper()]
        for before in range(4):
            for after in range(3):
                whole = b"x" * before + raw + b"y" * after
                forms += [base64.b64encode(whole).decode(), base64.urlsafe_b64encode(whole).decode(),
                          base64.b64encode(whole).decode().rstrip("="),
                          urllib.parse.quote(base64.b64encode(whole).decode())]
        self.aws(*(f"before {form} after" for form in forms))
        self.write("parameters/two.yml", "Pw: file://secret\n")
        for words in ("apply",), ("apply", "--json"), ("apply", "-s", "two", "--json"), ("apply", "-s", "dev", "-s", "two"):
            text = self.gordon(*words)
            self.assertGreater(text.count("before"), len(forms))
            for form in forms:
                for seen in form, form.split("\n")[-1], form[3:-3], form[4:-4][:24]:
                    self.assertNotIn(seen, text)
            self.assertNotIn("w0rd", text)
        for form in forms[::5]:
            with self.subTest(form):
                program = self.write("aws", f"#!{sys.executable} -ISB\nimport os, sys\n"
                                            f"os.write(2, {f'before {form} after'.encode()})\nsys.exit(254)\n", 0o755)
                self.environment["GORDON_AWS"] = str(program)
                for words in ("apply",), ("diff", "--debug"):
                    text = self.gordon(*words)
                    self.assertNotIn(form[4:-4][:24], text)
                    self.assertIn(" after", text)

    def test_secret_at_the_end_of_what_is_kept(self):
        """Only the beginning of very long errors is kept, which may end within a secret."""
        secret = "0123456789abcdefghijklmnopqrstuvwxyz"
        self.write("secret", secret)
        self.write("parameters/dev.yml", "Pw: file://secret\n")
        self.lambdas({"l": {"environment": {"PW": "ref://Pw"}}})
        self.gordon("build", status=0)
        for cut in (1, 10, 20, 30):
            filler = (1 << 20) - cut
            program = self.write("aws", f"#!{sys.executable} -ISB\nimport os, sys\n"
                                        f"text = ('x' * 400 + '\\n') * ({filler} // 401)\n"
                                        f"text += 'y' * ({filler} - len(text) - 1) + '\\n' + {secret!r} * 3\n"
                                        "os.write(2, text.encode()); sys.exit(254)\n", 0o755)
            self.environment["GORDON_AWS"] = str(program)
            text = self.gordon("apply")
            self.assertNotIn(secret[:9], text)

    # --- CMake

    def test_cmake(self):
        for generator in "Ninja", "Unix Makefiles":
            with self.subTest(generator):
                self.cmake(generator)

    def cmake(self, generator):
        folder = self.project.parent
        shutil.rmtree(folder / "build", ignore_errors=True)
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(demo LANGUAGES NONE)\nfind_package(Gordon 1.0 REQUIRED)\n"
            "gordon_add_project(demo SETTINGS p/settings.yml)\n")

        def configure():
            return self.piped("cmake", "-B", "build", "-G", generator, f"-DCMAKE_PREFIX_PATH={PREFIX}", folder=folder)

        def build(*words):
            return self.piped("cmake", "--build", "build", *words, folder=folder)

        self.lambdas({name: {"runtime": "python3.8"} for name in NASTY})
        self.assertEqual(configure().returncode, 0)
        for words in (), ("--clean-first",), ("--clean-first", "--verbose"), ("--target", "demo-status"):
            run = build(*words)
            self.assertEqual(run.returncode, 1 if "demo-status" in words else 0, run.stdout.decode()) \
                if generator == "Ninja" or "demo-status" not in words else None
        self.lambdas({name: {"build": ["printf '\\033[2J\\n::error::x\\n##[error]y'; exit 1"]} for name in NASTY})
        configure()
        run = build("--", "-k", "0") if generator == "Ninja" else build("--", "-k")
        self.assertIn(b"?:error::x", run.stdout)
        for name in NASTY:
            self.lambdas({name: {"code": "target://" + name}})
            self.assertNotEqual(configure().returncode, 0)
            self.lambdas({name: {"code": "target://nobody"}})
            self.assertNotEqual(configure().returncode, 0)
            self.lambdas({name: {"memory": name}})
            self.assertNotEqual(configure().returncode, 0)
        self.lambdas({"l": {}})
        for name in NASTY:
            self.write(f"{name}/settings.yml", "lambdas: {l: {code: a.py}}\n")
            self.write(f"{name}/a.py", "x = 1\n")
            self.write("settings.yml", f"project: p\ncode-bucket: b-x\napps: {yaml([name])}\n")
            run = configure()
            if run.returncode == 0:
                build()
        self.write("settings.yml", "project: p\ncode-bucket: b-x\napps:\n  - app\n")


# Part of the program `aws`: answers of the world with TEXTS.
SPOILED = r"""
import base64, json, os
plain = {name: getattr(world, name) for name in dir(world)}

def events(state, given, plan):
    answer = plain["describe_stack_events"](state, given, plan)
    token = next((e["ClientRequestToken"] for e in answer["StackEvents"] if "ClientRequestToken" in e), None)
    for i, text in enumerate(TEXTS):
        answer["StackEvents"].insert(0, {
            "EventId": f"x{i}", "LogicalResourceId": text, "ResourceType": text, "ResourceStatusReason": text,
            "ResourceStatus": "CREATE_FAILED" if i % 2 == 0 else text, "ClientRequestToken": token,
            "Timestamp": "2026-11-24T00:00:00.000Z" if i % 2 else text})
    return answer

def change_set(state, given, plan):
    answer = plain["describe_change_set"](state, given, plan)
    actions = ["Add", "Modify", "Remove"]
    for i, text in enumerate(TEXTS):
        answer["Changes"].append({"Type": "Resource", "ResourceChange": {
            "Action": actions[i % 3], "LogicalResourceId": text, "ResourceType": text, "Replacement": "False",
            "Details": [{"Target": {"Attribute": "Properties", "Name": text}}]}})
    return answer

def stacks(state, given, plan):
    answer = plain["describe_stacks"](state, given, plan)
    for stack in answer["Stacks"]:
        stack["CreationTime"] = stack["LastUpdatedTime"] = TEXTS[0]
        stack["Outputs"] = stack["Outputs"] + [{"OutputKey": "Clioutput" + t, "OutputValue": t} for t in TEXTS]
        stack["StackStatusReason"] = TEXTS[0]
    return answer

def resources(state, given, plan):
    if "-p" == given["stack-name"][-2:]:
        return {"StackResourceSummaries": []}
    body = json.loads(state.stack(given["stack-name"])["_body"])
    return {"StackResourceSummaries": [{"LogicalResourceId": key, "PhysicalResourceId": TEXTS[0] + key,
                                        "ResourceType": value["Type"]} for key, value in body["Resources"].items()]}

def alias(state, given, plan):
    return {"FunctionVersion": TEXTS[0], "AliasArn": TEXTS[0], "Name": "current"}

def versions(state, given, plan):
    return {"Versions": [{"Version": TEXTS[0]}, {"Version": "3"}, {"Version": "2"}]}

def log_events(state, given, plan):
    return {"events": [{"timestamp": 1764000000000 + i, "message": t, "eventId": str(i), "logStreamName": t}
                       for i, t in enumerate(TEXTS)]}

def invoke(state, given, plan):
    lines = [text.replace("FORGED", "line") for text in TEXTS]
    os.write(1, os.environ.get("ANSWER", json.dumps({"errorType": lines[0], "errorMessage": lines[0],
                                                     "stackTrace": lines})).encode())
    answer = {"StatusCode": 200, "ExecutedVersion": TEXTS[0],
              "LogResult": base64.b64encode("\n".join(lines).encode() + b"\x9b\xff").decode()}
    return answer if "ANSWER" in os.environ else {**answer, "FunctionError": "Handled"}

def template(state, given, plan):
    return {"TemplateBody": {"Resources": {text: {"Type": text, "DeletionPolicy": "Retain"} for text in TEXTS}}}

world.get_template = template
world.get_function_configuration = lambda state, given, plan: {"LoggingConfig": {"LogGroup": TEXTS[0]}}
world.describe_stack_events, world.describe_change_set, world.describe_stacks = events, change_set, stacks
world.list_stack_resources, world.get_alias, world.list_versions_by_function = resources, alias, versions
world.filter_log_events, world.invoke = log_events, invoke
"""

if __name__ == "__main__":
    unittest.main()
