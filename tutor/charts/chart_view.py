"""How a learner views a loss chart: what its horizontal axis counts, how far it is zoomed in, and where the cursor is.

An `Axis` counts epochs, updates or seconds, on a linear or a logarithmic scale; `place_of` and `epoch_of` convert
between them.
`ChartView` holds the axis, the zoom and the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Literal

import numpy as np

from tutor.charts.loss_history import Extremes, LossHistory, merge_columns
from tutor.charts.scale import Scale, epoch_scale, log_epoch_scale, tight_scale, window_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

Knots = tuple[tuple[int, int], ...]
"""The knots of the piecewise linear function from epochs to updates or milliseconds, rising from (0, 0)."""

Counted = Literal["epochs", "updates", "seconds"]
"""What the horizontal axis counts. Places in seconds are whole milliseconds."""
_NEXT_COUNTED: dict[Counted, Counted] = {"epochs": "updates", "updates": "seconds", "seconds": "epochs"}

Heights = Literal["window", "whole", "log"]
"""What the vertical axis shows: what is worth seeing by now, everything, or everything on a logarithmic axis."""
_NEXT_HEIGHTS: dict[Heights, Heights] = {"window": "whole", "whole": "log", "log": "window"}


@dataclass(frozen=True, slots=True)
class Axis:
    """What the horizontal axis of the loss chart counts.

    Args:
        counts: What it counts.
        logarithmic: Whether it is logarithmic.
    """

    counts: Counted = "epochs"
    logarithmic: bool = False

    @property
    def in_epochs(self) -> bool:
        """Whether places are epochs, so that no knots are needed."""
        return self.counts == "epochs"


PLAIN_AXIS = Axis()


def place_of(knots: Knots, epoch: float) -> float:
    """Return the place of ``epoch`` on an axis of updates or seconds; beyond the last knot, the last rate continues."""
    return _interpolate(knots, 0, 1, epoch)


def epoch_of(knots: Knots, place: float) -> float:
    """Return the epoch at ``place``, the inverse of `place_of`."""
    return _interpolate(knots, 1, 0, place)


def _interpolate(knots: Knots, source: int, target: int, value: float) -> float:
    for start, end in pairwise(knots):
        if value <= end[source] or end is knots[-1]:
            size = end[source] - start[source]
            fraction = (value - start[source]) / size if size > 0 else 1.0
            return start[target] + fraction * (end[target] - start[target])
    return value


def x_scale(
    spans: Sequence[tuple[int, int]], axis: Axis, planned: int | None, window: tuple[int, int] | None, width: int
) -> Scale:
    """Return the horizontal axis over ``spans`` in ``width`` cells.

    Args:
        spans: The first and last place of each line, as ``axis`` counts.
        axis: What the axis counts.
        planned: Where the run will end; the axis does not go further.
        window: The first and last place to show; by default all of them.
        width: The width in cells.
    """
    x = _x_scale(spans, axis, planned, window, max(2, min(6, width // 12)))
    return replace(x, labels=tuple(f"{tick / 1000:g}" for tick in x.ticks)) if axis.counts == "seconds" else x


def _x_scale(
    spans: Sequence[tuple[int, int]], axis: Axis, planned: int | None, window: tuple[int, int] | None, ticks: int
) -> Scale:
    if window is not None:
        first, last = min(window), max(window)
        return log_epoch_scale(first, last, ticks=ticks) if axis.logarithmic else window_scale(first, last, ticks=ticks)
    first = min((span[0] for span in spans), default=1)
    last = max((span[1] for span in spans), default=1)
    if axis.logarithmic:
        return log_epoch_scale(first, max(last, planned or 0), ticks=ticks)
    first = first if axis.in_epochs else 1  # updates and seconds are counted from the start
    return epoch_scale(first, max(first, last), planned, ticks=ticks)


def with_numbers(x: Scale, numbers: Sequence[float], *, ticks: int) -> Scale:
    """Return an axis of epochs labelled with the numbers that another program gave to the epochs.

    Args:
        x: The axis, by places from 1.
        numbers: The number of the epoch at each place, rising; beyond the last one they go on at the average step.
        ticks: About how many ticks to draw.
    """
    shown = np.asarray(numbers, dtype=np.float64)
    if len(shown) < 2 or not (np.diff(shown) > 0).all():  # one epoch, or numbers that do not rise
        labels = tuple(_label(shown, tick) for tick in x.ticks)
        return replace(x, labels=labels)
    places = np.arange(1.0, len(shown) + 1)
    step = (shown[-1] - shown[0]) / (len(shown) - 1)
    last = float(max(x.high, places[-1] + 1))
    shown = np.append(shown, shown[-1] + step * (last - places[-1]))
    places = np.append(places, last)
    low, high = np.interp([max(1.0, x.low), x.high], places, shown).tolist()
    whole = bool((shown[:-1] == np.rint(shown[:-1])).all())
    inside = window_scale(int(low), ceil(high), ticks=ticks) if whole else tight_scale(low, high, ticks=ticks)
    kept = [index for index, tick in enumerate(inside.ticks) if low <= tick <= high]
    at = np.interp([inside.ticks[index] for index in kept], shown, places).tolist()
    return replace(x, ticks=tuple(at), labels=tuple(inside.labels[index] for index in kept))


def _label(numbers: NDArray[np.float64], tick: float) -> str:
    place = round(tick) - 1
    return f"{numbers[place]:.6g}" if 0 <= place < len(numbers) else ""


def extremes_on(history: LossHistory, knots: Knots, x: Scale, columns: int, axis: Axis) -> Extremes:
    """Return the extremes of a history in each of ``columns`` of the axis ``x``."""
    counted = knots if not axis.in_epochs and len(knots) > 1 else ()
    low, high = (epoch_of(counted, x.low), epoch_of(counted, x.high)) if counted else (x.low, x.high)
    if len(counted) <= 2 and not axis.logarithmic:
        return history.extremes(low, high, columns)
    epochs, lows, highs = history.pieces(low, high, columns, logarithmic=axis.logarithmic)
    places = _places(counted, epochs) if counted else epochs
    column = np.rint(x.fractions(places) * (columns - 1))
    column = np.clip(np.nan_to_num(column, nan=0.0), 0, columns - 1).astype(np.int64)
    return merge_columns(column, lows, highs)


def _places(knots: Knots, epochs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `place_of` for many epochs."""
    known = np.array(knots, dtype=np.float64)
    (before, counted), (last, total) = known[-2], known[-1]
    rate = (total - counted) / max(1.0, last - before)
    inside = np.interp(epochs, known[:, 0], known[:, 1])
    return np.where(epochs > last, total + (epochs - last) * rate, inside)


_MAX_ZOOM = 12
_CURSOR_STEPS = 40
"""How many steps of the cursor cross the window."""


@dataclass(slots=True)
class ChartView:
    """The axes, the zoom and the cursor of a loss chart.

    Places are what ``axis`` counts. The methods take the ``last`` place that has a value.
    """

    heights: Heights = "window"
    """What the axis of the loss shows."""
    smooth: bool = False
    """Whether the curves are smoothed, over the values as they are."""
    axis: Axis = PLAIN_AXIS
    zoom: int = 0
    """How many times the window was halved."""
    cursor: int | None = None

    def window(self, last: int) -> tuple[int, int] | None:
        """Return the first and last place in view of runs that have reached ``last``; None for all of them."""
        if not self.zoom or last < 4:
            return None
        span = max(3, last >> self.zoom)
        end = last if self.cursor is None else min(last, max(span, self.cursor + span // 2))
        return max(1, end - span + 1), end

    def closer(self, last: int) -> None:
        """Zoom in: show half as many places."""
        if last >> (self.zoom + 1) >= 3 and self.zoom < _MAX_ZOOM:
            self.zoom += 1

    def further(self) -> None:
        """Zoom out: show twice as many places."""
        self.zoom = max(0, self.zoom - 1)

    def all(self) -> None:
        """Show all places, without a cursor."""
        self.zoom, self.cursor = 0, None

    def move(self, steps: int, last: int, *, single: bool = False) -> None:
        """Move the cursor by fortieths of the window, or by ``single`` places. Past the last place it disappears."""
        if last < 1:
            self.cursor = None
            return
        first, end = self.window(last) or (1, last)
        if self.cursor is None:
            self.cursor = last if steps < 0 else None
            return
        size = 1 if single else self._step(first, end, self.cursor)
        place = self.cursor + steps * size
        self.cursor = None if place > last else max(1, place)

    def _step(self, first: int, end: int, cursor: int) -> int:
        if self.axis.logarithmic:
            ratio = float((end / max(1, first)) ** (1 / _CURSOR_STEPS))
            return max(1, round(cursor * (ratio - 1)))
        return max(1, (end - first) // _CURSOR_STEPS)

    def turn_log_across(self) -> None:
        """Switch the horizontal axis between logarithmic and linear."""
        self.axis = replace(self.axis, logarithmic=not self.axis.logarithmic)

    def turn_counted(self) -> None:
        """Let the horizontal axis count the next thing, and remove the cursor, whose place would be wrong."""
        self.axis = replace(self.axis, counts=_NEXT_COUNTED[self.axis.counts])
        self.cursor = None

    def turn_heights(self) -> None:
        """Let the axis of the loss show the next thing: the window, the whole range, a logarithmic axis."""
        self.heights = _NEXT_HEIGHTS[self.heights]
