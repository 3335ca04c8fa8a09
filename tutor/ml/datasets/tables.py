"""Real tables that ship as small files, with source and licence in ``lessons/data/SOURCES.md``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import CLASSIFICATION, Floats, Table


def _rows(folder: Path | None, name: str) -> tuple[list[str], list[list[str]]]:
    path = (folder or Path()) / f"{name}.csv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise TutorError(
            translate("ml.no-data-file", path=path, reason=error.strerror or str(error)),
            hint=translate("ml.no-data-file-hint"),
        ) from error
    rows = [line.split(",") for line in lines if line]
    return rows[0], rows[1:]


def iris(folder: Path | None) -> Table:
    """150 irises of three species, (150, 4) in centimetres."""
    names, rows = _rows(folder, "iris")
    x = np.array([[float(cell) for cell in row[:4]] for row in rows])
    species = [row[4] for row in rows]
    classes = tuple(dict.fromkeys(species))
    y = np.array([classes.index(name) for name in species])
    return Table(x, y, tuple(names[:4]), names[4], CLASSIFICATION, class_names=classes, test_fraction=0.2)


def digits(folder: Path | None) -> Table:
    """1,797 hand-written digits of 8x8 pixels, (1797, 64), each pixel 0 to 16."""
    names, rows = _rows(folder, "digits")
    values = np.array(rows, dtype=np.int64)
    classes = tuple(str(digit) for digit in range(10))
    return Table(
        values[:, :64].astype(np.float64),
        values[:, 64],
        tuple(names[:64]),
        names[64],
        CLASSIFICATION,
        class_names=classes,
        test_fraction=0.3,
        shared_scale=True,
    )


def bike_sharing(folder: Path | None, column: str) -> tuple[Floats, str]:
    """Bicycles hired a day, in thousands, (731,), and the name of the column: casual, registered or total.

    Raises:
        TutorError: there is no such column.
    """
    names, rows = _rows(folder, "bike-sharing")
    if column not in names[1:]:
        raise TutorError(translate("ml.no-such-column", column=column, known=", ".join(names[1:])))
    index = names.index(column)
    return np.array([float(row[index]) for row in rows]) / 1000.0, column
