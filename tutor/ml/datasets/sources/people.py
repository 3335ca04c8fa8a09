"""Seeded examples that belong to somebody, and coins that belong to nobody."""

from __future__ import annotations

import numpy as np

from tutor.ml.datasets.dataset import CLASSIFICATION, RawData
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings

SPEAKERS, REPETITIONS = 15, 6
TOSSES = 200
"""Coins of `coins` to choose by, and as many to be judged by."""
_VOWELS = ("i", "I", "E", "A", "a:", "Y", "O", "C:", "U", "u:", "3:")
_DIMENSIONS = 10
_BETWEEN_SPEAKERS, _WITHIN_A_SPEAKER = 1.15, 0.42


def vowels(noise: float | None, seed: int | None) -> RawData:
    """Vowels of 15 speakers, (990, 10): each says 11 vowels six times, all of them in a way of their own.

    Made in the shape of a classic set of recordings. What a speaker does with a vowel differs far more from speaker to
    speaker than from one repetition to the next, whose deviation is ``noise``, 0.42 unless given. The groups are the
    speakers.
    """
    random = np.random.default_rng(0 if seed is None else seed)
    means = random.normal(0, 1, (1, len(_VOWELS), 1, _DIMENSIONS))
    manners = random.normal(0, _BETWEEN_SPEAKERS, (SPEAKERS, len(_VOWELS), 1, _DIMENSIONS))
    shape = (SPEAKERS, len(_VOWELS), REPETITIONS, _DIMENSIONS)
    spoken = means + manners + random.normal(0, _WITHIN_A_SPEAKER if noise is None else noise, shape)
    speaker, vowel, _ = np.indices(shape[:-1])
    names = tuple(f"f{number}" for number in range(1, _DIMENSIONS + 1))
    return RawData(
        spoken.reshape(-1, _DIMENSIONS),
        vowel.reshape(-1),
        names,
        "vowel",
        CLASSIFICATION,
        class_names=_VOWELS,
        groups=speaker.reshape(-1),
    )


def coins(rows: int, seed: int | None) -> RawData:
    """Tosses of a fair coin, (2 · rows, 1): ``rows`` to choose by, `TOSSES` unless given, and as many kept back.

    The one feature is the number of the toss, and says nothing.
    """
    random = np.random.default_rng(0 if seed is None else seed)
    count = rows or TOSSES
    numbers = np.arange(2.0 * count)[:, None]
    fell = random.integers(0, 2, 2 * count)
    return RawData(numbers, fell, ("toss",), "side", CLASSIFICATION, class_names=("tails", "heads"), valid_rows=count)


SOURCES: tuple[DataSource[DataSettings], ...] = (
    DataSource(
        "vowels",
        lambda given, _: vowels(given.noise, given.seed),
        uses=("noise", "seed"),
        classes=len(_VOWELS),
        grouped=True,
    ),
    DataSource(
        "coins",
        lambda given, _: coins(given.rows, given.seed),
        uses=("rows", "seed"),
        classes=2,
        kept_back=True,
    ),
)
