"""The question that a lesson opens with: one key commits, and the end of the lesson gives the verdict."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.stores import open_store
from tests.tui.screen_rows import rows_of, settled, text_of
from tests.tui.test_lesson import body, reading, until
from tutor.course.questions import question_type
from tutor.foundation.translate import translate
from tutor.tui.questions.question import QuestionWidget
from tutor.tui.screens.lesson.view import LessonView

LESSON = (
    """\
---
id: opened
title: "A lesson that opens with a question"
needs: []
minutes: 5
---

Two forecasts.

### Which is better?

<!-- q: guess; opening -->

1. [x] As many as today
2. [ ] As many, and 500 more
   > Only on two days.

<details><summary>Why</summary>

Views fall as often as they rise.

</details>

## The lesson

"""
    + "A paragraph that takes some room on the screen.\n\n" * 30
    + """\
<!-- opening: answer -->

## Summary

"""
    + "A paragraph behind the answer.\n\n" * 15
)


def course(folder: Path) -> Path:
    (folder / "en").mkdir(parents=True)
    (folder / "labs").mkdir()
    (folder / "en" / "01-opened.md").write_text(LESSON, encoding="utf-8")
    return folder


async def guess(pilot: Pilot[int], text: str) -> None:
    """Focus the question and press the number of the option that says ``text``."""
    await pilot.press("tab")
    await settled(pilot)
    await pilot.press(next(row for row in body(pilot) if text in row).replace("▸", " ").split()[1])
    await settled(pilot)


def verdict(home: Path) -> bool | None:
    with closing(open_store(home / "home" / "progress.sqlite3").store) as store:
        return store.answers(lesson_id="opened")[-1].correct


async def to_the_answer(pilot: Pilot[int], view: LessonView) -> None:
    assert view.lesson is not None
    assert view.lesson.opening_answer is not None
    view.go_to_block(view.lesson.opening_answer)
    await until(pilot, lambda: translate("quiz.why") in text_of(pilot))


async def test_one_key_commits_without_a_verdict(tmp_path: Path) -> None:
    async with reading(tmp_path, lesson="opened", lessons=course(tmp_path / "c")) as (pilot, _):
        assert translate("quiz.title-opening") in text_of(pilot)
        await guess(pilot, "500 more")
        assert translate("quiz.end-decides") in text_of(pilot)
        assert "Only on two days" not in text_of(pilot)
        assert translate("quiz.why") not in text_of(pilot)
        assert verdict(tmp_path) is None


@pytest.mark.parametrize(("chosen", "right"), [("As many as today", True), ("500 more", False)])
async def test_the_end_shows_the_guess_again_with_its_verdict(chosen: str, right: bool, tmp_path: Path) -> None:
    async with reading(tmp_path, lesson="opened", lessons=course(tmp_path / "c")) as (pilot, view):
        await guess(pilot, chosen)
        await pilot.press("escape")
        await to_the_answer(pilot, view)
        text = text_of(pilot)
        assert translate("quiz.title-closing") in text
        assert "Views fall as often" in text
        assert ("Only on two days" in text) is not right
        assert verdict(tmp_path) is right
        assert view.session is not None
        assert (view.session.score.right, view.session.score.total) == (int(right), 1)
        top = rows_of(pilot)[2:6]
        await settled(pilot)
        assert rows_of(pilot)[2:6] == top, "the question above has grown, and the text stayed where it was"


async def test_a_guess_is_there_after_leaving_and_answered_then(tmp_path: Path) -> None:
    folder = course(tmp_path / "c")
    async with reading(tmp_path, lesson="opened", lessons=folder) as (pilot, _):
        await guess(pilot, "As many as today")
    async with reading(tmp_path, lesson="opened", lessons=folder) as (pilot, view):
        first = view.flow.query(QuestionWidget).first()
        assert question_type("single").given(first.exercise.attempt.draft) == (0,)
        assert translate("quiz.end-decides") in text_of(pilot)
        assert verdict(tmp_path) is None
        await to_the_answer(pilot, view)
        assert verdict(tmp_path) is True


async def test_whoever_has_not_guessed_answers_at_the_end_and_is_told_at_once(tmp_path: Path) -> None:
    async with reading(tmp_path, lesson="opened", lessons=course(tmp_path / "c")) as (pilot, view):
        assert view.lesson is not None
        assert view.lesson.opening_answer is not None
        view.go_to_block(view.lesson.opening_answer)
        await settled(pilot)
        assert translate("quiz.why") not in text_of(pilot)
        await guess(pilot, "As many as today")
        await until(pilot, lambda: translate("quiz.why") in text_of(pilot))
        assert verdict(tmp_path) is True


async def test_a_guess_can_be_taken_back_before_the_end(tmp_path: Path) -> None:
    async with reading(tmp_path, lesson="opened", lessons=course(tmp_path / "c")) as (pilot, view):
        await guess(pilot, "500 more")
        await pilot.press("r")
        await settled(pilot)
        await pilot.press(next(row for row in body(pilot) if "As many as today" in row).replace("▸", " ").split()[1])
        await settled(pilot)
        await pilot.press("escape")
        await to_the_answer(pilot, view)
        assert verdict(tmp_path) is True
