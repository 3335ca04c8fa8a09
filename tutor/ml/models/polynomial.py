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
        self.degree = degree
        self.features = x_train.shape[1] * degree
        self.mean: Floats = np.zeros(self.features)
        """What is subtracted from the powers, (d · degree,)."""
        self.scale: Floats = np.ones(self.features)
        """What they are divided by, (d · degree,)."""
        if degree > 1:
            powers = self._raise(x_train)
            scale = powers.std(axis=0)
            self.mean, self.scale = powers.mean(axis=0), np.where(scale > 0, scale, 1.0)

    def _raise(self, x: Floats) -> Floats:
        return np.concatenate([x**power for power in range(1, self.degree + 1)], axis=1)

    def __call__(self, x: Floats) -> Floats:
        """The powers of ``x``, (n, d), as the model sees them, (n, d · degree)."""
        return x if self.degree == 1 else (self._raise(x) - self.mean) / self.scale

    def coefficients(self, w: Floats, b: float, mean: float, scale: float) -> Floats:
        """The coefficients of 1, x, x², ... in b + w · powers((x − mean) / scale) for one feature, (degree + 1,).

        Args:
            w: The weights, (degree,).
            b: The bias.
            mean: The mean that x was standardised with.
            scale: The scale that x was standardised with.
        """
        w = np.asarray(w, dtype=np.float64) / self.scale
        inner = np.polynomial.Polynomial([-mean / scale, 1.0 / scale])
        plain = np.polynomial.Polynomial([b - float(w @ self.mean), *w])(inner)
        found: Floats = np.zeros(len(w) + 1)
        found[: len(plain.coef)] = plain.coef
        return found
