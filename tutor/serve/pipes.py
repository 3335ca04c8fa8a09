"""Bytes between descriptors that never block and an SSH channel that may be full."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

_CHUNK = 1 << 16


class Outlet:
    """Reads what a session's process writes, and passes it on while somebody takes it.

    Args:
        descriptor: Where it comes from; it is closed by `close`.
        take: Called with what has come.
    """

    def __init__(self, descriptor: int, take: Callable[[bytes], None]) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._is_open = True
        self.resume()

    def pause(self) -> None:
        """Read no more. The process waits once the pipe or terminal is full."""
        if self._is_open:
            self._loop.remove_reader(self._descriptor)

    def resume(self) -> None:
        """Read on."""
        if self._is_open:
            self._loop.add_reader(self._descriptor, self.read)

    def read(self) -> bool:
        """Pass on what is there. Return whether there may be more."""
        if not self._is_open:
            return False
        try:
            data = os.read(self._descriptor, _CHUNK)
        except BlockingIOError:
            return False
        except OSError:  # a terminal whose other side is closed
            data = b""
        if data:
            self._take(data)
            return True
        self._loop.remove_reader(self._descriptor)
        return False

    def close(self) -> None:
        """Close the descriptor. What has not been read is lost."""
        if self._is_open:
            self._loop.remove_reader(self._descriptor)
            self._is_open = False
            os.close(self._descriptor)


class Inlet:
    """Writes to a session's process what its learner types, as fast as it reads.

    Args:
        descriptor: Where it goes; it is closed by `close`.
        full: Called when the learner should be read no further.
        free: Called when all is written.
    """

    def __init__(self, descriptor: int, full: Callable[[], None], free: Callable[[], None]) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._full = full
        self._free = free
        self._loop = asyncio.get_running_loop()
        self._waiting = bytearray()
        self._is_open = True
        self._is_full = self._ends = False

    def write(self, data: bytes) -> None:
        """Write, now or later."""
        if not self._is_open or self._ends:
            return
        was_waiting = bool(self._waiting)
        self._waiting += data
        if not was_waiting:
            self._write_on()
            if self._waiting:
                self._is_full = True
                self._full()

    def _write_on(self) -> None:
        try:
            del self._waiting[: os.write(self._descriptor, self._waiting)]
        except BlockingIOError:
            pass
        except OSError:
            self._waiting.clear()  # nobody reads any more
        if self._waiting:
            self._loop.add_writer(self._descriptor, self._write_on)
            return
        self._loop.remove_writer(self._descriptor)
        if self._is_full:
            self._is_full = False
            self._free()
        if self._ends:
            self.close()

    def end(self) -> None:
        """Close it when all is written."""
        self._ends = True
        if not self._waiting:
            self.close()

    def close(self) -> None:
        """Close the descriptor."""
        if self._is_open:
            self._loop.remove_writer(self._descriptor)
            self._is_open = False
            os.close(self._descriptor)
