#!/usr/bin/env python3
"""Runs the examples for CI in docs/ci, job for job, as the runners of GitHub and GitLab do, with Gordon's
own package. They apply to an emulator of AWS that checks IAM, so the trust policies of docs/ci.md are
tested too. This file implements the actions of GitHub that the example uses; any other action fails.

usage: ci.py SOURCE DEB VENV WORK [TEST]

DEB is the folder with the package.
"""
import base64
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import unittest

import yaml

from emulator import Emulator

SOURCE, PACKAGES, VENV, WORK = map(pathlib.Path, sys.argv[1:5])
del sys.argv[1:5]
ACCOUNT = "000000000000"
TEXT = (SOURCE / "docs/ci.md").read_text()

# sudo, apt-get and curl of a machine that has everything except Gordon. The folder that apt-get unpacks
# to is in PATH, like /usr/bin.
PROGRAMS = {
    "sudo": '#!/bin/sh\nexec "$@"\n',
    "apt-get": """#!/bin/sh
        set -eu
        for package in "$@"; do
            case $package in
                *.deb) dpkg-deb -x "$package" "$ROOT" ;;
            esac
        done
        """,
    "curl": """#!/bin/sh
        set -eu
        [ "$1 $2" = "-fsSL -o" ]
        [ "$4" = "https://packages.example/gordon.deb" ]
        cp "$DEB" "$3"
        """,
}


def blocks(language):
    """Returns the code blocks of docs/ci.md in this language."""
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def trust(provider):
    text, = [text for text in blocks("json") if f"oidc-provider/{provider}" in text]
    return json.loads(text.replace("ACCOUNT", ACCOUNT))


def token(**claims):
    """Returns an OIDC token without a signature, which the emulator does not check."""
    parts = {"alg": "none"}, claims, {}
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
                    for part in parts)


class Example(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(VENV, auth=True).start()
        cls.addClassCleanup(cls.emulator.stop)

    def setUp(self):
        self.work = WORK / self.id().rsplit(".", 1)[1]
        shutil.rmtree(self.work, ignore_errors=True)
        for folder in "programs", "root", "artifacts":
            (self.work / folder).mkdir(parents=True)
        for name, text in PROGRAMS.items():
            program = self.work / "programs" / name
            program.write_text(re.sub("^        ", "", text, flags=re.MULTILINE))
            program.chmod(0o755)
        deb, = PACKAGES.glob("*.deb")
        root = self.work / "root"
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("AWS_", "GORDON_"))}
        self.environment = {
            **kept, **self.emulator.cli.environment,
            "PATH": f"{self.work}/programs:{root}/usr/bin:{VENV}/bin:{os.environ['PATH']}",
            "ROOT": str(root), "DEB": str(deb), "HOME": str(self.work)}

    def aws(self, *arguments, status=0, **environment):
        run = subprocess.run([VENV / "bin/aws", *arguments, "--output", "json"], text=True,
                             capture_output=True, env={**self.emulator.environment(), **environment})
        self.assertEqual(run.returncode == 0, status == 0, run.stdout + run.stderr)
        return json.loads(run.stdout) if run.stdout else run.stderr

    def make_role(self, stage, policy):
        """Makes a role that may do everything: the test `iam` checks the actions that apply needs."""
        name = f"{self.id().rsplit('.', 1)[1]}-{stage}".replace("_", "-")
        role = self.aws("iam", "create-role", "--role-name", name, "--assume-role-policy-document",
                        json.dumps(policy))["Role"]["Arn"]
        everything = {"Version": "2012-10-17",
                      "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        self.aws("iam", "put-role-policy", "--role-name", name, "--policy-name", "all",
                 "--policy-document", json.dumps(everything))
        return role

    def assume(self, role, subject_token, status=0):
        return self.aws("sts", "assume-role-with-web-identity", "--role-arn", role,
                        "--role-session-name", "ci", "--web-identity-token", subject_token,
                        status=status)

    def machine(self, job):
        """Makes the folder of a job: a new machine, without the installations of earlier jobs."""
        shutil.rmtree(self.work / "root", ignore_errors=True)
        (self.work / "root").mkdir()
        folder = self.work / f"job {job}"
        folder.mkdir()
        return folder

    def check_out(self, folder):
        shutil.copytree(SOURCE / "example-project", folder, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("_build", "build"))
        line, = blocks("cmake")
        file = folder / "CMakeLists.txt"
        text, changes = re.subn(r"gordon_add_project\(.*\)\n", line, file.read_text())
        self.assertEqual(changes, 1)
        file.write_text(text)

    def run_script(self, script, folder, environment):
        run = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, text=True,
                             env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual(run.returncode, 0, f"{script}\n{run.stdout}")
        return run.stdout

    def check_applied(self, stage):
        for kind in "p", "r":
            stack, = self.aws("cloudformation", "describe-stacks", "--stack-name",
                              f"{stage}-pycongalicia-{kind}")["Stacks"]
            self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE")
            self.aws("cloudformation", "delete-stack", "--stack-name", stack["StackName"])

    def in_order(self, jobs):
        """Returns the names of the jobs, each after those that it needs."""
        done = []
        while len(done) < len(jobs):
            ready = [name for name in jobs if name not in done and set(self.needs(jobs[name])) <= set(done)]
            self.assertTrue(ready, f"{done}, and then?")
            done += ready
        self.assertEqual(done, ["build", "apply-dev", "apply-prod"])
        return done

    @staticmethod
    def needs(job):
        needed = job.get("needs", [])
        return [needed] if isinstance(needed, str) else needed


class GitHub(Example):
    PROVIDER = "token.actions.githubusercontent.com"
    VARIABLES = {"vars.GORDON_DEB": "https://packages.example/gordon.deb"}

    def value(self, text, variables):
        def put_in(match):
            return variables[match.group(1)]
        return re.sub(r"\$\{\{ *(\S+) *\}\}", put_in, text)

    def step(self, workflow, job, step, folder, environment):
        if "run" in step:
            if "env" in workflow:
                environment = {name: self.value(value, self.VARIABLES)
                               for name, value in workflow["env"].items()} | environment
            return self.run_script(step["run"], folder, environment)
        action, given = step["uses"].split("@")[0], step.get("with", {})
        if action == "actions/checkout":
            self.check_out(folder)
        elif action == "actions/upload-artifact":
            kept = self.work / "artifacts" / given["name"]
            kept.mkdir()
            found = list(folder.glob(given["path"]))
            self.assertTrue(found)
            for path in found:
                shutil.copy(path, kept)
        elif action == "actions/download-artifact":
            shutil.copytree(self.work / "artifacts" / given["name"], folder, dirs_exist_ok=True)
        elif action == "aws-actions/configure-aws-credentials":
            self.assertEqual(job["permissions"], {"id-token": "write"})
            role = self.value(given["role-to-assume"], {"vars.AWS_ROLE_ARN": self.roles[job["environment"]]})
            keys = self.assume(role, self.token(job))["Credentials"]
            environment.update(AWS_ACCESS_KEY_ID=keys["AccessKeyId"], AWS_SESSION_TOKEN=keys["SessionToken"],
                               AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
                               AWS_REGION=given["aws-region"], AWS_DEFAULT_REGION=given["aws-region"],
                               AWS_ENDPOINT_URL=self.emulator.endpoint, NO_PROXY="127.0.0.1",
                               no_proxy="127.0.0.1")
        else:
            self.fail(f"this test does not know what {action} does")
        return ""

    def token(self, job):
        return token(iss=f"https://{self.PROVIDER}", aud="sts.amazonaws.com",
                     sub=f"repo:OWNER/REPOSITORY:environment:{job['environment']}")

    def test_github(self):
        workflow = yaml.safe_load((SOURCE / "docs/ci/github-actions.yml").read_text())
        jobs = workflow["jobs"]
        policy = json.dumps(trust(self.PROVIDER))
        self.assertIn(":environment:prod", policy)
        self.roles = {stage: self.make_role(stage, json.loads(policy.replace(":prod", f":{stage}")))
                      for stage in ("dev", "prod")}
        for name in self.in_order(jobs):
            job, folder, environment = jobs[name], self.machine(name), dict(self.environment)
            environment["RUNNER_TEMP"] = str(folder / "temp")
            (folder / "temp").mkdir()
            self.assertEqual("if" in job, name != "build")
            for step in job["steps"]:
                self.step(workflow, job, step, folder, environment)
        self.assume(self.roles["prod"], self.token(jobs["apply-dev"]), status=1)
        self.check_applied("dev")
        self.check_applied("prod")


class GitLab(Example):
    PROVIDER = "gitlab.com"

    def expand(self, text, variables):
        return re.sub(r"\$(\w+)", lambda match: variables[match.group(1)], text)

    def token(self, audience, branch="main"):
        return token(iss=f"https://{self.PROVIDER}", aud=audience,
                     sub=f"project_path:GROUP/PROJECT:ref_type:branch:ref:{branch}")

    def run_job(self, name, job, before):
        folder, environment = self.machine(name), dict(self.environment)
        variables = {"GORDON_DEB": "https://packages.example/gordon.deb", "CI_PROJECT_DIR": str(folder)}
        if "environment" in job:
            stage = job["environment"]
            self.assertEqual(job["resource_group"], stage)
            variables.update(CI_ENVIRONMENT_NAME=stage, AWS_ROLE_ARN=self.roles[stage])
            environment.update(AWS_ENDPOINT_URL=self.emulator.endpoint, NO_PROXY="127.0.0.1",
                               no_proxy="127.0.0.1")
        for key, value in job.get("variables", {}).items():
            variables[key] = self.expand(value, variables)
        for key, wanted in job.get("id_tokens", {}).items():
            variables[key] = self.token(wanted["aud"])
        if variables.get("GIT_STRATEGY") != "none":
            self.check_out(folder)
        for path in (self.work / "artifacts").iterdir():
            shutil.copy(path, folder)
        self.run_script("\n".join(before + job["script"]), folder, {**environment, **variables})
        for pattern in job.get("artifacts", {}).get("paths", []):
            found = list(folder.glob(pattern))
            self.assertTrue(found)
            for path in found:
                shutil.copy(path, self.work / "artifacts")

    def test_gitlab(self):
        pipeline = yaml.safe_load((SOURCE / "docs/ci/gitlab-ci.yml").read_text())
        jobs = {name: {**pipeline.get(job.get("extends"), {}), **job} for name, job in pipeline.items()
                if name not in ("workflow", "default") and not name.startswith(".")}
        self.roles = {stage: self.make_role(stage, trust(self.PROVIDER)) for stage in ("dev", "prod")}
        for name in self.in_order(jobs):
            self.run_job(name, jobs[name], pipeline["default"]["before_script"])
        self.assume(self.roles["prod"], self.token("https://gitlab.com", "other"), status=1)
        self.assume(self.roles["prod"], self.token("https://gitlab.example"), status=1)
        self.check_applied("dev")
        self.check_applied("prod")


class Text(Example):
    """The other commands in docs/ci.md."""

    def test_commands(self):
        """Commands of the examples have the same words in the text. The others work."""
        commands = [line[2:] for line in "".join(blocks("console")).splitlines()]
        commands += re.findall(r"`((?:cmake|gordon) -*\w[^`]*)`", "\n".join(
            line for line in TEXT.splitlines() if line.startswith(("| build", "| release"))))
        scripts = {line.strip().removeprefix("- ").removeprefix("run: ")
                   for name in ("github-actions.yml", "gitlab-ci.yml")
                   for line in (SOURCE / "docs/ci" / name).read_text().splitlines()}
        for command in commands:
            if "create-open-id-connect-provider" in command:
                self.aws(*shlex.split(command)[1:])
            elif "create-role" not in command:  # make_role has the same words
                self.assertIn(command, scripts)
        found = self.aws("iam", "list-open-id-connect-providers")["OpenIDConnectProviderList"]
        self.assertEqual(sorted(provider["Arn"] for provider in found),
                         sorted(trust(name)["Statement"][0]["Principal"]["Federated"]
                                for name in (GitHub.PROVIDER, GitLab.PROVIDER)))


if __name__ == "__main__":
    if not shutil.which("dpkg-deb"):
        print("no dpkg here")
        sys.exit(77)
    unittest.main()
