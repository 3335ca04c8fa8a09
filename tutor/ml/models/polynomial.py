"""Powers of the features, which let a linear model fit a curve."""

from __future__ import annotations

import numpy as np

from tutor.ml.datasets.dataset import Floats


class PolynomialFeatures:
    """Turns features (n, d) into powers (n, d · degree): x, x², ..., each standardised by the training rows.

    Without the standardisation high powers would be far larger than low ones, and no learning rate would suit all.

    Args:
        degree: The highest power; 1 leaves the features as they are.
        x_train: (N, d).
    """

    def __init__(self, degree: int, x_train: Floats) -> None:
        self._degree = degree
        self.features = x_train.shape[1] * degree
        self._mean, self._scale = np.zeros(self.features), np.ones(self.features)
        if degree > 1:
            powers = self._raise(x_train)
            scale = powers.std(axis=0)
            self._mean, self._scale = powers.mean(axis=0), np.where(scale > 0, scale, 1.0)

    def _raise(self, x: Floats) -> Floats:
        return np.concatenate([x**power for power in range(1, self._degree + 1)], axis=1)

    def __call__(self, x: Floats) -> Floats:
        """The powers of ``x``, (n, d), as the model sees them, (n, d · degree)."""
        return x if self._degree == 1 else (self._raise(x) - self._mean) / self._scale

    def coefficients(self, w: Floats, b: float, mean: float, scale: float) -> Floats:
        """The coefficients of 1, x, x², ... in b + w · powers((x − mean) / scale) for one feature, (degree + 1,).

        Args:
            w: The weights, (degree,).
            b: The bias.
            mean: The mean that x was standardised with.
            scale: The scale that x was standardised with.
        """
        w = np.asarray(w, dtype=np.float64) / self._scale
        inner = np.polynomial.Polynomial([-mean / scale, 1.0 / scale])
        plain = np.polynomial.Polynomial([b - float(w @ self._mean), *w])(inner)
        found: Floats = np.zeros(len(w) + 1)
        found[: len(plain.coef)] = plain.coef
        return found
