"""The screen of a lab.

Begin with `opening`: its screen is shown while a thread reads the lab and looks for a run to join. When the session
(`tutor.runs.session`) is there, `screen.LabScreen` takes its place. It has two parts:

- `view` owns what is seen: the charts, the column beside them (`side`), the table of runs, the bar of a replay.
- a `mode.Mode` owns what the keys mean: `normal` runs the lab, turns its controls and takes typed values, `building`
  moves the hidden units of a curve, `replaying` plays a run that has ended. Each mode lists its own commands, from
  which footer, help and palette are made, and `LabScreen.enter` switches from one to another.

What a run is, and how it is started and steered, is the session's affair; nothing here knows a process or a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.tui.routes import LabRoute
    from tutor.tui.screens.lab.opening import OpeningScreen


def screen_for(route: LabRoute) -> OpeningScreen:
    """The screen of a route; the lab itself takes its place once its session exists."""
    from tutor.tui.screens.lab.opening import OpeningScreen

    return OpeningScreen(route)
