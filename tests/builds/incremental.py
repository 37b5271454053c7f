#!/usr/bin/env python3
"""A change runs exactly the edges that it must run.

usage: incremental.py GENERATOR PREFIX WORK CMAKE

GENERATOR is a generator of CMake, or "gordon" for `gordon build` without CMake.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest
import zipfile

GENERATOR, PREFIX, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
CMAKE = sys.argv[4]
del sys.argv[1:5]

FILES = {
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(incremental LANGUAGES NONE)
find_package(Gordon 1.0 REQUIRED)
gordon_add_project(demo SETTINGS settings.yml)
""",
    "settings.yml": """project: demo
code-bucket: demo
pip-path: sh "%s"
apps: [app]
""" % (WORK / "project" / "pip"),
    "app/settings.yml": """lambdas:
  file: {code: file.py}
  folder: {code: folder, runtime: python, environment: {WORD: ref://Word}}
  third: {code: third.py}
""",
    "parameters/common.yml": "Word: one\n",
    "app/file.py": "x = 1\n",
    "app/third.py": "x = 1\n",
    "app/folder/code.py": "x = 1\n",
    "app/folder/parts/one.py": "x = 1\n",
    "app/folder/requirements.txt": "first\n",
    # A substitute for pip.
    "pip": """if [ "$1" = --version ]; then echo "pip 1, asked" >> "%(log)s"; echo pip 1; exit; fi
echo run >> "%(log)s"
while [ "$1" != --target ]; do shift; done
if [ -e "%(wait)s" ]; then rm "%(wait)s"; sleep 60; fi
echo "# installed" > "$2/installed.py"
cat requirements.txt > "$2/asked.txt"
""" % {"log": WORK / "pip.log", "wait": WORK / "wait"},
}
FOLDER = {"install app.folder", "app.folder"}
ALONE = GENERATOR == "gordon"
ALL = {"app.file", "app.third", "templates", *FOLDER}


class Ran(set):
    """The edges that ran in a build."""


class Incremental(unittest.TestCase):
    def assertEqual(self, first, second, msg=None):
        """`gordon build` reports the lambdas only, so expected edges of other kinds do not count."""
        if ALONE and isinstance(first, Ran):
            second = {name for name in second if name != "templates" and " " not in name}
        super().assertEqual(set(first) if isinstance(first, Ran) else first, second, msg)

    def setUp(self):
        shutil.rmtree(WORK, ignore_errors=True)
        shutil.copytree(PREFIX, WORK / "prefix")
        self.project, self.outputs = WORK / "project", WORK / "build" / "demo"
        os.environ["GORDON_CACHE_DIR"] = str(WORK / "cache")
        for name, text in FILES.items():
            self.write(name, text)
        self.configure()
        self.assertEqual(self.build(), ALL)
        self.addCleanup(lambda: self.assertEqual(self.build(), set(), "and then nothing"))

    def configure(self, *options):
        if ALONE:
            return
        self.run_cmake(*options, "-S", self.project, "-B", WORK / "build", "-G", GENERATOR,
                       "-Werror=dev", "-Werror=deprecated",
                       "-DCMAKE_PREFIX_PATH=%s" % (WORK / "prefix"))

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_cmake(self, *arguments, fails=False):
        run = subprocess.run([CMAKE, *map(str, arguments)], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode != 0, fails, run.stdout)
        return run.stdout

    def build(self, fails=False):
        """Returns what ran: "<lambda>" for a zip, "install <lambda>", and "templates"."""
        if ALONE:
            run = subprocess.run([WORK / "prefix/bin/gordon", "build", "--debug", "--build-dir",
                                  self.outputs, "-j2"], cwd=self.project, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            super().assertEqual(run.returncode != 0, fails, run.stdout)
            return Ran(re.findall(r"gordon: packing (\S+)", run.stdout))
        said = self.run_cmake("--build", WORK / "build", fails=fails)
        ran = set(re.findall(r"Packing (\S+)", said))
        ran |= {"install " + name for name in re.findall(r"Installing what (\S+)", said)}
        return Ran(ran | ({"templates"} if "Writing the templates" in said else set()))

    def times(self):
        return {p.name: p.stat().st_mtime_ns for p in self.outputs.rglob("*")
                if p.is_file() and ".gordon" not in p.parts}

    def changed(self, before):
        after = self.times()
        return {name for name in after if before.get(name) != after[name]}

    def pip_runs(self):
        return (WORK / "pip.log").read_text().count("run")

    def zipped(self, name):
        with zipfile.ZipFile(self.outputs / "code" / name) as zipped:
            return {entry: zipped.read(entry).decode() for entry in zipped.namelist()}

    def test_nothing(self):
        before = self.times()
        self.assertEqual(self.build(), set())
        self.assertEqual(self.changed(before), set())

    def test_source_file(self):
        before = self.times()
        self.write("app/file.py", "x = 2\n")
        self.assertEqual(self.build(), {"app.file"})
        self.assertEqual(self.changed(before), {"app_file.zip"})

    def test_source_file_deep_in_a_folder(self):
        runs = self.pip_runs()
        self.write("app/folder/parts/one.py", "x = 2\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.pip_runs(), runs)

    def test_requirements_of_another_file(self):
        self.write("common.txt", "one\n")
        self.write("app/folder/requirements.txt", "-r ../../common.txt\n")
        self.assertEqual(self.build(), FOLDER)
        runs = self.pip_runs()
        self.write("common.txt", "two\n")
        self.assertEqual(self.build(), FOLDER)
        self.assertEqual(self.pip_runs(), runs + 1)

    def test_touched_file_of_the_same_content(self):
        before = self.times()
        (self.project / "app/folder/code.py").touch()
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.changed(before), set())

    def test_mode(self):
        """A zip has the execute permission of a file. chmod does not change the modification time, so
        Ninja and Make notice it with the next change only; `gordon build` compares the change time."""
        code = self.project / "app/folder/code.py"
        code.chmod(0o755)
        self.assertEqual(self.build(), {"app.folder"} if ALONE else set())
        self.write("app/folder/parts/one.py", "x = 2\n")
        self.assertEqual(self.build(), {"app.folder"})
        with zipfile.ZipFile(self.outputs / "code/app_folder.zip") as zipped:
            self.assertEqual(zipped.getinfo("code.py").external_attr >> 16, 0o100755)

    @unittest.skipUnless(ALONE, "Ninja and Make compare times only")
    def test_build_in_source(self):
        """Files that the commands write into the source are no change if they have the same content again."""
        self.write("app/settings.yml", FILES["app/settings.yml"] + "  built:\n    code: built\n"
                   "    runtime: python\n    check-handler: false\n    build-in-source: true\n"
                   "    build: cat in.txt | tee made.txt > {target}/made.txt\n")
        self.write("app/built/in.txt", "one\n")
        self.assertEqual(self.build(), {"app.built"})
        self.assertEqual(self.build(), {"app.built"})  # because made.txt is new
        self.assertEqual(self.build(), set())
        self.write("app/built/in.txt", "two\n")
        self.assertEqual(self.build(), {"app.built"})
        self.assertEqual(self.build(), {"app.built"})
        self.assertEqual(self.build(), set())
        self.assertEqual(self.zipped("app_built.zip")["made.txt"], "two\n")
        (self.outputs / "code/app_built.zip").unlink()
        self.assertEqual(self.build(), {"app.built"})
        self.assertEqual(self.build(), set())

    @unittest.skipUnless(ALONE, "Ninja and Make compare times only")
    def test_build_in_source_changes_meanwhile(self):
        """A file that the author writes while the commands run is packed by the next build."""
        self.write("app/settings.yml", FILES["app/settings.yml"] + "  built:\n    code: built\n"
                   "    runtime: python\n    check-handler: false\n    build-in-source: true\n"
                   "    build: cp in.txt {target}; if [ -e ../again ]; then rm ../again; echo two > in.txt; fi\n")
        self.write("app/built/in.txt", "one\n")
        self.assertEqual(self.build(), {"app.built"})
        self.assertEqual(self.build(), set())
        self.write("app/again", "")
        self.write("app/built/in.txt", "once\n")
        self.assertEqual(self.build(), {"app.built"})
        self.assertEqual(self.zipped("app_built.zip")["in.txt"], "once\n")
        self.assertEqual(self.build(), {"app.built"})
        self.assertEqual(self.zipped("app_built.zip")["in.txt"], "two\n")

    def test_file_added_and_removed(self):
        before = self.times()
        self.write("app/folder/parts/two.py", "x = 2\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.changed(before), {"app_folder.zip"})
        (self.project / "app/folder/parts/two.py").unlink()
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.build(), set())

    def test_description(self):
        before = self.times()
        self.write("app/settings.yml", FILES["app/settings.yml"].replace(
            "{code: file.py}", "{code: file.py, description: New}"))
        self.assertEqual(self.build(), {"templates"})
        self.assertEqual(self.changed(before), {"0003_r.json"})

    def test_requirements(self):
        runs = self.pip_runs()
        self.write("app/folder/requirements.txt", "second\n")
        self.assertEqual(self.build(), FOLDER)
        self.assertEqual(self.pip_runs(), runs + 1)
        self.assertEqual(self.zipped("app_folder.zip")["asked.txt"], "second\n")
        self.write("app/folder/requirements.txt", "first\n")  # it is still in the cache
        self.assertEqual(self.build(), FOLDER)
        self.assertEqual(self.pip_runs(), runs + 1)
        self.assertEqual(self.zipped("app_folder.zip")["asked.txt"], "first\n")

    def test_requirements_gone_and_back(self):
        (self.project / "app/folder/requirements.txt").unlink()
        self.assertEqual(self.build(), FOLDER)
        self.assertNotIn("installed.py", self.zipped("app_folder.zip"))
        self.assertEqual(self.build(), set())
        self.write("app/folder/requirements.txt", "third\n")
        self.build()
        self.assertEqual(self.zipped("app_folder.zip")["asked.txt"], "third\n")

    def test_requirements_appear(self):
        """requirements.txt is created after CMake configured: it has no edge of its own, but is installed."""
        self.write("app/settings.yml", FILES["app/settings.yml"] +
                   "  later: {code: later, runtime: python}\n")
        self.write("app/later/code.py", "x = 1\n")
        self.assertEqual(self.build(), {"app.later", "templates"})
        self.write("app/later/requirements.txt", "later\n")
        self.assertEqual(self.build(), {"app.later"})
        self.assertEqual(self.zipped("app_later.zip")["asked.txt"], "later\n")
        self.assertEqual(self.build(), set())
        self.configure()
        self.build()  # from now on it has its own edge
        self.write("app/later/requirements.txt", "once-more\n")
        self.assertEqual(self.build(), {"install app.later", "app.later"})

    def test_shared_install(self):
        """The same manifest in another lambda installs nothing again, and does not run the tool."""
        log = (WORK / "pip.log").read_text()
        self.write("app/settings.yml", FILES["app/settings.yml"] +
                   "  twin: {code: twin, runtime: python}\n")
        self.write("app/twin/code.py", "x = 1\n")
        self.write("app/twin/requirements.txt", "first\n")
        self.assertEqual(self.build(), {"install app.twin", "app.twin", "templates"})
        self.assertEqual((WORK / "pip.log").read_text(), log)
        self.assertEqual(self.zipped("app_twin.zip")["installed.py"], "# installed\n")

    def test_wiped(self):
        """A new build tree uses the cache, and writes the same zips."""
        before = {path.name: path.read_bytes() for path in self.outputs.rglob("*.zip")}
        log = (WORK / "pip.log").read_text()
        shutil.rmtree(WORK / "build")
        self.configure()
        self.assertEqual(self.build(), ALL)
        self.assertEqual((WORK / "pip.log").read_text(), log)
        self.assertEqual({path.name: path.read_bytes() for path in self.outputs.rglob("*.zip")},
                         before)

    def test_cache_wiped(self):
        """The build tree does not need the cache after an installation."""
        shutil.rmtree(WORK / "cache")
        self.write("app/folder/code.py", "x = 2\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertIn("installed.py", self.zipped("app_folder.zip"))

    def test_another_tool(self):
        runs = self.pip_runs()
        self.write("pip", FILES["pip"].replace("pip 1", "pip 2"))
        self.assertEqual(self.build(), {"install app.folder", "app.folder"})
        self.assertEqual(self.pip_runs(), runs + 1)

    def test_killed_install(self):
        (WORK / "wait").touch()
        self.write("app/folder/requirements.txt", "killed\n")
        command = [CMAKE, "--build", WORK / "build"]
        if ALONE:
            command = [WORK / "prefix/bin/gordon", "build", "--build-dir", self.outputs]
        build = subprocess.Popen(command, cwd=self.project, start_new_session=True,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while (WORK / "wait").exists():
            time.sleep(0.05)
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):  # Ninja starts process groups
            with contextlib.suppress(ProcessLookupError):
                if os.getsid(pid) == build.pid:
                    os.kill(pid, signal.SIGKILL)
        build.wait()
        self.build()
        self.assertEqual(self.zipped("app_folder.zip")["asked.txt"], "killed\n")
        self.assertEqual([path for path in (WORK / "cache").rglob("work")], [])

    def test_file_renamed(self):
        (self.project / "app/folder/parts/one.py").rename(self.project / "app/folder/parts/two.py")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertIn("parts/two.py", self.zipped("app_folder.zip"))
        self.assertNotIn("parts/one.py", self.zipped("app_folder.zip"))

    def test_file_becomes_a_folder(self):
        (self.project / "app/folder/parts/one.py").unlink()
        self.write("app/folder/parts/one.py/deep.py", "x = 1\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertIn("parts/one.py/deep.py", self.zipped("app_folder.zip"))
        shutil.rmtree(self.project / "app/folder/parts/one.py")
        self.write("app/folder/parts/one.py", "x = 1\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertIn("parts/one.py", self.zipped("app_folder.zip"))

    def test_link(self):
        self.write("app/words/one.txt", "one")
        self.write("app/words/two.txt", "two")
        link = self.project / "app/folder/word.txt"
        link.symlink_to("../words/one.txt")
        self.assertEqual(self.build(), {"app.folder"})
        self.write("app/words/one.txt", "once")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.zipped("app_folder.zip")["word.txt"], "once")
        link.unlink()
        link.symlink_to("../words/two.txt")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.zipped("app_folder.zip")["word.txt"], "two")

    def test_link_to_a_folder(self):
        self.write("app/one/a.txt", "one")
        self.write("app/two/a.txt", "two")
        link = self.project / "app/folder/words"
        link.symlink_to("../one")
        self.assertEqual(self.build(), {"app.folder"})
        self.write("app/one/b.txt", "new")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.zipped("app_folder.zip")["words/b.txt"], "new")
        link.unlink()
        link.symlink_to("../two")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertEqual(self.zipped("app_folder.zip")["words/a.txt"], "two")

    def test_gordonignore(self):
        self.write("app/folder/.gordonignore", "parts\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertNotIn("parts/one.py", self.zipped("app_folder.zip"))
        self.write("app/folder/.gordonignore", "nothing\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertIn("parts/one.py", self.zipped("app_folder.zip"))

    def test_lambda_renamed(self):
        self.write("app/settings.yml", FILES["app/settings.yml"].replace("third:", "fourth:"))
        self.assertEqual(self.build(), {"app.fourth", "templates"})
        self.assertEqual(sorted(path.name for path in (self.outputs / "code").iterdir()),
                         ["app_file.zip", "app_folder.zip", "app_fourth.zip"])

    def test_lambda_with_dependencies_removed(self):
        self.write("app/settings.yml", "lambdas:\n  file: {code: file.py}\n")
        self.assertEqual(self.build(), {"templates"})
        self.assertEqual([path.name for path in (self.outputs / "code").iterdir()], ["app_file.zip"])
        self.assertEqual([path for path in (WORK / "build").rglob("*folder*")], [])

    def test_fresh(self):
        """`cmake --fresh` removes the work folder; the folder of the outputs tells which zips are ours."""
        if ALONE:
            return
        (self.outputs / "code/mine.zip").write_bytes(b"mine")
        self.write("app/settings.yml", "lambdas:\n  file: {code: file.py}\n")
        self.configure("--fresh")
        zips = lambda: sorted(path.name for path in (self.outputs / "code").iterdir())
        self.assertEqual(zips(), ["app_file.zip", "mine.zip"])
        self.build()
        self.write("app/settings.yml", "lambdas: {}\n")
        self.configure("--fresh")
        self.assertEqual(zips(), ["mine.zip"])
        (self.outputs / "code/app_file.zip").write_bytes(b"mine too")
        self.configure("--fresh")
        self.assertEqual(zips(), ["app_file.zip", "mine.zip"])
        self.build()

    def test_settings_split(self):
        """A new app gets lambdas: from now on its settings file is read."""
        self.write("settings.yml", FILES["settings.yml"].replace("[app]", "[app, more]"))
        self.write("more/settings.yml", "lambdas:\n  new: {code: new.py}\n")
        self.write("more/new.py", "x = 1\n")
        self.assertEqual(self.build(), {"more.new", "templates"})
        self.write("more/settings.yml", "lambdas:\n  new: {code: new.py, timeout: 9}\n")
        self.assertEqual(self.build(), {"templates"})

    def test_lambda_removed_and_added(self):
        before = self.times()
        self.write("app/settings.yml", FILES["app/settings.yml"].replace(
            "  third: {code: third.py}\n", ""))
        self.assertEqual(self.build(), {"templates"})
        self.assertFalse((self.outputs / "code/app_third.zip").exists())
        self.assertEqual(self.changed(before), {"0002_pr_r.json", "0003_r.json"})
        self.write("app/settings.yml", FILES["app/settings.yml"])
        self.assertEqual(self.build(), {"templates", "app.third"})

    def test_settings_broken_and_mended(self):
        before = self.times()
        self.write("app/settings.yml", "lambdas: [\n")
        self.build(fails=True)
        self.write("app/settings.yml", FILES["app/settings.yml"])
        self.assertEqual(self.build(), {"templates"})
        # an incomplete build must not be applied: `gordon build` removes the templates and writes them again
        self.assertEqual({name for name in self.changed(before) if not ALONE or "json" not in name},
                         set())

    def test_code_gone_and_back(self):
        (self.project / "app/third.py").unlink()
        self.build(fails=True)
        self.assertFalse((self.outputs / "code/app_third.zip").exists())
        self.write("app/third.py", FILES["app/third.py"])
        self.assertEqual(self.build(), {"app.third"})

    def hidden(self):
        """Returns whether the templates have NoEcho for the parameter."""
        return '"NoEcho": true' in (self.outputs / "0003_r.json").read_text()

    def appear(self, name, what):
        """Creates a file, or a folder with files, by a rename: its parent is newer than the files."""
        new = WORK / "new"
        if isinstance(what, str):
            new.write_text(what)
        else:
            new.mkdir()
            for file, text in what.items():
                (new / file).write_text(text)
        time.sleep(0.02)  # longer than a tick of the clock of the file system
        new.rename(self.project / name)

    def test_folder_of_a_fragment(self):
        """A function of a nested template, whose code is a folder."""
        self.write("app/template.yml", "Resources: {Stack: {Type: AWS::CloudFormation::Stack, Properties: "
                   "{TemplateURL: nested.yml}}}\n")
        self.write("app/nested.yml", "Resources: {Own: {Type: AWS::Lambda::Function, Properties: "
                   "{Code: own}}}\n")
        self.write("app/own/code.py", "x = 1\n")
        self.write("app/own/parts/one.py", "x = 1\n")
        self.write("app/settings.yml", FILES["app/settings.yml"] + "cloudformation: template.yml\n")
        self.assertEqual(self.build(), {"templates"})

        def check(change, files):
            before = self.artifacts()
            change()
            self.assertEqual(self.build(), {"templates"})
            after = self.artifacts()
            self.assertEqual([len(after), len(after - before)], [2, 2])
            self.assertEqual(self.zipped(next(name for name in after if name.endswith(".zip"))), files)

        one = self.project / "app/own/parts/one.py"
        check(lambda: self.write("app/own/code.py", "x = 2\n"),
              {"code.py": "x = 2\n", "parts/one.py": "x = 1\n"})
        def add(name, text):
            """Ninja knows the folder before, and not the file, so the folder must not be older."""
            self.write("written", text)
            (self.project / "written").rename(self.project / name)

        check(lambda: add("app/own/parts/two.py", ""),
              {"code.py": "x = 2\n", "parts/one.py": "x = 1\n", "parts/two.py": ""})
        check(one.unlink, {"code.py": "x = 2\n", "parts/two.py": ""})
        check(lambda: add("app/own/.gordonignore", "parts\n"), {"code.py": "x = 2\n"})

    def artifacts(self):
        return {path.name for path in (self.outputs / "code").iterdir() if re.match("(Own|Stack)-", path.name)}

    def test_parameters(self):
        """A changed value writes nothing. Another protocol of a value writes one template, and no zip."""
        before = self.times()
        self.write("parameters/common.yml", "Word: two\n")
        self.assertEqual(self.build(), {"templates"})
        self.assertEqual(self.changed(before), set())
        self.assertFalse(self.hidden())
        self.write("parameters/common.yml", "Word: ssm:///word\n")
        self.assertEqual(self.build(), {"templates"})
        self.assertEqual(self.changed(before), {"0003_r.json"})
        self.assertTrue(self.hidden())

    def test_parameters_of_a_stage(self):
        """A file that is created and deleted; a file that no stage reads."""
        before = self.times()
        self.appear("parameters/prod.yml", "Word: vault://secret/data/word#key\n")
        self.assertEqual(self.build(), {"templates"})
        self.assertTrue(self.hidden())
        (self.project / "parameters/prod.yml").rename(self.project / "parameters/prod.yml.old")
        self.assertEqual(self.build(), {"templates"})
        self.assertFalse(self.hidden())
        self.assertEqual(self.changed(before), {"0003_r.json"})

    def test_parameters_gone_and_back(self):
        """The folder `parameters` is deleted and comes back."""
        before = self.times()
        shutil.rmtree(self.project / "parameters")
        self.assertEqual(self.build(), {"templates"})
        self.build()  # Ninja 1.11 did not know the parent folder of the missing one, and runs the edge again
        self.assertEqual(self.build(), set())
        self.assertEqual(self.changed(before), set())
        self.appear("parameters", {"prod.yml": "Word: file://word\n"})
        self.assertEqual(self.build(), {"templates"})
        self.assertTrue(self.hidden())

    def test_parameters_broken_and_mended(self):
        before = self.times()
        self.write("parameters/common.yml", "Word: [one\n")
        self.build(fails=True)
        self.write("parameters/common.yml", "Word: one\n")
        self.assertEqual(self.build(), {"templates"})
        self.assertEqual({name for name in self.changed(before) if not ALONE or "json" not in name},
                         set())

    def test_output_deleted(self):
        """A deleted output is written again, and no other output is."""
        before = self.times()
        for name, runs in (("code/app_third.zip", {"app.third"}), ("0002_pr_r.json", {"templates"}),
                           ("0001_p.json", {"templates"})):
            data = (self.outputs / name).read_bytes()
            (self.outputs / name).unlink()
            self.assertEqual(self.build(), runs)
            self.assertEqual((self.outputs / name).read_bytes(), data)
            self.assertEqual(self.changed(before), {pathlib.Path(name).name})
            self.assertEqual(self.build(), set())
            before = self.times()

    def test_all_outputs_deleted(self):
        before = set(self.times())
        shutil.rmtree(self.outputs)
        self.assertEqual(self.build(), ALL - {"install app.folder"})
        self.assertEqual(set(self.times()), before)

    def test_dependencies_deleted(self):
        """Make compares the stamp only, so the edge that needs the dependencies installs them."""
        before = self.times()
        [dependencies] = (WORK / "build").rglob("dependencies.zip")
        dependencies.unlink()
        self.assertEqual(self.build(), set() if ALONE or "Makefiles" in GENERATOR else FOLDER)
        self.assertEqual(self.changed(before), set())
        self.write("app/folder/code.py", "x = 2\n")
        self.assertEqual(self.build(), {"app.folder"})
        self.assertIn("installed.py", self.zipped("app_folder.zip"))

    def test_program(self):
        before = self.times()
        os.utime(WORK / "prefix/bin/gordon")
        self.assertEqual(self.build(), ALL)
        self.assertEqual(self.changed(before), set())


if __name__ == "__main__":
    unittest.main()
