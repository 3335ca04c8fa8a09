"""Every quiz that ships, on the screen, from its first question to its summary, by keyboard alone.

Each lesson once, in one language, all right or all wrong; with ``TUTOR_EVERY_QUIZ=1`` in all four ways, which takes
some four minutes. Runs end at once, with figures that bear out what the author ticked: whether real ones do is tested
where the lessons are.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.lab_fakes import FakeRuns
from tests.tui.screen_rows import make_workspace, running, settled, text_of
from tutor.course.lesson import Question
from tutor.course.questions.fill_in import FILL_IN
from tutor.course.questions.numeric import NUMERIC
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import Programs
from tutor.runs.events import Finished
from tutor.study.attempt import Attempt, facts_needed
from tutor.study.question_attempt import Mark
from tutor.tui.questions.question import QuestionWidget
from tutor.tui.screens.quiz import QuizScreen

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
NUMBERS = sorted(int(path.stem.split("-")[0]) for path in (LESSONS / "en").glob("*.md"))
WAYS = [("en", True), ("zh", False), ("zh", True), ("en", False)]
EVERY = [(number, *way) for number in NUMBERS for way in WAYS]
SOME = [(number, *WAYS[number % 4]) for number in NUMBERS]
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
SHARES = (0.0, 0.1, 0.5, 0.9, 1.0, 1.1, 2.0)

Facts = dict[str, float]


class EndedRuns(FakeRuns):
    """Runs that end as soon as they are started, with the figures that the test has laid out."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.coming: list[Facts] = []

    def start(self, spec: LabConfig, *, data_folder: Path | None = None, programs: Programs | None = None) -> str:
        run_id = super().start(spec, data_folder=data_folder)
        self.last.train([0.9, 0.6], [0.8, 0.7])
        self.last.write(Finished(reason="epochs", epoch=2, updates=8, seconds=1.0, facts=self.coming.pop(0)))
        return run_id


def facts_for(question: Question) -> Facts:
    """Figures that make just the ticked options true, and a numeric answer right."""
    if question.figure:
        answer = NUMERIC.content(question)
        return {question.figure: (answer.low + answer.high) / 2}
    names = sorted(facts_needed(question))
    conditions = [(option.when, option.ticked) for option in question.options if option.when is not None]
    ends = sorted({float(each) for when, _ in conditions for each in NUMBER.findall(when.text)} | {1.0})
    values = [sign * share * end for end in ends for share in SHARES for sign in (1, -1)]
    dice = random.Random(question.id)
    for _ in range(20_000):
        facts: Facts = {
            name: dice.random() < 0.5 if name.endswith("diverged") else dice.choice(values) for name in names
        }
        if all(when.holds(facts) == ticked for when, ticked in conditions):
            return facts
    pytest.fail(f"{question.id}: no figures found that make just the ticked options true")


def facts_of_each_run(question: Question) -> list[Facts]:
    """The same, parted among the runs of the question."""
    together = facts_for(question)
    if len(question.labs) == 1:
        return [{name.removeprefix(f"{question.labs[0].name}."): fact for name, fact in together.items()}]
    return [
        {name.removeprefix(f"{lab.name}."): fact for name, fact in together.items() if name.startswith(f"{lab.name}.")}
        for lab in question.labs
    ]


def typed(texts: Sequence[str]) -> list[str]:
    """The keys that fill blanks, enter between them."""
    keys: list[str] = []
    for text in texts:
        keys += [*(["enter"] if keys else []), *("space" if each == " " else each for each in text)]
    return keys


def keys_for(attempt: Attempt, *, right: bool) -> list[str]:
    """The keys that answer a question, without the one that commits."""
    question, kind = attempt.question, attempt.question.kind
    if kind == "fill-in":
        return typed([blank.accepted[0] if right else "zzz" for blank in FILL_IN.content(question).blanks])
    if kind == "numeric":
        number = NUMERIC.content(question)
        return typed([f"{(number.low + number.high) / 2:.12g}" if right else "-987654"])
    if kind == "match":
        order = [attempt.shown.index(index) for index in range(len(attempt.shown))]
        return [str(place + 1) for place in (order if right else [*order[1:], order[0]])]
    if kind == "ordering":
        return sorting(list(attempt.draft.order)) if right else []
    places = [place for place, index in enumerate(attempt.shown, 1) if question.options[index].ticked is right]
    return [str(place) for place in places] if kind == "multiple" else [str(places[0])]


def sorting(order: list[int]) -> list[str]:
    """Pick each line up and take it to its place."""
    keys = []
    for place, index in enumerate(sorted(order)):
        at = order.index(index)
        if at != place:
            keys += [str(at + 1), "space", str(place + 1), "space"]
            order.insert(place, order.pop(at))
    return keys


async def answer(pilot: Pilot[int], question: QuestionWidget, runs: EndedRuns, *, right: bool) -> None:
    """Answer the question in front and see that it is settled as it should be."""
    exercise = question.exercise
    runs.coming = facts_of_each_run(exercise.question) if exercise.question.predicts else []
    exercise.attempt.tries = 1  # a second try is looked at elsewhere
    await pilot.press(*keys_for(exercise.attempt, right=right), "enter")
    if exercise.mark is Mark.WAITING:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        question.poll()
    assert exercise.mark is (Mark.RIGHT if right else Mark.WRONG), exercise.question.id


@pytest.mark.parametrize(("number", "language", "right"), EVERY if os.environ.get("TUTOR_EVERY_QUIZ") else SOME)
async def test_every_quiz_is_taken_to_its_end_by_keyboard(
    tmp_path: Path, number: int, language: str, right: bool
) -> None:
    workspace = make_workspace(tmp_path / "home", LESSONS, language=language)
    runs = EndedRuns(tmp_path / "runs")
    workspace.__dict__["runs"] = runs
    assert workspace.course is not None
    lesson_id = next(each.id for each in workspace.course.headers(language) if each.number == number)
    screen = QuizScreen(lesson_id)
    async with running(workspace, lambda: screen) as pilot:
        await settled(pilot)
        session = screen.session
        assert session is not None
        asked = [each.question.id for each in session.exercises]
        for _ in asked:
            await answer(pilot, screen.query_one(QuestionWidget), runs, right=right)
            await pilot.press("enter")
        await settled(pilot)
        assert session.over
        assert translate("quiz.score", right=len(asked) if right else 0, total=len(asked)) in text_of(pilot)
        answers = workspace.store.answers()
        assert [(each.question_id, each.correct) for each in answers] == [(id_, right) for id_ in asked]
        assert {card.key for card in workspace.store.cards.all()} == (
            set() if right else {each.removesuffix("-2") for each in asked}
        )


async def test_two_runs_that_are_compared_are_both_in_view(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "home", LESSONS)
    workspace.__dict__["runs"] = FakeRuns(tmp_path / "runs")
    screen = QuizScreen("linear-lags")
    async with running(workspace, lambda: screen) as pilot:
        await settled(pilot)
        while screen.query_one(QuestionWidget).exercise.question.id != "copy-week":
            await pilot.press("n")
            await settled(pilot)
        await pilot.press("1", "enter")
        await pilot.app.workers.wait_for_complete()
        for _ in range(20):
            await settled(pilot)
            if "Run b  " in text_of(pilot):
                break
        text = text_of(pilot)
        assert screen.query_one(QuestionWidget).exercise.question.id == "copy-week"
        assert "Run a  " in text
        assert "Run b  " in text
        assert text.count("epoch 0/") == 2
