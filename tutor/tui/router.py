"""Ways from screen to screen. A screen is found by the name in its route, and its module imported when first opened."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from tutor.tui.routes import Home, Route

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.tui.shell import Shell


def screen_for(route: Route) -> Screen[None]:
    """The screen of ``route``, new."""
    return cast("Screen[None]", import_module(_module_of(type(route))).screen_for(route))


def is_shown(screen: Screen[Any], route: type[Route]) -> bool:
    """Whether ``screen`` is one that routes of this kind lead to. Nothing is imported for it."""
    module = _module_of(route)
    return any(f"{base.__module__}.".startswith(f"{module}.") for base in type(screen).__mro__)


def _module_of(route: type[Route]) -> str:
    return f"tutor.tui.screens.{route.screen}"


def go(app: Shell, route: Route) -> None:
    """Open the screen of ``route`` over the one in front."""
    app.push_screen(screen_for(route))


def switch(app: Shell, route: Route) -> None:
    """Open the screen of ``route`` in the place of the one in front."""
    app.switch_screen(screen_for(route))


def go_home(app: Shell) -> None:
    """Go back to the course map, as soon as all screens that were opened are there."""
    for screen in app.screen_stack:
        if not screen.is_mounted:
            screen.call_later(go_home, app)
            return
    while len(app.screen_stack) > 1:
        app.pop_screen()
    if not is_shown(app.screen, Home):
        switch(app, Home())


def go_back(app: Shell) -> None:
    """Leave the screen in front, as soon as it is there; the last one gives way to the course map."""
    screen = app.screen
    if not screen.is_mounted:
        screen.call_later(lambda: go_back(app) if app.screen is screen else None)
    elif len(app.screen_stack) > 1:
        app.pop_screen()
    else:
        go_home(app)
