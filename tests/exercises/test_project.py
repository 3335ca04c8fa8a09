"""The project: a public score, a frozen hand-in on utterances drawn afterwards, and the four lines."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tutor.course.exercises.code import LONGEST_PROGRAM
from tutor.course.exercises.project import PROJECT
from tutor.exercises.files import digest_of
from tutor.exercises.project import (
    Attempt,
    Board,
    Line,
    Project,
    Score,
    Size,
    about_of,
    after_hand_in,
    compared,
    score,
)
from tutor.exercises.project_references import REFERENCES, score_references
from tutor.exercises.transfer import dump_programs, merge_programs
from tutor.foundation.errors import TutorError
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Floats, Ints
from tutor.ml.datasets.sources.generated import utterances
from tutor.ml.settings import DataSettings
from tutor.plain.project import board_lines
from tutor.progress.transfer import read_json, to_json
from tutor.sandbox.job import Job, Outcome, ProgramReport, Report
from tutor.sandbox.sandbox import Sandbox

SMALL = Size(train=20, valid=3, final=4)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def references(x: Floats, phones: Ints, _train: int) -> dict[str, Score]:
    return {"simple": Score.of(np.zeros_like(phones), phones)}


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> Project:
    made = Project(tmp_path, sandbox, SMALL, now=lambda: NOON, draw=lambda: 77)
    made.make()
    return made


def test_the_starter_runs_and_its_score_is_kept(project: Project) -> None:
    source = project.read()
    attempt, found = project.score_in_public(source)
    assert attempt is not None
    assert found.scores[0].accuracy == attempt.public
    assert 0 < (attempt.public or 0) < 0.4
    assert project.attempts() == [attempt]
    assert attempt.about == about_of(source) == "the most frequent phone"


def test_a_program_is_frozen_before_the_utterances_are_drawn(tmp_path: Path, sandbox: Sandbox) -> None:
    seen: list[list[Attempt]] = []

    def draw() -> int:
        seen.append(made.attempts())
        return 77

    time = [NOON]
    made = Project(tmp_path, sandbox, SMALL, now=lambda: time[0], draw=draw)
    made.make()
    source = made.read()
    attempt, _ = made.hand_in(source, references)
    assert attempt is not None
    (frozen,) = seen[0]
    assert (frozen.digest, frozen.handed_in, frozen.final) == (digest_of(source), True, None)
    assert [each.read_text() for each in (tmp_path / ".kept" / "phones-project").glob("*.py")] == [source]
    assert (attempt.seed, attempt.final is not None, made.attempts()) == (77, True, [attempt])
    with pytest.raises(TutorError, match="One hand-in a day"):
        made.hand_in(source, references)
    time[0] = NOON + timedelta(days=1)
    assert made.hand_in(source, references)[0] is not None
    assert "final" in next(board_lines(made.attempts()))


def test_a_public_score_that_comes_during_a_hand_in_is_kept(project: Project) -> None:
    between: list[Attempt | None] = []

    def slow_references(x: Floats, phones: Ints, train: int) -> dict[str, Score]:
        between.append(project.score_in_public(project.read())[0])
        return references(x, phones, train)

    attempt, _ = project.hand_in(project.read(), slow_references)
    assert project.attempts() == [*between, attempt]


def test_what_does_not_run_does_not_count(project: Project) -> None:
    attempt, found = project.hand_in("def train(x, y, random): pass\n\ndef predict(x): return x", references)
    assert attempt is None
    assert "(3, 40)" in found.problem
    assert project.counts_today
    assert "1 / 0" in score("def train(x, y, random): 1 / 0", project._sandbox, SMALL).problem


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("np.zeros(3)", "shape (3, 40), but it returned one of shape (3,)."),
        ("None", "it returned nothing."),
        ("3", "it returned a value of the type int."),
        ("[[0] * 40, [1]]", "it returned a value of the type list."),
        ("[[0] * 40] * 3", ""),
    ],
)
def test_what_predict_returned_is_said_by_its_shape_and_rows_of_numbers_count(
    project: Project, result: str, said: str
) -> None:
    source = f"def train(x, y, random):\n    pass\n\n\ndef predict(x):\n    return {result}\n"
    attempt, found = project.score_in_public(source)
    assert said in found.problem
    assert (attempt is not None) == (not said)
    if attempt is not None:
        assert "no name: set ABOUT" in "\n".join(board_lines([attempt]))


def test_training_and_each_prediction_have_their_time_on_the_processor_too(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: list[Job] = []

    def run(job: Job) -> Report:
        jobs.append(job)
        return Report((ProgramReport(Outcome()),))

    monkeypatch.setattr(sandbox, "run", run)
    score("", sandbox, SMALL, utterances(SMALL.final, 5))
    (job,) = jobs
    assert job.cpu_seconds >= 3 * job.seconds


def test_what_a_program_says_of_itself_is_read_without_a_warning_of_python() -> None:
    long = "#" * (2 * LONGEST_PROGRAM)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert about_of(f'ABOUT = "mine"\nescape = "\\d"\n{long}') == "mine"
    assert about_of("ABOUT = 3\n") == about_of("ABOUT =") == about_of("\0") == ""


def test_a_damaged_board_is_set_aside(project: Project) -> None:
    project.score_in_public(project.read())
    project._board.file.write_text("[{")
    assert project.attempts() == []
    project.score_in_public(project.read())
    assert len(project.attempts()) == 1
    assert project._board.file.with_suffix(".damaged").read_text() == "[{"


def test_the_board_travels_in_an_export_and_only_what_can_be_a_score_arrives(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    public = Attempt(NOON, "aa", "first", 0.5)
    frozen = Attempt(NOON + timedelta(days=1), "bb", "second", handed_in=True)
    done = msgspec.structs.replace(frozen, public=0.6, final=0.7, seed=3, lines=(Line("simple", 0.5, 0.2, 0.1),))
    Board(here).remember([public, done])
    Board(there).remember([frozen])
    (here / f"{PROJECT}.py").write_text("ABOUT = 'second'\n")
    exported = read_json(to_json({}, dump_programs(here))).programs
    for _ in range(2):
        merge_programs(there, exported)
        assert Board(there).attempts() == [public, done], "the score of the hand-in comes, once"
    bad = [msgspec.structs.replace(public, digest="cc", public=1.5), Attempt(NOON.replace(tzinfo=None), "dd")]
    sly = Attempt(NOON, "ee", "\x1b[2J" + "x" * 99, 0.1)
    Board(there).merge(msgspec.to_builtins([*bad, sly]))
    Board(there).merge("nonsense")
    (new,) = [each for each in Board(there).attempts() if each not in (public, done)]
    assert (new.digest, len(new.about), "\x1b" in new.about) == ("ee", 60, False)


def test_a_line_is_passed_by_more_than_the_spread_of_the_difference() -> None:
    mine = Score(0.6, np.array([0.5, 0.7]))
    line = compared("simple", mine, Score(0.5, np.array([0.4, 0.6])))
    assert line.is_passed
    assert line.spread < 1e-9
    assert not compared("simple", mine, mine).is_passed
    assert not compared("simple", mine, Score(0.55, np.array([0.2, 0.9]))).is_passed


def test_a_large_gap_is_answered_with_the_lesson_on_validation() -> None:
    near, far = (Attempt(NOON, "", public=0.8, handed_in=True, final=final) for final in (0.79, 0.7))
    assert "validation-mismatch" not in after_hand_in(near)
    assert "validation-mismatch" in after_hand_in(far)


def test_the_utterances_are_those_of_the_lab() -> None:
    data = load_dataset(DataSettings(name="phones", rows=240), data_folder=None)
    for seed, x, y in ((0, data.x_train, data.y_train), (1, data.x_valid, data.y_valid)):
        frames, phones = utterances(len(y) // 40, seed)
        np.testing.assert_allclose(data.raw(x), frames.reshape(-1, 8))
        np.testing.assert_array_equal(y, phones.ravel())


def test_every_reference_is_scored() -> None:
    found = score_references(*utterances(2, 5), 3)
    assert list(found) == list(REFERENCES)
    assert all(each.by_utterance.shape == (2,) for each in found.values())
