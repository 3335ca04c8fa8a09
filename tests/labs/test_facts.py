"""Which facts a run may report is known from its lab alone, so that conditions can be checked without a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.labs.facts import facts_of
from tutor.labs.lab_files import load_lab
from tutor.runs.worker.adapter import TrainingAdapter

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
LABS = ("ball", "two-surfaces", "one-lag", "spam-rule", "moons-net", "curve-builder", "penguins", "speakers")


@pytest.mark.parametrize("name", LABS)
def test_what_a_run_measures_is_listed_beforehand(name: str) -> None:
    lab = load_lab(name, LESSONS / "labs", {"train.epochs": 1, "train.updates": 0})
    training = TrainingAdapter(lab, LESSONS / "data")
    next(iter(training.epochs()), None)
    measured = training.facts().keys()
    assert measured <= facts_of(lab)
    accuracies = {f"{when}.{which}_accuracy" for when in ("first", "final") for which in ("train", "valid")}
    others = {"final.train_loss", "final.valid_loss", "final.gradient_norm", *accuracies}
    assert {each for each in facts_of(lab) - others if each.startswith("final.")} <= measured
