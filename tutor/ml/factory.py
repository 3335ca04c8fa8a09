"""Puts a training together: which kind of model goes with which data."""

from __future__ import annotations

from dataclasses import replace

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import DRAWN, Dataset
from tutor.ml.settings import ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import Training


def make_training(
    dataset: Dataset,
    model: ModelSettings,
    loss: str,
    optimizer: OptimizerSettings,
    train: TrainSettings,
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
        from tutor.ml.models.drawn_function import FunctionDescent

        return FunctionDescent(dataset, model, optimizer, train)
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

    return NetworkTraining(dataset, model, loss, optimizer, train, offset)
