"""The progress of CloudFormation: on a terminal, in a log, and as JSON."""
import json
import os
import re
import unittest

import support

# A stack of three resources. Each read of its events returns more of them.
AWS = """
    import json, os, sys, time
    words, state = sys.argv[1:], os.path.join(os.path.dirname(sys.argv[0]), "state.json")
    now = {"looks": 0, "token": ""}
    if os.path.exists(state):
        with open(state) as file:
            now = json.load(file)
    RESOURCES = (("Role", "AWS::IAM::Role"), ("Function", "AWS::Lambda::Function"), ("Alias", "AWS::X"),
                 ("dev-watched-p", "AWS::CloudFormation::Stack"))
    # after as many looks: the resource, its status, and the second in which that was
    EVENTS = ((1, 0, "CREATE_IN_PROGRESS", 10), (1, 1, "CREATE_IN_PROGRESS", 10),
              (2, 0, "CREATE_COMPLETE", 17), (3, 2, "CREATE_IN_PROGRESS", 18),
              (4, 1, "CREATE_COMPLETE", 20), (4, 2, "CREATE_COMPLETE", 20),
              (4, 3, "CREATE_COMPLETE", 21))

    def event(number, resource, status, second):
        return {"EventId": str(number), "ClientRequestToken": now["token"],
                "LogicalResourceId": RESOURCES[resource][0], "ResourceStatus": status,
                "ResourceType": RESOURCES[resource][1], "Timestamp": f"2026-11-24T00:00:{second}.5Z"}

    answer = {}
    if words[1] == "describe-change-set":
        time.sleep(0.6)
        answer = {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": {
            "Action": "Add", "LogicalResourceId": id, "ResourceType": type}}
            for id, type in RESOURCES[:3]]}
    elif words[1] == "execute-change-set":
        now["token"] = words[words.index("--client-request-token") + 1]
    elif words[1] == "describe-stacks" and "--stack-name" not in words:
        answer = {"Stacks": []}
    elif words[1] == "describe-stacks":
        over = now["looks"] >= 4
        answer = {"Stacks": [{"StackName": "dev-watched-p", "StackId": "x", "Outputs": [],
                              "StackStatus": "CREATE_COMPLETE" if over else "CREATE_IN_PROGRESS"}]}
        time.sleep(0.6)  # that the line changes, which it does every 0.2 s
    elif words[1] == "describe-stack-events":
        now["looks"] += 1
        answer = {"StackEvents": [event(number, *one[1:]) for number, one in enumerate(EVENTS)
                                  if one[0] <= now["looks"]][::-1]}
    with open(state + ".new", "w") as file:
        json.dump(now, file)
    if words[1] in ("execute-change-set", "describe-stack-events"):
        os.rename(state + ".new", state)
    print(json.dumps(answer))
    """
RESULT = "Applying project...\n  0001_p.json (cloudformation)\n    CREATE_COMPLETE\n"
EVENTS = ("      CREATE_COMPLETE  Role  AWS::IAM::Role  7 s\n"
          "      CREATE_COMPLETE  Function  AWS::Lambda::Function  10 s\n"
          "      CREATE_COMPLETE  Alias  AWS::X  2 s\n")


class Progress(support.Project):
    FILES = {"settings.yml": "project: watched\ncode-bucket: demo\n"}

    def setUp(self):
        super().setUp()
        for name in "NO_COLOR", "TERM":
            self.environment.pop(name, None)
        self.build()
        self.fake_aws(AWS)

    def shown(self, *arguments, **environment):
        """Returns the text that a successful apply shows on a terminal."""
        self.environment.update(environment)
        text, status = self.on_terminal("apply", *arguments)
        self.assertEqual(status, 0, text)
        return text

    def check_lines(self, text):
        """Checks the lines that stay, without the changing line."""
        text = re.sub(r"\x1b\[[\d;]*m", "", text)
        text = re.sub(r"\r\x1b\[K[^\n\r]*(?=\r\x1b\[K)", "", text).replace("\r\x1b[K", "")
        head, step, *events, status = text.splitlines(keepends=True)
        self.assertEqual((head + step + status, "".join(events)), (RESULT, EVENTS))

    def test_terminal(self):
        """The changing line has the time, the number of finished resources, and those in progress."""
        text = self.shown(TERM="xterm")
        changing = re.findall(r"\r\x1b\[K {6}\x1b\[1;36m(\d+:\d\d  [^\x1b]*)\x1b\[0m", text)
        for what in ("0 of 3  Role, Function", "1 of 3  Function", "1 of 3  Function, Alias"):
            self.assertTrue([one for one in changing if re.fullmatch(r"0:0\d  " + what, one)],
                            (what, changing))
        self.assertIn("AWS works out the change", text)
        self.assertIn("\x1b[32mCREATE_COMPLETE\x1b[0m", text)
        self.check_lines(text)

    def test_no_color(self):
        """With NO_COLOR the line changes too, without colors."""
        text = self.shown(TERM="xterm", NO_COLOR="1")
        self.assertIn("\r\x1b[K      0:0", text)
        self.assertNotRegex(text, r"\x1b\[[\d;]*m")
        self.check_lines(text)

    def test_dumb(self):
        text = self.shown(TERM="dumb")
        self.assertNotRegex(text, "[\r\x1b]")
        self.check_lines(text)

    def test_debug(self):
        """Messages are on lines of their own, not in the changing line."""
        text = self.shown("--debug", TERM="xterm", NO_COLOR="1")
        self.assertEqual(text.count("gordon: run: "), len(re.findall(
            r"(?:^|(?<=\n)|(?<=\x1b\[K))gordon: run: [^\r\x1b\n]*(?=\n)", text)))

    def test_quiet(self):
        self.assertEqual(re.sub(r"\x1b\[[\d;]*m", "", self.shown("--quiet", TERM="xterm")), RESULT)

    def test_log(self):
        """Without a terminal: results on standard output, events on standard error, no control characters."""
        run = self.gordon("apply", TERM="xterm")
        self.assertEqual((run.stdout, run.stderr), (RESULT, EVENTS))

    def test_json(self):
        run = self.gordon("apply", "--json")
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual([(one["type"], one.get("id"), one.get("status")) for one in lines], [
            ("title", None, None), ("step", None, None),
            ("event", "Role", "CREATE_IN_PROGRESS"), ("event", "Function", "CREATE_IN_PROGRESS"),
            ("event", "Role", "CREATE_COMPLETE"), ("event", "Alias", "CREATE_IN_PROGRESS"),
            ("event", "Function", "CREATE_COMPLETE"), ("event", "Alias", "CREATE_COMPLETE"),
            ("event", "dev-watched-p", "CREATE_COMPLETE"),
            ("status", None, "CREATE_COMPLETE"), ("end", None, 0)])
        self.assertEqual(lines[2], {
            "type": "event", "step": "0001_p.json", "stack": "dev-watched-p", "id": "Role",
            "resource": "AWS::IAM::Role", "status": "CREATE_IN_PROGRESS", "reason": "",
            "time": "2026-11-24T00:00:10.5Z"})
        self.assertEqual(run.stderr, "")

    def test_json_terminal(self):
        """--json has no control characters on a terminal."""
        self.assertNotRegex(self.shown("--json", TERM="xterm"), "[\r\x1b]")

    def test_narrow(self):
        """The changing line is cut to the width of the terminal, because a wrapped line cannot be erased."""
        program = os.path.join(self.folder, "narrow")
        support.write_program(program, f'#!/bin/sh\nstty cols 24\nexec "{support.GORDON}" "$@"\n')
        gordon, support.GORDON = support.GORDON, program
        self.addCleanup(setattr, support, "GORDON", gordon)
        text = self.shown(TERM="xterm", NO_COLOR="1")
        changing = re.findall(r"\r\x1b\[K( {6}\d[^\r\n\x1b]*)", text)
        self.assertIn("      0:00  0 of 3  Rol", [re.sub("0:0.", "0:00", one) for one in changing])
        self.assertLess(max(map(len, changing)), 24)


if __name__ == "__main__":
    unittest.main()
