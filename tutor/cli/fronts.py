"""Which front answers a command: the screens, or lines of text for a screen reader."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import translate

FRONT = "TUTOR_FRONT"
"""The environment variable that asks for ``lines`` or ``screens`` this time; ``--lines`` and ``--screens`` set it."""


def open_screens(
    *,
    lesson: str | None = None,
    lab: str | None = None,
    data: str | None = None,
    overrides: Mapping[str, object] | None = None,
    watch: bool = False,
    run: str | None = None,
) -> int:
    """Open the course map, a lesson, a lab or a run in the terminal; for a screen reader as lines and a prompt.

    Args:
        lesson: The id or number of a lesson, or the path of a lesson file.
        lab: The id of a lab, or the path of a lab file.
        data: A table of the learner's own to make a lab of.
        overrides: New values of settings, by dotted key or short name.
        run: The id of a run to watch; "" for the newest one that is still going on.
        watch: Whether to show the lesson again, with its faults, whenever its file is saved.

    Returns:
        The exit code.

    Raises:
        TutorError: There is no terminal, it cannot move its cursor, or nothing has that name.
    """
    if run is None and not watch and wants_screen_reader():
        from tutor.plain.by_ear import open_by_ear

        return open_by_ear(lesson=lesson, lab=lab, data=data, overrides=overrides)
    require_terminal()
    from tutor.tui import start

    return start(lesson=lesson, lab=lab, data=data, overrides=overrides or {}, watch=watch, run=run)


def require_terminal() -> None:
    """Check that the screens can be shown on standard output.

    Raises:
        TutorError: Standard input or output is not a terminal, or the terminal cannot move its cursor.
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
    """Return whether standard output is a terminal and the learner's settings say that a screen reader reads it."""
    if sys.stdout is None or not sys.stdout.isatty():
        return False  # a pipe gets the lines that programs read, whatever the learner uses
    if (asked := os.environ.get(FRONT)) in {"lines", "screens"}:
        return asked == "lines"
    from tutor.progress.settings import load_settings

    return load_settings(keep_aside=False).settings.screen_reader


def style_for(style: str | None) -> str | None:
    """Return how to report a run: ``style`` if one was asked for, ``narrate`` for a screen reader, or else None."""
    return "narrate" if style is None and wants_screen_reader() else style
