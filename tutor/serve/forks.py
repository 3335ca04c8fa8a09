"""The server's side of the zygote: start it, start it again when it is gone, and know which sessions have ended."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from signal import SIGKILL

import msgspec

import tutor
from tutor.foundation.processes import ONE_THREAD, started
from tutor.sandbox.processes import signal_group
from tutor.serve.messages import LENGTH, MOST_BYTES, Answer, Ended, SessionOrder

_ROOT = str(Path(tutor.__file__).resolve().parent.parent)
_STARTING_SECONDS = 60.0
"""For the imports of a zygote on a busy machine."""
_TRIES = 2


class NoProcessError(Exception):
    """No process could be started for a session."""


class Zygotes:
    """One zygote at a time.

    Args:
        module: The module whose ``main`` runs the zygote with the descriptor of its socket.
        log: Takes what the zygote prints, which is nothing unless it fails.
        environment: Put into that of the zygote, which is otherwise made anew.
    """

    def __init__(self, module: str, log: Path, environment: Mapping[str, str]) -> None:
        self._module = module
        self._environment = environment
        self._log = log
        self._zygote: _Zygote | None = None
        self._numbers = count(1)

    @property
    def pid(self) -> int | None:
        """The process that forks; None if none is running."""
        return self._zygote.process.pid if self._zygote is not None else None

    def start(self) -> None:
        """Start a zygote, unless one is running. It takes orders at once and works when its imports are done.

        Raises:
            OSError: No process can be started.
        """
        self._running()

    def _running(self) -> _Zygote:
        if self._zygote is None:
            self._zygote = _Zygote(self._module, self._log, self._environment, self._lose)
        return self._zygote

    def next_number(self) -> int:
        """Return a number for an order."""
        return next(self._numbers)

    async def fork(self, order: SessionOrder, descriptors: Sequence[int], ended: Callable[[int], None]) -> int:
        """Start the process of a session and return its number.

        Args:
            order: What it does.
            descriptors: Its terminal or pipes; the caller closes its own afterwards.
            ended: Called with the exit code when it has ended; not called if the zygote ended first.

        Raises:
            NoProcessError: It cannot be started.
        """
        for _ in range(_TRIES):
            try:
                pid = await self._running().order(order, descriptors, ended)
            except (OSError, TimeoutError):
                self._lose()
                continue
            if pid:
                return pid
        raise NoProcessError

    def _lose(self) -> None:
        """The zygote is gone. Its sessions go on; their terminals tell when they end."""
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()

    def close(self) -> None:
        """End the zygote, without its sessions."""
        self._lose()


class _Zygote:
    """A running process that forks."""

    def __init__(self, module: str, log: Path, more: Mapping[str, str], lost: Callable[[], None]) -> None:
        self._lost = lost
        self._asked: dict[int, tuple[asyncio.Future[int], Callable[[int], None]]] = {}
        self._running: dict[int, Callable[[int], None]] = {}
        self._buffer = bytearray()
        self._channel, theirs = socket.socketpair()
        program = f"import sys; sys.path.insert(0, {_ROOT!r}); from {module} import main; main({theirs.fileno()})"
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", **ONE_THREAD, **more}
        with theirs, log.open("wb") as output:
            try:
                self.process: subprocess.Popen[bytes] = started(
                    [sys.executable, "-I", "-c", program], environment, (theirs.fileno(),), output=output, folder="/"
                )
            except OSError:
                self._channel.close()
                raise
        self._channel.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._channel, self._read)

    async def order(self, order: SessionOrder, descriptors: Sequence[int], ended: Callable[[int], None]) -> int:
        """Send an order and return the number of its process; 0 if it could not be started.

        Raises:
            OSError: The zygote is gone, or takes nothing.
            TimeoutError: It does not answer.
        """
        body = msgspec.json.encode(order)
        answer: asyncio.Future[int] = self._loop.create_future()
        self._asked[order.number] = answer, ended
        try:
            message = LENGTH.pack(len(body)) + body
            # A zygote that is still importing has an empty buffer before it, which holds hundreds of orders.
            if socket.send_fds(self._channel, [message], descriptors) < len(message):
                raise ConnectionError("the zygote takes no orders")
            return await asyncio.wait_for(answer, _STARTING_SECONDS)
        finally:
            self._asked.pop(order.number, None)

    def _read(self) -> None:
        try:
            data = self._channel.recv(MOST_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost()
            return
        self._buffer += data
        while len(self._buffer) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self._buffer)[0]
            if len(self._buffer) < end:
                return
            answer: Answer = msgspec.json.decode(self._buffer[LENGTH.size : end], type=Answer)
            del self._buffer[:end]
            self._take(answer)

    def _take(self, answer: Answer) -> None:
        if isinstance(answer, Ended):
            if (ended := self._running.pop(answer.pid, None)) is not None:
                ended(answer.code)
        elif answer.number in self._asked:
            asked, ended = self._asked[answer.number]
            if answer.pid:
                self._running[answer.pid] = ended
            if not asked.done():
                asked.set_result(answer.pid)

    def close(self) -> None:
        self._loop.remove_reader(self._channel)
        self._channel.close()
        with suppress(OSError):
            signal_group(self.process.pid, SIGKILL)
        self.process.wait()
        for each, _ in self._asked.values():
            if not each.done():
                each.set_exception(ConnectionError("the zygote is gone"))
