"""One feature through a row of (hard) sigmoids: a curve that is a sum of bends, placed by hand or read off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import Dataset
from tutor.ml.network.network import Network

BENDS = ("sigmoid", "hard-sigmoid")
"""Activations whose graph is a ramp between two levels."""

_RAMP = 4.0
"""A hard sigmoid climbs while its input goes from −2 to 2."""


def is_sum_of_bends(sizes: Sequence[int], activation: str) -> bool:
    """Whether a network of these layers is ŷ = b + Σ cᵢ σ(bᵢ + wᵢ x)."""
    return len(sizes) == 3 and sizes[0] == sizes[-1] == 1 and activation in BENDS


def place_along(network: Network, x: Array, y: Array) -> None:
    """Put the bends side by side, each over a K-th of the way, so that the curve meets the data at K + 1 places.

    With hard sigmoids the network is then the piecewise linear curve through these places; with soft ones it goes
    round the corners.

    Args:
        network: one feature, one hidden layer of K (hard) sigmoids, one output.
        x: (N,) the feature, as the network sees it.
        y: (N,) the labels.

    Raises:
        TutorError: the network is another one, or all x are equal.
    """
    if not is_sum_of_bends(network.sizes, network.activation.name) or x.min() == x.max():
        raise TutorError(translate("ml.placed-needs-bends"))
    count = network.sizes[1]
    places = np.linspace(float(x.min()), float(x.max()), count + 1)
    order = np.argsort(x, kind="stable")
    heights = np.interp(places, x[order], y[order])
    steepness = _RAMP / np.diff(places)
    bends, total = network.matrices
    bends[:, 0] = steepness
    bends[:, 1] = -steepness * (places[:-1] + places[1:]) / 2
    total[0, :-1] = np.diff(heights)
    total[0, -1] = heights[0]


def place_pieces(network: Network, pieces: Sequence[float], data: Dataset) -> None:
    """Put the bends where ``pieces`` says.

    Args:
        network: one feature, one hidden layer of K (hard) sigmoids, one output.
        pieces: 3K + 1 numbers in the units of the data: left end, right end and rise of each bend, then the constant.
        data: whose units these are.

    Raises:
        TutorError: the network is another one, the numbers are not so many, or a bend has no width.
    """
    if not is_sum_of_bends(network.sizes, network.activation.name) or len(pieces) != 3 * network.sizes[1] + 1:
        raise TutorError(translate("ml.pieces-need-bends"))
    left, right, rise = np.asarray(pieces[:-1], dtype=np.float64).reshape(-1, 3).T
    if (right <= left).any():
        raise TutorError(translate("ml.pieces-need-bends"))
    steepness = _RAMP / (right - left)
    bends, total = network.matrices
    bends[:, 0] = steepness * data.x_scale[0]
    bends[:, 1] = steepness * (data.x_mean[0] - (left + right) / 2)
    total[0, :-1] = rise / data.y_scale
    total[0, -1] = (pieces[-1] - data.y_mean) / data.y_scale
