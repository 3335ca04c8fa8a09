"""From raw data to a data set: choose columns and rows, split, and standardise by the training rows alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Dataset, Floats, Ints, RawData
from tutor.ml.settings import DataSettings
from tutor.tables.distinct import distinct

RANDOM, GROUPED, TIME = "random", "grouped", "time"
Split = tuple[Ints, Ints]
"""The numbers of the rows for training and for validation, both in ascending order."""
_MIN_TRAINING_ROWS = 2


class Splitter(Protocol):
    """Splits rows in place of `keep_back` and `folds`."""

    def split(self, groups: Ints | None, fraction: float, random: np.random.Generator) -> Split:
        """Keep back a fraction of the groups; ``groups``, (n,), says for each row which one it is of.

        Raises:
            TutorError: It cannot split so, or there are no groups.
        """

    def folds(self, rows: int, count: int, random: np.random.Generator) -> list[Split]:
        """Cut the rows 0 to ``rows`` − 1 into folds, each of which is the validation set once.

        Raises:
            TutorError: It cannot split so.
        """


def prepare(table: RawData, settings: DataSettings, splitter: Splitter | None = None) -> Dataset:
    """Split and standardise raw data, once or for each fold.

    Args:
        table: The raw data.
        settings: How it is prepared.
        splitter: Splits the rows; None for the split that the settings ask for.

    Raises:
        TutorError: A feature is unknown, the class order is not an order of the classes, the rows cannot be split as
            asked, or too few rows are left.
    """
    table = _with_features(table, settings.features)
    if settings.rows and not table.ordered and not table.valid_rows:
        table = _fewer_rows(table, settings.rows)
    table = _with_class_order(table, settings.class_order)
    fraction = table.test_fraction if settings.test_fraction is None else settings.test_fraction
    seed = settings.seed or 0
    kind = kind_of(table, settings.split)
    if table.mixes and settings.split == RANDOM and not settings.folds:
        fraction, table = table.valid_rows / len(table.y), replace(table, valid_rows=0)
    # With folds, the test set is kept back before, in the way that suits the data.
    if splitter is not None and not settings.folds:
        train, valid = splitter.split(table.groups, fraction, np.random.default_rng([seed, len(table.y)]))
    else:
        train, valid = keep_back(table, fraction, seed, kind_of(table, "auto") if settings.folds else kind)
    if settings.valid_rows:
        valid = valid[: settings.valid_rows]
    if not settings.folds:
        return _dataset(table, settings, (train, valid))
    if len(valid):
        table = replace(table, notes=(*table.notes, translate("ml.note-kept-for-test", count=len(valid))))
    if splitter is None:
        cut = folds(table, train, settings.folds, seed, kind)
    else:
        _at_least(len(train), settings.folds)
        random = np.random.default_rng([seed, len(train), settings.folds])
        cut = [(train[left], train[right]) for left, right in splitter.folds(len(train), settings.folds, random)]
    each = tuple(_dataset(table, settings, split) for split in cut)
    return replace(each[0], folds=each)


def _dataset(table: RawData, settings: DataSettings, split: Split) -> Dataset:
    """One split of a table: missing values filled and features standardised by the training rows alone."""
    train, valid = split
    if len(train) < _MIN_TRAINING_ROWS:
        raise TutorError(translate("ml.too-few-rows", count=len(train)))
    as_number = settings.target_as == "class-number" and table.task == CLASSIFICATION
    fill = _means(table.x[train])
    table = _without_holes(table, fill)
    # A wide table is large, so its rows are copied once and standardised in place.
    x_train, x_valid = table.x[train], table.x[valid]
    x_mean, x_scale = _statistics(x_train, settings.standardise, shared=table.shared_scale)
    for x in (x_train, x_valid):
        np.subtract(x, x_mean, x)
        np.divide(x, x_scale, x)
    y = table.y.astype(np.float64) if as_number else table.y
    task = REGRESSION if as_number else table.task
    y_mean, y_scale = 0.0, 1.0
    if task == REGRESSION and settings.standardise:
        y_mean = float(y[train].mean())
        y_scale = float(y[train].std()) or 1.0
        y = (y - y_mean) / y_scale
    return Dataset(
        name=settings.name,
        task=task,
        x_train=x_train,
        y_train=y[train],
        x_valid=x_valid,
        y_valid=y[valid],
        feature_names=table.feature_names,
        target_name=table.target_name,
        class_names=table.class_names,
        class_numbers=np.arange(len(table.class_names), dtype=np.float64) if as_number else np.zeros(0),
        x_mean=x_mean,
        x_scale=x_scale,
        y_mean=y_mean,
        y_scale=y_scale,
        ordered=table.ordered,
        lags=table.lags,
        step=table.step,
        notes=table.notes,
        origins=table.origins,
        x_fill=fill,
    )


def _means(x: Floats) -> Floats:
    """The mean of each feature without its missing values, (d,)."""
    there = ~np.isnan(x)
    means: Floats = np.where(there, x, 0.0).sum(axis=0) / np.maximum(1, there.sum(axis=0))
    return means


def _without_holes(table: RawData, means: Floats) -> RawData:
    """Fill missing values with the mean of the training rows, (d,), which adds no information."""
    holes = np.isnan(table.x)
    return replace(table, x=np.where(holes, means, table.x)) if holes.any() else table


def _statistics(x: Floats, standardise: bool, *, shared: bool) -> tuple[Floats, Floats]:
    """Mean and scale of each feature, (d,) each; a constant feature keeps its scale."""
    if not standardise:
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    if shared:
        return np.full(x.shape[1], x.mean()), np.full(x.shape[1], x.std() or 1.0)
    scale = x.std(axis=0)
    return x.mean(axis=0), np.where(scale > 0, scale, 1.0)


# -- which columns, rows and classes ----------------------------------------------------------------------------------


def _with_features(table: RawData, wanted: tuple[str, ...]) -> RawData:
    if not wanted or table.ordered:
        return table
    indices = []
    for name in wanted:
        if name not in table.feature_names:
            near = nearest(name, table.feature_names)
            raise TutorError(
                translate("ml.no-such-column", column=name, known=listed(table.feature_names[:20])),
                hint=translate("ml.did-you-mean", near=near) if near else "",
            )
        indices.append(table.feature_names.index(name))
    origins = tuple(table.origins[index] for index in indices) if table.origins else ()
    return replace(table, x=table.x[:, indices], feature_names=tuple(wanted), origins=origins)


def _fewer_rows(table: RawData, rows: int) -> RawData:
    """The first rows; in a classification as many of each class."""
    if rows >= len(table.y):
        return table
    kept = np.arange(rows)
    if table.task == CLASSIFICATION:
        kept = np.sort(np.lexsort((_rank_in_class(table.y), np.zeros(len(table.y))))[:rows])
    groups = None if table.groups is None else table.groups[kept]
    return replace(table, x=table.x[kept], y=table.y[kept], groups=groups)


def _rank_in_class(y: Ints) -> Ints:
    """For each row, how many rows of its class come before it, (n,)."""
    rank = np.zeros(len(y), dtype=np.int64)
    for label in distinct(y):
        rows = np.flatnonzero(y == label)
        rank[rows] = np.arange(len(rows))
    return rank


def _with_class_order(table: RawData, order: tuple[int, ...]) -> RawData:
    """Give class k the number ``order[k]``."""
    if not order or table.task != CLASSIFICATION:
        return table
    if sorted(order) != list(range(len(table.class_names))):
        raise TutorError(
            translate("ml.not-an-order", order=list(order), count=len(table.class_names) - 1),
        )
    names = [""] * len(order)
    for old, new in enumerate(order):
        names[new] = table.class_names[old]
    return replace(table, y=np.array(order)[table.y], class_names=tuple(names))


# -- which rows are for training and which for validation -------------------------------------------------------------


def kind_of(table: RawData, asked: str) -> str:
    """How rows are split: ``asked``, or, if that is ``auto``, what suits the table.

    Raises:
        TutorError: Groups were asked for, and the table has none.
    """
    if asked == GROUPED and table.groups is None:
        raise TutorError(translate("ml.no-groups"), hint=translate("ml.no-groups-hint"))
    if asked != "auto":
        return asked
    if table.ordered:
        return TIME
    return RANDOM if table.groups is None else GROUPED


def keep_back(table: RawData, fraction: float, seed: int, kind: str) -> Split:
    """Keep back a fraction of the rows, or, if the table comes with rows for validation at its end, those."""
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
        classes = (np.flatnonzero(table.y == label) for label in distinct(table.y))
        kept = np.concatenate([random.permutation(rows)[: round(fraction * len(rows))] for rows in classes])
    left = np.ones(count, dtype=bool)
    left[kept] = False
    return np.flatnonzero(left), np.sort(kept)


def folds(table: RawData, rows: Ints, count: int, seed: int, kind: str) -> list[Split]:
    """Cut ``rows`` into ``count`` folds, each of which is the validation set once.

    Rows that were kept back before are not among ``rows``, so they can still be a test set afterwards. In time order
    this is validation with a rolling origin: the validation set is the block right after the training rows.

    Raises:
        TutorError: There are fewer rows, or groups, than folds.
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
    """The rows of random groups, as near as possible to a fraction of all rows; at least one group on each side."""
    which, sizes = np.unique(groups, return_counts=True)
    order = random.permutation(len(which))
    wanted = fraction * len(groups)
    taken = int(np.argmin(np.abs(np.concatenate(([0], np.cumsum(sizes[order]))) - wanted)))
    if wanted and len(which) > 1:
        taken = min(max(taken, 1), len(which) - 1)
    return np.flatnonzero(np.isin(groups, which[order[:taken]]))


def _share_out_groups(groups: Ints, count: int, random: np.random.Generator) -> Ints:
    """For each row the fold of its group: the largest group first, each to the fold with the fewest rows so far."""
    names = random.permutation(distinct(groups))
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
    """For each row a fold: folds differ by at most one row in size, and have each class in proportion."""
    order = random.permutation(len(rows))
    if table.task == CLASSIFICATION:
        order = order[np.argsort(table.y[rows][order], kind="stable")]
    place = np.empty(len(rows), dtype=np.int64)
    place[order] = np.arange(len(rows)) % count
    return place
