"""How wide text is on a terminal: cells, not characters. 学 is two cells, a combining accent none."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells, set_cell_size


def cell_width(text: str) -> int:
    """The number of cells that ``text`` takes."""
    return cell_len(text)


def pad(text: str, width: int) -> str:
    """``text`` in exactly ``width`` cells: cut where it is longer, spaces behind it where it is shorter."""
    return set_cell_size(text, width)


def pad_left(text: str, width: int) -> str:
    """``text`` in exactly ``width`` cells, against the right edge."""
    return " " * max(0, width - cell_len(text)) + shorten(text, width)


def centre(text: str, width: int) -> str:
    """``text`` in exactly ``width`` cells, in the middle."""
    text = shorten(text, width)
    left = (width - cell_len(text)) // 2
    return set_cell_size(" " * left + text, width)


def shorten(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells, with ``…`` where something was cut off."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    return set_cell_size(text, width - 1).rstrip() + "…"


def chop(text: str, width: int) -> list[str]:
    """``text`` cut into pieces of at most ``width`` cells, wherever a character ends."""
    return chop_cells(text, width) if text else [""]
