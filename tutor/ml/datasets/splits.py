"""Which rows are trained on and which are kept back: at random, by groups, by time, once or in N folds.

Rows are numbers into a table. A split into folds cuts up the training rows only; what was kept back before is left
alone, so that it can still be a test when the folds have had their say.
"""

from __future__ import annotations

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import CLASSIFICATION, Ints, RawData

RANDOM, GROUPED, TIME = "random", "grouped", "time"
Split = tuple[Ints, Ints]
"""The rows to train on, and those to validate on; both sorted."""


def kind_of(table: RawData, asked: str) -> str:
    """How rows are told apart: what was asked for, or, for ``auto``, what suits the table.

    Raises:
        TutorError: groups were asked for, and the table has none.
    """
    if asked == GROUPED and table.groups is None:
        raise TutorError(translate("ml.no-groups"), hint=translate("ml.no-groups-hint"))
    if asked != "auto":
        return asked
    if table.ordered:
        return TIME
    return RANDOM if table.groups is None else GROUPED


def keep_back(table: RawData, fraction: float, seed: int, kind: str) -> Split:
    """Keep back a share of the rows, or as many at the end as the table itself says."""
    count = len(table.y)
    everything = np.arange(count)
    if table.valid_rows or kind == TIME:
        cut = count - (table.valid_rows or round(fraction * count))
        return everything[:cut], everything[cut:]
    random = np.random.default_rng([seed, count])
    if kind == GROUPED and table.groups is not None:
        kept = _some_groups(table.groups, fraction, random)
    elif table.task != CLASSIFICATION:
        kept = random.permutation(count)[count - round(fraction * count) :]
    else:
        classes = (np.flatnonzero(table.y == label) for label in np.unique(table.y))
        kept = np.concatenate([random.permutation(rows)[: round(fraction * len(rows))] for rows in classes])
    return np.setdiff1d(everything, kept), np.sort(kept)


def folds(table: RawData, rows: Ints, count: int, seed: int, kind: str) -> list[Split]:
    """Cut ``rows`` into ``count`` folds, each of which is validated on in its turn.

    By time that is validation with a rolling origin: always on the block right after the rows that were trained on.

    Raises:
        TutorError: there are fewer rows, or groups, than folds.
    """
    random = np.random.default_rng([seed, len(rows), count])
    if kind == TIME:
        _at_least(len(rows), count + 1)
        blocks = np.array_split(rows, count + 1)
        return [(np.concatenate(blocks[:number]), blocks[number]) for number in range(1, count + 1)]
    if kind == GROUPED and table.groups is not None:
        place = _share_out_groups(table.groups[rows], count, random)
    else:
        _at_least(len(rows), count)
        place = _share_out_rows(table, rows, count, random)
    return [(rows[place != number], rows[place == number]) for number in range(count)]


def _at_least(there: int, needed: int, message: str = "ml.too-few-for-folds") -> None:
    if there < needed:
        raise TutorError(translate(message, count=there, folds=needed), hint=translate("ml.too-few-for-folds-hint"))


def _some_groups(groups: Ints, fraction: float, random: np.random.Generator) -> Ints:
    """The rows of drawn groups, as many as come nearest to a share of all rows; of several, one at least each side."""
    which, sizes = np.unique(groups, return_counts=True)
    order = random.permutation(len(which))
    wanted = fraction * len(groups)
    taken = int(np.argmin(np.abs(np.concatenate(([0], np.cumsum(sizes[order]))) - wanted)))
    if wanted and len(which) > 1:
        taken = min(max(taken, 1), len(which) - 1)
    return np.flatnonzero(np.isin(groups, which[order[:taken]]))


def _share_out_groups(groups: Ints, count: int, random: np.random.Generator) -> Ints:
    """For each row the fold of its group: large groups first, each to the fold that has the fewest rows."""
    names = random.permutation(np.unique(groups))
    _at_least(len(names), count, "ml.too-few-groups-for-folds")
    sizes = np.array([(groups == name).sum() for name in names])
    filled = np.zeros(count, dtype=np.int64)
    place = np.zeros(len(groups), dtype=np.int64)
    for index in np.argsort(-sizes, kind="stable"):
        fold = int(filled.argmin())
        filled[fold] += sizes[index]
        place[groups == names[index]] = fold
    return place


def _share_out_rows(table: RawData, rows: Ints, count: int, random: np.random.Generator) -> Ints:
    """For each row a fold: all folds are as large, give or take a row, and have each class by its share."""
    order = random.permutation(len(rows))
    if table.task == CLASSIFICATION:
        order = order[np.argsort(table.y[rows][order], kind="stable")]
    place = np.empty(len(rows), dtype=np.int64)
    place[order] = np.arange(len(rows)) % count
    return place
