"""The learner's own CSV: what its columns are, what is missing, and what cannot be used, with line and column."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Table

LARGEST_FILE = 50_000_000
"""Bytes."""
MOST_COLUMNS = 500
MOST_CLASSES = 50
_FEWEST_ROWS = 4
_LONGEST_CELL = 200


def load_csv(path: Path, target: str, features: tuple[str, ...]) -> Table:
    """Read a table with a head line.

    The task follows the target column: numbers make a regression, words a classification.

    Args:
        path: the file; UTF-8, commas or semicolons.
        target: the column to predict.
        features: the columns to use; empty for all others.

    Raises:
        TutorError: the file cannot be read, a column is missing, or a cell is not what its column needs.
    """
    names, rows = _read(path)
    if target not in names:
        near = nearest(target, names)
        raise TutorError(
            translate("ml.csv-no-target", path=path, target=target or "–"),
            hint=translate("ml.did-you-mean", near=near)
            if near
            else translate("ml.csv-columns", known=", ".join(names[:20])),
        )
    for name in features:
        if name not in names:
            raise TutorError(translate("ml.no-such-column", column=name, known=", ".join(names[:20])))
    used = [name for name in (features or names) if name != target]
    if not used:
        raise TutorError(translate("ml.csv-no-features", path=path))
    x = np.array([_numbers(path, names, name, rows) for name in used]).T
    y, classes = _target(path, names, target, rows)
    task = CLASSIFICATION if classes else REGRESSION
    return Table(x, y, tuple(used), target, task, class_names=classes, test_fraction=0.2)


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise TutorError(
                translate("ml.csv-too-large", path=path, megabytes=size // 1_000_000, most=LARGEST_FILE // 1_000_000)
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TutorError(translate("ml.csv-unreadable", path=path, reason=error.strerror or str(error))) from error
    except UnicodeDecodeError as error:
        raise TutorError(translate("ml.csv-not-utf8", path=path)) from error
    lines = text.splitlines()
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    try:
        rows = [[harmless_line(cell.strip()) for cell in row] for row in csv.reader(lines, delimiter=separator)]
    except csv.Error as error:
        raise TutorError(translate("ml.csv-unreadable", path=path, reason=str(error))) from error
    return _checked(path, rows)


def _checked(path: Path, rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    if not rows or not any(rows[0]):
        raise TutorError(translate("ml.csv-empty", path=path))
    names = rows[0]
    if len(names) > MOST_COLUMNS:
        raise TutorError(translate("ml.csv-too-wide", path=path, most=MOST_COLUMNS))
    if len(set(names)) < len(names):
        raise TutorError(translate("ml.csv-same-columns", path=path))
    for index, row in enumerate(rows[1:], start=2):
        if row and len(row) != len(names):
            raise TutorError(
                translate("ml.csv-ragged", path=path, line=index, count=len(row), expected=len(names)),
            )
    body = [row for row in rows[1:] if any(row)]
    if len(body) < _FEWEST_ROWS:
        raise TutorError(translate("ml.csv-too-short", path=path, count=len(body), fewest=_FEWEST_ROWS))
    return names, body


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _numbers(path: Path, names: list[str], name: str, rows: list[list[str]]) -> list[float]:
    column = names.index(name)
    values = []
    for index, row in enumerate(rows, start=2):
        value = _number(row[column])
        if value is None:
            raise TutorError(
                translate("ml.csv-not-a-number", path=path, line=index, column=name, cell=row[column][:_LONGEST_CELL]),
                hint=translate("ml.csv-not-a-number-hint"),
            )
        values.append(value)
    return values


def _target(path: Path, names: list[str], target: str, rows: list[list[str]]) -> tuple[np.ndarray, tuple[str, ...]]:
    """The labels, and the classes where the labels are words."""
    column = names.index(target)
    cells = [row[column] for row in rows]
    for index, cell in enumerate(cells, start=2):
        if not cell:
            raise TutorError(translate("ml.csv-no-label", path=path, line=index, column=target))
    numbers = [_number(cell) for cell in cells]
    if all(number is not None for number in numbers):
        return np.array(numbers, dtype=np.float64), ()
    if any(number is not None for number in numbers):
        # Mostly numbers and one word is a slip of the pen, not a classification.
        return np.array(_numbers(path, names, target, rows)), ()
    classes = tuple(sorted(set(cells)))
    if len(classes) > MOST_CLASSES:
        raise TutorError(translate("ml.csv-too-many-classes", path=path, column=target, most=MOST_CLASSES))
    return np.array([classes.index(cell) for cell in cells]), classes
