"""Examples made by a seeded generator: known functions, points in the plane, phones, vowels and coins."""

from __future__ import annotations

import numpy as np

from tutor.ml.datasets.dataset import CLASSIFICATION, DRAWN, REGRESSION, Dataset, Floats, Ints, RawData
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings

FRESH_ROWS = 500
"""Examples for the validation of `quadratic`: so many that their loss is not an accident."""
UTTERANCE = 40
"""Frames in one utterance of `phones`."""
_PHONES, _PHONE_DIMENSIONS = 8, 8
SPEAKERS, REPETITIONS = 15, 6
"""Speakers in `vowels`, and how often each says every vowel."""
_VOWELS = ("i", "I", "E", "A", "a:", "Y", "O", "C:", "U", "u:", "3:")
_VOWEL_DIMENSIONS = 10
_BETWEEN_SPEAKERS, _WITHIN_A_SPEAKER = 1.15, 0.42
TOSSES = 200
"""Coins to choose a model by in `coins`; as many more are for judging it."""

# -- functions of x -----------------------------------------------------------------------------------------------


def wave(rows: int, noise: float | None, seed: int | None) -> RawData:
    """The curve y = sin 2πx + x/2 at evenly spaced x from 0 to 1, (rows, 1), by default without noise."""
    random = np.random.default_rng(0 if seed is None else seed)
    x = np.linspace(0.0, 1.0, rows or 200)
    y = np.sin(2 * np.pi * x) + x / 2 + random.normal(0.0, 1.0, len(x)) * (noise or 0.0)
    return RawData(x[:, None], y, ("x",), "y", REGRESSION)


def quadratic(rows: int, noise: float | None, seed: int | None) -> RawData:
    """The parabola y = 1 + x/2 − 1.5 x² at random x, with noise of standard deviation 0.3 by default.

    ``rows`` examples, by default 12, are for training. `FRESH_ROWS` more are for validation.
    """
    random = np.random.default_rng(0 if seed is None else seed)
    deviation = 0.3 if noise is None else noise

    def draw(count: int) -> tuple[Floats, Floats]:
        x = random.uniform(-1, 1, count)
        return x, 1 + 0.5 * x - 1.5 * x**2 + random.normal(0, deviation, count)

    (x, y), (fresh_x, fresh_y) = draw(rows or 12), draw(FRESH_ROWS)
    inputs = np.concatenate([x, fresh_x])[:, None]
    return RawData(inputs, np.concatenate([y, fresh_y]), ("x",), "y", REGRESSION, valid_rows=FRESH_ROWS)


def curve() -> Dataset:
    """A data set without examples: the model is a function to be minimised, and needs none."""
    nothing = np.zeros((0, 0))
    return Dataset("curve", DRAWN, nothing, np.zeros(0), nothing, np.zeros(0))


# -- points in the plane ------------------------------------------------------------------------------------------


def _plane(x: Floats, y: Ints, classes: int) -> RawData:
    """Points in a plane, (n, 2), with their classes."""
    names = tuple("ABCDEFGH"[:classes])
    return RawData(x, y.astype(np.int64), ("x1", "x2"), "class", CLASSIFICATION, class_names=names, test_fraction=0.3)


def blobs(rows: int, noise: float | None, seed: int | None) -> RawData:
    """Three round clouds, (rows, 2); ``noise`` is their standard deviation, by default 1."""
    random = np.random.default_rng(0 if seed is None else seed)
    centres = np.array([[0.0, 2.2], [-2.0, -1.2], [2.0, -1.2]])
    y = np.arange(rows or 300) % 3
    x = centres[y] + random.normal(0, 1.0 if noise is None else noise, (len(y), 2))
    return _plane(x, y, 3)


def moons(rows: int, noise: float | None, seed: int | None) -> RawData:
    """Two interleaved half moons, (rows, 2); ``noise`` is by default 0.2."""
    random = np.random.default_rng(0 if seed is None else seed)
    count = rows or 500
    y = np.arange(count) % 2
    angle = random.uniform(0, np.pi, count)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    x = np.where((y == 0)[:, None], upper, lower) + random.normal(0, 0.2 if noise is None else noise, (count, 2))
    return _plane(x, y, 2)


def spiral(rows: int, noise: float | None, seed: int | None) -> RawData:
    """Three spiral arms, (rows, 2); ``noise``, by default 0.2, is added to the angle."""
    random = np.random.default_rng(0 if seed is None else seed)
    count = rows or 450
    y = np.arange(count) % 3
    radius = random.uniform(0.05, 1.0, count)
    angle = 4 * radius + y * 2 * np.pi / 3 + random.normal(0, 0.2 if noise is None else noise, count)
    x = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    return _plane(x, y, 3)


def coil(rows: int, noise: float | None, seed: int | None) -> RawData:
    """Three arms wound two and a half times around the centre, (rows, 2), by default 2,000.

    ``noise``, by default 0.1, is added to the angle.
    """
    random = np.random.default_rng(0 if seed is None else seed)
    y = np.arange(rows or 2000) % 3
    radius = random.uniform(0.05, 1.0, len(y))
    deviation = 0.1 if noise is None else noise
    angle = 5 * np.pi * radius + y * 2 * np.pi / 3 + random.normal(0, deviation, len(y))
    return _plane(np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1), y, 3)


# -- speech -------------------------------------------------------------------------------------------------------


def phones(rows: int, noise: float | None, seed: int | None, frames: int) -> RawData:
    """Frames of utterances, each labelled with the one of eight phones that is spoken, (rows, 8 · frames).

    A phone lasts for several frames, each utterance has the offset of its speaker, and a single frame is very noisy.
    The features of an example are a frame and its neighbours on both sides; its label is the phone of the middle
    frame. A third as many further utterances are for validation, so none of their frames is in the training set, unless
    a random split is asked for.

    Args:
        rows: Frames for training, rounded down to whole utterances; 0 for 12,000.
        noise: The standard deviation of a frame; None for 1.6.
        seed: The seed of the training utterances; that of the validation utterances is one higher.
        frames: How many neighbouring frames make one example.
    """
    count = max(3, (rows or 300 * UTTERANCE) // UTTERANCE)
    first, fresh = 0 if seed is None else seed, count // 3
    deviation = 1.6 if noise is None else noise
    x = np.empty(((count + fresh) * UTTERANCE, _PHONE_DIMENSIONS * frames))
    y = np.empty(len(x), dtype=np.int64)
    cut = count * UTTERANCE
    _utterances(first, deviation, frames, x[:cut], y[:cut])
    _utterances(first + 1, deviation, frames, x[cut:], y[cut:])
    names = tuple(
        f"f{frame - frames // 2:+d}.{number + 1}" for frame in range(frames) for number in range(_PHONE_DIMENSIONS)
    )
    return RawData(
        x,
        y,
        names,
        "phone",
        CLASSIFICATION,
        class_names=("a", "e", "i", "o", "u", "s", "m", "t"),
        valid_rows=fresh * UTTERANCE,
        mixes=True,
    )


def utterances(count: int, seed: int, noise: float = 1.6) -> tuple[Floats, Ints]:
    """Utterances as `phones` has them: frames (count, 40, 8), without neighbours, and their phones (count, 40).

    The seeds 0 and 1 give the utterances for training and for validation.
    """
    x, y = np.empty((count * UTTERANCE, _PHONE_DIMENSIONS)), np.empty(count * UTTERANCE, dtype=np.int64)
    _utterances(seed, noise, 1, x, y)
    return x.reshape(count, UTTERANCE, _PHONE_DIMENSIONS), y.reshape(count, UTTERANCE)


def _utterances(seed: int, deviation: float, frames: int, x: Floats, y: Ints) -> None:
    """Fill ``x``, (n · 40, 8 · frames), and ``y``, (n · 40,), with the frames of n utterances and their phones."""
    means = np.random.default_rng(99).normal(0, 1, (_PHONES, _PHONE_DIMENSIONS))
    random = np.random.default_rng(seed)
    for start in range(0, len(y), UTTERANCE):
        spoken: list[int] = []
        while len(spoken) < UTTERANCE:
            spoken += [int(random.integers(_PHONES))] * max(2, int(random.poisson(8)))
        labels = np.array(spoken[:UTTERANCE])
        speaker = random.normal(0, 0.5, _PHONE_DIMENSIONS)
        heard = means[labels] + speaker + random.normal(0, deviation, (UTTERANCE, _PHONE_DIMENSIONS))
        x[start : start + UTTERANCE] = with_neighbours(heard, frames)
        y[start : start + UTTERANCE] = labels


def with_neighbours(heard: Floats, frames: int) -> Floats:
    """Each frame of one utterance (length, d) with its neighbours, (length, d · frames); the ends are repeated."""
    padded = np.pad(heard, ((frames // 2, frames // 2), (0, 0)), mode="edge")
    return np.concatenate([padded[start : start + len(heard)] for start in range(frames)], axis=1)


def vowels(noise: float | None, seed: int | None) -> RawData:
    """Vowels of 15 speakers, (990, 10): each speaker says 11 vowels six times.

    They have the shape of a classic set of recordings. A vowel differs far more between speakers than between the
    repetitions of one speaker, whose standard deviation is ``noise``, by default 0.42. The groups are the speakers.
    """
    random = np.random.default_rng(0 if seed is None else seed)
    means = random.normal(0, 1, (1, len(_VOWELS), 1, _VOWEL_DIMENSIONS))
    manners = random.normal(0, _BETWEEN_SPEAKERS, (SPEAKERS, len(_VOWELS), 1, _VOWEL_DIMENSIONS))
    shape = (SPEAKERS, len(_VOWELS), REPETITIONS, _VOWEL_DIMENSIONS)
    spoken = means + manners + random.normal(0, _WITHIN_A_SPEAKER if noise is None else noise, shape)
    speaker, vowel, _ = np.indices(shape[:-1])
    names = tuple(f"f{number}" for number in range(1, _VOWEL_DIMENSIONS + 1))
    return RawData(
        spoken.reshape(-1, _VOWEL_DIMENSIONS),
        vowel.reshape(-1),
        names,
        "vowel",
        CLASSIFICATION,
        class_names=_VOWELS,
        groups=speaker.reshape(-1),
    )


# -- chance -------------------------------------------------------------------------------------------------------


def coins(rows: int, seed: int | None) -> RawData:
    """Tosses of a fair coin, (2 · rows, 1): half are for training, half are kept back.

    The one feature is the number of the toss, which says nothing about its outcome. ``rows`` is by default `TOSSES`.
    """
    random = np.random.default_rng(0 if seed is None else seed)
    count = rows or TOSSES
    numbers = np.arange(2.0 * count)[:, None]
    fell = random.integers(0, 2, 2 * count)
    return RawData(numbers, fell, ("toss",), "side", CLASSIFICATION, class_names=("tails", "heads"), valid_rows=count)


_USES = ("rows", "noise", "seed")
SOURCES: tuple[DataSource[DataSettings], ...] = (
    DataSource("blobs", lambda given, _: blobs(given.rows, given.noise, given.seed), _USES, classes=3),
    DataSource("moons", lambda given, _: moons(given.rows, given.noise, given.seed), _USES, classes=2),
    DataSource("spiral", lambda given, _: spiral(given.rows, given.noise, given.seed), _USES, classes=3),
    DataSource("wave", lambda given, _: wave(given.rows, given.noise, given.seed), _USES, REGRESSION),
    DataSource(
        "quadratic",
        lambda given, _: quadratic(given.rows, given.noise, given.seed),
        _USES,
        REGRESSION,
        kept_back=True,
    ),
    DataSource(
        "phones",
        lambda given, _: phones(given.rows, given.noise, given.seed, given.frames),
        (*_USES, "frames", "split"),
        classes=_PHONES,
        kept_back=True,
    ),
    DataSource("coil", lambda given, _: coil(given.rows, given.noise, given.seed), _USES, classes=3),
    DataSource("curve", lambda _given, _folder: curve(), task=DRAWN, whole=True),
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
