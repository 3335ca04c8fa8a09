"""Running a tape that has no inputs, and predicting with one."""

from __future__ import annotations

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.network.network import Network
from tutor.ml.network.passes import prediction_steps
from tutor.ml.network.tape import Run, Steps, X, unroll


def perform(steps: Steps) -> None:
    unroll(steps, (X,))([(np.zeros(1),)])


def prediction_tape(network: Network, size: int) -> tuple[Run, Array]:
    """A tape of `prediction_steps` for batches of ``size``, given as `X`, and the outputs (k, B) that it writes."""
    steps, outputs = prediction_steps(network, size)
    return unroll(steps, (X,)), outputs
