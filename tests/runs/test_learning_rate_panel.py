"""The panel of the learning rate: what was used is what the schedule says, and what the learner turned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.runs.panel_fakes import FakeContext
from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, with_overrides
from tutor.labs.panels.learning_rate import MAX_POINTS, LearningRate
from tutor.ml.training import EpochResult
from tutor.runs.events import Changed, View
from tutor.runs.in_process import initial_views, run_to_end
from tutor.runs.summary import RunSummary

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


def burst(*changes: Changed, **overrides: object) -> RunSummary:
    spec = load_lab("tame-the-burst", LESSONS / "labs", {"pace": 0.0, **overrides})
    return run_to_end(spec, LESSONS / "data", changes=list(changes))


def lines(summary: RunSummary) -> tuple[dict[int, float], dict[int, float]]:
    """What was planned, and what was used, by the number of the update."""
    view = summary.views["learning-rate"]
    scene: Any = view.scene
    frame: Any = view.frame
    return (
        dict(zip(scene["updates"], scene["planned"], strict=True)),
        dict(zip(frame["updates"], frame["used"], strict=True)),
    )


@pytest.mark.parametrize(
    ("schedule", "rate"),
    [
        ("constant", lambda t: 0.5),
        ("linear-decay", lambda t: 0.5 * (1 - (t - 1) / 100)),
        ("inverse-sqrt", lambda t: 0.5 / t**0.5),
        ("warm-up", lambda t: 0.5 * min(t / 20, (20 / t) ** 0.5)),
    ],
)
def test_plan_and_use_are_what_the_lesson_says(schedule: str, rate: Any) -> None:
    planned, used = lines(burst(schedule=schedule, warm_up=20, learning_rate=0.5, epochs=100))
    assert planned == used
    assert list(planned) == list(range(1, 101))
    assert all(planned[t] == pytest.approx(rate(t), rel=1e-3) for t in planned)


def test_a_rate_that_is_turned_leaves_the_plan() -> None:
    turn = Changed(epoch=40, updates=40, key="optimizer.learning_rate", value=2.0)
    planned, used = lines(burst(turn, schedule="linear-decay", learning_rate=1.0, epochs=100))
    assert [used[t] / planned[t] for t in (40, 41, 100)] == pytest.approx([1, 2, 2], rel=1e-2)


@pytest.mark.parametrize("overrides", [{"epochs": 4}, {"train.updates": 100}])
def test_a_network_is_planned_in_updates_to_its_last_one(overrides: dict[str, object]) -> None:
    changes = {"show.panels": ["learning-rate"], "schedule": "linear-decay", "batch_size": 100, **overrides}
    summary = run_to_end(load_lab("loss-ticker", LESSONS / "labs", {"pace": 0.0, **changes}), LESSONS / "data")
    planned, used = lines(summary)
    assert max(planned) == max(used) == summary.updates > len(used)
    assert all(rate == pytest.approx(planned[update], rel=1e-3) for update, rate in used.items())


def test_the_plan_is_there_before_the_run() -> None:
    views = initial_views(load_lab("tame-the-burst", LESSONS / "labs", {"schedule": "cosine"}), LESSONS / "data")
    assert views["learning-rate"].scene["updates"]
    assert views["learning-rate"].frame == {}


def test_a_long_run_is_thinned_and_its_line_in_the_log_is_never_torn() -> None:
    panel = LearningRate(FakeContext())
    assert panel.frame() is None
    for epoch in range(1, 5001):
        panel.observe(EpochResult(epoch, 10**9 + epoch, 1.0, learning_rate=1.2345e-5 / epoch))
    frame = panel.frame()
    assert frame is not None
    assert len(frame["updates"]) == len(frame["used"]) <= MAX_POINTS + 1
    assert (frame["updates"][0], frame["updates"][-1]) == (10**9 + 1, 10**9 + 5000)
    view = View(panel="learning-rate", part="frame", epoch=10**6, data=frame)
    assert len(msgspec.json.encode(view)) < 4096


@pytest.mark.parametrize(
    "overrides", [{"optimizer.name": "least-squares"}, {"optimizer.name": "manual"}, {"data.folds": 3}]
)
def test_what_follows_no_gradient_has_no_learning_rate_to_show(overrides: dict[str, object]) -> None:
    with pytest.raises(TutorError, match="The panel learning-rate has nothing to show"):
        with_overrides(LabConfig(), {"show.panels": ["learning-rate"], **overrides})
