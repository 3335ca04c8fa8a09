"""Makes the training for a data set, a model and an optimizer."""

from __future__ import annotations

from dataclasses import replace

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import DRAWN, Dataset
from tutor.ml.parts import Parts
from tutor.ml.settings import ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import Training


def make_training(
    dataset: Dataset,
    model: ModelSettings,
    loss: str,
    optimizer: OptimizerSettings,
    train: TrainSettings,
    offset: float = 0.0,
    parts: Parts | None = None,
) -> Training:
    """Make a training.

    Args:
        dataset: The examples.
        model: The function with unknown parameters.
        loss: ``mse`` (in a classification, of the probabilities), ``mae``, ``cross-entropy``, ``mistakes`` for rules,
            or ``function`` for a drawn function.
        optimizer: How the parameters are found.
        train: The number of epochs, the batch size and the seed.
        offset: Subtracted from every loss that is reported; it changes no parameter. It has no effect on rules and
            drawn functions.
        parts: Makes the parts of the training; None for the built-in ones. Only models that follow a gradient use it.

    Raises:
        TutorError: These do not fit together.
    """
    if dataset.folds:
        from tutor.ml.cross_validation import CrossValidation

        each = [replace(fold, folds=()) for fold in dataset.folds]
        return CrossValidation([make_training(fold, model, loss, optimizer, train, offset, parts) for fold in each])
    if (model.name == "function") != (dataset.task == DRAWN):
        raise TutorError(translate("ml.function-needs-curve"), hint=translate("ml.function-needs-curve-hint"))
    if model.name == "function":
        from tutor.ml.models.drawn_function import FunctionDescent

        return FunctionDescent(dataset, model, optimizer, train, parts)
    if model.kind.rule:
        from tutor.ml.models.keyword_rule import KeywordRule

        return KeywordRule(dataset, model, train)
    if model.name == "coin-flips":
        from tutor.ml.models.coin_flips import CoinFlips

        return CoinFlips(dataset, train)
    if model.name == "naive":
        from tutor.ml.models.naive_forecast import NaiveForecast

        return NaiveForecast(dataset, loss, offset)
    from tutor.ml.network.training import NetworkTraining

    return NetworkTraining(dataset, model, loss, optimizer, train, offset, parts)
