"""The page of all labs, and the labs by lesson that it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import make_workspace, note_routes, press, rows_of, running, settled, text_of
from tutor.foundation.paths import lessons_folder
from tutor.labs.lab_files import lab_headings, list_labs
from tutor.progress.activity import LabAttempt
from tutor.runs.lab_list import labs_by_lesson
from tutor.tui import routes
from tutor.tui.screens.labs import LabsScreen
from tutor.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """The course itself, with an attempt at the goal of one lab."""
    made = make_workspace(tmp_path / "home", lessons_folder())
    goal = next(each.goal for each in lab_headings(lessons_folder() / "labs", "en") if each.name == "ball")
    made.store.attempts.keep(LabAttempt("ball", goal, met=True, held=1, value=-3.6))
    return made


def test_every_lab_is_listed_once_in_the_order_of_the_lessons(workspace: Workspace) -> None:
    course = workspace.course
    assert course is not None
    labs = labs_by_lesson(course, workspace.store, "en")
    assert sorted(each.heading.name for each in labs) == list_labs(course.labs)
    numbers = [each.lesson.number if each.lesson is not None else 999 for each in labs]
    assert numbers == sorted(numbers)
    assert [each.heading.name for each in labs if each.best is not None] == ["ball"]
    assert all(each.fence is None or each.fence.lab == each.heading.name for each in labs)


async def test_b_on_the_map_lists_the_labs_and_enter_opens_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = note_routes(monkeypatch, routes.Lab)
    async with running(workspace) as pilot:
        await press(pilot, "b")
        assert isinstance(pilot.app.screen, LabsScreen)
        rows = rows_of(pilot)
        assert "tutor › Labs" in rows[0]
        assert "✓ 1 of" in rows[0]
        assert "1 What learning means: looking for a function" in text_of(pilot)
        ball = next(row for row in rows if "A ball on a curve" in row)
        assert ball.split()[-2:] == ["✓", "−3.600"]
        assert "f(w) < −3.5" in ball, "the function is called what the lab calls it"
        await press(pilot, "enter")
        first = opened[0]
        assert isinstance(first, routes.Lab)
        assert first.name == "spam-learner"
        await press(pilot, "escape")
        assert "continue" in text_of(pilot) or "start" in text_of(pilot)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (140, 40)])
async def test_no_row_of_the_page_is_too_wide(workspace: Workspace, size: tuple[int, int]) -> None:
    from tutor.foundation.text import cell_width

    async with running(workspace, size=size) as pilot:
        await press(pilot, "b", "end")
        assert all(cell_width(row) <= size[0] for row in rows_of(pilot))


async def test_a_course_without_labs_of_its_own_lists_the_built_in_ones(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        await press(pilot, "b")
        await settled(pilot)
        assert "In no lesson" in text_of(pilot)
