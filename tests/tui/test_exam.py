"""The exam on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.stores import open_store
from tests.tui.quiz_lessons import make_lessons
from tests.tui.screen_rows import make_workspace, press, rows_of, running, settled
from tutor.tui.screens.exam import ExamScreen
from tutor.tui.screens.quiz import QuizScreen
from tutor.workspace import Workspace


@pytest.fixture(autouse=True)
def same_shuffle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.study.exam_session.new_seed", lambda: 0)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_lessons(tmp_path / "lessons")
    return make_workspace(tmp_path / "home", tmp_path / "lessons")


def exam_of(pilot: Pilot[int]) -> ExamScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ExamScreen)
    return screen


async def shown(pilot: Pilot[int]) -> list[str]:
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)
    return rows_of(pilot)


async def go_to(pilot: Pilot[int], question: str) -> list[str]:
    session = exam_of(pilot).session
    assert session is not None
    number = [each.question.id for each in session.exercises].index(question) + 1
    session.go(number)
    await exam_of(pilot).show()
    return await shown(pilot)


async def test_no_feedback_until_handed_in_and_each_question_after(workspace: Workspace) -> None:
    async with running(workspace, lambda: QuizScreen("sample")) as pilot:
        await shown(pilot)
        rows = await press(pilot, "e")
        assert "You get no feedback until you hand in." in "\n".join(rows)
        await press(pilot, "b")
        await go_to(pilot, "slope")
        rows = await press(pilot, "0", "full_stop", "7", "2", "enter")
        assert "✓" not in "\n".join(rows)
        rows = await go_to(pilot, "mae")
        assert rows[-1].count("enter") == 1
        assert "n next" in rows[-1]
        rows = await press(pilot, "m")
        assert "Flagged: the overview shows it." in "\n".join(rows)
        rows = await press(pilot, "o")
        text = "\n".join(rows)
        assert "Not answered yet: 4." in text
        assert "flagged open" in text
        assert workspace.store.answers() == []
        rows = await press(pilot, "d")
        text = "\n".join(rows)
        assert "1 of 5 correct" in text
        assert "80% is needed to test out" in text
        rows = await go_to(pilot, "mae")
        text = "\n".join(await press(pilot, "pagedown"))
        assert "You did not answer this question" in "\n".join(rows) + text


async def test_an_exam_that_was_left_is_resumed(workspace: Workspace, tmp_path: Path) -> None:
    async with running(workspace, lambda: ExamScreen("sample")) as pilot:
        await press(pilot, "b")
        await go_to(pilot, "slope")
        await press(pilot, "0", "full_stop", "7", "2", "ctrl+n", "f7", "escape")
    again = make_workspace(tmp_path / "home", tmp_path / "lessons")
    async with running(again, lambda: ExamScreen("sample")) as pilot:
        rows = await shown(pilot)
        session = exam_of(pilot).session
        assert session is not None
        assert "You continue where you left off." in "\n".join(rows)
        assert (session.count - len(session.unanswered), len(session.flagged)) == (1, 1)
        (slope,) = [each for each in session.exercises if each.question.id == "slope"]
        assert slope.attempt.draft.texts == ("0.72",)


async def test_time_that_is_up_hands_it_in(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(workspace, lambda: ExamScreen("sample")) as pilot:
        await shown(pilot)
        rows = await press(pilot, "m")
        assert "8 min left" in rows[0]
        monkeypatch.setattr("tutor.study.exam_session.ExamSession.seconds", property(lambda _: 481.0))
        await exam_of(pilot).tick()
        rows = await shown(pilot)
        assert "Time is up, so the exam was handed in." in "\n".join(rows)
        assert "0 of 5 correct" in "\n".join(rows)


async def test_the_map_shows_a_lesson_that_was_tested_out_of(workspace: Workspace, tmp_path: Path) -> None:
    from tutor.study.exam_session import ExamSession

    course = workspace.course
    lesson = course.lesson("sample", "en") if course is not None else None
    assert lesson is not None
    exam = ExamSession.start(lesson, workspace.store)
    for exercise in exam.exercises:
        attempt = exercise.attempt
        attempt.put(attempt.type.empty(attempt.question, attempt.shown))
    monkey = {"slope": "0.72"}
    for exercise in exam.exercises:
        attempt = exercise.attempt
        if exercise.question.id in monkey:
            attempt.write("0.72")
        elif exercise.question.id == "names":
            attempt.write("bias", 0)
            attempt.write("weight", 1)
        elif exercise.question.id == "steps":
            order = list(attempt.shown)
            for place in range(len(order)):
                attempt.move(list(attempt.draft.order).index(place), place)
        else:
            for index, option in enumerate(exercise.question.options):
                if option.ticked:
                    attempt.choose(index)
    exam.hand_in()
    assert exam.passed
    async with running(workspace) as pilot:
        rows = await shown(pilot)
        assert any("tested out" in row and "✓" in row for row in rows)
    assert open_store(tmp_path / "home" / "progress.sqlite3").store.lesson_states()["sample"].tested_out
