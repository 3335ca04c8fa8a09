"""The daily series: the generators to the printed digit, and features that never look ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.ml.data_folder import DATA
from tests.ml.least_deviations import least_absolute_deviations
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Floats
from tutor.ml.datasets.sources.series import look_back, rebound, views
from tutor.ml.settings import DataSettings

PRINTED = Path(__file__).parent / "data"


def printed(name: str) -> Floats:
    return np.loadtxt(PRINTED / f"{name}.csv")


def correlation(series: Floats, lag: int) -> float:
    centred = series - series.mean()
    return float(centred[lag:] @ centred[:-lag] / (centred @ centred))


@pytest.mark.parametrize(
    ("made", "file"), [(views(208), "views_seed208"), (rebound(37), "rebound_seed37")], ids=["views", "rebound"]
)
def test_the_generators_give_the_printed_series(made: Floats, file: str) -> None:
    assert np.array_equal(np.round(made, 4), printed(file))


def test_another_seed_gives_another_series() -> None:
    assert not np.allclose(views(209), views(208))


def test_views_have_a_week() -> None:
    series = views()
    assert [round(correlation(series, lag), 2) for lag in (1, 3, 7)] == [0.67, 0.54, 0.72]


def test_a_row_holds_the_days_before_its_label_and_nothing_later() -> None:
    days = np.arange(1000.0, 1100.0)
    table = look_back(days, 7, "day")
    assert table.x.shape[1] == 7
    assert np.array_equal(table.x, table.y[:, None] - np.arange(1, 8))


def test_every_look_back_is_judged_on_the_same_days() -> None:
    labels = [look_back(views(), lags, "views").y for lags in (1, 7, 28, 56)]
    for each in labels[1:]:
        assert np.array_equal(each, labels[0])


def test_validation_is_the_end_of_the_series() -> None:
    data = load_dataset(DataSettings(name="views", lags=7), data_folder=None)
    assert len(data.y_valid) == 365
    assert np.allclose(data.label(data.y_valid), views()[-365:])
    assert np.allclose(data.label(data.y_train), views()[56:-365])


def test_the_test_fraction_moves_the_cut() -> None:
    data = load_dataset(DataSettings(name="views", lags=7, test_fraction=0.5), data_folder=None)
    assert len(data.y_train) == len(data.y_valid)
    assert np.allclose(data.label(data.y_valid)[-1], views()[-1])


def test_the_scale_comes_from_the_training_days_alone() -> None:
    data = load_dataset(DataSettings(name="views", lags=1), data_folder=None)
    training_labels = views()[56:-365]
    assert data.y_mean == pytest.approx(training_labels.mean())
    assert data.y_scale == pytest.approx(training_labels.std())
    assert np.allclose(data.raw(data.x_train)[:, 0], views()[55:-366])


def test_a_viral_day_touches_one_training_day_only() -> None:
    plain = look_back(views(), 1, "views")
    viral = look_back(views(), 1, "views", viral_day=20.0)
    label = np.flatnonzero(plain.y != viral.y)
    feature = np.flatnonzero((plain.x != viral.x).any(axis=1))
    assert len(label) == len(feature) == 1
    assert feature == label + 1
    assert viral.y[label] == pytest.approx(20 * plain.y[label])
    assert label < len(plain.y) - 365


# Best train and validation MAE, in thousands of views, by how many days the model looks back: measured by a program
# of its own when the series was designed.
TABLE = {1: (0.820, 0.732), 7: (0.556, 0.471), 28: (0.498, 0.433), 56: (0.466, 0.427)}


@pytest.mark.parametrize("lags", TABLE)
def test_looking_further_back_pays_as_the_lesson_says(lags: int) -> None:
    data = load_dataset(DataSettings(name="views", lags=lags, standardise=False), data_folder=None)
    weights, bias = least_absolute_deviations(data.x_train, data.y_train)
    errors = [
        float(np.abs(x @ weights + bias - y).mean())
        for x, y in ((data.x_train, data.y_train), (data.x_valid, data.y_valid))
    ]
    assert errors == pytest.approx(TABLE[lags], abs=0.0025)


def test_bicycles_are_counted_in_thousands_over_two_years() -> None:
    data = load_dataset(DataSettings(name="bike-sharing", lags=7), data_folder=DATA)
    assert data.target_name == "casual"
    assert len(data.y_train) + len(data.y_valid) == 731 - 56
    assert len(data.y_valid) == 120
    assert 0.5 < data.y_mean < 1.2
