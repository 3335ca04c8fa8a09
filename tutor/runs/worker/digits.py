"""Numbers to nine digits: all of a float32, in half the bytes and half the time to read of a double."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIGITS = 9
_MANY = 64
"""From so many numbers on it is quicker to round them together."""
_POWERS = [float(f"1e{power}") for power in range(23)]
"""The powers of ten that a double holds exactly."""
_UNSURE = 1e-6
"""So near to a half the error of one product might decide which way it is rounded."""


def nine_digits(values: Sequence[float | None]) -> list[float | None]:
    """``values`` to nine digits each, as ``float(f"{value:.9g}")`` has them; None for what is not finite.

    Many are rounded together where the program has NumPy anyway, twenty times as quick. The result is the same, bit
    for bit, so that it does not hang on how many epochs were written at once.
    """
    numpy: Any = sys.modules.get("numpy")
    if numpy is None or len(values) < _MANY:
        return [None if each is None else _one(each) for each in values]
    return _many(values, numpy)


def _one(value: float) -> float | None:
    return float(f"{value:.9g}") if isfinite(value) else None


def _many(values: Sequence[float | None], numpy: Any) -> list[float | None]:
    numbers: NDArray[Any] = numpy.array(values, dtype=numpy.float64)  # None becomes nan
    with numpy.errstate(all="ignore"):
        places = DIGITS - 1 - numpy.floor(numpy.log10(numpy.abs(numbers)))
        # nan becomes 0; what is beyond both ends is left to the check of its size.
        places = numpy.fmin(numpy.fmax(places, 0), len(_POWERS) - 1)
        powers = numpy.array(_POWERS).take(places.astype(numpy.intp))
        scaled = numbers * powers
        whole = numpy.rint(scaled)
        # Both are whole numbers that a double holds exactly, so this is the double that is nearest to the decimal.
        rounded = whole / powers
        size = numpy.abs(scaled)
        sure = numpy.abs(scaled - whole) < 0.5 - _UNSURE
        sure &= size > 10.0 ** (DIGITS - 1) - 0.5
        sure &= size < 10.0**DIGITS
    result: list[float | None] = rounded.tolist()
    if not sure.all():
        for index in numpy.flatnonzero(~sure).tolist():
            value = values[index]
            result[index] = None if value is None else _one(value)
    return result
