#!/usr/bin/env python3
"""What Gordon reads is the project's, and what cannot be looked at is never taken for missing.

usage: test_reading.py GORDON PREFIX WORK

A table of all names that Gordon reads is combined with a table of enemies, such as a link out of the
project or a pipe. Each command that reads the name must end with an error at it, and soon. Links within
the project work, and are inputs.

Root may read everything. So where bubblewrap works, programs run as another user, who has no privileges;
what needs that is skipped elsewhere. All links lead to WORK.
"""
import functools
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import unittest
import zipfile

GORDON, PREFIX, WORK = map(pathlib.Path, sys.argv[1:4])
del sys.argv[1:4]
SECONDS = 30  # for programs with sanitizers on a machine that does other work: what waits, waits for ever
SECRET = "SECRET-" + "x" * 20
OTHER, BUILD, NOT_BUILT, ACTION, NO_APP, VALUE = 1, 21, 9, 6, 19, 24  # exit codes

PLAN, JSON, TEMPLATE, BUILDS = ("plan",), ("plan", "--json"), ("template",), ("build",)
RELEASE = ("release", "--stage", "prod", "--output", "r.tar.gz")
DIFF = ("diff", "--stage", "prod")
SETTINGS = (JSON, TEMPLATE, RELEASE, DIFF, PLAN, BUILDS)
PARAMETERS = (JSON, TEMPLATE, RELEASE, DIFF, BUILDS)
MANIFEST, CODE = (JSON, PLAN, BUILDS), (JSON, BUILDS)

LAMBDA = "lambdas:\n  l:\n    code: c\n    check-handler: false\n    runtime: "
FRAGMENT = """Resources:
  M: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionS3Location: m.json}}
  T: {Type: AWS::SNS::Topic, Properties: {DisplayName: text://t.txt,
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: i.yml}}}}
"""
PARTS = """httpapi: {h: {openapi: h.yml}}
apigateway: {r: {openapi: r.json}}
cloudformation:
  Resources:
    N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yml}}
    P: {Type: AWS::Lambda::Function, Properties: {Code: p, Handler: code.h, Runtime: python3.13, Role: x}}
    Z: {Type: AWS::Lambda::LayerVersion, Properties: {Content: z.zip}}
"""
MACHINE = "Resources: {M: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionS3Location: m.json}}}\n"
ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as zipped:
    zipped.writestr("python/code.py", "x = 1\n")
PROJECTS = {
    "python": {
        "app/settings.yml": LAMBDA + "python\n    environment:\n      AA: ref://Common\n      BB: ref://Own\n",
        "parameters/common.yml": "Common: 1\n", "parameters/prod.yml": f"Own: {SECRET}\n",
        "app/c/code.py": "x = 1\n", "app/c/.gordonignore": "ignored\n",
        "app/c/requirements.txt": "-r more.txt\n", "app/c/more.txt": "-c limits.txt\n./tool.whl\n",
        "app/c/limits.txt": "", "app/c/tool.whl": "wheel",
    },
    "node": {"app/settings.yml": LAMBDA + "node\n", "app/c/index.js": "0\n", "app/c/package.json": "{}",
             "app/c/package-lock.json": "{}", "app/c/.npmrc": "", "app/c/npm-shrinkwrap.json": "{}"},
    "maven": {"app/settings.yml": LAMBDA + "java\n", "app/c/A.java": "", "app/c/pom.xml": "<project/>"},
    "gradle": {"app/settings.yml": LAMBDA + "java\n", "app/c/A.java": "", "app/c/build.gradle": "",
               "app/c/gradle.properties": ""},
    "fragment": {"app/settings.yml": LAMBDA + "python\ncloudformation: more/f.yml\n", "app/c/code.py": "x = 1\n",
                 "app/more/f.yml": FRAGMENT, "app/more/t.txt": "text\n", "app/more/m.json": "{}", "app/more/i.yml": ""},
    "parts": {"app/settings.yml": LAMBDA + "python\n" + PARTS, "app/c/code.py": "x = 1\n", "app/n.yml": MACHINE,
              "app/m.json": "{}", "app/h.yml": "openapi: 3.0.1\npaths: {}\n",
              "app/r.json": '{"swagger": "2.0",\n"paths": {}}\n', "app/p/code.py": "x = 1\n",
              "app/p/.gordonignore": "ignored\n", "app/z.zip": ZIP.getvalue()},
    "layer": {"app/settings.yml": LAMBDA + "python\n    layers: y\nlayers: {y: {code: y}, z: {code: z.zip}}\n",
              "app/c/code.py": "x = 1\n", "app/y/code.py": "x = 1\n", "app/z.zip": ZIP.getvalue()},
    "go": {"app/settings.yml": LAMBDA + "go\n", "app/c/main.go": "", "app/c/go.mod": "", "app/c/go.sum": ""},
}
TEXT, FILE, FOLDER = "text", "file", "folder"  # must be a text or a file; or is a folder
NAMED = "named"  # a text, by a property that takes a folder in other resources
NAMES = [  # project, name, the commands that look at it, those that read or list it, exit code, more
    ("python", "settings.yml", SETTINGS, SETTINGS, OTHER, TEXT),
    ("python", "app", SETTINGS, (), OTHER, FOLDER),
    ("python", "app/settings.yml", SETTINGS, SETTINGS, OTHER, TEXT),
    ("python", "parameters", PARAMETERS, (JSON, TEMPLATE, BUILDS), OTHER, FOLDER),
    ("python", "parameters/common.yml", PARAMETERS, PARAMETERS, OTHER, TEXT),
    ("python", "parameters/prod.yml", PARAMETERS, PARAMETERS, OTHER, TEXT),
    ("python", "app/c", MANIFEST, CODE, BUILD, FOLDER),
    ("python", "app/c/code.py", CODE, (BUILDS,), BUILD, ""),
    ("python", "app/c/.gordonignore", CODE, CODE, BUILD, TEXT),
    ("python", "app/c/requirements.txt", MANIFEST, CODE, BUILD, TEXT),
    ("python", "app/c/more.txt", CODE, CODE, BUILD, TEXT),
    ("python", "app/c/limits.txt", CODE, CODE, BUILD, TEXT),
    ("python", "app/c/tool.whl", CODE, (BUILDS,), BUILD, ""),
    ("node", "app/c/package.json", MANIFEST, CODE, BUILD, TEXT),
    ("node", "app/c/package-lock.json", MANIFEST, (BUILDS,), BUILD, FILE),
    ("node", "app/c/.npmrc", CODE, (BUILDS,), BUILD, ""),
    ("node", "app/c/npm-shrinkwrap.json", CODE, (BUILDS,), BUILD, ""),
    ("maven", "app/c/pom.xml", MANIFEST, (BUILDS,), BUILD, FILE),
    ("gradle", "app/c/build.gradle", MANIFEST, (BUILDS,), BUILD, FILE),
    ("gradle", "app/c/gradle.properties", CODE, (BUILDS,), BUILD, ""),
    ("fragment", "app/more", (TEMPLATE,), (), OTHER, FOLDER),
    ("fragment", "app/more/f.yml", (TEMPLATE, DIFF), (TEMPLATE, DIFF), OTHER, TEXT),
    ("fragment", "app/more/t.txt", (TEMPLATE,), (TEMPLATE,), OTHER, TEXT),
    ("fragment", "app/more/m.json", (TEMPLATE, RELEASE), (TEMPLATE,), OTHER, NAMED),
    ("fragment", "app/more/i.yml", (TEMPLATE,), (TEMPLATE,), OTHER, NAMED),
    ("parts", "app/h.yml", (TEMPLATE, DIFF, RELEASE), (TEMPLATE, DIFF), OTHER, TEXT),
    ("parts", "app/r.json", (TEMPLATE, DIFF), (TEMPLATE, DIFF), OTHER, TEXT),
    ("parts", "app/n.yml", (TEMPLATE, DIFF), (TEMPLATE, DIFF), OTHER, NAMED),
    ("parts", "app/m.json", (TEMPLATE, DIFF), (TEMPLATE, DIFF), OTHER, NAMED),
    ("parts", "app/p", (TEMPLATE, DIFF), (TEMPLATE, DIFF), (OTHER, BUILD), FOLDER),
    ("parts", "app/p/code.py", (TEMPLATE, DIFF), (TEMPLATE, DIFF), BUILD, ""),
    ("parts", "app/p/.gordonignore", (TEMPLATE, DIFF), (TEMPLATE, DIFF), BUILD, TEXT),
    ("parts", "app/z.zip", (TEMPLATE, DIFF), (TEMPLATE, DIFF), OTHER, ""),
    ("layer", "app/y", CODE, CODE, BUILD, FOLDER),
    ("layer", "app/z.zip", (BUILDS,), (BUILDS,), BUILD, ""),
    ("go", "app/c/go.mod", CODE, (BUILDS,), BUILD, FILE),
    ("go", "app/c/go.sum", CODE, (), BUILD, ""),  # Go reads it
]
LOOKS, READS = 2, 3  # columns of NAMES
PIPE = r"it is a pipe, a socket or a device, not a file|Not a directory|neither a file nor a folder"


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def bind(path):
    """Makes a socket. Its name may be longer than an address can be."""
    folder = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{folder}/{path.name}")
    os.close(folder)


def replaced(make):
    """An enemy that stands where the file or folder was."""
    @functools.wraps(make)
    def apply(path):
        remove(path)
        make(path)
    return apply


def lead_out(path):
    """What is linked to is as it should be, but for a line more."""
    outside = path.parents[0]
    while outside.name != "project":
        outside = outside.parent
    outside = outside.parent / "outside" / path.name
    shutil.move(path, outside)
    for file in [outside] if outside.is_file() else outside.rglob("*.*"):
        if file.is_file():
            file.write_bytes(file.read_bytes() + f"# {SECRET}\n".encode())
    path.symlink_to(os.path.relpath(outside, path.parent))


def make_huge(path):
    with path.open("r+b") as file:
        file.truncate(1 << 40)


ENEMIES = {  # name: what it does, what the error says, for which names, which of the two kinds of commands
    "link out": (lead_out, "this link leads out of the project; copy what it links to", None, LOOKS),
    "link to a device": (replaced(lambda p: p.symlink_to("/dev/zero")), "this link leads out of the project",
                         (TEXT, NAMED, FILE, ""), LOOKS),
    "link to nothing": (replaced(lambda p: p.symlink_to("nothing")), "this link leads nowhere", None, LOOKS),
    "link to itself": (replaced(lambda p: p.symlink_to(p.name)), "this link leads to itself", None, LOOKS),
    "pipe": (replaced(os.mkfifo), PIPE, None, LOOKS),
    "socket": (replaced(bind), PIPE, None, LOOKS),
    "folder": (replaced(os.mkdir), "it is a folder, not a file", (TEXT, FILE), LOOKS),
    "huge": (make_huge, "it has more than 64 MB", (TEXT, NAMED), READS),
    "unreadable": (lambda p: p.chmod(0), "Permission denied", (TEXT, NAMED, FILE, ""), READS),
    "closed": (lambda p: p.chmod(0), "Permission denied", (FOLDER,), LOOKS),
    "unlistable": (lambda p: p.chmod(0o311), "Permission denied", (FOLDER,), READS),
    "unsearchable": (lambda p: p.chmod(0o644), "Permission denied", (FOLDER,), LOOKS),
}
AS_USER = ("unreadable", "closed", "unlistable", "unsearchable")


def other_user():
    """The words that begin a command that runs without root's privileges; none if that is impossible."""
    words = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", str(WORK), str(WORK),
             "--unshare-user", "--uid", "1000", "--gid", "1000"]
    closed = WORK / "closed"
    closed.touch()
    closed.chmod(0)
    try:
        can_read = subprocess.run([*words, "cat", closed], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                  check=False)
        return words if b"Permission denied" in can_read.stderr else []
    except OSError:
        return []


shutil.rmtree(WORK, ignore_errors=True)
WORK.mkdir(parents=True)
USER = other_user()


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


# `go list` names one file of a program; `go build` writes a script.
GO = r"""case $1 in
    list) printf '{"Dir": "%s", "Name": "main", "GoFiles": ["main.go"]}' "$PWD" ;;
    *) while [ $# -gt 0 ]; do [ "$1" != -o ] || { printf '#!/bin/sh\n' > "$2"; chmod +x "$2"; }; shift; done ;;
esac"""


def make_programs():
    """pip, npm, Maven, Gradle and Go that install nothing."""
    programs = WORK / "programs"
    programs.mkdir()
    for name, script in {
            "pip": "", "npm": "", "gradle": 'for a; do case $a in -Ptarget=*) echo > "${a#*=}/A.class"; esac; done',
            "mvn": "mkdir -p target/classes && echo > target/classes/A.class",
            "go": GO}.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    return programs


PROGRAMS = make_programs()
ENVIRONMENT = {**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "GORDON_AWS": "false",
               "GORDON_CACHE_DIR": str(WORK / "cache"), "HOME": str(WORK)}


def run_program(*command, folder, user=False):
    return subprocess.run([*(USER if user else []), *map(str, command)], cwd=folder, text=True, errors="replace",
                          env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=SECONDS)


@functools.lru_cache(None)
def original(kind):
    """A project that was built."""
    folder = WORK / "originals" / kind
    write(folder, {"settings.yml": "project: p\ncode-bucket: b-x\napps:\n  - app\n", **PROJECTS[kind]})
    run = run_program(GORDON, "build", folder=folder)
    assert run.returncode == 0, run.stdout
    return folder


class Reading(unittest.TestCase):
    number = 0

    def project(self, kind="python", **files):
        """A copy of a built project, with these files in place of some."""
        Reading.number += 1
        folder = WORK / f"{Reading.number}" / "project"
        shutil.copytree(original(kind), folder, symlinks=True)
        (folder.parent / "outside").mkdir()
        write(folder, {name.replace("__", "/"): text for name, text in files.items()})
        return folder

    def gordon(self, folder, *words, user=False):
        run = run_program(GORDON, *words, folder=folder, user=user)
        self.assertGreaterEqual(run.returncode, 0, run.stdout)
        self.assertNotIn("Sanitizer", run.stdout)
        return run

    def fails(self, run, code, place, text):
        self.assertIn(run.returncode, code if isinstance(code, tuple) else (code,), run.stdout)
        self.assertRegex(run.stdout, rf"(?m)(^|/){place}: error: .*({text})")
        self.assertNotIn(SECRET, run.stdout)

    def check_outputs(self, folder):
        """Nothing from outside, and no parameter, is in a zip or a template."""
        for path in (folder / "_build").rglob("*"):
            if path.suffix == ".zip" and path.stat().st_size:
                with zipfile.ZipFile(path) as opened:
                    for name in opened.namelist():
                        self.assertNotIn(SECRET.encode(), opened.read(name), (path, name))
            elif path.is_file():
                self.assertNotIn(SECRET.encode(), path.read_bytes(), path)

    # --- all names, all enemies ---

    def try_enemy(self, enemy):
        apply, text, fits, column = ENEMIES[enemy]
        for row in NAMES:
            kind, name, _, _, code, more = row
            if fits and more not in fits or not row[column]:
                continue
            folder = self.project(kind)
            apply(folder / name)
            place = re.escape(name) + (r"(/[^:/]+)?" if more == FOLDER else "")
            for command in row[column]:
                with self.subTest(name=name, command=" ".join(command)):
                    run = self.gordon(folder, *command, user=enemy in AS_USER)
                    self.fails(run, code, place, text)
                    self.assertFalse((folder / "r.tar.gz").exists())
                    self.check_outputs(folder)
            if enemy in AS_USER:
                (folder / name).chmod(0o755)  # it can be deleted by anybody

    def test_link_out(self):
        self.try_enemy("link out")

    def test_link_to_a_device(self):
        self.try_enemy("link to a device")

    def test_link_to_nothing(self):
        self.try_enemy("link to nothing")

    def test_link_to_itself(self):
        self.try_enemy("link to itself")

    def test_pipe(self):
        self.try_enemy("pipe")

    def test_socket(self):
        self.try_enemy("socket")

    def test_folder_in_place_of_a_file(self):
        self.try_enemy("folder")

    def test_folder_in_place_of_a_named_file(self):
        for name, line in (("m.json", 2), ("i.yml", 4)):
            folder = self.project("fragment")
            remove(folder / "app/more" / name)
            (folder / "app/more" / name).mkdir()
            self.fails(self.gordon(folder, *TEMPLATE), VALUE, rf"app/more/f\.yml:{line}:\d+",
                       rf"this takes a file, and app/more/{name} is a folder")

    def test_huge(self):
        self.try_enemy("huge")

    def test_file_in_place_of_a_folder(self):
        for name, commands, code, text in (("app", SETTINGS, NO_APP, "there is no app 'app'"),
                                           ("parameters", PARAMETERS, OTHER, "Not a directory")):
            folder = self.project()
            remove(folder / name)
            (folder / name).write_text("")
            for command in commands:
                run = self.gordon(folder, *command)
                self.assertEqual(run.returncode, code, run.stdout)
                self.assertIn(text, run.stdout)

    @unittest.skipUnless(USER, "needs bubblewrap")
    def test_unreadable(self):
        self.try_enemy("unreadable")

    @unittest.skipUnless(USER, "needs bubblewrap")
    def test_closed_folder(self):
        self.try_enemy("closed")

    @unittest.skipUnless(USER, "needs bubblewrap")
    def test_unlistable_folder(self):
        self.try_enemy("unlistable")

    @unittest.skipUnless(USER, "needs bubblewrap")
    def test_unsearchable_folder(self):
        self.try_enemy("unsearchable")

    # --- links within the project ---

    def test_links_within(self):
        """They work; the folder of each link is an input, because a link that changes has no other sign."""
        for kind, name, *_ in NAMES:
            with self.subTest(name=name):
                folder = self.project(kind)
                before = {path.name: path.read_bytes() for path in (folder / "_build").glob("**/*.*")
                          if path.is_file() and ".gordon" not in path.parts}
                shutil.rmtree(folder / "_build")
                if not (folder / name).is_dir():  # of a link to a link
                    (folder / "first").mkdir()
                    (folder / "first/link").symlink_to("../second")
                    shutil.move(folder / name, folder / "second")
                    (folder / name).symlink_to(folder / "first/link")
                else:
                    shutil.move(folder / name, folder / "second")
                    (folder / name).symlink_to(os.path.relpath(folder / "second", (folder / name).parent))
                run = self.gordon(folder, "plan", "--json")
                self.assertEqual(run.returncode, 0, run.stdout)
                noted = {path for output in json.loads(run.stdout)["outputs"] for path in output["folders"]}
                self.assertIn(str((folder / name).parent.resolve()), noted)
                if (folder / "first").exists():
                    self.assertIn(str(folder / "first"), noted)
                run = self.gordon(folder, "build")
                self.assertEqual(run.returncode, 0, run.stdout)
                for path in (folder / "_build").glob("**/*.*"):
                    if path.is_file() and ".gordon" not in path.parts:
                        self.assertEqual(path.read_bytes(), before[path.name], path)
                if kind == "python":
                    run = self.gordon(folder, *RELEASE)
                    self.assertEqual(run.returncode, 0, run.stdout)

    def test_code_of_the_project_for_a_lambda_of_gordon(self):
        """The project may give a lambda of Gordon's own apps other code, which then is the project's."""
        folder = self.project()
        write(folder, {"settings.yml": "project: p\ncode-bucket: b-x\napps:\n  - gordon.contrib.lambdas:\n"
                                       f"      lambdas: {{version: {{code: {folder}/mine.py}}}}\n",
                       "mine.py": "x = 1\n"})
        run = self.gordon(folder, "build")
        self.assertEqual(run.returncode, 0, run.stdout)
        (folder / "mine.py").unlink()
        write(folder.parent, {"outside/theirs.py": "x = 2\n"})
        (folder / "mine.py").symlink_to("../outside/theirs.py")
        self.fails(self.gordon(folder, "build"), BUILD, "mine.py", "leads out of the project")

    def test_project_behind_a_link(self):
        folder = self.project()
        link = folder.parent / "link"
        link.symlink_to("project")
        (folder / "app/c/inner.py").symlink_to("../../other.py")
        (folder / "other.py").write_text("y = 1\n")
        for project in (link, link / "settings.yml"):
            for command in (c for c in SETTINGS if c != DIFF):
                run = self.gordon(folder.parent, *command, "--project", project)
                self.assertEqual(run.returncode, 0, run.stdout)

    def test_link_that_changes(self):
        """A link to other settings and other parameters builds again."""
        folder = self.project()
        app = folder / "app/settings.yml"
        shutil.move(app, folder / "one.yml")
        (folder / "two.yml").write_text((folder / "one.yml").read_text() + "    description: two\n")
        app.symlink_to("../one.yml")
        self.assertEqual(self.gordon(folder, "build").returncode, 0)
        app.unlink()
        app.symlink_to("../two.yml")
        self.assertEqual(self.gordon(folder, "build").returncode, 0)
        self.assertIn('"two"', (folder / "_build/0003_r.json").read_text())

    # --- links on the way ---

    def test_links_on_the_way(self):
        for code in ("way/file.py", "way/folder", "deep/way/file.py", "way/deep/../file.py"):
            with self.subTest(code=code):
                folder = self.project(app__settings_yml="")
                (folder / "app/settings.yml").write_text(LAMBDA.replace("code: c", f"code: {code}") + "python\n")
                outside = folder.parent / "outside"
                write(outside, {"file.py": SECRET, "folder/code.py": SECRET, "deep/file.py": SECRET})
                link = folder / "app" / code.partition("way")[0] / "way"
                link.parent.mkdir(exist_ok=True)
                link.symlink_to(outside)
                for command in CODE:
                    self.fails(self.gordon(folder, *command), BUILD, "way", "this link leads out of the project")
                self.check_outputs(folder)

    def test_links_on_the_way_within(self):
        folder = self.project()
        (folder / "app/settings.yml").write_text(LAMBDA.replace("code: c", "code: way/file.py") + "python\n")
        (folder / "app/way").symlink_to("../elsewhere")
        write(folder, {"elsewhere/file.py": "z = 1\n"})
        run = self.gordon(folder, "build")
        self.assertEqual(run.returncode, 0, run.stdout)
        run = self.gordon(folder, "plan", "--json")
        zips = [output for output in json.loads(run.stdout)["outputs"] if output["kind"] == "zip"]
        self.assertIn(str(folder / "app"), zips[0]["folders"])

    # --- what a requirements file names ---

    def test_requirements_outside(self):
        outside = WORK / "more"
        write(outside, {"more.txt": "", "x.whl": ""})
        for line in (f"-r {outside}/more.txt", f"--constraint={outside}/more.txt", f"{outside}/x.whl",
                     "-r ../../../../more/more.txt", "../../../../more/x.whl"):
            with self.subTest(line=line):
                folder = self.project(app__c__requirements_txt="")
                (folder / "app/c/requirements.txt").write_text(line + "\n")
                for command in CODE:
                    self.fails(self.gordon(folder, *command), BUILD, r"app/c/requirements\.txt:1:1",
                               "is outside of the project")

    def test_requirements_that_are_no_files(self):
        folder = self.project()
        path = folder / "app/c/requirements.txt"
        path.write_text("name @ https://example.com/" + "x" * 5000 + "\n" + "y" * 300 + "\nrequests==1.0 --hash=sha256:"
                        + "0" * 64 + "\n-r ../c/more.txt\n")
        run = self.gordon(folder, "plan", "--json")
        self.assertEqual(run.returncode, 0, run.stdout)
        wrong = ["-r missing.txt", "-r https://example.com/r.txt", "-r " + "z" * 300, "./" + "z/" * 3000]
        path.write_text("\n".join(wrong) + "\n")
        run = self.gordon(folder, "plan", "--json")
        for i, words in enumerate(["is not there", "at a URL", "a name this long", "a name this long"]):
            self.assertRegex(run.stdout, rf"app/c/requirements\.txt:{i + 1}:1: error: .*{words}")

    # --- parameters ---

    def test_parameters_by_a_link(self):
        """The values are not packed, whatever path leads to them."""
        for name, make in {
                "c/link": lambda p: (p / "app/c/link").symlink_to("../../parameters"),
                "c/prod.yml": lambda p: (p / "app/c/prod.yml").symlink_to("../../parameters/prod.yml"),
                "c/hard.txt": lambda p: os.link(p / "parameters/prod.yml", p / "app/c/hard.txt"),
                "c/kept.yml": lambda p: (shutil.move(p / "parameters/prod.yml", p / "app/c/kept.yml"),
                                         (p / "parameters/prod.yml").symlink_to("../app/c/kept.yml")),
                "c/kept": lambda p: (shutil.move(p / "parameters", p / "app/c/kept"),
                                     (p / "parameters").symlink_to("app/c/kept")),
        }.items():
            with self.subTest(name=name):
                folder = self.project()
                make(folder)
                for command in CODE:
                    self.fails(self.gordon(folder, *command), BUILD, name, "this leads to the project's parameters")
                self.check_outputs(folder)
                (folder / "app/c/.gordonignore").write_text(name[2:])
                run = self.gordon(folder, "build")
                self.assertEqual(run.returncode, 0, run.stdout)
                self.check_outputs(folder)

    def test_parameters_as_code(self):
        for code in ("parameters", "parameters/prod.yml"):
            with self.subTest(code=code):
                folder = self.project()
                (folder / "settings.yml").write_text(
                    "project: p\ncode-bucket: b-x\n" + LAMBDA.replace("code: c", f"code: {code}") + "python\n")
                run = self.gordon(folder, "build")
                self.fails(run, BUILD, r"parameters/\w+\.yml", "this leads to the project's parameters")
                self.check_outputs(folder)

    def test_parameters_in_templates(self):
        """No path leads to their values in a template, in a file for S3, or in a message with their lines."""
        for more, link in (("cloudformation: parameters/prod.yml", None), ("cloudformation: f.yml", "f.yml"),
                           ("outputs: {A: text://parameters/prod.yml}", None), ("outputs: {A: text://f.yml}", "f.yml"),
                           ("cloudformation: {Resources: {M: {Type: AWS::StepFunctions::StateMachine, Properties: "
                            "{DefinitionS3Location: parameters/prod.yml}}}}", None),
                           ("cloudformation: {Transform: {Name: AWS::Include, Parameters: {Location: f.yml}}}", "f.yml"),
                           ("", "app/settings.yml"), ("", "settings.yml")):
            for make in (os.link, os.symlink) if link else (None,):
                with self.subTest(more=more, link=link, make=make):
                    folder = self.project()
                    (folder / "settings.yml").write_text("project: p\ncode-bucket: b-x\napps:\n  - app\n" + more + "\n")
                    if make:
                        (folder / link).unlink(missing_ok=True)
                        make(folder / "parameters/prod.yml", folder / link)
                    self.fails(self.gordon(folder, "build"), OTHER, link or "parameters/prod.yml",
                               "this leads to the project's parameters")
                    self.check_outputs(folder)

    def test_parameters_beside_code(self):
        """Those in the code folder itself are left out."""
        folder = self.project()
        (folder / "settings.yml").write_text(
            "project: p\ncode-bucket: b-x\n" + LAMBDA.replace("code: c", "code: .") + "python\n")
        run = self.gordon(folder, "build")
        self.assertEqual(run.returncode, 0, run.stdout)
        self.check_outputs(folder)

    def test_values_from_anywhere(self):
        """file:// and envdir:// may lead out of the project: that is what they are for."""
        folder = self.project()
        (folder.parent / "outside/value").write_text("v\n")
        (folder / "link").symlink_to(folder.parent / "outside/value")
        for value in ("file://../outside/value", "file://link", f"envdir://{folder.parent}/outside/value"):
            (folder / "parameters/prod.yml").write_text(f"Own: {value}\n")
            self.assertEqual(self.gordon(folder, "build").returncode, 0)
            run = self.gordon(folder, "apply", "--stage", "prod")
            self.assertNotRegex(run.stdout, "cannot be read|leads out")

    def test_all_stages(self):
        for enemy in ("link out", "link to nothing", "pipe", *(["unlistable"] if USER else [])):
            with self.subTest(enemy=enemy):
                folder = self.project()
                apply, text, _, _ = ENEMIES[enemy]
                apply(folder / "parameters")
                run = self.gordon(folder, "diff", "--stages-all", user=enemy in AS_USER)
                self.fails(run, OTHER, "parameters", f"{text}|Not a directory")

    # --- lines of files ---

    def test_places_of_a_plan(self):
        """places.json names a file; lines of it are shown only if it is the project's."""
        folder = self.project()
        plan = folder / "_build/.gordon/lambdas/app_l/plan.json"
        self.assertEqual(self.gordon(folder, "plan").returncode, 0)
        places = plan.with_name("places.json")
        good = places.read_text()
        shutil.rmtree(folder / "app/c")
        run = self.gordon(folder, "package", "--plan", plan)
        self.assertIn("3 |     code: c", run.stdout)
        (folder.parent / "outside/netrc").write_text(SECRET + "\n")
        (folder / "inside").symlink_to(folder.parent / "outside/netrc")
        for place in (folder.parent / "outside/netrc", folder / "inside", folder / "parameters/prod.yml",
                      folder / "../outside/netrc", "/dev/zero"):
            with self.subTest(place=place):
                hostile = json.loads(good)
                for one in hostile:
                    one[:2] = [str(place), 1]
                places.write_text(json.dumps(hostile))
                run = self.gordon(folder, "package", "--plan", plan)
                self.assertEqual(run.returncode, BUILD, run.stdout)
                self.assertNotIn(SECRET, run.stdout)
                self.assertNotIn(" | ", run.stdout)

    def test_places_of_a_state(self):
        """The same for the warnings that the state of the last build holds."""
        folder = self.project()
        (folder / "settings.yml").write_text("project: p\ncode-bucket: b-x\napps:\n  - app\n  - empty\n")
        (folder / "empty").mkdir()
        (folder.parent / "out").mkdir()
        (folder.parent / "out/s.txt").write_text((SECRET + "\n") * 9)
        for _ in range(2):
            self.assertIn("5 |   - empty", self.gordon(folder, "build").stdout)
        state = folder / "_build/.gordon/state"
        text = state.read_text()
        self.assertIn(" 12 settings.yml\n", text)
        state.write_text(text.replace(" 12 settings.yml\n", " 12 ../out/s.txt\n"))
        run = self.gordon(folder, "build")
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertIn("s.txt:5", run.stdout)
        self.assertNotIn(SECRET, run.stdout)

    # --- releases ---

    def release(self, folder, change):
        """Writes a release, changes its files, and makes the digests and the seal again."""
        made = folder / "r.tar.gz"
        self.assertEqual(self.gordon(folder, *RELEASE).returncode, 0)
        packed = made.read_bytes()
        with tarfile.open(made) as tar:
            files = {member.name: tar.extractfile(member).read() for member in tar}
        manifest = json.loads(files.pop("manifest.json"))
        change(files, manifest)
        manifest["files"] = [{"path": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                             for name, data in sorted(files.items())]
        files["manifest.json"] = json.dumps(manifest).encode()
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for name, data in sorted(files.items()):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        body = gzip.compress(out.getvalue(), mtime=0)
        digits = list(re.finditer(rb"[0-9a-f]{64}", packed))[-1]
        start = packed.rindex(b"\x1f\x8b", 0, digits.start())
        made.write_bytes(body + packed[start:digits.start()] + hashlib.sha256(body).hexdigest().encode()
                         + packed[digits.end():])
        return self.gordon(folder, "apply", "--release", made)

    def test_release_that_is_as_it_was(self):
        run = self.release(self.project(), lambda files, manifest: None)
        self.assertNotIn("this is no release", run.stdout)

    def test_places_of_a_release(self):
        (WORK / "netrc").write_text((SECRET + "\n") * 9)
        for file in ("../netrc", "../" * 12 + str(WORK)[1:] + "/netrc", str(WORK / "netrc"), "a/../../b", "", "./x"):
            with self.subTest(file=file):
                def change(files, manifest, file=file):
                    manifest["places"]["parameters"]["Own"] = f"{file}:1:1"
                run = self.release(self.project(), change)
                self.fails(run, OTHER, r"r\.tar\.gz", "an invalid place")

    def test_lines_of_a_release(self):
        """A place in the release's own parameters shows no line of them."""
        def change(files, manifest):
            files["parameters/prod.yml"] = f"# {SECRET}\nOwn2: x\n".encode()
            for table in manifest["places"].values():
                for key in table:
                    table[key] = "parameters/prod.yml:1:1"
        run = self.release(self.project(), change)
        self.assertEqual(run.returncode, 2, run.stdout)
        self.assertIn("prod.yml:1:1: error: ", run.stdout)
        self.assertNotIn(SECRET, run.stdout)

    def test_actions_of_a_release(self):
        """No action names a file outside of the release, or of the build."""
        (WORK / "netrc").write_text(SECRET)
        for file in ("../netrc", str(WORK / "netrc"), "code/../../netrc"):
            with self.subTest(file=file):
                def change(files, manifest, file=file):
                    step = json.loads(files["0002_pr_r.json"])
                    step["actions"][0]["filename"] = file
                    files["0002_pr_r.json"] = json.dumps(step).encode()
                folder = self.project()
                run = self.release(folder, change)
                self.assertEqual(run.returncode, ACTION, run.stdout)
                self.assertIn("an action names the file", run.stdout)
                files = {"0002_pr_r.json": (folder / "_build/0002_pr_r.json").read_bytes()}
                change(files, {})
                (folder / "_build/0002_pr_r.json").write_bytes(files["0002_pr_r.json"])
                run = self.gordon(folder, *RELEASE)
                self.assertEqual(run.returncode, ACTION, run.stdout)

    # --- Gordon's own files ---

    def test_own_files(self):
        """The state, lists and outputs: what cannot be read is no earlier build that did not happen."""
        plan = ("package", "--plan", "_build/.gordon/lambdas/app_l/plan.json")
        for name, commands, unreadable in (
                ("state", (BUILDS, DIFF), True), ("zips", (BUILDS, PLAN), True), ("building", (BUILDS,), False),
                ("../0001_p.json", (RELEASE, DIFF), True), ("../code/app_l.zip", (RELEASE, DIFF), False),
                ("lambdas/app_l/plan.json", (plan,), True)):
            for enemy in ("pipe", "socket", "link to itself", *(["unreadable"] if unreadable and USER else [])):
                with self.subTest(name=name, enemy=enemy):
                    folder = self.project()
                    self.assertEqual(self.gordon(folder, "plan").returncode, 0)
                    path = pathlib.Path(os.path.normpath(folder / "_build/.gordon" / name))
                    path.touch()
                    ENEMIES[enemy][0](path)
                    for command in commands:
                        run = self.gordon(folder, *command, user=enemy == "unreadable")
                        self.assertNotEqual(run.returncode, 0, run.stdout)
                        self.assertRegex(run.stdout, rf"{re.escape(path.name)}: error: ")
                        if not os.path.lexists(path):
                            break  # a template goes when a build fails

    @unittest.skipUnless(USER, "needs bubblewrap")
    def test_own_folders(self):
        for name, mode, commands in (("_build", 0o311, (BUILDS, PLAN, RELEASE)), ("_build", 0, (BUILDS, PLAN, RELEASE)),
                                     ("_build/.gordon", 0o644, (BUILDS, PLAN, RELEASE)),
                                     ("_build/.gordon/lambdas", 0, (PLAN, BUILDS)), ("work", 0o311, ("work",))):
            with self.subTest(name=name, mode=mode):
                folder = self.project()
                (folder / name).mkdir(exist_ok=True)
                (folder / "work").mkdir(exist_ok=True)
                (folder / "work/photo").write_text("mine")
                (folder / name).chmod(mode)
                for command in commands:
                    if command == "work":
                        command = ("plan", "--work-dir", "work")
                    run = self.gordon(folder, *command, user=True)
                    self.assertNotEqual(run.returncode, 0, run.stdout)
                    self.assertRegex(run.stdout, rf"{name}(/[^:]+)?: error: ")
                (folder / name).chmod(0o755)
                self.assertFalse((folder / "work/made-by-gordon").exists())

    # --- CMake ---

    LISTS = ("cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES NONE)\n"
             "find_package(Gordon 1.0 REQUIRED)\ngordon_add_project(demo SETTINGS settings.yml)\n")

    def cmake(self, folder, *words):
        return run_program("cmake", *words, folder=folder)

    def test_cmake_link_that_changes(self):
        """A link to other settings, or to other parameters, that are as old as the ones before."""
        folder = self.project()
        (folder / "CMakeLists.txt").write_text(self.LISTS)
        for name, before, after, sign in (("app/settings.yml", "", "    description: two\n", '"two"'),
                                          ("parameters/prod.yml", "", "Common: ssm://x\n", '"NoEcho"')):
            path = folder / name
            (folder / "kept").mkdir(exist_ok=True)
            for kept, more in (("one", before), ("two", after)):
                kept = folder / "kept" / f"{kept}-{path.name}"
                kept.write_text(path.read_text() + more)
                os.utime(kept, (1e9, 1e9))
            path.unlink()
            path.symlink_to(f"{'../' * name.count('/')}kept/one-{path.name}")
            run = self.cmake(folder, "-B", "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}")
            self.assertEqual(run.returncode, 0, run.stdout)
            run = self.cmake(folder, "--build", "build")
            self.assertEqual(run.returncode, 0, run.stdout)
            self.assertNotIn(sign, (folder / "build/demo/0003_r.json").read_text())
            path.unlink()
            path.symlink_to(f"{'../' * name.count('/')}kept/two-{path.name}")
            run = self.cmake(folder, "--build", "build")
            self.assertIn(sign, (folder / "build/demo/0003_r.json").read_text(), run.stdout)
            run = self.cmake(folder, "--build", "build")
            self.assertIn("no work to do", run.stdout)

    def test_cmake(self):
        for enemy in ("link to nothing", "link out", "pipe"):
            for name in ("app", "app/settings.yml", "app/c/requirements.txt"):
                with self.subTest(enemy=enemy, name=name):
                    folder = self.project()
                    (folder / "CMakeLists.txt").write_text(self.LISTS)
                    ENEMIES[enemy][0](folder / name)
                    run = self.cmake(folder, "-B", "build", f"-DCMAKE_PREFIX_PATH={PREFIX}")
                    self.assertNotEqual(run.returncode, 0, run.stdout)
                    self.assertRegex(run.stdout, rf"{re.escape(name)}: error: .*({ENEMIES[enemy][1]})")


if __name__ == "__main__":
    unittest.main()
