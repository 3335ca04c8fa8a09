"""The loss of every update: what the model thinks of a batch just before it learns from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from tutor.ml.arrays import Array
from tutor.ml.losses import Loss
from tutor.ml.network.network import Network
from tutor.ml.network.tape import Run

MOST_UPDATES = 240
"""The last so many are kept."""


class BatchLosses:
    """Goes through the updates one by one, and notes each batch's loss before it. Changes no result.

    Args:
        network: whose parameters the updates change.
        unit: what turns a loss into the units of the label.
    """

    def __init__(self, network: Network, unit: float) -> None:
        self._network, self._unit = network, unit
        self.updates = 0
        """How many there were."""
        self.losses: deque[float] = deque(maxlen=MOST_UPDATES)
        """Of the last updates, in their order."""
        self.epochs: deque[tuple[int, float]] = deque(maxlen=MOST_UPDATES)
        """After which update an epoch ended, and the loss over all training examples there."""

    def run(self, run: Run, inputs: Sequence[tuple[Array, ...]], loss: Loss) -> None:
        """Do the updates of ``run``, whose inputs begin with a batch, (d + 1, B), by rows, and its labels, (k, B)."""
        for each in inputs:
            x, labels = each[0], each[2]
            self.losses.append(loss.mean(self._network.predict(x[:-1]), labels) * self._unit)
            self.updates += 1
            run([each])

    def end_epoch(self, train_loss: float) -> None:
        """Note the loss over all training examples at the end of an epoch."""
        self.epochs.append((self.updates, train_loss))
