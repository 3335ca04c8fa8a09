"""Opening screens. A screen is found by the name in its route, and its module is imported when it is first opened."""

from __future__ import annotations

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
    """Open the screen of ``route`` over the one in front."""
    app.about_to_open(route)
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
    for screen in app.screen_stack:
        if not screen.is_mounted:
            screen.call_later(go_home, app)
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
