#!/usr/bin/env python3
"""--help of the program and of each of its commands, and --version. usage: command_line.py GORDON"""
import json
import re
import subprocess
import sys
import unittest

GORDON = sys.argv.pop()


def said(*arguments):
    run = subprocess.run([GORDON, *arguments], capture_output=True, text=True)
    return run.returncode, run.stdout, run.stderr


class CommandLine(unittest.TestCase):
    def test_help_of_each_command(self):
        status, out, error = said("--help")
        self.assertEqual((status, error), (0, ""))
        commands = re.findall(r"^  (\w+) ", out, re.MULTILINE)
        self.assertIn("build", commands)
        for command in commands:
            for option in "--help", "-h":
                with self.subTest(command=command, option=option):
                    status, out, error = said(command, option)
                    self.assertEqual((status, error), (0, ""))
                    self.assertTrue(out.startswith("usage: gordon " + command), out)
                    self.assertRegex(out, r"\n +--build-dir DIR ")

    def test_version_names_the_libraries(self):
        """Zips with the same content have the same bytes if these versions are equal."""
        status, out, error = said("--version")
        self.assertEqual((status, error), (0, ""))
        self.assertRegex(out, r"\Agordon \d+\.\d+\.\d+\n"
                              r"libyaml \d\S*, jansson \d\S*, zlib \d\S*, libarchive \d\S*.*\n\Z")

    def test_events(self):
        """Each source has an event, the same every time, and takes the values that the list has."""
        status, out, error = said("event", "--json")
        sources = json.loads(out)
        listed = said("event")[1]
        self.assertGreater(len(sources), 15)
        for source, about in sources.items():
            with self.subTest(source=source):
                status, out, error = said("event", source)
                self.assertEqual((status, error), (0, ""))
                self.assertIsInstance(json.loads(out), dict)
                self.assertNotIn("${", out)
                self.assertIn(f"\n{source} ", "\n" + listed)
                given = [f"--{name}={value}" for name, value in about["values"].items() if "${" not in value]
                self.assertEqual(said("event", source, *given), (0, out, ""))
        event = json.loads(said("event", "sqs", "--body", "é", "-r", "cn-north-1")[1])
        self.assertEqual(event["Records"][0]["body"], "é")
        self.assertEqual(event["Records"][0]["eventSourceARN"], "arn:aws-cn:sqs:cn-north-1:123456789012:example-queue")
        self.assertIn("/prod/", said("event", "apigateway", "--stage=prod")[1])

    def test_words_instead_of_options(self):
        self.assertEqual(said("help"), said("--help"))
        self.assertEqual(said("-h"), said("--help"))


if __name__ == "__main__":
    unittest.main()
