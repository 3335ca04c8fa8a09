"""At which line of a TOML file a key stands. The standard library's reader does not tell."""

from __future__ import annotations

import re

_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_SYNTAX_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def _dotted(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def _table_name(line: str) -> str:
    """What ``[name]`` or ``[[name]]`` says; empty where ``line`` is no such head."""
    opened, _, behind = line.strip().partition("]")
    name = opened.lstrip("[")
    is_head = len(name) < len(opened) and "[" not in name and behind.lstrip("] \t").partition("#")[0] == ""
    return name.strip() if is_head else ""


def key_lines(text: str) -> dict[str, int]:
    """The line (from 1) of every table and key of ``text``, by dotted name.

    Keys inside inline tables are not listed: ask `line_of`, which falls back to the line of their table.
    """
    lines: dict[str, int] = {}
    table = ""
    closing = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            if closing in line:
                closing = ""
            continue
        header = _table_name(line)
        if header:
            table = _dotted(header)
            lines.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            name = _dotted(key[1])
            lines.setdefault(f"{table}.{name}" if table else name, number)
            closing = _unclosed(line[key.end() :])
    return lines


def _unclosed(value: str) -> str:
    """The quotes that must come before the next key, where ``value`` opens a text of several lines."""
    for quotes in ('"""', "'''"):
        if value.count(quotes) == 1:
            return quotes
    return ""


def line_of(key: str, lines: dict[str, int]) -> int:
    """The line of ``key``, or of the nearest table around it; 1 where nothing is known."""
    while key:
        if key in lines:
            return lines[key]
        key = key.rpartition(".")[0]
    return 1


def syntax_place(message: str) -> tuple[int, str]:
    """The line of a `tomllib.TOMLDecodeError` and its message without the place."""
    place = _SYNTAX_PLACE.search(message)
    if place is None:
        return 1, message
    return int(place[1]), message[: place.start()].strip()
