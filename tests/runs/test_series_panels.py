"""What a run on a series shows: its autocorrelation, and weights that bear the names of days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import with_overrides
from tutor.labs.settings import SETTINGS
from tutor.ml.datasets.sources.series import views
from tutor.runs.in_process import run_to_end
from tutor.runs.worker.adapter import TrainingAdapter

DATA = Path(__file__).resolve().parents[2] / "lessons" / "data"
SERIES = {"data.name": "views", "loss.name": "mae", "show.panels": ["series", "autocorrelation", "weights"]}


def adapter(**overrides: object) -> TrainingAdapter:
    keys = {key.replace("__", "."): value for key, value in overrides.items()}
    return TrainingAdapter(with_overrides(LabConfig(), SERIES | keys), DATA)


def test_autocorrelation_is_the_one_computed_by_hand() -> None:
    scenes, frames = dict(adapter(data__lags=28).scenes()), dict(adapter(data__lags=28).frames())
    days = views()[56:]
    apart = days - days.mean()
    values = scenes["autocorrelation"]["values"]
    assert isinstance(values, list)
    assert values == pytest.approx([apart[lag:] @ apart[:-lag] / (apart @ apart) for lag in range(1, 61)], rel=1e-3)
    assert frames["autocorrelation"] == {"lags": 28}
    assert scenes["autocorrelation"]["step"] == "day"


def test_the_weights_of_a_line_through_many_days_are_in_the_units_of_the_data() -> None:
    lines = adapter(data__lags=7, optimizer__name="least-squares")
    list(lines.epochs())
    names, values = lines.context.weights()
    assert names == ["b", *(f"views −{day}" for day in range(1, 8))]
    predicted = lines.context.predict(lines.context.x_valid)
    assert np.allclose(values[0] + lines.context.x_valid @ np.array(values[1:]), predicted, atol=1e-4)


def test_a_naive_forecast_has_one_weight_and_no_parameter() -> None:
    copy = adapter(data__lags=7, model__name="naive")
    assert dict(copy.frames())["weights"] == {"names": ["views −7"], "values": [1.0]}
    assert copy.data_facts().parameters == 0
    summary = run_to_end(with_overrides(LabConfig(), SERIES | {"data.lags": 7, "model.name": "naive"}), None)
    assert (summary.state, summary.epoch, summary.updates) == ("finished", 1, 0)


@pytest.mark.parametrize(
    "overrides",
    [
        {"data.name": "iris", "model.name": "naive", "data.target_as": "class-number"},
        {"data.name": "wave", "show.panels": ["autocorrelation"]},
    ],
)
def test_only_a_series_has_days_before(overrides: dict[str, object]) -> None:
    with pytest.raises(TutorError):
        with_overrides(LabConfig(), overrides)


AIR = {"data.name": "air", "data.rows": 400, "data.lags": 3}


@pytest.mark.parametrize(("features", "lags"), [([], 3), (["PM2.5", "wind"], 3), (["wind", "rain"], 0)])
def test_the_look_back_leaves_out_what_is_no_earlier_value(features: list[str], lags: int) -> None:
    lines = adapter(**AIR, **{"data.features": features})
    assert dict(lines.frames())["autocorrelation"] == {"lags": lags}
    assert dict(lines.scenes())["autocorrelation"]["step"] == "hour"
    names, _ = lines.context.weights()
    assert len(names) == 1 + len(lines.context.feature_names)


def test_a_naive_forecast_of_air_copies_the_dust_whatever_columns_there_are() -> None:
    for features in ([], ["PM2.5"], ["PM2.5", "wind"]):
        copy = adapter(**AIR, **{"data.features": features, "model.name": "naive"})
        assert dict(copy.frames())["weights"] == {"names": ["PM2.5 −3"], "values": [1.0]}
        context = copy.context
        assert np.allclose(context.predict(context.x_valid)[3:], context.y_valid[:-3])


def test_a_naive_forecast_needs_the_dust() -> None:
    with pytest.raises(TutorError, match=r"PM2\.5 has to be among the features"):
        with_overrides(LabConfig(), {**AIR, "data.features": ["wind"], "model.name": "naive"})


def test_a_look_back_is_idle_without_the_dust() -> None:
    for features, idle in (([], False), (["PM2.5"], False), (["wind"], True)):
        config = with_overrides(LabConfig(), {**AIR, "data.features": features})
        assert bool(SETTINGS["data.lags"].idle_reason(config)) == idle
