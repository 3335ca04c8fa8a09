"""A screen that was left is gone, with all its widgets: nothing keeps it."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from textual.widget import Widget

from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import app_of, lab_opened, running, settled
from tests.tui.test_sizes import OPENED, resized
from tutor.tui import router, routes
from tutor.tui.app import TutorApp
from tutor.tui.garbage import AFTER_LEAVING
from tutor.tui.screens.too_small import TooSmallScreen

_PATIENCE = 40
"""Looks of a tenth of a second: a timer that is under way may hold a screen for a moment."""


def _sweep(app: TutorApp) -> None:
    from tutor.labs.lab_files import load_lab

    course = app.workspace.course
    assert course is not None
    router.go(app, routes.Sweep(load_lab("ball", course.labs)))


KINDS = {name: opened for name, opened in OPENED.items() if name != "home"} | {"sweep": _sweep}


async def all_gone(references: Sequence[weakref.ref[Any]]) -> list[str]:
    """The kinds of those that are still there when everything has had its time."""
    for _ in range(_PATIENCE):
        await asyncio.sleep(0.1)
        gc.collect()
        if not any(each() for each in references):
            return []
    return [type(left).__name__ for each in references if (left := each()) is not None]


@pytest.mark.parametrize("name", KINDS)
async def test_a_screen_that_was_left_is_gone_with_its_widgets(workspace_in: MakeWorkspace, name: str) -> None:
    async with running(workspace_in()) as pilot:
        app = app_of(pilot)
        opened: Callable[[TutorApp], None] = KINDS[name]
        opened(app)
        first = [weakref.ref(app.screen)]  # a lab takes the place of the screen that is seen while it is opened
        await settled(pilot)
        if name == "lab":
            await lab_opened(pilot)
            assert await all_gone(first) == []
        await pilot.app.workers.wait_for_complete()
        await settled(pilot)
        kept = [weakref.ref(widget) for widget in app.screen.walk_children(Widget, with_self=True)]
        assert len(kept) > 2
        await pilot.press("escape")
        await settled(pilot)
        assert len(app.screen_stack) == 1
        assert await all_gone(kept) == []


async def test_no_cache_keeps_the_lines_of_a_widget_that_is_gone(workspace_in: MakeWorkspace) -> None:
    """Textual's own does: https://github.com/Textualize/textual/issues/6665."""
    async with running(workspace_in()) as pilot:
        OPENED["settings"](app_of(pilot))
        await settled(pilot)
        lines = [weakref.ref(widget._styles_cache) for widget in pilot.app.screen.walk_children(Widget)]
        await pilot.press("escape")
        await settled(pilot)
        assert await all_gone(lines) == []


async def test_the_notice_of_a_window_too_small_is_gone_when_it_has_grown(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        await resized(pilot, 10, 5)
        assert isinstance(pilot.app.screen, TooSmallScreen)
        kept = [weakref.ref(pilot.app.screen)]
        await resized(pilot, 80, 24)
        assert await all_gone(kept) == []


async def test_what_a_left_screen_was_made_of_is_collected_soon(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        app = app_of(pilot)
        looked: list[bool] = []
        look = app.garbage.look

        def noted() -> bool:
            looked.append(True)
            return look()

        app.garbage.look = noted  # type: ignore[method-assign]
        OPENED["settings"](app)
        await settled(pilot)
        assert not looked
        await pilot.press("escape")
        await asyncio.sleep(2 * AFTER_LEAVING)
        assert looked
