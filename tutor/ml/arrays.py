"""The array type of training, and constants of that type."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
"""float32 in training, float64 in gradient checks; layers are feature-major, (features, examples)."""


def constant(value: float, like: Array) -> Array:
    """``value`` as an array without dimensions, which ufuncs handle faster than a Python float."""
    return np.asarray(value, dtype=like.dtype)
