"""The inks of a program's characters, by Pygments, which also reads programs that are not finished."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pygments.lexer import Lexer

MOST_COLOURED = 20_000
"""Characters beyond which a program stays plain, because it is read anew after each key."""


class Piece(NamedTuple):
    """Characters of one line, from ``start`` up to ``end``, that have one ink."""

    start: int
    end: int
    ink: str


@lru_cache(1)
def _lexer() -> Lexer:
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=False, ensurenl=False)


def pieces_of(source: str) -> list[list[Piece]]:
    """Return the coloured pieces of each line of a program; characters without one are plain text."""
    lines: list[list[Piece]] = [[]]
    if len(source) > MOST_COLOURED:
        return lines
    column = 0
    for ink, text in _inked(source):
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
                column = 0
            if ink and part:
                lines[-1].append(Piece(column, column + len(part), ink))
            column += len(part)
    return lines


def _inked(source: str) -> Iterator[tuple[str, str]]:
    from pygments.token import Comment, Keyword, Name, Number, String

    inks = (
        (Comment, "muted italic"),
        (String, "formula"),
        (Keyword, "accent"),
        (Number, "code"),
        (Name.Function, "strong"),
        (Name.Class, "strong"),
    )
    for kind, text in _lexer().get_tokens(source):
        yield next((ink for of_kind, ink in inks if kind in of_kind), ""), text
