"""The progress screen, in both languages; and how sure one is, asked before the feedback."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui import screen_rows
from tests.tui.conftest import MakeWorkspace
from tests.tui.quiz_bench import quiz
from tests.tui.screen_rows import rows_of, running
from tutor.charts.cells import plain_row
from tutor.foundation import clock
from tutor.foundation.text import cell_width
from tutor.progress.records import Answer
from tutor.study.misconceptions import Misconception
from tutor.tui.screens.lesson.screen import LessonScreen
from tutor.tui.screens.progress import ProgressScreen, miss_items
from tutor.tui.widgets.tabs import tabs_row, underline_row
from tutor.workspace import Workspace


def learnt(workspace: Workspace, *, confidence: bool = True) -> None:
    """Three days of answers: two wrong, then right."""
    now = clock.utc_now()
    for number, correct in enumerate((False, False, True)):
        workspace.store.record_answer(
            Answer(
                "loss", "loss-first", "single", (0 if correct else 1,), correct, seconds=90.0,
                confidence=0.9 if confidence else None, at=now - timedelta(days=2 - number),
            )
        )  # fmt: skip


async def press(pilot: Pilot[int], *keys: str) -> str:
    return "\n".join(await screen_rows.press(pilot, *keys))


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_page_in_both_languages(workspace_in: MakeWorkspace, language: str) -> None:
    workspace = workspace_in(language)
    learnt(workspace)
    english = language == "en"
    async with running(workspace) as pilot:
        assert ("p progress" if english else "p 进度") in rows_of(pilot)[-1]
        text = await press(pilot, "p")
        assert ("of 3 right" if english else "正确，共 3 题") in " ".join(text.split())
        assert ("█ right" if english else "█ 答对") in text
        assert "└" in text, "the chart is drawn"
        text = await press(pilot, "right")
        assert ("2 Model and loss" if english else "2 模型与损失") in text
        assert "33%" in text
        text = await press(pilot, "tab")
        assert ("↻ 2 It is not." if english else "↻ 2 不对。") in text
        text = await press(pilot, "4")
        assert "1.570" in text, "two thirds of −ln 0.1 and a third of −ln 0.9"
        assert "90%–100%" in text
        assert ("always 50%" if english else "总说 50%") in text
        text = await press(pilot, "5")
        assert ("2 Model and loss · loss-first" if english else "2 模型与损失 · loss-first") in text
        text = await press(pilot, "left", "L")
        assert ("高估" if english else "too sure by") in text


def test_tabs_that_do_not_fit_keep_the_number_of_every_page() -> None:
    names = ["Overview", "Topics", "Mix-ups"]
    assert plain_row(tabs_row(names, 1, 40)).split() == ["1", "Overview", "2", "Topics", "3", "Mix-ups"]
    narrow, line = plain_row(tabs_row(names, 1, 30)), plain_row(underline_row(names, 1, 30))
    assert narrow.split() == ["1", "2", "Topics", "3"]
    assert (line.index("━"), line.count("━")) == (narrow.index("2"), len("2 Topics"))


async def test_in_a_small_window_the_overview_shows_figures_and_weak_lessons(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    learnt(workspace)
    workspace.store.record_answer(Answer("descent", "descent-first", "single", (0,), True, seconds=5.0))
    async with running(workspace, size=(60, 20)) as pilot:
        text = await press(pilot, "p")
        assert "50%" in text
        assert " 1/3" in text
        assert " 1/1" not in text, "where nothing was wrong, nothing is weak"


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_beside_a_weak_lesson_stands_what_to_do(workspace_in: MakeWorkspace, size: tuple[int, int]) -> None:
    workspace = workspace_in()
    learnt(workspace)
    async with running(workspace, size=size) as pilot:
        text = await press(pilot, "p")
        assert "what to do" in text
        (row,) = (row for row in text.split("\n") if " 1/3 " in row)
        assert "read on § 1" in row, "it was never read to its end, and no card is due yet"
        await pilot.press("escape")
        learnt_long_ago(workspace)
        text = await press(pilot, "p")
        (row,) = (row for row in text.split("\n") if " 1/4 " in row)
        assert "↻ cards: 1  r" in row


def learnt_long_ago(workspace: Workspace) -> None:
    """A missed answer, whose card is due by now."""
    at = clock.utc_now() - timedelta(days=9)
    workspace.store.record_answer(Answer("loss", "loss-again", "single", (1,), False, seconds=9.0, at=at))


async def test_where_a_row_could_be_opened_right_turns_the_page_as_the_footer_says(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    learnt(workspace)
    async with running(workspace) as pilot:
        await press(pilot, "p")
        for page in (1, 2, 3, 4):
            assert "→ next page" in rows_of(pilot)[-1]
            await press(pilot, "right" if page % 2 else "l")
            screen = pilot.app.screen
            assert isinstance(screen, ProgressScreen)
            assert screen.page == page


async def test_a_mix_up_leads_to_the_lesson_that_mends_it(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    learnt(workspace)
    async with running(workspace) as pilot:
        await press(pilot, "p", "3", "enter")
        assert isinstance(pilot.app.screen, LessonScreen)
        assert "Model and loss" in rows_of(pilot)[0]


def test_a_mix_up_is_told_in_full_with_its_question(workspace_in: MakeWorkspace) -> None:
    course = workspace_in().course
    lesson = course.lesson("loss", "en") if course is not None else None
    assert lesson is not None
    question = next(each for each in lesson.questions if each.id == "loss-first")
    told = "That is the model: views in, views out. The loss takes in a whole model and gives back its badness."
    option = replace(question.options[0], feedback=told)
    items = miss_items([Misconception(question, option, 2)], 44, {"loss": "2 Model and loss"})
    rows = [plain_row(item.draw(44)).rstrip() for item in items]
    assert told in " ".join(" ".join(rows).split())
    assert all(cell_width(row) <= 44 for row in rows)
    assert any("2 Model and loss · " in row for row in rows)


async def test_few_lessons_are_told_without_a_chart(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    learnt(workspace)
    async with running(workspace) as pilot:
        text = await press(pilot, "p", "2")
        assert "2 Model and loss" in text
        assert "└" not in text, "one bar as wide as the window says nothing"


async def test_without_answers_every_page_says_what_it_will_tell(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        assert "You have not answered any question yet." in await press(pilot, "p")
        assert "You have not answered any question yet." in await press(pilot, "2")
        assert "You have not chosen a wrong option" in await press(pilot, "3")
        assert "You have not been asked yet how sure you are." in await press(pilot, "4")
        assert "No question has been answered yet." in await press(pilot, "5")


@pytest.mark.parametrize("size", [(80, 24), (44, 12), (140, 40)])
async def test_every_page_fits_every_window(workspace_in: MakeWorkspace, size: tuple[int, int]) -> None:
    workspace = workspace_in(ascii=True)
    learnt(workspace)
    async with running(workspace, lambda: ProgressScreen(), size) as pilot:
        for key in "12345":
            text = await press(pilot, key)
            assert len(text.split("\n")) == size[1]
            assert text.isascii()


async def test_how_sure_is_asked_between_answer_and_feedback(tmp_path: Path) -> None:
    async with quiz(tmp_path, confidence=True) as bench:
        text = "\n".join(await bench.press(bench.digit("1.25"), "enter"))
        assert "How sure are you?" in text
        assert "Correct." not in text
        assert bench.store.answers() == []
        text = "\n".join(await bench.press("8"))
        assert "Correct." in text
        assert bench.store.answers()[0].confidence == 0.8
        await bench.press("enter", "1", "enter", "enter")
        assert bench.store.answers()[1].confidence is None, "enter skips this"


async def test_how_sure_is_asked_of_what_is_typed_and_a_change_takes_it_back(tmp_path: Path) -> None:
    async with quiz(tmp_path, confidence=True) as bench:
        await bench.go_to("slope")
        await bench.type("0.7")
        assert "How sure are you?" in "\n".join(await bench.press("enter"))
        assert "How sure are you?" not in "\n".join(await bench.press("backspace"))
        await bench.type("72")
        await bench.press("enter", "0")
        (answer,) = bench.store.answers()
        assert (answer.given, answer.confidence, answer.correct) == (("0.72",), 1.0, True)


async def test_how_sure_is_not_asked_unless_wanted(tmp_path: Path) -> None:
    async with quiz(tmp_path) as bench:
        assert "Correct." in "\n".join(await bench.press(bench.digit("1.25"), "enter"))
        assert bench.store.answers()[0].confidence is None


async def test_only_pages_that_were_looked_at_are_read(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    learnt(workspace)
    async with running(workspace) as pilot:
        await press(pilot, "p")
        screen = pilot.app.screen
        assert isinstance(screen, ProgressScreen)
        assert screen.pages_read == {0}
        await press(pilot, "4")
        assert screen.pages_read == {0, 3}


async def test_back_from_a_lesson_the_pages_count_what_was_answered_there(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    learnt(workspace)
    async with running(workspace) as pilot:
        assert "of 3 right" in await press(pilot, "p")
        await press(pilot, "3", "enter")
        learnt(workspace)
        assert "↻ 4 It is not." in await press(pilot, "escape")
        assert "of 6 right" in await press(pilot, "1")
