"""How large the terminal is."""

from __future__ import annotations

import os
import sys


def terminal_size() -> os.terminal_size | None:
    """Columns and lines of the terminal on standard output; None where that is a pipe, a file or says nothing.

    COLUMNS and LINES are not asked: a shell that exports them leaves them as they were when its window changes.
    """
    try:
        size = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1)
    except (OSError, ValueError):
        return None
    return size if size.columns > 0 else None
