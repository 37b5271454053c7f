"""Reads YAML with PyYAML to a tree with types: the reference for the generator's reader.

The allowed differences are the rows of DIFFERENCES. Each is a change of PyYAML's loader in `Gordon`
below, and no filter of results: the changed loader and Gordon must read the same tree.
"""
import math
import json
import re

import yaml

ERROR = "error"
TOO_LARGE = "a tree too large to be compared" # it contains itself, or aliases make it huge

DIFFERENCES = {
    "date": "a date stays text: JSON has no dates (settings.md, Files)",
    "duplicate key": "an error: one of the values would be lost without a word (settings.md, Files)",
    "keys by name": "a key is what JSON makes of it: 1 and '1' are one key, 1 and true are two",
    "scalar of a map": "a scalar's tag on a map is an error; PyYAML takes the value of its key '='",
    "kinds of Python": "!!binary, !!timestamp, !!set, !!omap and !!pairs are errors: JSON has no such values",
    "tagged text": "a scalar with a tag must look like what the tag says; Python's int() and float() take more,"
                   " !!bool any case, and !!null any text",
    "merge tag": "!!merge and !!value are unknown tags; `<<` and `=` need none",
    "large number": "an integer of more than 64 bits is an error",
    "alias of itself": "an error (settings.md, Files)",
    "aliases": "more than 100,000 values by aliases are an error (settings.md, Files)",
    "depth": "nesting deeper than 100 is an error (settings.md, Files)",
    "NUL": "a NUL is an error (settings.md, Files)",
    "surrogate": "half a character, as \\ud83d, is an error: it cannot be written as UTF-8",
    "UTF-16": "settings are UTF-8; UTF-16 counts as invalid UTF-8 (settings.md, Files)",
    "BOM": "libyaml drops a BOM wherever a line begins; PyYAML drops the first and keeps others as letters",
    "libyaml refuses": "libyaml's scanner refuses a few texts that PyYAML's own takes; PyYAML with libyaml"
                       " (CSafeLoader) refuses them too",
    "libyaml takes": "libyaml's scanner takes a few texts that PyYAML's own refuses, such as a tab between"
                     " tokens; PyYAML with libyaml reads the same value of them",
}

DEPTH_MAX = 100
ALIASES_MAX = 100_000
TAG = "tag:yaml.org,2002:"
DECIMAL = re.compile(r"[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][-+]?\d+)?", re.ASCII)


class Refused(yaml.YAMLError):
    """An error that a row of DIFFERENCES allows."""


def decoded(data):
    """Returns the text to which the marks of nodes refer."""
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


class Map(list):
    """The pairs of a map. A dict would take 1 and True for one key."""


def gordon(base):
    """Returns `base`, a loader of PyYAML, with the allowed differences. `used` collects their names."""

    class Gordon(base):
        def __init__(self, data, used):
            super().__init__(data)
            self.text, self.used = decoded(data), used
            self.seen, self.open, self.aliased = {}, set(), 0

        def refuse(self, name):
            self.used.add(name)
            raise Refused(name)

        def construct_document(self, node):
            self.check(node, 1)
            return super().construct_document(node)

        # Returns the number of nodes and the height. An alias counts like its anchor's node.
        def check(self, node, depth):
            if id(node) in self.open:
                self.refuse("alias of itself")
            if id(node) in self.seen:
                size, height = self.seen[id(node)]
                self.aliased += size
                if depth - 1 + height > DEPTH_MAX:
                    self.refuse("depth")
                if self.aliased > ALIASES_MAX:
                    self.refuse("aliases")
                return size, height
            if depth > DEPTH_MAX:
                self.refuse("depth")
            self.open.add(id(node))
            children = [self.check(child, depth + 1) for child in self.children(node)]
            self.open.remove(id(node))
            if isinstance(node, yaml.MappingNode):
                self.check_keys(node)
            self.seen[id(node)] = (1 + sum(size for size, _ in children),
                                   1 + max((height for _, height in children), default=0))
            return self.seen[id(node)]

        def children(self, node):
            if isinstance(node, yaml.ScalarNode):
                self.check_scalar(node)
                return []
            if node.tag in (TAG + "set", TAG + "omap", TAG + "pairs"):
                self.refuse("kinds of Python")
            if isinstance(node, yaml.SequenceNode):
                return node.value
            if node.tag in [TAG + tag for tag in ("str", "int", "float", "bool", "null")]:
                self.refuse("scalar of a map")
            return [child for pair in node.value for child in pair]

        def check_keys(self, node):
            keys = [key for key, _ in node.value if key.tag != TAG + "merge"]
            if not all(isinstance(key.value, str) for key in keys):
                raise yaml.YAMLError("a key that is no scalar")
            names = [self.json_name(key) for key in keys]
            if len(names) != len(set(names)):
                self.refuse("duplicate key")

        def json_name(self, key):
            """Returns a key as Python's json writes it."""
            if key.tag == TAG + "timestamp":
                return key.value
            value = self.construct_object(key, deep=True)
            return value if isinstance(value, str) else json.dumps(value)

        def check_scalar(self, node):
            if "\0" in node.value:
                self.refuse("NUL")
            if re.search("[\ud800-\udfff]", node.value):
                self.refuse("surrogate")
            if node.tag == TAG + "binary":
                self.refuse("kinds of Python")
            by_text = self.resolve(yaml.ScalarNode, node.value, (True, False))
            if node.value == "" and re.search("!$", self.written(node)):
                node.tag = by_text # only CSafeLoader makes a text of a lone `!`
            if node.tag == by_text and not self.tagged(node):
                return
            if node.tag in (TAG + "merge", TAG + "value"):
                self.refuse("merge tag")
            if node.tag == TAG + "timestamp":
                self.refuse("kinds of Python")
            looks = node.tag == by_text or (node.tag == TAG + "float" and
                                            DECIMAL.fullmatch(node.value))
            if not looks and node.tag in [TAG + tag for tag in ("int", "float", "bool", "null")]:
                self.refuse("tagged text")

        def written(self, node):
            return self.text[node.start_mark.index:node.end_mark.index]

        def tagged(self, node):
            return re.match(r"(&\S*\s+)?!(!|<(?!!>))", self.written(node)) is not None

        def flatten_mapping(self, node):
            super().flatten_mapping(node)
            latest = {self.json_name(key): (key, value) for key, value in node.value}
            if len(latest) != len({(key.tag, key.value) for key, _ in node.value}):
                self.used.add("keys by name")
            node.value = list(latest.values())

        def construct_mapping(self, node, deep=False):
            self.flatten_mapping(node)
            pairs = Map((self.construct_object(key, deep=True), self.construct_object(value, deep=True))
                        for key, value in node.value)
            if len({key for key, _ in pairs}) != len(pairs):
                self.used.add("keys by name")
            return pairs

        def construct_map(self, node):
            if not isinstance(node, yaml.MappingNode):
                raise yaml.constructor.ConstructorError(None, None, "no map", node.start_mark)
            return self.construct_mapping(node)

        def construct_date(self, node):
            self.used.add("date")
            return self.construct_scalar(node)

        def construct_int(self, node):
            value = self.construct_yaml_int(node)
            if not -2**63 <= value < 2**63:
                self.refuse("large number")
            return value

    Gordon.add_constructor(TAG + "map", Gordon.construct_map)
    Gordon.add_constructor(TAG + "timestamp", Gordon.construct_date)
    Gordon.add_constructor(TAG + "int", Gordon.construct_int)
    return Gordon


def tree(value):
    """Returns a value as dump.c prints it, with sorted maps, because their order has no meaning."""
    if value is None:
        return None
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": value}
    if isinstance(value, float):
        return {"real": "nan" if math.isnan(value) else value.hex()}
    if isinstance(value, str):
        return {"str": value}
    if isinstance(value, (Map, dict)):
        pairs = value if isinstance(value, Map) else value.items()
        return {"map": sorted(([tree(k), tree(v)] for k, v in pairs), key=repr)}
    if isinstance(value, list):
        return [tree(item) for item in value]
    return {"other": repr(value)}


def normal(dumped):
    """Returns a tree of dump.c with reals and maps as `tree` returns them."""
    if isinstance(dumped, list):
        return [normal(item) for item in dumped]
    if isinstance(dumped, dict) and "real" in dumped:
        return tree(float(dumped["real"]))
    if isinstance(dumped, dict) and "map" in dumped:
        return {"map": sorted(([normal(k), normal(v)] for k, v in dumped["map"]), key=repr)}
    return dumped


def size(value, seen):
    """Returns the number of values in a tree; visits each shared value once."""
    if not isinstance(value, (list, dict)):
        return 1
    if id(value) not in seen:
        seen[id(value)] = math.inf # for a value that contains itself
        children = value.values() if isinstance(value, dict) else value
        seen[id(value)] = 1 + sum(size(child, seen) for child in children)
    return seen[id(value)]


def load(make, data):
    loader = None
    try:
        loader = make(data)
        value = loader.get_single_data()
        return tree(value) if size(value, {}) < 10**6 else TOO_LARGE
    except (yaml.YAMLError, ValueError, KeyError, IndexError, OverflowError, RecursionError, TypeError,
            AttributeError):
        return ERROR # exceptions of PyYAML's constructors are errors too
    finally:
        if loader:
            loader.dispose()


PURE, LIBYAML = gordon(yaml.SafeLoader), gordon(yaml.CSafeLoader)


def compare(data, mine):
    """Returns whether `mine` is right for `data`, the rows of DIFFERENCES for it, and PyYAML's tree."""
    plain, used = load(yaml.SafeLoader, data), set()
    if mine == plain:
        return True, used, plain
    if mine == ERROR and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True, {"UTF-16"}, plain
    if mine == load(lambda data: PURE(data, used), data):
        return bool(used), used, plain
    used = set()
    theirs = load(lambda data: LIBYAML(data, used), data)
    if mine == theirs and "\ufeff" in decoded(data):
        return True, used | {"BOM"}, plain
    if mine != theirs or (mine != ERROR and plain != ERROR):
        return False, used, plain
    return True, used | {"libyaml refuses" if mine == ERROR else "libyaml takes"}, plain
