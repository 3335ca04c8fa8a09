"""Our compositor and our rows draw what Textual's would: the same cells, only with less work."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate
from textual._styles_cache import StylesCache
from textual.app import App
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tests.tui.screen_rows import app_of, lab_opened, make_workspace, press, running
from tests.tui.test_lesson import reading
from tutor.tui import router
from tutor.tui.routes import Glossary, Lab, Palette
from tutor.tui.terminal.cells import Cells
from tutor.tui.textual_private import WholeCharacters
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.rows import RowsView

REGIONS = (
    [Region(0, 5, 80, 1)],
    [Region(3, 2, 20, 3), Region(10, 4, 70, 9)],
    [Region(0, 0, 1, 24), Region(79, 0, 1, 24)],
    [Region(40, 20, 100, 50)],
    [Region(20, 4, 30, 1), Region(20, 4, 30, 1), Region(60, 22, 5, 2)],
    [Region(0, 0, 80, 24)],
)


def check_updates(compositor: Compositor, whole: Cells) -> None:
    """An update of regions that were spoilt shows the ``whole`` picture again, pens and all."""
    console = Console(force_terminal=True, color_system="truecolor", width=80)
    for regions in REGIONS:
        cells = fed(whole)
        compositor._dirty_regions = {region.intersection(compositor.size.region) for region in regions}
        for region in compositor._dirty_regions:
            for y in region.line_range:
                cells.texts[y][region.x : region.right] = ["x"] * region.width
        update = compositor.render_partial_update()
        assert isinstance(update, ChopsUpdate)
        cells.feed(update.render_segments(console))
        assert (cells.texts, cells.pens) == (whole.texts, whole.pens)


def fed(other: Cells) -> Cells:
    """A copy of the cells."""
    cells = Cells(other.width, other.height)
    cells.texts, cells.pens = [list(row) for row in other.texts], [list(row) for row in other.pens]
    return cells


def picture(compositor: Compositor, strips: list[Strip]) -> Cells:
    """The cells of a screen with ``strips``."""
    console = Console(force_terminal=True, color_system="truecolor", width=compositor.size.width)
    cells = Cells(*compositor.size)
    cells.feed("\n".join(strip.render(console) for strip in strips))
    return cells


async def check(pilot: Pilot[int]) -> None:
    """The screen in front, whole and in parts."""
    compositor = pilot.app.screen._compositor
    assert isinstance(compositor, WholeCharacters)
    compositor._cuts = None
    Compositor.cuts.fget(compositor)  # type: ignore[attr-defined]  # as Textual cuts, at every edge
    stock = [
        Strip.join(line.values()) for line in Compositor._render_chops(compositor, Region(0, 0, 80, 24), every_line)
    ]
    compositor._cuts = None
    ours = compositor.render_strips()
    assert [strip.text for strip in ours] == [strip.text for strip in stock]
    assert [strip.simplify()._segments for strip in ours] == [strip.simplify()._segments for strip in stock]
    check_updates(compositor, picture(compositor, stock))
    for widget, (region, _) in compositor.visible_widgets.items():
        lines = region.reset_offset.crop_size(pilot.app.size)
        longer = StylesCache().render_widget(widget, lines)
        assert type(widget._styles_cache) is not StylesCache
        shorter = type(widget._styles_cache)().render_widget(widget, lines)
        assert [strip.simplify()._segments for strip in shorter] == [strip.simplify()._segments for strip in longer]


def every_line(_line: int) -> bool:
    return True


@pytest.mark.parametrize("theme", ["dark", "terminal"])
async def test_screens_and_cards_are_drawn_alike(tmp_path: Path, theme: str) -> None:
    async with running(make_workspace(tmp_path, theme=theme)) as pilot:
        await check(pilot)
        router.go(app_of(pilot), Glossary())
        await pilot.pause()
        await check(pilot)
        router.go(app_of(pilot), Palette(pilot.app.screen))
        await pilot.pause()
        await check(pilot)


@pytest.mark.parametrize("theme", ["dark", "light", "terminal"])
@pytest.mark.parametrize("ascii", [False, True])
async def test_a_lab_is_drawn_alike(tmp_path: Path, theme: str, ascii: bool) -> None:
    async with running(
        make_workspace(tmp_path, theme=theme, ascii=ascii), first=lambda: router.screen_for(Lab("ball"))
    ) as pilot:
        screen = await lab_opened(pilot)
        await check(pilot)
        for view in screen.query(RowsView):
            if view.size.width and view.size.height:
                for crop in (view.size.region, Region(2, 0, view.size.width - 3, 1)):
                    stock = Widget.render_lines(view, crop)
                    assert [strip._segments for strip in view.render_lines(crop)] == [
                        strip._segments for strip in stock
                    ]


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_what_is_drawn_piece_by_piece_is_the_whole_picture(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turning pages, answering and unfolding the contents: what no update drew anew is still right."""
    console = Console(force_terminal=True, color_system="truecolor", width=size[0])
    cells = Cells(*size)

    def show(_app: object, screen: Screen[object], update: object) -> None:
        if isinstance(update, CompositorUpdate):
            cells.feed(update.render_segments(console))

    monkeypatch.setattr(App, "_display", show)
    async with reading(tmp_path, size=size) as (pilot, _):
        for key in (
            "space",
            "space",
            "b",
            "down",
            "tab",
            "1",
            "enter",
            "n",
            "pageup",
            "end",
            "o",
            "home",
            "c",
            "escape",
        ):
            await press(pilot, key)
            compositor = pilot.app.screen._compositor
            whole = picture(compositor, compositor.render_strips())
            assert (cells.texts, cells.pens) == (whole.texts, whole.pens), key


@pytest.mark.parametrize("shift", ["", "a"], ids=["even", "odd"])
async def test_a_wide_character_over_an_edge_underneath_stays_whole(tmp_path: Path, shift: str) -> None:
    async with running(make_workspace(tmp_path, language="zh"), first=lambda: router.screen_for(Lab("ball"))) as pilot:
        screen = await lab_opened(pilot)
        screen.query_one(Notice).say(shift + "山" * 100)  # three lines over the edges of chart, divider and column
        await pilot.pause()
        compositor = screen._compositor
        assert isinstance(compositor, WholeCharacters)
        strips = compositor.render_strips()
        assert sum(strip.text.count("山") for strip in strips) == 100
        assert all(strip.text.count("山") > 30 for strip in strips[-3:-1])
        check_updates(compositor, picture(compositor, strips))
