#!/usr/bin/env python3
"""Builds a project twice, in different surroundings. Both builds must write the same bytes.

usage: determinism.py GORDON PROJECT WORK

These differ: the folder, the order in which its files are created, their times, the umask, TZ, LC_ALL
and HOME. The outputs must also equal the expected ones of PROJECT, which a build by CMake writes.
"""
import os
import pathlib
import shutil
import subprocess
import sys

import outputs

SURROUNDINGS = [
    {"umask": 0o022, "time": 1, "reverse": False, "TZ": "UTC", "LC_ALL": "C"},
    {"umask": 0o077, "time": 4102444800, "reverse": True, "TZ": "Asia/Kathmandu",
     "LC_ALL": "C.UTF-8"},
]
HOME_FILES = (".npmrc", ".config", ".pip")  # settings of the package registries


def copy(project, to, reverse, time):
    """Copies a tree: in reverse order or not, and with this modification time."""
    to.mkdir(parents=True)
    for path in sorted(project.iterdir(), reverse=reverse):
        target = to / path.name
        if path.is_symlink():
            target.symlink_to(os.readlink(path))
        elif path.is_dir():
            copy(path, target, reverse, time)
        else:
            target.write_bytes(path.read_bytes())
            if os.access(path, os.X_OK):
                target.chmod(target.stat().st_mode | 0o100)
            os.utime(target, (time, time))
    os.utime(to, (time, time))


def make_home(home):
    home.mkdir(parents=True)
    for name in HOME_FILES:
        if (pathlib.Path.home() / name).exists():
            (home / name).symlink_to(pathlib.Path.home() / name)


def build(gordon, project, folder, surroundings):
    os.umask(surroundings["umask"])
    make_home(folder / "home")
    copy(project, folder / "project", surroundings["reverse"], surroundings["time"])
    environment = dict(os.environ, HOME=str(folder / "home"), TZ=surroundings["TZ"],
                       LC_ALL=surroundings["LC_ALL"])
    subprocess.run([gordon, "build"], cwd=folder / "project", env=environment, check=True,
                   stdout=subprocess.DEVNULL)
    shutil.rmtree(folder / "project/_build/.gordon", ignore_errors=True)  # these are no outputs
    return folder / "project/_build"


def main():
    gordon, project, work = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
    shutil.rmtree(work, ignore_errors=True)
    folders = work / "first", work / "another folder" / "deeper"
    built = [build(gordon, project, *pair) for pair in zip(folders, SURROUNDINGS)]
    found = outputs.same(*built)
    found += outputs.compare(project / "expected" / project.name, built[0])
    sys.stdout.writelines(found)
    zips = list((built[0] / "code").glob("*.zip"))
    print("%d zips compared" % len(zips))
    return 1 if found or not zips else 0


if __name__ == "__main__":
    sys.exit(main())
