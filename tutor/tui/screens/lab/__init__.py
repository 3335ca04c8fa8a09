"""The screen of a lab.

`opening` is shown while a session is read. Then `screen` takes its place: it draws `view` (with `side`) and does what
its present `mode` says: `normal` (with typing), `building` or `replaying`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.tui.routes import LabRoute
    from tutor.tui.screens.lab.opening import OpeningScreen


def screen_for(route: LabRoute) -> OpeningScreen:
    """The screen of a route; the lab itself takes its place when its session is there."""
    from tutor.tui.screens.lab.opening import OpeningScreen

    return OpeningScreen(route)
