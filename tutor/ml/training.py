"""Training, epoch by epoch: a generator that yields what became of the model and leaves the rest to the caller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import Dataset, Floats


class EpochResult(NamedTuple):
    """The model as it stands at the end of an epoch. Losses are in the units of the label.

    Args:
        epoch: From 1.
        updates: Updates of the parameters so far.
        train_loss: Mean loss over all training examples; may be nan or infinite if training diverged.
        valid_loss: The same over the validation examples; None without any.
        train_accuracy: Fraction of the training examples that are classified right; None for a regression.
        valid_accuracy: The same over the validation examples.
        gradient_norm: Length of the gradient of the mean loss, at the last update of the epoch.
        learning_rate: η at the last update, after the schedule.
        diverged: Whether the loss is no number any more, or beyond any use; see `tutor.ml.divergence`.
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


class Training(Protocol):
    """A model, its data and the search for its parameters, in the state in which the last epoch left them."""

    dataset: Dataset

    def epochs(self) -> Iterator[EpochResult]:
        """Train, yielding after each epoch; ends with the planned number, or behind an epoch that diverged.

        Settings may be changed between two epochs. The same options and the same changes at the same epochs give
        the same results, bit for bit.
        """

    def set(self, name: str, value: object) -> None:
        """Turn a setting between two epochs, as far as this training has it.

        Settings are ``learning_rate``, ``momentum``, ``batch_size``, ``loss``, ``w``, ``b``, ``threshold`` and
        ``keyword``.

        Raises:
            ValueError: it has no such setting, or the value is impossible.
        """

    def predict(self, x: Floats) -> Floats:
        """What the model says to features in the units of the data, (n, d).

        Returns:
            A regression's labels in their units, (n,); of a classification the probabilities, (n, K).
        """

    def parameters(self) -> dict[str, Array]:
        """Copies of the parameters by name."""

    def vectors(self) -> list[Array]:
        """The parameters that epochs adjust step by step, not copies: (P,) for each model; empty if there are none."""

    def small_parameters(self) -> dict[str, float]:
        """Of a model small enough to name them: parameters in the units of the data, such as ``w`` and ``b``."""
