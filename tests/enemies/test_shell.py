#!/usr/bin/env python3
"""The value of {name} in a build command arrives in the shell as it is, or is refused with an error.

usage: test_shell.py EXPAND [COUNT [SEED]]

EXPAND is the program of expand.c. Commands are made at random: from tokens of the shell in any order, of
which most are no valid commands, and from statements that pass values to functions and compare them. All
shells that /bin/sh may be, as far as they are here, run what EXPAND makes of the commands; no value may run.

The commands run in a folder that is in memory, and everything else is read-only, by bubblewrap. Exits with
77 without it.
"""
import io
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile
import unittest

EXPAND = pathlib.Path(sys.argv[1])
COUNT, SEED = [*map(int, sys.argv[2:4]), *(100, 1)[len(sys.argv[2:4]):]]
del sys.argv[1:4]

SHELLS = {"dash": ["dash"], "bash": ["bash"], "bash as sh": ["bash", "--posix"], "busybox": ["busybox", "sh"]}
SHELLS = {name: words for name, words in SHELLS.items() if shutil.which(words[0])}
RUNS = "touch ../pwned"
VALUES = [
    "plain", "", "two words", " ", "it's", "'", "''", '"', 'a"b', "$HOME", "${HOME}", "EOF", "\\", "\\\\", "a\\", "*",
    "?", "~", "#x", "a;b", "a|b", "a&b", ">a", "(a)", "{a,b}", "!", "!!", "a\tb", "\t", "é 日", "%s", "-n", "-",
    "{v}", "}}", "{{", "}", "'\"$`\\", "$", "$'a'", "))", "esac", ";;", "a\n", "\n\n", "]]", "$((1))",
    "R&D (it's 100%)", "`",
    *(value.replace("RUNS", RUNS) for value in (
        "$(RUNS)", "`RUNS`", "; RUNS; #", "'; RUNS; '", '"; RUNS; "', "\nRUNS\n", "a\nEOF\nRUNS\n", "x\n\tEOF\nRUNS",
        "\\\nRUNS\n", "(RUNS)", "{ RUNS; }", "}; RUNS", ") RUNS", "]; RUNS", ")); RUNS", "x[$(RUNS)]", "<(RUNS)",
        "${x:=$(RUNS)}", "* ) RUNS ;; ", "'$(RUNS)'", '"$(RUNS)"', "\\`RUNS\\`", "\\$(RUNS)"))]
SANDBOX = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--chdir", "/tmp",
           "--unshare-all", "--die-with-parent"]

# Words of these lines, and what has blanks.
TOKENS = r"""
    ' " ` $( ) ( (( )) $(( ${{x:- ${{x# ${{x:+ ${{x ${{# }} # \ $ $' $" "$( $[ $x $1 $# $$ $? '' "" "a 'a' don't
    ; ;; | || && < > << <<- <<< <( <<EOF <<-EOF <<'EOF' <<"EOF" <<\EOF EOF EOF \' \" \$ \` \\ * ? : - = ]= ]=a
    case esac in for do done if then fi select time function ! {{ a) (a) a;; [[ ]] =~ -eq [ ] a= a[ a=( @( !( +( =(
    a x y echo -n do{v} -{v} {v} {v} {v} {v} {v} {v} {v} '{v}' "{v}" ${v} $x{v} \{v}
""".split() + [" "] * 25 + ["\n"] * 4 + ["\t", "\\\n", "\n    ", "EOF\n", "\nEOF\n"]
STARTS = ["", "case x in ", "$(", '"$(', "cat <<EOF\n", "cat <<'EOF'\n", "# ", "x=", ": ", '"', "[[ ", "a=(", "((",
          "$((", "`", '"${{x:-', "${{x:-", "a[", "a[1 + ", "a=([", "declare a[", "$'", '$"', "<(", "f() {{ "]


def expanded(cases):
    """Returns the expanded texts of pairs (text, value), or None for those that are refused."""
    data = b"".join(part.encode() + b"\0" for case in cases for part in case)
    done = subprocess.run([str(EXPAND)], input=data, stdout=subprocess.PIPE, check=True)
    texts = done.stdout.split(b"\0")[:-1]
    if len(texts) != len(cases):
        raise AssertionError(f"{len(texts)} texts for {len(cases)} cases")
    return [text[1:] if text[:1] == b"+" else None for text in texts]


def soup(random_):
    text = random_.choice(STARTS) + "".join(random_.choice(TOKENS) for _ in range(random_.randint(1, 14)))
    return text + ("" if "{v}" in text else "{v}")


# p NAME VALUE writes a value to a file, q NAME its standard input.
PRELUDE = """p() { printf %s "$2" >../r.$1; }
q() { cat >../r.$1; }
unset u
"""


class Composer:
    """Statements that pass a value to p and q. `results` has what the files must hold."""

    def __init__(self, random_, value, bash):
        self.random, self.value, self.bash = random_, value, bash
        self.results = {}

    def some(self, kinds, depth, most=3):
        """Some pieces one after the other: their text, and what it is worth."""
        pieces = [self.random.choice(kinds)(self, depth) for _ in range(self.random.randint(1, most))]
        return "".join(text for text, _ in pieces), "".join(worth for _, worth in pieces)

    def one_of(self, *pairs):
        return self.random.choice(pairs)

    def variable(self, depth):
        return "{v}", self.value

    # --- pieces of words, in double quotes, in here-documents

    def bare(self, depth):
        return self.one_of(("a", "a"), ("b-c", "b-c"), ("x#y", "x#y"), ("\\'", "'"), ('\\"', '"'), ("\\ ", " "),
                           ("\\#", "#"), ("\\`", "`"), ("\\\\", "\\"), ("b\\\n", "b"), ("''", ""),
                           ("$((2 * (1 + 2)))", "6"))

    def in_single(self, depth):
        return self.one_of(*((text, text) for text in ("a", '"', "`", "$(", "# ", "\\", "\n")))

    def single(self, depth):
        text, worth = self.some([Composer.variable, Composer.in_single], depth)
        return f"'{text}'", worth

    def double(self, depth):
        text, worth = self.some(IN_QUOTES, depth - 1)
        return f'"{text}"', worth

    def alternative(self, depth):
        text, worth = self.some(IN_WORDS, depth - 1)
        return "${{u" + self.random.choice([":-", "-"]) + text + "}}", worth

    def quoted(self, depth):
        return self.one_of(*((text, text) for text in ("a b", "it's", "# ", "\\a", "(", ")", "case x in", "\n")),
                           ("\\$", "$"), ('\\"', '"'), ("\\`", "`"), ("\\\\", "\\"), ("{{", "{"),
                           ('`echo \\"a\\"`', "a"), ("$((1 + 2))", "3"), ("${{u:-c d}}", "c d"), ('${{u:-"c"}}', "c"))

    def alternative_quoted(self, depth):
        return "${{u:-a {v}}}", "a " + self.value

    def substitution(self, depth):
        word, worth = self.some(IN_WORDS, depth - 1)
        before = "".join(self.statement(depth - 1) for _ in range(self.random.randint(0, 2)))
        form = self.random.choice([
            "printf %s. {0}", " ( printf %s. {0}\n)", "case a in (a) printf %s. {0};; esac",
            "case b in a) echo '(';; b) printf %s. {0} # it's )\n;; esac", "if :; then printf %s. {0}; fi",
            "for x in 1; do case $x in 2) ;; *) printf %s. {0};; esac; done", "# a ) and '\n printf %s. {0}"])
        return "$(" + before + form.replace("{0}", word) + ")", worth + "."

    def here(self, depth):
        return self.one_of(*((text, text) for text in ("it's", '"', "a b\n", "# ", "\\a", ")")), ("x\\\n", "x"),
                           ("\\$", "$"), ("\\`", "`"), ("\\\\", "\\"), ("$(echo \"'\")", "'"), ("`echo a`", "a"),
                           ("${{u:-c d}}", "c d"), ("$((1))", "1"))

    def raw(self, depth):
        return self.one_of(*((text, text) for text in ("it's", '"', "$(", "`", "\\", "a\n", "# ")), ("${{u", "${u"))

    # --- statements: each ends with a line end

    def result(self, worth):
        name = str(len(self.results))
        self.results[name] = worth
        return name

    def call(self, depth):
        word, worth = self.some(IN_WORDS, depth)
        return f"p {self.result(worth)} {word}\n"

    def assignment(self, depth):
        text, worth = self.random.choice([Composer.substitution, Composer.double, Composer.alternative])(self, depth)
        return f"x={text}; p {self.result(worth)} \"$x\"\n"

    def comment(self, depth):
        return self.random.choice(["# don't {v}\n", ": # \" {v} $( ` {v}\n", "#{v}' <<EOF\n", ":;# ${{ {v}\n"])

    def document(self, depth):
        delimiter, raw = self.one_of(("EOF", False), ("E-1", False), ("'EOF'", True), ('"a b"', True), ("\\EOF", True))
        text, worth = self.some([Composer.variable, Composer.raw if raw else Composer.here], depth, 5)
        tabs = self.random.choice(["", "", "-"])
        end = delimiter.strip("'\"\\")
        text = (tabs and "\t") + text
        return f"q {self.result(worth + chr(10))} <<{tabs}{delimiter} # it's\n{text}\n{tabs and chr(9)}{end}\n"

    def documents(self, depth):
        one, two = self.result(self.value + "'\n"), self.result("\"" + self.value + "\n")
        return f"q {one} <<A; (q {two} <<'B')\n{{v}}'\nA\n\"{{v}}\nB\n"

    def compound(self, depth):
        inner = self.statement(depth - 1)
        word, _ = self.some(IN_WORDS, 0, 1)
        form = self.random.choice([
            "( {0})\n", "if true; then {0}fi\n", "for x in {1}; do {0}done\n", "f() {{ {0}}}; f\n", "{{ {0}}}\n",
            "case x in (y | {1}) :;; *) {0};; esac\n", "case {1} in {1}) {0} ;; esac\n", "! false && {0}",
            "while {0} false; do :; done\n", "case a in\n# it's )\n(b) ;; \n a) {0} esac\n"])
        return form.replace("{1}", word).replace("{0}", inner)

    def of_bash(self, depth):
        word, worth = self.some(IN_WORDS, depth - 1)
        form, worth = self.one_of(
            ("q {0} <<<{1}\n", worth + "\n"), ("a=(b '#'\nc); p {0} {1}\n", worth),
            ("cat <(printf %s {1}) | q {0}\n", worth), ("[[ {1} == {1} && -n a ]] && p {0} {1}\n", worth),
            ("p {0} $\"\"{1}\n", worth), ("p {0} $'it\\n'{1}\n", "it\n" + worth), ("((1 < 2)) && p {0} {1}\n", worth))
        return form.replace("{0}", self.result(worth)).replace("{1}", word)

    def statement(self, depth):
        if depth <= 0:
            return self.call(0)
        kinds = [Composer.call, Composer.assignment, Composer.comment, Composer.document, Composer.documents,
                 Composer.compound] + [Composer.of_bash] * self.bash
        text = self.random.choice(kinds)(self, depth)
        return text + ":\n" if text.startswith((":", "#")) else text

    def nested_word(self, depth):
        return self.random.choice([Composer.double, Composer.alternative] if depth > 0 else
                                  [Composer.bare])(self, depth)

    def nested_quoted(self, depth):
        return self.random.choice([Composer.substitution, Composer.alternative_quoted] if depth > 0 else
                                  [Composer.quoted])(self, depth)


IN_WORDS = [Composer.variable, Composer.bare, Composer.single, Composer.nested_word]
IN_QUOTES = [Composer.variable, Composer.quoted, Composer.nested_quoted]


def add(tar, name, data):
    """Adds a file, or a folder if `data` is None."""
    member = tarfile.TarInfo(name)
    member.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
    member.mode = 0o755
    member.size = len(data or b"")
    tar.addfile(member, io.BytesIO(data or b""))


class Shell(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)

    def run_all(self, shell, texts, prelude=""):
        """Runs each text in a folder of its own, all by one shell. Returns for each the files that it left, by
        name; `ran` is one of them."""
        before = io.BytesIO()
        with tarfile.open(fileobj=before, mode="w") as tar:
            for i, text in enumerate(texts):
                add(tar, f"{i}/in/.", None)
                add(tar, f"{i}/command", prelude.encode() + text)
            add(tar, "all", f"for i in $(seq 0 {len(texts) - 1})\ndo\n    : >$i/ran\n"
                "    (cd $i/in && . ../command) </dev/null >/dev/null 2>&1\ndone\n".encode())
        words = " ".join(SHELLS[shell])
        done = subprocess.run([*SANDBOX, "sh", "-c", f"tar xf - && {words} all >/dev/null 2>&1; tar cf - ."],
                              input=before.getvalue(), stdout=subprocess.PIPE, check=True)
        found = [{} for _ in texts]
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
            for member in tar:
                folder, _, name = member.name.removeprefix("./").partition("/")
                if member.isfile() and name and "/" not in name:
                    found[int(folder)][name] = tar.extractfile(member).read().decode(errors="replace")
        self.assertEqual([i for i, files in enumerate(found) if "ran" not in files], [])
        return found

    def test_tokens(self):
        """Nothing of a value runs, whatever the command is."""
        cases = [(soup(self.random), self.random.choice(VALUES)) for _ in range(COUNT * 10)]
        cases = [(text, value) for text, value in cases if text.count("\0") == 0]
        pairs = [(case, text) for case, text in zip(cases, expanded(cases)) if text is not None]
        print(f"{len(cases)} commands, {len(pairs)} expanded")
        self.assertGreater(len(pairs), len(cases) / 10)
        for shell in SHELLS:
            found = self.run_all(shell, [text for _, text in pairs])
            ran = [i for i, files in enumerate(found) if "pwned" in files]
            for i in ran[:20]:
                print(shell, i, "ran", repr(pairs[i][0]), "by", pairs[i][1])
            with self.subTest(shell):
                self.assertEqual(ran, [])

    def results(self, shell, texts):
        """What p and q of each text have written, and whether a value ran."""
        return [({name[2:]: text for name, text in files.items() if name.startswith("r.")}, "pwned" in files)
                for files in self.run_all(shell, texts, PRELUDE)]

    def check_composed(self, shells, bash):
        """Every value that is put in arrives, in commands in which a plain one does: shells have faults."""
        seeds = [self.random.random() for _ in range(COUNT * 3)]
        values = [self.random.choice(VALUES) for _ in seeds]
        made = {}
        for plain in True, False:
            composers = [Composer(random.Random(seed), "plain" if plain else value, bash)
                         for seed, value in zip(seeds, values)]
            texts = ["".join(composer.statement(4) for _ in range(2)) for composer in composers]
            made[plain] = composers, expanded([(text, composer.value) for text, composer in zip(texts, composers)])
        kept = [i for i, text in enumerate(made[False][1]) if text is not None and made[True][1][i] is not None]
        print(f"{len(seeds)} commands, {len(kept)} expanded")
        self.assertGreater(len(kept), len(seeds) / 4)
        for shell in shells:
            plain = self.results(shell, [made[True][1][i] for i in kept])
            other = self.results(shell, [made[False][1][i] for i in kept])
            works = [found == made[True][0][i].results for i, (found, _) in zip(kept, plain)]
            wrong = [i for i, ok, (found, ran) in zip(kept, works, other)
                     if ran or (ok and found != made[False][0][i].results)]
            print(f"{shell}: {sum(works)} work")
            for i in wrong[:5]:
                print(f"--- {i} {values[i]!r}\n{made[False][1][i].decode()}\n--- has {other[kept.index(i)]}\n"
                      f"--- not {made[False][0][i].results}")
            with self.subTest(shell):
                self.assertGreater(sum(works), len(kept) * 0.9)
                self.assertEqual(wrong, [])

    def test_composed(self):
        self.check_composed(SHELLS, False)

    def test_composed_for_bash(self):
        self.check_composed([name for name in SHELLS if name.startswith("bash")], True)


if __name__ == "__main__":
    if not shutil.which("bwrap") or subprocess.run([*SANDBOX, "true"], stderr=subprocess.DEVNULL).returncode:
        print("bwrap is not there, or may do nothing here")
        sys.exit(77)
    unittest.main()
