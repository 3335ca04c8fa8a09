"""Programs of several files as one text, in which a line such as ``# --- model.py ---`` begins each file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_MARK = re.compile(r"# --- ([A-Za-z_][A-Za-z0-9_]{0,59})\.py ---")


class ProgramFile(NamedTuple):
    """One file of a program.

    Args:
        name: Its name without ``.py``.
        text: Its text.
        above: How many lines of the whole text stand above its first one.
    """

    name: str
    text: str
    above: int


def files_of(source: str) -> list[ProgramFile]:
    """Return the files of a text, in its order; none if it is a program of one file.

    Text above the first mark belongs to none of them.
    """
    lines = source.split("\n")
    marks = [(number, found[1]) for number, line in enumerate(lines) if (found := _MARK.fullmatch(line.rstrip()))]
    ends = [number for number, _ in marks[1:]] + [len(lines)]
    return [
        ProgramFile(name, "\n".join(lines[number + 1 : end]) + ("\n" if end < len(lines) else ""), number + 1)
        for (number, name), end in zip(marks, ends, strict=False)
    ]


def joined(files: Mapping[str, str]) -> str:
    """Return the text of files by name, in their order; the last one is the one that is run."""
    return "".join(f"# --- {name}.py ---\n{text.rstrip()}\n\n" for name, text in files.items())[:-1]


def place_of(source: str, line: int) -> tuple[str, int]:
    """Return the file that a line of a text is in, such as ``model.py``, and its line there, both from 1.

    The name is empty if the text is a program of one file.
    """
    for file in reversed(files_of(source)):
        if line > file.above:
            return f"{file.name}.py", line - file.above
    return "", line
