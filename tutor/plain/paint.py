"""Rows of spans in the sixteen colours that every terminal has."""

from __future__ import annotations

from tutor.charts.cells import Rows, Span

_COLOURS = {
    "train": "36", "valid": "33", "axis": "2", "muted": "2", "good": "32", "bad": "31", "accent": "1",
}  # fmt: skip
"""Of the sixteen colours that every terminal has, so that its owner's own choice of them is kept."""


def painted(rows: Rows, *, colour: bool) -> list[str]:
    """``rows`` as lines of text, with escapes where ``colour`` is wanted."""
    return ["".join(_painted(span) if colour else span.text for span in row) for row in rows]


def _painted(span: Span) -> str:
    code = _COLOURS.get(span.ink)
    return f"\x1b[{code}m{span.text}\x1b[0m" if code else span.text
