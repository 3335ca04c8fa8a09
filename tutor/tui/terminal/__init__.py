"""Our driver for Textual: it sends only the cells that differ, no faster than the line carries, and leaves cleanly.

Begin with `driver`: `driver.TutorDriver` gets what Textual writes. It puts the other modules together:

- `cells` reads Textual's output into a grid of characters and pens instead of sending it;
- `painter` compares the grid with what the terminal shows, and `orders` knows the shortest sequences for that;
- `line` sends them in a thread, one frame at a time, and measures how fast the terminal takes them;
- `inquiry` asks the terminal once for the colour of its ground and the width of its signs;
- `leaving` notices when the terminal goes away, and gives it back to the shell; it also has the driver that draws in
  Textual's own way, for comparison (``TUTOR_DRIVER=textual``).

The driver sends between 2 and 33 times fewer bytes than Textual's, which matters over SSH. Private names of Textual
that it needs are in `tutor.tui.textual_private`; with an untested version of Textual, Textual's own driver is used.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.tui.terminal.leaving import LeavingDriver

DRIVERS = ("tutor", "textual")
"""The names of the drivers; the first one is the default."""
VARIABLE = "TUTOR_DRIVER"
"""The environment variable that names the driver."""


def driver_class() -> type[LeavingDriver]:
    """The driver that the environment names."""
    if os.environ.get(VARIABLE) == "textual":
        from tutor.tui.terminal.leaving import StockDriver

        return StockDriver
    from tutor.tui.terminal.driver import TutorDriver

    return TutorDriver
