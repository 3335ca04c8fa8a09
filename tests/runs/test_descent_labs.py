"""The labs of lessons 13 to 16: a number of updates in place of epochs, and steps along an eigenvector."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.labs.faults import LabError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.runs.events import Epochs, Event
from tutor.runs.in_process import run_to_end

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


def load(name: str, **overrides: object) -> LabConfig:
    return load_lab(name, LESSONS / "labs", overrides)


@pytest.mark.parametrize(
    ("batch_size", "updates", "epochs", "done_updates"),
    [(10, 640, 5, 640), (100, 640, 50, 650), (1280, 30, 30, 30), (1, 1, 1, 1280)],
)
def test_a_number_of_updates_takes_the_place_of_epochs(
    batch_size: int, updates: int, epochs: int, done_updates: int
) -> None:
    # 1280 examples: 128 updates an epoch with batches of 10, 13 with batches of 100, the last epoch always whole.
    events: list[Event] = []
    spec = load("batch-bench", batch_size=batch_size, updates=updates)
    summary = run_to_end(spec, LESSONS / "data", events.append)
    assert (summary.epoch, summary.updates) == (epochs, done_updates)
    assert summary.epochs_planned == epochs
    assert summary.spec is not None
    assert summary.spec.train.epochs == spec.train.epochs == 20


def test_a_schedule_ends_with_the_updates_that_were_asked_for() -> None:
    spec = load("batch-bench", batch_size=320, updates=20, schedule="linear-decay", pace=0.0)
    rates = [event.learning_rate for event in _epochs_of(spec)]
    # The last of 20 updates has a twentieth of the rate left.
    assert rates[-1] == pytest.approx(0.05 / 20)


def _epochs_of(spec: LabConfig) -> list[Epochs]:
    events: list[Event] = []
    run_to_end(spec, LESSONS / "data", events.append)
    return [event for event in events if isinstance(event, Epochs)]


def test_equal_epochs_favour_the_small_batch_and_equal_updates_none() -> None:
    def accuracy(**overrides: object) -> float:
        facts = run_to_end(load("batch-bench", **overrides), LESSONS / "data").facts()
        return float(facts["final.train_accuracy"])

    assert accuracy() > accuracy(batch_size=1280) + 0.2
    assert abs(accuracy(updates=640) - accuracy(batch_size=1280, updates=640)) < 0.01


def test_a_step_along_an_eigenvector_needs_a_known_curvature() -> None:
    step = {"optimizer.eigenvector_step": 0.1}
    assert load_lab("two-weight-net", LESSONS / "labs", step).optimizer.eigenvector_step == 0.1
    for lab in ("ball", "one-lag"):
        with pytest.raises(LabError, match="saddle"):
            load_lab(lab, LESSONS / "labs", step)
