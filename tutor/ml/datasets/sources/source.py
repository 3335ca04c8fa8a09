"""What a data set is, before any of it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset, RawData

Settings = TypeVar("Settings")
"""The settings of ``[data]``, whose module asks what data sets there are: it is not imported here."""


@dataclass(frozen=True, slots=True)
class DataSource(Generic[Settings]):
    """A data set by name: how it is loaded or made, and what rules have to know of it before that.

    Args:
        name: As labs name it.
        load: Gives its examples, from the settings of a lab and the folder in which files of data are. Most give a
            table, which `tutor.ml.datasets.prepare` splits and standardises. It raises `TutorError`.
        uses: The settings of ``[data]`` that `load` goes by. Which rows, columns and classes are taken of a table is
            not among them, unless it is `load` that takes them.
        task: ``classification``, ``regression`` or ``drawn``; empty if only the file tells.
        classes: How many classes it has; 0 if there are none, or if only the file tells.
        targets: The columns that may be predicted, if there is a choice among some.
        series: Whether its rows are the days of a series.
        grouped: Whether its rows belong to somebody, such as a speaker.
        kept_back: Whether it comes with its rows for validation.
        whole: Whether it is ready for training as it is loaded, so that nobody splits or standardises it.
        source: Who made it, and where.
        licence: Under which licence.
    """

    name: str
    load: Callable[[Settings, Path | None], RawData | Dataset]
    uses: tuple[str, ...] = ()
    task: str = CLASSIFICATION
    classes: int = 0
    targets: tuple[str, ...] = ()
    series: bool = False
    grouped: bool = False
    kept_back: bool = False
    whole: bool = False
    source: str = "made by a generator of this course"
    licence: str = "MIT"
