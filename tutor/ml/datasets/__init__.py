"""Data sets by name: loaded or made, split, standardised."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.files import named_path
from tutor.foundation.translate import translate
from tutor.ml.datasets.csv_file import load_csv
from tutor.ml.datasets.dataset import DRAWN, Dataset, RawData
from tutor.ml.datasets.prepare import prepare
from tutor.ml.datasets.sources import generated, mails, people, points, series, shipped, text
from tutor.ml.options import DataOptions

__all__ = ["Dataset", "load_dataset"]


def load_dataset(name: str, *, data_folder: Path | None, options: DataOptions | None = None) -> Dataset:
    """Load or make a data set and prepare it for training.

    Args:
        name: ``views``, ``rebound``, ``bike-sharing``, ``blobs``, ``moons``, ``spiral``, ``iris``, ``penguins``,
            ``diabetes``, ``spambase``, ``digits``, ``mails``, ``wave``, ``quadratic``, ``phones``,
            ``japanese-vowels``, ``vowels``, ``coins``, ``text``, ``csv``, or ``curve`` for a drawn curve, which has
            no examples.
        data_folder: where the files of real data sets are.
        options: which examples, and how they are prepared.

    Raises:
        TutorError: there is no such data set, a file cannot be read, or the options leave nothing to train on.
    """
    options = options or DataOptions()
    if name == "curve":
        nothing = np.zeros((0, 0))
        return Dataset(name, DRAWN, nothing, np.zeros(0), nothing, np.zeros(0))
    if name == "text":
        return text.text(data_folder, options.text, options.context, options.test_fraction, options.seed, options.path)
    table = _table(name, data_folder, options)
    if name == "csv":
        # Its features were chosen as columns of the file, before words became columns of their own.
        options = replace(options, features=())
    return prepare(name, table, options)


def _table(name: str, folder: Path | None, options: DataOptions) -> RawData:
    if name in _POINTS:
        return _POINTS[name](options.rows, options.noise, options.seed)
    if name == "phones":
        return generated.phones(options.rows, options.noise, options.seed, options.frames)
    if name == "japanese-vowels":
        return shipped.japanese_vowels(folder, options.frames)
    if name == "vowels":
        return people.vowels(options.noise, options.seed)
    if name == "coins":
        return people.coins(options.rows, options.seed)
    if name in {"views", "rebound", "bike-sharing"}:
        return _series(name, folder, options)
    if name == "mails":
        return mails.mails(options.rows, options.tricky_share, options.seed)
    if name in _FILES:
        return _FILES[name](folder)
    if name == "csv":
        path = named_path(options.path)
        return load_csv(
            path,
            options.target,
            options.features,
            task=options.task,
            group=options.group,
            decimal=options.decimal,
        )
    raise TutorError(translate("ml.no-such-data", name=name))


_POINTS = {
    "blobs": points.blobs,
    "moons": points.moons,
    "spiral": points.spiral,
    "wave": generated.wave,
    "quadratic": generated.quadratic,
}
_FILES = {
    "iris": shipped.iris,
    "penguins": shipped.penguins,
    "diabetes": shipped.diabetes,
    "spambase": shipped.spambase,
    "digits": shipped.digits,
}


def _series(name: str, folder: Path | None, options: DataOptions) -> RawData:
    if name == "views":
        values = series.views(series.VIEWS_SEED if options.seed is None else options.seed)
        label = "views"
    elif name == "rebound":
        values = series.rebound(series.REBOUND_SEED if options.seed is None else options.seed)
        label = "value"
    else:
        label = options.target or "casual"
        values = shipped.bike_sharing(folder, label)
    return series.look_back(values, options.lags, label, viral_day=options.viral_day, rows=options.rows)
