#!/usr/bin/env python3
"""An emulator of AWS: ministack, on a free port of the loopback interface.

usage: emulator.py --venv DIR start STATE     starts it, writes STATE, and prints the endpoint
       emulator.py stop STATE                 stops it, and removes what it wrote

DIR is a virtual environment with tests/helpers/requirements.txt. In Python:

    with Emulator(venv) as emulator:
        subprocess.run(["gordon", "apply"], env=emulator.environment())

With `auth=True` the emulator checks IAM policies. The keys of environment() are those of the account,
which may do everything.

The emulator gets a clean environment and its own folder, so that it reads no file of the user.
Lambdas run with the Python of the virtual environment and the Node of this machine.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

START_SECONDS, STOP_SECONDS, PORTS_TRIED = 60, 10, 3


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def healthy(endpoint):
    # the user's proxy does not reach the loopback interface of this machine
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(endpoint + "/_ministack/health", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def alive(pid):
    """Returns whether the emulator runs. False for a zombie, and for another program that got the
    same process id."""
    try:
        os.kill(pid, 0)
        command = pathlib.Path("/proc/%d/cmdline" % pid)
        return not command.parent.exists() or b"ministack" in command.read_bytes()
    except (ProcessLookupError, FileNotFoundError):
        return False


def send(signal_number, pid, group=False):
    try:
        (os.killpg if group else os.kill)(pid, signal_number)
    except ProcessLookupError:
        pass


class LoadedCli:
    """Runs aws_server.py: calls of the AWS CLI with `environment` skip the load of the CLI."""

    def __init__(self, venv, folder):
        path = pathlib.Path(folder) / "calls"
        self.environment = {"GORDON_TEST_AWS": str(path)}
        self.process = subprocess.Popen(
            [pathlib.Path(venv) / "bin/python", "-B",
             pathlib.Path(__file__).with_name("aws_server.py"), path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self.process.stdout.readline()

    def stop(self):
        self.process.communicate()  # the server ends when its standard input ends


class Emulator:
    def __init__(self, venv, auth=False):
        self.venv = pathlib.Path(venv).absolute()
        self.auth = auth
        self.pid = self.port = self.folder = self.process = self.cli = None

    @property
    def endpoint(self):
        return "http://127.0.0.1:%d" % self.port

    def environment(self):
        """Returns the environment for gordon and aws: `venv` first in PATH, the endpoint, and test keys."""
        cli = self.cli.environment if self.cli else {}
        return dict(os.environ, **cli, PATH="%s/bin:%s" % (self.venv, os.environ.get("PATH", "")),
                    AWS_ENDPOINT_URL=self.endpoint, AWS_DEFAULT_REGION="us-east-1",
                    AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test",
                    AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull,
                    NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def _spawn(self):
        self.port = free_port()
        environment = {
            "PATH": "%s/bin:/usr/bin:/bin" % self.venv, "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"), "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.port), "LOG_LEVEL": "WARNING",
            "AUTH": "true" if self.auth else "false"}
        with open(self.folder / "log", "ab") as log:
            # its own session: Ctrl-C goes to the caller only, which then stops the emulator
            self.process = subprocess.Popen([self.venv / "bin" / "ministack"], env=environment,
                                            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, start_new_session=True)
        self.pid = self.process.pid

    def _wait(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if healthy(self.endpoint):
                return self.process.poll() is None
            time.sleep(0.1)
        return False

    def start(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gordon-emulator-"))
        for name in "home", "tmp":
            (self.folder / name).mkdir()
        try:
            for _ in range(PORTS_TRIED):  # another program may take the port first
                self._spawn()
                if self._wait():
                    self.cli = LoadedCli(self.venv, self.folder)
                    return self
                self._end()
            raise RuntimeError("the emulator did not start:\n" + self.log())
        except BaseException:
            self.stop()
            raise

    def _end(self):
        send(signal.SIGTERM, self.pid)
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end and alive(self.pid):
            if self.process:
                self.process.poll()  # else it stays a zombie
            time.sleep(0.05)
        send(signal.SIGKILL, self.pid, group=True)  # and the lambdas that still run
        if self.process:
            self.process.wait()

    def stop(self):
        if self.cli:
            self.cli.stop()
        if self.pid:
            self._end()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.pid = self.folder = self.process = self.cli = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def start(venv, state):
    if state.exists():
        stop(state)  # of an earlier run
    emulator = Emulator(venv).start()
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps({"pid": emulator.pid, "folder": str(emulator.folder),
                                 "endpoint": emulator.endpoint}) + "\n")
    print(emulator.endpoint)


def stop(state):
    if not state.exists():
        return
    known = json.loads(state.read_text())
    emulator = Emulator("")
    emulator.folder = pathlib.Path(known["folder"])
    emulator.pid = known["pid"] if alive(known["pid"]) else None
    emulator.stop()
    state.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--venv", type=pathlib.Path)
    parser.add_argument("verb", choices=["start", "stop"])
    parser.add_argument("state", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.verb == "stop":
        return stop(arguments.state)
    if not arguments.venv:
        parser.error("start needs --venv")
    try:
        return start(arguments.venv, arguments.state)
    except (OSError, RuntimeError) as error:
        return "emulator.py: %s" % error


if __name__ == "__main__":
    sys.exit(main())
