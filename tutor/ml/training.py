"""What a training is: a generator of epochs that leaves pace, display and storage to its caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from types import MappingProxyType
from typing import NamedTuple, Protocol

from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import Dataset, Floats


class EpochResult(NamedTuple):
    """The state of the model at the end of an epoch. Losses are in the units of the label.

    Args:
        epoch: From 1.
        updates: The number of updates so far.
        train_loss: Mean loss over all training examples; may be nan or infinite if training diverged.
        valid_loss: The same over the validation examples; None without any.
        train_accuracy: The fraction of the training examples that are classified correctly; None for a regression.
        valid_accuracy: The same over the validation examples.
        gradient_norm: The length of the gradient of the mean loss at the last update of the epoch.
        learning_rate: η at the last update, after the schedule.
        diverged: Whether the training has diverged; see `tutor.ml.divergence`.
        metrics: Figures of the learner's own, by name.
    """

    epoch: int
    updates: int
    train_loss: float
    valid_loss: float | None = None
    train_accuracy: float | None = None
    valid_accuracy: float | None = None
    gradient_norm: float | None = None
    learning_rate: float | None = None
    diverged: bool = False
    metrics: Mapping[str, float] = MappingProxyType({})

    @property
    def number(self) -> None:
        """None: epochs are numbered from 1."""
        return None

    @property
    def not_finite(self) -> Mapping[str, float]:
        """The metrics that are nan or infinite."""
        return {name: value for name, value in self.metrics.items() if not isfinite(value)}


class Training(Protocol):
    """A model, its data and its optimizer, in the state that the last epoch left them in."""

    dataset: Dataset

    def epochs(self) -> Iterator[EpochResult]:
        """Train, yielding after each epoch. Ends after the planned number of epochs, or after a divergence.

        Settings may be changed between two epochs. The same settings and the same changes at the same epochs give the
        same results, bit for bit.
        """

    def set(self, name: str, value: object) -> None:
        """Change a setting between two epochs.

        Settings are ``learning_rate``, ``momentum``, ``batch_size``, ``loss``, ``w``, ``b``, ``threshold`` and
        ``keyword``.

        Raises:
            ValueError: This training has no such setting, or the value is impossible.
        """

    def predict(self, x: Floats) -> Floats:
        """The predictions for features in the units of the data, (n, d).

        Returns:
            In a regression the labels in their units, (n,); in a classification the probabilities, (n, K).
        """

    def parameters(self) -> dict[str, Array]:
        """Copies of the parameters, by name."""

    def vectors(self) -> list[Array]:
        """The parameters that are adjusted step by step, (P,) for each model; not copies. Empty if there are none."""

    def small_parameters(self) -> dict[str, float]:
        """The parameters of a small model in the units of the data, such as ``w`` and ``b``; else empty."""
