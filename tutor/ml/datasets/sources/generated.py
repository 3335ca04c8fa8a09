"""Seeded examples of functions that are known, and of phones that are spoken; and a drawn curve, which has none."""

from __future__ import annotations

import numpy as np

from tutor.ml.datasets.dataset import CLASSIFICATION, DRAWN, REGRESSION, Dataset, Floats, Ints, RawData
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings

FRESH_ROWS = 500
"""Examples for the validation of `quadratic`: many, so that what they tell is no accident."""
UTTERANCE = 40
"""Frames in one utterance of `phones`."""
_PHONES, _DIMENSIONS = 8, 8


def wave(rows: int, noise: float | None, seed: int | None) -> RawData:
    """The curve y = sin 2πx + x/2 at evenly spaced x from 0 to 1, (rows, 1); no noise unless given."""
    random = np.random.default_rng(0 if seed is None else seed)
    x = np.linspace(0.0, 1.0, rows or 200)
    y = np.sin(2 * np.pi * x) + x / 2 + random.normal(0.0, 1.0, len(x)) * (noise or 0.0)
    return RawData(x[:, None], y, ("x",), "y", REGRESSION)


def quadratic(rows: int, noise: float | None, seed: int | None) -> RawData:
    """The parabola y = 1 + x/2 − 1.5 x² at random x, with noise, 0.3 unless given.

    ``rows`` are to train on, 12 unless given; `FRESH_ROWS` more are there for validation, however few the others are.
    """
    random = np.random.default_rng(0 if seed is None else seed)
    deviation = 0.3 if noise is None else noise

    def draw(count: int) -> tuple[Floats, Floats]:
        x = random.uniform(-1, 1, count)
        return x, 1 + 0.5 * x - 1.5 * x**2 + random.normal(0, deviation, count)

    (x, y), (fresh_x, fresh_y) = draw(rows or 12), draw(FRESH_ROWS)
    inputs = np.concatenate([x, fresh_x])[:, None]
    return RawData(inputs, np.concatenate([y, fresh_y]), ("x",), "y", REGRESSION, valid_rows=FRESH_ROWS)


def phones(rows: int, noise: float | None, seed: int | None, frames: int) -> RawData:
    """Frames of utterances, each to be told which of eight phones is spoken, (rows, 8 · frames).

    A phone lasts for some frames, every utterance has a speaker's own shift, and a single frame is very noisy. The
    features of an example are its frame and its neighbours on both sides; its label is the phone of the middle one.
    Validation has utterances of its own, a third as many, so that no frame of it has been heard before.

    Args:
        rows: frames to train on, in whole utterances; 0 for 12,000.
        noise: the deviation of a frame, 1.6 unless given.
        seed: of the training utterances; the validation's is one higher.
        frames: how many neighbouring frames make one example.
    """
    count = max(3, (rows or 300 * UTTERANCE) // UTTERANCE)
    first, fresh = 0 if seed is None else seed, count // 3
    deviation = 1.6 if noise is None else noise
    x = np.empty(((count + fresh) * UTTERANCE, _DIMENSIONS * frames))
    y = np.empty(len(x), dtype=np.int64)
    cut = count * UTTERANCE
    _utterances(first, deviation, frames, x[:cut], y[:cut])
    _utterances(first + 1, deviation, frames, x[cut:], y[cut:])
    names = tuple(f"f{frame - frames // 2:+d}.{number + 1}" for frame in range(frames) for number in range(_DIMENSIONS))
    return RawData(
        x,
        y,
        names,
        "phone",
        CLASSIFICATION,
        class_names=("a", "e", "i", "o", "u", "s", "m", "t"),
        valid_rows=fresh * UTTERANCE,
    )


def _utterances(seed: int, deviation: float, frames: int, x: Floats, y: Ints) -> None:
    """Fill ``x``, (n · 40, 8 · frames), and ``y``, (n · 40,), with n utterances and their phones."""
    means = np.random.default_rng(99).normal(0, 1, (_PHONES, _DIMENSIONS))
    random = np.random.default_rng(seed)
    for start in range(0, len(y), UTTERANCE):
        spoken: list[int] = []
        while len(spoken) < UTTERANCE:
            spoken += [int(random.integers(_PHONES))] * max(2, int(random.poisson(8)))
        labels = np.array(spoken[:UTTERANCE])
        speaker = random.normal(0, 0.5, _DIMENSIONS)
        heard = means[labels] + speaker + random.normal(0, deviation, (UTTERANCE, _DIMENSIONS))
        x[start : start + UTTERANCE] = with_neighbours(heard, frames)
        y[start : start + UTTERANCE] = labels


def with_neighbours(heard: Floats, frames: int) -> Floats:
    """Each frame of one utterance, (length, d), between its neighbours, (length, d · frames); its ends are repeated."""
    padded = np.pad(heard, ((frames // 2, frames // 2), (0, 0)), mode="edge")
    return np.concatenate([padded[start : start + len(heard)] for start in range(frames)], axis=1)


def curve() -> Dataset:
    """No examples: what there is to see is the function that the model names."""
    nothing = np.zeros((0, 0))
    return Dataset("curve", DRAWN, nothing, np.zeros(0), nothing, np.zeros(0))


_USES = ("rows", "noise", "seed")
SOURCES: tuple[DataSource[DataSettings], ...] = (
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
        (*_USES, "frames"),
        classes=_PHONES,
        kept_back=True,
    ),
    DataSource("curve", lambda _given, _folder: curve(), task=DRAWN, whole=True),
)
