"""A table of the learner's own: what each of its columns is used for, with a note for every decision.

The column to predict becomes labels, and with them the task. The other columns become numbers: words are one-hot
encoded, constant columns are left out, and rows or cells with missing values are dealt with.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tutor.foundation.errors import TutorError
from tutor.foundation.files import named_path
from tutor.foundation.translate import listed, translate
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Origin, RawData
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings
from tutor.tables.columns import MAX_WORDS, Column, Flags, Floats, Ints
from tutor.tables.dialect import clean_name
from tutor.tables.distinct import distinct
from tutor.tables.reader import LONGEST_NAME, MIN_ROWS, Table, read_table
from tutor.tables.report import column_notes, names_shown, shown, total_notes

_SAMPLE_SEED = 1
"""Of a large file, every run gets the same rows, so that two runs differ only in what the learner changed."""
MAX_CLASSES = 50
MAX_FEATURES = 500
_ENOUGH_TO_TELL = 20
"""With fewer rows, a column may agree with the label by chance."""
_JOINTS = re.compile(r"(?<=\w)[\s_-]+(?=\w)")
_MIN_UNREAD = 20
"""With at least this many different words, or one for each row, the words may be numbers that could not be read."""
_MAX_CLASS_NUMBERS = 10
"""Up to this many different whole numbers may be the names of classes."""
_ROWS_A_CLASS = 10
_VALUES_SHOWN = 6
MAX_CATEGORIES = 20
"""Up to this many different words become a column each."""
MAX_ROWS_LEFT_OUT = 0.05
"""Rows with an empty cell are left out if they are at most this fraction of all rows; else the cells are filled."""
MAX_VALUES = 4_000_000
"""The largest number of cells of all features together, after encoding."""


# -- the whole table ----------------------------------------------------------------------------------------------


def load_labelled_table(
    path: Path,
    target: str,
    features: tuple[str, ...] = (),
    *,
    task: str = "auto",
    group: str = "",
    decimal: str = "auto",
) -> RawData:
    """Read a table with a header.

    A target with many different numbers makes a regression; one of words, or of a few whole numbers, makes a
    classification. Feature columns with few different words are one-hot encoded. The notes of the result report every
    decision.

    Args:
        path: The file.
        target: The column to predict.
        features: The columns to use; empty for all others.
        task: ``regression``, ``classification``, or ``auto`` to let the target decide.
        group: A column whose equal cells belong together, for a split by groups. It is a feature only if it is one of
            ``features``.
        decimal: The decimal mark of the file's numbers, ``point`` or ``comma``; ``auto`` to find out.

    Raises:
        TutorError: The file cannot be read, a column is missing, or a cell is not what its column needs.
    """
    table = read_table(path, decimal=decimal, sample_seed=_SAMPLE_SEED)
    target, group = clean_name(target), clean_name(group)
    if target not in table.columns:
        raise TutorError(
            translate("ml.csv-no-target", path=path, target=shown(target) or "–"), hint=table.did_you_mean(target)
        )
    if group == target:
        raise TutorError(
            translate("ml.csv-group-is-target", path=path, column=shown(target)), hint=translate("ml.csv-group-hint")
        )
    labels = _labels(table, target, task)
    chosen = _whole_names(table, features)
    used = [name for name in (chosen or table.names) if name != target and (chosen or name != group)]
    if not used:
        raise TutorError(translate("ml.csv-no-features", path=path), hint=translate("ml.csv-no-features-hint"))
    encoded = _encode(table, used, labels.known, asked_for=bool(features))
    if len(encoded.names) > MAX_FEATURES:
        raise TutorError(
            translate("ml.csv-too-wide", path=path, most=MAX_FEATURES), hint=translate("ml.csv-too-large-hint")
        )
    kept, x = _without_holes(table, encoded, np.flatnonzero(labels.known))
    if len(kept) < MIN_ROWS:
        raise TutorError(translate("ml.csv-too-short", path=path, count=len(kept), fewest=MIN_ROWS))
    groups = _groups_of(table, group)[kept] if group else None
    notes = [_size_note(table), *table.report.notes([*chosen, target]), *labels.notes, _label_note(table, target)]
    notes += [*column_notes([*encoded.columns, table.columns[target]]), *encoded.notes]
    notes += [
        translate("tables.note-padded", column=shown(column.name), cell=shown(cell))
        for column in encoded.columns
        if not column.holds_words and (cell := column.padded())
    ]
    notes += total_notes(table.columns.values())
    if copies := _copies_of(labels, encoded.columns):
        notes.append(translate("ml.note-copy", columns=names_shown(copies), target=shown(target)))
    if groups is not None:
        notes.append(translate("ml.note-groups", column=shown(group), count=len(distinct(groups))))
    return RawData(
        x,
        labels.y[kept],
        encoded.names,
        target,
        CLASSIFICATION if labels.classes else REGRESSION,
        class_names=labels.classes,
        test_fraction=0.2,
        groups=groups,
        notes=tuple(filter(None, notes)),
        origins=encoded.origins,
    )


def _whole_names(table: Table, names: tuple[str, ...]) -> list[str]:
    """The names of columns as they were typed at commas, with those joined again whose own name has a comma.

    A name that is not a column stays as it is; looking it up reports it.
    """
    whole: list[str] = []
    rest = [clean_name(name) for name in names]
    while rest:
        for end in range(1, len(rest) + 1):
            joined = next((each for each in (", ".join(rest[:end]), ",".join(rest[:end])) if each in table.columns), "")
            if joined:
                break
        else:
            joined, end = rest[0], 1
        whole.append(joined)
        del rest[:end]
    return whole


def _size_note(table: Table) -> str:
    if not table.cut:
        return ""
    return translate("ml.note-sample", path=table.path, total=table.total, rows=table.rows)


def _label_note(table: Table, target: str) -> str:
    missing = table.columns[target].missing
    return translate("ml.note-no-label", column=shown(target), count=missing) if missing else ""


# -- the column to predict ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels.

    Args:
        y: Numbers or class indices, (n,); anything in rows without a label.
        known: Which rows have a label, (n,).
        classes: The names of the classes; empty in a regression.
        notes: Why the task is what it is.
    """

    y: Floats | Ints
    known: Flags
    classes: tuple[str, ...]
    notes: list[str]


def _labels(table: Table, target: str, task: str) -> _Labels:
    """The labels of the target column, and the task.

    Raises:
        TutorError: The column cannot be predicted, or not in the task that was asked for.
    """
    column = table.columns[target]
    if column.missing == table.rows:
        raise TutorError(
            translate("ml.csv-no-labels", path=table.path, column=shown(target)), hint=table.did_you_mean("")
        )
    if task != REGRESSION and (column.holds_words or _are_codes(column)):
        if task == "auto":
            _refuse_unread_numbers(table, column)
        return _words(table, column)
    numbers = table.numbers(target, missing_allowed=True)
    known = ~column.is_missing
    values = distinct(numbers[known])
    if len(values) == 1:
        _refuse_one_value(table, target, f"{values[0]:g}")
    whole = bool((values == np.round(values)).all())
    few = whole and len(values) <= _MAX_CLASS_NUMBERS and int(known.sum()) >= _ROWS_A_CLASS * len(values)
    if task == CLASSIFICATION or (task == "auto" and few):
        names = tuple(f"{value:g}" for value in values)
        _refuse_many_classes(table, target, len(names))
        told = translate("ml.note-number-classes", column=shown(target), count=len(names), values=_some(names))
        return _Labels(np.searchsorted(values, np.where(known, numbers, values[0])), known, names, [told])
    key = "ml.note-regression-of-few" if whole and len(values) <= MAX_CLASSES else "ml.note-regression"
    return _Labels(numbers, known, (), [translate(key, column=shown(target), count=len(values))])


def _are_codes(column: Column) -> bool:
    """Whether numbers are codes with leading zeros, such as 007, and so the names of classes."""
    return bool(column.padded()) and column.words is not None and len(column.words) <= MAX_CLASSES


def _words(table: Table, column: Column) -> _Labels:
    """Labels that are words: each different word is a class, in alphabetical order."""
    target = column.name
    if column.words is None:
        _refuse_many_classes(table, target, MAX_WORDS)
    empty = column.empty_words()
    words = {word: code for word, code in (column.words or {}).items() if word not in empty}
    _refuse_many_classes(table, target, len(words))
    order = sorted(words)
    names = tuple(map(word_name, order))
    if len(words) == 1:
        _refuse_one_value(table, target, shown(names[0]))
    known = ~column.is_missing
    rank = np.zeros(max(words.values()) + 1, dtype=np.int64)
    rank[[words[word] for word in order]] = np.arange(len(order))
    told = [translate("ml.note-word-classes", column=shown(target), count=len(names), values=_some(names))]
    if alike := _nearly_same(order):
        told.append(translate("ml.note-case", column=shown(target), values=_some(alike)))
    return _Labels(rank[np.where(known, column.codes, 0)], known, names, told)


def _refuse_unread_numbers(table: Table, column: Column) -> None:
    """Refuse words that are probably numbers: most have a digit and occur in one row only, such as ``0.5 Cr``."""
    words = tuple(word for word in column.words or () if word not in column.empty_words())
    digits = sum(any(map(str.isdigit, word)) for word in words)
    many = len(words) >= _MIN_UNREAD or len(words) == table.rows
    if many and len(words) <= MAX_CLASSES and 2 * len(words) > table.rows and 2 * digits > len(words):
        told = translate(
            "ml.csv-unread-numbers", path=table.path, column=shown(column.name), count=len(words), rows=table.rows,
            values=_some(words),
        )  # fmt: skip
        raise TutorError(told, hint=translate("ml.csv-unread-numbers-hint"))


def _refuse_one_value(table: Table, target: str, value: str) -> None:
    raise TutorError(
        translate("ml.csv-one-class", path=table.path, column=shown(target), word=value), hint=table.did_you_mean("")
    )


def _refuse_many_classes(table: Table, target: str, count: int) -> None:
    if count > MAX_CLASSES:
        raise TutorError(
            translate("ml.csv-too-many-classes", path=table.path, column=shown(target), most=MAX_CLASSES),
            hint=table.did_you_mean(""),
        )


def _some(names: tuple[str, ...]) -> str:
    """The first few names."""
    first = map(shown, names[:_VALUES_SHOWN])
    return listed((*first, "…") if len(names) > _VALUES_SHOWN else first)


# -- the columns to predict from ----------------------------------------------------------------------------------


@dataclass
class _Encoded:
    """Features (n, d) with nan for empty cells, their names, the columns used, where each comes from, and notes."""

    x: Floats
    names: tuple[str, ...]
    columns: list[Column]
    origins: tuple[Origin, ...] = ()
    notes: list[str] = field(default_factory=list)


def _encode(table: Table, used: list[str], known: Flags, *, asked_for: bool) -> _Encoded:
    """Turn columns into numbers.

    Args:
        table: The table.
        used: The names of the columns.
        known: The rows that have a label, (n,). A column that is constant in these rows is left out.
        asked_for: Whether the learner named these columns. If so, a column that cannot be used is an error; if not, it
            is left out with a note.

    Raises:
        TutorError: A cell is not what its column needs, or no features are left.
    """
    columns = [(table.column(name), _numbers_of(table, name)) for name in used]
    notes: list[str] = []
    constant: list[str] = []
    kept: list[_Feature] = []
    sources: list[Column] = []
    for column, new in columns:
        if not new:
            notes.append(_too_many(table, column, asked_for=asked_for))
        elif all(_is_constant(each.values[known]) for each in new):
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
    if len(kept) * table.rows > MAX_VALUES:
        message = translate("ml.csv-too-many-values", path=table.path, columns=len(kept), rows=table.rows)
        raise TutorError(message, hint=translate("ml.csv-too-large-hint"))
    names, origins = tuple(each.name for each in kept), tuple(each.origin for each in kept)
    return _Encoded(np.array([each.values for each in kept]).T, names, sources, origins, notes)


class _Feature(NamedTuple):
    """One feature: its name, where it comes from, and its values with nan for empty cells, (n,)."""

    name: str
    origin: Origin
    values: Floats


def _numbers_of(table: Table, name: str) -> list[_Feature]:
    """The named columns of numbers that a column becomes; empty if it has too many different words.

    Raises:
        TutorError: There is no such column, or one of its numbers cannot be read.
    """
    column = table.column(name)
    if not column.holds_words:
        return [_Feature(name, Origin(name), table.numbers(name, missing_allowed=True))]
    if column.words is None or len(column.words) > MAX_CATEGORIES:
        return []
    return _one_hot(column)


def _told_of(column: Column, new: list[_Feature]) -> list[str]:
    """The notes on a column of words; none for a column of numbers."""
    if not column.holds_words:
        return []
    order = sorted(column.words or {})
    words = names_shown(order)
    told = [translate("ml.note-one-hot", column=shown(column.name), count=len(new), values=words)]
    if column.missing:
        told.append(translate("ml.note-missing-words", column=shown(column.name), count=column.missing))
    if alike := _nearly_same(order):
        told.append(translate("ml.note-case", column=shown(column.name), values=names_shown(alike)))
    return told


def _too_many(table: Table, column: Column, *, asked_for: bool) -> str:
    """The note that a column has too many different words to be used.

    Raises:
        TutorError: The learner asked for the column.
    """
    count = str(len(column.words)) if column.words is not None else f"> {MAX_WORDS}"
    told = translate("ml.note-too-many-words", column=shown(column.name), count=count, most=MAX_CATEGORIES)
    if asked_for:
        raise TutorError(f"{table.path}: {told}", hint=translate("ml.csv-not-a-number-hint"))
    return told


def _one_hot(column: Column) -> list[_Feature]:
    """A column of 0 and 1 for each word, in alphabetical order; an empty cell is 0 in all of them."""
    words, codes = column.words or {}, column.codes
    return [
        _Feature(
            f"{column.name}={word_name(word)}", Origin(column.name, word), (codes == words[word]).astype(np.float64)
        )
        for word in sorted(words)
    ]


def word_name(word: str) -> str:
    """The name of a class or of a feature that stands for one word of a column."""
    return clean_name(word)[:LONGEST_NAME]


def _nearly_same(words: Sequence[str]) -> tuple[str, ...]:
    """The words that differ from another one only in case, width, joints (``New_York``) or outer punctuation."""
    plain = [_JOINTS.sub(" ", unicodedata.normalize("NFKC", word).casefold()).strip(" .,;:'\"") for word in words]
    counts = Counter(plain)
    return tuple(word for word, each in zip(words, plain, strict=True) if each and counts[each] > 1)


def _copies_of(labels: _Labels, columns: Sequence[Column]) -> list[str]:
    """The names of the columns each of which alone gives the label, in the same or in other words."""
    if len(labels.y) < _ENOUGH_TO_TELL or not labels.known.all():
        return []
    if not labels.classes:
        return [each.name for each in columns if not each.holds_words and np.array_equal(each.numbers, labels.y)]
    _, first, which = np.unique(labels.y, return_index=True, return_inverse=True)
    found = []
    for column in columns:
        values = column.codes if column.holds_words else column.numbers
        of_class = values[first]
        says_class = len(distinct(of_class)) == len(labels.classes) and np.array_equal(of_class[which], values)
        if says_class and not column.is_missing.any():
            found.append(column.name)
    return found


def _is_constant(values: Floats) -> bool:
    there = values[~np.isnan(values)]
    return not len(there) or bool((there == there[0]).all())


def _without_holes(table: Table, encoded: _Encoded, rows: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], Floats]:
    """Leave out the rows with an empty cell if they are few, and add a note.

    If they are many, the cells stay nan; `prepare` fills them with the mean of the training rows.

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
    leave_out = count <= MAX_ROWS_LEFT_OUT * len(rows) and len(rows) - count >= MIN_ROWS
    key = "ml.note-rows-left-out" if leave_out else "ml.note-filled"
    encoded.notes.append(translate(key, rows=count, all=len(rows), columns=names_shown(columns)))
    return (rows[~with_holes], x[~with_holes]) if leave_out else (rows, x)


def _groups_of(table: Table, name: str) -> Ints:
    """For each row the number of its group, (n,): rows with equal cells in a column belong together.

    Rows with an empty cell in that column form one group, because they may belong together.

    Raises:
        TutorError: There is no such column, it has too many different words, or all of its cells are equal.
    """
    column = table.column(name)
    if column.words is not None:
        groups = column.codes + 1
    elif column.fault is None:
        groups = np.unique(column.numbers, return_inverse=True)[1].astype(np.int64)
    else:
        raise TutorError(
            translate("ml.csv-too-many-groups", path=table.path, column=shown(name), most=MAX_WORDS),
            hint=translate("ml.csv-group-hint"),
        )
    if (groups == groups[0]).all():
        raise TutorError(
            translate("ml.csv-one-group", path=table.path, column=shown(name)), hint=translate("ml.csv-group-hint")
        )
    return groups


SOURCE: DataSource[DataSettings] = DataSource(
    "csv",
    lambda given, _folder: load_labelled_table(
        named_path(given.path),
        given.target,
        given.features,
        task=given.task,
        group=given.group,
        decimal=given.decimal,
    ),
    uses=("path", "target", "features", "task", "group", "decimal"),
    task="",
    source="the learner",
    licence="",
)
