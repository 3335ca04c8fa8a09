"""A training of `tutor.ml` as an engine drives it and as panels see it: everything in the units of the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from tutor.foundation.errors import TutorError
from tutor.foundation.files import named_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig, Value
from tutor.labs.panels.base import Array, Autocorrelation, Boundary, Confusion, Fit, Folds, Panel, Series, Weights
from tutor.labs.panels.digits import Digits
from tutor.labs.panels.landscapes import Curve, Surface, Threshold
from tutor.labs.panels.network_panels import CheckedGradient, Gradients, Pieces, Shapes, Telling, Updates
from tutor.labs.panels.norms import Norms
from tutor.labs.panels.text import Text
from tutor.labs.settings import SETTINGS
from tutor.ml.cross_validation import CrossValidation
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import DRAWN, REGRESSION
from tutor.ml.diagnostics import perturb
from tutor.ml.factory import make_training
from tutor.ml.models.hidden_units import is_sum_of_hidden_units
from tutor.ml.network.training import NetworkTraining
from tutor.ml.settings import WITHOUT_GRADIENT, DataSettings
from tutor.ml.training import EpochResult
from tutor.runs.events import DataFacts
from tutor.runs.worker.parameter_names import named_parameters
from tutor.runs.worker.weights_file import write_weights

_MOST_NAMES = 64
_NOT_TRAINED = ("optimizer.", "running.")
"""How the names begin of what is kept with the parameters and is none."""


class MlTrainee:
    """See `tutor.runs.worker.loop.Trainee` and `tutor.labs.panels.base.Sight`.

    Args:
        spec: What to train.
        data_folder: Where data sets lie as files.
        perturbation: Which rounding to try; see `tutor.ml.diagnostics`. None: that of this machine.

    Raises:
        TutorError: the data cannot be had, or what the spec asks does not go together.
    """

    def __init__(self, spec: LabConfig, data_folder: Path | None, perturbation: int | None = None) -> None:
        self.spec = spec
        self._dataset = load_dataset(_found_in(data_folder, spec.data), data_folder=data_folder)
        self._epochs = _epochs(spec, len(self._dataset.x_train))
        self._training = make_training(
            self._dataset,
            spec.model,
            spec.loss.name,
            spec.optimizer,
            replace(spec.train, epochs=self._epochs),
            spec.loss.offset,
        )
        if perturbation is not None:
            perturb(self._training, perturbation)
        self._loss = str(spec.loss.name)
        self._keyword = spec.model.keyword
        self.temperature = spec.model.temperature
        """How freely a model that writes does so now."""
        self._panels = self._make_panels()
        self._last: tuple[EpochResult, ...] = ()
        watchers = [panel for panel in self._panels.values() if isinstance(panel, Curve | Surface | Norms)]
        self._watches = [panel.watch for panel in watchers]
        for panel in watchers:
            if isinstance(panel, Curve | Surface):
                panel.watch()  # where the walk starts

    def _make_panels(self) -> dict[str, Panel]:
        data = self._dataset
        self.feature_names = tuple(harmless_line(name) for name in data.feature_names)
        self.target_name = harmless_line(data.target_name)
        self.class_names = tuple(harmless_line(name) for name in data.class_names)
        regression = data.task == REGRESSION
        self.y_train = data.label(data.y_train) if regression else data.y_train
        self.y_valid = data.label(data.y_valid) if regression else data.y_valid
        possible = self._possible()
        return {name: _PANELS[name](self) for name in self.spec.show.panels if name in possible}

    def _possible(self) -> set[str]:
        """The panels that this data and this model have something for; a CSV tells only now."""
        data = self._dataset
        possible = {"weights"}
        if self._training.small_parameters().keys() >= {"w", "b"}:
            possible.add("surface")
        if data.features and data.task == REGRESSION:
            possible |= {"fit", "series"}
            if data.ordered:
                possible.add("autocorrelation")
        if data.features and data.class_names:
            possible |= {"confusion", "boundary"} if data.features > 1 else {"confusion"}
            possible |= {data.name} & {"digits"}
        if self.spec.model.name == "function" and "surface" not in possible:
            possible.add("curve")
        if self.spec.model.kind.rule:
            possible.add("threshold")
        possible |= self._possible_for_networks()
        if data.task != DRAWN:
            possible.add("folds")
        if data.lines:
            possible.add("text")
        return possible

    def _possible_for_networks(self) -> set[str]:
        """The panels that look inside a network, or at what a descent on a drawn function has of it."""
        inner = self.network_training
        if inner is None:
            return {"norms"} if self._dataset.task == DRAWN else set()
        possible = {"shapes", "gradient-check", "norms"}
        if is_sum_of_hidden_units(inner.network.sizes, self.spec.model.activation):
            possible.add("pieces")
        if self.spec.optimizer.name not in WITHOUT_GRADIENT:
            possible |= {"updates", "gradients"}
        return possible

    # -- for the engine ---------------------------------------------------------------------------------------

    def epochs(self) -> Iterator[EpochResult]:
        """One result after each epoch; a walk over a landscape misses no step."""
        if not self._watches and ("folds" not in self._panels or self._dataset.folds):
            return self._training.epochs()
        return self._watched()

    def _watched(self) -> Iterator[EpochResult]:
        for result in self._training.epochs():
            self._last = (result,)
            for watch in self._watches:
                watch()
            yield result

    def turn(self, key: str, value: Value) -> int | None:
        """Turn a live key.

        Returns:
            How many epochs there will be in all, where that is another number now.

        Raises:
            ValueError: this training cannot; the text tells so.
        """
        if key == "model.temperature" and isinstance(value, int | float):
            self.temperature = float(value)  # how it writes, and not how it learns
            return None
        try:
            self._training.set(SETTINGS[key].short, value)
        except TutorError as error:
            raise ValueError(str(error)) from error
        except ValueError as error:
            raise ValueError(translate("runs.cannot-turn", key=key)) from error
        if key == "loss.name":
            self._loss = str(value)
        elif key == "model.keyword":
            self._keyword = str(value)
        return self._planned_anew()

    def _planned_anew(self) -> int | None:
        """The number of epochs, where it has become another one."""
        training = self._training.first if isinstance(self._training, CrossValidation) else self._training
        planned = training.planned_epochs if isinstance(training, NetworkTraining) else self._epochs
        before, self._epochs = self._epochs, planned
        return planned if planned != before else None

    def scenes(self) -> Iterable[tuple[str, dict[str, object]]]:
        """By panel, what is new of what seldom changes."""
        with np.errstate(all="ignore"):
            for name, panel in self._panels.items():
                scene = panel.scene()
                if scene is not None:
                    yield name, scene

    def frames(self) -> Iterable[tuple[str, dict[str, object]]]:
        """By panel, what it shows now."""
        with np.errstate(all="ignore"):
            for name, panel in self._panels.items():
                frame = panel.frame()
                if frame is not None:
                    yield name, frame

    def facts(self) -> dict[str, float]:
        """Parameters of a small model as facts (``final.w``, ``final.threshold``), and what panels tell."""
        measured = self._training.small_parameters()
        with np.errstate(all="ignore"):
            for panel in self._panels.values():
                if isinstance(panel, Telling):
                    measured = measured | panel.facts()
        return {f"final.{name}": value for name, value in measured.items()}

    def data_facts(self) -> DataFacts:
        """The data and the model, for the first event."""
        data = self._dataset
        return DataFacts(
            name=data.name,
            task=data.task,
            train_rows=len(data.x_train),
            valid_rows=len(data.x_valid),
            feature_names=self.feature_names[:_MOST_NAMES],
            target_name=self.target_name,
            class_names=self.class_names[:_MOST_NAMES],
            parameters=sum(array.size for name, array in self._stored().items() if not name.startswith(_NOT_TRAINED)),
            epochs=self._epochs if self.spec.train.updates else 0,
            notes=tuple(harmless_line(note) for note in data.notes),
        )

    def save(self, path: Path) -> None:
        """Write the parameters to ``path``, aside and then in place.

        Raises:
            OSError: there is no room.
        """
        write_weights(path, self._stored())

    def _stored(self) -> dict[str, Array]:
        inner = self.network_training
        if inner is not None:
            return inner.stored()
        return self._training.parameters()

    # -- for the panels ---------------------------------------------------------------------------------------

    @cached_property
    def x_train(self) -> Array:
        """X (N, d) in the units of the data; made when a panel asks, for it takes as much memory as the data."""
        return self._raw(self._dataset.x_train)

    @cached_property
    def x_valid(self) -> Array:
        """The same of the rows kept for validation, (M, d)."""
        return self._raw(self._dataset.x_valid)

    def _raw(self, x: Array) -> Array:
        return self._dataset.raw(x) if self._dataset.features else x

    def predict(self, x: Array) -> Array:
        """Values (N,) of a regression, or probabilities (N, classes), for X (N, d) in the units of the data."""
        return self._training.predict(x)

    def weights(self) -> tuple[list[str], list[float]]:
        """See `tutor.runs.worker.parameter_names.named_parameters`."""
        return named_parameters(self.spec, self._dataset, self._training, self.feature_names)

    def point(self) -> tuple[float, float] | None:
        """Weight and bias of a line, both parameters of a bowl, or a parameter and its value; else None."""
        small = self._training.small_parameters()
        if "w" not in small:
            return None
        return small["w"], small["b"] if "b" in small else small["f"]

    def value(self, w: Array, b: Array) -> Array:
        """A drawn function at each (w, b)."""
        two = "b" in self._training.small_parameters()
        return self._training.predict(np.column_stack([w, b]) if two else w[:, None])

    def loss_name(self) -> str:
        """The loss in use now."""
        return self._loss

    def threshold(self) -> float:
        """The threshold of a rule, in the units of the data."""
        return self._training.small_parameters()["threshold"]

    def lines(self) -> tuple[str, ...]:
        """The lines of a text that are trained on; nothing where there is none."""
        return self._dataset.lines

    def rule_column(self) -> int:
        """The feature that a rule looks at."""
        return self._dataset.feature_names.index(self._keyword)

    @property
    def network_training(self) -> NetworkTraining | None:
        """The training where it is that of one network, or of a line, which is one too."""
        return self._training if isinstance(self._training, NetworkTraining) else None

    def parameters_norm(self) -> float:
        """‖θ‖ of all parameters that are trained, as the training has them."""
        inner = self.network_training
        theta = self._training.parameters()["theta"] if inner is None else inner.network.parameters
        return float(np.linalg.norm(theta))

    def folds(self) -> Sequence[EpochResult]:
        """The last result of each fold; without cross-validation that of the one training, where a panel shows it."""
        return self._training.fold_results if isinstance(self._training, CrossValidation) else self._last


_PANELS: dict[str, Callable[[MlTrainee], Panel]] = {
    "fit": Fit,
    "curve": Curve,
    "surface": Surface,
    "boundary": Boundary,
    "confusion": Confusion,
    "series": Series,
    "autocorrelation": Autocorrelation,
    "weights": Weights,
    "threshold": Threshold,
    "folds": Folds,
    "updates": Updates,
    "gradients": Gradients,
    "pieces": Pieces,
    "shapes": Shapes,
    "gradient-check": CheckedGradient,
    "digits": Digits,
    "norms": Norms,
    "text": Text,
}
"""All but the loss, which viewers draw from the epochs themselves."""


def _epochs(spec: LabConfig, rows: int) -> int:
    """How many epochs ``spec`` asks for, over so many training examples."""
    train = spec.train
    if not train.updates:
        return train.epochs
    whole = not train.batch_size or not rows or spec.optimizer.name == "gd"
    each = 1 if whole else math.ceil(rows / min(train.batch_size, rows))
    return math.ceil(train.updates / each)


def _found_in(folder: Path | None, data: DataSettings) -> DataSettings:
    """``data`` with a file that does not lie in the present folder looked for in ``folder``."""
    path = named_path(data.path)
    if not data.path or folder is None or path.is_absolute() or path.exists():
        return data
    return replace(data, path=str(folder / path))
