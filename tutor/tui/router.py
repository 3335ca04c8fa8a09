"""Opening screens. A screen is found by the name in its route, and its module is imported when it is first opened."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from tutor.tui.routes import Home, Route

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.tui.shell import Shell


def screen_for(route: Route) -> Screen[None]:
    """A new screen for ``route``."""
    return cast("Screen[None]", import_module(_module_of(type(route))).screen_for(route))


def is_shown(screen: Screen[Any], route: type[Route]) -> bool:
    """Whether ``screen`` belongs to this kind of route. Imports nothing."""
    module = _module_of(route)
    return any(f"{base.__module__}.".startswith(f"{module}.") for base in type(screen).__mro__)


def _module_of(route: type[Route]) -> str:
    return f"tutor.tui.screens.{route.screen}"


def go(app: Shell, route: Route) -> None:
    """Open the screen of ``route`` over the one in front; if need be, a thread imports its module first."""
    app.about_to_open(route)
    if _is_imported(type(route)):
        app.push_screen(screen_for(route))
    else:
        app.call_later(_import_and_open, app, route)


def _is_imported(route: type[Route]) -> bool:
    # A thread may be importing it: a module has been executed once it has its last function.
    return hasattr(sys.modules.get(_module_of(route)), screen_for.__name__)


async def _import_and_open(app: Shell, route: Route) -> None:
    # The app waits meanwhile, and with it the next key; everything else goes on.
    await asyncio.to_thread(import_module, _module_of(type(route)))
    app.push_screen(screen_for(route))


def keep(app: Shell, route: Route) -> Screen[None]:
    """Make the screen of ``route`` in advance. It stays when it is left; `show` opens it, as often as wanted."""
    screen = screen_for(route)
    app.keep_screen(screen, route.screen)
    return screen


def show(app: Shell, route: Route, kept: Screen[None]) -> None:
    """Open a screen that was made by `keep` for ``route``."""
    app.about_to_open(route)
    app.push_screen(kept)


def switch(app: Shell, route: Route) -> None:
    """Replace the screen in front by the screen of ``route``."""
    app.about_to_open(route)
    app.switch_screen(screen_for(route))


def go_home(app: Shell) -> None:
    """Go back to the course map, once all opened screens have been mounted."""
    app.call_later(_go_home, app)  # after the import of a module whose screen was requested before


def _go_home(app: Shell) -> None:
    for screen in app.screen_stack:
        if not screen.is_mounted:
            screen.call_later(_go_home, app)
            return
    while len(app.screen_stack) > 1:
        app.pop_screen()
    if not is_shown(app.screen, Home):
        switch(app, Home())


def go_back(app: Shell) -> None:
    """Leave the screen in front, once it has been mounted; the course map replaces the last one."""
    screen = app.screen
    if not screen.is_mounted:
        screen.call_later(lambda: go_back(app) if app.screen is screen else None)
    elif len(app.screen_stack) > 1:
        app.pop_screen()
    else:
        go_home(app)
