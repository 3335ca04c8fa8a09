"""Data sets by name: loaded or made, split, standardised."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tutor.ml.datasets.dataset import Dataset
from tutor.ml.datasets.prepare import prepare
from tutor.ml.settings import DataSettings

__all__ = ["Dataset", "load_dataset"]


def load_dataset(settings: DataSettings, *, data_folder: Path | None) -> Dataset:
    """Load or make a data set and prepare it for training.

    Args:
        settings: which one, which of its examples, and how they are prepared.
        data_folder: where the files of real data sets are.

    Raises:
        TutorError: there is no such data set, a file cannot be read, or the settings leave nothing to train on.
    """
    source = settings.source
    loaded = source.load(settings, data_folder)
    if isinstance(loaded, Dataset):
        return loaded
    if "features" in source.uses:
        # They were chosen as columns of a file, before words became columns of their own.
        settings = replace(settings, features=())
    return prepare(loaded, settings)
