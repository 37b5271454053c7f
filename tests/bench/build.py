"""How long builds of many lambdas take, as ratios to the least that they could cost.

usage: build.py GORDON CMAKE NINJA PREFIX [LAMBDAS]

PREFIX is where Gordon is installed. Prints the minimum of several runs of both sides, taken in turns,
their ratio, and the ratio that is the goal:

  cold build      `cmake --build` with Ninja, and the same edges that run a program which does nothing
  no change       `ninja`, and `ninja` on a graph of as many files
  one file        `ninja` after a change of one file, and one that changes nothing plus one zip
  gordon build    `gordon build -j2` into an empty folder, and Python's zipfile over the same files
  no change       `gordon build` when nothing changed, and into an empty folder
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

RUNS = 5
SOURCE = "def handler(event, context):\n    return {}\n\n\n" + "# a line of a lambda's code, number {}\n" * 40


def write_project(folder, count):
    names = [f"lambda{n}" for n in range(count)]
    for n, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for file in "code.py", "helper.py", "words.json":
            (folder / name / file).write_text(SOURCE.format(n, *[n + i for i in range(40)]))
    (folder / "settings.yml").write_text(
        "project: bench\ncode-bucket: bench\nlambdas:\n" +
        "".join(f"  {name}: {{code: {name}, runtime: python}}\n" for name in names))
    return names


def seconds(command, before=None, **options):
    """The least of several runs; `before` makes each ready."""
    least = None
    for _ in range(RUNS):
        if before:
            before()
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)
        took = time.perf_counter() - start
        least = took if least is None else min(least, took)
    return least


def show(what, ours, other, goal):
    ratio = ours / other
    print(f"  {what:<14} gordon {ours * 1000:8.1f} ms   other {other * 1000:8.1f} ms   ratio {ratio:5.2f}   "
          f"goal {goal}{'' if ratio <= goal else '   MISSED'}", flush=True)


class Build:
    def __init__(self, gordon, cmake, ninja, prefix, folder, count):
        self.gordon, self.cmake, self.ninja = gordon, cmake, ninja
        self.folder = pathlib.Path(folder)
        self.names = write_project(self.folder / "project", count)
        (self.folder / "project/CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(bench LANGUAGES NONE)\n"
            "find_package(Gordon REQUIRED)\ngordon_add_project(bench SETTINGS settings.yml)\n")
        self.configure("project", "ours", f"-DCMAKE_PREFIX_PATH={prefix}")
        (self.folder / "idle").mkdir()
        (self.folder / "idle/CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(idle LANGUAGES NONE)\n" +
            "".join(f"add_custom_command(OUTPUT {name}.zip COMMAND {shutil.which('true')} DEPENDS "
                    f"{self.folder}/project/{name}/code.py COMMENT {name} VERBATIM)\n"
                    for name in self.names) +
            "add_custom_target(idle ALL DEPENDS " + " ".join(f"{n}.zip" for n in self.names) + ")\n")
        self.configure("idle", "none")

    def configure(self, source, build, *arguments):
        subprocess.run([self.cmake, "-S", self.folder / source, "-B", self.folder / build, "-G", "Ninja",
                        f"-DCMAKE_MAKE_PROGRAM={self.ninja}", *arguments], check=True,
                       stdout=subprocess.DEVNULL)

    def forget(self):
        """A cold build: no output, and no memory of Ninja's."""
        shutil.rmtree(self.folder / "ours/bench/code", ignore_errors=True)
        for build in "ours", "none":
            for name in ".ninja_log", ".ninja_deps":
                (self.folder / build / name).unlink(missing_ok=True)

    def cold(self):
        ours = seconds([self.cmake, "--build", self.folder / "ours"], self.forget)
        none = seconds([self.cmake, "--build", self.folder / "none"], self.forget)
        show("cold build", ours, none, 2.5)

    def bare_graph(self):
        """A graph of as many files, each lambda's in one edge that only touches its output."""
        bare = self.folder / "bare"
        bare.mkdir(exist_ok=True)
        depfiles = (self.folder / "ours/CMakeFiles/d").glob("*.d")
        edges = []
        for depfile in depfiles:
            inputs = [os.path.join(self.folder / "ours", line.strip(" \\"))
                      for line in depfile.read_text().splitlines()[1:]]
            for path in inputs:
                copy = bare / path.lstrip("/")
                if os.path.isdir(path):
                    copy.mkdir(parents=True, exist_ok=True)
                else:
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.touch()
            escaped = " ".join(path.lstrip("/").replace(" ", "$ ") for path in inputs)
            edges.append(f"build out/{len(edges)}: touch {escaped} plan/{len(edges)}\n")
        (bare / "plan").mkdir(exist_ok=True)
        for n in range(len(edges)):
            (bare / f"plan/{n}").touch()
        (bare / "build.ninja").write_text("rule touch\n command = touch $out\n" + "".join(edges))
        subprocess.run([self.ninja, "-C", bare], check=True, stdout=subprocess.DEVNULL)
        return bare

    def warm(self):
        subprocess.run([self.ninja, "-C", self.folder / "ours"], check=True, stdout=subprocess.DEVNULL)
        bare = self.bare_graph()
        ours = seconds([self.ninja, "-C", self.folder / "ours"])
        other = seconds([self.ninja, "-C", bare])
        show("no change", ours, other, 1.3)
        source = self.folder / "project/lambda7/code.py"

        def change():
            source.write_text(source.read_text() + "# one more line\n")
            zip_path = self.folder / "alone"
            shutil.rmtree(zip_path, ignore_errors=True)
        plan = self.folder / "ours/CMakeFiles/bench.gordon/lambdas/_lambda7/plan.json"
        one = seconds([self.ninja, "-C", self.folder / "ours"], change)
        alone = seconds([self.gordon, "package", "--plan", plan, "--depfile", self.folder / "alone.d"],
                        change)
        show("one file", one, ours + alone, 1.3)

    def alone(self):
        project, out = self.folder / "project", self.folder / "out"
        command = [self.gordon, "build", "-j2", "--project", project, "--build-dir", out]
        cold = seconds(command, lambda: shutil.rmtree(out, ignore_errors=True))
        least = None
        for _ in range(RUNS):
            shutil.rmtree(self.folder / "zips", ignore_errors=True)
            (self.folder / "zips").mkdir()
            start = time.perf_counter()
            for name in self.names:
                with zipfile.ZipFile(self.folder / "zips" / f"{name}.zip", "w",
                                     zipfile.ZIP_DEFLATED) as zipped:
                    for file in sorted(os.listdir(project / name)):
                        zipped.write(project / name / file, file)
            took = time.perf_counter() - start
            least = took if least is None else min(least, took)
        show("gordon build", cold, least, 0.9)
        show("no change", seconds(command), cold, 0.1)


def main(gordon, cmake, ninja, prefix, count="1000"):
    with tempfile.TemporaryDirectory() as folder:
        build = Build(gordon, cmake, ninja, prefix, folder, int(count))
        print(f"builds of {count} lambdas of three files")
        build.cold()
        build.warm()
        build.alone()


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    main(*sys.argv[1:])
