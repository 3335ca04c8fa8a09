"""A table of the learner's own. Whatever is wrong with it is told with file and line."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Floats, Ints, Table

LARGEST_FILE = 50_000_000
"""Bytes."""
MOST_ROWS = 1_000_000
MOST_COLUMNS = 500
MOST_CLASSES = 50
_FEWEST_ROWS = 4
_LONGEST_CELL = 60
_NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a file.

    Args:
        path: where it lies.
        names: of the columns.
        rows: a cell for each column.
        lines: on which line of the file each row ends.
    """

    path: Path
    names: list[str]
    rows: list[list[str]]
    lines: list[int]

    def cells(self, name: str) -> list[tuple[int, str]]:
        """The cells of a column, each with its line."""
        column = self.names.index(name)
        return [(line, row[column].strip()) for line, row in zip(self.lines, self.rows, strict=True)]

    def numbers(self, name: str) -> list[float]:
        """The cells of a column as finite numbers.

        Raises:
            TutorError: there is no such column, or one of its cells is no number.
        """
        if name not in self.names:
            known = ", ".join(self.names[:_NAMES_SHOWN])
            raise TutorError(
                translate("ml.no-such-column", column=harmless_line(name), known=known), hint=_other(name, self)
            )
        values = []
        for line, cell in self.cells(name):
            value = _number(cell)
            if value is None:
                shown = harmless_line(cell[:_LONGEST_CELL])
                raise TutorError(
                    translate("ml.csv-not-a-number", path=self.path, line=line, column=name, cell=shown),
                    hint=translate("ml.csv-not-a-number-hint"),
                )
            values.append(value)
        return values


def read_sheet(path: Path) -> Sheet:
    """Read the cells of a file with a head line.

    Raises:
        TutorError: it cannot be read, or is no table of a size that can be worked with.
    """
    return _checked(path, _text(path))


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
    sheet = read_sheet(path)
    if target not in sheet.names:
        raise TutorError(
            translate("ml.csv-no-target", path=path, target=harmless_line(target) or "–"), hint=_other(target, sheet)
        )
    used = [name for name in (features or sheet.names) if name != target]
    if not used:
        raise TutorError(translate("ml.csv-no-features", path=path), hint=translate("ml.csv-no-features-hint"))
    x = np.array([sheet.numbers(name) for name in used]).T
    y, classes = _target(sheet, target)
    task = CLASSIFICATION if classes else REGRESSION
    return Table(x, y, tuple(used), target, task, class_names=classes, test_fraction=0.2)


def _other(name: str, sheet: Sheet) -> str:
    """Which column may have been meant."""
    near = nearest(name, sheet.names)
    if near:
        return translate("ml.did-you-mean", near=near)
    return translate("ml.csv-columns", known=", ".join(sheet.names[:_NAMES_SHOWN]))


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise TutorError(
                translate("ml.csv-too-large", path=path, megabytes=size // 1_000_000, most=LARGEST_FILE // 1_000_000),
                hint=translate("ml.csv-too-large-hint"),
            )
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TutorError(
            translate("ml.csv-unreadable", path=path, reason=error.strerror or str(error)),
            hint=translate("ml.csv-unreadable-hint"),
        ) from error
    except UnicodeDecodeError as error:
        raise TutorError(translate("ml.csv-not-utf8", path=path)) from error


def _checked(path: Path, text: str) -> Sheet:
    """The cells of the file, as many in each row as there are columns."""
    lines = text.split("\n")
    separator = ";" if lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator)
    try:
        names = [harmless_line(cell.strip()) for cell in next(reader, [])]
        _check_names(path, names)
        rows: list[list[str]] = []
        places: list[int] = []
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(names):
                told = {"line": reader.line_num, "count": len(row), "expected": len(names)}
                raise TutorError(translate("ml.csv-ragged", path=path, **told), hint=translate("ml.csv-ragged-hint"))
            if len(rows) == MOST_ROWS:
                raise TutorError(
                    translate("ml.csv-too-long", path=path, most=MOST_ROWS), hint=translate("ml.csv-too-large-hint")
                )
            rows.append(row)
            places.append(reader.line_num)
    except csv.Error as error:
        raise TutorError(
            translate("ml.csv-broken", path=path, line=reader.line_num, reason=str(error)),
            hint=translate("ml.csv-ragged-hint"),
        ) from error
    if len(rows) < _FEWEST_ROWS:
        raise TutorError(translate("ml.csv-too-short", path=path, count=len(rows), fewest=_FEWEST_ROWS))
    return Sheet(path, names, rows, places)


def _check_names(path: Path, names: list[str]) -> None:
    if not any(names):
        raise TutorError(translate("ml.csv-empty", path=path), hint=translate("ml.csv-empty-hint"))
    if len(names) > MOST_COLUMNS:
        raise TutorError(
            translate("ml.csv-too-wide", path=path, most=MOST_COLUMNS), hint=translate("ml.csv-too-large-hint")
        )
    twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if twice is not None:
        raise TutorError(
            translate("ml.csv-same-columns", path=path, column=twice), hint=translate("ml.csv-same-columns-hint")
        )


def _number(cell: str) -> float | None:
    """The cell as a finite number; None where it is none."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _target(sheet: Sheet, name: str) -> tuple[Floats | Ints, tuple[str, ...]]:
    """The labels, and the classes where the labels are words."""
    cells = sheet.cells(name)
    for line, cell in cells:
        if not cell:
            raise TutorError(
                translate("ml.csv-no-label", path=sheet.path, line=line, column=name),
                hint=translate("ml.csv-no-label-hint"),
            )
    if any(_number(cell) is not None for _, cell in cells):
        # Mostly numbers and one word is a slip of the pen, not a classification.
        return np.array(sheet.numbers(name)), ()
    words = [harmless_line(cell[:_LONGEST_CELL]) for _, cell in cells]
    classes = tuple(sorted(set(words)))
    if len(classes) > MOST_CLASSES:
        raise TutorError(
            translate("ml.csv-too-many-classes", path=sheet.path, column=name, most=MOST_CLASSES),
            hint=_other(name, sheet),
        )
    if len(classes) < 2:
        raise TutorError(
            translate("ml.csv-one-class", path=sheet.path, column=name, word=classes[0]),
            hint=translate("ml.csv-columns", known=", ".join(sheet.names[:_NAMES_SHOWN])),
        )
    numbers = {word: number for number, word in enumerate(classes)}
    return np.array([numbers[word] for word in words]), classes
