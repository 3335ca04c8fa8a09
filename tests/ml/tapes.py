"""Running a tape that has no inputs."""

from __future__ import annotations

import numpy as np

from tutor.ml.network.tape import Steps, X, unroll


def perform(steps: Steps) -> None:
    unroll(steps, (X,))([(np.zeros(1),)])
