"""Sentences in lines of so many cells, in any language."""

from __future__ import annotations

from tutor.foundation.text_width import cell_width, chop

_NEVER_FIRST = "，。；：、！？）」』” "


def wrapped(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells, broken at spaces, between wide characters, or where it must."""
    width = max(2, width)
    lines: list[str] = []
    line = ""
    for piece in (part for each in _pieces(text) for part in _fitting(each, width)):
        if line and cell_width(line) + cell_width(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _fitting(piece: str, width: int) -> list[str]:
    return [piece] if cell_width(piece.rstrip()) <= width else chop(piece, width)


def _pieces(text: str) -> list[str]:
    """``text`` cut where a line may end: behind a space, and around a wide character but before its punctuation."""
    pieces: list[str] = []
    for character in text:
        before = pieces[-1][-1] if pieces else " "
        may_break = before == " " or cell_width(before) == 2 or cell_width(character) == 2
        if not pieces or (may_break and character not in _NEVER_FIRST):
            pieces.append(character)
        else:
            pieces[-1] += character
    return pieces
