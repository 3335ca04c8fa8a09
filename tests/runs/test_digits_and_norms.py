"""The panels of handwritten digits and of norms: what they send, and the specs that they go with."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.runs.panel_fakes import FakeContext
from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, with_overrides
from tutor.labs.panels.digits import MISSED, SHOWN, Digits
from tutor.labs.panels.norms import MAX_EPOCHS, Norms
from tutor.ml.training import EpochResult
from tutor.runs.in_process import run_to_end
from tutor.runs.summary import RunSummary
from tutor.runs.worker.adapter import TrainingAdapter

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


def lab(name: str, **overrides: object) -> RunSummary:
    return run_to_end(load_lab(name, LESSONS / "labs", overrides), LESSONS / "data")


def trained(epochs: int) -> TrainingAdapter:
    adapter = TrainingAdapter(load_lab("digits-net", LESSONS / "labs", {"epochs": epochs}), LESSONS / "data")
    list(adapter.epochs())
    return adapter


def test_digits_are_the_validation_digits_and_what_the_model_reads_in_them() -> None:
    adapter = trained(5)
    scene: dict[str, Any] = dict(adapter.scenes())["digits"]
    frame: dict[str, Any] = dict(adapter.frames())["digits"]
    read, true = adapter.context.predict(adapter.context.x_valid).argmax(axis=1), adapter.context.y_valid
    assert len(scene["pixels"]) == len(scene["true"]) == len(frame["predicted"]) == SHOWN
    assert frame["count"] == len(true)
    assert frame["wrong"] == int((read != true).sum()) > MISSED
    first = np.array([int(pixel) for pixel in scene["pixels"][0]])
    assert np.abs(first - adapter.context.x_valid[0] * 9 / 16).max() <= 0.5
    assert (scene["true"][0], frame["predicted"][0]) == (true[0], read[0])
    assert len(frame["missed"]) == MISSED
    assert all(meant != found for _, meant, found in frame["missed"])


def test_digits_that_are_read_better_leave_the_missed() -> None:
    few, many = (dict(trained(epochs).frames())["digits"]["wrong"] for epochs in (30, 2))
    assert isinstance(few, int)
    assert isinstance(many, int)
    assert few < many


def test_a_model_that_diverged_reads_no_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    context = trained(1).context
    panel = Digits(context)
    monkeypatch.setattr(context, "predict", lambda x: np.full((len(x), 10), np.nan))
    assert panel.frame() is None


def epoch_of(epoch: int, norm: float | None) -> EpochResult:
    return EpochResult(epoch, epoch, 1 / epoch, gradient_norm=norm)


@pytest.mark.parametrize("epochs", [1, 199, 200, 1001, 3333])
def test_norms_stay_few_and_lose_no_spike_and_not_the_last_epoch(epochs: int) -> None:
    panel = Norms(FakeContext())
    assert panel.frame() is None
    for epoch in range(1, epochs + 1):
        panel.observe(epoch_of(epoch, 1e6 if epoch == max(1, epochs // 3) else 1.0))
    frame: dict[str, Any] | None = panel.frame()
    assert frame is not None
    assert len(frame["epochs"]) <= MAX_EPOCHS
    assert frame["epochs"] == sorted(set(frame["epochs"]))
    assert frame["epochs"][-1] == epochs
    assert frame["gradients"].count(1e6) == 1
    assert {len(values) for values in frame.values()} == {len(frame["epochs"])}


def test_norms_without_a_gradient_have_none_and_those_of_a_divergence_are_left_out() -> None:
    panel = Norms(FakeContext())
    for epoch, norm in ((1, None), (2, math.inf), (3, math.nan)):
        panel.observe(epoch_of(epoch, norm))
    frame = panel.frame()
    assert frame is not None
    assert (frame["epochs"], frame["gradients"]) == ([1], [None])


def test_norms_of_a_walk_are_those_of_its_function() -> None:
    summary = lab("two-weight-net", optimizer="gd", w=0.5, b=1.5, epochs=40)
    frame: Any = summary.views["norms"].frame
    facts = summary.facts()
    w, b = float(facts["final.w1"]), float(facts["final.w2"])
    assert frame["parameters"][-1] == pytest.approx(math.hypot(w, b), rel=1e-3)
    assert frame["losses"][-1] == pytest.approx(float(facts["final.train_loss"]), rel=1e-3)
    assert frame["gradients"][-1] < frame["gradients"][0]


def test_norms_of_a_net_are_told_by_epoch() -> None:
    summary = lab("very-deep", depth=2, epochs=3)
    frame: Any = summary.views["norms"].frame
    assert frame["epochs"] == [1, 2, 3]
    assert len(frame["changes"]) == 3  # two hidden layers and the output layer
    assert all(0 < change < 1 for change in frame["changes"])
    assert frame["gradients"][-1] == pytest.approx(float(summary.facts()["final.gradient_norm"]), rel=1e-3)


@pytest.mark.parametrize(
    "overrides",
    [
        {"show.panels": ["digits"]},
        {"show.panels": ["norms"], "optimizer.name": "least-squares"},
        {"show.panels": ["norms"], "data.folds": 3},
    ],
)
def test_what_has_no_digits_or_no_gradient_is_told_so(overrides: dict[str, object]) -> None:
    with pytest.raises(TutorError):
        with_overrides(LabConfig(), overrides)
