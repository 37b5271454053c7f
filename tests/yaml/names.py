#!/usr/bin/env python3
"""Compares logical ids with Python's str.title(), and writes the tables for them.

usage: names.py table                        tables of generator/settings/names.c, of this Python's Unicode
       names.py check TEST_NAMES [N [SEED]]  N random texts through `test_names -`
"""
import random
import re
import subprocess
import sys
import unicodedata

LAST = 0x10FFFF
PIECES = ["lambda", "my2nd", "McDonald", "don't", "STRA\u00dfE", "\u0130stanbul", "\u0131", "\ufb01ne", "\ufb03x",
          "\u01c6", "\u01c5", "\u01c4x", "\u01f0a", "\u0149a", "\u03c3\u03a3\u03c2", "\u0416\u0436", "\u65e5\u672c", "\u212aelvin",
          "\u017ft", "x\u00aay", "x\u00bay", "\u24d0b", "\u2160i", "\u02b0a", "e\u0301a", "a\u0345b", "1st", "a1b2", "_x", "-",
          "\u1f80", "\u10d0a", "\u1c90a", "\ua78fa", "\U0001d41aa", "\U00010400b", "\uff21b", "\u0131I", "\u1e9ea"]


def characters():
    return (chr(c) for c in range(LAST + 1) if not 0xD800 <= c <= 0xDFFF)


def ascii_of(text):
    return re.sub("[^A-Za-z0-9]", "", text)


def cased(c):
    """Returns whether title() makes a letter after this character lower case."""
    return (c + "A").title()[-1] == "a"


def ranges(codes):
    found = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def table():
    print(f"/* Unicode {unicodedata.unidata_version} */")
    for c in characters():
        title, lower = ascii_of(c.title()), ascii_of(("A" + c).title()[1:])
        if ord(c) > 127 and (title or lower):
            print(f'{{0x{ord(c):04X}, "{title}", "{lower}"}},')
    print(", ".join(f"{{0x{a:04X}, 0x{b:04X}}}" for a, b in ranges(ord(c) for c in characters() if cased(c))))


def logical_id(text):
    return "".join(re.split("[^A-Za-z0-9]+", text.title()))


def texts(n, seed):
    # The letters of Unicode 3.2 are the same in every Python that runs this.
    letters = [c for c in characters() if unicodedata.ucd_3_2_0.category(c)[0] in "LMN"]
    with_case = [c for c in letters if cased(c) or c.lower() != c or c.upper() != c]
    ascii_letters = [chr(c) for c in range(33, 127)]
    rng = random.Random(seed)
    for _ in range(n):
        parts = [lambda: rng.choice(ascii_letters), lambda: rng.choice(with_case), lambda: rng.choice(letters),
                 lambda: rng.choice(PIECES), lambda: rng.choice(" '_-./"), lambda: rng.choice("abcXYZ019")]
        yield "".join(rng.choice(parts)() for _ in range(rng.randint(1, 10)))
    yield from PIECES
    yield from (a + b + c for a in "aA1_'\u00e9" for b in "aA1_'\u00e9" for c in "aA1_'\u00e9")
    yield from (c + "Ab" + c for c in with_case)


def check(program, n=5000, seed=1):
    lines = [text for text in texts(int(n), int(seed)) if "\n" not in text]
    run = subprocess.run([program, "-"], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True,
                         encoding="utf-8", check=True)
    made = run.stdout.split("\n")[:-1]
    wrong = [(text, mine) for text, mine in zip(lines, made, strict=True) if mine != logical_id(text)]
    for text, mine in wrong[:40]:
        print(f"{text!a}: {mine}, and Python makes {logical_id(text)}")
    print(f"{len(lines) - len(wrong)} of {len(lines)} texts become the ids that Python makes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(table() if sys.argv[1:2] == ["table"] else check(*sys.argv[2:]))
