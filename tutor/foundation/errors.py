"""Failures that a person reads."""

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
    """A failure told in a sentence that a learner understands.

    A sentence may quote what the learner typed or what a file holds, so both texts become harmless here.

    Args:
        message: What happened, in the interface language, one sentence.
        hint: What to do about it, one sentence, or empty.
        exit_code: What a command line returns when nothing else handles it.
    """

    def __init__(self, message: str, *, hint: str = "", exit_code: ExitCode = ExitCode.CANNOT_READ) -> None:
        self.message = harmless(message)
        self.hint = harmless(hint)
        super().__init__(self.message)
        self.exit_code = exit_code

    def __str__(self) -> str:
        """Message and hint on one line."""
        return sentences(self.message, self.hint)
