"""The changes that mutate.py makes: which there are in a C file.

A small tokenizer is enough, because a change that does not compile is dropped. Only code in braces is
changed: bodies of functions, and tables. Comments, strings and preprocessor lines are not.
"""
import bisect
import collections
import re

TOKEN = re.compile(r"""
    (?P<skip>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<directive>(?<![^\n])[ \t]*\#(?:\\\n|[^\n])*)
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<char>'(?:\\.|[^'\\])+')
  | (?P<number>\d[\w.]*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<mark>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\.\.\.|.)
""", re.VERBOSE | re.DOTALL)

OPERATORS = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">"], "<=": ["<", ">"], ">": [">=", "<"], ">=": [">", "<"],
    "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "|": ["&"], "&": ["|"],
    "+=": ["-="], "-=": ["+="], "|=": ["&="], "&=": ["|="], "++": ["--"], "--": ["++"],
}
BINARY_TOO = {"+", "-", "&"}  # as unary operators they are left alone
RELATIONS = {"<", "<=", ">", ">="}
OPEN, CLOSE = set("([{"), set(")]}")
KEYWORDS = {"return", "if", "else", "while", "for", "do", "switch", "case", "default", "goto", "sizeof",
            "static", "const", "struct", "enum", "union", "typedef", "extern", "static_assert"}

Token = collections.namedtuple("Token", "kind text start end")


class Change(collections.namedtuple("Change", "kind start end text")):
    """The text from `start` to `end` of a file becomes `text`."""

    def lines(self, source):
        """The number of the first changed line, these lines before the change, and after it."""
        first = source.rfind("\n", 0, self.start) + 1
        last = source.find("\n", self.end)
        before = source[first:last]
        after = source[first:self.start] + self.text + source[self.end:last]
        return source.count("\n", 0, first) + 1, before, after

    def apply(self, source):
        return source[:self.start] + self.text + source[self.end:]


def tokens(source):
    return [Token(match.lastgroup, match.group(), match.start(), match.end())
            for match in TOKEN.finditer(source) if match.lastgroup not in ("skip", "directive")]


class Code:
    """The tokens of a file, the bracket that matches each, and its functions."""

    def __init__(self, source):
        self.source = source
        self.tokens = tokens(source)
        self.match, self.depth = {}, []
        opened = []
        for i, token in enumerate(self.tokens):
            if token.text in CLOSE and opened:
                start = opened.pop()
                self.match[start], self.match[i] = i, start
            self.depth.append(len(opened))
            if token.text in OPEN:
                opened.append(i)
        self.functions = list(self.find_functions())
        self.starts = [start for start, *_ in self.functions]

    def find_functions(self):
        """Yields (first token of the body, last one, name, whether it returns bool)."""
        head = 0
        for i, token in enumerate(self.tokens):
            if self.depth[i] or token.text not in ";{":
                continue
            if token.text == "{" and i in self.match:
                if i and self.tokens[i - 1].text == ")":
                    opening = self.match[i - 1]
                    returned = [t.text for t in self.tokens[head:opening - 1]]
                    yield i, self.match[i], self.tokens[opening - 1].text, "bool" in returned and "*" not in returned
                head = self.match[i] + 1
            else:
                head = i + 1

    def function(self, i):
        at = bisect.bisect_right(self.starts, i) - 1
        if at >= 0 and self.functions[at][1] >= i:
            return self.functions[at]
        return None

    def text(self, first, last):
        """The source of the tokens from `first` to before `last`."""
        return self.source[self.tokens[first].start:self.tokens[last - 1].end]

    def until(self, i, stops, step):
        """The next token from i in this direction that ends the term: at `stops`, or at a bracket around it."""
        while 0 <= i < len(self.tokens):
            text = self.tokens[i].text
            if text in (CLOSE if step > 0 else OPEN) or text in stops:
                return i
            i = (self.match.get(i, i) if text in (OPEN if step > 0 else CLOSE) else i) + step
        return None


def is_operand_end(token):
    return token.kind in ("name", "number", "char", "string") and token.text not in KEYWORDS or \
        token.text in (")", "]")


def operators(code, i):
    token = code.tokens[i]
    if token.text not in OPERATORS or token.kind != "mark":
        return
    if token.text in BINARY_TOO and not is_operand_end(code.tokens[i - 1]):
        return
    for text in OPERATORS[token.text]:
        yield Change("operator", token.start, token.end, text)


def bounds(code, i):
    """n becomes n - 1 and n + 1: a number, and what is compared by < and the like."""
    token = code.tokens[i]
    if token.kind == "number" and token.text.isdigit() and (token.text == "0" or token.text[0] != "0"):
        for by in (-1, 1):
            if int(token.text) + by >= 0:
                yield Change("bound", token.start, token.end, str(int(token.text) + by))
    if token.text in RELATIONS:
        last = code.until(i + 1, {"&&", "||", ";", ",", "?", ":"}, 1)
        if last and code.tokens[last - 1].kind == "name":
            at = code.tokens[last - 1].end
            yield Change("bound", at, at, " - 1")
            yield Change("bound", at, at, " + 1")


def truths(code, i):
    token = code.tokens[i]
    if token.text in ("true", "false"):
        yield Change("truth", token.start, token.end, "false" if token.text == "true" else "true")
    if token.text in ("if", "while") and i + 1 in code.match:
        first, last = i + 2, code.match[i + 1]
        yield Change("truth", code.tokens[first].start, code.tokens[last - 1].end,
                     f"!({code.text(first, last)})")
    function = code.function(i)
    if token.text == "return" and function and function[3]:
        last = code.until(i + 1, {";"}, 1)
        if code.text(i + 1, last) not in ("true", "false"):
            yield Change("truth", code.tokens[i + 1].start, code.tokens[last - 1].end,
                         f"!({code.text(i + 1, last)})")
    if token.text == "!" and token.kind == "mark":
        yield Change("truth", token.start, token.end, "")


def terms(code, i):
    """A term of a condition is removed: the one before this && or ||, or the one after it."""
    token = code.tokens[i]
    if token.text not in ("&&", "||"):
        return
    stops = {"&&", "||", ";", ",", "?", ":", "=", "return"}
    first, last = code.until(i - 1, stops | {"{", "}"}, -1), code.until(i + 1, stops, 1)
    if first is not None:
        yield Change("term", code.tokens[first + 1].start, code.tokens[i + 1].start, "")
    if last is not None:
        yield Change("term", code.tokens[i - 1].end, code.tokens[last - 1].end, "")


def statements(code, i):
    """An assignment, a call, or a jump that stands alone is removed."""
    token, before = code.tokens[i], code.tokens[i - 1]
    if token.kind != "name" and token.text not in "*(" or not code.function(i):
        return
    if before.text not in (";", "{", "}", ")", "else", ":") or token.text in KEYWORDS:
        return
    if before.text == ")" and code.tokens[code.match[i - 1] - 1].text not in ("if", "for", "while"):
        return
    if any(code.tokens[k].text == "(" and code.match.get(k, 0) > i and code.tokens[k - 1].text == "for"
           for k in range(max(0, i - 60), i)):
        return
    last = code.until(i, {";"}, 1)
    is_jump = token.text in ("break", "continue")
    is_other = code.tokens[i + 1].kind == "mark" and (token.kind != "name" or code.tokens[i + 1].text != "*")
    if last and code.tokens[last].text == ";" and last > i and (is_jump or is_other):
        yield Change("statement", token.start, code.tokens[last - 1].end, "")


def constants(code, i):
    """A constant becomes another one of the file: of the same family, by the first word of its name."""
    token = code.tokens[i]
    if token.kind == "char":
        others = {t.text for t in code.tokens if t.kind == "char"}
    elif token.kind == "name" and re.fullmatch(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+", token.text):
        family = token.text.split("_")[0] + "_"
        others = {t.text for t in code.tokens if t.kind == "name" and t.text.startswith(family)}
    else:
        return
    for other in sorted(others - {token.text}):
        yield Change("constant", token.start, token.end, other)


def changes(code):
    """All changes of a file: {line: {kind: [change]}}."""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    line_starts = [0] + [m.end() for m in re.finditer("\n", code.source)]
    for i, token in enumerate(code.tokens):
        if not code.depth[i] or i + 1 >= len(code.tokens):
            continue
        for make in (operators, bounds, truths, terms, statements, constants):
            for change in make(code, i):
                line = bisect.bisect_right(line_starts, token.start)
                found[line][change.kind].append(change)
    return found
