"""Slips that numbers alone give away: a turned sign, a factor n, a missing return, and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutor.exercises.comparison import difference, numbers, relative_errors, results_of
from tutor.foundation.translate import translate

_ROUGH = 1e-6
"""The relative error up to which a slip explains a number."""
_LIKE_ROUNDING = 1e-3


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What the solution and the learner's program returned for one case, decoded.

    Args:
        wanted: The value of the solution.
        got: The value of the learner's program.
        arguments: The inputs.
        changed: The names of arguments that the learner's program changed, and the solution did not.
    """

    wanted: object
    got: object
    arguments: dict[str, object]
    changed: tuple[str, ...] = ()


def recognise_slip(failing: Sequence[CaseResult], tolerance: float) -> str:
    """Return the sentence of the slip that explains at least half of the failing cases; empty if none does.

    The slip that explains the most cases is meant, and the more special one of two that explain as many.
    """
    best, most = "", 0
    for key, explains in _SLIPS.items():
        count = sum(explains(each, tolerance) for each in failing)
        if count > most and count * 2 >= len(failing):
            best, most = key, count
    if not best:
        return ""
    names = sorted({name for each in failing for name in each.changed})
    return translate(best, names=", ".join(names))


def _parts(result: CaseResult, tolerance: float) -> Iterator[tuple[NDArray[np.generic], NDArray[np.generic]]]:
    """Yield the results that differ, wanted and got, as arrays; nothing if any of them is not made of numbers."""
    if isinstance(result.wanted, tuple):
        results = results_of(result.got)
        if results is None or len(results) != len(result.wanted):
            return
        pairs = list(zip(result.wanted, results, strict=True))
    else:
        pairs = [(result.wanted, result.got)]
    found = []
    for wanted, got in pairs:
        if difference(wanted, got, tolerance) is None:
            continue
        left, right = numbers(wanted), numbers(got)
        if left is None or right is None:
            return
        found.append((left, right))
    yield from found


_Explains = Callable[[CaseResult, float], bool]


def _each_part(
    explains: Callable[[NDArray[np.generic], NDArray[np.generic], CaseResult], bool],
) -> _Explains:
    """Return a slip that is there if it explains every result that differs."""

    def slip(result: CaseResult, tolerance: float) -> bool:
        parts = list(_parts(result, tolerance))
        return bool(parts) and all(explains(wanted, got, result) for wanted, got in parts)

    return slip


def _same(left: NDArray[np.generic], right: NDArray[np.generic], error: float = _ROUGH) -> bool:
    return left.shape == right.shape and bool((relative_errors(left, right) <= error).all())


def _is_none(result: CaseResult, _tolerance: float) -> bool:
    return result.got is None and result.wanted is not None


def _is_changed(result: CaseResult, _tolerance: float) -> bool:
    return bool(result.changed)


def _is_shorter(result: CaseResult, _tolerance: float) -> bool:
    if not isinstance(result.wanted, tuple):
        return False
    results = results_of(result.got)
    if results is None or len(results) < len(result.wanted):
        return True
    # A single array of the form of the first result is that result alone, not as many results as it has rows.
    first = numbers(result.wanted[0])
    alone = isinstance(result.got, np.ndarray) and first is not None and result.got.shape == first.shape
    return alone and len(results) != len(result.wanted)


def _is_in_other_order(result: CaseResult, tolerance: float) -> bool:
    left = results_of(result.got)
    if not isinstance(result.wanted, tuple) or left is None or difference(result.wanted, left, tolerance) is None:
        return False
    for wanted in result.wanted:
        place = next((i for i, got in enumerate(left) if difference(wanted, got, tolerance) is None), None)
        if place is None:
            return False
        del left[place]
    return not left


def _times(factor: float) -> _Explains:
    return _each_part(
        lambda wanted, got, _: (
            not _are_counts(wanted, got) and bool(np.any(wanted)) and _same(_scaled(wanted, factor), got)
        )
    )


def _are_counts(wanted: NDArray[np.generic], got: NDArray[np.generic]) -> bool:
    """Whether both are one whole number. Between two of them, say epochs 4 and 8, a factor means nothing."""
    return wanted.size == got.size == 1 and wanted.dtype.kind in "iu" and got.dtype.kind in "iu"


def _scaled(array: NDArray[np.generic], factor: float) -> NDArray[np.generic]:
    with np.errstate(all="ignore"):
        return np.asarray(array.astype(np.complex128 if array.dtype.kind == "c" else np.float64) * factor)


def _lengths(result: CaseResult) -> set[int]:
    arrays = (numbers(each) for each in result.arguments.values())
    return {size for array in arrays if array is not None for size in (*array.shape, array.size) if size > 1}


def _example_counts(result: CaseResult) -> set[int]:
    """Return the lengths of the inputs along their first axis only: the others count features or classes."""
    arrays = (numbers(each) for each in result.arguments.values())
    return {len(array) for array in arrays if array is not None and array.ndim and len(array) > 1}


def _by_length(power: int) -> _Explains:
    """Return the slip of a factor n, or 1 / n, for the number n of examples in an input."""
    return _each_part(
        lambda wanted, got, result: (
            not _are_counts(wanted, got)
            and bool(np.any(wanted))
            and any(_same(_scaled(wanted, float(n) ** power), got) for n in _example_counts(result))
        )
    )


def _is_whole(wanted: NDArray[np.generic], got: NDArray[np.generic], _result: CaseResult) -> bool:
    if wanted.shape != got.shape or wanted.dtype.kind != "f" or got.dtype.kind == "c":
        return False
    if wanted.ndim == 2 and len(wanted) > 1 and bool((np.count_nonzero(got, axis=1) == 1).all()):
        return False  # One number in each row is a choice of a class, which rounding happens to resemble.
    exact = wanted.astype(np.float64)
    return any(_same(rounded(exact), got) for rounded in (np.trunc, np.floor, np.rint))


def _is_transposed(wanted: NDArray[np.generic], got: NDArray[np.generic], _result: CaseResult) -> bool:
    return wanted.ndim > 1 and _same(wanted.T, got)


def _is_table(wanted: NDArray[np.generic], got: NDArray[np.generic], _result: CaseResult) -> bool:
    return got.ndim == 2 and got.shape[0] == got.shape[1] == wanted.size and got.size != wanted.size


def _is_one_each(wanted: NDArray[np.generic], got: NDArray[np.generic], result: CaseResult) -> bool:
    return wanted.size == 1 and got.ndim >= 1 and got.size > 1 and len(got) in _lengths(result)


def _lacks(wanted: NDArray[np.generic], got: NDArray[np.generic], part: slice) -> bool:
    return wanted.ndim > 0 and len(wanted) > 1 and _same(wanted[part], got)


def _is_not_finite(wanted: NDArray[np.generic], got: NDArray[np.generic], _result: CaseResult) -> bool:
    return wanted.shape == got.shape and bool(np.isfinite(wanted).all()) and not bool(np.isfinite(got).all())


def _is_rounding(wanted: NDArray[np.generic], got: NDArray[np.generic], _result: CaseResult) -> bool:
    return _same(wanted, got, _LIKE_ROUNDING)


_SLIPS: dict[str, _Explains] = {
    "exercise.slip-none": _is_none,
    "exercise.slip-fewer": _is_shorter,
    "exercise.slip-order": _is_in_other_order,
    "exercise.slip-not-finite": _each_part(_is_not_finite),
    "exercise.slip-rounding": _each_part(_is_rounding),
    "exercise.slip-sign": _times(-1.0),
    "exercise.slip-half": _times(0.5),
    "exercise.slip-double": _times(2.0),
    "exercise.slip-times-n": _by_length(1),
    "exercise.slip-over-n": _by_length(-1),
    "exercise.slip-whole": _each_part(_is_whole),
    "exercise.slip-transposed": _each_part(_is_transposed),
    "exercise.slip-table": _each_part(_is_table),
    "exercise.slip-one-each": _each_part(_is_one_each),
    "exercise.slip-first-missing": _each_part(lambda wanted, got, _: _lacks(wanted, got, slice(1, None))),
    "exercise.slip-last-missing": _each_part(lambda wanted, got, _: _lacks(wanted, got, slice(None, -1))),
    "exercise.slip-changed": _is_changed,
}
"""Every slip by the key of its sentence, the more special ones first."""


def right_results(failing: Sequence[CaseResult], tolerance: float) -> tuple[list[int], list[int]]:
    """Return which results of a tuple are right in all failing cases, and which are not, from 1."""
    pairs: list[list[tuple[object, object]]] = []
    for each in failing:
        results = results_of(each.got)
        if not isinstance(each.wanted, tuple) or results is None or len(results) != len(each.wanted):
            return [], []
        pairs.append(list(zip(each.wanted, results, strict=True)))
    right: list[int] = []
    wrong: list[int] = []
    for number, of_result in enumerate(zip(*pairs, strict=False), start=1):
        good = all(difference(wanted, got, tolerance) is None for wanted, got in of_result)
        (right if good else wrong).append(number)
    return right, wrong
