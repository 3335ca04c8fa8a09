"""What a run on a series shows: its autocorrelation, and weights that bear the names of days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import with_overrides
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
