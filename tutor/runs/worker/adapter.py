"""A training of `tutor.ml` as an engine drives it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from tutor.foundation.errors import TutorError
from tutor.foundation.files import named_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig, Value
from tutor.labs.panel import Panel, Payload
from tutor.labs.panel_context import PanelContext
from tutor.labs.panels import panel_class
from tutor.labs.settings import SETTINGS
from tutor.ml.arrays import Array
from tutor.ml.cross_validation import CrossValidation
from tutor.ml.datasets import load_dataset
from tutor.ml.diagnostics import perturb
from tutor.ml.factory import make_training
from tutor.ml.network.training import NetworkTraining
from tutor.ml.settings import DataSettings
from tutor.ml.training import EpochResult
from tutor.runs.events import DataFacts
from tutor.runs.worker.weights_file import read_weights, write_weights

_MOST_NAMES = 64
_NOT_TRAINED = ("optimizer.", "running.")
"""How the names begin of what is kept with the parameters and is none."""


class MlTrainee:
    """See `tutor.runs.worker.loop.Trainee`. Panels see it through its ``context``.

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
        self.context = PanelContext(spec, self._dataset, self._training, self._epochs)
        self._panels = self._make_panels()
        self._observers = [panel.observe for panel in self._panels.values() if panel.observes]

    def _make_panels(self) -> dict[str, Panel]:
        """The panels that the lab asks for, in its order, without those that this data and model have nothing for."""
        classes = {name: panel_class(name) for name in self.spec.show.panels}
        return {name: panel(self.context) for name, panel in classes.items() if panel.possible(self.context)}

    def epochs(self) -> Iterator[EpochResult]:
        """One result after each epoch; a walk over a landscape misses no step."""
        return self._observed() if self._observers else self._training.epochs()

    def _observed(self) -> Iterator[EpochResult]:
        for result in self._training.epochs():
            for observe in self._observers:
                observe(result)
            yield result

    def turn(self, key: str, value: Value) -> int | None:
        """Turn a live key.

        Returns:
            How many epochs there will be in all, where that is another number now.

        Raises:
            ValueError: this training cannot; the text tells so.
        """
        if not SETTINGS[key].trains:
            self.context.turn(key, value)
            return None
        try:
            self._training.set(SETTINGS[key].short, value)
        except TutorError as error:
            raise ValueError(str(error)) from error
        except ValueError as error:
            raise ValueError(translate("runs.cannot-turn", key=key)) from error
        if key == "loss.name":
            self.context.loss = str(value)
        elif key == "model.keyword":
            self.context.keyword = str(value)
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
        """Parameters of a small model (``final.w``), the judgement of two classes (``final.f1``), facts of panels."""
        measured = self._training.small_parameters()
        with np.errstate(all="ignore"):
            measured = measured | self.context.judgement()
            for panel in self._panels.values():
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
            feature_names=self.context.feature_names[:_MOST_NAMES],
            target_name=self.context.target_name,
            class_names=self.context.class_names[:_MOST_NAMES],
            parameters=sum(array.size for name, array in self._stored().items() if not name.startswith(_NOT_TRAINED)),
            epochs=self._epochs if self.spec.train.updates else 0,
            notes=tuple(harmless_line(note) for note in data.notes),
        )

    def after_training(self, values: Mapping[str, object]) -> tuple[dict[str, Payload], dict[str, float]]:
        """What panels show, and what facts say, at other values of settings that have no effect on the training.

        Args:
            values: By dotted key.

        Returns:
            The frames of the panels that follow these settings, by panel, and the facts that follow them, as `facts`
            names them.
        """
        for key, value in values.items():
            self.context.turn(key, value)
        panels = {name: panel for name, panel in self._panels.items() if panel.after_training & values.keys()}
        with np.errstate(all="ignore"):
            frames = {name: frame for name, panel in panels.items() if (frame := panel.frame()) is not None}
            measured = self.context.judgement()
            for panel in panels.values():
                measured = measured | panel.facts()
        return frames, {f"final.{name}": value for name, value in measured.items()}

    def load(self, path: Path) -> None:
        """Take the parameters that `save` wrote.

        Raises:
            OSError: They cannot be read.
            ValueError: They are damaged, or of another model.
        """
        if not isinstance(self._training, NetworkTraining):
            raise ValueError("no network")
        self._training.load(read_weights(path))

    def save(self, path: Path) -> None:
        """Write the parameters to ``path``, aside and then in place.

        Raises:
            OSError: there is no room.
        """
        write_weights(path, self._stored())

    def _stored(self) -> dict[str, Array]:
        training = self._training
        return training.stored() if isinstance(training, NetworkTraining) else training.parameters()


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
