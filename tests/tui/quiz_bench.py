"""A quiz on the screen, with runs that the tests write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.lab_fakes import FakeFollower, FakeRuns
from tests.tui.quiz_lessons import make_lessons
from tests.tui.screen_rows import make_workspace, rows_of, running, settled
from tutor.progress.store import ProgressStore
from tutor.study import quiz_session
from tutor.study.question_attempt import QuestionAttempt
from tutor.tui.questions.ask import AskView
from tutor.tui.questions.question import QuestionWidget
from tutor.tui.screens.quiz import QuizScreen
from tutor.workspace import Workspace

PLACES = {"mae": 0, "parameters": 1, "steps": 2, "names": 3, "slope": 4, "diverge": 5}
"""The sample lesson's questions, and how many are skipped to reach them."""


class Bench:
    """The quiz, and what a test asks of it."""

    def __init__(self, pilot: Pilot[int], screen: QuizScreen, runs: FakeRuns) -> None:
        self.pilot, self.screen, self.runs = pilot, screen, runs
        self.store: ProgressStore = screen.workspace.store

    @property
    def question(self) -> QuestionWidget:
        return self.screen.query_one(QuestionWidget)

    @property
    def ask(self) -> AskView:
        return self.question.ask

    @property
    def exercise(self) -> QuestionAttempt:
        return self.question.exercise

    @property
    def chosen(self) -> set[str]:
        """The texts of the options that are ticked."""
        attempt = self.exercise.attempt
        return {attempt.question.options[index].text for index in attempt.draft.chosen}

    def digit(self, text: str) -> str:
        """The key of the option with this text."""
        attempt = self.exercise.attempt
        options = attempt.question.options
        return str(1 + [options[index].text for index in attempt.shown].index(text))

    @property
    def run(self) -> FakeFollower:
        """The newest run."""
        return self.runs.last

    async def press(self, *keys: str) -> list[str]:
        """Press keys; what the screen shows then."""
        for key in keys:
            await self.pilot.press(key)
        await settled(self.pilot)
        return rows_of(self.pilot)

    async def type(self, text: str) -> list[str]:
        """Type a text."""
        return await self.press(*["space" if each == " " else each for each in text])

    async def go_to(self, question: str) -> None:
        """Skip to a question."""
        for _ in range(PLACES[question]):
            await self.press("ctrl+n")
        assert self.exercise.question.id == question

    async def look(self) -> list[str]:
        """What the screen shows once the runs' logs are read."""
        await self.pilot.app.workers.wait_for_complete()
        await settled(self.pilot)
        if self.question.is_attached:
            self.question.poll()
        await settled(self.pilot)
        return rows_of(self.pilot)

    async def text(self) -> str:
        """What the screen shows, as one text."""
        return "\n".join(await self.press())


@asynccontextmanager
async def quiz(
    tmp_path: Path,
    size: tuple[int, int] = (80, 24),
    *,
    workspace: Workspace | None = None,
    language: str = "en",
    lesson: str = "sample",
    tries: int = 1,
    **settings: object,
) -> AsyncIterator[Bench]:
    """The quiz of the sample lesson; the second time in a test, the learner has come back.

    With one try, a wrong answer is locked at once.
    """
    lessons = tmp_path / "lessons"
    if not lessons.exists():
        make_lessons(lessons)
    workspace = workspace or make_workspace(tmp_path / "home", lessons, language=language, **settings)
    runs = FakeRuns(tmp_path / "runs")
    workspace.__dict__["runs"] = runs
    screen = QuizScreen(lesson)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quiz_session, "TRIES", tries)
        async with running(workspace, lambda: screen, size) as pilot:
            await settled(pilot)
            yield Bench(pilot, screen, runs)
