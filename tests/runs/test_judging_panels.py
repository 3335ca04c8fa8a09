"""The panels that judge a classifier of two classes, its facts, and a threshold that is turned after the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.charts.shapes import text_of
from tests.runs.panel_fakes import FakeContext
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import use_language
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, with_overrides
from tutor.labs.mine import Programs
from tutor.labs.panel import MAX_CORNERS, DrawStyle, corners
from tutor.labs.panels import draw_panel
from tutor.labs.panels.confusion import Confusion
from tutor.labs.panels.precision_recall import PrecisionRecall
from tutor.labs.panels.reliability import ReliabilityPanel
from tutor.labs.panels.roc import Roc
from tutor.labs.settings import SETTINGS
from tutor.runs.events import Changed, Event
from tutor.runs.follower import WEIGHTS_FILE
from tutor.runs.in_process import run_to_end
from tutor.runs.session.after_training import AfterTraining
from tutor.runs.session.session import LabSession
from tutor.runs.summary import RunSummary
from tutor.runs.worker.adapter import TrainingAdapter

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
KEY = "model.decision_threshold"
JUDGING = ["roc", "precision-recall", "reliability", "confusion"]


def moons(**overrides: object) -> LabConfig:
    lab = load_lab("moons-net", LESSONS / "labs")
    return with_overrides(lab, {"train.epochs": 5, "show.panels": JUDGING, **overrides})


def number(text: object) -> float:
    assert isinstance(text, int | float)
    return float(text)


def test_panels_and_facts_agree_with_the_confusion_matrix() -> None:
    summary = run_to_end(moons(**{KEY: 0.3}), None)
    facts, views = summary.facts(), {name: view.frame for name, view in summary.views.items()}
    table: Any = views["confusion"]["counts"]
    (_, false), (missed, found) = table
    assert facts["final.precision"] == found / (found + false)
    assert facts["final.recall"] == found / (found + missed)
    assert facts["final.f1"] == pytest.approx(2 * found / (2 * found + false + missed))
    assert (facts["final.false_positives"], facts["final.false_negatives"]) == (false, missed)
    assert views["roc"]["auc"] == pytest.approx(facts["final.auc"], abs=1e-3)
    assert views["roc"]["point"][1] == pytest.approx(facts["final.recall"], abs=1e-3)  # type: ignore[index]
    assert views["precision-recall"]["point"] == pytest.approx(
        [facts["final.recall"], facts["final.precision"]], abs=1e-3
    )


def test_facts_are_there_whatever_panels_a_lab_shows_and_only_with_two_classes() -> None:
    assert "final.auc" in run_to_end(moons(**{"show.panels": ["loss"]}), None).facts()
    iris = with_overrides(load_lab("three-species", LESSONS / "labs"), {"train.epochs": 1})
    assert "final.auc" not in run_to_end(iris, LESSONS / "data").facts()


def test_a_higher_threshold_never_finds_more() -> None:
    context = FakeContext(classes=True)
    called = []
    for threshold in np.linspace(0, 1, 21):
        context.turn(KEY, float(threshold))
        frame = Confusion(context).frame()
        assert frame is not None
        called.append(np.array(frame["counts"])[:, 1].sum())
    assert called == sorted(called, reverse=True)
    assert (called[0], called[-1]) == (250, 0)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("of_class", [0, 1])
def test_one_class_alone_is_told_in_a_sentence(language: str, of_class: int) -> None:
    context = FakeContext(classes=True)
    context.y_valid = np.full(250, of_class)
    use_language(language)
    try:
        for name, panel in (("roc", Roc), ("precision-recall", PrecisionRecall)):
            frame = panel(context).frame()
            assert frame is not None
            text = text_of(draw_panel(name, {}, frame, DrawStyle(60, 14)), 60, 14)
            assert ("one class" if language == "en" else "同一类") in text
    finally:
        use_language("en")
    assert ReliabilityPanel(context).frame() is not None
    assert "auc" not in context.judgement()


@pytest.mark.parametrize("panel", [Roc, PrecisionRecall, ReliabilityPanel])
def test_a_model_that_diverged_keeps_its_last_good_frame(panel: type[Roc]) -> None:
    context = FakeContext(classes=True)
    context.predict = lambda x: np.full((len(x), 2), np.nan)  # type: ignore[method-assign]
    assert panel(context).frame() is None
    assert panel(context).facts() == {}
    assert context.judgement() == {}


def test_a_curve_keeps_its_corners_and_is_never_long() -> None:
    steps = np.array([0, 1, 2, 2, 2, 3, 4]), np.array([0, 0, 0, 1, 2, 2, 2])
    assert corners(*map(np.asarray, steps)).tolist() == [0, 2, 4, 6]
    random = np.random.default_rng(1)
    up = np.cumsum(random.random(5000) < 0.5)
    assert len(corners(np.arange(5000.0) - up, up.astype(float))) <= MAX_CORNERS


def test_a_threshold_means_nothing_with_three_classes_with_numbers_or_with_a_rule() -> None:
    for lab in ("three-species", "one-lag", "species-numbers", "spam-rule", "coin-flips", "name-writer"):
        spec = load_lab(lab, LESSONS / "labs")
        assert SETTINGS[KEY].idle_reason(spec).endswith("."), lab
        with pytest.raises(TutorError, match="two classes"):
            with_overrides(spec, {"show.panels": ["roc"]})
    for lab in ("real-mails", "moons-net", "spam-threshold"):
        assert not SETTINGS[KEY].idle_reason(load_lab(lab, LESSONS / "labs"))


def test_a_threshold_is_turned_while_it_goes_on_and_changes_no_loss() -> None:
    plain = run_to_end(moons(), None)
    turned = run_to_end(moons(), None, changes=[Changed(epoch=2, updates=0, key=KEY, value=0.9)])
    assert turned.valid_losses == plain.valid_losses
    assert turned.valid_accuracies == plain.valid_accuracies
    assert turned.views["confusion"].frame["threshold"] == 0.9
    assert number(turned.facts()["final.recall"]) < number(plain.facts()["final.recall"])


# -- after the end -------------------------------------------------------------------------------------------------


def ended(folder: Path, **overrides: object) -> tuple[LabConfig, RunSummary]:
    """A run of a lab with the control, as its folder keeps it."""
    spec = with_overrides(
        load_lab("spam-threshold", LESSONS / "labs"),
        {"data.features": ["free", "dollar sign", "exclamation mark"], "train.epochs": 2, **overrides},
    )
    adapter = TrainingAdapter(spec, LESSONS / "data")
    list(adapter.epochs())
    adapter.save(folder / WEIGHTS_FILE)
    return spec, run_to_end(spec, LESSONS / "data")


@pytest.mark.parametrize("overrides", [{}, {"model.hidden": [8], "model.batch_norm": True}], ids=["line", "batch norm"])
def test_a_run_reviewed_at_another_threshold_is_as_if_it_had_been_run_with_it(
    tmp_path: Path, overrides: dict[str, object]
) -> None:
    spec, summary = ended(tmp_path, **overrides)
    after = AfterTraining(LESSONS / "data")
    assert after.request(summary, tmp_path, spec) is None
    for threshold in (0.25, 0.8):
        other = with_overrides(spec, {KEY: threshold})
        request = after.request(summary, tmp_path, other)
        assert request is not None
        assert not after.knows(request)
        after.read(request, summary)
        reviewed, run = after.reviewed(request), run_to_end(other, LESSONS / "data")
        assert after.knows(request)
        assert reviewed is not None
        assert set(reviewed.views) == {"roc", "confusion", "precision-recall"}
        for name, view in reviewed.views.items():
            assert view.frame == run.views[name].frame
        assert reviewed.facts["final.recall"] == run.facts()["final.recall"]
        assert reviewed.facts["final.precision"] == run.facts()["final.precision"]


@pytest.mark.parametrize("damage", ["gone", "cut", "nonsense", "another model"])
def test_parameters_that_cannot_be_read_leave_the_run_as_it_ended(tmp_path: Path, damage: str) -> None:
    spec, summary = ended(tmp_path)
    file = tmp_path / WEIGHTS_FILE
    after = AfterTraining(LESSONS / "data")
    request = after.request(summary, tmp_path, with_overrides(spec, {KEY: 0.8}))
    assert request is not None
    if damage == "gone":
        file.unlink()
        assert not after.takes(KEY, summary, tmp_path)
    elif damage == "another model":
        ended(tmp_path, **{"model.hidden": [4]})
    else:
        file.write_bytes(file.read_bytes()[:-200] if damage == "cut" else b"nonsense")
    after.read(request, summary)
    assert after.knows(request)
    reviewed = after.reviewed(request)
    assert reviewed is not None
    assert not reviewed.views
    assert not reviewed.facts


def test_only_what_has_no_effect_on_the_training_is_taken_after_the_end(tmp_path: Path) -> None:
    _, summary = ended(tmp_path)
    after = AfterTraining(None)
    assert after.takes(KEY, summary, tmp_path)
    for key in ("optimizer.learning_rate", "model.hidden", "model.temperature", "train.seed"):
        assert not after.takes(key, summary, tmp_path), key
    assert not after.takes(KEY, RunSummary(), tmp_path)


class OneRun:
    """The runs of a learner who has one, which has ended."""

    def __init__(self, folder: Path, summary: RunSummary) -> None:
        self.folder = folder
        self.summary = summary

    def start(self, spec: LabConfig, *, data_folder: Path | None = None, programs: Programs | None = None) -> str:
        raise AssertionError("nothing has to be trained again")

    def follow(self, run_id: str) -> OneRun:
        return self

    def poll(self, limit_bytes: int = 0) -> list[Event]:
        return []

    def catch_up(self, *_: object, **__: object) -> RunSummary:
        return self.summary

    def keep_compared(self, run_id: str, number: int | None) -> None:
        return None

    def compared(self, spec: LabConfig) -> list[tuple[int, str]]:
        return []


def test_a_goal_can_be_met_by_turning_the_threshold_after_the_end(tmp_path: Path) -> None:
    spec, summary = ended(tmp_path, **{"challenge.goal": "final.recall >= 0.95"})
    session = LabSession(OneRun(tmp_path, summary), spec, data_folder=LESSONS / "data")
    session.join("run")
    wanted = [session.wants_preview]
    assert not session.goal_met()
    shown = session.view("roc")
    session.set("decision_threshold", 0.1)
    assert session.holds(KEY)
    wanted.append(session.wants_preview)
    assert not session.goal_met(), "not before it is computed"
    session.read_preview()
    wanted.append(session.wants_preview)
    assert wanted == [False, True, False]
    assert session.goal_met()
    attempt = session.take_attempt()
    assert attempt is not None
    assert attempt.settings[KEY] == 0.1
    turned = session.view("roc")
    assert turned is not None
    assert shown is not None
    assert turned.version != shown.version
    assert session.view("loss") == summary.views.get("loss")
    session.undo()
    assert session.view("roc") is shown
    assert not session.goal_met()


def test_a_model_that_writes_is_heated_after_its_training(tmp_path: Path) -> None:
    spec = with_overrides(load_lab("name-writer", LESSONS / "labs"), {"train.epochs": 1})
    adapter = TrainingAdapter(spec, LESSONS / "data")
    list(adapter.epochs())
    adapter.save(tmp_path / WEIGHTS_FILE)
    summary = run_to_end(spec, LESSONS / "data")
    after = AfterTraining(LESSONS / "data")
    cold = with_overrides(spec, {"temperature": 0.1})
    request = after.request(summary, tmp_path, cold)
    assert request is not None
    after.read(request, summary)
    reviewed = after.reviewed(request)
    assert reviewed is not None
    assert reviewed.views["text"].frame == run_to_end(cold, LESSONS / "data").views["text"].frame
