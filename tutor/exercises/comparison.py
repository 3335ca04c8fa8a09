"""Whether two values are equal up to rounding, and if not, where they differ most.

Numbers are numbers: 1, 1.0, True and an array of no axes are equal, and so are a list of numbers and an array of them.
The relative error is |a - b| / (|a| + |b|), with 1e-8 as the least denominator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

LEAST_DENOMINATOR = 1e-8


@dataclass(frozen=True, slots=True)
class Difference:
    """How two values differ.

    Args:
        kind: ``value``, ``shape``, ``length`` or ``type``.
        error: The largest relative error; infinite if the values cannot be compared number by number.
        result: Which result of a tuple differs, from 1; 0 if there is only one.
        index: Where in the array the error is largest.
    """

    kind: str
    error: float = inf
    result: int = 0
    index: tuple[int, ...] = ()


def difference(wanted: object, got: object, tolerance: float) -> Difference | None:
    """Return how ``got`` differs from ``wanted``; None if no relative error is above ``tolerance``."""
    if isinstance(wanted, tuple) and (results := results_of(got)) is not None:
        return _between_results(wanted, results, tolerance)
    left, right = numbers(wanted), numbers(got)
    if left is not None and right is not None:
        return _between_arrays(left, right, tolerance)
    if isinstance(wanted, list | tuple) and isinstance(got, list | tuple):
        found = _between_results(wanted, got, tolerance)
        return Difference(found.kind, found.error) if found is not None else None
    if isinstance(wanted, dict) and isinstance(got, dict):
        if wanted.keys() != got.keys():
            return Difference("type")
        return next((found for key in wanted if (found := difference(wanted[key], got[key], tolerance))), None)
    same = type(wanted) is type(got) and left is None and right is None and wanted == got
    return None if same else Difference("type")


def results_of(value: object) -> list[object] | None:
    """Return the results of a function that returns several: a tuple, a list or an array; None if it is none."""
    if isinstance(value, list | tuple):
        return list(value)
    return list(value) if isinstance(value, np.ndarray) and value.ndim else None


def _between_results(wanted: Sequence[object], got: Sequence[object], tolerance: float) -> Difference | None:
    if len(wanted) != len(got):
        return Difference("length")
    worst: Difference | None = None
    for number, (mine, yours) in enumerate(zip(wanted, got, strict=True), start=1):
        found = difference(mine, yours, tolerance)
        if found is not None and (worst is None or found.error > worst.error):
            worst = Difference(found.kind, found.error, number, found.index)
    return worst


def numbers(value: object) -> NDArray[np.generic] | None:
    """Return a number, an array or a list of numbers as an array; None if it is something else."""
    if isinstance(value, np.ndarray | bool | int | float | complex | list):
        try:
            array = np.asarray(value)
        except (ValueError, OverflowError):
            return None
        return array if array.dtype.kind in "biufc" else None
    return None


def _between_arrays(wanted: NDArray[np.generic], got: NDArray[np.generic], tolerance: float) -> Difference | None:
    if wanted.shape != got.shape:
        return Difference("shape")
    errors = relative_errors(wanted, got)
    if errors.size == 0:
        return None
    worst = float(errors.max())
    if worst <= tolerance:
        return None
    place = np.unravel_index(int(errors.argmax()), errors.shape)
    return Difference("value", worst, index=tuple(int(each) for each in place))


def relative_errors(wanted: NDArray[np.generic], got: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return the relative error of each number: 0 for equal infinities and two NaNs, infinite for one of them alone."""
    left, right = (_wide(each) for each in (wanted, got))
    with np.errstate(all="ignore"):
        size = np.abs(left) + np.abs(right)
        errors = np.abs(left - right) / np.maximum(size, LEAST_DENOMINATOR)
    equal = (left == right) | (np.isnan(left) & np.isnan(right))
    # With an infinity or a NaN on one side only there is no error to divide.
    unlike = ~(np.isfinite(left) & np.isfinite(right))
    result: NDArray[np.float64] = np.where(equal, 0.0, np.where(unlike | ~np.isfinite(errors), inf, errors))
    return result


def _wide(array: NDArray[np.generic]) -> NDArray[np.complex128] | NDArray[np.float64]:
    return array.astype(np.complex128) if array.dtype.kind == "c" else array.astype(np.float64)
