"""An app's screen as plain rows, and an app to look at: shared by the tests of all screens.

async with running(services, first=lambda: screen_for(Lab("one-lag"))) as pilot:
    await lab_opened(pilot)
    await pilot.press("space")
    assert "paused" in rows_of(pilot)[0]
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual._compositor import LayoutUpdate
from textual.pilot import Pilot
from textual.strip import Strip

from tests.stores import at_the_end
from tutor.foundation.translate import language, use_language
from tutor.progress.settings import Settings
from tutor.tui import router
from tutor.tui.app import FirstScreen, TutorApp
from tutor.tui.routes import Route
from tutor.tui.screens.lab.screen import LabScreen
from tutor.tui.shell import Shell
from tutor.workspace import Workspace


def rows_of(pilot: Pilot[int]) -> list[str]:
    """What the terminal shows, row by row, without spaces at the ends of rows."""
    app = pilot.app
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    lines: list[Iterable[Strip | None]] = list(update.strips)  # places that nothing covers hold None
    return ["".join(strip.text for strip in line if strip is not None).rstrip() for line in lines]


def text_of(pilot: Pilot[int]) -> str:
    """What the terminal shows, as one text."""
    return "\n".join(rows_of(pilot))


def make_workspace(home: Path, lessons: Path | None = None, *, language: str = "en", **settings: object) -> Workspace:
    """A workspace with a home of their own, closed when the test ends.

    ``settings``: theme, ascii (False unless given), motion.
    """
    chosen = {"ascii": False, "theme": "dark", "translations": True, **settings}
    return closed_at_the_end(
        Workspace(settings=Settings(language=language).with_(**chosen), lessons=lessons, home=home)
    )


def closed_at_the_end(workspace: Workspace) -> Workspace:
    """The same services, closed when the test ends."""
    at_the_end.callback(workspace.close)
    return workspace


@asynccontextmanager
async def running(
    workspace: Workspace, first: FirstScreen | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[int]]:
    """The app with its first screen drawn; the language is put back afterwards."""
    before = language()
    app = TutorApp(workspace, first)
    try:
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            yield pilot
    finally:
        use_language(before)


async def settled(pilot: Pilot[int]) -> None:
    """Wait until everything that was asked for has been drawn."""
    for _ in range(50):
        await pilot.pause()
        await pilot.pause()
        if any(rows_of(pilot)):
            return


async def press(pilot: Pilot[int], *keys: str) -> list[str]:
    """Press keys and wait for what follows from each; the rows then."""
    for key in keys:
        await pilot.press(key)
        await pilot.app.workers.wait_for_complete()
        await settled(pilot)
    return rows_of(pilot)


async def lab_opened(pilot: Pilot[int]) -> LabScreen:
    """The lab that is in front, once its session is there."""
    for _ in range(1000):
        screen = pilot.app.screen
        if isinstance(screen, LabScreen):
            await settled(pilot)
            return screen
        await pilot.pause(0.01)
    raise AssertionError(text_of(pilot))


def note_routes(monkeypatch: pytest.MonkeyPatch, *kinds: type[Route]) -> list[Route]:
    """A list in which routes of these kinds are noted from now on, in place of opening their screens."""
    noted: list[Route] = []
    go = router.go

    def note(app: Shell, route: Route) -> None:
        if isinstance(route, kinds):
            noted.append(route)
        else:
            go(app, route)

    monkeypatch.setattr(router, "go", note)
    return noted


def app_of(pilot: Pilot[int]) -> TutorApp:
    """The pilot's app, as ours."""
    assert isinstance(pilot.app, TutorApp)
    return pilot.app
