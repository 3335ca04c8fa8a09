"""A table of the learner's own."""

from __future__ import annotations

from tutor.foundation.files import named_path
from tutor.ml.datasets.csv_file import load_csv
from tutor.ml.datasets.dataset import RawData
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings


def own_table(settings: DataSettings) -> RawData:
    """The rows of a CSV file; see `load_csv`."""
    return load_csv(
        named_path(settings.path),
        settings.target,
        settings.features,
        task=settings.task,
        group=settings.group,
        decimal=settings.decimal,
    )


SOURCE: DataSource[DataSettings] = DataSource(
    "csv",
    lambda settings, _folder: own_table(settings),
    uses=("path", "target", "features", "task", "group", "decimal"),
    task="",
    source="the learner",
    licence="",
)
