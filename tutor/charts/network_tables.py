"""Tables about a network: the shapes of its parameters, and its gradient checked entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from tutor.charts.cells import Rows, Span, fit_rows, sentence
from tutor.charts.numbers import figure
from tutor.foundation.text import cell_width, pad, pad_left
from tutor.foundation.translate import translate

RIGHT = 1e-5
"""Two gradients that differ by less, relative to their lengths, are the same but for rounding."""

_GAP = 3


def shapes_table(layers: Sequence[tuple[str, Sequence[int]]], width: int, height: int, *, ascii: bool = False) -> Rows:
    """Name, shape and number of entries of each table of parameters, and how many there are in all."""
    if not layers or height < 1:
        return sentence(translate("charts.nothing-yet"), width, height)
    counts = [prod(shape) for _, shape in layers]
    times = " x " if ascii else " × "
    rows = [(translate("charts.layer"), translate("charts.shape"), translate("charts.count"))]
    for (name, shape), count in zip(layers, counts, strict=True):
        rows.append((name, times.join(map(str, shape)), f"{count:,}"))
    rows.append((translate("charts.in-all"), "", f"{sum(counts):,}"))
    if len(rows) > height > 2:
        rows = [*rows[: height - 1], rows[-1]]
    inks = ["muted", *["text"] * (len(rows) - 2), "train"]
    return fit_rows(_columns(rows, inks), width, height)


def gradient_check_table(
    names: Sequence[str],
    computed: Sequence[float],
    measured: Sequence[float],
    width: int,
    height: int,
    *,
    difference: float,
    ascii: bool = False,
) -> Rows:
    """Slopes by backpropagation and by nudging, one parameter a row, and the verdict above them.

    Args:
        names: Of the parameters.
        computed: By backpropagation.
        measured: By finite differences.
        width: Cells across.
        height: Rows.
        difference: Of all parameters that were checked, relative to the gradients' lengths.
        ascii: Whether to draw in plain ASCII.
    """
    size = min(len(names), len(computed), len(measured))
    if not size or height < 1:
        return sentence(translate("charts.nothing-yet"), width, height)
    right = difference < RIGHT
    sign = ("ok" if right else "!!") if ascii else ("✓" if right else "✗")
    ink = "good" if right else "bad"
    verdict = translate("charts.agrees" if right else "charts.disagrees")
    told = translate("charts.difference", difference=f"{difference:.1e}")
    slope = "dL/d" if ascii else "∂L/∂"
    rows: list[Sequence[str]] = [(slope, translate("charts.backpropagation"), translate("charts.measured"))]
    inks = ["muted"]
    for index in _shown(size, height - 2):
        rows.append((names[index], *(figure(float(each[index]), ascii=ascii) for each in (computed, measured))))
        inks.append("text" if _close(float(computed[index]), float(measured[index])) else "bad")
    head = [Span(f"{sign} {verdict}", ink), Span(f"   {told}", "muted")]
    return fit_rows([head, *_columns(rows, inks)], width, height)


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 0.01 * (abs(one) + abs(other)) + 1e-6


def _shown(size: int, room: int) -> list[int]:
    """At most ``room`` of ``size`` places, evenly spread."""
    if size <= room:
        return list(range(size))
    if room < 1:
        return []
    return sorted({round(index * (size - 1) / max(1, room - 1)) for index in range(room)})


def _columns(rows: Sequence[Sequence[str]], inks: Sequence[str]) -> Rows:
    """The first column to the left, the others to the right, each as wide as its widest text."""
    widths = [max(cell_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    gap = " " * _GAP
    lines = []
    for row in rows:
        first, *others = (
            pad_left(text, wide) if column else pad(text, wide)
            for column, (text, wide) in enumerate(zip(row, widths, strict=True))
        )
        lines.append(gap.join([first, *others]))
    return [[Span(line, ink)] for line, ink in zip(lines, inks, strict=True)]
