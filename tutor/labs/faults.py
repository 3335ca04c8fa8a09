"""What is wrong with a lab file or an override: each fault with its place, its key and how to fix it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import sentences


class LabFault(Struct, frozen=True, kw_only=True):
    """One fault. As text: ``file:line: message hint``."""

    message: str
    hint: str = ""
    key: str = ""
    """The dotted key; empty if no key is at fault."""
    path: Path | None = None
    """The lab file; None if the value came from an override."""
    line: int = 0
    """The line, from 1; 0 if there is none."""

    def __str__(self) -> str:
        """The fault on one line."""
        place = "" if self.path is None else f"{self.path}:{max(1, self.line)}: "
        return harmless_line(f"{place}{sentences(self.message, self.hint)}")


class LabError(TutorError):
    """A lab that cannot be run, with all of its faults.

    Args:
        faults: At least one.
    """

    def __init__(self, faults: Sequence[LabFault]) -> None:
        in_a_file = any(fault.path is not None for fault in faults)
        code = ExitCode.CANNOT_READ if in_a_file else ExitCode.USAGE
        super().__init__("\n".join(str(fault) for fault in faults), exit_code=code)
        self.faults = tuple(faults)
