"""The learner's own editor, which uses the terminal until it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tutor.foundation.editor import editor_command, editor_not_started
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from textual.app import App


def edit_file(app: App[int], path: Path) -> None:
    """Open ``path`` in the learner's editor on this terminal, and draw the app again when the editor has ended.

    The app waits meanwhile; training continues in its own processes. Call it on the app's task.

    Raises:
        TutorError: There is no editor or no terminal, the editor could not be started, or it reported a failure.
    """
    command = editor_command()
    name = Path(command[0]).name
    code, failure = 0, ""
    try:
        with app.suspend(), _shell_modes_kept(), _interrupts_are_the_editors():
            try:  # inside, because an exception in `suspend` would leave the app without its terminal
                code = subprocess.run([*command, str(path)], check=False).returncode
            except (OSError, ValueError) as error:
                failure = getattr(error, "strerror", None) or str(error)
    except SuspendNotSupported:
        raise TutorError(translate("app.no-terminal-to-lend")) from None
    if failure:
        raise editor_not_started(name, failure)
    if code:
        shown, file = harmless_line(name), harmless_line(path.name)
        raise TutorError(translate("app.editor-failed", editor=shown, code=code, file=file))


@contextmanager
def _shell_modes_kept() -> Iterator[None]:
    """Restore the terminal's modes afterwards: an editor that crashes leaves its own."""
    descriptor = sys.__stdin__.fileno() if sys.__stdin__ is not None else 0
    with suppress(termios.error):
        modes = termios.tcgetattr(descriptor)
        try:
            yield
        finally:
            with suppress(termios.error):
                termios.tcsetattr(descriptor, termios.TCSANOW, modes)
        return
    yield


@contextmanager
def _interrupts_are_the_editors() -> Iterator[None]:
    """Ignore ctrl+c, which the terminal sends to all its processes: it is meant for the editor.

    This is done with handlers, because the editor would inherit `signal.SIG_IGN`.
    """
    numbers = (signal.SIGINT, signal.SIGQUIT)
    before = [signal.signal(number, lambda *_: None) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
