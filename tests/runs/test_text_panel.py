"""The panel of a model that writes, and the specs that it goes with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tutor.runs.execute import run_to_end
from tutor.runs.lab_files import load_lab, read_lab
from tutor.runs.panels import Array
from tutor.runs.spec import RunSpec
from tutor.runs.spec_faults import SpecError
from tutor.runs.text_panel import SHOWN, Text
from tutor.runs.trainee import MlTrainee

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


class Sight:
    """Writes "a" or "b", each as likely as the other."""

    def __init__(self, *, broken: bool = False) -> None:
        self.spec = RunSpec()
        self.class_names: tuple[str, ...] = ("⏎", "a", "b")
        self.broken = broken

    def predict(self, x: Array) -> Array:
        last = x.reshape(len(x), -1, 3)[:, -1].argmax(axis=1)
        shares = np.where((last == 0)[:, None], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0])
        return np.full_like(shares, np.nan) if self.broken else shares

    def lines(self) -> tuple[str, ...]:
        return ("a",)


def test_lines_that_stand_in_the_text_are_marked_and_counted() -> None:
    panel = Text(Sight())
    frame = panel.frame()
    assert frame is not None
    lines, known = frame["lines"], frame["known"]
    assert isinstance(lines, list)
    assert isinstance(known, list)
    assert set(lines) == {"a", "b"}
    assert len(lines) == SHOWN
    assert known == [int(line == "a") for line in lines]
    assert panel.facts()["copied"] == pytest.approx(0.5, abs=0.15)
    assert panel.frame() == frame


def test_a_model_that_diverged_has_no_frame_and_no_figures() -> None:
    panel = Text(Sight(broken=True))
    assert panel.frame() is None
    assert panel.facts() == {}


@pytest.mark.parametrize("text", ["names", "tale-en", "tale-zh"])
def test_training_makes_what_is_written_more_like_the_text(text: str) -> None:
    spec = load_lab("name-writer", LESSONS / "labs", {"data.text": text, "data.context": 5})
    before = MlTrainee(spec, LESSONS / "data").facts()["final.copied"]
    summary = run_to_end(spec, LESSONS / "data")
    assert before == 0.0
    assert float(summary.facts()["final.copied"]) > 0.01
    assert summary.train_losses[-1] < summary.train_losses[0]


@pytest.mark.parametrize(
    ("lab", "says"),
    [
        ('[data]\nname = "text"\n[loss]\nname = "cross-entropy"', "go together"),
        ('[model]\nname = "char-mlp"\n[data]\nname = "iris"\n[loss]\nname = "cross-entropy"', "go together"),
        ('[model]\nname = "char-mlp"\n[data]\nname = "text"\nfolds = 3\n[loss]\nname = "cross-entropy"', "folds at 0"),
        ('[show]\npanels = ["text"]', "The panel text has nothing to show"),
    ],
)
def test_what_does_not_go_with_writing_is_told(lab: str, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        read_lab(lab, Path("mine.toml"))
