"""Open the screens, or say in a sentence why this terminal cannot show them."""

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
    _require_a_terminal()
    from tutor.tui import start

    return start(lesson=lesson, lab=lab, data=data, overrides=overrides or {}, watch=watch, run=run)


def _require_a_terminal() -> None:
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
