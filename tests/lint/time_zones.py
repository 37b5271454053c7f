#!/usr/bin/env python3
"""The table of time zones is that of IANA, as the pinned package tzdata has it.

usage: time_zones.py [--update] SOURCE

SOURCE is generator/callers/time_zone.c. --update writes the table there, and its version.
"""
import pathlib
import re
import sys
import textwrap
from importlib import resources

import tzdata

TABLE = re.compile(r"(?<=lines\[\] = \{\n)[^}]*(?=\})")
VERSION = re.compile(r"(?<=tzdata )\d{4}[a-z]+")


def main(path, update):
    text = path.read_text(encoding="utf-8")
    zones = sorted((resources.files(tzdata) / "zones").read_text(encoding="utf-8").split())
    if update:
        lines = textwrap.wrap(" ".join(zones), 90, break_long_words=False, break_on_hyphens=False)
        table = "".join(f'    " {line} ",\n' for line in lines)
        text = TABLE.sub(table, text)
        path.write_text(VERSION.sub(tzdata.IANA_VERSION, text), encoding="utf-8")
        return 0
    table = "".join(re.findall(r'"([^"]*)"', TABLE.search(text)[0])).split()
    missing, more = set(zones) - set(table), set(table) - set(zones)
    for names, what in ((missing, "is missing"), (more, "is none of IANA's")):
        for name in sorted(names):
            print(f"{path.name}: {name} {what}")
    if table != sorted(table):
        print(f"{path.name}: the table is not sorted")
    if VERSION.search(text)[0] != tzdata.IANA_VERSION:
        print(f"{path.name}: the table is that of tzdata {VERSION.search(text)[0]}, and the package "
              f"has {tzdata.IANA_VERSION}")
    ok = table == zones and VERSION.search(text)[0] == tzdata.IANA_VERSION
    print(f"{len(table)} time zones are equal" if ok else "failed")
    return not ok


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[-1]), "--update" in sys.argv))
