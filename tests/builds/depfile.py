"""Reads the depfiles that Gordon writes."""
import re


def inputs(depfile):
    """Returns the names after the colon."""
    text = re.split(r":\s", depfile.read_text().replace("\\\n", " "), maxsplit=1)[1]
    return [re.sub(r"\\(.)", r"\1", name).replace("$$", "$")
            for name in re.findall(r"(?:\\.|[^\s\\])+", text)]
