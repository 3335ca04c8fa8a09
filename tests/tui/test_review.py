"""The review on the screen, in both languages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import press, rows_of, running, settled, text_of
from tutor.foundation import clock
from tutor.progress.cards import Side, term_key
from tutor.progress.records import Answer
from tutor.tui.questions.question import QuestionWidget
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.lesson.screen import LessonScreen
from tutor.tui.screens.review import ReviewScreen
from tutor.workspace import Workspace

LOSS = term_key("loss-function", Side.MEANING)


def with_cards(
    workspace: Workspace, *, questions: tuple[str, ...] = ("loss",), terms: tuple[str, ...] = (LOSS,)
) -> None:
    """Questions missed two days ago, terms seen yesterday."""
    now = clock.utc_now().replace(microsecond=0)
    for lesson in questions:
        missed = Answer(lesson, f"{lesson}-first", "single", (1,), correct=False, at=now - timedelta(days=2))
        workspace.store.record_answer(missed)
    workspace.store.cards.see(terms, "loss", now - timedelta(days=1))


async def opened(pilot: Pilot[int]) -> ReviewScreen:
    """The review screen with everything read."""
    await settled(pilot)  # the reading begins after the first frame
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, ReviewScreen)
    return screen


def front(pilot: Pilot[int]) -> type:
    """Which screen is in front."""
    return type(pilot.app.screen)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_home_tells_what_is_due_and_r_opens_it(workspace_in: MakeWorkspace, language: str) -> None:
    workspace = workspace_in(language)
    with_cards(workspace)
    async with running(workspace) as pilot:
        assert ("2 due" if language == "en" else "2 张到期") in rows_of(pilot)[3], "below where the course goes on"
        assert ("r review" if language == "en" else "r 复习") in rows_of(pilot)[-1]
        await pilot.press("r")
        await opened(pilot)
        rows = rows_of(pilot)
        text = "\n".join(rows)
        assert ("Cards due today: 2." if language == "en" else "今天待复习：2 张。") in text
        assert ("Cards due, by day" if language == "en" else "每天到期的卡片") in text
        assert "└" in text, "the forecast is drawn"
        assert len(rows) == 24


async def test_nothing_due_and_nothing_seen_is_said(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        assert "due" not in text_of(pilot)
        await pilot.press("r")
        await opened(pilot)
        assert "There is nothing to review yet." in text_of(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert front(pilot) is HomeScreen


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_review_from_the_first_card_to_the_last(workspace_in: MakeWorkspace, language: str) -> None:
    workspace = workspace_in(language)
    with_cards(workspace)
    async with running(workspace) as pilot:
        await press(pilot, "r", "a")
        screen = await opened(pilot)
        assert ("1 of 2" if language == "en" else "第 1 张，共 2 张") in rows_of(pilot)[0]
        for number in (1, 2):
            attempt = screen.query_one(QuestionWidget).exercise.attempt
            right = next(at for at, option in enumerate(attempt.question.options) if option.ticked)
            rows = await press(pilot, str(attempt.shown.index(right) + 1), "enter")
            assert f"✓ {number} ✗ 0" in rows[0]
            await press(pilot, "enter")
        text = text_of(pilot)
        assert ("2 of 2 correct" if language == "en" else "答对 2 题，共 2 题") in text
        assert ("That is all for now." if language == "en" else "这次的都复习完了。") in text
        assert workspace.store.cards.count_due(clock.utc_now()) == 0
        await press(pilot, "escape")
        assert front(pilot) is HomeScreen
        assert "due" not in text_of(pilot)
        assert "张到期" not in text_of(pilot)


async def test_f6_shows_the_answer_too(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    with_cards(workspace, questions=(), terms=(term_key("loss-function", Side.NAME),))
    async with running(workspace) as pilot:
        await press(pilot, "r", "a")
        assert "You asked for the answer, so this counts as not known." in "\n".join(await press(pilot, "f6"))


async def test_between_blanks_tab_is_not_the_key_that_shows_the_answer(
    workspace_in: MakeWorkspace, lessons: Path
) -> None:
    with (lessons / "en" / "02-loss.md").open("a", encoding="utf-8") as file:
        file.write("\n## Names\n\n<!-- q: loss-names -->\n\nThe [[bias]] and the [[weight]].\n")
    workspace = workspace_in()
    now = clock.utc_now().replace(microsecond=0)
    missed = Answer("loss", "loss-names", "fill-in", ("", ""), correct=False, at=now - timedelta(days=2))
    workspace.store.record_answer(missed)
    async with running(workspace) as pilot:
        await press(pilot, "r", "a")
        for _ in range(3):
            rows = await press(pilot, "tab")
            assert "F6 show answer" in rows[-1]
            assert "tab show" not in rows[-1]
        assert "You asked for the answer, so this counts as not known." in "\n".join(await press(pilot, "f6"))


async def test_a_name_is_typed_and_tab_shows_the_answer(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    with_cards(workspace, questions=(), terms=(term_key("loss-function", Side.NAME),))
    async with running(workspace) as pilot:
        rows = await press(pilot, "r", "a")
        text = "\n".join(rows)
        assert "What … means in one sentence." in text
        assert "Loss function" not in text
        assert "tab show" in rows[-1]
        rows = await press(pilot, "f2", "l", "o", "tab")
        assert "You asked for the answer, so this counts as not known." in "\n".join(rows)
        assert "Loss function · 损失函数" in "\n".join(rows)
        (answer,) = workspace.store.answers()
        assert (answer.correct, answer.given, answer.hints) == (False, ("",), 1)
        rows = await press(pilot, "n")
        assert "1 of 1, 1 again" in rows[0], "it comes again, and the total does not grow"
        await press(pilot, *"loss-functoin", "enter")
        assert "Loss function" in text_of(pilot)
        assert [each.correct for each in workspace.store.answers()] == [False, True]


async def test_the_language_changes_under_way(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    with_cards(workspace, questions=())
    async with running(workspace) as pilot:
        await press(pilot, "r", "a")
        assert "Loss function" in text_of(pilot)
        await press(pilot, "L")
        assert "损失函数" in text_of(pilot)
        assert "第 1 张，共 1 张" in rows_of(pilot)[0]


async def test_a_card_leads_to_its_lesson_and_back(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    with_cards(workspace, terms=())
    async with running(workspace) as pilot:
        await press(pilot, "r", "5", "tab", "o")
        assert front(pilot) is LessonScreen
        await press(pilot, "escape")
        assert front(pilot) is ReviewScreen
        assert "You asked for the answer, so this counts as not known." in text_of(pilot)


async def test_leaving_in_the_middle_keeps_what_was_answered(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    with_cards(workspace, questions=("loss", "learning"))
    async with running(workspace) as pilot:
        await press(pilot, "r", "a")
        screen = await opened(pilot)
        attempt = screen.query_one(QuestionWidget).exercise.attempt
        await press(pilot, str(attempt.shown.index(0) + 1), "enter", "escape")
        assert "2 due" in rows_of(pilot)[3]
        await press(pilot, "r")
        assert "Cards due today: 2." in text_of(pilot)


@pytest.mark.parametrize("size", [(80, 24), (44, 12), (140, 40)])
async def test_every_page_fits_every_window(workspace_in: MakeWorkspace, size: tuple[int, int]) -> None:
    workspace = workspace_in()
    with_cards(workspace)
    async with running(workspace, size=size) as pilot:
        for keys in (("r",), ("a",), ("tab",), ("enter",), ("tab",), ("enter",)):
            rows = await press(pilot, *keys)
            assert len(rows) == size[1]
            assert "? help" in rows[-1] or "F1 help" in rows[-1]
