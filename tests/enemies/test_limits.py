#!/usr/bin/env python3
"""Settings that would take all memory or time, or a stack without end, though they are short.

usage: test_limits.py GORDON WORK

The programs have a sanitizer, so what is measured is the CPU time and the largest memory, with room.
"""
import os
import resource
import struct
import subprocess
import unittest
import zipfile

import hostile

CPU_SECONDS, MEGABYTES, STACK = 40, 1500, 256 << 10
LIST = "Resources:\n"


def topic(name, more):
    return f"  {name}: {{Type: AWS::SNS::Topic, {more}}}\n"


def sub(text):
    return LIST + topic("A", f"Properties: {{TopicName: !Sub '{text}'}}")


class Limits(hostile.Test):
    def limited(self, fragment="", settings="", status=0, says="", command="template"):
        """Runs gordon template with a fragment, and with settings of the project."""
        (self.project / "settings.yml").write_text("project: p\ncode-bucket: b-x\napps:\n  - app\n" + settings +
                                                   ("cloudformation: f.yml\n" if fragment else ""))
        (self.project / "f.yml").write_text(fragment)

        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            resource.setrlimit(resource.RLIMIT_STACK, (STACK, STACK))
        with (self.place / "out").open("w+b") as out:
            run = subprocess.Popen(self.command(command), cwd=self.project, env=self.environment, stdout=out,
                                   stderr=out, stdin=subprocess.DEVNULL, preexec_fn=limit)
            _, code, usage = os.wait4(run.pid, 0)
            run.returncode = os.waitstatus_to_exitcode(code)
            out.seek(0)
            text = out.read().decode(errors="replace")
        self.assertEqual(run.returncode, status, text[:2000])
        self.assertIn(says, text)
        self.assertLess(usage.ru_maxrss / 1024, MEGABYTES)
        return text

    def test_text_of_holes(self):
        """Each ${ once looked for its end in all that follows."""
        for text, status in (("${" * 30000 + "}", 24), ("${a" * 60000, 0), ("${!" * 60000 + "}", 0),
                             ("${a." * 60000, 0), ("${B.b" * 30000 + "}", 24)):
            with self.subTest(text=text[:6]):
                self.setUp()
                self.limited(sub(text), status=status)

    def test_chain_of_resources(self):
        """The way through them was on the stack."""
        n = 5000
        self.limited(LIST + "".join(topic(f"A{i}", f"DependsOn: A{i + 1}") for i in range(n)) + topic(f"A{n}", ""))

    def test_many_circles(self):
        """Each pair of resources is a circle, and each message has all of its way."""
        n = 60
        names = ", ".join(f"A{i}" for i in range(n))
        text = self.limited(LIST + "".join(topic(f"A{i}", f"DependsOn: [{names}]") for i in range(n)), status=15,
                            says="A0 -> A1 -> A0")
        self.assertLess(len(text), 50000)

    def test_many_wrong_names(self):
        """For each one, all names were listed once more."""
        n = 2500
        text = self.limited(LIST + "".join(topic(f"A{i}", f"DependsOn: B{i}") for i in range(n)), status=20,
                            says="there is no resource 'B0'; did you mean 'A0'?")
        self.assertLess(text.count("error: "), 2000)

    def test_many_wrong_uses(self):
        n = 2500
        self.lambdas("l: {code: c, handler: code.handler, runtime: python, uses: {" +
                     ", ".join(f"B{i}: read" for i in range(n)) + "}}")
        self.limited(LIST + "".join(topic(f"A{i}", "") for i in range(n)), status=20,
                     says="'B0'; did you mean 'A0'?")

    def test_one_file_in_many_texts(self):
        with (self.project / "big").open("wb") as file:
            file.truncate(60 << 20)
        self.limited(settings="outputs:\n" + "".join(f"  A{i}: text://big\n" for i in range(40)), status=24,
                     says="the files that templates name have more than 512 MB together")

    def test_one_text_in_many_values(self):
        (self.project / "big").write_bytes(b"x" * (1 << 20))
        self.limited(settings="outputs:\n  A: &a text://big\n" + "".join(f"  A{i}: *a\n" for i in range(300)), status=24,
                     says="the settings expand to more than 2000000 values of templates")

    def test_context_of_many_lambdas(self):
        n = 1500
        self.lambdas(*(f"l{i}: {{code: c, handler: code.handler, runtime: python}}" for i in range(n)))
        self.limited(settings="contexts: {default: {" + ", ".join(f"a{i}: {i}" for i in range(n)) + "}}\n", status=24,
                     says="the settings expand to more than 2000000 values of templates")

    def test_defaults_of_many_lambdas(self):
        n = 1100
        self.lambdas(*(f"l{i}: {{code: c, handler: code.handler, runtime: python}}" for i in range(n)))
        self.limited(settings="defaults: {lambdas: {properties: {X: {" + ", ".join(f"a{i}: {i}" for i in range(n))
                     + "}}}}\n", status=24, says="these defaults would be more than 1000000 values in the 1100 lambdas of 'app'")

    def test_long_name_of_a_resource_with_a_file(self):
        """Its name in code/ must not be too long for a file, and two of them must not be one."""
        (self.project / "m.json").write_text("{}")
        self.limited(LIST + "".join(f"  {'A' * 250}{i}: {{Type: AWS::StepFunctions::StateMachine, Properties: "
                                    "{DefinitionS3Location: m.json}}\n" for i in range(2)))
        self.assertEqual(len(list((self.project / "_build/code").glob("*.json"))), 2)

    def test_nested_templates(self):
        """Each level was on the stack."""
        stack = LIST + "  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: t%d.yml}}\n"
        n = 1000
        for i in range(n):
            (self.project / f"t{i}.yml").write_text(stack % (i + 1))
        (self.project / f"t{n}.yml").write_text(LIST + topic("A", ""))
        self.limited(stack % 0, status=24, says="t99.yml:2:67: error: templates are nested deeper than 100 levels here")
        (self.project / "t99.yml").write_text(LIST + topic("A", ""))
        self.limited(stack % 0, says="")

    def test_large_folder_of_a_resource(self):
        """The plan has its digest."""
        with (self.project / "app/c/large").open("wb") as file:
            file.truncate(1 << 42)
        self.limited("Transform: AWS::Serverless-2016-10-31\n" + LIST +
                     "  S: {Type: AWS::Serverless::Function, Properties: {CodeUri: app/c}}\n", status=21,
                     says="error: the files in app/c have more than 1024 MB")

    def zipped(self, names):
        """Lets the lambda's code be a zip with these files."""
        path = self.project / "app/c.zip"
        with zipfile.ZipFile(path, "w") as made:
            for name in ["code.py", *names]:
                made.writestr(name, "x = 1\n")
        self.lambdas("l: {code: c.zip, handler: code.handler, runtime: python}")
        return path

    def test_zip_with_long_names(self):
        """All folders of each name were kept: 1 MB took 16 GB."""
        self.zipped([f"{i}" + "/a" * 32700 for i in range(4)])
        self.limited(status=21, command="build", says="has a name that is longer than a path can be")
        self.zipped([f"{i}" + "/a" * 2000 for i in range(300)])
        self.limited(command="build")

    def test_zip_of_files_without_end(self):
        path = self.zipped([f"{i}" for i in range(5)])
        data, size = path.read_bytes(), struct.pack("<L", 6)
        path.write_bytes(data.replace(size + size, struct.pack("<L", 6) + struct.pack("<L", 400 << 20)))
        self.limited(status=21, command="build", says="has two sizes")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for i in range(5):
                made.writestr(f"{i}", "0" * 1000)
        data = path.read_bytes()
        path.write_bytes(data.replace(struct.pack("<L", 1000), struct.pack("<L", 400 << 20)))
        self.limited(status=21, command="build", says="its files have more than 1024 MB unzipped")


if __name__ == "__main__":
    unittest.main()
