"""What is done to a gradient before an optimiser sees it: noise, then clipping, then weight decay.

With g the gradient of the mean loss and c the clip, |g| its length over all parameters at once:

    noise      g ← g + s n, n drawn anew for each parameter and update from a normal distribution
    clip       g ← g · min(1, c / |g|)
    decay      g ← g + δ θ, for weights alone: a bias bends nothing, so there is nothing to keep small
"""

from __future__ import annotations

from functools import partial

import numpy as np

from tutor.ml.arrays import Array, constant
from tutor.ml.tape import Steps, step


class GradientRules:
    """The rules of one training; none of them costs anything where it is not asked for.

    Args:
        parameters: θ, (P,).
        gradient: of the sum over a batch, (P,), changed in place.
        decayed: 1 where a parameter decays and 0 where not, (P,); None where none does.
        weight_decay: δ; 0 for none.
        clip: c; 0 for none.
        noise: s; 0 for none.
        seed: of the noise.
    """

    def __init__(
        self,
        parameters: Array,
        gradient: Array,
        decayed: Array | None,
        weight_decay: float = 0.0,
        clip: float = 0.0,
        noise: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._parameters, self._gradient, self._decayed = parameters, gradient, decayed
        self._weight_decay, self._clip, self._noise = weight_decay, clip, noise
        self._random = np.random.default_rng(seed)
        self._active = bool(clip or weight_decay or noise)
        self._length = np.zeros(())

    def steps(self, batch_size: int) -> Steps:
        """The tape of one update, for gradients of sums over ``batch_size`` examples."""
        if not self._active:
            return []
        return [
            *self._measuring(self._length),
            *self._noising(batch_size),
            *self._clipping(batch_size),
            *self._decaying(batch_size),
        ]

    def _noising(self, batch_size: int) -> Steps:
        if not self._noise:
            return []
        drawn = np.empty_like(self._gradient)
        draw = partial(self._random.standard_normal, dtype=drawn.dtype)
        return [
            step(draw, out=drawn),
            step(np.multiply, drawn, constant(self._noise * batch_size, drawn), drawn),
            step(np.add, self._gradient, drawn, self._gradient),
        ]

    def _measuring(self, length: Array) -> Steps:
        # In float64: an exploding gradient is what clipping is for, and its square must not overflow.
        wide = np.zeros(self._gradient.size)
        return [
            step(np.copyto, wide, self._gradient),
            step(wide.dot, wide, length),
            step(np.sqrt, length, length),
        ]

    def _clipping(self, batch_size: int) -> Steps:
        if not self._clip:
            return []
        length, share, factor = np.zeros(()), np.zeros(()), np.zeros((), self._gradient.dtype)
        return [
            *self._measuring(length),
            step(np.divide, np.asarray(self._clip * batch_size), length, share),
            step(np.minimum, share, np.asarray(1.0), out=share),
            step(np.copyto, factor, share),
            step(np.multiply, self._gradient, factor, self._gradient),
        ]

    def _decaying(self, batch_size: int) -> Steps:
        if not self._weight_decay or self._decayed is None:
            return []
        strength = self._decayed * constant(self._weight_decay * batch_size, self._gradient)
        scratch = np.empty_like(self._gradient)
        return [
            step(np.multiply, self._parameters, strength, scratch),
            step(np.add, self._gradient, scratch, self._gradient),
        ]

    def norm(self) -> float:
        """Length of the gradient of the sum at the last update, before any rule."""
        if self._active:
            return float(self._length)
        return float(np.sqrt(self._gradient.dot(self._gradient)))
