"""Runs tests one after the other until one fails: in the sandbox of mutate.py, which it relies on.

Reads a JSON list of tests from standard input, and writes a JSON line [name, result, seconds] for each.
The result is `passed`, `skipped`, `failed`, `timeout` or `memory`. Python scripts run in a fork of this
process, because that saves a start of Python for each of hundreds of small tests.
"""
import difflib  # noqa: F401 - what the scripts import is imported once, here
import hashlib  # noqa: F401
import json
import os
import pathlib
import runpy
import select
import shutil  # noqa: F401
import signal
import subprocess  # noqa: F401
import sys
import tempfile  # noqa: F401
import time
import unittest  # noqa: F401

MEMORY_MAX = 4 << 30
PAGE = os.sysconf("SC_PAGE_SIZE")


def run_script(arguments, path):
    sys.argv = arguments
    sys.path[0] = str(pathlib.Path(arguments[0]).parent)
    sys.path[1:1] = [folder for folder in path.split(":") if folder]
    sys.dont_write_bytecode = True
    try:
        runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else bool(end.code)
    return 0


def become(test):
    os.setsid()
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):  # a shell's & and nohup ignore them
        signal.signal(number, signal.SIG_DFL)
    os.chdir(test["folder"])
    os.environ.update(test["environment"])
    null, log = os.open(os.devnull, os.O_RDONLY), os.open(test["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for fd, place in ((null, 0), (log, 1), (log, 2)):
        os.dup2(fd, place)
    status = 1
    try:
        if test["script"]:
            sys.stdin, sys.stdout, sys.stderr = (os.fdopen(fd, mode) for fd, mode in enumerate("rww"))
            status = run_script(test["script"], test["environment"].get("PYTHONPATH", ""))
            sys.stdout.flush()
            sys.stderr.flush()
        else:
            os.execvp(test["command"][0], test["command"])
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(int(status) & 255)


def memory():
    """Bytes of all processes here: the sandbox has its own process ids."""
    total = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                total += int(pathlib.Path("/proc", name, "statm").read_text().split()[1]) * PAGE
            except OSError:
                pass
    return total


def wait(pid, seconds):
    """The exit status, or why the test was killed."""
    fd, end, result = os.pidfd_open(pid), time.monotonic() + seconds, None
    while not select.select([fd], [], [], 0.5)[0]:
        if time.monotonic() > end:
            result = "timeout"
        elif memory() > MEMORY_MAX:
            result = "memory"
        if result:
            os.killpg(pid, signal.SIGKILL)
            break
    os.close(fd)
    status = os.waitpid(pid, 0)[1]
    try:  # what the test left behind
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return result or os.waitstatus_to_exitcode(status)


def run(test):
    start = time.monotonic()
    if test.get("trace"):
        os.makedirs(test["trace"], exist_ok=True)
        test["environment"]["GORDON_TRACE"] = test["trace"]
    pid = os.fork()
    if pid == 0:
        become(test)
    result = wait(pid, test["timeout"])
    if isinstance(result, int):
        result = "passed" if result == 0 else "skipped" if result == test["skip"] else "failed"
    return result, time.monotonic() - start


def main():
    tests = json.load(sys.stdin)
    stop = "--all" not in sys.argv
    for test in tests:
        result, seconds = run(test)
        print(json.dumps([test["name"], result, round(seconds, 2)]), flush=True)
        if stop and result not in ("passed", "skipped"):
            break


if __name__ == "__main__":
    main()
