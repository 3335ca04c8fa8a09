"""Real frames of Textual, from random widgets that move, change and are resized: the difference shows the same."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.driver import Driver
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widgets import Static

from tests.tui.terminal.referee import Referee

_COLOURS = ("red", "#82b4ff", "#15171c", "ansi_green", "#334455", "ansi_default")
_TEXTS = (
    "plain words that are long enough to be wrapped somewhere",
    "学习率决定每一步走多远。损失在下降，训练仍在继续。",
    "⠉⠒⠤⣀⡀ ▁▂▃▄▅▆▇█ ├──┼──┤ ✓ ▶ ● —“”",
    "混合 mixed 宽 w 窄 n 的 text 一行",
    "",
)


class Recorder(Driver):
    """A driver without a terminal: what Textual writes goes to ``take``."""

    take: Any = None

    def write(self, data: str) -> None:
        type(self).take(data)

    def start_application_mode(self) -> None:
        size = Size(*(self._size or (40, 12)))
        self.send_message(events.Resize(size, size))

    def disable_input(self) -> None:
        """There is none."""

    def stop_application_mode(self) -> None:
        """There is nothing to stop."""


class Widgets(App[None]):
    """Some texts in boxes, one over the other."""

    CSS = "Screen { layers: a b; overflow: auto; } Static { height: auto; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, boxes: list[dict[str, Any]]) -> None:
        super().__init__(driver_class=Recorder)
        self.boxes = boxes

    def compose(self) -> ComposeResult:
        for box in self.boxes:
            widget = Static(box["text"], markup=False)
            style(widget, box)
            yield widget


def style(widget: Static, box: dict[str, Any]) -> None:
    widget.styles.color = box["colour"]
    widget.styles.background = box["ground"]
    widget.styles.border = ("round", box["colour"]) if box["border"] else None
    widget.styles.width = box["width"]
    widget.styles.layer = box["layer"]
    widget.styles.offset = (box["x"], box["y"])
    widget.styles.text_style = box["style"]
    widget.display = box["shown"]


BOX = st.fixed_dictionaries({
    "text": st.sampled_from(_TEXTS), "colour": st.sampled_from(_COLOURS), "ground": st.sampled_from(_COLOURS),
    "border": st.booleans(), "width": st.integers(3, 60), "layer": st.sampled_from("ab"), "x": st.integers(-3, 30),
    "y": st.integers(-3, 10), "style": st.sampled_from(["none", "bold", "underline", "reverse", "dim italic"]),
    "shown": st.booleans(),
})  # fmt: skip
STEP = st.one_of(
    st.tuples(st.just("box"), st.integers(0, 3), BOX),
    st.tuples(st.just("size"), st.integers(2, 90), st.integers(1, 24)),
    st.tuples(st.just("scroll"), st.integers(0, 10), st.integers(0, 10)),
)


async def play(boxes: list[dict[str, Any]], steps: list[Any], budget: int | None) -> Referee:
    """Both terminals get every piece at once, so that any moment may be checked: nothing waits for idleness."""
    referee = Referee(40, 12)
    Recorder.take = referee.write
    app = Widgets(boxes)
    async with app.run_test(headless=False, size=(40, 12)) as pilot:
        await settle(pilot, Size(40, 12))
        paint(referee, budget)
        for kind, first, second in steps:
            if kind == "size":
                referee.resize(first, second)
                app.post_message(events.Resize(Size(first, second), Size(first, second)))
                await settle(pilot, Size(first, second))
            elif kind == "box":
                widget = list(app.query(Static))[first % len(boxes)]
                style(widget, second)
                widget.update(second["text"])
                await pilot.pause(0)
            else:
                app.screen.scroll_to(first, second, animate=False, force=True)
                await pilot.pause(0)
            paint(referee, budget)
            referee.check()
    return referee


async def settle(pilot: Pilot[None], size: Size) -> None:
    """Wait until Textual draws for ``size``; then draw everything once, as it left old cells where they were."""
    screen = pilot.app.screen
    while screen.size != size or screen._compositor.size != size:
        await pilot.pause(0)
    pilot.app._display(screen, screen._compositor.render_update(full=True))


def paint(referee: Referee, budget: int | None) -> None:
    if budget is None:
        referee.paint()
    else:
        referee.paint_all(budget)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(BOX, min_size=1, max_size=4), st.lists(STEP, min_size=1, max_size=6), st.none() | st.integers(1, 500))
def test_frames_of_random_widgets(boxes: list[dict[str, Any]], steps: list[Any], budget: int | None) -> None:
    referee = asyncio.run(play(boxes, steps, budget))
    assert referee.written
