#!/usr/bin/env python3
"""Builds the fuzz targets, and runs them in a sandbox: first all inputs of seeds/ and found/, then new
ones made of these.

usage: run.py [--seconds N] [--seed N] [--build DIR] [--built | --only-build] [TARGET...]

DIR is build/fuzz of this repository. A run goes on with the inputs of earlier runs, in DIR/corpus. With
--seed, it begins without them, so that it is nearly the same each time.

An input that fails is written to DIR/failed/<target>. Exits with 77, which ctest takes for skipped,
where clang, libFuzzer or bubblewrap is missing.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
SKIPPED = 77
SHARED = {"fuzz", "answers", "seal"}  # the other files are targets
LIMITS = ["-timeout=5", "-rss_limit_mb=1024", "-malloc_limit_mb=256"]
PROGRAM = "#include <stddef.h>\nint LLVMFuzzerTestOneInput(const char *data, size_t n) { return !data && n; }\n"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def check_clang():
    if not shutil.which("clang"):
        skip("there is no clang here")
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "x.c")
        source.write_text(PROGRAM)
        made = subprocess.run(["clang", "-fsanitize=fuzzer,address", source, "-o", source.with_suffix("")],
                              capture_output=True, check=False)
    if made.returncode:
        skip("clang has no libFuzzer here (libclang-rt-14-dev in Debian 12)")


def check_sandbox():
    works = shutil.which("bwrap") and subprocess.run([*sandbox([]), "true"], capture_output=True,
                                                     check=False).returncode == 0
    if not works:
        skip("bubblewrap is missing, or cannot make a sandbox here")


def sandbox(writable):
    """The words that begin a command which can change nothing but a /tmp of its own, and `writable`."""
    words = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
             "--unshare-all", "--die-with-parent", "--ro-bind", str(SOURCE), str(SOURCE)]
    for folder in writable:
        words += ["--bind", str(folder), str(folder)]
    return words


def build(folder):
    commands = [["cmake", "--preset", "fuzz", "-B", str(folder)], ["cmake", "--build", str(folder)]]
    for command in commands:
        made = subprocess.run(command, cwd=SOURCE, text=True, errors="replace", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if made.returncode:
            sys.exit(f"{' '.join(command)}\n{made.stdout}")


def inputs(target):
    return [str(path) for folder in ("seeds", "found") for path in sorted((HERE / folder / target).glob("*"))]


def execute(words, folders, seconds):
    environment = {**os.environ, "UBSAN_OPTIONS": "print_stacktrace=1"}
    return subprocess.run([*sandbox(folders), *words], env=environment, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          timeout=seconds + 600, check=False)


def report(target, run, failed):
    lines = [line for line in run.stdout.splitlines() if not re.match(r"#\d+\s|INFO:", line)]
    print(f"{target}: FAILED\n" + "\n".join(lines[:60]))
    made = sorted(failed.glob("*"))
    if made:
        print(f"The input is in {failed}: {', '.join(path.name for path in made)}")


def fuzz(target, arguments):
    """Runs a target. Returns whether no input failed."""
    program = arguments.build / "tests/fuzz" / f"fuzz_{target}"
    if not program.exists():
        skip(f"{program} was not built")
    failed = arguments.build / "failed" / target
    corpus = arguments.build / ("fresh" if arguments.seed else "corpus") / target
    if arguments.seed:
        shutil.rmtree(corpus, ignore_errors=True)
    shutil.rmtree(failed, ignore_errors=True)
    for folder in (failed, corpus):
        folder.mkdir(parents=True, exist_ok=True)
    common = [str(program), *LIMITS, f"-artifact_prefix={failed}/"]
    known = inputs(target)
    words = HERE / "words" / f"{target}.dict"
    run = execute([*common, *known], [failed], 0) if known else None
    if run and run.returncode:
        report(target, run, failed)
        return False
    if not arguments.seconds:
        return True
    folders = [str(folder) for folder in (HERE / "seeds" / target, HERE / "found" / target) if folder.is_dir()]
    run = execute([*common, f"-max_total_time={arguments.seconds}", f"-seed={arguments.seed}", "-print_final_stats=1",
                   "-close_fd_mask=0", *([f"-dict={words}"] if words.exists() else []), str(corpus), *folders],
                  [failed, corpus], arguments.seconds)
    if run.returncode:
        report(target, run, failed)
        return False
    runs = re.search(r"number_of_executed_units:\s*(\d+)", run.stdout)
    places = re.findall(r"cov: (\d+)", run.stdout)
    print(f"{target}: {len(known)} inputs, then {runs.group(1)} new ones; {places[-1]} places of the code")
    return True


def main():
    known = sorted({path.stem for path in HERE.glob("*.c")} - SHARED)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="for each target; 0: only the known inputs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--build", type=pathlib.Path, default=SOURCE / "build/fuzz")
    parser.add_argument("--built", action="store_true", help="do not build")
    parser.add_argument("--only-build", action="store_true")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(known))
    arguments = parser.parse_args()
    arguments.build = arguments.build.resolve()
    for target in set(arguments.targets) - set(known):
        parser.error(f"there is no target {target}; there are {', '.join(known)}")
    check_sandbox()
    if not arguments.built:
        check_clang()
        build(arguments.build)
    if arguments.only_build:
        return 0
    results = [fuzz(target, arguments) for target in arguments.targets or known]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
