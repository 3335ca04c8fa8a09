"""At which line of a TOML file a key stands. The standard library's reader does not tell."""

from __future__ import annotations

from tutor.foundation.toml_text import key_of


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
