"""Writing a run's log: one ``os.write`` a line, on a descriptor that only appends."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from tutor.runs.events import Event

LINE_BYTES = 4096
"""Lines up to this length are never torn, not even by ``kill -9``."""
_RESERVE_BYTES = 16 * 1024
_encoder = msgspec.json.Encoder()


class LogWriter:
    """The only writer of a run's log.

    A small file is kept beside the log as a reserve: where the disk is full, it is given up, so that the log can
    still say why the run ended.

    Args:
        path: The log; it is made, or appended to.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._reserve = path.with_suffix(".reserve")
        self._torn = False
        try:
            self._reserve.write_bytes(b"\0" * _RESERVE_BYTES)
        except OSError:
            self.close()
            raise

    def write(self, event: Event) -> None:
        """Append one event.

        Raises:
            OSError: the log could not take it whole.
        """
        line = _encoder.encode(event) + b"\n"
        if self._torn:
            # Half a line must not spoil the next one.
            line = b"\n" + line
        written = 0
        try:
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
            self._torn = False
        except OSError:
            self._torn = self._torn or written > 0
            raise

    def give_up_reserve(self) -> None:
        """Make room for a last word."""
        self._reserve.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the log, and remove the reserve."""
        self.give_up_reserve()
        descriptor, self._descriptor = self._descriptor, -1  # its number may soon be that of another file
        if descriptor >= 0:
            os.close(descriptor)
