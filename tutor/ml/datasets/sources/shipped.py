"""Real tables that come with the course as small files; ``lessons/data/SOURCES.md`` gives sources and licences."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.paths import data_file
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Floats, RawData
from tutor.ml.datasets.sources.generated import with_neighbours
from tutor.ml.datasets.sources.own_table import load_labelled_table
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings
from tutor.tables.reader import read_table

_DIGITS = 10
_SPEAKERS, _TRAINING_UTTERANCES = 9, 270


def _path(folder: Path | None, name: str) -> Path:
    path = data_file(folder, f"{name}.csv")
    if not path.is_file():
        raise TutorError(translate("ml.no-data-file", path=path), hint=translate("ml.no-data-file-hint"))
    return path


def iris(folder: Path | None) -> RawData:
    """150 irises of three species, (150, 4) in centimetres."""
    return replace(load_labelled_table(_path(folder, "iris"), "species"), notes=())


def penguins(folder: Path | None) -> RawData:
    """344 penguins of three species, two of them without measurements, (342, 9): sex and island are one-hot encoded."""
    return load_labelled_table(_path(folder, "penguins"), "species")


def diabetes(folder: Path | None) -> RawData:
    """442 patients, (442, 10), and the progression of their diabetes after a year: a regression."""
    return replace(load_labelled_table(_path(folder, "diabetes"), "progression", task=REGRESSION), notes=())


def spambase(folder: Path | None) -> RawData:
    """4,601 emails, 1,813 of them spam, (4601, 57): words and signs in percent, and three counts of capitals."""
    return replace(load_labelled_table(_path(folder, "spambase"), "kind"), notes=(), test_fraction=0.25)


def digits(folder: Path | None) -> RawData:
    """1,797 handwritten digits of 8x8 pixels, (1797, 64), each from 0 to 16."""
    table = read_table(_path(folder, "digits"))
    *pixels, target = table.names
    return RawData(
        np.array([table.numbers(name) for name in pixels]).T,
        np.clip(table.numbers(target).astype(np.int64), 0, _DIGITS - 1),
        tuple(pixels),
        target,
        CLASSIFICATION,
        class_names=tuple(str(digit) for digit in range(_DIGITS)),
        test_fraction=0.3,
        shared_scale=True,
    )


def bike_sharing(folder: Path | None, column: str) -> Floats:
    """Bicycles hired a day, in thousands, (731,): by casual riders, registered ones, or in total.

    Raises:
        TutorError: There is no such column.
    """
    table = read_table(_path(folder, "bike-sharing"))
    return table.numbers(column) / 1000.0


def japanese_vowels(folder: Path | None, frames: int) -> RawData:
    """9,961 frames of 640 spoken vowels, (9961, 12 · frames), labelled with the one of nine speakers.

    As the authors of the data chose, the last 370 utterances are for validation.

    Args:
        folder: The folder with the file.
        frames: How many neighbouring frames make one example.
    """
    table = read_table(_path(folder, "japanese-vowels"))
    utterance, speaker, *names = table.names
    heard, of = np.array([table.numbers(name) for name in names]).T, table.numbers(utterance)
    ends = [0, *(np.flatnonzero(np.diff(of)) + 1).tolist(), len(of)]
    x = np.empty((len(of), len(names) * frames))
    for start, end in pairwise(ends):
        x[start:end] = with_neighbours(heard[start:end], frames)
    return RawData(
        x,
        np.clip(table.numbers(speaker).astype(np.int64) - 1, 0, _SPEAKERS - 1),
        tuple(f"{name}{frame - frames // 2:+d}" for frame in range(frames) for name in names),
        speaker,
        CLASSIFICATION,
        class_names=tuple(str(number + 1) for number in range(_SPEAKERS)),
        valid_rows=int((of > _TRAINING_UTTERANCES).sum()),
    )


SOURCES: tuple[DataSource[DataSettings], ...] = (
    DataSource("iris", lambda _, folder: iris(folder), classes=3, source="R. A. Fisher (1936)", licence="BSD-3-Clause"),
    DataSource(
        "penguins",
        lambda _, folder: penguins(folder),
        classes=3,
        source="K. B. Gorman, T. D. Williams and W. R. Fraser (2014), Palmer Station LTER",
        licence="CC0",
    ),
    DataSource(
        "diabetes",
        lambda _, folder: diabetes(folder),
        task=REGRESSION,
        source="B. Efron, T. Hastie, I. Johnstone and R. Tibshirani (2004)",
        licence="BSD-3-Clause",
    ),
    DataSource(
        "spambase",
        lambda _, folder: spambase(folder),
        classes=2,
        source="M. Hopkins, E. Reeber, G. Forman and J. Suermondt (1999), UCI",
        licence="CC BY 4.0",
    ),
    DataSource(
        "digits",
        lambda _, folder: digits(folder),
        classes=_DIGITS,
        source="E. Alpaydin and C. Kaynak, UCI",
        licence="BSD-3-Clause",
    ),
    DataSource(
        "japanese-vowels",
        lambda given, folder: japanese_vowels(folder, given.frames),
        uses=("frames",),
        classes=_SPEAKERS,
        kept_back=True,
        source="M. Kudo, J. Toyama and M. Shimbo (1999), UCI",
        licence="BSD-3-Clause",
    ),
)
