"""Failures explained to the learner in a sentence, and the exit codes of the program."""

from __future__ import annotations

from enum import IntEnum

from tutor.foundation.safe_text import harmless
from tutor.foundation.translate import sentences


class ExitCode(IntEnum):
    """What ``tutor`` returns to the shell. Documented in README."""

    OK = 0
    FAULTS_FOUND = 1
    USAGE = 2
    CANNOT_READ = 3
    CANNOT_WRITE = 4
    RUN_FAILED = 5
    NO_TERMINAL = 6
    INTERRUPTED = 130


class TutorError(Exception):
    """A failure explained in a sentence that a learner understands.

    The sentence may quote what the learner typed or what a file holds, so message and hint are made harmless here.

    Args:
        message: What happened: one sentence in the interface language.
        hint: What to do about it: one sentence, or empty.
        exit_code: What the command line returns if nothing else handles the failure.
    """

    def __init__(self, message: str, *, hint: str = "", exit_code: ExitCode = ExitCode.CANNOT_READ) -> None:
        self.message = harmless(message)
        self.hint = harmless(hint)
        super().__init__(self.message)
        self.exit_code = exit_code

    def __str__(self) -> str:
        """Return message and hint on one line."""
        return sentences(self.message, self.hint)
