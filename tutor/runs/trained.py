"""The trained model of a run: read from its folder, used on new rows, and exported with its preprocessing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Floats
from tutor.ml.datasets.new_rows import NewRows, read_new_rows
from tutor.ml.trained_model import ABOUT, TrainedModel
from tutor.runs.follower import BEST_FILE, WEIGHTS_FILE, RunFollower
from tutor.runs.worker.adapter import found_in, read_weights, write_weights

Epoch = Literal["final", "best"]
_DIGITS = 6
"""Significant digits of a number in a file of predictions."""


@dataclass(frozen=True)
class TrainedRun:
    """A run that has ended, and its model.

    Args:
        run_id: The id of the run.
        spec: What was trained.
        model: The model, after the last epoch or after the best one.
    """

    run_id: str
    spec: LabConfig
    model: TrainedModel


def trained_run(folder: Path, epoch: Epoch = "final") -> TrainedRun:
    """The trained model of the run in ``folder``.

    Args:
        folder: The run's folder.
        epoch: Which parameters: those after the last epoch, or after the one with the lowest validation loss.

    Raises:
        TutorError: The run has not ended, is no training of a network, or its parameters cannot be read.
    """
    follower = RunFollower(folder)
    summary, short = follower.catch_up(), folder.name[-4:]
    spec = summary.spec
    if summary.recorded or spec is None:
        raise TutorError(translate("predict.recorded", run=short), hint=translate("predict.recorded-hint"))
    if not summary.ended:
        raise TutorError(translate("predict.not-ended", run=short), hint=translate("predict.not-ended-hint", run=short))
    if spec.data.folds:
        raise TutorError(translate("predict.folds", run=short), hint=translate("predict.folds-hint"))
    if not spec.model.kind.network or spec.data.name == "text":
        raise TutorError(translate("predict.no-network", run=short, model=spec.model.name))
    model = _model(folder / WEIGHTS_FILE, short)
    if epoch == "best":
        if not model.about.best_epoch:
            raise TutorError(translate("predict.no-best", run=short), hint=translate("predict.no-best-hint"))
        if model.about.best_epoch != model.about.epoch:
            model = _model(folder / BEST_FILE, short)
    lost = epoch == "final" and summary.state == "diverged"
    if lost or not all(np.isfinite(array).all() for array in model.network.named().values()):
        raise TutorError(translate("predict.diverged", run=short), hint=translate("predict.diverged-hint"))
    return TrainedRun(folder.name, spec, model)


def _model(path: Path, short: str) -> TrainedModel:
    try:
        return TrainedModel(read_weights(path))
    except LookupError as error:
        raise TutorError(translate("predict.earlier", run=short), hint=translate("predict.again-hint")) from error
    except FileNotFoundError as error:
        raise TutorError(translate("predict.no-weights", run=short), hint=translate("predict.again-hint")) from error
    except (OSError, ValueError) as error:
        reason = harmless_line(getattr(error, "strerror", None) or str(error))[:200]
        text = translate("predict.damaged", path=path, reason=reason)
        raise TutorError(text, hint=translate("predict.again-hint")) from error


# -- rows to predict ----------------------------------------------------------------------------------------------


def rows_of_file(run: TrainedRun, path: Path) -> NewRows:
    """The rows of a table; see `tutor.ml.datasets.new_rows.read_new_rows`."""
    about = run.model.about
    return read_new_rows(path, run.model.origins, about.target, about.classes, decimal=run.spec.data.decimal)


def validation_rows(run: TrainedRun, data_folder: Path) -> NewRows:
    """The rows that the run kept for validation, loaded or generated again.

    Raises:
        TutorError: There are none, or the data is not what it was when the model was trained.
    """
    data = load_dataset(found_in(data_folder, run.spec.data), data_folder=data_folder)
    # Rows that the learner's own function chose are not known here: some of these were trained on.
    if not run.model.is_of(data) or "split" in run.spec.mine:
        raise TutorError(translate("predict.other-data", run=run.run_id[-4:]), hint=translate("predict.data-hint"))
    if not len(data.x_valid):
        raise TutorError(translate("predict.no-rows", run=run.run_id[-4:]), hint=translate("predict.data-hint"))
    labels = data.y_valid if data.classes else data.label(data.y_valid)
    return NewRows(data.raw(data.x_valid), np.asarray(labels, dtype=np.float64))


# -- predictions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """How well predictions fit the labels that are known.

    Args:
        rows: How many labels are known.
        accuracy: In a classification, the fraction that is predicted; None in a regression.
        mse: In a regression the mean squared error, in the square of the label's unit; None in a classification.
        mae: In a regression the mean absolute error, in the label's unit; None in a classification.
    """

    rows: int
    accuracy: float | None = None
    mse: float | None = None
    mae: float | None = None


@dataclass(frozen=True)
class Predictions:
    """What a model predicts for n rows.

    Args:
        model: The model.
        values: (n,) in a regression; the probabilities, (n, K), in a classification.
        called: In a classification the numbers of the predicted classes, (n,); else None.
    """

    model: TrainedModel
    values: Floats
    called: Floats | None

    def score(self, labels: Floats | None) -> Score | None:
        """How well they fit the labels, (n,), of which those that are nan are unknown; None if none is known."""
        if labels is None or not (known := ~np.isnan(labels)).any():
            return None
        count = int(known.sum())
        if self.called is not None:
            return Score(count, accuracy=float((self.called[known] == labels[known]).mean()))
        apart = self.values[known] - labels[known]
        return Score(count, mse=float((apart**2).mean()), mae=float(np.abs(apart).mean()))

    def csv_lines(self) -> Iterator[str]:
        """The lines of a file of predictions: a header, then a line for each row.

        It has the number of the row from 1, what is predicted for it, and in a classification the probability of each
        class.
        """
        about = self.model.about
        if self.called is None:
            yield _line(["row", about.target])
            for number, value in enumerate(self.values.tolist(), start=1):
                yield _line([str(number), f"{value:.{_DIGITS}g}"])
            return
        yield _line(["row", about.target, *(f"p({name})" for name in about.classes)])
        rows = zip(self.called.tolist(), self.values.tolist(), strict=True)
        for number, (called, probabilities) in enumerate(rows, start=1):
            figures = (f"{probability:.{_DIGITS}g}" for probability in probabilities)
            yield _line([str(number), about.classes[int(called)], *figures])


def predict(run: TrainedRun, rows: NewRows) -> Predictions:
    """What the model of a run predicts for rows."""
    values = run.model.predict(rows.x)
    return Predictions(run.model, values, run.model.classes_of(values) if run.model.about.classes else None)


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(map(harmless_line, cells))
    return text.getvalue()


# -- the model for other programs -----------------------------------------------------------------------------------


def write_model(run: TrainedRun, path: Path) -> None:
    """Write the parameters, the preprocessing and a description as an ``.npz`` file; see `tutor.ml.trained_model`.

    The description also has the id of the run and its lab, as ``run`` and ``lab``.

    Raises:
        OSError: It cannot be written.
    """
    about = msgspec.to_builtins(run.model.about) | {"run": run.run_id, "lab": run.spec.id}
    arrays = run.model.arrays | {ABOUT: np.frombuffer(msgspec.json.encode(about), dtype=np.uint8)}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_weights(path, arrays)
