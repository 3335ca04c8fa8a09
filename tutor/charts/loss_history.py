"""The loss of every epoch, kept so that any part of it is quickly reduced to the columns of a chart.

A run may have a million epochs and a chart a hundred columns, so each frame would read a million numbers to draw a
hundred. Therefore `LossHistory` also keeps the least and the greatest of every 16 numbers, of every 256 and so on, and
a frame reads only a few blocks for each column. No spike is lost, because a column shows its least and its greatest
value.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from math import isnan, nan
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers: TypeAlias = ArrayLike | Sequence[float | None]
    """Numbers from anywhere. None, and whatever is not a finite number, is not drawn."""

_BLOCK = 16
_BLOCKS_PER_COLUMN = 4
_RATIO = 4.0
"""On a logarithmic axis, the epochs from n to four times n are cut into blocks of one size."""


class Extremes(NamedTuple):
    """The least and the greatest value of a series in each column.

    ``column`` counts from the left, rises, and holds only the columns that have a finite value.
    """

    column: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


class _Growing:
    """A float array that grows by doubling."""

    __slots__ = ("_room", "size")

    def __init__(self) -> None:
        self._room = np.empty(64)
        self.size = 0

    def extend(self, values: NDArray[np.float64]) -> None:
        needed = self.size + len(values)
        if needed > len(self._room):
            room = np.empty(max(needed, 2 * len(self._room)))
            room[: self.size] = self._room[: self.size]
            self._room = room
        self._room[self.size : needed] = values
        self.size = needed

    def view(self, start: int = 0, stop: int | None = None) -> NDArray[np.float64]:
        return self._room[start : self.size if stop is None else min(stop, self.size)]


class LossHistory:
    """One number for each epoch, appended as they arrive.

    Args:
        values: The numbers so far. None, and whatever is not finite, counts as missing.
        first: The epoch of the first number.
    """

    def __init__(self, values: Iterable[float | None] = (), *, first: int = 1) -> None:
        self.first = first
        self._values = _Growing()
        self._lows: list[_Growing] = []
        self._highs: list[_Growing] = []
        self._followed: Sequence[float] | None = None
        self._smooth: LossHistory | None = None
        self.extend(values)

    def __len__(self) -> int:
        return self._values.size

    @property
    def last(self) -> int:
        """The epoch of the last number; ``first - 1`` if there is none."""
        return self.first + len(self) - 1

    def append(self, value: float | None) -> None:
        """Add the number of the next epoch."""
        self.extend((value,))

    def extend(self, values: Iterable[float | None] | NDArray[np.float64]) -> None:
        """Add the numbers of the next epochs."""
        new = float_array(values if isinstance(values, Sequence | np.ndarray | array) else list(values))
        if not new.size:
            return
        self._values.extend(np.where(np.isfinite(new), new, np.nan))
        self._summarise()

    def follow(self, values: Sequence[float]) -> None:
        """Add the numbers of ``values`` that are not here yet; begin again if it shrank or is another object now."""
        if len(values) < len(self) or (self._followed is not None and values is not self._followed):
            self.__init__(first=self.first)  # type: ignore[misc]
        self._followed = values
        if len(values) > len(self):
            self.extend(values[len(self) :])

    def smooth(self) -> LossHistory:
        """Return the history smoothed: at each epoch the mean of the last ones, an eighth of all so far, 12 at most.

        Later epochs change nothing, so a smoothed curve never moves. A fixed number of epochs would lag behind the
        first fall. Missing numbers are left out of the means.
        """
        if self._smooth is None:
            self._smooth = LossHistory(first=self.first)
        done = len(self._smooth)
        if done < len(self):
            self._smooth.extend(_trailing_means(self._values.view(), done))
        return self._smooth

    def value(self, epoch: int) -> float | None:
        """Return the number of ``epoch``; None if there is none."""
        index = epoch - self.first
        if not 0 <= index < len(self):
            return None
        number = float(self._values.view()[index])
        return None if np.isnan(number) else number

    def latest(self, until: int | None = None) -> float | None:
        """Return the last number, or the last one up to the epoch ``until``; None if there is none."""
        tail = self._values.view()
        if until is not None:
            tail = tail[: max(0, until - self.first + 1)]
        for index in range(len(tail) - 1, -1, -1):
            if not np.isnan(tail[index]):
                return float(tail[index])
        return None

    def extremes(self, low: float, high: float, columns: int) -> Extremes:
        """Return the least and greatest number in each of ``columns`` equal parts of the epochs ``low`` to ``high``.

        The first part is centred on ``low`` and the last one on ``high``, like the dots of a chart.
        """
        span = max(high - low, 1e-9)
        if columns < 1:
            return _no_extremes()
        epochs, lows, highs = self.pieces(low, high, columns)
        column = np.rint((epochs - low) * ((columns - 1) / span)).astype(np.int64)
        return merge_columns(np.clip(column, 0, columns - 1), lows, highs)

    def span(self, low: float, high: float) -> tuple[float, float] | None:
        """Return the least and the greatest number of the epochs ``low`` to ``high``; None if there is none."""
        start = max(0, int(np.ceil(low - 1e-9)) - self.first)
        stop = min(len(self), int(np.floor(high + 1e-9)) - self.first + 1)
        if stop <= start:
            return None
        _, lows, highs = self._blocks(self._level(stop - start, _BLOCK), start, stop)
        least, most = float(np.fmin.reduce(lows)), float(np.fmax.reduce(highs))
        return None if np.isnan(least) else (least, most)

    def pieces(
        self, low: float, high: float, columns: int, *, logarithmic: bool = False
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return blocks of the epochs ``low`` to ``high``, several for each column: their middles, lows and highs.

        The middles rise. If ``logarithmic``, equal columns are equal ratios of epochs, and the blocks grow with them.
        """
        start = max(0, int(np.ceil(low - 1e-9)) - self.first)
        stop = min(len(self), int(np.floor(high + 1e-9)) - self.first + 1)
        if stop <= start or columns < 1:
            return np.empty(0), np.empty(0), np.empty(0)
        if not logarithmic:
            parts = [self._blocks(self._level(stop - start, columns), start, stop)]
        else:
            per_part = columns * np.log(_RATIO) / max(np.log(_RATIO), np.log(max(high, 1.0) / max(low, 1.0)))
            parts = []
            while start < stop:
                end = min(stop, max(start + _BLOCK, int((start + self.first) * _RATIO) - self.first))
                parts.append(self._blocks(self._level(end - start, int(np.ceil(per_part))), start, end))
                start = end
        epochs, lows, highs = (np.concatenate(each) for each in zip(*parts, strict=True))
        return epochs + self.first, lows, highs

    def _level(self, length: int, columns: int) -> int:
        level, blocks = 0, float(length)
        while blocks / _BLOCK > columns * _BLOCKS_PER_COLUMN and level < len(self._lows):
            level, blocks = level + 1, blocks / _BLOCK
        return level

    def _blocks(
        self, level: int, start: int, stop: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the blocks of 16^level numbers from ``start`` to ``stop``, with smaller ones at the edges."""
        if level == 0:
            values = self._values.view(start, stop)
            return np.arange(start, start + len(values), dtype=np.float64), values, values
        size = _BLOCK**level
        first = -(-start // size)
        last = min(stop // size, self._lows[level - 1].size)
        if last <= first:
            return self._blocks(level - 1, start, stop)
        middle = np.arange(first, last, dtype=np.float64) * size + (size - 1) / 2
        parts = [(middle, self._lows[level - 1].view(first, last), self._highs[level - 1].view(first, last))]
        if start < first * size:
            parts.insert(0, self._blocks(level - 1, start, first * size))
        if last * size < stop:
            parts.append(self._blocks(level - 1, last * size, stop))
        epochs, lows, highs = zip(*parts, strict=True)
        return np.concatenate(epochs), np.concatenate(lows), np.concatenate(highs)

    def _summarise(self) -> None:
        """Compute the blocks that are complete now, level by level."""
        below_low = below_high = self._values
        level = 0
        while below_low.size >= _BLOCK:
            if level == len(self._lows):
                self._lows.append(_Growing())
                self._highs.append(_Growing())
            lows, highs = self._lows[level], self._highs[level]
            whole = below_low.size // _BLOCK
            if whole > lows.size:
                part = slice(lows.size * _BLOCK, whole * _BLOCK)
                lows.extend(np.fmin.reduce(below_low.view(part.start, part.stop).reshape(-1, _BLOCK), axis=1))
                highs.extend(np.fmax.reduce(below_high.view(part.start, part.stop).reshape(-1, _BLOCK), axis=1))
            below_low, below_high, level = lows, highs, level + 1


_MOST_AVERAGED = 12
_FEW = 8
_AVERAGED = 8
"""The mean at epoch n is over n / 8 epochs, up to 12."""


def _trailing_means(values: NDArray[np.float64], start: int) -> NDArray[np.float64]:
    """Return the means that end at each of ``values`` from the index ``start`` on."""
    if len(values) - start <= _FEW:  # as a run goes on, one more epoch
        return np.array([_trailing_mean(values, index) for index in range(start, len(values))])
    wide = np.clip(np.arange(start + 1, len(values) + 1) // _AVERAGED, 1, _MOST_AVERAGED)
    total, count = np.zeros(len(wide)), np.zeros(len(wide))
    for back in range(_MOST_AVERAGED):
        at = np.arange(start - back, len(values) - back)
        used = (back < wide) & (at >= 0)
        taken = np.where(used, values[np.maximum(at, 0)], np.nan)
        known = ~np.isnan(taken)
        total += np.where(known, taken / _MOST_AVERAGED, 0.0)  # divided first, so that no sum overflows
        count += known
    missing = np.isnan(values[start:]) | (count == 0)
    return np.where(missing, np.nan, total / np.maximum(count, 1) * _MOST_AVERAGED)


def _trailing_mean(values: NDArray[np.float64], index: int) -> float:
    """Return one of `_trailing_means`, added up in the same order."""
    wide = min(max((index + 1) // _AVERAGED, 1), _MOST_AVERAGED)
    window = values[max(0, index - wide + 1) : index + 1].tolist()[::-1]
    if isnan(window[0]):
        return nan
    total, count = 0.0, 0
    for value in window:
        if not isnan(value):
            total += value / _MOST_AVERAGED
            count += 1
    return total / count * _MOST_AVERAGED


def merge_columns(column: NDArray[np.int64], low: NDArray[np.float64], high: NDArray[np.float64]) -> Extremes:
    """Return the extremes of each column from blocks with rising ``column``; what is not finite is left out."""
    good = np.isfinite(low) & np.isfinite(high)
    if not good.all():
        column, low, high = column[good], low[good], high[good]
    if not len(column):
        return _no_extremes()
    starts = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
    return Extremes(column[starts], np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts))


def _no_extremes() -> Extremes:
    return Extremes(np.empty(0, np.int64), np.empty(0), np.empty(0))


def float_array(values: Numbers) -> NDArray[np.float64]:
    """Return ``values`` as a flat array of floats; None, and whatever is not a number, becomes NaN and is not drawn."""
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        found = np.array([_number(value) for value in cast("Sequence[object]", values)], dtype=np.float64)
    return found.ravel()


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (OverflowError, TypeError, ValueError):
        return float("nan")
