"""From a table to a data set: choose columns, split, standardise by the training rows alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.ml.datasets import splits
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Dataset, Floats, Ints, RawData
from tutor.ml.settings import DataSettings

_FEWEST_TRAINING_ROWS = 2


def prepare(table: RawData, settings: DataSettings) -> Dataset:
    """Split and standardise a table, once, or for each fold.

    Raises:
        TutorError: a feature is unknown, the class order is no order of the classes, the table cannot be split as
            asked, or too few rows are left.
    """
    table = _with_features(table, settings.features)
    if settings.rows and not table.ordered and not table.valid_rows:
        table = _fewer_rows(table, settings.rows)
    table = _with_class_order(table, settings.class_order)
    fraction = table.test_fraction if settings.test_fraction is None else settings.test_fraction
    seed = settings.seed or 0
    kind = splits.kind_of(table, settings.split)
    # Before folds the test is kept back, and that in the way that suits the data.
    train, valid = splits.keep_back(table, fraction, seed, splits.kind_of(table, "auto") if settings.folds else kind)
    if settings.valid_rows:
        valid = valid[: settings.valid_rows]
    if not settings.folds:
        return _dataset(table, settings, (train, valid))
    if len(valid):
        table = replace(table, notes=(*table.notes, translate("ml.note-kept-for-test", count=len(valid))))
    each = tuple(_dataset(table, settings, split) for split in splits.folds(table, train, settings.folds, seed, kind))
    return replace(each[0], folds=each)


def _dataset(table: RawData, settings: DataSettings, split: splits.Split) -> Dataset:
    """A table once it is split: holes filled, and standardised, by what the training rows alone say."""
    train, valid = split
    if len(train) < _FEWEST_TRAINING_ROWS:
        raise TutorError(translate("ml.too-few-rows", count=len(train)))
    as_number = settings.target_as == "class-number" and table.task == CLASSIFICATION
    table = _without_holes(table, train)
    # Wide tables are large: their rows are taken once, and standardised where they are.
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
        notes=table.notes,
    )


def _without_holes(table: RawData, train: Ints) -> RawData:
    """Fill what is missing with the mean of the training rows, which tells the model nothing."""
    holes = np.isnan(table.x)
    if not holes.any():
        return table
    there = ~holes[train]
    means = np.where(there, table.x[train], 0.0).sum(axis=0) / np.maximum(1, there.sum(axis=0))
    return replace(table, x=np.where(holes, means, table.x))


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
    return replace(table, x=table.x[:, indices], feature_names=tuple(wanted))


def _fewer_rows(table: RawData, rows: int) -> RawData:
    """The first rows, of each class alike."""
    if rows >= len(table.y):
        return table
    kept = np.arange(rows)
    if table.task == CLASSIFICATION:
        kept = np.sort(np.lexsort((_rank_in_class(table.y), np.zeros(len(table.y))))[:rows])
    groups = None if table.groups is None else table.groups[kept]
    return replace(table, x=table.x[kept], y=table.y[kept], groups=groups)


def _rank_in_class(y: Ints) -> Ints:
    """For each row, how many rows of its class come before it."""
    rank = np.zeros(len(y), dtype=np.int64)
    for label in np.unique(y):
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


def _statistics(x: Floats, standardise: bool, *, shared: bool) -> tuple[Floats, Floats]:
    """Mean and scale of each feature, (d,) each; a constant feature keeps its scale."""
    if not standardise:
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    if shared:
        return np.full(x.shape[1], x.mean()), np.full(x.shape[1], x.std() or 1.0)
    scale = x.std(axis=0)
    return x.mean(axis=0), np.where(scale > 0, scale, 1.0)
