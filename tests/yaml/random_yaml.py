"""Random YAML for compare.py: documents of a grammar, some of them with a few changed bytes."""
ALPHABET = " \t:-?,[]{}#&*!|>'\"%@`\\~=<_.+0123456789abexynNou/\u00e9\U0001f600"
SAFE = "  -?!&*|>'\"%@`\\~=<_.+0123456789abexynNou/\u00e9\U0001f600:k" # inside a plain scalar
WORDS = ["yes", "no", "on", "null", "~", "true", "1:30", "0x1f", "0b1", "017", "1_000", "1e3", "1.e+3", ".inf",
         ".nan", "-.5", "2001-12-14", "ref://A", "text", "two words", "k", "key", "-1", "0", "1", "\u65e5"]


class Random_yaml:
    def __init__(self, random):
        self.random = random

    def document(self):
        self.anchors, self.maps = [], []
        text = "".join(self.block(0, 4))
        for _ in range(self.random.choice([0, 0, 0, 0, 0, 1, 2])):
            text = self.changed(text)
        return text

    def changed(self, text):
        at = self.random.randrange(len(text) + 1)
        letter = self.random.choice(ALPHABET + "\n\n")
        return self.random.choice([text[:at] + letter + text[at:], text[:at] + text[at + 1:],
                                   text[:at] + letter + text[at + 1:]])

    def plain(self):
        form = self.random.random()
        if form < 0.6:
            return self.random.choice(WORDS)
        if form < 0.95:
            return "k" + "".join(self.random.choices(SAFE, k=self.random.randint(1, 8)))
        return "".join(self.random.choices(ALPHABET, k=self.random.randint(1, 8)))

    def scalar(self):
        text = self.plain()
        form = self.random.random()
        if form < 0.2:
            return "'" + text.replace("'", "''") + "'"
        if form < 0.4:
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if form < 0.45:
            return self.random.choice(["!!str ", "!!int ", "!!float ", "!!bool ", "!!null "]) + text
        return text

    def anchor(self):
        if self.random.random() > 0.15:
            return ""
        self.anchors.append(f"x{len(self.anchors)}")
        return f"&{self.anchors[-1]} "

    def key(self):
        return f"k{self.random.randrange(12)}" if self.random.random() < 0.8 else self.scalar()

    def flow(self, depth):
        form = self.random.random()
        if depth <= 0 or form < 0.4:
            return self.anchor() + self.scalar()
        if form < 0.5 and self.anchors:
            return "*" + self.random.choice(self.anchors) + " "
        items = range(self.random.randint(0, 4))
        separator = self.random.choice([", ", ",", " , ", ",\n      "])
        if form < 0.75:
            return "[" + separator.join(self.flow(depth - 1) for _ in items) + "]"
        return "{" + separator.join(f"{self.key()}: {self.flow(depth - 1)}" for _ in items) + "}"

    def block_scalar(self, indent):
        lines = [" " * (indent + self.random.choice([0, 0, 0, 1, 2])) + self.plain()
                 if self.random.random() < 0.8 else "" for _ in range(self.random.randint(1, 4))]
        style = self.random.choice("|>") + self.random.choice(["", "-", "+", "2", "2-"])
        return style + "\n" + "\n".join(lines) + "\n" * self.random.randint(1, 3)

    def value(self, indent, depth):
        """Returns the text after "key:" or "-", with its line end."""
        form = self.random.random()
        if depth <= 0 or form < 0.35:
            return " " + self.flow(0) + self.random.choice(["", "", " # comment", " "]) + "\n"
        if form < 0.5:
            return " " + self.flow(2) + "\n"
        if form < 0.58:
            return " " + self.anchor() + self.block_scalar(indent + 2)
        if form < 0.66 and self.anchors:
            return " *" + self.random.choice(self.anchors) + "\n"
        name = self.anchor()
        body = self.block(indent + 2, depth - 1)
        if name:
            self.maps.append(name[1:].strip())
        return " " + name + "\n" + "".join(body)

    def block(self, indent, depth):
        """Returns the lines of a map or a list."""
        start = " " * indent
        if self.random.random() < 0.3:
            return [start + "-" + self.value(indent, depth - 1) for _ in range(self.random.randint(1, 4))]
        lines = []
        for i in range(self.random.randint(1, 5)):
            if self.maps and self.random.random() < 0.2:
                names = self.random.sample(self.maps, self.random.randint(1, min(3, len(self.maps))))
                lines.append(start + "<<: " + (f"*{names[0]}" if len(names) == 1 else
                                               "[" + ", ".join("*" + name for name in names) + "]") + "\n")
            key = f"k{i}" if self.random.random() < 0.9 else self.key()
            lines.append(start + key + ":" + self.value(indent, depth - 1))
        return lines
