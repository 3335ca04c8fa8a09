"""The data sets, each an object beside the code that loads or generates it.

To add a data set, write its `DataSource` in a file of this folder and name it in `DATA_SOURCES`.
"""

from __future__ import annotations

from tutor.ml.datasets.sources import air, generated, mails, own_table, series, shipped, text
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings

DATA_SOURCES: dict[str, DataSource[DataSettings]] = {
    each.name: each
    for each in (
        *series.SOURCES,
        air.SOURCE,
        *shipped.SOURCES,
        mails.SOURCE,
        *generated.SOURCES,
        text.SOURCE,
        own_table.SOURCE,
    )
}
