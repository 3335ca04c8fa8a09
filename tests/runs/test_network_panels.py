"""Panels that look inside a network's training, and the figures that they tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.foundation.errors import TutorError
from tutor.runs.execute import run_to_end
from tutor.runs.lab_files import load_lab, with_overrides
from tutor.runs.spec import RunSpec
from tutor.runs.summary import RunSummary

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
        with_overrides(RunSpec(), {"optimizer.name": optimizer, "show.panels": [panel]})
