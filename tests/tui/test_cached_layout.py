"""An answer in a lesson moves what is below it, once: no layout for its own sake, and no widget where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tests.tui.screen_rows import settled
from tests.tui.test_lesson import focused, reading
from tutor.tui.questions.ask import AskView
from tutor.tui.questions.question import VerdictView


def check_places(pilot: Pilot[int]) -> None:
    """Where the widgets are said to be is where a layout made anew puts them."""
    compositor = pilot.app.screen._compositor
    assert compositor.root is not None
    said = {widget: compositor.find_widget(widget) for widget in compositor.full_map}
    for widget in pilot.app.screen.query(Widget):
        widget._clear_arrangement_cache()
    anew, _ = compositor._arrange_root(compositor.root, compositor.size, visible_only=False)
    places = {widget: (place.region, place.clip, place.virtual_region) for widget, place in anew.items()}
    assert {widget: (place.region, place.clip, place.virtual_region) for widget, place in said.items()} == places


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_places_are_right_after_answers_and_scrolling(tmp_path: Path, size: tuple[int, int]) -> None:
    async with reading(tmp_path, size=size) as (pilot, view):
        heights = [view.flow.virtual_size.height]
        for keys in (["tab"], ["1", "enter"], ["pageup"], ["end"], ["home"], ["c"], ["escape"], ["tab"], ["r"]):
            await pilot.press(*keys)
            await settled(pilot)
            heights.append(view.flow.virtual_size.height)
            check_places(pilot)
        assert heights[2] > heights[1]


async def test_an_answer_asks_for_no_second_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laying_out: list[bool] = []
    again: list[Widget] = []
    layout, refresh = Screen._refresh_layout, Widget.refresh

    def noting_layout(screen: Screen[None], *arguments: object, **options: object) -> None:
        laying_out.append(True)
        layout(screen, *arguments, **options)  # type: ignore[arg-type]
        laying_out[-1] = False

    def noting_refresh(widget: Widget, *regions: object, **options: bool) -> Widget:
        if options.get("layout") and any(laying_out):
            again.append(widget)
        return refresh(widget, *regions, **options)  # type: ignore[arg-type]

    async with reading(tmp_path) as (pilot, view):
        await pilot.press("tab", "1")
        await settled(pilot)
        asked, height = focused(pilot), view.flow.virtual_size.height
        monkeypatch.setattr(Screen, "_refresh_layout", noting_layout)
        monkeypatch.setattr(Widget, "refresh", noting_refresh)
        await pilot.press("enter")
        await settled(pilot)
        assert view.flow.virtual_size.height > height
        assert laying_out
        assert again == []
        assert isinstance(asked, AskView)
        assert focused(pilot) is asked
        question = view.flow.blocks[view.flow.focused_block or 0]
        assert question.query_one(VerdictView).size.height
        assert view.flow.scroll_offset.y <= question.virtual_region.y
        assert question.virtual_region.bottom <= view.flow.scroll_offset.y + view.flow.height
