"""The pictures of README: a lesson and a lab, as they are on a terminal of 100x30. `python -m tests.pictures`.

They are drawn by the app itself and written into `.github/`, as SVG.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from functools import partial
from pathlib import Path

from textual.pilot import Pilot

from tests.tui.screen_rows import make_workspace, running, settled, text_of
from tutor.tui import router
from tutor.tui.routes import Lab, Lesson

_FOLDER = Path(__file__).resolve().parents[1] / ".github"
_SIZE = (100, 30)


async def picture_lesson(pilot: Pilot[int]) -> None:
    """A page of the lesson on gradient descent."""
    await pilot.press("space")
    await settled(pilot)


async def picture_lab(pilot: Pilot[int]) -> None:
    """A network that has learnt two moons."""
    await pilot.press("space")
    for _ in range(600):
        await pilot.pause(0.05)
        if "finished" in text_of(pilot).lower():
            break
    await settled(pilot)


def without_fonts(svg: str) -> str:
    """The same picture in the reader's own monospaced font: code hosts load none from elsewhere."""
    svg = re.sub(r"@font-face \{[^}]*\}", "", svg)
    return re.sub(r"font-family: [^;]*;", "font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace;", svg)


async def main() -> None:
    """Draw both."""
    scenes = {"lesson": (Lesson("gradient-descent"), picture_lesson), "lab": (Lab("moons-net"), picture_lab)}
    for name, (route, play) in scenes.items():
        with tempfile.TemporaryDirectory() as home:
            workspace = make_workspace(Path(home))
            async with running(workspace, first=partial(router.screen_for, route), size=_SIZE) as pilot:
                await settled(pilot)
                await asyncio.sleep(1)
                await play(pilot)
                svg = pilot.app.export_screenshot(title="tutor")
                (_FOLDER / f"{name}.svg").write_text(without_fonts(svg), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
