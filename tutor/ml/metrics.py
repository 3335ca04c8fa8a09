"""Figures for people: what share is right."""

from __future__ import annotations

import numpy as np

from tutor.ml.arrays import Array


def accuracy(predicted: Array, true: Array) -> float:
    """The share of equal entries, of (N,) class indices each; nan for none."""
    return float((predicted == true).mean()) if len(true) else float("nan")


def nearest_class(outputs: Array, numbers: Array) -> Array:
    """For outputs (N,) of a regression on class numbers (K,), the index of the nearest number, (N,)."""
    # Within reach of the numbers first: from far enough away all of them are equally far.
    safe = np.clip(np.nan_to_num(outputs), numbers.min(), numbers.max())
    return np.asarray(np.abs(safe[:, None] - numbers[None, :]).argmin(axis=1))
