"""What is known about a data set before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset, RawData

Settings = TypeVar("Settings")
"""The settings of ``[data]``; their module uses this one, so it is not imported here."""


@dataclass(frozen=True, slots=True)
class DataSource(Generic[Settings]):
    """A data set: how it is loaded or generated, and what validation has to know before that.

    Args:
        name: As labs name it.
        load: Gives its examples for the settings of a lab and the folder of data files. Most give `RawData`, which
            `tutor.ml.datasets.prepare` splits and standardises. It raises `TutorError`.
        uses: The settings of ``[data]`` that `load` uses. The choice of rows, columns and classes is among them only
            if `load` makes it.
        task: ``classification``, ``regression`` or ``drawn``; empty if it depends on the file.
        classes: The number of classes; 0 if there are none, or if it depends on the file.
        targets: The columns that may be predicted, if there is a choice.
        series: Whether its rows are the days or hours of a series.
        label: In a series with other columns: what ``features`` calls the earlier labels.
        grouped: Whether its rows have groups, such as speakers.
        kept_back: Whether it comes with rows for validation.
        whole: Whether `load` gives a `Dataset` that is ready for training.
        source: Who made it, and where.
        licence: Its licence.
    """

    name: str
    load: Callable[[Settings, Path | None], RawData | Dataset]
    uses: tuple[str, ...] = ()
    task: str = CLASSIFICATION
    classes: int = 0
    targets: tuple[str, ...] = ()
    series: bool = False
    label: str = ""
    grouped: bool = False
    kept_back: bool = False
    whole: bool = False
    source: str = "made by a generator of this course"
    licence: str = "MIT"
