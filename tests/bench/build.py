"""How long builds of many lambdas take, as ratios to a lower bound.

usage: build.py GORDON CMAKE NINJA PREFIX [LAMBDAS]

PREFIX has the installed Gordon. Prints the minimum of several runs of both sides, in turns, their ratio,
and the goal for the ratio:

  cold build      `cmake --build` with Ninja, and the same edges with a program that does nothing
  no change       `ninja`, and `ninja` on CMake's graph of as many files without Gordon
  by hand         the same, and `ninja` on a minimal graph of as many files, written by hand
  one file        `ninja` after a change of one file, and `ninja` without a change plus one zip
  gordon build    `gordon build -j2` to an empty folder, and Python's zipfile for the same files
  no change       `gordon build` without a change, and to an empty folder
  one file        `gordon build` after a change of one file, and without a change
  watch           from an edit to the line of `gordon build --watch`, in milliseconds
  memory          the maximum memory of `gordon build` for a lambda with a file of 1 GiB, in MiB
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

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


def turns(*commands, runs, before=None):
    """Returns the minimum time of each command over many runs, in turns, because other work on the
    machine varies. Calls `before` with the command's number before each run."""
    least = [float("inf")] * len(commands)
    for _ in range(runs):
        for n, command in enumerate(commands):
            if before:
                before(n)
            start = time.perf_counter()
            if callable(command):
                command()
            else:
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            least[n] = min(least[n], time.perf_counter() - start)
    return least


def show(what, ours, other, goal=None):
    ratio = ours / other
    judged = f"   goal {goal}{'' if ratio <= goal else '   MISSED'}" if goal else ""
    print(f"  {what:<14} gordon {ours * 1000:8.1f} ms   other {other * 1000:8.1f} ms   ratio {ratio:5.2f}"
          f"{judged}", flush=True)


class Build:
    def __init__(self, gordon, cmake, ninja, prefix, folder, count):
        self.gordon, self.cmake, self.ninja = gordon, cmake, ninja
        self.folder = pathlib.Path(folder)
        self.names = write_project(self.folder / "project", count)
        (self.folder / "project/CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(bench LANGUAGES NONE)\n"
            "find_package(Gordon REQUIRED)\ngordon_add_project(bench SETTINGS settings.yml)\n")
        self.configure("project", "ours", f"-DCMAKE_PREFIX_PATH={prefix}")
        self.none = self.write_idle("none", [(name, [f"{self.folder}/project/{name}/code.py"])
                                             for name in self.names])

    def configure(self, source, build, *arguments):
        subprocess.run([self.cmake, "-S", self.folder / source, "-B", self.folder / build, "-G", "Ninja",
                        f"-DCMAKE_MAKE_PROGRAM={self.ninja}", *arguments], check=True,
                       stdout=subprocess.DEVNULL)

    def forget(self, _):
        """Deletes the outputs and Ninja's logs, for a cold build."""
        shutil.rmtree(self.folder / "ours/bench/code", ignore_errors=True)
        for build in self.folder / "ours", self.none:
            for name in ".ninja_log", ".ninja_deps":
                (build / name).unlink(missing_ok=True)

    def cold(self):
        show("cold build", *turns([self.cmake, "--build", self.folder / "ours"],
                                  [self.cmake, "--build", self.none], runs=5, before=self.forget), 2.5)

    def inputs(self):
        """Yields each lambda with the inputs of its zip that Ninja has in its log, and its plan."""
        plans = self.folder / "ours/CMakeFiles/bench.gordon/lambdas"
        told = subprocess.run([self.ninja, "-C", self.folder / "ours", "-t", "deps",
                               *(f"bench/code/_{name}.zip" for name in self.names)],
                              check=True, capture_output=True, text=True).stdout
        for name, of in zip(self.names, told.strip().split("\n\n"), strict=True):
            yield name, [line.strip() for line in of.splitlines()[1:]] + [f"{plans}/_{name}/plan.json"]

    def write_idle(self, name, inputs):
        """Writes and configures a CMake project with an edge for each lambda, without Gordon."""
        source, build = self.folder / name, self.folder / f"{name} build"
        source.mkdir()
        commands = "".join(
            f"add_custom_command(OUTPUT code/_{lambda_}.zip COMMAND {shutil.which('true')} "
            f"DEPENDS {' '.join(files)} COMMENT \"Packing {lambda_}\" VERBATIM)\n"
            for lambda_, files in inputs)
        outputs = " ".join(f"code/_{lambda_}.zip" for lambda_ in self.names)
        (source / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(idle LANGUAGES NONE)\n"
            f"{commands}add_custom_target(idle ALL DEPENDS {outputs})\n")
        self.configure(name, f"{name} build")
        return build

    def as_many_files(self, inputs):
        """Makes a build tree of CMake with as many files, without Gordon, in which nothing is out of date."""
        build = self.write_idle("same", inputs)
        (build / "code").mkdir(exist_ok=True)
        for name in self.names:
            (build / f"code/_{name}.zip").touch()
        subprocess.run([self.ninja, "-C", build], check=True, stdout=subprocess.DEVNULL)
        return build

    def by_hand(self, inputs):
        """Makes a build tree with a minimal graph of as many files."""
        bare = self.folder / "bare"
        (bare / "out").mkdir(parents=True)
        edges = [f"build out/{name}: touch {' '.join(files)}\n" for name, files in inputs]
        (bare / "build.ninja").write_text("rule touch\n command = touch $out\n" + "".join(edges))
        subprocess.run([self.ninja, "-C", bare], check=True, stdout=subprocess.DEVNULL)
        return bare

    def warm(self):
        subprocess.run([self.ninja, "-C", self.folder / "ours"], check=True, stdout=subprocess.DEVNULL)
        inputs = list(self.inputs())
        ours = self.folder / "ours"
        no_change = [self.ninja, "-C", ours]
        took, same, bare = turns(no_change, [self.ninja, "-C", self.as_many_files(inputs)],
                                 [self.ninja, "-C", self.by_hand(inputs)], runs=40)
        show("no change", took, same, 1.3)
        show("by hand", took, bare)
        source = self.folder / "project/lambda7/code.py"

        def change(_):
            with open(source, "a") as text:
                text.write("# one more line\n")
        plan = ours / "CMakeFiles/bench.gordon/lambdas/_lambda7/plan.json"
        one, alone = turns(no_change, [self.gordon, "package", "--plan", plan, "--depfile",
                                       self.folder / "alone.d"], runs=20, before=change)
        show("one file", one, took + alone, 1.3)

    def zip_by_python(self):
        for name in self.names:
            with zipfile.ZipFile(self.folder / "zips" / f"{name}.zip", "w",
                                 zipfile.ZIP_DEFLATED) as zipped:
                for file in sorted(os.listdir(self.folder / "project" / name)):
                    zipped.write(self.folder / "project" / name / file, file)

    def alone(self):
        out, zips = self.folder / "out", self.folder / "zips"
        command = [self.gordon, "build", "-j2", "--project", self.folder / "project", "--build-dir", out]

        def empty(n):
            shutil.rmtree([out, zips][n], ignore_errors=True)
            zips.mkdir(exist_ok=True)
        cold, python = turns(command, self.zip_by_python, runs=7, before=empty)
        show("gordon build", cold, python, 0.9)
        none = turns(command, runs=10)[0]
        show("no change", none, cold, 0.1)

        def change(_):
            with open(self.folder / "project/lambda7/code.py", "a") as text:
                text.write("# one more line\n")
            time.sleep(0.02)  # the build waits until the clock of the file system goes on
        show("one file", turns(command, runs=10, before=change)[0], none, 4)

    def watch(self):
        took = []
        with subprocess.Popen([self.gordon, "build", "--watch", "--project", self.folder / "project", "--build-dir",
                               self.folder / "out"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
            while not run.stdout.readline().startswith("gordon: watching"):
                pass
            for _ in range(15):
                time.sleep(0.2)  # until it watches again
                start = time.perf_counter()
                with open(self.folder / "project/lambda7/code.py", "a") as text:
                    text.write("# one more line\n")
                line = run.stdout.readline()
                took.append((time.perf_counter() - start) * 1000)
                assert line.startswith("built lambda7 in"), line
            run.terminate()
            run.stdout.read()
        most, goal = max(took), 300
        print(f"  {'watch':<14} gordon {min(took):8.1f} ms   most  {most:8.1f} ms   goal {goal}"
              f"{'' if most <= goal else '   MISSED'}", flush=True)

    def memory(self):
        project = self.folder / "large"
        (project / "code").mkdir(parents=True)
        (project / "settings.yml").write_text(
            "project: large\ncode-bucket: large\nlambdas: {one: {code: code, runtime: python, check-handler: false}}\n")
        with open(project / "code/asset", "wb") as asset:
            asset.truncate(1 << 30)
        run = subprocess.Popen([self.gordon, "build", "--project", project], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        if run.returncode:
            sys.exit("a file of 1 GiB could not be packed")
        most, goal = usage.ru_maxrss / 1024, 64
        print(f"  {'memory':<14} gordon {most:8.1f} MiB  goal {goal}{'' if most <= goal else '   MISSED'}")


def main(gordon, cmake, ninja, prefix, count="1000"):
    with tempfile.TemporaryDirectory() as folder:
        build = Build(gordon, cmake, ninja, prefix, folder, int(count))
        print(f"builds of {count} lambdas of three files")
        build.cold()
        build.warm()
        build.alone()
        build.watch()
        build.memory()


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    main(*sys.argv[1:])
