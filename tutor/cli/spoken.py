"""Who listens rather than looks: commands that would draw on the terminal tell in lines of words instead."""

from __future__ import annotations

import sys


def wants_words() -> bool:
    """Whether standard output is a terminal whose learner has set that a screen reader reads it."""
    if sys.stdout is None or not sys.stdout.isatty():
        return False  # a pipe gets the lines that programs read, whoever sits before it
    from tutor.progress.settings import load_settings

    return load_settings(keep_aside=False).settings.screen_reader


def style_for(style: str | None) -> str | None:
    """How a run is told: as was asked for, else ``narrate`` for who listens, else None."""
    return "narrate" if style is None and wants_words() else style
