#!/usr/bin/env python3
"""The emulator starts, answers the AWS CLI, and leaves nothing behind.

usage: test_emulator.py VENV WORK
"""
import json
import os
import pathlib
import subprocess
import sys
import unittest

import emulator

VENV, WORK = map(pathlib.Path, sys.argv[1:])
del sys.argv[1:]
COMMAND = [sys.executable, "-B", emulator.__file__]


class TestEmulator(unittest.TestCase):
    def test_as_a_context(self):
        with emulator.Emulator(VENV) as running:
            said = subprocess.check_output(["aws", "sts", "get-caller-identity"],
                                           env=running.environment())
            self.assertEqual(json.loads(said)["Account"], "000000000000")
            pid, folder, endpoint = running.pid, running.folder, running.endpoint
        self.gone(pid, folder, endpoint)

    def test_as_a_command(self):
        state = WORK / "state.json"
        endpoint = subprocess.check_output([*COMMAND, "--venv", VENV, "start", state], text=True)
        known = json.loads(state.read_text())
        self.assertEqual(endpoint, known["endpoint"] + "\n")
        self.assertTrue(emulator.healthy(known["endpoint"]))
        subprocess.check_call([*COMMAND, "stop", state])
        self.assertFalse(state.exists())
        self.gone(known["pid"], pathlib.Path(known["folder"]), known["endpoint"])
        subprocess.check_call([*COMMAND, "stop", state])  # a second stop is no error

    def test_without_a_venv(self):
        run = subprocess.run([*COMMAND, "--venv", WORK / "none", "start", WORK / "state"],
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("No such file or directory", run.stderr)
        self.assertFalse((WORK / "state").exists())

    def gone(self, pid, folder, endpoint):
        self.assertFalse(emulator.alive(pid))
        self.assertFalse(folder.exists())
        self.assertFalse(emulator.healthy(endpoint))


if __name__ == "__main__":
    os.makedirs(WORK, exist_ok=True)
    unittest.main()
