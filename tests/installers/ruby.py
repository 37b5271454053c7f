#!/usr/bin/env python3
"""Lambdas in Ruby: gems by the real Bundler, from a folder that stands for a registry.

usage: ruby.py GORDON

Exits with 77 if there is no Ruby with Bundler.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

GORDON = os.path.abspath(sys.argv.pop(1))
HAS_BUNDLER = bool(shutil.which("ruby")) and not subprocess.run(
    ["ruby", "-e", "require 'bundler'"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
SETTINGS = "project: rb\ncode-bucket: rb\nlambdas:\n  one: {code: app, runtime: ruby3.4, handler: code.handler%s}\n"
CODE = "def handler(event:, context:) = 1\n"
GEMSPEC = """Gem::Specification.new do |s|
  s.name, s.version, s.summary, s.authors = "%s", "%s", "x", ["x"]
  s.files = ["lib/%s.rb"]
  %s
end
"""


class Ruby(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = tempfile.TemporaryDirectory(prefix="gordon-gems-")  # RubyGems decodes no blanks
        cls.addClassCleanup(cls.whole.cleanup)
        cls.gems = pathlib.Path(cls.whole.name) / "gems"
        for name, version, more in [("hello", "1.0.0", 's.required_ruby_version = ">= 3.4"'), ("hello", "1.1.0", ""),
                                    ("development_only", "1.0.0", ""), ("native", "1.0.0", 's.extensions = ["extconf.rb"]'),
                                    ("ready", "1.0.0", 's.platform = "x86_64-linux"'),
                                    ("ready", "1.0.0", 's.platform = "aarch64-linux"')]:
            cls.make_gem(name, version, more)
        subprocess.run(["gem", "generate_index", "--directory", cls.gems], check=True, stdout=subprocess.DEVNULL)

    @classmethod
    def make_gem(cls, name, version, more):
        source = pathlib.Path(cls.whole.name) / "source"
        shutil.rmtree(source, ignore_errors=True)
        (source / "lib").mkdir(parents=True)
        (source / f"{name}.gemspec").write_text(GEMSPEC % (name, version, name, more))
        (source / "extconf.rb").write_text('require "mkmf"; create_makefile("native")\n')
        platform = "aarch64" if "aarch64" in more else "x86_64"
        (source / f"lib/{name}.rb").write_text(f"# {version} {platform}\n")
        subprocess.run(["gem", "build", "--quiet", f"{name}.gemspec"], cwd=source, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        (cls.gems / "gems").mkdir(parents=True, exist_ok=True)
        for path in source.glob("*.gem"):
            shutil.copy(path, cls.gems / "gems")

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gordon ruby ")
        self.addCleanup(self.folder.cleanup)
        self.project = pathlib.Path(self.folder.name) / "project"
        self.environment = {"GORDON_CACHE_DIR": f"{self.folder.name}/cache"}
        self.put({"settings.yml": SETTINGS % "", "app/code.rb": CODE})

    def put(self, files):
        for name, text in files.items():
            path = self.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def gemfile(self, text):
        return f'source "file://{self.gems}"\n{text}'

    def build(self, status=0):
        run = subprocess.run([GORDON, "build", "--debug", "--project", self.project], text=True, capture_output=True,
                             env={**os.environ, **self.environment})
        self.said = run.stderr
        self.assertEqual(run.returncode, status, run.stderr)
        return set(re.findall(r"gordon: packing (\S+)", run.stderr))

    def content(self):
        with zipfile.ZipFile(self.project / "_build/code/_one.zip") as zipped:
            return {name: zipped.read(name).decode() for name in zipped.namelist()}

    def lock(self, gems, platforms=("x86_64-linux", "aarch64-linux"), dependencies=("hello",)):
        lines = ["GEM", f"  remote: file://{self.gems}/", "  specs:",
                 *(f"    {gem}" for gem in gems), "", "PLATFORMS", *(f"  {name}" for name in platforms), "",
                 "DEPENDENCIES", *(f"  {name}" for name in dependencies), "", "BUNDLED WITH", "   9.9.9", ""]
        return "\n".join(lines)

    def test_layer(self):
        """Gems are where GEM_PATH of Lambda finds them, and files where RUBYLIB does."""
        self.put({"settings.yml": "project: rb\ncode-bucket: rb\nlayers: {one: {code: app, runtimes: ruby3.4}}\n",
                  "app/Gemfile": self.gemfile('gem "hello"\n'), "app/Gemfile.lock": self.lock(["hello (1.0.0)"])})
        self.build()
        with zipfile.ZipFile(self.project / "_build/code/_one-layer.zip") as zipped:
            names = zipped.namelist()
        self.assertEqual(names, [
            "ruby/gems/3.4.0/gems/hello-1.0.0/lib/hello.rb", "ruby/gems/3.4.0/specifications/hello-1.0.0.gemspec",
            "ruby/lib/Gemfile", "ruby/lib/Gemfile.lock", "ruby/lib/code.rb"])

    def test_locked(self):
        """Of the lock file, for the runtime's version, without the gems of development and test."""
        self.put({"app/Gemfile": self.gemfile('ruby "~> 3.4.0"\ngem "hello"\n'
                                              'group(:development, :test) { gem "development_only" }\n'),
                  "app/Gemfile.lock": self.lock(["development_only (1.0.0)", "hello (1.0.0)"],
                                                dependencies=["development_only", "hello"]),
                  "app/vendor/bundle/ruby/2.0.0/old": "x", "app/.bundle/config": "BUNDLE_PATH: /nowhere\n"})
        before = {path: path.read_bytes() for path in self.project.rglob("*") if path.is_file()}
        self.environment["BUNDLE_PATH"] = "/nowhere"
        self.build()
        found = self.content()
        home = "vendor/bundle/ruby/3.4.0"
        self.assertEqual(set(found), {".bundle/config", "Gemfile", "Gemfile.lock", "code.rb",
                                      f"{home}/gems/hello-1.0.0/lib/hello.rb",
                                      f"{home}/specifications/hello-1.0.0.gemspec"})
        self.assertEqual(found[".bundle/config"], '---\nBUNDLE_PATH: "vendor/bundle"\n'
                         'BUNDLE_WITHOUT: "development:test"\nBUNDLE_FROZEN: "true"\n')
        self.assertFalse([text for text in found.values() if self.folder.name in text or "installed_by" in text])
        self.assertEqual({path: path.read_bytes() for path in before}, before)
        self.assertEqual({path for path in self.project.rglob("*") if path.is_file()
                          and "_build" not in path.parts}, set(before))
        self.assertNotIn("warning", self.said)
        data = (self.project / "_build/code/_one.zip").read_bytes()
        self.assertEqual(self.build(), set())
        shutil.rmtree(self.project / "_build")
        self.environment["GORDON_CACHE_DIR"] += "2"
        self.build()
        self.assertTrue((self.project / "_build/code/_one.zip").read_bytes() == data, "other bytes")

    def test_changes(self):
        self.put({"app/gems.rb": self.gemfile('gem "hello", "1.0.0"\n')})
        self.build()
        self.assertIn("app/gems.locked: warning: there is no such file", self.said)
        self.assertIn("vendor/bundle/ruby/3.4.0/gems/hello-1.0.0/lib/hello.rb", self.content())
        self.put({"app/gems.rb": self.gemfile('gem "hello", "1.1.0"\n')})
        self.assertEqual(self.build(), {"one"})
        self.assertIn("vendor/bundle/ruby/3.4.0/gems/hello-1.1.0/lib/hello.rb", self.content())
        self.put({"settings.yml": SETTINGS.replace("3.4", "3.3") % ""})
        self.build()
        self.assertIn("vendor/bundle/ruby/3.3.0/gems/hello-1.1.0/lib/hello.rb", self.content())
        self.put({"app/gems.rb": self.gemfile('gem "hello", "1.0.0"\n')})
        self.build(status=21)  # it needs Ruby 3.4
        self.assertIn("app/gems.rb: note: Ruby and Bundler install the gems of this file", self.said)

    def test_platforms(self):
        self.put({"app/Gemfile": self.gemfile('gem "ready"\n'),
                  "app/Gemfile.lock": self.lock(["ready (1.0.0-aarch64-linux)", "ready (1.0.0-x86_64-linux)"],
                                                dependencies=["ready"])})
        for architecture, cpu in ("arm64", "aarch64"), ("x86_64", "x86_64"):
            self.put({"settings.yml": SETTINGS % f", architecture: {architecture}"})
            self.build()
            path = f"vendor/bundle/ruby/3.4.0/gems/ready-1.0.0-{cpu}-linux/lib/ready.rb"
            self.assertEqual(self.content()[path], f"# 1.0.0 {cpu}\n")

    def test_c_code_for_another_ruby(self):
        self.put({"app/Gemfile": self.gemfile('gem "native"\n'),
                  "settings.yml": SETTINGS.replace("3.4", "3.3") % ", architecture: arm64"})
        self.build(status=21)
        said = " ".join(self.said.split())  # Bundler wraps it
        self.assertIn("native-1.0.0 has C code, which must be compiled for the lambda, but this Ruby is", said)
        self.assertIn("bundle lock --add-platform aarch64-linux", said)

    def test_other_files(self):
        self.put({"app/Gemfile": self.gemfile('eval_gemfile "more.rb"\ngem "inner", path: "inner"\n'),
                  "app/more.rb": 'gem "hello", "1.0.0"\n', "app/inner/lib/inner.rb": "\n",
                  "app/inner/inner.gemspec": GEMSPEC % ("inner", "1", "inner", "")})
        self.build()
        self.assertIn("vendor/bundle/ruby/3.4.0/gems/hello-1.0.0/lib/hello.rb", self.content())
        self.assertIn("inner/lib/inner.rb", self.content())
        self.put({"app/more.rb": 'gem "hello", "1.1.0"\n'})
        self.build()
        self.assertIn("vendor/bundle/ruby/3.4.0/gems/hello-1.1.0/lib/hello.rb", self.content())

    def test_outside(self):
        for line, column in ('gem "x", path: "../x"', 16), ("gem 'x', :path => '/x/y'", 19), ('path "../gems" do\nend', 6), \
                ('eval_gemfile("../Gemfile")', 14), ('gem "x", git: "../x"', 15):
            self.put({"app/Gemfile": self.gemfile(f"# path: '../x'\n{line}\n")})
            self.build(status=21)
            self.assertIn(f"app/Gemfile:3:{column}: error: ", self.said)
            self.assertIn("is outside of the code folder", self.said)

    def test_without_ruby(self):
        self.put({"app/Gemfile": self.gemfile('gem "hello"\n')})
        self.environment["PATH"] = str(self.project)
        self.build(status=21)
        self.assertIn("the dependencies of one could not be installed: ruby cannot be started", self.said)

    def test_build_commands(self):
        self.put({"app/Gemfile": "raise\n", "settings.yml": SETTINGS % ', build: cp code.rb "$GORDON_TARGET"'})
        self.build()
        self.assertEqual(self.content(), {"code.rb": CODE})


if __name__ == "__main__":
    if not HAS_BUNDLER:
        print("SKIPPED: there is no Ruby with Bundler on this machine")
        sys.exit(77)
    unittest.main()
