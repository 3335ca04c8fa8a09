"""How wide text is on a terminal, and text cut, padded and wrapped to a width.

All widths are in cells, not characters: 学 takes two cells, a combining accent none. They come from ``rich.cells``, so
that they always agree with what Textual draws. A worker never loads rich, so the functions that make text harmless are
a module of their own, `tutor.foundation.safe_text`.
"""

from __future__ import annotations

from rich.cells import cell_len, chop_cells, set_cell_size

_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def narrow(text: str) -> str:
    """Return ``text`` with full-width letters, digits and signs (``１``, ``ｊ``, ``？``) as ASCII ones."""
    return text if text.isascii() else text.translate(_NARROW)


def cell_width(text: str) -> int:
    """Return the number of cells that ``text`` takes."""
    return cell_len(text)


def pad(text: str, width: int) -> str:
    """Return ``text`` in exactly ``width`` cells: cut if it is longer, followed by spaces if it is shorter."""
    return set_cell_size(text, width)


def pad_left(text: str, width: int) -> str:
    """Return ``text`` in exactly ``width`` cells, aligned to the right."""
    return " " * max(0, width - cell_len(text)) + shorten(text, width)


def centre(text: str, width: int) -> str:
    """Return ``text`` in exactly ``width`` cells, centred."""
    text = shorten(text, width)
    left = (width - cell_len(text)) // 2
    return set_cell_size(" " * left + text, width)


def shorten(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells, with ``…`` at its end if something was cut off."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    return set_cell_size(text, width - 1).rstrip() + "…"


def chop(text: str, width: int) -> list[str]:
    """Return ``text`` cut between characters into pieces of at most ``width`` cells."""
    return chop_cells(text, width) if text else [""]


_NEVER_FIRST = "，。；：、！？）」』” "


def wrapped(text: str, width: int) -> list[str]:
    """Return ``text`` as lines of at most ``width`` cells.

    Lines break at spaces and between wide characters; only a word wider than a line is cut inside.
    """
    width = max(2, width)
    lines: list[str] = []
    line = ""
    for piece in (part for each in _pieces(text) for part in _cut_to(each, width)):
        if line and cell_width(line) + cell_width(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _cut_to(piece: str, width: int) -> list[str]:
    return [piece] if cell_width(piece.rstrip()) <= width else chop(piece, width)


def _pieces(text: str) -> list[str]:
    """Cut ``text`` where a line may end: behind a space, and around a wide character but not before its punctuation."""
    pieces: list[str] = []
    for character in text:
        before = pieces[-1][-1] if pieces else " "
        may_break = before == " " or cell_width(before) == 2 or cell_width(character) == 2
        if not pieces or (may_break and character not in _NEVER_FIRST):
            pieces.append(character)
        else:
            pieces[-1] += character
    return pieces
