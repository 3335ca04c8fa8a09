"""A table of the learner's own: what its columns are taken for, and every decision told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import listed, translate
from tutor.ml.datasets.csv_features import encode, grouped, same_but_for_case, without_holes
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, RawData
from tutor.tables.columns import MOST_WORDS, Column, Flags, Floats, Ints
from tutor.tables.dialect import clean_name
from tutor.tables.reader import FEWEST_ROWS, LONGEST_NAME, Table, read_table
from tutor.tables.report import column_notes, shown, total_notes

MOST_CLASSES = 50
MOST_FEATURES = 500
_FEWEST_UNREAD = 20
"""Different words from which on they may be numbers that could not be read."""
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
        notes: why it is the task that it is.
    """

    y: Floats | Ints
    known: Flags
    classes: tuple[str, ...]
    notes: list[str]


def load_csv(
    path: Path,
    target: str,
    features: tuple[str, ...] = (),
    *,
    task: str = "auto",
    group: str = "",
    decimal: str = "auto",
) -> RawData:
    """Read a table with a head line.

    Many different numbers to predict make a regression; words, or a few whole numbers, a classification. Words to
    predict from are one-hot encoded where they are few. Whatever is decided is told in the notes of the table.

    Args:
        path: the file.
        target: the column to predict.
        features: the columns to use; empty for all others.
        task: ``regression`` or ``classification``, or ``auto`` to go by the target.
        group: a column whose equal cells belong together, for a split by groups; no feature unless asked for.
        decimal: the decimal mark of the file's numbers, ``point`` or ``comma``; ``auto`` to find out.

    Raises:
        TutorError: the file cannot be read, a column is missing, or a cell is not what its column needs.
    """
    table = read_table(path, decimal=decimal)
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
    encoded = encode(table, used, labels.known, asked_for=bool(features))
    if len(encoded.names) > MOST_FEATURES:
        raise TutorError(
            translate("ml.csv-too-wide", path=path, most=MOST_FEATURES), hint=translate("ml.csv-too-large-hint")
        )
    kept, x = without_holes(table, encoded, np.flatnonzero(labels.known))
    if len(kept) < FEWEST_ROWS:
        raise TutorError(translate("ml.csv-too-short", path=path, count=len(kept), fewest=FEWEST_ROWS))
    groups = grouped(table, group)[kept] if group else None
    notes = [_size_note(table), *table.report.notes([*chosen, target]), *labels.notes, _label_note(table, target)]
    notes += [*column_notes([*encoded.columns, table.columns[target]]), *encoded.notes]
    notes += total_notes(table.columns.values())
    if groups is not None:
        notes.append(translate("ml.note-groups", column=shown(group), count=len(np.unique(groups))))
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
    )


def _whole_names(table: Table, names: tuple[str, ...]) -> list[str]:
    """Names of columns as they were typed, with those put together that hold the comma which parts the names.

    What is no column stays as it is, and is told where it is looked up.
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
    megabytes = f"{table.path.stat().st_size / 1_000_000:.0f}"
    return translate("ml.note-cut", path=table.path, megabytes=megabytes, rows=table.rows)


def _label_note(table: Table, target: str) -> str:
    missing = table.columns[target].missing
    return translate("ml.note-no-label", column=shown(target), count=missing) if missing else ""


def _labels(table: Table, target: str, task: str) -> _Labels:
    """The labels and the task that they make.

    Raises:
        TutorError: they make none, or not the one that is asked for.
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
    values = np.unique(numbers[known])
    if len(values) == 1:
        _refuse_one_value(table, target, f"{values[0]:g}")
    whole = bool((values == np.round(values)).all())
    few = whole and len(values) <= _MOST_CLASS_NUMBERS and int(known.sum()) >= _ROWS_A_CLASS * len(values)
    if task == CLASSIFICATION or (task == "auto" and few):
        names = tuple(f"{value:g}" for value in values)
        _refuse_many_classes(table, target, len(names))
        told = translate("ml.note-number-classes", column=shown(target), count=len(names), values=_some(names))
        return _Labels(np.searchsorted(values, np.where(known, numbers, values[0])), known, names, [told])
    key = "ml.note-regression-of-few" if whole and len(values) <= MOST_CLASSES else "ml.note-regression"
    return _Labels(numbers, known, (), [translate(key, column=shown(target), count=len(values))])


def _are_codes(column: Column) -> bool:
    """Whether numbers are the names of classes, such as 007, in which a zero counts for nothing."""
    return bool(column.padded()) and column.words is not None and len(column.words) <= MOST_CLASSES


def _words(table: Table, column: Column) -> _Labels:
    """Labels that are words: each different one is a class, in the order of the alphabet."""
    target = column.name
    if column.words is None:
        _refuse_many_classes(table, target, MOST_WORDS)
    empty = column.empty_words()
    words = {word: code for word, code in (column.words or {}).items() if word not in empty}
    _refuse_many_classes(table, target, len(words))
    order = sorted(words)
    names = tuple(clean_name(word)[:LONGEST_NAME] for word in order)
    if len(words) == 1:
        _refuse_one_value(table, target, shown(names[0]))
    known = ~column.is_missing
    rank = np.zeros(max(words.values()) + 1, dtype=np.int64)
    rank[[words[word] for word in order]] = np.arange(len(order))
    told = [translate("ml.note-word-classes", column=shown(target), count=len(names), values=_some(names))]
    if alike := same_but_for_case(order):
        told.append(translate("ml.note-case", column=shown(target), values=_some(alike)))
    return _Labels(rank[np.where(known, column.codes, 0)], known, names, told)


def _refuse_unread_numbers(table: Table, column: Column) -> None:
    """Refuse words that are hardly classes: most have a digit and stand in one row only, such as ``0.5 Cr``."""
    words = tuple(word for word in column.words or () if word not in column.empty_words())
    digits = sum(any(map(str.isdigit, word)) for word in words)
    if _FEWEST_UNREAD <= len(words) <= MOST_CLASSES and 2 * len(words) > table.rows and 2 * digits > len(words):
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
    if count > MOST_CLASSES:
        raise TutorError(
            translate("ml.csv-too-many-classes", path=table.path, column=shown(target), most=MOST_CLASSES),
            hint=table.did_you_mean(""),
        )


def _some(names: tuple[str, ...]) -> str:
    """The first few names."""
    first = map(shown, names[:_VALUES_SHOWN])
    return listed((*first, "…") if len(names) > _VALUES_SHOWN else first)
