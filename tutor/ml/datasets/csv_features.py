"""The columns that a table is to be predicted from, as numbers: words encoded, empty cells dealt with, all of it told."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.ml.datasets.csv_columns import MOST_WORDS, Column
from tutor.ml.datasets.csv_reader import FEWEST_ROWS, LONGEST_CELL, Sheet
from tutor.ml.datasets.dataset import Floats, Ints

MOST_CATEGORIES = 20
"""So many different words become a column each."""
MOST_ROWS_LEFT_OUT = 0.05
"""Rows with an empty cell are left out up to this share of all rows; where there are more, cells are filled."""
MOST_VALUES = 4_000_000
"""Numbers in all features together, after encoding."""
_NAMES_SHOWN = 6

Flags = npt.NDArray[np.bool_]


@dataclass
class Encoded:
    """Features (n, d) with nan where a cell is empty, their names, and what there is to tell of them."""

    x: Floats
    names: tuple[str, ...]
    notes: list[str] = field(default_factory=list)


def encode(sheet: Sheet, used: list[str], known: Flags, *, asked_for: bool) -> Encoded:
    """Make numbers of columns.

    Args:
        sheet: the file.
        used: names of columns.
        known: (n,) the rows that have a label; a column is constant if it is so in them.
        asked_for: whether the learner named these columns: one that cannot be used is then a fault, else it is left
            out and told.

    Raises:
        TutorError: a cell is not what its column needs, or nothing is left to predict from.
    """
    arrays: list[Floats] = []
    names: list[str] = []
    constant: list[str] = []
    notes: list[str] = []
    for name in used:
        column = sheet.column(name)
        if column.holds_words:
            if column.words is None or len(column.words) > MOST_CATEGORIES:
                notes.append(_too_many(sheet, column, asked_for=asked_for))
                continue
            new, values = _one_hot(column)
            if column.missing:
                notes.append(translate("ml.note-missing-words", column=name, count=column.missing))
        else:
            new, values = [name], [sheet.numbers(name, missing_allowed=True)]
        if all(_is_constant(each[known]) for each in values):
            constant.append(name)
            continue
        if len(new) > 1:
            words = _listed([each.partition("=")[2] for each in new])
            notes.append(translate("ml.note-one-hot", column=name, count=len(new), values=words))
        arrays += values
        names += new
    if constant:
        notes.append(translate("ml.note-constant", columns=_listed(constant)))
    if not arrays:
        raise TutorError(
            translate("ml.csv-nothing-left", path=sheet.path), hint=" ".join(notes) or translate("ml.csv-no-features")
        )
    if len(arrays) * sheet.rows > MOST_VALUES:
        message = translate("ml.csv-too-many-values", path=sheet.path, columns=len(arrays), rows=sheet.rows)
        raise TutorError(message, hint=translate("ml.csv-too-large-hint"))
    commas = [name for name in used if sheet.columns[name].commas and name in names]
    if commas:
        notes.append(translate("ml.note-decimal-commas", columns=_listed(commas)))
    return Encoded(np.array(arrays).T, tuple(names), notes)


def _too_many(sheet: Sheet, column: Column, *, asked_for: bool) -> str:
    """That a column has too many different words to be used.

    Raises:
        TutorError: it was asked for.
    """
    count = str(len(column.words)) if column.words is not None else f"> {MOST_WORDS}"
    told = translate("ml.note-too-many-words", column=column.name, count=count, most=MOST_CATEGORIES)
    if asked_for:
        raise TutorError(f"{sheet.path}: {told}", hint=translate("ml.csv-not-a-number-hint"))
    return told


def _one_hot(column: Column) -> tuple[list[str], list[Floats]]:
    """A column of 0 and 1 for each word, in the order of the alphabet; an empty cell is 0 in all of them."""
    words, codes = column.words or {}, column.codes
    order = sorted(words)
    names = [f"{column.name}={harmless_line(word[:LONGEST_CELL])}" for word in order]
    return names, [(codes == words[word]).astype(np.float64) for word in order]


def _is_constant(values: Floats) -> bool:
    there = values[~np.isnan(values)]
    return not len(there) or bool((there == there[0]).all())


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return (
        shown if len(names) <= _NAMES_SHOWN else translate("ml.and-more", names=shown, count=len(names) - _NAMES_SHOWN)
    )


def without_holes(sheet: Sheet, encoded: Encoded, rows: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], Floats]:
    """Leave out the rows with an empty cell where they are few.

    What is not left out stays nan, to be filled with the mean of the training rows once these are known. What was
    done is added to the notes.

    Returns:
        The rows of the file to use, (m,), and their features, (m, d).
    """
    x = encoded.x[rows]
    holes = np.isnan(x)
    with_holes = holes.any(axis=1)
    count = int(with_holes.sum())
    if not count:
        return rows, x
    columns = [
        translate("ml.note-missing-of", column=name, count=int(missing))
        for name, missing in zip(encoded.names, holes.sum(axis=0), strict=True)
        if missing
    ]
    leave_out = count <= MOST_ROWS_LEFT_OUT * len(rows) and len(rows) - count >= FEWEST_ROWS
    key = "ml.note-rows-left-out" if leave_out else "ml.note-filled"
    encoded.notes.append(translate(key, rows=count, all=len(rows), columns=_listed(columns)))
    return (rows[~with_holes], x[~with_holes]) if leave_out else (rows, x)


def grouped(sheet: Sheet, name: str) -> Ints:
    """For each row the number of its group, (n,): rows with equal cells in a column belong together.

    Raises:
        TutorError: there is no such column, or it has as good as no equal cells.
    """
    column = sheet.column(name)
    if column.words is not None:
        return column.codes + 1
    numbers = column.numbers
    if np.isnan(numbers).all():
        raise TutorError(translate("ml.csv-too-many-groups", path=sheet.path, column=name, most=MOST_WORDS))
    return np.unique(numbers, return_inverse=True)[1].astype(np.int64)
