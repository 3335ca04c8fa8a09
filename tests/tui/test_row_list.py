"""A list with one selected row."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import rows_of, running, settled, text_of
from tutor.charts.cells import Span
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.row_list import MadeItems, RowItem, RowList


def item(key: str, *, selectable: bool = True) -> RowItem:
    return RowItem(key, lambda _width: [Span(f"row {key}")], selectable=selectable)


ITEMS = [item(str(number), selectable=number % 5 != 0) for number in range(60)]


class ListScreen(TutorScreen):
    KEYS: ClassVar[tuple[Command, ...]] = ()

    def __init__(self, items: list[RowItem]) -> None:
        super().__init__()
        self.rows = RowList(items)
        self.heard: list[tuple[str, str]] = []

    def compose_body(self) -> ComposeResult:
        yield self.rows

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        self.heard.append(("highlighted", event.key))

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        self.heard.append(("chosen", event.key))


def selected(screen: ListScreen) -> str | None:
    return screen.rows.selected


async def test_headings_are_stepped_over(workspace_in: MakeWorkspace) -> None:
    screen = ListScreen(ITEMS)
    async with running(workspace_in(), lambda: screen) as pilot:
        assert screen.rows.selected == "1"
        await pilot.press("down", "down", "down", "down")
        assert screen.rows.selected == "6"
        await pilot.press("k")
        assert screen.rows.selected == "4"
        await pilot.press("up", "up", "up", "up", "up")
        assert screen.rows.selected == "1"


async def test_what_is_selected_is_always_in_sight(workspace_in: MakeWorkspace) -> None:
    screen = ListScreen(ITEMS)
    async with running(workspace_in(), lambda: screen) as pilot:
        for key in ("pagedown", "pagedown", "end", "pageup", "home", "G"):
            await pilot.press(key)
            await settled(pilot)
            assert any(f"row {screen.rows.selected}" in row.split("▁")[0] for row in rows_of(pilot)), key
        await pilot.press("home")
        await settled(pilot)
        assert "row 0" in rows_of(pilot)[2], "the heading above the first row is shown with it"


async def test_moves_and_choices_are_told_once(workspace_in: MakeWorkspace) -> None:
    screen = ListScreen(ITEMS)
    async with running(workspace_in(), lambda: screen) as pilot:
        await pilot.press("down", "enter", "up", "up")
        await settled(pilot)
    assert screen.heard == [("highlighted", "2"), ("chosen", "2"), ("highlighted", "1")]


async def test_other_rows_keep_the_selection_by_its_key(workspace_in: MakeWorkspace) -> None:
    screen = ListScreen(ITEMS)
    async with running(workspace_in(), lambda: screen) as pilot:
        screen.rows.select("7")
        screen.rows.set_items([item("a"), item("7"), item("b")])
        await settled(pilot)
        assert selected(screen) == "7"
        screen.rows.set_items([item("a"), item("b")])
        assert selected(screen) == "a"
        screen.rows.set_items([])
        assert selected(screen) is None
        await pilot.press("enter", "down", "end")


async def test_a_page_without_choices_scrolls(workspace_in: MakeWorkspace) -> None:
    screen = ListScreen([item(str(number), selectable=False) for number in range(60)])
    async with running(workspace_in(), lambda: screen) as pilot:
        await pilot.press("j", "j")
        await settled(pilot)
        assert "row 2" in rows_of(pilot)[2]
        await pilot.press("end")
        await settled(pilot)
        assert any("row 59" in row for row in rows_of(pilot))
        assert "enter" not in rows_of(pilot)[-1], "there is nothing to choose"


async def test_a_step_draws_only_the_two_rows_that_change(workspace_in: MakeWorkspace) -> None:
    """A selected row that moves must not cost a screen over a slow line."""
    drawn: list[str] = []

    def counting(key: str) -> RowItem:
        def draw(_width: int) -> list[Span]:
            drawn.append(key)
            return [Span(f"row {key}")]

        return RowItem(key, draw)

    screen = ListScreen([counting(str(number)) for number in range(10)])
    async with running(workspace_in(), lambda: screen) as pilot:
        drawn.clear()
        await pilot.press("down")
        await settled(pilot)
    assert sorted(set(drawn)) == ["0", "1"]


async def test_of_rows_made_when_looked_at_only_those_in_view_are_made(workspace_in: MakeWorkspace) -> None:
    made: set[int] = set()

    def make(number: int) -> RowItem:
        made.add(number)
        return item(str(number))

    screen = ListScreen([])
    async with running(workspace_in(), lambda: screen) as pilot:
        screen.rows.set_items(MadeItems([str(number) for number in range(10_000)], make), select="5000")
        await settled(pilot)
        assert "row 5000" in text_of(pilot)
        await pilot.press("end", "up", "pageup", "home", "down")
        await settled(pilot)
        assert screen.rows.selected == "1"
        screen.rows.select("7000")
        await settled(pilot)
        assert "row 7000" in text_of(pilot)
        assert len(made) < 200
