"""Keys that come in one burst: each works on the screen that the one before has made, and none stops the app."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.bench.keys_burst import Found, fuzz
from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import app_of, rows_of, running, settled
from tutor.tui.screens.glossary import GlossaryScreen
from tutor.tui.screens.help import HelpScreen
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.lesson.screen import LessonScreen
from tutor.tui.screens.palette import Palette
from tutor.tui.screens.settings import SettingsScreen
from tutor.tui.widgets.row_list import RowList

_CHARACTERS = {"question_mark": "?", "space": " "}


async def burst(pilot: Pilot[int], *keys: str) -> None:
    """All keys at once, before any of them can have had its effect; then everything that follows from them."""
    for key in keys:
        pilot.app.post_message(events.Key(key, _CHARACTERS.get(key, key if len(key) == 1 else None)))
    for _ in range(len(keys)):
        await pilot.pause()
    await settled(pilot)


async def test_what_is_typed_behind_the_palettes_key_is_typed_into_the_palette(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        await burst(pilot, "ctrl+p", *"gloss")
        assert isinstance(pilot.app.screen, Palette)
        assert pilot.app.screen.query_one(Input).value == "gloss"


async def test_the_palette_carries_out_what_was_typed_ahead_and_the_rest_goes_to_what_it_opened(
    workspace_in: MakeWorkspace,
) -> None:
    async with running(workspace_in()) as pilot:
        await burst(pilot, "ctrl+p", *"settings", "enter", "escape", "question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        assert [type(screen) for screen in pilot.app.screen_stack] == [HomeScreen, HelpScreen]


@pytest.mark.parametrize(
    "keys", [("ctrl+p", *"quit", "enter", "enter"), ("q",) * 5, ("S", "escape", "q", "enter", "x")]
)
async def test_nothing_is_done_any_more_once_a_key_has_left(workspace_in: MakeWorkspace, keys: Sequence[str]) -> None:
    app = None
    async with running(workspace_in()) as pilot:
        app = app_of(pilot)
        for key in keys:
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        while app.is_running:
            await asyncio.sleep(0.01)
    assert app.return_code == 0
    assert not app.crashed


async def test_one_escape_leaves_one_screen_however_fast_they_come(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        await burst(pilot, "g", "escape", "S", "escape", "question_mark", "escape", "S")
        assert [type(screen) for screen in pilot.app.screen_stack] == [HomeScreen, SettingsScreen]
        await burst(pilot, *["escape"] * 6)
        assert [type(screen) for screen in pilot.app.screen_stack] == [HomeScreen]


async def test_a_number_and_enter_open_that_lesson_and_its_keys_wait_for_it(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        await burst(pilot, "2", "enter", "g")
        assert [type(screen) for screen in pilot.app.screen_stack] == [HomeScreen, LessonScreen, GlossaryScreen]
        await burst(pilot, "escape", "escape", "3", "enter")
        assert "3 Gradient descent" in rows_of(pilot)[0]


async def test_a_dialog_that_is_left_already_leaves_nothing_else(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        await burst(pilot, "S", "ctrl+p")
        palette = pilot.app.screen
        assert isinstance(palette, Palette)
        chosen = palette.query_one(RowList)
        palette.dismiss(None)
        palette.dismiss(None)
        chosen.action_choose()
        await settled(pilot)
        assert [type(screen) for screen in pilot.app.screen_stack][:2] == [HomeScreen, SettingsScreen]


async def test_a_paste_waits_for_the_line_that_it_belongs_in(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        pilot.app.post_message(events.Key("ctrl+p", None))
        pilot.app.post_message(events.Paste("softmax"))
        await settled(pilot)
        await settled(pilot)
        assert isinstance(pilot.app.screen, Palette)
        assert pilot.app.screen.query_one(Input).value == "softmax"


def test_random_bytes_in_bursts_neither_stop_it_nor_keep_the_terminal(tmp_path: Path) -> None:
    told: list[str] = []
    found: Found = fuzz(5_000, random.Random(4), tell=told.append)
    assert not found.crashes, found
    assert not found.stacks, found
    assert not found.modes, found


async def test_what_a_screen_wanted_to_do_after_the_next_picture_stops_no_other_once_it_was_left(
    workspace_in: MakeWorkspace,
) -> None:
    async with running(workspace_in()) as pilot:
        await burst(pilot, "S")
        left = pilot.app.screen
        done: list[str] = []
        pilot.app.pop_screen()
        pilot.app.screen.call_after_refresh(lambda: done.append("front"))
        await left.workers.wait_for_complete()
        while left.is_running:
            await asyncio.sleep(0.01)

        def look() -> None:
            left.query_one(RowList)

        pilot.app.screen._invoke_later(look, left)
        pilot.app.screen.refresh()
        await settled(pilot)
        assert done == ["front"]
        await burst(pilot, "S")
        assert isinstance(pilot.app.screen, SettingsScreen), "keys still work"
