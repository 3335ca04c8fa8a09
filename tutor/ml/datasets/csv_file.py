"""A table of the learner's own: what its columns are taken for, and every decision told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import listed, translate
from tutor.ml.datasets.csv_columns import MOST_WORDS
from tutor.ml.datasets.csv_features import encode, grouped, without_holes
from tutor.ml.datasets.csv_reader import FEWEST_ROWS, LONGEST_CELL, MOST_COLUMNS, Sheet, read_sheet
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Floats, Ints, Table

MOST_CLASSES = 50
_MOST_CLASS_NUMBERS = 10
"""So many different whole numbers may still be the names of classes."""
_ROWS_A_CLASS = 10
_VALUES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class _Labels:
    """What is to be predicted.

    Args:
        y: (n,) numbers or class indices; whatever where `known` is not.
        known: (n,) which rows have a label.
        classes: of a classification.
        note: why it is the task that it is.
    """

    y: Floats | Ints
    known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    classes: tuple[str, ...]
    note: str


def load_csv(path: Path, target: str, features: tuple[str, ...] = (), *, task: str = "auto", group: str = "") -> Table:
    """Read a table with a head line.

    Many different numbers to predict make a regression; words, or a few whole numbers, a classification. Words to
    predict from are one-hot encoded where they are few. Whatever is decided is told in the notes of the table.

    Args:
        path: the file.
        target: the column to predict.
        features: the columns to use; empty for all others.
        task: ``regression`` or ``classification``, or ``auto`` to go by the target.
        group: a column whose equal cells belong together, for a split by groups; no feature unless asked for.

    Raises:
        TutorError: the file cannot be read, a column is missing, or a cell is not what its column needs.
    """
    sheet = read_sheet(path)
    if target not in sheet.columns:
        raise TutorError(
            translate("ml.csv-no-target", path=path, target=harmless_line(target) or "–"),
            hint=sheet.did_you_mean(target),
        )
    if group == target:
        raise TutorError(
            translate("ml.csv-group-is-target", path=path, column=target), hint=translate("ml.csv-group-hint")
        )
    labels = _labels(sheet, target, task)
    used = [name for name in (features or sheet.names) if name != target and (features or name != group)]
    if not used:
        raise TutorError(translate("ml.csv-no-features", path=path), hint=translate("ml.csv-no-features-hint"))
    encoded = encode(sheet, used, labels.known, asked_for=bool(features))
    if len(encoded.names) > MOST_COLUMNS:
        raise TutorError(
            translate("ml.csv-too-wide", path=path, most=MOST_COLUMNS), hint=translate("ml.csv-too-large-hint")
        )
    kept, x = without_holes(sheet, encoded, np.flatnonzero(labels.known))
    if len(kept) < FEWEST_ROWS:
        raise TutorError(translate("ml.csv-too-short", path=path, count=len(kept), fewest=FEWEST_ROWS))
    groups = grouped(sheet, group)[kept] if group else None
    notes = [_size_note(sheet), labels.note, _label_note(sheet, target), *encoded.notes]
    if groups is not None:
        notes.append(translate("ml.note-groups", column=group, count=len(np.unique(groups))))
    return Table(
        x,
        labels.y[kept],
        encoded.names,
        target,
        CLASSIFICATION if labels.classes else REGRESSION,
        class_names=labels.classes,
        test_fraction=0.2,
        groups=groups,
        notes=tuple(filter(None, notes)),
    )


def _size_note(sheet: Sheet) -> str:
    if not sheet.cut:
        return ""
    megabytes = f"{sheet.path.stat().st_size / 1_000_000:.0f}"
    return translate("ml.note-cut", path=sheet.path, megabytes=megabytes, rows=sheet.rows)


def _label_note(sheet: Sheet, target: str) -> str:
    missing = sheet.columns[target].missing
    return translate("ml.note-no-label", column=target, count=missing) if missing else ""


def _labels(sheet: Sheet, target: str, task: str) -> _Labels:
    """The labels and the task that they make.

    Raises:
        TutorError: they make none, or not the one that is asked for.
    """
    column = sheet.columns[target]
    if column.missing == sheet.rows:
        raise TutorError(translate("ml.csv-no-labels", path=sheet.path, column=target), hint=sheet.did_you_mean(""))
    if column.holds_words and task != REGRESSION:
        return _words(sheet, target)
    numbers = sheet.numbers(target, missing_allowed=True)
    known = ~column.is_missing
    values = np.unique(numbers[known])
    if len(values) == 1:
        _refuse_one_value(sheet, target, f"{values[0]:g}")
    whole = bool((values == np.round(values)).all())
    few = whole and len(values) <= _MOST_CLASS_NUMBERS and int(known.sum()) >= _ROWS_A_CLASS * len(values)
    if task == CLASSIFICATION or (task == "auto" and few):
        names = tuple(f"{value:g}" for value in values)
        _refuse_many_classes(sheet, target, len(names))
        told = translate("ml.note-number-classes", column=target, count=len(names), values=_some(names))
        return _Labels(np.searchsorted(values, np.where(known, numbers, values[0])), known, names, told)
    return _Labels(numbers, known, (), translate("ml.note-regression", column=target, count=len(values)))


def _words(sheet: Sheet, target: str) -> _Labels:
    """Labels that are words: each different one is a class, in the order of the alphabet."""
    column = sheet.columns[target]
    if column.words is None:
        _refuse_many_classes(sheet, target, MOST_WORDS)
    words = column.words or {}
    _refuse_many_classes(sheet, target, len(words))
    if len(words) == 1:
        _refuse_one_value(sheet, target, harmless_line(next(iter(words))[:LONGEST_CELL]))
    order = sorted(words)
    rank = np.empty(len(order), dtype=np.int64)
    rank[[words[word] for word in order]] = np.arange(len(order))
    names = tuple(harmless_line(word[:LONGEST_CELL]) for word in order)
    codes = column.codes
    told = translate("ml.note-word-classes", column=target, count=len(names), values=_some(names))
    return _Labels(rank[np.maximum(codes, 0)], codes >= 0, names, told)


def _refuse_one_value(sheet: Sheet, target: str, value: str) -> None:
    raise TutorError(
        translate("ml.csv-one-class", path=sheet.path, column=target, word=value), hint=sheet.did_you_mean("")
    )


def _refuse_many_classes(sheet: Sheet, target: str, count: int) -> None:
    if count > MOST_CLASSES:
        raise TutorError(
            translate("ml.csv-too-many-classes", path=sheet.path, column=target, most=MOST_CLASSES),
            hint=sheet.did_you_mean(""),
        )


def _some(names: tuple[str, ...]) -> str:
    """The first few names."""
    return listed((*names[:_VALUES_SHOWN], "…") if len(names) > _VALUES_SHOWN else names)
