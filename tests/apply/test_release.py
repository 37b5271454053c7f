"""A release is made once and applied elsewhere. A release with a changed byte is refused."""
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

import support

SEAL = b"\x1f\x8b\x08\x10\0\0\0\0\0\xffsha256=%s\0\x03\0" + b"\0" * 8
BUNDLE = "demo-prod.tar.gz"


def seal(data):
    return data + SEAL % hashlib.sha256(data).hexdigest().encode()


def read(path):
    with open(path, "rb") as data:
        return data.read()


def unpacked(path):
    """Returns the files in a release: {name: bytes}."""
    with tarfile.open(path) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}


class Released(support.Project):
    """A release of `demo`, applied in a folder with no other file."""

    FILES = {"settings.yml": "project: demo\ncode-bucket: demo\n"}

    def setUp(self):
        super().setUp()
        self.empty = self.make_folder()
        self.environment["TMPDIR"] = self.make_folder()

    def make_folder(self):
        folder = tempfile.mkdtemp(prefix="gordon release ")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        return folder

    def release(self, *arguments, **options):
        self.build()
        return self.gordon("release", "--stage", "prod", *arguments, **options)

    def take_away(self):
        """Moves the release to the empty folder."""
        os.rename(os.path.join(self.folder, BUNDLE), os.path.join(self.empty, BUNDLE))

    def apply_release(self, *arguments, status=0, **environment):
        run = subprocess.run([support.GORDON, "apply", "--release", BUNDLE, *arguments],
                             cwd=self.empty, capture_output=True, text=True, timeout=300,
                             env={**self.environment, **environment})
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        self.assertEqual(os.listdir(self.environment["TMPDIR"]), [], "nothing is left")
        return run


class Life(support.Applied, Released):
    FILES = {
        "settings.yml": """
            project: demo
            code-bucket: demo
            apps:
              - gordon.contrib.lambdas
              - app
            contexts:
              default:
                greeting: ref://Greeting
                file: ref://File
            """,
        "app/settings.yml": """
            lambdas:
              hello:
                code: hello
                runtime: python
                environment: {TOKEN: ref://Token, SECRET: ref://Secret}
            """,
        "app/hello/code.py": """
            import json, os

            def handler(event, context):
                with open(".context") as text:
                    return [json.load(text), os.environ["TOKEN"], os.environ["SECRET"]]
            """,
        "parameters/common.yml": """
            Greeting: nobody
            File: file://words.txt
            Secret: ssm:///demo/secret
            """,
        "parameters/prod.yml": """
            Greeting: "{{ stage }} greets {{ env.WHO }}"
            Token: env://TOKEN
            """,
        "parameters/dev.yml": "Token: of-dev\n",
    }

    def setUp(self):
        super().setUp()
        self.environment.update(TOKEN="planted-token", WHO="planted-who")
        self.aws("ssm", "put-parameter", "--name", "/demo/secret", "--type", "SecureString",
                 "--value", "planted-secret")
        self.addCleanup(self.gordon, "delete", "--stage", "prod", "--confirm")

    def check_nothing_resolved(self):
        found = unpacked(os.path.join(self.empty, BUNDLE))
        self.assertEqual(list(found), sorted(found))
        self.assertEqual(list(found), [
            "0001_p.json", "0002_pr_r.json", "0003_r.json", "code/app_hello.zip",
            "code/contrib_lambdas_version.zip", "manifest.json", "parameters/common.yml",
            "parameters/prod.yml"])
        for name in found:
            if name.startswith("parameters/"):
                self.assertEqual(found[name], read(os.path.join(self.folder, name)))
            elif name != "manifest.json":
                self.assertEqual(found[name], read(os.path.join(self.folder, "_build", name)))
            self.assertNotIn(b"planted", found[name])
        self.assertNotIn(b"of-dev", b"".join(found.values()))

    def test_life(self):
        calls = self.record_aws()
        self.release()
        self.assertEqual(calls(), [], "making a release asks nobody")
        del self.environment["GORDON_TEST_AWS_LOG"]
        self.take_away()
        self.check_nothing_resolved()
        gone = self.folder + " gone"
        os.rename(self.folder, gone)
        support.write(self.empty, {"words.txt": "words of here\n"})
        self.assertRegex(self.apply_release().stdout, r"\A" r"""Applying project\.\.\.
  0001_p\.json \(cloudformation\)
    CREATE_COMPLETE
  0002_pr_r\.json \(custom\)
    ✓ code/contrib_lambdas_version\.zip \([0-9a-f]{8}\)
    ✓ code/app_hello\.zip \([0-9a-f]{8}\)
  0003_r\.json \(cloudformation\)
    CREATE_COMPLETE
Project Outputs:
  LambdaAppHello
    arn:aws:lambda:us-east-1:\d+:function:\S+:current
\Z""")
        again = self.apply_release("--stage", "prod")
        self.assertEqual(again.stdout.count("no changes"), 2, again.stdout)
        self.assertEqual(again.stdout.count(") unchanged"), 2, again.stdout)
        os.rename(gone, self.folder)
        self.name = "demo"
        answer, _ = self.invoke(self.outputs("prod")["ClioutputLambdaAppHello"])
        self.assertEqual(answer, [{"greeting": "prod greets planted-who", "file": "words of here"},
                                  "planted-token", "planted-secret"])
        support.write(self.folder, {"words.txt": "words of here\n"})
        self.assertEqual(self.apply("--stage", "prod").stdout, again.stdout, "as from the build")


class Offline(Released):
    """Tests without AWS. The fake `aws` logs its calls."""

    def setUp(self):
        super().setUp()
        self.log = os.path.join(self.folder, "aws.log")
        program = os.path.join(self.folder, "fake", "aws")
        support.write_program(program, f"""
            #!{sys.executable}
            import sys
            with open({self.log!r}, "a") as log:
                log.write(" ".join(sys.argv[1:]) + "\\n")
            sys.exit("no AWS here")
            """)
        self.environment["GORDON_AWS"] = program

    def refused(self, data, text=None, status=1, arguments=()):
        """Checks that a release with these bytes is refused before any call of AWS."""
        with open(os.path.join(self.empty, BUNDLE), "wb") as bundle:
            bundle.write(data)
        run = self.apply_release(*arguments, status=status)
        self.assertEqual(run.stdout, "")
        if text:
            self.assertEqual(run.stderr, f"{BUNDLE}: error: {text}\n")
        else:
            self.assertRegex(run.stderr, rf"\A{BUNDLE}: error: this .*release")
        self.assertFalse(os.path.exists(self.log), "aws was run")


class Bundle(Offline):
    def test_every_byte(self):
        self.release()
        self.take_away()
        data = bytearray(read(os.path.join(self.empty, BUNDLE)))
        for i in range(len(data)):
            data[i] ^= 1 << i % 8
            self.refused(data)
            data[i] ^= 1 << i % 8
        for length in range(0, len(data), 61):
            self.refused(data[:length])
        for more in b"\0", b"\n", b"\0" * 512, data:
            self.refused(data + more)
        self.refused(data[1:])
        self.refused(data, "this release is for the stage 'prod', not for 'dev'", 64,
                     ["--stage", "dev"])

    def forge(self, change):
        """Returns the release with other content and a correct seal."""
        files = unpacked(os.path.join(self.folder, BUNDLE))
        manifest = json.loads(files["manifest.json"])
        change(files, manifest)
        if "manifest.json" in files:
            files["manifest.json"] = json.dumps(manifest).encode()
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            for name in sorted(files):
                info = tarfile.TarInfo(name)
                info.size = len(files[name])
                tar.addfile(info, io.BytesIO(files[name]))
        return seal(gzip.compress(out.getvalue()))

    def test_manifest(self):
        """The manifest is checked even if the seal is correct."""
        self.release()
        wrong = "this is no release that gordon wrote: "

        def change(name, text):
            return lambda files, manifest: files.update({name: text})

        def say(**values):
            return lambda files, manifest: manifest.update(
                {key.replace("_", "-"): value for key, value in values.items()})
        self.refused(self.forge(change("0001_p.json", b"{}")),
                     wrong + "its manifest has another content for 0001_p.json")
        self.refused(self.forge(change("code/more.zip", b"")),
                     wrong + "it has other files than its manifest, at code/more.zip")
        self.refused(self.forge(change("z", b"")), wrong + "it has other files than its manifest, at z")
        self.refused(self.forge(lambda files, _: files.pop("0001_p.json")),
                     wrong + "it lacks 0001_p.json")
        self.refused(self.forge(lambda files, _: files.pop("manifest.json")))
        self.refused(self.forge(say(format=2, gordon="2.0.0")),
                     "this release has the format 2, and gordon 1.0.0 knows format 1; apply it with "
                     "the gordon that wrote it, 2.0.0")
        for values in ({"project": "a b"}, {"project": 1}, {"stage": "X"}, {"default_region": ""}):
            self.refused(self.forge(say(**values)),
                         wrong + "manifest.json has no project, stage or region")
        self.refused(self.forge(say(region="moon")),
                     wrong + "manifest.json has an invalid region or account")
        self.refused(self.forge(say(files=[])), wrong + "manifest.json has no files")
        self.refused(self.forge(say(files=[{"path": "x", "size": -1, "sha256": "0" * 64}])),
                     wrong + "manifest.json has a file without path, size or SHA-256")
        for place in 1, "", "settings.yml", "settings.yml:1", "/etc/passwd:1:1", "a:0:1":
            self.refused(self.forge(say(places={"resources": {"A": place}})),
                         wrong + "manifest.json has an invalid place")

    def test_stage_and_region(self):
        """The region of the release has precedence over the environment, --region over both."""
        self.release("--region", "eu-west-1")
        self.take_away()
        for arguments, region in ([], "eu-west-1"), (["--region", "eu-west-3"], "eu-west-3"):
            self.apply_release(*arguments, status=1, AWS_DEFAULT_REGION="us-west-2")
            self.assertIn(f"--region {region}", read(self.log).decode())
            os.unlink(self.log)

    def test_project_left_behind(self):
        """A release has the files of the build only, not others in its folder."""
        self.build()
        support.write(self.folder, {"_build/code/stale.zip": "x", "_build/notes": "x"})
        self.gordon("release", "-s", "prod", "-o", "out/of here.tar.gz")
        self.assertEqual(list(unpacked(os.path.join(self.folder, "out/of here.tar.gz"))),
                         ["0001_p.json", "manifest.json"])

    def test_same_bytes(self):
        """The bytes do not depend on folder, clock, time zone, umask, locale and order of files."""
        self.release()
        first = os.path.join(self.folder, BUNDLE)
        before = os.stat(first)
        other = os.path.join(self.make_folder(), "deeper")
        shutil.copytree(self.folder, other)
        os.unlink(os.path.join(other, BUNDLE))
        for folder, _, names in os.walk(other):
            for name in names:
                os.utime(os.path.join(folder, name), (1, 1))
        mask = os.umask(0o077)
        self.addCleanup(os.umask, mask)
        subprocess.run([support.GORDON, "release", "--stage", "prod", "--project", other,
                        "--output", os.path.join(other, BUNDLE)], check=True, cwd=self.empty,
                       stdout=subprocess.DEVNULL,
                       env={**self.environment, "TZ": "Asia/Kathmandu", "LC_ALL": "C", "HOME": "/"})
        self.assertEqual(read(first), read(os.path.join(other, BUNDLE)))
        self.release()
        after = os.stat(first)
        self.assertEqual((before.st_mtime_ns, before.st_ino), (after.st_mtime_ns, after.st_ino))

    def test_parameters_with_mistakes(self):
        """A broken parameter file is an error. The message does not show its line."""
        self.build()
        support.write(self.folder, {"parameters/prod.yml": "A: [secret\n"})
        run = self.gordon("release", "--stage", "prod", status=1)
        self.assertRegex(run.stderr, r"\Aparameters/prod.yml:\d+:\d+: error: ")
        self.assertNotIn("secret", run.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.folder, BUNDLE)))


class Places(Offline):
    """Messages equal those of the build, but show no source lines."""

    FILES = {
        "settings.yml": "project: demo\ncode-bucket: demo\napps: [app]\n",
        "app/settings.yml": """
            lambdas:
              one:
                code: one.py
                environment:
                  TOKEN: ref://Token
                  OTHER: ref://Other
            """,
        "app/one.py": "def handler(event, context):\n    return 1\n",
    }

    def test_parameters_missing(self):
        """All missing parameters are reported when the release is made, with the messages of apply. A
        reference counts as a value: only apply resolves it."""
        self.build()
        run = self.gordon("release", "--stage", "prod", status=2)
        self.assertEqual(re.findall(r"^\S+ error: .*", run.stderr, re.MULTILINE), [
            f"app/settings.yml:{place}: error: the parameter '{name}' has no value; give it one in "
            "parameters/prod.yml or parameters/common.yml"
            for place, name in (("5:14", "Token"), ("6:14", "Other"))])
        self.assertEqual(self.gordon("apply", "--stage", "prod", status=2).stderr, run.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.folder, BUNDLE)))
        support.write(self.folder, {"parameters/common.yml": "Token: env://NOT_SET_AT_ALL\n",
                                    "parameters/dev.yml": "Other: of-dev\n"})
        run = self.gordon("release", "--stage", "prod", status=2)
        self.assertIn("the parameter 'Other' has no value", run.stderr)
        self.assertNotIn("Token", run.stderr.split("|")[0])
        self.gordon("release", "--stage", "dev")
        support.write(self.folder, {"parameters/prod.yml": "Other: \"{{ env.NOT_SET_AT_ALL }}\"\n"})
        self.release()

    def test_places_of_all_steps(self):
        """The manifest has the place of each parameter, whichever step asks for it."""
        support.write(self.folder, {
            "settings.yml": "project: demo\ncode-bucket: ref://Bucket\napps: [app]\n"
                            "contexts:\n  default:\n    key: ref://Key\n",
            "parameters/prod.yml": "Bucket: demo-bucket\nKey: k\nToken: t\nOther: o\n"})
        self.release()
        with tarfile.open(os.path.join(self.folder, BUNDLE)) as bundle:
            manifest = json.load(bundle.extractfile("manifest.json"))
        self.assertEqual(manifest["places"]["parameters"], {
            "Bucket": "settings.yml:2:14", "Key": "settings.yml:6:10",
            "Token": "app/settings.yml:5:14", "Other": "app/settings.yml:6:14"})

    def test_variable_unset(self):
        support.write(self.folder, {"parameters/prod.yml": "Token: env://NOT_SET_AT_ALL\n"
                                                         "Other: other\n"})
        self.release()
        self.take_away()
        run = self.apply_release(status=1)
        self.assertEqual(run.stderr, self.gordon("apply", "--stage", "prod", status=1).stderr)
        self.assertIn("parameters/prod.yml:1:8: error: the environment variable", run.stderr)


if __name__ == "__main__":
    unittest.main()
