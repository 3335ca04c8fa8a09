"""Panels that look inside a network's training, and the figures that they tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, with_overrides
from tutor.runs.in_process import run_to_end
from tutor.runs.summary import RunSummary
from tutor.runs.worker.adapter import TrainingAdapter

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


def ticker(**overrides: object) -> RunSummary:
    spec = load_lab("loss-ticker", LESSONS / "labs", overrides)
    return run_to_end(spec, LESSONS / "data")


def test_the_ticker_shows_every_update_of_a_short_run() -> None:
    summary = ticker(batch_size=320, epochs=3)
    frame = summary.views["updates"].frame
    assert (frame["last"], summary.updates) == (12, 12)
    losses, epochs = frame["losses"], frame["epochs"]
    assert isinstance(losses, list)
    assert isinstance(epochs, list)
    assert len(losses) == 12
    assert [update for update, _ in epochs] == [4, 8, 12]
    assert epochs[-1][1] == pytest.approx(summary.train_losses[-1], rel=1e-3)


def test_larger_batches_point_nearer_to_the_gradient_of_all_examples() -> None:
    angles = [float(ticker(batch_size=size, epochs=1).facts()["final.gradient_angle"]) for size in (10, 100, 1280)]
    assert angles[0] > angles[1] + 15 > angles[2] + 15
    assert angles[2] == 0


# Training accuracy after 20 epochs, measured by a program of its own when the lab was designed.
@pytest.mark.parametrize(("size", "accuracy"), [(10, 0.99), (32, 0.98), (100, 0.94), (320, 0.89), (1280, 0.65)])
def test_small_batches_are_ahead_after_as_many_epochs(size: int, accuracy: float) -> None:
    found = float(ticker(batch_size=size).facts()["final.train_accuracy"])
    # Ours starts from smaller numbers, so it is a little ahead throughout; the order is the same.
    assert accuracy - 0.02 < found < accuracy + 0.2


def test_as_many_updates_make_all_batch_sizes_alike() -> None:
    few = float(ticker(batch_size=10, epochs=4).facts()["final.train_loss"])
    many = float(ticker(batch_size=100, epochs=40).facts()["final.train_loss"])
    assert many == pytest.approx(few, rel=0.5)


@pytest.mark.parametrize("panel", ["updates", "gradients"])
@pytest.mark.parametrize("optimizer", ["least-squares", "manual"])
def test_what_follows_no_gradient_has_none_to_show(panel: str, optimizer: str) -> None:
    with pytest.raises(TutorError):
        with_overrides(LabConfig(), {"optimizer.name": optimizer, "show.panels": [panel]})


def lab(name: str, **overrides: object) -> RunSummary:
    return run_to_end(load_lab(name, LESSONS / "labs", overrides), LESSONS / "data")


@pytest.mark.parametrize(("count", "error"), [(1, 1.0), (5, 0.18), (10, 0.049), (20, 0.012)])
def test_the_curve_builder_tells_the_largest_error(count: int, error: float) -> None:
    summary = lab("curve-builder", hidden=[count], optimizer="none")
    assert summary.facts()["final.max_error"] == pytest.approx(error, rel=0.03)
    assert summary.facts()["parameters"] == 3 * count + 1
    assert summary.epoch == 1


@pytest.mark.parametrize("activation", ["sigmoid", "hard-sigmoid"])
def test_the_pieces_that_are_shown_add_up_to_the_model(activation: str) -> None:
    spec = load_lab("curve-builder", LESSONS / "labs", {"activation": activation, "epochs": 100})
    adapter = TrainingAdapter(spec, None)
    list(adapter.epochs())
    frame = dict(adapter.frames())["pieces"]
    pieces, constant = np.array(frame["pieces"]), frame["constant"]
    assert isinstance(constant, float)
    at = np.linspace(0, 1, 50)
    z = pieces[:, 1] + at[:, None] * pieces[:, 0]
    bends = np.clip(0.5 + z / 4, 0, 1) if frame["hard"] else 1 / (1 + np.exp(-z))
    assert np.allclose(constant + bends @ pieces[:, 2], adapter.context.predict(at[:, None]), atol=0.01)
    assert frame["hard"] is (activation == "hard-sigmoid")


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "tanh", "none"])
def test_a_gradient_check_finds_the_wrong_sign_and_nothing_else(activation: str) -> None:
    found = {
        bug: lab("shapes-and-gradients", activation=activation, sign_bug=bug, epochs=20).facts()
        for bug in (False, True)
    }
    assert float(found[False]["final.gradient_difference"]) < 1e-6
    assert float(found[True]["final.gradient_difference"]) > 1e-2


@pytest.mark.parametrize(("lags", "hidden", "count"), [(3, [3], 16), (56, [100], 5801), (14, [100, 100, 100], 21801)])
def test_shapes_and_counts(lags: int, hidden: list[int], count: int) -> None:
    summary = lab("shapes-and-gradients", lags=lags, hidden=hidden, epochs=1, optimizer="adam")
    layers = summary.views["shapes"].frame["layers"]
    assert isinstance(layers, list)
    assert layers[0] == ["W1", [hidden[0], lags]]
    assert layers[-1] == [f"b{len(hidden) + 1}", [1]]
    assert summary.facts()["parameters"] == count


def test_layers_without_an_activation_end_where_a_line_ends() -> None:
    keys = {"lags": 14, "loss": "mae", "optimizer.schedule": "linear-decay", "learning_rate": 0.003, "epochs": 300}
    deep = lab("shapes-and-gradients", hidden=[100, 100, 100], activation="none", **keys).facts()
    line = lab("look-back", lags=14).facts()
    for name, value in (("final.train_loss", 0.527), ("final.valid_loss", 0.449)):
        assert deep[name] == pytest.approx(value, abs=0.003)
        assert line[name] == pytest.approx(value, abs=0.003)


@pytest.mark.parametrize(
    "overrides",
    [
        {"model.placed": True},
        {"show.panels": ["pieces"]},
        {"model.name": "mlp", "model.hidden": [3], "model.activation": "relu", "show.panels": ["pieces"]},
        {"model.sign_bug": True},
        {"model.name": "mlp", "model.hidden": [3], "model.batch_norm": True, "show.panels": ["gradient-check"]},
    ],
)
def test_what_has_no_bends_or_no_backward_pass_is_told_so(overrides: dict[str, object]) -> None:
    with pytest.raises(TutorError):
        with_overrides(LabConfig(), overrides)
