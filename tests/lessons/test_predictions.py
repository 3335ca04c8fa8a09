"""The answer keys of predict-then-run questions: true of the run, and not by a hair."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest

from tutor.course.lesson import LabFence, Question
from tutor.course.questions import question_type
from tutor.course.reader import read_lesson
from tutor.foundation.translate import use_language
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.runs.in_process import run_to_end
from tutor.study.predictions import deciding_figures, facts_of_runs

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


FILES = sorted((LESSONS / "en").glob("*.md"))


@cache
def predictions(path: Path) -> list[Question]:
    lesson = read_lesson(path, "en").lesson
    assert lesson is not None
    return [question for question in lesson.questions if question.predicts]


@cache
def facts_of_spec(spec: bytes, draw: int) -> dict[str, float | bool | str]:
    """Several questions rest on the same run."""
    return run_to_end(msgspec.json.decode(spec, type=LabConfig), LESSONS / "data", perturbation=draw).facts()


def facts_of(fence: LabFence, *, seed: int, draw: int) -> dict[str, float | bool | str]:
    spec = load_lab(fence.lab, LESSONS / "labs", {**fence.overrides, "train.seed": seed, "train.pace": 0.0})
    return facts_of_spec(msgspec.json.encode(spec), draw)


each_lesson = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@each_lesson
def test_who_is_right_hangs_neither_on_the_seed_nor_on_the_last_bits(path: Path) -> None:
    """With another seed than the lab's own, which `tutor check --run` tries, and rounded as another processor does.

    `tutor check --run --seeds 10` tries many more.
    """
    for question in predictions(path):
        facts = facts_of_runs(question.labs, [facts_of(fence, seed=2, draw=2) for fence in question.labs])
        faults = question_type(question.kind).faults_of_claim(question, facts)
        assert [fault.message for fault in faults] == [], question.id


@each_lesson
def test_every_run_of_a_question_ends_by_itself_within_a_minute(path: Path) -> None:
    for fence in (fence for question in predictions(path) for fence in question.labs):
        spec = load_lab(fence.lab, LESSONS / "labs", fence.overrides)
        assert not spec.manual or spec.train.epochs == 1
        assert not spec.train.pace or spec.train.epochs / spec.train.pace <= 60


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_fact_that_decides_is_told_in_words(language: str) -> None:
    use_language(language)
    for question in (question for path in FILES for question in predictions(path)):
        names = {name for option in question.options if option.when is not None for name in option.when.names}
        for figure in deciding_figures(question, dict.fromkeys(names | ({question.figure} - {None}), 1.0)):
            assert not {".", "_"} & set(figure.name), question.id
