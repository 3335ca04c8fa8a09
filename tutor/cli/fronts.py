"""Which front answers a command: the screens, or lines of words for a screen reader."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import translate


def open_screens(
    *,
    lesson: str | None = None,
    lab: str | None = None,
    data: str | None = None,
    overrides: Mapping[str, object] | None = None,
    watch: bool = False,
    run: str | None = None,
) -> int:
    """Open the course map, a lesson, a lab or a run in the terminal.

    Args:
        lesson: a lesson's id or number, or a path to a lesson file.
        lab: a lab's id, or a path to a lab file.
        data: a table of the learner's own, to make a lab of.
        overrides: what changes in the lab, by dotted key or short name.
        run: a run's id to watch; "" for the newest that goes on.
        watch: show the lesson anew whenever its file is saved, with its faults.

    Returns:
        The exit code.

    Raises:
        TutorError: there is no terminal, it cannot move its cursor, or nothing has that name.
    """
    require_terminal()
    from tutor.tui import start

    return start(lesson=lesson, lab=lab, data=data, overrides=overrides or {}, watch=watch, run=run)


def require_terminal() -> None:
    """Check that the screens can be shown on standard output.

    Raises:
        TutorError: standard input or output is no terminal, or the terminal cannot move its cursor.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise TutorError(
            translate("cli.no-terminal"), hint=translate("cli.no-terminal-hint"), exit_code=ExitCode.NO_TERMINAL
        )
    if os.environ.get("TERM", "") in {"", "dumb", "unknown"}:
        raise TutorError(
            translate("cli.dumb-terminal", term=os.environ.get("TERM", "")),
            hint=translate("cli.dumb-terminal-hint"),
            exit_code=ExitCode.NO_TERMINAL,
        )


def wants_screen_reader() -> bool:
    """Whether standard output is a terminal whose learner has set that a screen reader reads it."""
    if sys.stdout is None or not sys.stdout.isatty():
        return False  # a pipe gets the lines that programs read, whoever sits before it
    from tutor.progress.settings import load_settings

    return load_settings(keep_aside=False).settings.screen_reader


def style_for(style: str | None) -> str | None:
    """How a run is told: as was asked for, else ``narrate`` for who listens, else None."""
    return "narrate" if style is None and wants_screen_reader() else style
