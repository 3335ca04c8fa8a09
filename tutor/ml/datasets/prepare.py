"""From a table to a data set: choose columns, split, standardise by the training rows alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Dataset, Floats, Ints, Table
from tutor.ml.options import DataOptions

_FEWEST_TRAINING_ROWS = 2


def prepare(name: str, table: Table, options: DataOptions) -> Dataset:
    """Split and standardise a table.

    Raises:
        TutorError: a feature is unknown, the class order is no order of the classes, or too few rows are left.
    """
    table = _with_features(table, options.features)
    if options.rows and not table.ordered and not table.valid_rows:
        table = _fewer_rows(table, options.rows)
    table = _with_class_order(table, options.class_order)
    as_number = options.target_as == "class-number" and table.task == CLASSIFICATION
    fraction = table.test_fraction if options.test_fraction is None else options.test_fraction
    train, valid = _split(table, fraction, options.seed or 0)
    if len(train) < _FEWEST_TRAINING_ROWS:
        raise TutorError(translate("ml.too-few-rows", count=len(train)))
    table = _without_holes(table, train)
    x_mean, x_scale = _statistics(table.x[train], options.standardise, shared=table.shared_scale)
    y = table.y.astype(np.float64) if as_number else table.y
    task = REGRESSION if as_number else table.task
    y_mean, y_scale = 0.0, 1.0
    if task == REGRESSION and options.standardise:
        y_mean = float(y[train].mean())
        y_scale = float(y[train].std()) or 1.0
        y = (y - y_mean) / y_scale
    x = (table.x - x_mean) / x_scale
    return Dataset(
        name=name,
        task=task,
        x_train=x[train],
        y_train=y[train],
        x_valid=x[valid],
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


def _without_holes(table: Table, train: Ints) -> Table:
    """Fill what is missing with the mean of the training rows, which tells the model nothing."""
    holes = np.isnan(table.x)
    if not holes.any():
        return table
    there = ~holes[train]
    means = np.where(there, table.x[train], 0.0).sum(axis=0) / np.maximum(1, there.sum(axis=0))
    return replace(table, x=np.where(holes, means, table.x))


def _with_features(table: Table, wanted: tuple[str, ...]) -> Table:
    if not wanted or table.ordered:
        return table
    indices = []
    for name in wanted:
        if name not in table.feature_names:
            near = nearest(name, table.feature_names)
            raise TutorError(
                translate("ml.no-such-column", column=name, known=", ".join(table.feature_names[:20])),
                hint=translate("ml.did-you-mean", near=near) if near else "",
            )
        indices.append(table.feature_names.index(name))
    return replace(table, x=table.x[:, indices], feature_names=tuple(wanted))


def _fewer_rows(table: Table, rows: int) -> Table:
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


def _with_class_order(table: Table, order: tuple[int, ...]) -> Table:
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


def _split(table: Table, fraction: float, seed: int) -> tuple[Ints, Ints]:
    """Rows for training and validation: the end of a series, else a seeded draw of groups, or of each class's share."""
    count = len(table.y)
    if table.valid_rows:
        return np.arange(count - table.valid_rows), np.arange(count - table.valid_rows, count)
    if table.ordered:
        cut = count - round(fraction * count)
        return np.arange(cut), np.arange(cut, count)
    random = np.random.default_rng([seed, count])
    if table.groups is not None:
        return _split_groups(table.groups, fraction, random)
    if table.task != CLASSIFICATION:
        order = random.permutation(count)
        cut = count - round(fraction * count)
        return np.sort(order[:cut]), np.sort(order[cut:])
    valid = [
        random.permutation(rows)[: round(fraction * len(rows))]
        for rows in (np.flatnonzero(table.y == label) for label in np.unique(table.y))
    ]
    chosen = np.sort(np.concatenate(valid))
    return np.setdiff1d(np.arange(count), chosen), chosen


def _split_groups(groups: Ints, fraction: float, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Whole groups for validation, as many as come nearest to the share of rows; of several, one at least each side."""
    which, sizes = np.unique(groups, return_counts=True)
    order = random.permutation(len(which))
    wanted = fraction * len(groups)
    taken = int(np.argmin(np.abs(np.concatenate(([0], np.cumsum(sizes[order]))) - wanted)))
    if wanted and len(which) > 1:
        taken = min(max(taken, 1), len(which) - 1)
    chosen = np.isin(groups, which[order[:taken]])
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def _statistics(x: Floats, standardise: bool, *, shared: bool) -> tuple[Floats, Floats]:
    """Mean and scale of each feature, (d,) each; a constant feature keeps its scale."""
    if not standardise:
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    if shared:
        return np.full(x.shape[1], x.mean()), np.full(x.shape[1], x.std() or 1.0)
    scale = x.std(axis=0)
    return x.mean(axis=0), np.where(scale > 0, scale, 1.0)
