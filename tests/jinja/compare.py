"""Compares Gordon's Jinja subset with Jinja2 itself.

    compare.py RENDER [--cases FILE] [--random COUNT] [--seed N]

RENDER is the program of render.c. Both must give the same text for a template, or both an error. If
only Gordon has an error, a case in cases.txt must give the reason (see there); the error of a random
template must be that something is not supported. If only Jinja2 has an error, the test fails.
Needs jinja2==3.1.6 and markupsafe==3.0.3.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import warnings

import jinja2

NAMES = {
    "stage": "prod",
    "aws_region": "eu-west-1",
    "aws_account_id": "123456789012",
    "env": {
        "HOME": "/root", "EMPTY": "", "N": "42", "F": "2.5", "QUOTE": "it's \"so\"",
        "UML": "Grüße, Ärger", "items": "method", "LIST": "c,a,B",
    },
    "numbers": [3, 1, 2],
    "words": ["b", "A", "c", "a"],
    "mixed": [1, "1", None, True, 2.5],
    "nested": {"a": {"b": [10, 20, {"c": "deep"}]}, "n": None, "t": True},
    "i": 7, "neg": -3, "x": 2.5, "yes": True, "no": False, "nothing": None,
    "users": [{"name": "Bo", "age": 3}, {"name": "al", "age": 1}, {"name": "Cy"}],
}


def jinja2_render(template):
    """{"text": ...} or {"error": ...}"""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = jinja2.Environment().from_string(template).render(**NAMES)
            text.encode()  # fails for a lone surrogate
            return {"text": text}
    except Exception as error:  # any exception of Python is an error of the template
        return {"error": f"{type(error).__name__}: {error}"}


def gordon_render(program, templates):
    lines = "".join(json.dumps(line) + "\n" for line in [NAMES, *templates])
    done = subprocess.run([program], input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{program} ended with {done.returncode}:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def read_cases(path):
    """(place, reason or None, template)"""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        reason = None
        if not line or line.startswith("#"):
            continue
        if line.startswith("!"):
            _, reason, line = line.split("!", 2)
            line = line.removeprefix(" ")
        yield f"{path.name}:{number}", reason, line.replace("⏎", "\n").replace("␍", "\r")


class Random:
    """Templates of a grammar. Most of them work; some mix types."""

    NUMBERS = ["0", "1", "2", "3", "7", "10", "1_000", "0x1F", "0b101", "2.5", "0.1", "1e3", "1.0",
               "1e16", "123456.789", "1e-7", "i", "neg", "x", "yes", "true", "False", "numbers[0]",
               "-1", "-2.5", "numbers|length", "nested.a.b[1]", "env.N|int", "env.F|int", "loop.index",
               "(3, 1)[0]", "users[0].age", "9007199254740993", "0.5", "1.5", "-0.0"]
    STRINGS = ["''", "'a'", '"B"', "'hello World'", "'  pad '", "\"it's\"", "'say \"x\"'", "'é'", "'ÄÖ'",
               "'42'", "' 7 '", "'0x1f'", "'1_0'", "'3.9'", "'-5'", "'tab\\t'", "'nl\\n'", "'\\x41'",
               "'<&>'", "stage", "aws_region", "aws_account_id", "env.HOME", "env.EMPTY", "env.QUOTE",
               "env.UML", "words[1]", "env['LIST']", "nested.a.b[2].c", "'\\u20ac'", "'Ab-cd (ef)'",
               "'日本'", "'ß'", "'a.b'"]
    LISTS = ["[]", "[1, 2, 3]", "numbers", "words", "mixed", "(1, 2)", "()", "('a',)", "[[1], [2]]",
             "['x', 'X', 'y']", "nested.a.b", "env", "nested", "users", "[none]", "[1, 1.0, true]",
             "{'b': 1, 'a': 2}", "{1: 'a', 2: [3]}", "{}", "[('k', 1), ('l', 2)]", "[2, 10, 1]"]
    OTHERS = ["none", "missing", "missing", "nothing", "env.NOPE", "true", "false", "yes", "no"]
    ROUND = ["", "(1)", "(2)", "(0, 'floor')", "(1, 'ceil')", "(method='ceil')"]
    COMPARE = ["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
    TESTS = ["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "true",
             "false", "sequence", "mapping", "iterable", "even", "odd", "lower", "upper"]
    TESTS1 = ["divisibleby", "eq", "equalto", "ne", "lt", "gt", "ge", "le", "in"]

    def __init__(self, seed):
        self.r = random.Random(seed)

    def pick(self, *choices):
        return self.r.choice(choices)

    def expr(self, kind, depth):
        if self.r.random() < 0.06:
            kind = self.pick("number", "string", "list", "bool", "other")
        return getattr(self, kind)(depth)

    def number(self, d):
        if d <= 0:
            return self.r.choice(self.NUMBERS)
        e = self.expr
        return self.pick(
            lambda: self.r.choice(self.NUMBERS),
            lambda: f"{e('number', d - 1)} {self.pick('+', '-', '*', '/', '//', '%')} {e('number', d - 1)}",
            lambda: f"({e('number', d - 1)} {self.pick('+', '-', '*', '/', '//', '%')} {e('number', d - 1)})",
            lambda: f"{self.r.choice(self.NUMBERS)} ** {self.r.choice(self.NUMBERS[:6] + ['-1', 'x', '0.5'])}",
            lambda: f"-{e('number', d - 1)}",
            lambda: f"{e(self.pick('string', 'list'), d - 1)}|{self.pick('length', 'count')}",
            lambda: f"{e(self.pick('string', 'number', 'other'), d - 1)}|int{self.pick('', '(5)', '(0, 16)', '(default=-1)', '(base=0)')}",
            lambda: f"({e('number', d - 1)})|round" + self.r.choice(self.ROUND),
            lambda: f"({e('number', d - 1)})|abs",
            lambda: f"{e('list', d - 1)}|{self.pick('first', 'last')}",
            lambda: self.cond("number", d),
        )()

    def string(self, d):
        if d <= 0:
            return self.r.choice(self.STRINGS)
        e = self.expr
        return self.pick(
            lambda: self.r.choice(self.STRINGS),
            lambda: f"{e('any', d - 1)} ~ {e('any', d - 1)}",
            lambda: f"{e('string', d - 1)} + {e('string', d - 1)}",
            lambda: f"{e('string', d - 1)} * {self.r.choice(self.NUMBERS[:5])}",
            lambda: f"({e('any', d - 1)})|{self.pick('lower', 'upper', 'title', 'capitalize', 'trim', 'string', 'tojson')}",
            lambda: f"{e('string', d - 1)}|{self.pick('reverse', 'first', 'last', 'trim')}",
            lambda: f"{e('any', d - 1)}|replace({e('string', 0)}, {e('any', 0)}{self.pick('', ', 1', ', count=2')})",
            lambda: f"({e('list', d - 1)})|join" + self.pick("", "(', ')", "('-')"),
            lambda: f"({e('list', d - 1)})|tojson",
            lambda: f"{e('string', d - 1)}|trim({e('string', 0)})",
            lambda: f"({e('string', d - 1)})[{self.slice()}]",
            lambda: self.cond("string", d),
        )()

    def list(self, d):
        if d <= 0:
            return self.r.choice(self.LISTS)
        e = self.expr
        return self.pick(
            lambda: self.r.choice(self.LISTS),
            lambda: "[" + ", ".join(e("any", d - 1) for _ in range(self.r.randrange(4))) + "]",
            lambda: f"({e('any', d - 1)}, {e('any', d - 1)})",
            lambda: "{" + ", ".join(f"{e(self.pick('string', 'number'), 0)}: {e('any', d - 1)}" for _ in range(self.r.randrange(3))) + "}",
            lambda: f"{e('list', d - 1)} + {e('list', d - 1)}",
            lambda: f"{e('list', d - 1)} * {self.r.choice(self.NUMBERS[:4])}",
            lambda: f"({e('list', d - 1)})|sort{self.pick('', '(true)', '(reverse=true)', '(case_sensitive=true)', '(false, true)')}",
            lambda: f"({e('list', d - 1)})|{self.pick('reverse', 'unique', 'unique(true)')}",
            lambda: f"({e('list', d - 1)})|{self.pick('reverse', 'unique')}|{self.pick('reverse', 'sort', 'join', 'first')}",
            lambda: f"({e('list', d - 1)})[{self.slice()}]",
            lambda: f"({e('string', d - 1)})|{self.pick('sort', 'unique|join', 'unique|sort')}",
            lambda: self.cond("list", d),
        )()

    def slice(self):
        n = lambda: self.pick("", "0", "1", "2", "-1", "-2", "5", "i", "none")
        return self.pick(lambda: f"{n()}:{n()}", lambda: f"{n()}:{n()}:{self.pick('', '1', '2', '-1', '-2')}",
                         lambda: self.pick("0", "1", "-1", "9", "true"))()

    def bool(self, d):
        e = self.expr
        if d <= 0:
            return self.r.choice(self.OTHERS)
        return self.pick(
            lambda: f"{e('number', d - 1)} {self.r.choice(self.COMPARE[:6])} {e('number', d - 1)}",
            lambda: f"{e('string', d - 1)} {self.r.choice(self.COMPARE)} {e('string', d - 1)}",
            lambda: f"{e('list', d - 1)} {self.r.choice(self.COMPARE[:6])} {e('list', d - 1)}",
            lambda: f"{e('any', d - 1)} {self.pick('in', 'not in', '==', '!=')} {e('list', d - 1)}",
            lambda: f"{e('number', 0)} < {e('number', d - 1)} {self.r.choice(self.COMPARE[:6])} {e('number', 0)}",
            lambda: f"{e('any', d - 1)} is {self.pick('', 'not ')}{self.r.choice(self.TESTS)}",
            lambda: f"{e('any', d - 1)} is {self.pick('', 'not ')}{self.r.choice(self.TESTS1)}({e('any', 0)})",
            lambda: f"{e('number', d - 1)} is divisibleby {self.r.choice(self.NUMBERS)}",
            lambda: f"not {e('any', d - 1)}",
            lambda: f"{e('any', d - 1)} {self.pick('and', 'or')} {e('any', d - 1)}",
            lambda: f"({e('bool', d - 1)} {self.pick('and', 'or')} {e('bool', d - 1)})",
        )()

    def other(self, d):
        if d <= 0:
            return self.r.choice(self.OTHERS)
        e = self.expr
        return self.pick(
            lambda: self.r.choice(self.OTHERS),
            lambda: f"{e('other', d - 1)}|{self.pick('default', 'd')}({e('any', d - 1)}{self.pick('', ', true', ', boolean=yes')})",
            lambda: f"({e('any', d - 1)})[{e('any', 0)}]",
            lambda: f"({e('any', d - 1)}){self.pick('.foo', '.name', '.a', '.0', '.N', '.upper', '.items')}",
        )()

    def cond(self, kind, d):
        e = self.expr
        return "(" + e(kind, d - 1) + " if " + e("bool", d - 1) + (f" else {e(kind, d - 1)}" if self.r.random() < .8 else "") + ")"

    def any(self, d):
        return self.expr(self.pick("number", "string", "string", "list", "bool", "other"), d)

    def tag(self, begin, text, end):
        return self.pick(begin, begin, begin + "-", begin + "+") + f" {text} " + self.pick(end, end, "-" + end)

    def target(self):
        return self.pick("v", "w", "stage", "i", "x", "v, w", "(v, w)", "missing")

    def statements(self, d):
        return "".join(self.statement(d) for _ in range(self.r.randrange(1, 4)))

    def statement(self, d):
        e, body = self.expr, lambda: self.statements(d - 1)
        if d <= 0:
            return self.pick(lambda: f"{{{{ {e('any', 1)} }}}}", lambda: self.pick("a ", " b\n", "\n", " ", "{", "} "),
                             lambda: self.pick("{{ v }}", "{{ w }}", "{{ stage }}", "{{ i }},", "{{ loop.index }}",
                                               "{{ loop.last }}", "{{ loop.revindex }}{{ loop.length }}", "{{ x }}"))()
        return self.pick(
            lambda: self.tag("{{", e("any", 2), "}}").replace("}}}", "} }}").replace("{{+", "{{"),
            lambda: self.tag("{%", f"if {e('bool', 1)}", "%}") + body()
            + (self.tag("{%", f"elif {e('bool', 1)}", "%}") + body() if self.r.random() < .3 else "")
            + (self.tag("{%", "else", "%}") + body() if self.r.random() < .5 else "") + self.tag("{%", "endif", "%}"),
            lambda: self.tag("{%", f"for {self.target()} in {e('list', 1)}"
                             + (f" if {e('bool', 1)}" if self.r.random() < .3 else ""), "%}") + body()
            + (self.tag("{%", "else", "%}") + body() if self.r.random() < .3 else "") + self.tag("{%", "endfor", "%}"),
            lambda: self.tag("{%", f"for v in {self.pick('[1, 2]', 'numbers', 'words', '[]', 'env')}", "%}") + body() + self.tag("{%", "endfor", "%}"),
            lambda: self.tag("{%", f"set {self.pick('v', 'w', 'stage', 'i', 'x')} = {e('any', 1)}", "%}"),
            lambda: self.tag("{%", f"set {self.target()} = {e('any', 1)}", "%}"),
            lambda: self.tag("{#", self.pick("note", "{{ x }}", "- -"), "#}"),
            lambda: self.pick("a ", " b\n", "\n", "  "),
        )()

    def template(self):
        if self.r.random() < 0.6:
            return "{{ " + self.any(self.r.randrange(1, 4)) + " }}"
        return self.statements(self.r.randrange(1, 4))

    def templates(self, count):
        return [(f"random {i}", None, self.template()) for i in range(count)]


def is_known(error, template, text):
    """Returns whether Gordon may have this error and Jinja2 none: something is not supported, Gordon
    checks a call that does not run, or Jinja2 does not read an iterator that Gordon evaluates."""
    eager = "|unique" in template and ("has no items" in error or "cannot be a key" in error)
    return "not supported" in error or "needs its parameter" in error or eager or " object at 0x" in text


def verdict(template, gordon, jinja, reason, is_random):
    """Returns the difference, "" if there is none, None if Gordon's error is a known one."""
    if "error" in gordon and "text" in jinja:
        known = is_known(gordon["error"], template, jinja["text"]) if is_random else reason is not None
        return None if known else f"Gordon has an error: {gordon['error']}\n  Jinja2: {jinja['text']!r}"
    if reason is not None:
        return "the case is marked as an error of Gordon only, and is none"
    if gordon.get("text") != jinja.get("text"):
        return f"Gordon: {gordon}\n  Jinja2: {jinja}"
    return ""


def compare(program, cases, is_random):
    answers = gordon_render(program, [template for _, _, template in cases])
    failures = same = errors = unsupported = 0
    for (place, reason, template), gordon in zip(cases, answers, strict=True):
        jinja = jinja2_render(template)
        problem = verdict(template, gordon, jinja, reason, is_random)
        if problem:
            failures += 1
            print(f"{place}: {template!r}\n  {problem}")
        elif problem is None:
            unsupported += 1
        elif "text" in gordon:
            same += 1
        else:
            errors += 1
    print(f"{len(cases)} templates: {same} with the same text, {errors} with errors on both sides, "
          f"{unsupported} only unsupported here, {failures} failures")
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("render")
    parser.add_argument("--cases", type=pathlib.Path, default=pathlib.Path(__file__).with_name("cases.txt"))
    parser.add_argument("--random", type=int, default=0, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    failures = compare(args.render, list(read_cases(args.cases)), False)
    if args.random and not failures:
        failures += compare(args.render, Random(args.seed).templates(args.random), True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
