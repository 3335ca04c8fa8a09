"""How much a mean absolute error on 45 days depends on which days they are; networks of three and four layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.lessons.figures import Quoted
from tests.lessons.figures.networks import network_training
from tutor.ml.arrays import Array

SEEDS = range(1, 7)
DAYS = 45


def errors(depth: int, seed: int) -> Array:
    """The absolute error on each of the 365 unseen days, after 20 epochs."""
    training = network_training("depth-width", {"model.depth": depth, "train.seed": seed})
    for _ in training.epochs():
        pass
    data = training.dataset
    x = data.x_valid * data.x_scale + data.x_mean
    truth = data.y_valid * data.y_scale + data.y_mean
    return np.asarray(np.abs(training.predict(x) - truth))


def means(each: Array) -> Array:
    """The mean over every stretch of 45 days."""
    sums = np.cumsum(np.concatenate(([0.0], each)))
    return np.asarray((sums[DAYS:] - sums[:-DAYS]) / DAYS)


def standard_error(differences: Sequence[Array]) -> list[float]:
    """The standard error of the mean of 45 paired differences, for each seed."""
    return [float(each.std(ddof=1) / np.sqrt(DAYS)) for each in differences]


def figures() -> dict[str, float]:
    """Over six initialisations."""
    three = [errors(3, seed) for seed in SEEDS]
    four = [errors(4, seed) for seed in SEEDS]
    paired = [deep - shallow for deep, shallow in zip(four, three, strict=True)]
    stretches = [means(each) for each in three]
    changes = [means(each) for each in paired]
    standard = standard_error(paired)
    return {
        "error, least": min(float(each.min()) for each in stretches),
        "error, most": max(float(each.max()) for each in stretches),
        "difference, least": min(float(each.min()) for each in changes),
        "difference, most": max(float(each.max()) for each in changes),
        "standard error, least": min(standard),
        "standard error, most": max(standard),
    }


_ERROR = "is anything from 0.26 to 0.93, depending on which 45 days they are"
_DIFFERENCE = "anywhere between −0.16 and +0.13"
_STANDARD = "is 0.04 to 0.05."
QUOTED = (
    Quoted("relu-depth", _ERROR, "error, least", 0.255, 0.265),
    Quoted("relu-depth", _ERROR, "error, most", 0.925, 0.935),
    Quoted("relu-depth", _DIFFERENCE, "difference, least", -0.165, -0.155),
    Quoted("relu-depth", _DIFFERENCE, "difference, most", 0.125, 0.135),
    Quoted("relu-depth", _STANDARD, "standard error, least", 0.035, 0.045),
    Quoted("relu-depth", _STANDARD, "standard error, most", 0.045, 0.055),
)
