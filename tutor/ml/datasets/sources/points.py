"""Seeded points in the plane, for boundaries that one can see."""

from __future__ import annotations

import numpy as np

from tutor.ml.datasets.dataset import CLASSIFICATION, Floats, Ints, RawData
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings

_NAMES = ("x1", "x2")


def _table(x: Floats, y: Ints, classes: int) -> RawData:
    names = tuple("ABCDEFGH"[:classes])
    return RawData(x, y.astype(np.int64), _NAMES, "class", CLASSIFICATION, class_names=names, test_fraction=0.3)


def blobs(rows: int, noise: float | None, seed: int | None) -> RawData:
    """Three round clouds, (rows, 2); ``noise`` is their standard deviation, 1 unless given."""
    random = np.random.default_rng(0 if seed is None else seed)
    centres = np.array([[0.0, 2.2], [-2.0, -1.2], [2.0, -1.2]])
    y = np.arange(rows or 300) % 3
    x = centres[y] + random.normal(0, 1.0 if noise is None else noise, (len(y), 2))
    return _table(x, y, 3)


def moons(rows: int, noise: float | None, seed: int | None) -> RawData:
    """Two half moons around each other, (rows, 2); ``noise`` is 0.2 unless given."""
    random = np.random.default_rng(0 if seed is None else seed)
    count = rows or 500
    y = np.arange(count) % 2
    angle = random.uniform(0, np.pi, count)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    x = np.where((y == 0)[:, None], upper, lower) + random.normal(0, 0.2 if noise is None else noise, (count, 2))
    return _table(x, y, 2)


def spiral(rows: int, noise: float | None, seed: int | None) -> RawData:
    """Three arms that wind around each other, (rows, 2); ``noise`` bends them, 0.2 unless given."""
    random = np.random.default_rng(0 if seed is None else seed)
    count = rows or 450
    y = np.arange(count) % 3
    radius = random.uniform(0.05, 1.0, count)
    angle = 4 * radius + y * 2 * np.pi / 3 + random.normal(0, 0.2 if noise is None else noise, count)
    x = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    return _table(x, y, 3)


_USES = ("rows", "noise", "seed")
SOURCES: tuple[DataSource[DataSettings], ...] = (
    DataSource("blobs", lambda given, _: blobs(given.rows, given.noise, given.seed), _USES, classes=3),
    DataSource("moons", lambda given, _: moons(given.rows, given.noise, given.seed), _USES, classes=2),
    DataSource("spiral", lambda given, _: spiral(given.rows, given.noise, given.seed), _USES, classes=3),
)
