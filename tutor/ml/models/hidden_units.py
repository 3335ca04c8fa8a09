"""One feature through one layer of (hard) sigmoids: a curve that is a sum of hidden units, placed by formula.

A hidden unit c·σ(b + w·x) is a ramp: it rises by c while b + w·x goes from −2 to 2 (a hard sigmoid does so exactly).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import Dataset
from tutor.ml.network.network import Network

_RAMP = 4.0
"""The width of a hard sigmoid's ramp in units of its input, which goes from −2 to 2."""


def is_sum_of_hidden_units(sizes: Sequence[int], activation: str) -> bool:
    """Whether a network with layers of these sizes is ŷ = b + Σ cᵢ σ(bᵢ + wᵢ x) with a (hard) sigmoid σ."""
    return len(sizes) == 3 and sizes[0] == sizes[-1] == 1 and activation in {"sigmoid", "hard-sigmoid"}


def place_along_data(network: Network, x: Array, y: Array) -> None:
    """Place K hidden units side by side, so that the curve meets the data at K + 1 evenly spaced places.

    With hard sigmoids the network is then the piecewise linear curve through these places; with sigmoids its corners
    are round.

    Args:
        network: One feature, one hidden layer of K (hard) sigmoids, one output.
        x: The feature as the network sees it, (N,).
        y: The labels, (N,).

    Raises:
        TutorError: The network has another shape, or all x are equal.
    """
    if not is_sum_of_hidden_units(network.sizes, network.activation.name) or x.min() == x.max():
        raise TutorError(translate("ml.placed-needs-bends"))
    count = network.sizes[1]
    places = np.linspace(float(x.min()), float(x.max()), count + 1)
    order = np.argsort(x, kind="stable")
    heights = np.interp(places, x[order], y[order])
    steepness = _RAMP / np.diff(places)
    hidden, output = network.matrices
    hidden[:, 0] = steepness
    hidden[:, 1] = -steepness * (places[:-1] + places[1:]) / 2
    output[0, :-1] = np.diff(heights)
    output[0, -1] = heights[0]


def place_hidden_units(network: Network, ramps: Sequence[float], data: Dataset) -> None:
    """Place each hidden unit at a given ramp.

    Args:
        network: One feature, one hidden layer of K (hard) sigmoids, one output.
        ramps: 3K + 1 numbers in the units of the data: for each unit the left end, the right end and the rise of its
            ramp, then the constant.
        data: The data set that the network is trained on.

    Raises:
        TutorError: The network has another shape, there are more or fewer numbers, or a ramp has no width.
    """
    if not is_sum_of_hidden_units(network.sizes, network.activation.name) or len(ramps) != 3 * network.sizes[1] + 1:
        raise TutorError(translate("ml.pieces-need-bends"))
    left, right, rise = np.asarray(ramps[:-1], dtype=np.float64).reshape(-1, 3).T
    if (right <= left).any():
        raise TutorError(translate("ml.pieces-need-bends"))
    steepness = _RAMP / (right - left)
    hidden, output = network.matrices
    hidden[:, 0] = steepness * data.x_scale[0]
    hidden[:, 1] = steepness * (data.x_mean[0] - (left + right) / 2)
    output[0, :-1] = rise / data.y_scale
    output[0, -1] = (ramps[-1] - data.y_mean) / data.y_scale
