"""Axes: from the extent of the data to a range with ticks and labels.

A range is rounded outwards to whole ticks, so it stays the same until the data leaves it. A chart that grows by one
epoch then changes a cell or two instead of every label of its axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tutor.charts.numbers import figure, tick_labels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 1e300
"""Larger values are drawn at the edge, because differences between such numbers would overflow."""

_END_STEPS = 8
"""The ends of a range are rounded to multiples of about an eighth of it."""
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_THREE_TICKS = 8
"""From how many rows on a scale has three ticks."""
_FEW_TICKS, _MANY_TICKS = 3, 5
"""How many ticks are best, if that does not leave much of the chart empty."""
_MOST_TICKS = 7
_EACH_ROW = 4
"""How many ticks a scale has at most, and up to how many rows each row may have one."""
_LEAST_DECADES = 0.9
"""The least range of a logarithmic scale whose ticks are powers of ten."""
_NARROW_RATIO = 5.0
"""A logarithmic scale whose ends have a smaller ratio takes its ticks from a linear scale."""
_EPOCH_STEPS = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0)
_INITIAL_EPOCHS = 20
"""An axis shows at least this many epochs, if as many are planned, so that it does not rescale right at the start."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One axis: its range, its ticks and their labels.

    ``low``, ``high`` and ``ticks`` are values of the data; on a logarithmic scale they are above zero.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    logarithmic: bool = False

    def fractions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where each value is on the axis: 0 at the low end, 1 at the high end, NaN if it has no place there."""
        import numpy as np

        if not self.logarithmic:
            return (np.clip(values, -LARGEST, LARGEST) - self.low) / (self.high - self.low)
        with np.errstate(divide="ignore", invalid="ignore"):
            exponents = np.log10(np.where(values > 0, values, np.nan))
        low, high = math.log10(self.low), math.log10(self.high)
        return np.asarray((exponents - low) / (high - low), dtype=np.float64)

    def fraction(self, value: float) -> float:
        """Return where one value is on the axis; it must have a place there."""
        if self.logarithmic:
            low, high = math.log10(self.low), math.log10(self.high)
            return (math.log10(value) - low) / (high - low)
        return (value - self.low) / (self.high - self.low)


def linear_scale(low: float, high: float, *, ticks: int = 4, ascii: bool = False) -> Scale:
    """Return a scale over ``low`` to ``high``, rounded outwards, with about ``ticks`` ticks at round values inside.

    The ends are rounded more finely than the ticks, so that a chart with few ticks wastes no rows. A range without
    width is widened around its value. Values beyond ±1e300 count as ±1e300.
    """
    low, high = _widened(max(-LARGEST, min(low, LARGEST)), max(-LARGEST, min(high, LARGEST)))
    fine = nice_step((high - low) / _END_STEPS)
    bottom, top = math.floor(low / fine + 1e-9) * fine, math.ceil(high / fine - 1e-9) * fine
    return tight_scale(_snapped(bottom, fine), _snapped(top, fine), ticks=ticks, ascii=ascii)


def tight_scale(low: float, high: float, *, ticks: int = 4, ascii: bool = False) -> Scale:
    """Return a scale over exactly ``low`` to ``high``, with ticks at round values inside."""
    low, high = _widened(max(-LARGEST, min(low, LARGEST)), max(-LARGEST, min(high, LARGEST)))
    marks: tuple[float, ...] = ()
    for more in range(4):  # try finer steps until there are two ticks
        step = nice_step((high - low) / max(1, ticks - 1 + more))
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        marks = tuple(_snapped(index * step, step) for index in range(first, last + 1))
        if len(marks) > 1:
            break
    return Scale(low, high, marks, tick_labels(marks, ascii=ascii))


@lru_cache(maxsize=64)
def row_scale(
    low: float, high: float, rows: int, *, zero: bool = False, whole: bool = False, ascii: bool = False
) -> Scale:
    """Return a scale over ``low`` to ``high`` for a chart of ``rows`` cells, whose labels stand exactly at their ticks.

    Each tick is the value at the middle of a row, and neighbouring ticks are equally many rows apart. The ends follow
    from that, so they are seldom round. There are two ticks or more, three or more from eight rows on.

    Args:
        low: The least value.
        high: The greatest value.
        rows: The number of cells upwards. With a single one, the label cannot be exact.
        zero: Whether the tick of 0 is on the lowest row; ``low`` must be 0 or more then.
        whole: Whether the ticks are whole numbers.
        ascii: Whether a cell is one dot and not four dots high, and labels are plain ASCII.
    """
    low, high = _widened(max(-LARGEST, min(low, LARGEST)), max(-LARGEST, min(high, LARGEST)))
    if zero:
        low, high = 0.0, max(high, 1e-290)
    found = _aligned(low, high, rows, zero=zero, whole=whole)
    if found is None:
        return tight_scale(low, high, ascii=ascii)
    per_step, step, first = found
    marks = tuple(_snapped(tick * step, step) for tick in _ticks_on_rows(per_step, first, rows))
    dots = 1 if ascii else 4

    def at(dot: float) -> float:
        return (first - 0.5 + (dot + 0.5) / dots) / per_step * step

    return Scale(at(0), at(rows * dots - 1), marks, tick_labels(marks, ascii=ascii))


def bar_scale(highest: float, rows: int, *, whole: bool = False, ascii: bool = False) -> Scale:
    """Return a scale from 0, which is the line below the ``rows`` of a chart, to ``highest`` or more.

    Ticks are as in `row_scale`. The middle of the line is half a row below the lowest cells.
    """
    highest = min(max(highest, 1e-290), LARGEST)
    per_step, step, _ = _aligned(0.0, highest, rows + 1, zero=True, whole=whole) or (1, highest, 0)
    marks = tuple(_snapped(tick * step, step) for tick in _ticks_on_rows(per_step, 0, rows + 1))
    dots = 1 if ascii else 4

    def at(dot: float) -> float:
        return (0.5 + (dot + 0.5) / dots) / per_step * step

    return Scale(at(0), at(max(1, rows * dots - 1)), marks, tick_labels(marks, ascii=ascii))


def row_log_scale(low: float, high: float, rows: int, *, ticks: int = 4, ascii: bool = False) -> Scale:
    """Return a logarithmic `row_scale`, with ticks at powers of ten; a `log_scale` if not even two of them fit."""
    low, high = max(low, 1e-290), min(max(high, 1e-290), 1e290)
    bottom, top = _widened(math.log10(low), math.log10(high))
    found = _aligned(bottom, top, rows, whole=True, least=2) if top - bottom > _LEAST_DECADES else None
    if found is None:
        return log_scale(low, high, ticks=ticks, ascii=ascii)
    per_step, step, first = found
    marks = tuple(float(f"1e{round(tick * step)}") for tick in _ticks_on_rows(per_step, first, rows))
    dots = 1 if ascii else 4

    def at(dot: float) -> float:
        return float(10.0 ** max(-300.0, min(300.0, (first - 0.5 + (dot + 0.5) / dots) / per_step * step)))

    labels = tuple(figure(mark, digits=1, ascii=ascii) for mark in marks)
    return Scale(at(0), at(rows * dots - 1), marks, labels, True)


def _aligned(
    low: float, high: float, rows: int, *, zero: bool = False, whole: bool = False, least: int = 0
) -> tuple[int, float, int] | None:
    """Return the ticks that let ``low`` to ``high`` take most of ``rows``; None if no two ticks fit.

    Returns:
        The rows from a tick to the next, the step between them, and how many of those rows the middle of the lowest
        row is above 0.
    """
    least = least or (3 if rows >= _THREE_TICKS else 2)
    most = max(least, min(_MOST_TICKS, (rows + 1) // 2 if rows > _EACH_ROW else rows))
    best: tuple[float, int, float, int] | None = None
    for per_step in range(1, rows):
        step = nice_step(max((high - low) / rows * per_step, 1e-300), whole=whole)
        if whole:
            step = max(1.0, step)
        for _ in range(3):
            lowest = 0 if zero else math.floor(low / step * per_step + 0.5 + 1e-9)
            reached = (lowest - 0.5 + rows) / per_step * step
            if reached >= high - 1e-9 * (high - low):
                count = len(_ticks_on_rows(per_step, lowest, rows))
                used = (high - low) / (rows * step / per_step)
                worth = used - (0.0 if _FEW_TICKS <= count <= _MANY_TICKS else 0.08) - (0.03 if _is_odd(step) else 0.0)
                if least <= count <= most and (best is None or worth > best[0] + 1e-9):
                    best = worth, per_step, step, lowest
                break
            step = nice_step(step * 1.001, whole=whole)
    if best is None:
        return _aligned(low, high, rows, zero=zero, whole=whole, least=2) if least > 2 else None
    return best[1:]


def _is_odd(step: float) -> bool:
    """Return whether a step is 2.5 times 10ⁿ, which takes a digit more than the others."""
    return 2.2 < step / 10.0 ** math.floor(math.log10(step)) < 3


def _ticks_on_rows(per_step: int, first: int, rows: int) -> range:
    """Return the numbers of the ticks on ``rows``, each ``per_step`` rows above the one before."""
    return range(-(-first // per_step), (first + rows - 1) // per_step + 1)


def log_scale(low: float, high: float, *, ticks: int = 4, ascii: bool = False) -> Scale:
    """Return a logarithmic scale over ``low`` to ``high``, both above zero, rounded outwards to 1, 2 or 5 times 10ⁿ.

    If that would leave most of the height empty, the ends and the ticks are those of a linear scale.
    """
    low, high = max(low, 1e-300), min(max(high, 1e-300), LARGEST)
    if low * _NARROW_RATIO > high:
        near = linear_scale(low, high, ticks=ticks + 1, ascii=ascii)
        if near.low > 0:
            return replace(near, logarithmic=True)
    bottom, top = _one_two_five(low, math.floor), _one_two_five(high, math.ceil)
    if top - bottom < 1:
        bottom, top = bottom - 1, top + 1
    strides = (1, 3, 6, 9, 15, 30, 60, 90, 150, 300, 900)
    stride = next(stride for stride in strides if (top - bottom) / stride <= max(1, ticks) or stride == 900)
    indices = range(math.ceil(bottom / stride) * stride, top + 1, stride)
    if len(indices) < 2:
        indices = range(bottom, top + 1, max(1, top - bottom))
    marks = tuple(_value_at(index) for index in indices)
    labels = tuple(figure(mark, digits=1, ascii=ascii) for mark in marks)
    return Scale(_value_at(bottom), _value_at(top), marks, labels, True)


def epoch_scale(first: int, last: int, planned: int | None = None, *, ticks: int = 5) -> Scale:
    """Return an axis of epochs from ``first`` to beyond ``last``, but never beyond the ``planned`` ones.

    When the run reaches the high end, it jumps to the next of 1, 2, 3, 5, 8 times 10ⁿ.
    """
    first = 0 if first == 1 else first
    size = max(1, last - first)
    power = 10.0 ** math.floor(math.log10(size))
    reach = next(step * power for step in _EPOCH_STEPS if step * power >= size)
    high = first + max(2, math.ceil(reach))
    if planned is not None and last <= planned:
        high = min(max(high, first + _INITIAL_EPOCHS), max(planned, first + 1))
    marks = _whole_ticks(first, high, ticks)
    return Scale(float(first), float(high), marks, tuple(_epoch_label(int(mark)) for mark in marks))


def window_scale(first: int, last: int, *, ticks: int = 5) -> Scale:
    """Return an axis of exactly the epochs ``first`` to ``last``, for a chart that is zoomed in."""
    high = max(last, first + 1)
    marks = _whole_ticks(first, high, ticks)
    return Scale(float(first), float(high), marks, tuple(_epoch_label(int(mark)) for mark in marks))


def log_epoch_scale(first: int, last: int, *, ticks: int = 5) -> Scale:
    """Return a logarithmic axis of the epochs or updates ``first`` to ``last``, which count from 1."""
    low, high = max(1, first), max(last, first + 1, 2)
    wide = log_scale(low, high, ticks=ticks)
    marks = [mark for mark in wide.ticks if low <= mark <= high and mark == int(mark)]
    if len(marks) < 2:
        marks = list(_whole_ticks(low, high, ticks))
    labels = tuple(_epoch_label(int(mark)) for mark in marks)
    return Scale(float(low), float(high), tuple(marks), labels, True)


def _whole_ticks(first: int, last: int, ticks: int) -> tuple[float, ...]:
    """Return whole numbers at round steps from ``first`` to ``last``, or both ends if not even two of them fit."""
    step = max(1.0, nice_step((last - first) / max(1, ticks - 1), whole=True))
    marks = [index * step for index in range(math.ceil(first / step), math.floor(last / step) + 1)]
    return tuple(marks) if len(marks) > 1 else (float(first), float(last))


def _epoch_label(epoch: int) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if abs(epoch) >= 10 * size or (abs(epoch) >= size and epoch % (size // 10) == 0):
            return f"{epoch / size:g}{letter}"
    return str(epoch)


def _widened(low: float, high: float) -> tuple[float, float]:
    if high < low:
        low, high = high, low
    if high - low > max(abs(low), abs(high)) * 1e-9 and high - low > 1e-300:
        return low, high
    margin = max(abs(low) * 0.1, 1e-6) if low else 1.0
    return low - margin, high + margin


def nice_step(rough: float, *, whole: bool = False) -> float:
    """Return the least of 1, 2, 2.5 and 5 times 10ⁿ that is ``rough`` or more; if ``whole``, without 2.5 itself."""
    power = 10.0 ** math.floor(math.log10(rough))
    steps = (step for step in _STEPS if not (whole and power < 10 and step == 2.5))
    return next(step * power for step in steps if step * power >= rough * (1 - 1e-9))


def _snapped(value: float, step: float) -> float:
    """Return ``value`` without rounding errors: 0.30000000000000004 becomes 0.3, and -0.0 becomes 0."""
    places = max(0, 2 - math.floor(math.log10(step)))
    return round(value, min(places, 300)) + 0.0


def _one_two_five(value: float, towards: Callable[[float], int]) -> int:
    """Return the index of ``value`` in ..., 0.1, 0.2, 0.5, 1, 2, 5, 10, ... rounded with ``towards`` floor or ceil."""
    exponent = math.floor(math.log10(value))
    mantissa = value / 10.0**exponent
    below = 0 if mantissa < 2 * (1 - 1e-9) else 1 if mantissa < 5 * (1 - 1e-9) else 2
    index = 3 * exponent + below
    exact = math.isclose(_value_at(index), value, rel_tol=1e-9)
    return index if exact or towards is math.floor else index + 1


def _value_at(index: int) -> float:
    exponent, place = divmod(index, 3)
    return float(f"{(1, 2, 5)[place]}e{max(-300, min(exponent, 300))}")
