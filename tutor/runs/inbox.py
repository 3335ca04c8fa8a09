"""The worker's side of the control log: new commands, each once, in order."""

from __future__ import annotations

import os
from pathlib import Path

from tutor.foundation.files import open_file
from tutor.runs.control import Command
from tutor.runs.log import Reader, Tail

_PIECE = 1 << 16


class Inbox:
    """Follows ``control.jsonl``. A line that is no command is skipped and counted.

    Args:
        path: The control log; it is made if it is missing.

    Raises:
        OSError: it cannot be made or read.
    """

    def __init__(self, path: Path) -> None:
        os.close(open_file(path, os.O_RDONLY | os.O_CREAT))
        self._tail = Tail(path, keep_open=True)
        self._reader: Reader[Command] = Reader(Command, longest=_PIECE)

    @property
    def skipped(self) -> int:
        """Lines that could not be read."""
        return self._reader.skipped

    def poll(self) -> list[Command]:
        """The commands that came since the last poll. Costs half a microsecond if there is none."""
        piece = self._tail.read(_PIECE)
        return list(self._reader.each(piece)) if piece else []

    def close(self) -> None:
        """Let go of the control log."""
        self._tail.close()
