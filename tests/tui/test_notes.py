"""Stars, notes and finding text, in the lesson, on the page of notes and in the palette."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.lesson_samples import write_course
from tests.tui.screen_rows import make_workspace, press, rows_of, running, settled
from tutor.tui.screens.lesson.screen import LessonScreen
from tutor.tui.screens.notes import NotesScreen
from tutor.workspace import Workspace

LESSON = "descent"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write_course(tmp_path / "lessons")
    return make_workspace(tmp_path / "home", tmp_path / "lessons")


async def read(pilot: Pilot[int]) -> list[str]:
    """The rows once the whole lesson has been mounted."""
    for _ in range(200):
        await pilot.app.workers.wait_for_complete()
        await settled(pilot)
        screen = pilot.app.screen
        if not isinstance(screen, LessonScreen) or screen._view.complete:
            return rows_of(pilot)
    raise AssertionError("the lesson was not mounted")


async def test_the_passage_at_the_top_is_starred_noted_listed_and_opened(workspace: Workspace) -> None:
    async with running(workspace, lambda: LessonScreen(LESSON)) as pilot:
        await read(pilot)
        rows = await press(pilot, "asterisk")
        assert any("Starred: A fog lies" in row for row in rows)
        await press(pilot, "right_square_bracket")
        await press(pilot, "A")
        await press(pilot, *"mine", "enter")
        assert [(note.quote[:9], note.text) for note in workspace.store.notes.all()] == [
            ("A fog lie", ""),
            ("At $w = 2", "mine"),
        ]
        assert workspace.store.notes.all()[1].anchor == "one-step"
        rows = await press(pilot, "home", "asterisk")
        assert [note.text for note in workspace.store.notes.all()] == ["mine"]
        await press(pilot, "asterisk", "H")
        rows = await press(pilot, "N")
        assert isinstance(pilot.app.screen, NotesScreen)
        assert any("mine" in row for row in rows)
        await press(pilot, "enter")
        rows = await read(pilot)
        assert isinstance(pilot.app.screen, LessonScreen)
        await press(pilot, "escape")
        rows = await press(pilot, "x")
        assert len(workspace.store.notes.all()) == 1


async def test_text_is_found_on_the_page_and_n_goes_on(workspace: Workspace) -> None:
    async with running(workspace, lambda: LessonScreen(LESSON)) as pilot:
        await read(pilot)
        await press(pilot, "slash")
        rows = await press(pilot, *"learning", "enter")
        assert any("“learning”: 1 of" in row for row in rows)
        rows = await press(pilot, "n")
        assert any("“learning”: 2 of" in row for row in rows)
        rows = await press(pilot, "N")
        assert any("“learning”: 1 of" in row for row in rows)
        rows = await press(pilot, "escape")
        assert not any("n goes on" in row for row in rows)
        await press(pilot, "slash")
        rows = await press(pilot, *"zebra", "enter")
        assert any("“zebra” is not in the text" in row for row in rows)
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_the_palette_finds_text_inside_lessons_and_opens_it_there(workspace: Workspace) -> None:
    async with running(workspace) as pilot:
        await press(pilot, "slash")
        await press(pilot, *"jumps", "space", *"over")
        await pilot.app.workers.wait_for_complete()
        rows = await press(pilot)
        assert any("text" in row and "A learning rate too large" not in row for row in rows)
        await press(pilot, "enter")
        rows = await read(pilot)
        assert isinstance(pilot.app.screen, LessonScreen)
        assert any("A learning rate too large jumps" in row for row in rows)


@pytest.mark.parametrize("both", [False, True])
async def test_other_names_are_shown_to_english_learners_who_read_both(tmp_path: Path, both: bool) -> None:
    write_course(tmp_path / "lessons")
    workspace = make_workspace(tmp_path / "home", tmp_path / "lessons", translations=both)
    async with running(workspace, lambda: LessonScreen(LESSON)) as pilot:
        await read(pilot)
        rows = await press(pilot, "g")
        assert any("学习率" in row for row in rows) is both
