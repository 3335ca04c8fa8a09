"""The naive forecast: a copy, judged by the same loss on the same days as every model."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ml.data_folder import DATA
from tutor.foundation.errors import TutorError
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Dataset
from tutor.ml.datasets.sources.series import views
from tutor.ml.factory import make_training
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import EpochResult, Training


def naive(data: Dataset, loss: str = "mae", offset: float = 0.0) -> Training:
    return make_training(
        data, ModelSettings(name="naive"), loss, OptimizerSettings(name="gd"), TrainSettings(epochs=50), offset
    )


def series(lags: int, *, standardise: bool = True) -> Dataset:
    return load_dataset(DataSettings(name="views", lags=lags, standardise=standardise), data_folder=None)


def only(training: Training) -> EpochResult:
    (result,) = training.epochs()
    return result


@pytest.mark.parametrize("lags", [1, 7, 28])
@pytest.mark.parametrize("standardise", [True, False])
def test_it_says_that_a_day_is_like_the_one_so_many_days_before(lags: int, standardise: bool) -> None:
    result = only(naive(series(lags, standardise=standardise)))
    days = views()
    expected = [np.abs(days[a:b] - days[a - lags : b - lags]).mean() for a, b in ((56, 1461), (1461, 1826))]
    assert (result.train_loss, result.valid_loss) == pytest.approx(expected)
    assert (result.epoch, result.updates) == (1, 0)


def test_a_copied_week_beats_a_copied_day_on_views_and_on_bicycles() -> None:
    for name in ("views", "bike-sharing"):
        losses = []
        for lags in (1, 7):
            data = load_dataset(DataSettings(name=name, lags=lags), data_folder=DATA)
            losses.append(only(naive(data)).valid_loss or 0.0)
        assert losses[1] < 0.9 * losses[0]


def test_the_loss_is_the_one_asked_for() -> None:
    data = series(7)
    absolute, squared = naive(data), naive(data, "mse")
    assert only(naive(data, offset=100.0)).train_loss == pytest.approx(only(absolute).train_loss - 100)
    absolute.set("loss", "mse")
    assert only(absolute).train_loss == only(squared).train_loss
    for setting, value in (("learning_rate", 0.1), ("w", 1.0)):
        with pytest.raises(ValueError, match=setting):
            absolute.set(setting, value)


def test_nothing_is_learnt() -> None:
    training = naive(series(7))
    only(training)
    assert training.parameters() == training.small_parameters() == {}
    assert training.predict(np.arange(14.0).reshape(2, 7)).tolist() == [6.0, 13.0]


def test_what_is_no_series_has_no_day_to_copy() -> None:
    with pytest.raises(TutorError, match="series"):
        naive(load_dataset(DataSettings(name="wave"), data_folder=None))
    with pytest.raises(TutorError, match="does not fit"):
        naive(series(7), "cross-entropy")
