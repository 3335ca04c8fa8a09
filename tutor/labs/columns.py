"""Columns and texts that were asked for, looked up before a run starts."""

from __future__ import annotations

from pathlib import Path

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path
from tutor.labs.lab_config import LabConfig


def require_columns(spec: LabConfig, data_folder: Path) -> None:
    """See to it that the data has the columns that are to be learnt from.

    Only where some were chosen is the data loaded for it, which takes a moment.

    Raises:
        TutorError: it has not, which is a mistake of whoever chose them; or the data cannot be had.
    """
    if not spec.data.features or spec.data.name == "csv":
        return  # a table of the learner's own has been read already
    from tutor.ml.datasets import load_dataset
    from tutor.ml.settings import DataSettings

    load_dataset(DataSettings(name=spec.data.name), data_folder=data_folder)
    try:
        load_dataset(DataSettings(name=spec.data.name, features=spec.data.features), data_folder=data_folder)
    except TutorError as error:
        raise TutorError(error.message, hint=error.hint, exit_code=ExitCode.USAGE) from error


def require_text(spec: LabConfig) -> None:
    """See to it that a text of the learner's own can be read and learnt from.

    Raises:
        TutorError: it cannot.
    """
    if spec.data.name == "text" and spec.data.text == "file":
        from tutor.ml.datasets.sources.text import own_lines

        own_lines(named_path(spec.data.path), spec.data.context)
