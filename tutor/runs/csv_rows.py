"""The rows of a CSV log that another program writes, as epochs: which column holds what, and which rows are one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

_NAMES: dict[str, tuple[str, ...]] = {
    "epoch": ("epoch", "epochs", "step", "iteration"),
    "train_loss": ("train_loss", "loss", "training_loss", "train/loss", "loss/train", "train_loss_epoch"),
    "valid_loss": ("valid_loss", "val_loss", "validation_loss", "valid/loss", "val/loss", "loss/valid", "eval_loss",
                   "test_loss"),
    "train_accuracy": ("train_accuracy", "accuracy", "acc", "train_acc", "train/accuracy", "train/acc"),
    "valid_accuracy": ("valid_accuracy", "val_accuracy", "val_acc", "valid_acc", "val/accuracy", "val/acc"),
    "learning_rate": ("learning_rate", "lr"),
}  # fmt: skip
_NO_METRICS = frozenset({
    "", "step", "global_step", "iteration", "epochs", "batch", "time", "timestamp", "date", "wall_time", "elapsed",
    "seconds", "updates", "gradient_norm",
})  # fmt: skip
"""Columns that count or tell the time."""
_MISSING = frozenset({"", "na", "n/a", "none", "null", "-", "–"})
_DELIMITERS = (",", ";", "\t")
_MOST_METRICS = 20
_LONGEST_METRIC = 40
Epoch = dict[str, float]
"""What was measured, by what it means; what has no meaning to us, by the name of its column."""


def columns_of(heading: Sequence[str]) -> dict[str, int]:
    """Which column holds what, by the names that training programs use; other columns by their own names."""
    names = [name.strip().lower() for name in heading]
    known = {
        meaning: next(names.index(each) for each in spellings if each in names)
        for meaning, spellings in _NAMES.items()
        if any(each in names for each in spellings)
    }
    others = {
        harmless_line(heading[index]).strip()[:_LONGEST_METRIC]: index
        for index, name in enumerate(names)
        if index not in known.values() and name not in _NO_METRICS and name not in _NAMES
    }
    return known | dict(list(others.items())[:_MOST_METRICS])


def metrics_of(epoch: Epoch) -> Epoch:
    """What an epoch measures by names of its own."""
    return {name: value for name, value in epoch.items() if name not in _NAMES}


class Rows:
    """Rows of one file below its heading.

    Args:
        path: The file, for what is said of it.
        heading: Its first line.

    Raises:
        TutorError: no column holds a loss; with file and line.
    """

    def __init__(self, path: Path, heading: str) -> None:
        self._path = path
        self.heading = heading.strip()
        for delimiter in _DELIMITERS:
            self._delimiter = delimiter
            self.columns = columns_of(self._cells(heading))
            if self.columns.keys() & {"train_loss", "valid_loss"}:
                return
        known = ", ".join(_NAMES["train_loss"][:3] + _NAMES["valid_loss"][:3])
        raise TutorError(translate("watch.csv-no-loss", path=path), hint=translate("watch.csv-hint", names=known))

    def _cells(self, line: str) -> list[str]:
        return next(csv.reader([line.strip("\r\n")], delimiter=self._delimiter), [])

    def is_whole(self, line: str) -> bool:
        """Whether ``line``, which has no end, holds as many words as the heading."""
        return len(self._cells(line)) == len(self._cells(self.heading))

    def read(self, line: str, number: int) -> Epoch:
        """The numbers of a line; empty where it has none.

        Raises:
            TutorError: a word stands where a number should; with file and line.
        """
        try:
            cells = self._cells(line)
        except csv.Error as error:
            raise self._no_number(line, number) from error
        epoch: Epoch = {}
        for meaning, index in self.columns.items():
            word = cells[index].strip() if index < len(cells) else ""
            if word.lower() in _MISSING:
                continue
            try:
                epoch[meaning] = float(word)
            except ValueError as error:
                if meaning in _NAMES:  # a column that we do not know may hold words
                    raise self._no_number(word, number) from error
        return epoch

    def _no_number(self, word: str, number: int) -> TutorError:
        text = translate("watch.csv-no-number", path=self._path, line=number, word=harmless_line(word)[:40])
        return TutorError(text, exit_code=ExitCode.CANNOT_READ)


class Gatherer:
    """Rows of the same epoch are one: some programs write a row for each part of it.

    Args:
        at_once: Tell an epoch as soon as its row is there, where the file has shown to have one row for each; else
            only when the next one begins.
    """

    def __init__(self, *, at_once: bool = False) -> None:
        self._at_once = at_once
        self._single: bool | None = None
        """Whether an epoch is one row; None while nobody knows."""
        self._present: Epoch = {}
        self._told = False

    def take(self, row: Epoch) -> Iterator[Epoch]:
        """Take a row; the epochs that are whole now."""
        number = row.get("epoch")
        if number is not None and number == self._present.get("epoch"):
            self._single = False
            if not self._told:
                self._present.update(row)
            return
        before = self.rest()
        if before:
            yield before
        if self._present and self._single is None:
            self._single = True
        self._present, self._told = row, False
        if number is None or (self._at_once and self._single):
            self._told = True
            yield row

    def goes_back(self, row: Epoch) -> bool:
        """Whether ``row`` is of an earlier epoch than the one before it."""
        return row.get("epoch", 0.0) < self._present.get("epoch", row.get("epoch", 0.0))

    def rest(self) -> Epoch:
        """The epoch that waits for further rows, and no longer; empty where none does."""
        waits, self._told = not self._told, True
        return self._present if waits else {}
