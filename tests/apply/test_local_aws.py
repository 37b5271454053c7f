"""gordon emulator: starts ministack, runs commands with its variables and no others, ends it, and leaves nothing."""
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import unittest

import support
from emulator import alive, free_port, healthy

PATIENCE = 60
SAY = "import os; print(sorted(n + '=' + v for n, v in os.environ.items() if n.startswith('AWS_')))"


class LocalAws(support.Project):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.folder)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir(exist_ok=True)
        self.environment = {
            **os.environ, "PATH": f"{support.VENV}/bin:{os.environ['PATH']}", "TMPDIR": str(self.temporary),
            "AWS_PROFILE": "real", "AWS_SESSION_TOKEN": "real", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
            "AWS_ACCESS_KEY_ID": "real"}
        self.environment.pop("AWS_DEFAULT_REGION", None)

    def emulator(self, *words, status=0, **environment):
        run = subprocess.run([support.GORDON, "emulator", *words], cwd=self.folder, capture_output=True, text=True,
                             env={**self.environment, **environment}, timeout=PATIENCE)
        self.assertEqual(run.returncode, status, run.stderr)
        self.assertEqual(list(self.temporary.iterdir()), [])
        return run

    def start(self, *words):
        run = subprocess.Popen([support.GORDON, "emulator", *words], cwd=self.folder, env=self.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(lambda: run.poll() is None and run.kill())
        return run

    def pids(self):
        """The processes of emulators that were started here."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and f"{self.temporary}/".encode() in (entry / "environ").read_bytes() \
                        and alive(int(entry.name)):
                    found.append(int(entry.name))
            except OSError:
                pass
        return found

    def gone(self, endpoint):
        for _ in range(100):
            if not healthy(endpoint) and not self.pids():
                return
            time.sleep(0.1)
        self.fail("the emulator still runs")

    def test_commands(self):
        run = self.emulator("--", "aws", "s3", "mb", "s3://one")
        self.assertEqual((run.stdout, run.stderr), ("make_bucket: one\n", ""))
        run = self.emulator("--", "python3", "-c", SAY + "; raise SystemExit(7)", status=7)
        self.assertRegex(run.stdout, r"AWS_ENDPOINT_URL=http://127\.0\.0\.1:\d+")
        self.assertIn("'AWS_ACCESS_KEY_ID=test'", run.stdout)
        self.assertIn("'AWS_CONFIG_FILE=/dev/null'", run.stdout)
        for word in "real", "AWS_PROFILE", "SESSION_TOKEN", "URL_S3":
            self.assertNotIn(word, run.stdout)
        self.assertIn("no-such-program cannot be started", self.emulator("--", "no-such-program", status=127).stderr)
        self.assertEqual(self.emulator("--", "sh", "-c", "kill -9 $$", status=137).stdout, "")
        self.assertEqual(self.pids(), [])

    def test_until_a_signal(self):
        port = free_port()
        run = self.start("--port", str(port))
        lines = []
        while not lines or not lines[-1].startswith("export NO_PROXY"):
            lines.append(run.stdout.readline())
            self.assertTrue(lines[-1], lines)
        self.assertIn("unset AWS_PROFILE\n", lines)
        self.assertIn(f"export AWS_ENDPOINT_URL=http://127.0.0.1:{port}\n", lines)
        said = subprocess.run(["sh", "-c", "".join(lines) + "aws sts get-caller-identity --query Account --output text"],
                              env=self.environment, capture_output=True, text=True, check=True)
        self.assertEqual(said.stdout, "000000000000\n")
        taken = subprocess.run([support.GORDON, "emulator", "--port", str(port)], env=self.environment,
                               capture_output=True, text=True, timeout=PATIENCE)
        self.assertIn(f"port {port} is in use", taken.stderr)
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=PATIENCE)
        self.assertEqual(run.returncode, 130)
        self.gone(f"http://127.0.0.1:{port}")
        self.assertEqual(list(self.temporary.iterdir()), [])

    def test_another_port(self):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                taken.bind(("127.0.0.1", 4566))
            except OSError:
                pass  # it is in use by others
            taken.listen()
            said = self.emulator("--", "python3", "-c", SAY).stdout
        self.assertNotIn(":4566", said)

    def test_signals(self):
        """SIGTERM reaches the command; after SIGKILL the emulator ends, too."""
        run = self.start("--", "sh", "-c", "trap 'echo got; exit 3' TERM; echo $AWS_ENDPOINT_URL; while :; do sleep 0.1; done")
        endpoint = run.stdout.readline().strip()
        run.send_signal(signal.SIGTERM)
        self.assertEqual(run.communicate(timeout=PATIENCE)[0], "got\n")
        self.assertEqual(run.returncode, 3)
        self.gone(endpoint)
        run = self.start("--", "sh", "-c", "echo $AWS_ENDPOINT_URL; exec sleep 60")
        endpoint = run.stdout.readline().strip()
        run.kill()
        run.communicate(timeout=PATIENCE)
        self.gone(endpoint)

    def test_not_installed(self):
        (self.folder / "bin").mkdir()
        run = self.emulator(status=20, PATH=str(self.folder / "bin"))
        self.assertIn("pip install ministack", run.stderr)
        broken = self.folder / "bin/ministack"
        broken.write_text("#!/bin/sh\necho it is broken\nexit 1\n")
        broken.chmod(0o755)
        run = self.emulator(status=1, PATH=f"{self.folder / 'bin'}:/usr/bin:/bin")
        self.assertTrue(re.search("did not start", run.stderr) and "it is broken" in run.stderr, run.stderr)


if __name__ == "__main__":
    unittest.main()
