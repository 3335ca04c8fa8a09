"""What is done to a gradient before an optimizer sees it: noise, then clipping, then weight decay.

With g the gradient of the mean loss, and |g| its norm over all parameters at once:

    noise      g ← g + s n, where n is drawn anew from a standard normal distribution
    clipping   g ← g · min(1, c / |g|)
    decay      g ← g + λ θ, for weights alone: a large bias does not make the function less smooth
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np

from tutor.ml.arrays import Array

_CHUNK: Final = 1 << 16
"""How many numbers are squared and summed at once."""


class GradientRules:
    """Applies the rules of one training.

    Args:
        parameters: θ, (P,).
        gradient: g, (P,), changed in place.
        is_weight: 1 for each weight and 0 for each bias, (P,); None if all parameters are weights, or none decays.
        weight_decay: λ; 0 for none.
        clip: c; 0 for none.
        noise: s; 0 for none.
        seed: The seed of the noise.
    """

    def __init__(
        self,
        parameters: Array,
        gradient: Array,
        is_weight: Array | None = None,
        *,
        weight_decay: float = 0.0,
        clip: float = 0.0,
        noise: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._parameters, self._gradient, self._is_weight = parameters, gradient, is_weight
        self._weight_decay, self._clip, self._noise = weight_decay, clip, noise
        self.random = np.random.default_rng(seed)
        """Draws the noise."""
        self.active = bool(weight_decay or clip or noise)
        """Whether any rule changes the gradient."""

    def apply(self) -> None:
        """Change the gradient in place."""
        g = self._gradient
        if self._noise:
            g += self._noise * self.random.standard_normal(g.shape, dtype=g.dtype)
        if self._clip:
            length = norm(g)
            if not length <= self._clip:  # true for nan too, which then makes the whole gradient nan
                g *= self._clip / length
        if self._weight_decay:
            decay = self._weight_decay * self._parameters
            if self._is_weight is not None:
                decay *= self._is_weight
            g += decay


def norm(gradient: Array) -> float:
    """The norm |g| of a gradient (P,), in float64, because the square of a large g overflows float32.

    It is summed piece by piece, because a large network's gradient in float64 may not fit in memory.
    """
    squares = 0.0
    for start in range(0, len(gradient), _CHUNK):
        chunk = gradient[start : start + _CHUNK].astype(np.float64)
        squares += float(chunk.dot(chunk))
    return sqrt(squares)


def norms(gradients: Array) -> list[float]:
    """`norm` of each of n gradients (n, P): of many small ones it adds up all at once, in the same order."""
    if len(gradients) == 1 or gradients.shape[1] > _CHUNK:
        return [norm(gradients[index]) for index in range(len(gradients))]
    wide = gradients.astype(np.float64)
    return list(map(sqrt, np.vecdot(wide, wide).tolist()))
