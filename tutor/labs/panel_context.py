"""What panels see of a training, in the units of the data."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from tutor.foundation.safe_text import harmless_line
from tutor.labs.lab_config import LabConfig
from tutor.labs.parameter_names import named_parameters
from tutor.ml.arrays import Array
from tutor.ml.cross_validation import CrossValidation
from tutor.ml.datasets.dataset import REGRESSION, Dataset
from tutor.ml.judging import Flags, counts_at, threshold_curve
from tutor.ml.network.training import NetworkTraining
from tutor.ml.training import EpochResult, Training


class PanelContext:
    """A training as panels see it. X is (N, d) and, as everything here, in the units of the data.

    Args:
        config: What was asked.
        dataset: What it is trained on.
        training: The training itself; it changes with every epoch.
        epochs: How many are planned as the run starts.
    """

    def __init__(self, config: LabConfig, dataset: Dataset, training: Training, epochs: int) -> None:
        self.config = config
        self.dataset = dataset
        self.training = training
        self.epochs = epochs
        self.loss = config.loss.name
        """The loss in use now."""
        self.keyword = config.model.keyword
        """The feature that a rule looks at now."""
        self.temperature = config.model.temperature
        """How freely a model that writes does so now."""
        self.decision_threshold = config.model.decision_threshold
        """The probability from which on an example is called positive now."""
        self.feature_names = tuple(harmless_line(name) for name in dataset.feature_names)
        self.target_name = harmless_line(dataset.target_name)
        self.class_names = tuple(harmless_line(name) for name in dataset.class_names)
        regression = dataset.task == REGRESSION
        self.y_train: Array = dataset.label(dataset.y_train) if regression else dataset.y_train
        self.y_valid: Array = dataset.label(dataset.y_valid) if regression else dataset.y_valid

    @cached_property
    def x_train(self) -> Array:
        """The examples to train on; made when a panel asks, because they take as much memory as the data."""
        return self._raw(self.dataset.x_train)

    @cached_property
    def x_valid(self) -> Array:
        """The examples kept for validation, (M, d)."""
        return self._raw(self.dataset.x_valid)

    def _raw(self, x: Array) -> Array:
        return self.dataset.raw(x) if self.dataset.features else x

    def held_out(self) -> tuple[Array, Array]:
        """X and y of the examples kept for validation; of those to train on if none are kept."""
        return (self.x_valid, self.y_valid) if len(self.x_valid) else (self.x_train, self.y_train)

    def turn(self, key: str, value: object) -> None:
        """Change a setting that has no effect on the training, given by its dotted key.

        Raises:
            ValueError: It is none of those, or not a number.
        """
        name = key.rpartition(".")[2]
        if name not in {"temperature", "decision_threshold"} or not isinstance(value, int | float):
            raise ValueError(key)
        setattr(self, name, float(value))

    @property
    def judges_two_classes(self) -> bool:
        """Whether a decision threshold makes sense: the model gives probabilities of two classes."""
        data = self.dataset
        return data.classes == 2 and data.features > 0 and not data.lines and not self.config.model.kind.guesses

    def scores(self) -> tuple[Array, Flags]:
        """For each example kept for validation the probability of the class with number 1, and whether it is of it.

        If none are kept, those to train on. See `tutor.ml.judging`.
        """
        x, y = self.held_out()
        return self.predict(x)[:, 1], np.asarray(y) == 1

    def judgement(self) -> dict[str, float]:
        """Precision, recall, F1 and both kinds of mistake at the threshold of now, and the AUC; only what there is."""
        if not self.judges_two_classes:
            return {}
        scores, positive = self.scores()
        if not np.isfinite(scores).all():
            return {}
        counts = counts_at(scores, positive, self.decision_threshold)
        found = {
            "precision": counts.precision,
            "recall": counts.recall,
            "f1": counts.f1,
            "auc": threshold_curve(scores, positive).auc,
            "false_positives": float(counts.false_positives),
            "false_negatives": float(counts.false_negatives),
        }
        return {name: value for name, value in found.items() if np.isfinite(value)}

    def predict(self, x: Array) -> Array:
        """Values (N,) of a regression, or probabilities (N, classes)."""
        return self.training.predict(x)

    def weights(self) -> tuple[list[str], list[float]]:
        """The parameters by name; see `tutor.labs.parameter_names.named_parameters`."""
        return named_parameters(self.config, self.dataset, self.training, self.feature_names)

    def point(self) -> tuple[float, float] | None:
        """Weight and bias of a line, both parameters of a bowl, or a parameter and its value; else None."""
        small = self.training.small_parameters()
        if "w" not in small:
            return None
        return small["w"], small["b"] if "b" in small else small["f"]

    def function_value(self, w: Array, b: Array) -> Array:
        """A drawn function at each (w, b)."""
        two = "b" in self.training.small_parameters()
        return self.training.predict(np.column_stack([w, b]) if two else w[:, None])

    def fold_results(self) -> tuple[EpochResult, ...]:
        """The last result of each fold; empty without cross-validation, and before the first epoch."""
        return self.training.fold_results if isinstance(self.training, CrossValidation) else ()

    @property
    def has_network(self) -> bool:
        """Whether this is the training of one network, or of a line, which is one too."""
        return isinstance(self.training, NetworkTraining)

    @property
    def network_training(self) -> NetworkTraining:
        """The training of the one network.

        Raises:
            ValueError: There is none; see `has_network`.
        """
        if not isinstance(self.training, NetworkTraining):
            raise ValueError("no network")
        return self.training
