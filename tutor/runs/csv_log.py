"""A log that another program wrote as CSV, read as a run: Keras, Lightning, or a loop of one's own."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from math import nan
from pathlib import Path

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.runs.recording import Recording
from tutor.runs.registry import Runs

_NAMES: dict[str, tuple[str, ...]] = {
    "epoch": ("epoch", "epochs", "step", "iteration"),
    "train_loss": ("train_loss", "loss", "training_loss", "train/loss", "loss/train", "train_loss_epoch"),
    "valid_loss": ("valid_loss", "val_loss", "validation_loss", "valid/loss", "val/loss", "loss/valid", "eval_loss",
                   "test_loss"),
    "train_accuracy": ("train_accuracy", "accuracy", "acc", "train_acc", "train/accuracy", "train/acc"),
    "valid_accuracy": ("valid_accuracy", "val_accuracy", "val_acc", "valid_acc", "val/accuracy", "val/acc"),
    "learning_rate": ("learning_rate", "lr"),
}  # fmt: skip
_MOST_BYTES = 1 << 30
Epoch = dict[str, float]


def columns_of(heading: Sequence[str]) -> dict[str, int]:
    """Which column holds what, by the names that training programs use."""
    names = [name.strip().lower() for name in heading]
    return {
        meaning: next(names.index(each) for each in known if each in names)
        for meaning, known in _NAMES.items()
        if any(each in names for each in known)
    }


def epochs_of_csv(path: Path) -> Iterator[Epoch]:
    """Each epoch's numbers. Rows of the same epoch are one (some programs write one row for each part of it).

    Raises:
        TutorError: the file cannot be read, or has no loss; with file and line.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TutorError(translate("watch.csv-too-large", path=path))
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            columns = columns_of(next(rows, []))
            if not columns.keys() & {"train_loss", "valid_loss"}:
                known = ", ".join(_NAMES["train_loss"][:3] + _NAMES["valid_loss"][:3])
                raise TutorError(
                    translate("watch.csv-no-loss", path=path), hint=translate("watch.csv-hint", names=known)
                )
            yield from _merged(rows, columns, path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = harmless_line(getattr(error, "strerror", None) or str(error))
        raise TutorError(translate("runs.cannot-read", path=path, reason=reason)) from error


def _merged(rows: Iterator[list[str]], columns: dict[str, int], path: Path) -> Iterator[Epoch]:
    present: Epoch = {}
    for number, row in enumerate(rows, 2):
        if not any(row):
            continue
        values = _values(row, columns, path, number)
        if present and ("epoch" not in columns or values.get("epoch") != present.get("epoch")):
            yield present
            present = {}
        present.update(values)
    if present:
        yield present


def _values(row: list[str], columns: dict[str, int], path: Path, number: int) -> Epoch:
    values = {}
    for meaning, index in columns.items():
        word = row[index].strip() if index < len(row) else ""
        if word:
            try:
                values[meaning] = float(word)
            except ValueError as error:
                text = translate("watch.csv-no-number", path=path, line=number, word=harmless_line(word)[:40])
                raise TutorError(text, exit_code=ExitCode.CANNOT_READ) from error
    return values


def import_csv(path: Path, runs: Runs, name: str = "") -> str:
    """Keep a CSV log as a run that has ended.

    Args:
        path: The file; its heading names the columns.
        runs: Where the run is kept.
        name: What it is called; the file's name where empty.

    Returns:
        The run's id.

    Raises:
        TutorError: it cannot be read as a log; nothing is kept then.
    """
    epochs = list(epochs_of_csv(path))
    known = set().union(*epochs) - {"epoch", "learning_rate"}
    with Recording(name or path.stem, epochs=len(epochs), runs=runs) as run:
        for each in epochs:
            numbers = {meaning: each.get(meaning, nan) for meaning in known - {"train_loss"}}
            run.epoch(
                train_loss=each.get("train_loss") if "train_loss" in known else each.get("valid_loss"),
                valid_loss=numbers.get("valid_loss"),
                train_accuracy=numbers.get("train_accuracy"),
                valid_accuracy=numbers.get("valid_accuracy"),
                learning_rate=each.get("learning_rate"),
            )
    return run.id
