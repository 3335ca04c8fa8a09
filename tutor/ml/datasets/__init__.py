"""Data sets by name: loaded or generated, split, and standardised."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tutor.ml.datasets.dataset import Dataset
from tutor.ml.datasets.prepare import Splitter, prepare
from tutor.ml.settings import DataSettings

__all__ = ["Dataset", "load_dataset"]


def load_dataset(settings: DataSettings, *, data_folder: Path | None, splitter: Splitter | None = None) -> Dataset:
    """Load or make a data set and prepare it for training.

    Args:
        settings: Which data set, which of its examples, and how they are prepared.
        data_folder: The folder with the files of real data sets; None if there is none.
        splitter: Splits the rows; None for the split that the settings ask for. Data without rows is never split.

    Raises:
        TutorError: There is no such data set, its file cannot be read, or the settings leave nothing to train on.
    """
    source = settings.source
    loaded = source.load(settings, data_folder)
    if isinstance(loaded, Dataset):
        return loaded
    if "features" in source.uses:
        # The source chose these columns itself, before columns of words were one-hot encoded.
        settings = replace(settings, features=())
    return prepare(loaded, settings, splitter)
