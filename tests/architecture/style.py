"""clang-format and clang-tidy on the C sources.

    style.py format SOURCES
    style.py tidy SOURCES BUILD
    style.py analyze SOURCES BUILD

`format` compares with .clang-format; versions differ in what they do, so only VERSION decides.
`tidy` runs the checks of .clang-tidy; BUILD has compile_commands.json. `analyze` runs clang's analyzer. Exits with 77, which ctest
takes for skipped, where the tool is not installed or of another version.
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import which

VERSION = "14"  # of clang-format and clang-tidy: Debian 12
SKIPPED = 77
FOLDERS = ["generator", "tests", "example-c"]
FILES_A_RUN = 8
ANALYZER = ("--checks=-*,clang-analyzer-*,-clang-analyzer-valist.Uninitialized,"  # .clang-tidy has the reasons
            "-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,"
            "-clang-analyzer-optin.performance.Padding")


def find_tool(name):
    """The tool of VERSION, or the end of this program."""
    for program in (f"{name}-{VERSION}", name):
        if which(program):
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
            if re.search(rf"version {VERSION}\.", said.stdout):
                return program
    print(f"skipped: there is no {name} {VERSION} here")
    sys.exit(SKIPPED)


def sources(root, pattern):
    return sorted(str(p) for folder in FOLDERS for p in (root / folder).rglob(pattern))


def run_in_groups(command, files):
    """Runs `command` with a few files at a time; prints what it says, and gives whether all passed."""
    groups = [files[i : i + FILES_A_RUN] for i in range(0, len(files), FILES_A_RUN)]

    def run(group):
        return subprocess.run([*command, *group], capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(run, groups))
    for result in results:
        if result.returncode:
            print(result.stdout, result.stderr)
    return all(result.returncode == 0 for result in results)


def check_format(root):
    files = sources(root, "*.c") + sources(root, "*.h")
    return run_in_groups([find_tool("clang-format"), "--dry-run", "-Werror"], files)


def check_tidy(root, build, *options):
    files = sorted(str(path) for path in (root / "generator").rglob("*.c"))
    return run_in_groups([find_tool("clang-tidy"), "-quiet", "-p", str(build), *options], files)


def main():
    root = Path(sys.argv[2])
    if sys.argv[1] == "format":
        ok = check_format(root)
    else:
        ok = check_tidy(root, sys.argv[3], *([ANALYZER] if sys.argv[1] == "analyze" else []))
    if not ok and sys.argv[1] == "format":
        print("run: clang-format -i on these files")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
