"""Numbers as text for a learner: four significant digits, and never wider than needed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from tutor.foundation.translate import language

_WIDEST_LABEL = 12
"""The greatest width of a label of an axis in cells."""

MINUS = "\N{MINUS SIGN}"


def figure(value: float | None, *, digits: int = 4, ascii: bool = False) -> str:
    """Return ``value`` with ``digits`` significant digits: ``0.5612``, ``−1.070``, ``3956``, ``1.2e9``.

    Numbers that are not finite are named (``∞``, ``nan``), and None is a dash. Trailing zeros stay, so that a figure
    keeps its width while a run goes on.
    """
    if value is None:
        return "-" if ascii else "–"
    try:
        value = float(value)
    except OverflowError:  # a whole number of any length, from a log
        value = math.inf if value > 0 else -math.inf
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        text = "inf" if ascii else "∞"
        return text if value > 0 else f"-{text}"
    text = _plain(abs(value), digits)
    if value < 0 and text.strip("0.") != "":
        return ("-" if ascii else MINUS) + text
    return text


def _plain(size: float, digits: int) -> str:
    if size == 0:
        return "0"
    exponent = math.floor(math.log10(size))
    if exponent >= digits + 3 or exponent < -digits:
        return _scientific(size, max(0, digits - 2))
    if exponent >= digits - 1:
        return f"{size:.0f}"
    text = f"{size:.{digits - 1 - exponent}f}"
    return text if len(text) <= digits + 4 else _scientific(size, max(0, digits - 2))


def _scientific(size: float, places: int) -> str:
    mantissa, _, exponent = f"{size:.{places}e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def count(number: int) -> str:
    """Return a whole number in the style of the language in use: ``3,956``, in Chinese ``3956`` but ``12,956``."""
    return str(number) if language() == "zh" and abs(number) < 10_000 else f"{number:,}"


def tick_labels(ticks: tuple[float, ...], *, ascii: bool = False) -> tuple[str, ...]:
    """Return labels for the ticks of one axis, all with the same decimals, as few as distinguish them.

    If that takes too many digits, the lowest tick is labelled with its value and the others with their distance to it.
    """
    if not ticks:
        return ()
    largest = max(abs(tick) for tick in ticks)
    gaps = [abs(after - before) for before, after in pairwise(ticks) if after != before]
    gap = min(gaps, default=largest)
    sign = "-" if ascii else MINUS
    for texts in _writings(ticks, largest, gap):
        labels = tuple(f"{sign}{text}" if tick < 0 else text for tick, text in zip(ticks, texts, strict=True))
        if len(set(labels)) == len(set(ticks)) and max(map(len, labels)) <= _WIDEST_LABEL:
            return labels
    first = min(ticks)
    return tuple(figure(tick, ascii=ascii) if tick == first else f"+{tick - first:.4g}" for tick in ticks)


def _writings(ticks: tuple[float, ...], largest: float, gap: float) -> Iterator[list[str]]:
    """Yield ways to write the sizes of ticks that are ``gap`` apart, the shortest first."""
    places = _places(gap) if gap > 0 else 0
    if not (largest >= 1e6 or 0 < largest < 1e-4):
        yield [f"{abs(tick):.{places}f}" for tick in ticks]
        return
    digits = max(0, math.floor(math.log10(largest)) - math.floor(math.log10(gap))) if gap > 0 else 0
    yield [_scientific(abs(tick), min(digits, 4)) if tick else "0" for tick in ticks]
    if largest < 1e15:
        yield [f"{abs(tick):.{places}f}" for tick in ticks]
    yield [_scientific(abs(tick), min(digits + 1, 15)) if tick else "0" for tick in ticks]


def _places(gap: float) -> int:
    """Return the number of decimals that distinguishes ticks ``gap`` apart, and shows 0.25 as 0.25."""
    for places in range(9):
        if math.isclose(round(gap, places), gap, rel_tol=1e-6):
            return places
    return 9
