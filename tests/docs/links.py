#!/usr/bin/env python3
"""Relative links in README.md, CONTRIBUTING.md, SECURITY.md, CHANGELOG.md and docs/*.md: each must lead to a file or
folder, and its anchor to a heading. README.md and docs/ are checked where they are installed, too.

usage: links.py SOURCE INSTALLED
"""
import pathlib
import re
import sys
import unittest
import urllib.parse

SOURCE, INSTALLED = map(pathlib.Path, sys.argv[1:3])
del sys.argv[1:3]
SOURCES_ONLY = "../tests/"  # what is not installed


def without_code(text):
    """The text without blocks and spans of code, in which nothing is a link."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "`", text)


def links(page):
    """The targets of links and pictures that are not URLs."""
    found = re.findall(r"\]\(([^()\s]+)\)", without_code(page.read_text()))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(page):
    """The anchors of a page's headings, as GitHub and GitLab make them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    made = []
    for heading in re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        same = made.count(anchor)
        made.append(f"{anchor}-{same}" if same else anchor)
    return made


def broken(page):
    """What is wrong with the links of a page: a list of texts."""
    wrong = []
    for target in links(page):
        name, _, anchor = urllib.parse.unquote(target).partition("#")
        file = (page.parent / name) if name else page
        if not file.exists():
            wrong.append(f"{target} is not there")
        elif anchor and anchor not in anchors(file):
            wrong.append(f"{target} has no such heading: {anchors(file)}")
    return wrong


class Links(unittest.TestCase):
    def check(self, root, pages, skip=None):
        for page in pages:
            with self.subTest(page=str(page.relative_to(root))):
                wrong = [text for text in broken(page) if not skip or not text.startswith(skip)]
                self.assertEqual(wrong, [])

    def test_of_the_sources(self):
        pages = [SOURCE / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
        pages = [page for page in pages if page.exists()] + sorted((SOURCE / "docs").glob("*.md"))
        self.assertGreater(len(pages), 10)
        self.check(SOURCE, pages)

    def test_of_what_is_installed(self):
        pages = [INSTALLED / "README.md", *sorted((INSTALLED / "docs").glob("*.md"))]
        self.assertGreater(len(pages), 10)
        self.check(INSTALLED, pages, SOURCES_ONLY)

    def test_every_page_is_linked(self):
        """README.md leads to every page of docs/."""
        linked = {(SOURCE / name.partition("#")[0]).resolve() for name in links(SOURCE / "README.md")}
        pages = {page.resolve() for page in (SOURCE / "docs").glob("*.md")}
        self.assertEqual(sorted(map(str, pages - linked)), [])

    def test_finds_what_is_broken(self):
        """This test itself: a file and a heading that do not exist are found, code is not looked at."""
        page = SOURCE / "README.md"
        text = "# One `two`\n\n[a](docs/none.md) [b](#one-two) [c](#three) `[d](e)` [f](https://g/h)\n"
        fake = type("Page", (), {"read_text": lambda self: text, "parent": page.parent})()
        self.assertEqual(links(fake), ["docs/none.md", "#one-two", "#three"])
        self.assertEqual(anchors(fake), ["one-two"])


if __name__ == "__main__":
    unittest.main()
