"""Our compositor and our rows draw what Textual's would: the same cells, only with less work."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from tests.tui.screen_rows import make_services, running
from tutor.tui import navigation
from tutor.tui.compositor import FrontCompositor
from tutor.tui.screens.lab import LabScreen
from tutor.tui.widgets.chart import RowsView

REGIONS = (
    [Region(0, 5, 80, 1)],
    [Region(3, 2, 20, 3), Region(10, 4, 70, 9)],
    [Region(0, 0, 1, 24), Region(79, 0, 1, 24)],
    [Region(40, 20, 100, 50)],
    [Region(20, 4, 30, 1), Region(20, 4, 30, 1), Region(60, 22, 5, 2)],
    [Region(0, 0, 80, 24)],
)


def both(compositor: Compositor, regions: list[Region], monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """What an update of ``regions`` sends: by Textual's compositor and by ours."""
    console = Console(force_terminal=True, color_system="truecolor", width=80)
    sent = []
    for render in (Compositor, FrontCompositor):
        with monkeypatch.context() as patch:
            patch.setattr(compositor, "_render_chops", partial(render._render_chops, compositor))
            compositor._dirty_regions = {region.intersection(compositor.size.region) for region in regions}
            update = render.render_partial_update(compositor)
            assert isinstance(update, ChopsUpdate)
            sent.append(update.render_segments(console))
    return sent[0], sent[1]


async def check(pilot: Pilot[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen in front, whole and in parts."""
    compositor = pilot.app.screen._compositor
    assert isinstance(compositor, FrontCompositor)
    stock = [
        Strip.join(line.values()) for line in Compositor._render_chops(compositor, Region(0, 0, 80, 24), every_line)
    ]
    assert [strip.text for strip in compositor.render_strips()] == [strip.text for strip in stock]
    assert [strip._segments for strip in compositor.render_strips()] == [strip._segments for strip in stock]
    for regions in REGIONS:
        one, other = both(compositor, regions, monkeypatch)
        assert one == other


def every_line(_line: int) -> bool:
    return True


@pytest.mark.parametrize("theme", ["dark", "terminal"])
async def test_screens_and_cards_are_drawn_alike(tmp_path: Path, theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(make_services(tmp_path, theme=theme)) as pilot:
        await check(pilot, monkeypatch)
        navigation.open_glossary(pilot.app)  # type: ignore[arg-type]
        await pilot.pause()
        await check(pilot, monkeypatch)
        navigation.open_palette(pilot.app)  # type: ignore[arg-type]
        await pilot.pause()
        await check(pilot, monkeypatch)


@pytest.mark.parametrize("theme", ["dark", "light", "terminal"])
@pytest.mark.parametrize("ascii", [False, True])
async def test_a_lab_is_drawn_alike(tmp_path: Path, theme: str, ascii: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = LabScreen("ball")
    async with running(make_services(tmp_path, theme=theme, ascii=ascii), first=lambda: screen) as pilot:
        while screen.session is None:
            await pilot.pause(0.02)
        await pilot.pause()
        await check(pilot, monkeypatch)
        for view in screen.query(RowsView):
            if view.size.width and view.size.height:
                for crop in (view.size.region, Region(2, 0, view.size.width - 3, 1)):
                    stock = Widget.render_lines(view, crop)
                    assert [strip._segments for strip in view.render_lines(crop)] == [
                        strip._segments for strip in stock
                    ]


async def test_what_is_covered_is_not_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = LabScreen("ball")
    rendered: list[Widget] = []
    original = Widget.render_lines

    def noting(widget: Widget, crop: Region) -> list[Strip]:
        rendered.append(widget)
        return original(widget, crop)

    async with running(make_services(tmp_path), first=lambda: screen) as pilot:
        while screen.session is None:
            await pilot.pause(0.02)
        await pilot.pause()
        monkeypatch.setattr(Widget, "render_lines", noting)
        monkeypatch.setattr(RowsView, "render_lines", noting)
        side = screen.query_one("#side", RowsView)
        screen._compositor._dirty_regions = {Region(side.region.x, side.region.y + 2, side.region.width, 1)}
        screen._compositor.render_partial_update()
        assert rendered == [side]
