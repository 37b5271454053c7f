#!/usr/bin/env python3
"""Makes Gordon's own packages with cpack, unpacks them elsewhere, and builds the example with them.

usage: package.py BUILD SOURCE WORK
"""
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import outputs

BUILD, SOURCE, WORK = map(pathlib.Path, sys.argv[1:4])
del sys.argv[1:4]
PACKAGES = WORK / "packages"
INSTALLED = ["bin/gordon", "share/cmake/Gordon/GordonConfig.cmake",
             "share/cmake/Gordon/GordonConfigVersion.cmake",
             "share/gordon/contrib/lambdas/settings.yml", "share/doc/gordon/README.md", "share/doc/gordon/SECURITY.md",
             "share/doc/gordon/LICENSE", "share/doc/gordon/copyright",
             "share/doc/gordon/docs/settings.md", "share/doc/gordon/docs/design.md",
             "share/doc/gordon/docs/ci/gitlab-ci.yml", "share/doc/gordon/docs/iam/apply.json"]


def run(*command):
    done = subprocess.run(list(map(str, command)), text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}")
    return done.stdout


def version():
    project = (SOURCE / "CMakeLists.txt").read_text()
    return re.search(r"project\(Gordon VERSION (\S+)", project).group(1)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(WORK, ignore_errors=True)
        generators = "TGZ;DEB" if shutil.which("dpkg-deb") else "TGZ"
        run("cpack", "-G", generators, "--config", BUILD / "CPackConfig.cmake", "-B", PACKAGES)

    def check(self, prefix):
        """Checks that the package is complete, and that CMake finds it in its new folder."""
        for name in INSTALLED + [f"share/cmake/Gordon/{p.name}" for p in
                                 (SOURCE / "modules").glob("Gordon*.cmake")]:
            self.assertTrue((prefix / name).is_file(), name)
        self.assertEqual(list(prefix.rglob("__pycache__")), [])
        build = WORK / f"example {prefix.parent.name}"
        run("cmake", "-S", SOURCE / "example-project", "-B", build, "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={prefix}")
        cache = (build / "CMakeCache.txt").read_text()
        self.assertIn(f"Gordon_DIR:PATH={prefix}/share/cmake/Gordon\n", cache)
        run("cmake", "--build", build, "--target", "pycongalicia", "pycongalicia-release")
        self.assertTrue((build / "pycongalicia-dev.tar.gz").is_file())
        return build / "pycongalicia"

    def unpack_tar(self):
        found, = PACKAGES.glob("*.tar.gz")
        self.assertRegex(found.name, rf"\Agordon-{version()}-Linux-\w+\.tar\.gz\Z")
        (WORK / "from tar").mkdir(exist_ok=True)
        run("tar", "-xzf", found, "-C", WORK / "from tar")
        return WORK / "from tar" / found.name[:-len(".tar.gz")]

    def test_tar(self):
        self.check(self.unpack_tar())

    @unittest.skipUnless(shutil.which("dpkg-deb"), "no dpkg here")
    def test_deb(self):
        found, = PACKAGES.glob("*.deb")
        self.assertRegex(found.name, rf"\Agordon_{version()}_\w+\.deb\Z")
        run("dpkg-deb", "-x", found, WORK / "from deb")
        self.assertEqual([p.name for p in (WORK / "from deb").iterdir()], ["usr"])
        built = self.check(WORK / "from deb/usr")
        self.check_control(found)
        other = self.check(self.unpack_tar())
        self.assertEqual(outputs.same(built, other), [])

    def test_sources(self):
        """The source package has every source, in folders of any name."""
        run("cpack", "--config", BUILD / "CPackSourceConfig.cmake", "-B", WORK / "sources")
        found, = (WORK / "sources").glob("*.tar.gz")
        run("tar", "-xzf", found, "-C", WORK / "sources")
        unpacked = WORK / "sources" / found.name[:-len(".tar.gz")]

        def files(top):
            return {path.relative_to(top) for folder in ("generator", "modules", "cmake")
                    for path in (top / folder).rglob("*")
                    if path.is_file() and "__pycache__" not in path.parts}
        self.assertEqual(files(unpacked), files(SOURCE))
        self.assertEqual([path.name for path in unpacked.glob("build*")], [])

    def check_control(self, package):
        control = run("dpkg-deb", "-f", package)
        fields = dict(re.findall(r"^(\S+): (.*)$", control, re.MULTILINE))
        self.assertEqual((fields["Package"], fields["Version"], fields["Section"]),
                         ("gordon", version(), "devel"))
        self.assertEqual(fields["Maintainer"], "The Gordon authors")
        self.assertEqual(fields["Recommends"], "cmake (>= 3.25)")
        depends = re.split(r", | \| ", fields["Depends"])
        for library in "libarchive13", "libmicrohttpd12", "zlib1g", "libjansson4", "libyaml-0-2", "libc6":
            self.assertTrue(any(name.startswith(library) for name in depends), control)
        self.assertIn("\n Gordon turns settings.yml files into", control)


if __name__ == "__main__":
    unittest.main()
