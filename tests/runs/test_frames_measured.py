"""What lesson 20 says of frames and their neighbours: our runs against the figures that the course was planned with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.labs.lab_files import load_lab
from tutor.runs.in_process import run_to_end

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


def accuracies(lab: str, **overrides: object) -> tuple[float, float]:
    facts = run_to_end(load_lab(lab, LESSONS / "labs", overrides), LESSONS / "data").facts()
    return float(facts["final.train_accuracy"]), float(facts["final.valid_accuracy"])


@pytest.mark.parametrize(("frames", "planned"), [(1, 0.51), (3, 0.68), (5, 0.73), (21, 0.73)])
def test_neighbours_help_as_far_as_a_sound_lasts(frames: int, planned: float) -> None:
    assert accuracies("frame-classifier", frames=frames)[1] == pytest.approx(planned, abs=0.015)


def test_a_large_net_on_many_frames_learns_by_heart_and_dropout_holds_it_back() -> None:
    train, valid = accuracies("frame-classifier", frames=21, hidden=[128, 128])
    assert train == pytest.approx(0.95, abs=0.02)
    assert valid == pytest.approx(0.70, abs=0.02)
    train, valid = accuracies("frame-classifier", frames=21, hidden=[128, 128], dropout=0.25)
    assert train < 0.88
    assert valid == pytest.approx(0.74, abs=0.02)


@pytest.mark.parametrize(("frames", "planned"), [(1, 0.917), (11, 0.972)])
def test_neighbours_help_to_tell_real_voices(frames: int, planned: float) -> None:
    assert accuracies("real-voices", frames=frames)[1] == pytest.approx(planned, abs=0.01)
