"""Equations and grids of numbers, set in lines of a given width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tutor.foundation.text import cell_width, pad, pad_left

_LEAST = 12
"""Cells that a hanging indent always leaves to the terms."""


@dataclass(frozen=True, slots=True)
class Equation:
    """A name and what it equals, in one or more steps: ``r = b + w x = −2 + 2 · 1 = 0``.

    Args:
        name: The left side.
        steps: The right sides; each consists of terms, and a line may end between two terms.
        sign: What stands before the first step: ``=`` or ``←``.
    """

    name: str
    steps: tuple[tuple[str, ...], ...]
    sign: str = "="

    def lines(self, width: int, name_width: int) -> Iterator[str]:
        """The equation on one line if it fits, else each step on a line of its own or, if need be, on several."""
        name = pad(self.name, max(name_width, cell_width(self.name)))
        whole = f"{name} {self.sign} {' = '.join(' '.join(step) for step in self.steps)}"
        if cell_width(whole) <= width:
            yield whole
            return
        hang = cell_width(name) + 1 if cell_width(name) + 3 + _LEAST <= width else 2
        for number, step in enumerate(self.steps):
            before = f"{name} {self.sign} " if number == 0 else f"{' ' * hang}= "
            yield from _broken(before, step, " " * (hang + 2), width)


def equation_lines(equations: Iterable[Equation], width: int) -> list[str]:
    """The lines of some equations, their signs below each other."""
    equations = list(equations)
    name_width = max((cell_width(each.name) for each in equations), default=0)
    return [line for each in equations for line in each.lines(width, name_width)]


def _broken(line: str, terms: Sequence[str], hang: str, width: int) -> Iterator[str]:
    """The terms behind ``line``, broken between terms; lines after the first begin with ``hang``."""
    empty = True
    for term in terms:
        if not empty and cell_width(line) + 1 + cell_width(term) > width:
            yield line
            line, empty = hang, True
        line += term if empty else f" {term}"
        empty = False
    yield line


def grid_lines(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """A table: the first column is aligned to the left, the others to the right, and a rule is below the head.

    If it is wider than ``width``, each row becomes a list of its cells, each behind its head.
    """
    columns = list(zip(head, *rows, strict=True))
    widths = [max(map(cell_width, column)) for column in columns]
    lines = [_row(each, widths) for each in (head, *rows)]
    if cell_width(lines[0]) <= width:
        return [lines[0], "─" * cell_width(lines[0]), *lines[1:]]
    listed: list[str] = []
    for first, *others in rows:
        cells = [f"{name} {cell}" for name, cell in zip(head[1:], others, strict=True)]
        listed += [f"{head[0]} {first.strip()}", *(f"  {line}" for line in flowing_lines(cells, width - 2))]
    return listed


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([pad(*first), *(pad_left(text, width) for text, width in others)])


def flowing_lines(items: Iterable[str], width: int) -> list[str]:
    """Short texts side by side, three cells apart, in columns of one width."""
    items = list(items)
    column = max(map(cell_width, items), default=0) + 3
    across = max(1, (width + 3) // column)
    rows = [items[start : start + across] for start in range(0, len(items), across)]
    return ["".join(pad(item, column) for item in row).rstrip() for row in rows]
