"""Every way to end: one table, with a state and a sentence for each reason, which all fronts tell."""

from __future__ import annotations

import ast
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import get_args

import pytest

from tutor.foundation.translate import use_language
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, with_overrides
from tutor.plain.narrator import Narrator
from tutor.plain.reporters import JsonReporter, LineReporter, Reporter
from tutor.runs.events import Changed, DataFacts, Diverged, Epochs, Event, Finished, Reason, Started
from tutor.runs.in_process import run_to_end
from tutor.runs.summary import ENDS, RunSummary, divergence_of, fold

REASONS: tuple[Reason, ...] = get_args(Reason)
PACKAGE = Path(__file__).resolve().parents[2] / "tutor"
LESSONS = PACKAGE.with_name("lessons")
_ENDING = {"stop", "end", "_finish", "Finished"}


def ended(reason: Reason) -> RunSummary:
    data = DataFacts(name="views", task="regression", train_rows=9, valid_rows=0)
    events: list[Event] = [
        Started(run="r", at="2026-01-01T00:00:00.000", spec=LabConfig(), data=data),
        Epochs(first=1, train=[3.0, 2.0, 1.0], updates=12, seconds=0.5),
    ]
    if reason == "diverged":
        events.append(Diverged(epoch=3, updates=12))
    events.append(Finished(reason=reason, epoch=3, updates=12, seconds=0.5))
    return fold(RunSummary(), events)


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    use_language(request.param)
    return str(request.param)


def test_every_reason_has_a_sentence_of_its_own(language: str) -> None:
    assert set(ENDS) == set(REASONS)
    sentences = [ended(reason).end_sentence for reason in REASONS]
    assert len(set(sentences)) == len(REASONS)
    for sentence in sentences:
        assert sentence[-1] in ".。"
        assert not set("{}") & set(sentence)
        assert "3" in sentence or "12" in sentence


def test_every_reason_given_anywhere_is_in_the_table() -> None:
    given = set()
    for path in (PACKAGE / "runs").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _ENDING:
                words = [*node.args, *(each.value for each in node.keywords if each.arg == "reason")]
                given |= {
                    part.value
                    for word in words
                    for part in ast.walk(word)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    assert {"epochs", "idle", "seconds", "log-size", "quiet", "gone", "diverged"} <= given
    assert given - {""} <= set(ENDS)  # a sheet of a followed file ends without a reason


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("reporter", [LineReporter, Narrator])
def test_only_a_run_that_did_all_of_them_says_that_all_epochs_are_done(
    reason: Reason, reporter: type[LineReporter | Narrator], language: str
) -> None:
    out = StringIO()
    teller: Reporter = reporter(out)
    summary = ended(reason)
    teller.end(summary)
    told = "".join(out.getvalue().split())  # lines may be wrapped
    assert summary.state == ENDS[reason].state
    if not ENDS[reason].expected:
        if reporter is Narrator and reason == "diverged":  # it says how far the loss grew
            assert ("Divergedinepoch3" if language == "en" else "3") in told
        else:
            assert "".join(summary.end_sentence.split()) in told
        assert summary.message == summary.end_sentence
    elif reason == "epochs":
        assert summary.message == ""
    if ENDS[reason].state != "finished":
        assert "".join(ended("epochs").end_sentence.split()) not in told
        assert ended("epochs").facts()["state"] != summary.facts()["state"]


@pytest.mark.parametrize("rate", [3.0, 1e3])
def test_a_loss_beyond_any_use_is_no_finished_run(rate: float, language: str) -> None:
    spec = with_overrides(LabConfig(), {"data.lags": 1, "optimizer.learning_rate": rate, "train.epochs": 45})
    summary = run_to_end(spec, None)
    out = StringIO()
    LineReporter(out).end(summary)
    JsonReporter(out).end(summary)
    facts = summary.facts()
    assert (summary.state, summary.reason, facts["diverged"], facts["state"]) == ("diverged",) * 2 + (True, "diverged")
    assert summary.epoch < 45
    assert summary.message in out.getvalue()
    assert {"en": "Diverged after", "zh": "训练发散"}[language] in out.getvalue()
    assert '"state":"diverged"' in out.getvalue()
    assert isfinite(summary.train_losses[-1])  # it was no number that ended it


def test_a_divergence_tells_its_rate_since_when_and_how_far_it_rose() -> None:
    summary = RunSummary()
    fold(summary, [Epochs(first=1, train=[1.0, 0.9], updates=2, seconds=0.1, learning_rate=0.1)])
    assert divergence_of(summary) is None
    fold(summary, [Changed(epoch=2, updates=2, key="optimizer.learning_rate", value=3.0)])
    fold(summary, [Epochs(first=3, train=[9.0, 800.0, None], updates=5, seconds=0.2, learning_rate=3.0)])
    fold(summary, [Diverged(epoch=5, updates=5)])
    rise = divergence_of(summary)
    assert rise is not None
    assert (rise.rate, rise.since, rise.low, rise.high) == (3.0, 2, 0.9, 800.0)


def test_a_divergence_at_once_has_no_rise_to_tell() -> None:
    summary = fold(RunSummary(), [Epochs(first=1, train=[None], updates=1, seconds=0.1, learning_rate=3.0)])
    fold(summary, [Diverged(epoch=1, updates=1)])
    rise = divergence_of(summary)
    assert rise is not None
    assert (rise.low, rise.high) == (None, None)


def test_a_search_that_has_tried_all_there_is_does_not_claim_all_planned_epochs() -> None:
    summary = run_to_end(load_lab("spam-learner", LESSONS / "labs", {"train.pace": 0.0}), LESSONS / "data")
    assert summary.end_sentence == "Done after epoch 10 of 40: nothing is left to try."
    assert summary.message == ""
