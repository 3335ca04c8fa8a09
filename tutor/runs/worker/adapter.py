"""Adapts a training of `tutor.ml` to the training loop, and writes the file of its weights."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from tutor.foundation.errors import TutorError
from tutor.foundation.files import named_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import listed, translate
from tutor.labs.lab_config import LabConfig, Value
from tutor.labs.mine import OWN_LOOP, Programs, refuse_unfit
from tutor.labs.panel import Panel, Payload
from tutor.labs.panel_context import PanelContext
from tutor.labs.panels import panel_class
from tutor.labs.settings import SETTINGS
from tutor.ml.arrays import Array
from tutor.ml.cross_validation import CrossValidation
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import REGRESSION
from tutor.ml.diagnostics import perturb
from tutor.ml.factory import make_training
from tutor.ml.network.training import NetworkTraining
from tutor.ml.settings import DataSettings
from tutor.ml.trained_model import pack
from tutor.ml.training import EpochResult, Training
from tutor.runs.events import DataFacts
from tutor.runs.follower import BEST_FILE

if TYPE_CHECKING:
    from tutor.runs.worker.mine import Metric, MineParts

_MAX_NAMES = 64
_NOT_TRAINED = ("optimizer.", "running.")
"""Prefixes of stored arrays that are not parameters of the model."""
_SLOTS_OF_LOSS = ("loss", "output")
"""The slots that belong to one loss, so that no other one can take its place during a training."""
_PIECE = 1 << 16
"""Numbers that are written at once."""
_MAX_KEPT = 500_000
"""The parameters of the best epoch are kept for networks with at most this many, because they need memory twice."""


class TrainingAdapter:
    """A training of `tutor.ml` as a `tutor.runs.worker.loop.Trainable`. Panels see it through its ``context``.

    Args:
        spec: What to train.
        data_folder: The folder of the data sets.
        perturbation: The rounding to try; see `tutor.ml.diagnostics`. None: that of this machine.
        programs: What the learner has written in place of parts of the training, by slot. Call `close` if there is any.

    Raises:
        TutorError: the data cannot be loaded, the settings contradict each other, or a program cannot be used.
    """

    def __init__(
        self,
        spec: LabConfig,
        data_folder: Path | None,
        perturbation: int | None = None,
        programs: Programs | None = None,
    ) -> None:
        self.spec = spec
        self._programs = programs or {}
        self._parts = parts = _parts(self._programs, spec)
        self._predicts = OWN_LOOP not in self._programs
        """Whether the model is known: that of a training loop of the learner's own is not."""
        try:
            splitter = parts if parts is not None and parts.splits else None
            self._dataset = load_dataset(found_in(data_folder, spec.data), data_folder=data_folder, splitter=splitter)
            self._epochs = spec.epochs_with(len(self._dataset.x_train))
            self._metric = parts.metric(self._dataset) if parts is not None else None
            self._training = self._make_training()
        except BaseException:
            self.close()
            raise
        if perturbation is not None:
            perturb(self._training, perturbation)
        self.context = PanelContext(spec, self._dataset, self._training, self._epochs)
        self._best: tuple[int, dict[str, Array]] | None = None
        """The epoch with the lowest validation loss, and the parameters after it."""
        self._lowest = math.inf
        self._last_epoch = 0
        self._panels = self._make_panels()
        self._observers = [panel.observe for panel in self._panels.values() if panel.observes]

    def _make_training(self) -> Training:
        spec, settings = self.spec, replace(self.spec.train, epochs=self._epochs)
        own_loop = self._parts.loop(self._dataset, settings) if self._parts is not None else None
        return own_loop or make_training(
            self._dataset, spec.model, spec.loss.name, spec.optimizer, settings, spec.loss.offset, self._parts
        )

    def _make_panels(self) -> dict[str, Panel]:
        """The panels of the lab, in its order, without those that are impossible for this data and model."""
        classes = {name: panel_class(name) for name in self.spec.show.panels if self._predicts}
        return {name: panel(self.context) for name, panel in classes.items() if panel.can_show(self.context)}

    def close(self) -> None:
        """End the processes of learners' programs."""
        if self._parts is not None:
            self._parts.close()

    def groups(self, together: Callable[[], int]) -> Iterator[Sequence[EpochResult]]:
        """Train, and yield the results of up to ``together()`` epochs at a time. Panels that observe see every one."""
        network = self._network
        if network is None or self._metric is not None or self._observers:
            # These look at the model as each epoch leaves it.
            return ([result] for result in self.epochs())
        return self._counted(network, together)

    def epochs(self) -> Iterator[EpochResult]:
        """Train like `groups`, and yield the result of each epoch while the model is as this epoch left it."""
        network = self._network
        results = self._training.epochs() if network is None else chain.from_iterable(self._counted(network, lambda: 1))
        if self._metric is not None:
            results = self._measured(results, self._metric)
        return self._observed(results) if self._observers else results

    def _measured(self, results: Iterator[EpochResult], metric: Metric) -> Iterator[EpochResult]:
        for result in results:
            yield metric.after(result, self._training.predict)

    def _observed(self, results: Iterator[EpochResult]) -> Iterator[EpochResult]:
        for result in results:
            for observe in self._observers:
                observe(result)
            yield result

    def _counted(self, training: NetworkTraining, together: Callable[[], int]) -> Iterator[Sequence[EpochResult]]:
        """Count epochs, and keep the parameters whenever the validation loss is lower than in every epoch before."""
        fits = len(self._dataset.x_valid) > 0 and training.network.parameters.size <= _MAX_KEPT
        kept = {name: array.copy() for name, array in training.network.learned().items()} if fits else {}
        for results in training.groups(together):
            self._last_epoch = results[-1].epoch
            best = None
            for result in results:
                if fits and result.valid_loss is not None and result.valid_loss < self._lowest:
                    self._lowest, best = result.valid_loss, result.epoch
            if best is not None:
                self._best = best, kept
                for name, array in training.learned_after(best).items():
                    kept[name][...] = array
            yield results

    @property
    def _network(self) -> NetworkTraining | None:
        """The training of the one network whose predictions can be made again; None if there is none."""
        training = self._training
        return training if isinstance(training, NetworkTraining) and not self._dataset.lines else None

    def change_setting(self, key: str, value: Value) -> int | None:
        """Change a live setting.

        Returns:
            How many epochs there will be in all, if that has changed; otherwise None.

        Raises:
            ValueError: this training has no such setting, or not this value; the text says so.
        """
        if not SETTINGS[key].trains:
            self.context.turn(key, value)  # it changes how the model is used, not what it learns
            return None
        own = [slot for slot in _SLOTS_OF_LOSS if slot in self._programs]
        if key == "loss.name" and own:
            raise ValueError(translate("mine.loss-stays", slots=listed(own)))
        try:
            self._training.set(SETTINGS[key].short_name, value)
        except TutorError as error:
            raise ValueError(str(error)) from error
        except ValueError as error:
            raise ValueError(translate("runs.cannot-turn", key=key)) from error
        if key == "loss.name":
            self.context.loss = str(value)
            self._lowest, self._best = math.inf, None  # losses before and after cannot be compared
        elif key == "model.keyword":
            self.context.keyword = str(value)
        return self._planned_anew()

    def _planned_anew(self) -> int | None:
        """The number of epochs, if it has changed."""
        training = self._training.first if isinstance(self._training, CrossValidation) else self._training
        planned = training.planned_epochs if isinstance(training, NetworkTraining) else self._epochs
        before, self._epochs = self._epochs, planned
        return planned if planned != before else None

    def scenes(self) -> Iterable[tuple[str, dict[str, object]]]:
        """Yield the scene of each panel that has a new one."""
        with np.errstate(all="ignore"):
            for name, panel in self._panels.items():
                scene = panel.scene()
                if scene is not None:
                    yield name, scene

    def frames(self) -> Iterable[tuple[str, dict[str, object]]]:
        """Yield the present frame of each panel."""
        with np.errstate(all="ignore"):
            for name, panel in self._panels.items():
                frame = panel.frame()
                if frame is not None:
                    yield name, frame

    def facts(self) -> dict[str, float]:
        """The parameters of a small model (``final.w``), the judgement of two classes (``final.f1``), panels' facts."""
        measured = self._training.small_parameters()
        if not self._predicts:
            return {}
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
            feature_names=self.context.feature_names[:_MAX_NAMES],
            target_name=self.context.target_name,
            class_names=self.context.class_names[:_MAX_NAMES],
            parameters=sum(array.size for name, array in self._stored().items() if not name.startswith(_NOT_TRAINED)),
            epochs=self._epochs if self.spec.train.updates else 0,
            label_variance=self._label_variance(),
            notes=tuple(harmless_line(note) for note in (*data.notes, *self._notes_on_losses())),
        )

    def _notes_on_losses(self) -> list[str]:
        """What the learner has to know about the training losses."""
        training = self._training.first if isinstance(self._training, CrossValidation) else self._training
        averages = isinstance(training, NetworkTraining) and training.averages_batches
        return [translate("ml.note-batch-means", rows=len(self._dataset.x_train))] if averages else []

    def _label_variance(self) -> float:
        valid, train = self.context.y_valid, self.context.y_train
        labels = valid if len(valid) else train
        variance = float(np.var(labels)) if self._dataset.task == REGRESSION and len(labels) else 0.0
        return variance if np.isfinite(variance) else 0.0

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
        """Write the parameters, and what a prediction needs besides, to ``path``; see `tutor.ml.trained_model`.

        If another epoch had a lower validation loss, those after that epoch go to `BEST_FILE` beside it.

        Raises:
            OSError: there is no room.
        """
        network, best = self._network, self._best
        if network is None:
            write_weights(path, self._stored())
            return
        best_epoch = 0 if best is None else best[0]

        def packed(learned: Mapping[str, Array], epoch: int) -> dict[str, Array]:
            threshold = self.context.decision_threshold
            return pack(network, learned, threshold=threshold, epoch=epoch, best_epoch=best_epoch)

        write_weights(path, self._stored() | packed(network.network.learned(), self._last_epoch))
        if best is not None and best_epoch != self._last_epoch:
            write_weights(path.with_name(BEST_FILE), packed(best[1], best_epoch))

    def _stored(self) -> dict[str, Array]:
        training = self._training
        return training.stored() if isinstance(training, NetworkTraining) else training.parameters()


def _parts(programs: Programs, spec: LabConfig) -> MineParts | None:
    if not programs:
        return None
    refuse_unfit(spec, programs)
    from tutor.runs.worker.mine import MineParts  # late, because few runs need the sandbox

    return MineParts(programs)


def found_in(folder: Path | None, data: DataSettings) -> DataSettings:
    """``data`` with the path of its file in ``folder``, if it is not in the current folder."""
    path = named_path(data.path)
    if not data.path or folder is None or path.is_absolute() or path.exists():
        return data
    return replace(data, path=str(folder / path))


def write_weights(path: Path, named: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays as an ``.npz`` file: first under another name, then it replaces ``path``.

    `numpy.savez` holds two copies of an array in memory, for which a large network has no room; this writes an array
    piece by piece.

    Args:
        path: The file.
        named: The arrays by name.

    Raises:
        OSError: there is no room.
    """
    import tempfile
    from zipfile import ZipFile

    descriptor, temporary = tempfile.mkstemp(prefix=".weights.", suffix=".npz", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file, ZipFile(file, "w") as archive:
            for name, array in named.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                    _write(entry, array)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays that `write_weights` wrote, by name.

    Raises:
        OSError: There is no such file, or it cannot be read.
        ValueError: It is damaged.
    """
    from zipfile import BadZipFile
    from zlib import error as zlib_error

    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (BadZipFile, EOFError, zlib_error, NotImplementedError, RuntimeError) as error:
        raise ValueError(str(error)) from error


def _write(file: IO[bytes], array: NDArray[Any]) -> None:
    descr = np.lib.format.dtype_to_descr(array.dtype)
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": array.shape})
    flat = array.reshape(-1)
    for start in range(0, flat.size, _PIECE):
        file.write(np.ascontiguousarray(flat[start : start + _PIECE]).data)
