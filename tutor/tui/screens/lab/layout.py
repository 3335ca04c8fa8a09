"""Which panels of a lab stand where: a row each, two side by side, or kept back for the key that turns them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.charts.confusion import table_width

_PICTURES = frozenset({"fit", "curve", "surface", "boundary"})
"""Panels whose two axes are alike: they look best about as wide as high, so two of them share a row."""
_TABLES = frozenset({"confusion"})
"""Panels of a few lines of text."""
_LONG = frozenset({"series"})
"""Panels that only get better by being wider."""
_LEAST_WIDTH, _LEAST_HEIGHT = 42, 8
"""Cells without which a panel is no picture."""
_GAP = 2
_TWO_BESIDE = 2 * 56 + _GAP
"""From this width on two panels stand side by side, of whatever kind."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The panels of each row, and how rows and columns share the room, as Textual writes it."""

    rows: tuple[tuple[str, ...], ...]
    heights: str
    widths: str

    @property
    def shown(self) -> list[str]:
        """The panels in view, in reading order."""
        return [panel for row in self.rows for panel in row]

    @property
    def columns(self) -> int:
        """Panels in the longest row."""
        return max((len(row) for row in self.rows), default=1)

    @property
    def spans(self) -> list[int]:
        """How many columns each of `shown` takes."""
        return [self.columns if len(row) == 1 else 1 for row in self.rows for _ in row]


def lay_out(panels: Sequence[str], width: int, height: int, class_names: Sequence[str] = ()) -> Layout:
    """The arrangement of ``panels``, the first one the most wanted, in ``width`` by ``height`` cells.

    Args:
        panels: Their names.
        width: Cells across, the side column not included.
        height: Rows.
        class_names: The classes of the data, as soon as they are known.
    """
    room_for = max(1, height // _LEAST_HEIGHT)
    rows = _rows(panels, width)
    if len(rows) > room_for and width >= 2 * _LEAST_WIDTH + _GAP:
        rows = [list(panels[start : start + 2]) for start in range(0, len(panels), 2)]
    rows = rows[:room_for]
    return Layout(tuple(map(tuple, rows)), _heights(rows, height, class_names), _widths(rows, width, class_names))


def _rows(panels: Sequence[str], width: int) -> list[list[str]]:
    """A row for each panel, but one for two pictures, or for a picture and a table, where there is room."""
    if width < 2 * _LEAST_WIDTH + _GAP:
        return [[panel] for panel in panels]
    if len(panels) == 2 and width >= _TWO_BESIDE and not set(panels) & (_TABLES | _LONG):
        return [list(panels)]
    rows: list[list[str]] = []
    waiting: list[str] | None = None
    for panel in panels:
        if panel not in _PICTURES | _TABLES:
            rows.append([panel])
        elif waiting is None:
            waiting = [panel]
            rows.append(waiting)
        else:
            waiting.append(panel)
            waiting = None
    return rows


def _heights(rows: list[list[str]], height: int, class_names: Sequence[str]) -> str:
    """A table takes the rows it has, two pictures side by side the most of the rest, then the first panel."""
    table = len(class_names) + 3
    most = height // 2 if len(rows) == 2 else height * 2 // 5
    beside = any(len(row) > 1 for row in rows)
    sizes = []
    for place, row in enumerate(rows):
        if place and class_names and set(row) <= _TABLES and table <= most:
            sizes.append(str(table))
        else:
            sizes.append("3fr" if len(row) > 1 or "digits" in row or (place == 0 and not beside) else "2fr")
    return " ".join(sizes) or "1fr"


def _widths(rows: list[list[str]], width: int, class_names: Sequence[str]) -> str:
    """Columns are alike, but a table beside a picture takes what it needs."""
    pairs = [row for row in rows if len(row) > 1]
    if len(pairs) == 1 and class_names and len(_TABLES & set(pairs[0])) == 1:
        table = str(min(table_width(class_names), width // 2))
        return " ".join(table if panel in _TABLES else "1fr" for panel in pairs[0])
    return "1fr"
