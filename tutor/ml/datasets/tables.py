"""Real tables that ship as small files, with source and licence in ``lessons/data/SOURCES.md``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.datasets.csv_file import load_csv
from tutor.ml.datasets.csv_reader import read_sheet
from tutor.ml.datasets.dataset import CLASSIFICATION, Floats, Table

_DIGITS = 10


def _path(folder: Path | None, name: str) -> Path:
    path = (folder or Path()) / f"{name}.csv"
    if not path.is_file():
        raise TutorError(translate("ml.no-data-file", path=path), hint=translate("ml.no-data-file-hint"))
    return path


def iris(folder: Path | None) -> Table:
    """150 irises of three species, (150, 4) in centimetres."""
    return replace(load_csv(_path(folder, "iris"), "species"), notes=())


def digits(folder: Path | None) -> Table:
    """1,797 hand-written digits of 8x8 pixels, (1797, 64), each pixel 0 to 16."""
    sheet = read_sheet(_path(folder, "digits"))
    *pixels, target = sheet.names
    return Table(
        np.array([sheet.numbers(name) for name in pixels]).T,
        np.clip(sheet.numbers(target).astype(np.int64), 0, _DIGITS - 1),
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
        TutorError: there is no such column.
    """
    sheet = read_sheet(_path(folder, "bike-sharing"))
    return sheet.numbers(column) / 1000.0
