"""Reads rows that a trained model has not seen, and encodes them exactly as those that it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import Floats, Origin
from tutor.ml.datasets.sources.own_table import word_name
from tutor.tables.columns import MAX_WORDS, Column
from tutor.tables.dialect import clean_name, tidy
from tutor.tables.reader import Table, read_table
from tutor.tables.report import names_shown, number_notes, shown


@dataclass(frozen=True)
class NewRows:
    """Rows to predict.

    Args:
        x: The features in the units of the data, (n, d); nan for a missing number.
        labels: If the file has the column that is predicted: the labels, (n,), nan for those that are missing or of no
            class that the model knows; in a classification they are the numbers of the classes.
        notes: Sentences for the learner about empty cells, and about how the file was read.
    """

    x: Floats
    labels: Floats | None
    notes: tuple[str, ...] = ()


def read_new_rows(
    path: Path, origins: Sequence[Origin], target: str, classes: Sequence[str], *, decimal: str = "auto"
) -> NewRows:
    """Read a table with a header that has every column that the features come from. Other columns are ignored.

    Args:
        path: The file.
        origins: Where each feature comes from, d.
        target: The name of what is predicted.
        classes: The names of its classes; empty in a regression.
        decimal: The decimal mark of the file's numbers, ``point`` or ``comma``; ``auto`` to find out.

    Raises:
        TutorError: The file cannot be read or is too large, a column is missing, or a cell is not what the model was
            trained with.
    """
    table = read_table(path, decimal=decimal, fewest=1)
    if table.cut:
        raise TutorError(
            translate("predict.too-large", path=path, rows=table.rows), hint=translate("predict.too-large-hint")
        )
    _refuse_missing_columns(table, origins)
    words = _words_by_column(origins)
    codes = {name: _codes(table, name, known) for name, known in words.items()}
    x = np.empty((table.rows, len(origins)))
    for index, origin in enumerate(origins):
        if origin.word is None:
            x[:, index] = table.numbers(clean_name(origin.column), missing_allowed=True)
        else:
            x[:, index] = codes[origin.column] == words[origin.column].index(origin.word)
    notes = _shifted_rows(table)
    numbers = [origin.column for origin in origins if origin.word is None]
    notes += number_notes([table.column(name) for name in dict.fromkeys(numbers)])
    if filled := [name for name in numbers if table.column(name).missing]:
        notes.append(translate("predict.filled", columns=names_shown(filled)))
    if empty := [name for name, code in codes.items() if (code < 0).any()]:
        notes.append(translate("predict.no-word", columns=names_shown(empty)))
    return NewRows(x, _labels(table, clean_name(target), classes), tuple(notes))


def _shifted_rows(table: Table) -> list[str]:
    """A note if the numbers of the rows are not those of the lines below the header."""
    first = table.report.dialect.body + 1
    row = next((index for index, line in enumerate(table.lines) if line != first + index), None)
    return [] if row is None else [translate("predict.row-is-line", row=row + 1, line=table.lines[row])]


def _words_by_column(origins: Sequence[Origin]) -> dict[str, list[str]]:
    """The words that the model knows, by column."""
    words: dict[str, list[str]] = {}
    for origin in origins:
        if origin.word is not None:
            words.setdefault(origin.column, []).append(origin.word)
    return words


def _refuse_missing_columns(table: Table, origins: Sequence[Origin]) -> None:
    missing = [
        name for name in dict.fromkeys(origin.column for origin in origins) if clean_name(name) not in table.columns
    ]
    if not missing:
        return
    near = nearest(missing[0], table.names)
    line = table.report.dialect.head_line
    raise TutorError(
        translate("predict.no-columns", path=table.path, line=line, count=len(missing), columns=names_shown(missing)),
        hint=translate("predict.rename", near=shown(near), column=shown(missing[0]))
        if near
        else translate("predict.no-columns-hint"),
    )


def _codes(table: Table, name: str, known: Sequence[str]) -> Floats:
    """For each row the index of its cell among the ``known`` words of a column, (n,); −1 for an empty cell.

    Raises:
        TutorError: A cell is another word.
    """
    column = table.column(name)
    if column.words is None:
        raise TutorError(
            translate("predict.too-many-words", path=table.path, column=shown(name), most=MAX_WORDS),
            hint=translate("predict.unknown-word-hint", known=names_shown(known)),
        )
    places = {tidy(word): index for index, word in enumerate(known)}
    if not column.words.keys() <= places.keys():
        _refuse_word(table, column, places)
    by_code = np.full(len(column.words) + 1, -1.0)  # the last one is for the code −1
    for word, code in column.words.items():
        by_code[code] = places[word]
    return np.asarray(by_code[column.codes])


def _refuse_word(table: Table, column: Column, known: dict[str, int]) -> None:
    """Refuse the first cell whose word was not there in the training."""
    words = column.words or {}
    strange = np.isin(column.codes, [code for word, code in words.items() if word not in known])
    row = int(np.flatnonzero(strange)[0])
    cell = next(word for word, code in words.items() if code == column.codes[row])
    near = nearest(cell, tuple(known))
    hint = translate("ml.did-you-mean", near=shown(near)) if near else ""
    raise TutorError(
        translate(
            "predict.unknown-word", path=table.path, line=table.lines[row], column=shown(column.name), cell=shown(cell)
        ),
        hint=hint or translate("predict.unknown-word-hint", known=names_shown(tuple(known))),
    )


def _labels(table: Table, target: str, classes: Sequence[str]) -> Floats | None:
    """The labels of the table; None if it has none that the predictions could be compared with."""
    if target not in table.columns:
        return None
    column = table.columns[target]
    if not classes:
        comparable = column.fault is None and not column.decision.ambiguous and column.missing < table.rows
        return np.asarray(column.numbers, dtype=np.float64) if comparable else None
    places = {name: float(index) for index, name in enumerate(classes)}
    labels = np.full(table.rows, np.nan)
    if column.words is not None:
        by_code = np.full(len(column.words) + 1, np.nan)
        for word, code in column.words.items():
            by_code[code] = places.get(word_name(word), np.nan)
        labels = by_code[column.codes]
    if column.fault is None:  # classes that are numbers may be written otherwise, such as 1.0 for 1
        numbers = [places.get(f"{value:g}", np.nan) for value in column.numbers.tolist()]
        labels = np.where(np.isnan(labels), numbers, labels)
    return None if np.isnan(labels).all() else labels
