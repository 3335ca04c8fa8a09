"""Styles of screens that are opened for the first time, without all others being read anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.widgets import Input, Static

from tests.tui.screen_rows import app_of, make_workspace, running, settled
from tutor.tui import router
from tutor.tui.routes import Glossary
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.row_list import RowList


class Blue(TutorScreen):
    """A screen with styles of its own, some of which would suit other screens."""

    CSS = "Blue Static { background: blue; } RowList { background: red; }"

    def compose_body(self) -> list[Static]:
        """One widget."""
        return [Static("here")]


async def test_a_new_screen_has_its_styles_and_no_screen_behind_it_changes(tmp_path: Path) -> None:
    async with running(make_workspace(tmp_path)) as pilot:
        app = app_of(pilot)
        rows = app.screen.query_one(RowList)
        before = rows.styles.background
        app.push_screen(Blue())
        await settled(pilot)
        assert app.screen.query_one(Static).styles.background == Color.parse("blue")
        assert rows.styles.background == before
        router.go_home(app)
        await settled(pilot)
        app.screen.update_node_styles()
        assert rows.styles.background == before, "the rules of a screen hold in it alone"


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_styles_of_a_screen_hold_after_a_change_of_the_look_too(tmp_path: Path, theme: str) -> None:
    async with running(make_workspace(tmp_path, theme="light" if theme == "dark" else "dark")) as pilot:
        app = app_of(pilot)
        router.go(app, Glossary())
        await settled(pilot)
        app.change_settings(theme=theme)
        await settled(pilot)
        field = app.screen.query_one(Input)
        assert field.styles.background == Color.parse(app.theme_variables["background"])
        assert field.styles.height is not None
        assert field.styles.height.value == 1


async def test_opening_screens_parses_only_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(make_workspace(tmp_path)) as pilot:
        app = app_of(pilot)

        def refuse(_stylesheet: Stylesheet) -> None:
            raise AssertionError

        monkeypatch.setattr(Stylesheet, "reparse", refuse)
        for _ in range(2):
            app.push_screen(Blue())
            await settled(pilot)
            assert app.screen.query_one(Static).styles.background == Color.parse("blue")
            app.pop_screen()
            await settled(pilot)
