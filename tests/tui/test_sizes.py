"""Windows of every size: nothing is laid out below the least, and every screen comes to rest at the size it has."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest
from textual import events
from textual.geometry import Size
from textual.pilot import Pilot

from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import app_of, lab_opened, rows_of, running, settled, text_of
from tutor.foundation.text import cell_width
from tutor.tui import router, routes
from tutor.tui.app import TutorApp
from tutor.tui.background import MIN_HEIGHT, MIN_WIDTH
from tutor.tui.screens.lesson.screen import LessonScreen
from tutor.tui.screens.too_small import TooSmallScreen
from tutor.tui.widgets.prose import ProseView

OPENED: dict[str, Callable[[TutorApp], None]] = {
    "home": lambda _: None,
    "lesson": lambda app: router.go(app, routes.Lesson("loss")),
    "quiz": lambda app: router.go(app, routes.Quiz("loss")),
    "review": lambda app: router.go(app, routes.Review()),
    "progress": lambda app: router.go(app, routes.Progress()),
    "lab": lambda app: router.go(app, routes.Lab("ball")),
    "runs": lambda app: router.go(app, routes.Runs()),
    "glossary": lambda app: router.go(app, routes.Glossary()),
    "term": lambda app: router.go(app, routes.Term("softmax-function")),
    "settings": lambda app: router.go(app, routes.Settings()),
    "help": lambda app: router.go(app, routes.Help(app.screen)),
    "palette": lambda app: router.go(app, routes.Palette(app.screen)),
}


async def resized(pilot: Pilot[int], width: int, height: int) -> None:
    await pilot.resize_terminal(width, height)
    await settled(pilot)


@pytest.mark.parametrize("small", [(1, 24), (2, 24), (4, 24), (80, 1), (80, 4), (1, 1)])
async def test_a_lesson_in_a_window_too_small_keeps_its_layout(
    workspace_in: MakeWorkspace, small: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    lines_at = ProseView.lines_at

    def noted(self: ProseView, width: int) -> object:
        asked.append(width)
        return lines_at(self, width)

    monkeypatch.setattr(ProseView, "lines_at", noted)
    async with running(workspace_in(), lambda: LessonScreen("loss")) as pilot:
        before = text_of(pilot)
        whole = asked[-1]
        asked.clear()
        await resized(pilot, *small)
        assert isinstance(pilot.app.screen, TooSmallScreen)
        assert set(asked) <= {whole}, "saving the place in it reads its lines, as wide as they were"
        await resized(pilot, 80, 24)
        assert text_of(pilot) == before


async def test_what_is_opened_in_a_window_too_small_is_laid_out_in_the_least_size(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in(), lambda: LessonScreen("loss"), (2, 3)) as pilot:
        assert isinstance(pilot.app.screen, TooSmallScreen)
        assert pilot.app.screen_stack[0].size == Size(MIN_WIDTH, MIN_HEIGHT)
        await resized(pilot, 100, 30)
        assert isinstance(pilot.app.screen, LessonScreen)
        assert pilot.app.screen.size == Size(100, 30)
        assert "Prose of the lesson" in text_of(pilot)


async def test_sizes_that_follow_one_another_closely_come_to_rest(workspace_in: MakeWorkspace) -> None:
    """The lab asks for something at each size, so that Textual cannot take two sizes that wait together."""
    async with running(workspace_in(), lambda: router.screen_for(routes.Lab("ball"))) as pilot:
        screen = await lab_opened(pilot)
        told: list[events.Resize] = []
        on_event = screen.on_event

        async def noted(event: events.Event) -> None:
            if isinstance(event, events.Resize):
                told.append(event)
            await on_event(event)

        screen.on_event = noted  # type: ignore[method-assign]
        for width in (79, 81, 80):
            screen.post_message(events.Resize(Size(width, 24), Size(width, 24)))
            screen.call_later(lambda: None)
        await asyncio.sleep(0.5)
        assert len(told) < 10, "two sizes follow each other round"
        assert screen.size == Size(80, 24)
        assert len(rows_of(pilot)) == 24


@pytest.mark.parametrize("name", OPENED)
async def test_every_screen_stands_every_size(workspace_in: MakeWorkspace, name: str) -> None:
    chance = random.Random(name)
    sizes = [(1, 1), (200, 60), (MIN_WIDTH, MIN_HEIGHT), (200, MIN_HEIGHT), (MIN_WIDTH - 1, 60)]
    sizes += [(chance.randint(1, 200), chance.randint(1, 60)) for _ in range(3)]
    async with running(workspace_in()) as pilot:
        app = app_of(pilot)
        OPENED[name](app)
        await settled(pilot)
        front = await lab_opened(pilot) if name == "lab" else app.screen
        for width, height in sizes:
            await resized(pilot, width, height)
            small = width < MIN_WIDTH or height < MIN_HEIGHT
            assert isinstance(app.screen, TooSmallScreen) == small
            if not small:
                assert all(cell_width(row) <= width for row in rows_of(pilot))
        for _ in range(10):  # a storm: nobody waits for a picture
            app.post_message(events.Resize(*[Size(chance.randint(1, 200), chance.randint(1, 60))] * 2))
        await resized(pilot, 80, 24)
        assert app.screen is front
        assert any(rows_of(pilot))
