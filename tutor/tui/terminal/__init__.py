"""The terminal: what it should show, what is sent for that, how fast, and when it is left.

``cells`` holds what it should show, ``painter``, ``moves`` and ``pens`` what is sent, ``line`` sends it, ``leaving``
ends it; ``driver`` puts them together as a driver for Textual; ``stock`` is Textual's own way to draw.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.tui.terminal.leaving import LeavingDriver

DRIVERS = ("tutor", "textual")
"""The drivers by name; the first is the default."""
VARIABLE = "TUTOR_DRIVER"
"""The environment variable that names the driver."""


def driver_class() -> type[LeavingDriver]:
    """The driver that the environment asks for."""
    if os.environ.get(VARIABLE) == "textual":
        from tutor.tui.terminal.leaving import StockDriver

        return StockDriver
    from tutor.tui.terminal.driver import TutorDriver

    return TutorDriver
