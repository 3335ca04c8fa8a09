"""Rounding that differs: initial parameters that are a little off, as on another processor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from tests.ml.data_folder import DATA
from tutor.labs.lab_files import load_lab
from tutor.ml.datasets import load_dataset
from tutor.ml.diagnostics import PERTURBATION, perturb
from tutor.ml.factory import make_training
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import Training
from tutor.runs.in_process import run_to_end

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
FOLDS = DataSettings(lags=2, folds=3)


def training(data: str, model: ModelSettings, loss: str, optimizer: str, options: DataSettings) -> Training:
    examples = load_dataset(replace(options, name=data), data_folder=DATA)
    return make_training(
        examples, model, loss, OptimizerSettings(name=optimizer, learning_rate=0.01), TrainSettings(epochs=5)
    )


def network() -> Training:
    return training("moons", ModelSettings(name="mlp", hidden=(16,)), "cross-entropy", "adam", DataSettings(rows=60))


@pytest.mark.parametrize(
    "make",
    [
        network,
        lambda: training("curve", ModelSettings(name="function", w=2.0), "function", "gd", DataSettings()),
        lambda: training("views", ModelSettings(name="linear"), "mse", "adam", FOLDS),
    ],
    ids=["network", "drawn function", "folds"],
)
def test_every_parameter_moves_by_a_millionth_at_most(make: Callable[[], Training]) -> None:
    ours, own = make(), make()
    perturb(ours, draw=3)
    moved = 0
    for vector, before in zip(ours.vectors(), own.vectors(), strict=True):
        assert np.all(np.abs(vector - before) <= 1.2 * PERTURBATION * np.abs(before))
        moved += int(np.count_nonzero(vector != before))
    assert moved > 0


def test_a_draw_can_be_repeated_and_another_one_is_another() -> None:
    first, again, other = network(), network(), network()
    for each, draw in ((first, 1), (again, 1), (other, 2)):
        perturb(each, draw)
    assert np.array_equal(first.vectors()[0], again.vectors()[0])
    assert not np.array_equal(first.vectors()[0], other.vectors()[0])
    losses = [[result.train_loss for result in each.epochs()] for each in (first, again, other)]
    assert losses[0] == losses[1] != losses[2]
    assert losses[0] == pytest.approx(losses[2], rel=1e-4)


def test_what_is_not_adjusted_step_by_step_stays_as_it_is() -> None:
    rule = training("mails", ModelSettings(name="threshold"), "mistakes", "search", DataSettings())
    perturb(rule, 1)
    assert rule.vectors() == []


def test_a_run_takes_a_draw_and_is_itself_without_one() -> None:
    spec = load_lab("moons-net", LESSONS / "labs", {"train.epochs": 3, "train.pace": 0.0})
    own, again = run_to_end(spec, LESSONS / "data"), run_to_end(spec, LESSONS / "data")
    perturbed = run_to_end(spec, LESSONS / "data", perturbation=1)
    assert own.train_losses == again.train_losses
    assert perturbed.train_losses != own.train_losses
    assert list(perturbed.train_losses) == pytest.approx(list(own.train_losses), rel=1e-3)
