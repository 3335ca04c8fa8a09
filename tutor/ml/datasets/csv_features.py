"""The columns that a table is to be predicted from, as numbers: words encoded, empty cells dealt with, all told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.tables.columns import MOST_WORDS, Column, Flags, Floats, Ints
from tutor.tables.dialect import clean_name
from tutor.tables.reader import FEWEST_ROWS, LONGEST_NAME, Table
from tutor.tables.report import names_shown, shown

MOST_CATEGORIES = 20
"""So many different words become a column each."""
MOST_ROWS_LEFT_OUT = 0.05
"""Rows with an empty cell are left out up to this share of all rows; where there are more, cells are filled."""
MOST_VALUES = 4_000_000
"""Numbers in all features together, after encoding."""


@dataclass
class Encoded:
    """Features (n, d) with nan where a cell is empty, their names, the columns they come from, and what to tell."""

    x: Floats
    names: tuple[str, ...]
    columns: list[Column]
    notes: list[str] = field(default_factory=list)


def encode(table: Table, used: list[str], known: Flags, *, asked_for: bool) -> Encoded:
    """Make numbers of columns.

    Args:
        table: the file.
        used: names of columns.
        known: (n,) the rows that have a label; a column is constant if it is so in them.
        asked_for: whether the learner named these columns: one that cannot be used is then a fault, else it is left
            out and told.

    Raises:
        TutorError: a cell is not what its column needs, or nothing is left to predict from.
    """
    columns = [(table.column(name), _numbers_of(table, name)) for name in used]
    notes: list[str] = []
    constant: list[str] = []
    kept: list[tuple[str, Floats]] = []
    sources: list[Column] = []
    for column, new in columns:
        if not new:
            notes.append(_too_many(table, column, asked_for=asked_for))
        elif all(_is_constant(values[known]) for _, values in new):
            constant.append(column.name)
        else:
            kept += new
            sources.append(column)
            notes += _told_of(column, new)
    if constant:
        notes.append(translate("ml.note-constant", columns=names_shown(constant)))
    if not kept:
        raise TutorError(
            translate("ml.csv-nothing-left", path=table.path), hint=" ".join(notes) or translate("ml.csv-no-features")
        )
    if len(kept) * table.rows > MOST_VALUES:
        message = translate("ml.csv-too-many-values", path=table.path, columns=len(kept), rows=table.rows)
        raise TutorError(message, hint=translate("ml.csv-too-large-hint"))
    names = tuple(name for name, _ in kept)
    return Encoded(np.array([values for _, values in kept]).T, names, sources, notes)


def _numbers_of(table: Table, name: str) -> list[tuple[str, Floats]]:
    """The columns of numbers that a column becomes, by name; none where it holds too many words.

    Raises:
        TutorError: there is no such column, or a cell among numbers is none.
    """
    column = table.column(name)
    if not column.holds_words:
        return [(name, table.numbers(name, missing_allowed=True))]
    if column.words is None or len(column.words) > MOST_CATEGORIES:
        return []
    return _one_hot(column)


def _told_of(column: Column, new: list[tuple[str, Floats]]) -> list[str]:
    """What there is to tell of a column of words."""
    if not column.holds_words:
        return []
    order = sorted(column.words or {})
    words = names_shown(order)
    told = [translate("ml.note-one-hot", column=shown(column.name), count=len(new), values=words)]
    if column.missing:
        told.append(translate("ml.note-missing-words", column=shown(column.name), count=column.missing))
    if alike := same_but_for_case(order):
        told.append(translate("ml.note-case", column=shown(column.name), values=names_shown(alike)))
    return told


def _too_many(table: Table, column: Column, *, asked_for: bool) -> str:
    """That a column has too many different words to be used.

    Raises:
        TutorError: it was asked for.
    """
    count = str(len(column.words)) if column.words is not None else f"> {MOST_WORDS}"
    told = translate("ml.note-too-many-words", column=shown(column.name), count=count, most=MOST_CATEGORIES)
    if asked_for:
        raise TutorError(f"{table.path}: {told}", hint=translate("ml.csv-not-a-number-hint"))
    return told


def _one_hot(column: Column) -> list[tuple[str, Floats]]:
    """A column of 0 and 1 for each word, in the order of the alphabet; an empty cell is 0 in all of them."""
    words, codes = column.words or {}, column.codes
    return [
        (f"{column.name}={clean_name(word)[:LONGEST_NAME]}", (codes == words[word]).astype(np.float64))
        for word in sorted(words)
    ]


def same_but_for_case(words: Sequence[str]) -> tuple[str, ...]:
    """Those words of which there is another one that differs in upper and lower case only."""
    counts = Counter(word.casefold() for word in words)
    return tuple(word for word in words if counts[word.casefold()] > 1)


def _is_constant(values: Floats) -> bool:
    there = values[~np.isnan(values)]
    return not len(there) or bool((there == there[0]).all())


def without_holes(table: Table, encoded: Encoded, rows: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], Floats]:
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
        translate("ml.note-missing-of", column=shown(name), count=int(missing))
        for name, missing in zip(encoded.names, holes.sum(axis=0), strict=True)
        if missing
    ]
    leave_out = count <= MOST_ROWS_LEFT_OUT * len(rows) and len(rows) - count >= FEWEST_ROWS
    key = "ml.note-rows-left-out" if leave_out else "ml.note-filled"
    encoded.notes.append(translate(key, rows=count, all=len(rows), columns=names_shown(columns)))
    return (rows[~with_holes], x[~with_holes]) if leave_out else (rows, x)


def grouped(table: Table, name: str) -> Ints:
    """For each row the number of its group, (n,): rows with equal cells in a column belong together.

    Rows with nothing in that column are one group, for they may belong together.

    Raises:
        TutorError: there is no such column, it holds too many words, or all of its cells are equal.
    """
    column = table.column(name)
    if column.words is not None:
        groups = column.codes + 1
    elif column.fault is None:
        groups = np.unique(column.numbers, return_inverse=True)[1].astype(np.int64)
    else:
        raise TutorError(
            translate("ml.csv-too-many-groups", path=table.path, column=shown(name), most=MOST_WORDS),
            hint=translate("ml.csv-group-hint"),
        )
    if (groups == groups[0]).all():
        raise TutorError(
            translate("ml.csv-one-group", path=table.path, column=shown(name)), hint=translate("ml.csv-group-hint")
        )
    return groups
