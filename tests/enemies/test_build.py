#!/usr/bin/env python3
"""Build commands in folders whose names are commands of a shell: nothing of a name runs.

usage: test_build.py GENERATOR PREFIX WORK

GENERATOR is one of CMake's, or `gordon` for `gordon build`. Every name tries to make a file called pwned.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest
import zipfile

GENERATOR, PREFIX, WORK = sys.argv[1], *map(pathlib.Path, sys.argv[2:4])
del sys.argv[1:4]

PLAIN = ["plain", "R&D (it's 100%)", "two words"]  # names that CMake must take, too
HOSTILE = ["x; touch pwned; #", "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "\"; touch pwned; \"",
           "'$(touch pwned)'", "\"$(touch pwned)\"", "a\ntouch pwned\nb", "EOF\ntouch pwned", "\\",
           "a\\$(touch pwned)", "${x:=$(touch pwned)}", "-n", "*", "{target}", "#", "!", "~", "a;b", "ünïcödé",
           ") touch pwned;;", "}; touch pwned"]
# Each file in {target} must hold the path of the project.
BUILD = r"""      # don't strip {target}
      cp code.py {target}   # it's a "copy
      printf '%s' {project_path} > {target}/bare
      printf '%s' "{project_path}" > "{target}/double"
      printf '%s' '{project_path}' > '{target}/single'
      printf '%s' "$(printf '%s' '{project_path}'; # don't
      )" > "$(printf '%s/%s' "{target}" substitution)"
      x={project_path}; case $x in {project_path}) printf '%s' "$x" > {target}/case;; esac
      printf '%s' "$GORDON_PROJECT_PATH" > "$GORDON_TARGET/environment"
      printf '%s' "`printf '%s' "$GORDON_PROJECT_PATH"`" > "$GORDON_TARGET/backquotes"
      cat > {target}/document <<END; cat > {target}/raw <<'END'
      it's {project_path}
      END
      it's {project_path}
      END
"""
FILES = ["bare", "double", "single", "substitution", "case", "environment", "backquotes", "document", "raw"]


class Build(unittest.TestCase):
    def project(self, name):
        folder = WORK / self.id().rpartition(".")[2] / name
        shutil.rmtree(folder.parent, ignore_errors=True)
        (folder / "app/c").mkdir(parents=True)
        (folder / "app/c/code.py").write_text("x = 1\n")
        (folder / "settings.yml").write_text("project: p\ncode-bucket: b-x\napps:\n  - app\n")
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(demo LANGUAGES NONE)\n"
            "find_package(Gordon 1.0 REQUIRED)\ngordon_add_project(demo SETTINGS settings.yml)\n")
        return folder

    def settings(self, folder, build):
        (folder / "app/settings.yml").write_text(
            f"lambdas:\n  l:\n    code: c\n    runtime: python\n    build: |\n{build}")

    def run_program(self, folder, *command):
        return subprocess.run(list(map(str, command)), cwd=folder, text=True, errors="replace",
                              env={**os.environ, "GORDON_TARGET": str(WORK / "of the user")},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def build(self, folder):
        """Returns the last run, and the zip; or None in its place if CMake takes no such name."""
        if GENERATOR == "gordon":
            return self.run_program(folder, PREFIX / "bin/gordon", "build"), folder / "_build/code/app_l.zip"
        run = self.run_program(folder, "cmake", "-B", "build", "-G", GENERATOR, f"-DCMAKE_PREFIX_PATH={PREFIX}")
        if run.returncode:
            return run, None
        return self.run_program(folder, "cmake", "--build", "build"), folder / "build/demo/code/app_l.zip"

    def check_harmless(self, folder, run):
        for top in (folder.parent, pathlib.Path.cwd()):
            self.assertEqual([path for path in top.rglob("*") if path.name.strip() == "pwned" and path != folder], [],
                             run.stdout)

    def test_folders(self):
        built = 0
        for name in PLAIN + HOSTILE:
            with self.subTest(name=name):
                folder = self.project(name)
                self.settings(folder, BUILD)
                run, archive = self.build(folder)
                self.check_harmless(folder, run)
                if GENERATOR == "gordon" or name in PLAIN:
                    self.assertEqual(run.returncode, 0, run.stdout)
                if run.returncode:
                    continue
                built += 1
                with zipfile.ZipFile(archive) as files:
                    for file in FILES:
                        expected = f"it's {folder}\n" if file in ("document", "raw") else str(folder)
                        self.assertEqual(files.read(file).decode(), expected, file)
        self.assertGreaterEqual(built, len(PLAIN + HOSTILE) if GENERATOR == "gordon" else len(PLAIN))

    def test_places_that_are_not_certain(self):
        for name, place in (("x; touch pwned; #", "echo `echo {project_path}`"), ("plain", "cat <<{target}"),
                            ("$(touch pwned)", "a=$(({lambda_name}))"),
                            ("EOF", "cat <<EOF\n      $(echo {target})\n      EOF")):
            with self.subTest(place=place):
                folder = self.project(name)
                self.settings(folder, f"      cp code.py {{target}}\n      {place}\n")
                run, _ = self.build(folder)
                self.check_harmless(folder, run)
                self.assertNotEqual(run.returncode, 0)
                if "CMake Error" not in run.stdout:  # which takes no such name of a folder
                    self.assertRegex(run.stdout, r"settings\.yml:[78]:\d+: error: the build command of app.l: '{\w+}' "
                                     "cannot be quoted for the shell here")
                    self.assertIn('"$GORDON_', run.stdout)

    def test_failure_shows_no_line_of_a_name(self):
        if GENERATOR != "gordon":
            self.skipTest("CMake takes no such name")
        folder = self.project("a\n::error::b")
        self.settings(folder, "      cp code.py {target}/a  # it's {project_path}\n      false\n")
        run, _ = self.build(folder)
        self.assertIn("the command was:", run.stdout)
        self.assertNotRegex(run.stdout, r"(?m)^\s*::error::")

    def test_failure_shows_the_command(self):
        folder = self.project("R&D (it's 100%)")
        self.settings(folder, "      cp code.py {target}/a  # it's {project_path}\n      false\n")
        run, _ = self.build(folder)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn(f"# it's {folder}\n", run.stdout)
        self.assertIn("settings.yml:5:12: error: the build of app.l failed: its command exited with 1", run.stdout)


if __name__ == "__main__":
    unittest.main()
