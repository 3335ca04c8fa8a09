"""Training, epoch by epoch: a generator that yields what became of the model and leaves the rest to the caller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import DRAWN, Dataset, Floats
from tutor.ml.options import EpochResult, ModelOptions, OptimizerOptions, TrainOptions

__all__ = ["EpochResult", "Training", "make_training"]


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


def make_training(
    dataset: Dataset,
    model: ModelOptions,
    loss: str,
    optimizer: OptimizerOptions,
    train: TrainOptions,
    offset: float = 0.0,
) -> Training:
    """Put a training together.

    Args:
        dataset: the examples.
        model: the function with unknown parameters.
        loss: ``mse`` (of a classification: of its probabilities), ``mae``, ``cross-entropy``; ``mistakes`` for rules;
            ``function`` for a drawn function.
        optimizer: who looks for the parameters.
        train: how long, and in what pieces.
        offset: subtracted from every loss that is told, which moves no parameter: a loss is what people define it to
            be, and may be negative. Not for rules and drawn functions.

    Raises:
        TutorError: these do not go together.
    """
    if dataset.folds:
        from tutor.ml.cross_validation import CrossValidation

        each = [replace(fold, folds=()) for fold in dataset.folds]
        return CrossValidation([make_training(fold, model, loss, optimizer, train, offset) for fold in each])
    if (model.name == "function") != (dataset.task == DRAWN):
        raise TutorError(translate("ml.function-needs-curve"), hint=translate("ml.function-needs-curve-hint"))
    if model.name == "function":
        from tutor.ml.models.drawn_function import FunctionTraining

        return FunctionTraining(dataset, model, optimizer, train)
    if model.name in {"threshold", "keyword-rule"}:
        from tutor.ml.models.keyword_rule import RuleTraining

        return RuleTraining(dataset, model, train)
    if model.name == "coin-flips":
        from tutor.ml.models.coin_flips import CoinFlips

        return CoinFlips(dataset, train)
    if model.name == "naive":
        from tutor.ml.models.naive_forecast import NaiveTraining

        return NaiveTraining(dataset, loss, offset)
    from tutor.ml.network.training import NetworkTraining

    return NetworkTraining(dataset, model, loss, optimizer, train, offset)
