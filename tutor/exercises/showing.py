"""Values in a few cells, for a learner to compare."""

from __future__ import annotations

import numpy as np

from tutor.exercises.comparison import numbers
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate
from tutor.sandbox.values import Unknown

WIDTH = 60
_MOST_ITEMS = 12
_DIGITS, _MOST_DIGITS = 4, 12


def shown(value: object, digits: int = _DIGITS, width: int = WIDTH) -> str:
    """Return ``value`` on one line of at most ``width`` cells, with so many significant digits."""
    return shorten(_text(value, digits), width)


def shown_apart(wanted: object, got: object, width: int = WIDTH) -> tuple[str, str]:
    """Return two different values with as many digits as it takes to tell them apart."""
    for digits in range(_DIGITS, _MOST_DIGITS + 1, 4):
        texts = shown(wanted, digits, width), shown(got, digits, width)
        if texts[0] != texts[1]:
            return texts
    return shown(wanted, _MOST_DIGITS, width), shown(got, _MOST_DIGITS, width)


def _text(value: object, digits: int) -> str:
    if isinstance(value, np.ndarray):
        if value.size > _MOST_ITEMS * 4:
            return translate("exercise.array", shape=str(value.shape), begins=_text(value.ravel()[:4].tolist(), digits))
        return _text(value.tolist(), digits)
    if isinstance(value, float | complex) and not isinstance(value, bool):
        return f"{value:.{digits}g}"
    if isinstance(value, list | tuple):
        return _sequence(value, digits)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_text(each, digits)}" for key, each in value.items()) + "}"
    if isinstance(value, Unknown):
        return f"<{value.type_name}>"
    return repr(value)


def _sequence(value: list[object] | tuple[object, ...], digits: int) -> str:
    items = [_text(each, digits) for each in value[:_MOST_ITEMS]]
    if len(value) > _MOST_ITEMS:
        items.append("…")
    inside = ", ".join(items)
    if isinstance(value, tuple):
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return f"[{inside}]"


def shape_of(value: object) -> str:
    """Return the shape of an array or list of numbers, such as ``(2, 3)``; empty for anything else."""
    array = numbers(value)
    return str(array.shape) if array is not None and array.ndim else ""
