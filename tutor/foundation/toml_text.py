"""TOML from outside, read in time proportional to its length and into values of a sane size."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from tutor.foundation.translate import translate

_DEEPEST = 30
"""Levels of nested tables and lists, and parts of a dotted key: Python's reader takes time with their square."""
_LARGEST_NUMBER = 1 << 63
_KEY_PART = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)')[ \t]*""")
_SYNTAX_PLACE = re.compile(r" ?\(at line ([0-9]+), column ([0-9]+)\)")
_LONG_NUMBER = re.compile(r"0x[0-9A-Fa-f_]{16,}|[0-9][0-9_]{18,}")


class TomlError(ValueError):
    """TOML that cannot be used.

    Args:
        reason: What is wrong with it, as part of a sentence.
        line: The line of the fault, from 1; 0 if unknown.
        column: The column of the fault, from 1; 0 if unknown.
    """

    def __init__(self, reason: str, line: int = 0, column: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column


def load_toml(text: str) -> dict[str, Any]:
    """Return the tables of ``text``.

    Raises:
        TomlError: The text is not TOML, is nested too deeply, or holds a whole number that does not fit 64 bits.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if len(key_of(line)[0]) > _DEEPEST:
            raise TomlError(translate("errors.toml-deep", most=_DEEPEST), number)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        place = _SYNTAX_PLACE.search(said)
        at = (int(place[1]), int(place[2])) if place is not None else (0, 0)
        raise TomlError(_SYNTAX_PLACE.sub("", said), *at) from error
    except RecursionError as error:
        raise TomlError(translate("errors.toml-deep", most=_DEEPEST)) from error
    except ValueError as error:  # more digits than Python converts to a number
        raise TomlError(translate("errors.toml-number"), _line_of_long_number(text)) from error
    _refuse_extremes(values, text)
    return values


def key_of(line: str) -> tuple[tuple[str, ...], int]:
    """Return the parts of the dotted key, or of the table name in brackets, that ``line`` begins with, and its end."""
    at = len(line) - len(line.lstrip())
    while line.startswith("[", at):
        at += 1
    parts: list[str] = []
    while found := _KEY_PART.match(line, at):
        parts.append(found[1] or found[2] or found[3] or "")
        at = found.end()
        if not line.startswith(".", at):
            break
        at += 1
    return tuple(parts), at


def _refuse_extremes(values: dict[str, Any], text: str) -> None:
    """Check every value level by level, without recursion, which deep nesting would exhaust."""
    level: list[object] = [values]
    for _ in range(_DEEPEST + 1):
        below: list[object] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
            elif isinstance(each, int) and not -_LARGEST_NUMBER <= each < _LARGEST_NUMBER:
                raise TomlError(translate("errors.toml-number"), _line_of_long_number(text))
        level = below
        if not level:
            return
    raise TomlError(translate("errors.toml-deep", most=_DEEPEST))


def _line_of_long_number(text: str) -> int:
    found = _LONG_NUMBER.search(text)
    return text.count("\n", 0, found.start()) + 1 if found is not None else 0


def key_lines(text: str) -> dict[str, int]:
    """The line (from 1) of every table and key of a TOML text, by dotted name. The standard library does not give it.

    Keys inside inline tables are not listed; `line_of` falls back to the line of their table.
    """
    lines: dict[str, int] = {}
    table = ""
    closing = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            if closing in line:
                closing = ""
            continue
        parts, end = key_of(line)
        name, behind = ".".join(parts), line[end:]
        if not parts:
            continue
        if line.lstrip().startswith("["):
            comment = behind.lstrip("]").strip()
            if behind.startswith("]") and (not comment or comment.startswith("#")):
                table = name
                lines.setdefault(table, number)
        elif behind.startswith("="):
            lines.setdefault(f"{table}.{name}" if table else name, number)
            closing = _unclosed(behind[1:])
    return lines


def _unclosed(value: str) -> str:
    """The quotes that end a text of several lines which ``value`` begins; empty if it begins none."""
    for quotes in ('"""', "'''"):
        if value.count(quotes) == 1:
            return quotes
    return ""


def line_of(key: str, lines: dict[str, int]) -> int:
    """The line of ``key``, or of the nearest table around it, or 1."""
    while key:
        if key in lines:
            return lines[key]
        key = key.rpartition(".")[0]
    return 1
