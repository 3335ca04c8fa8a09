"""A warm process that forks itself for each job, so that no job waits until NumPy is imported."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from signal import SIGKILL
from threading import Lock

from tutor.sandbox.processes import signal_group, started_python
from tutor.sandbox.protocol import JOB_ANSWER, JOB_MESSAGE, NO_PROCESS, RUN, WAIT


@dataclass(frozen=True, slots=True)
class _ForkedProcess:
    pid: int
    server: _Server

    def wait(self) -> int:
        return self.server.ask(WAIT, self.pid)


class _Server:
    """A running `tutor.sandbox.server`."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._channel = ours
        self._lock = Lock()
        with theirs:
            try:
                self.process = started_python("tutor.sandbox.server", theirs.fileno())
            except OSError:
                ours.close()
                raise

    def ask(self, letter: bytes, number: int, descriptors: tuple[int, ...] = ()) -> int:
        """Send a message and return the answer.

        Raises:
            ConnectionError: The server is gone.
            OSError: It could not do it.
        """
        with self._lock:
            socket.send_fds(self._channel, [JOB_MESSAGE.pack(letter, number)], descriptors)
            answer = self._channel.recv(JOB_ANSWER.size, socket.MSG_WAITALL)
        if len(answer) < JOB_ANSWER.size:
            raise ConnectionError("the sandbox's server is gone")
        found = int(JOB_ANSWER.unpack(answer)[0])
        if found == NO_PROCESS:
            raise OSError("the sandbox's server could not start a process")
        return found

    def close(self) -> None:
        self._channel.close()
        signal_group(self.process.pid, SIGKILL)
        self.process.wait()


class PreforkServer:
    """Starts jobs as forks of a warm process. It implements `tutor.sandbox.processes.Starter`.

    The warm process is started with the first job, and again if it is gone.
    """

    def __init__(self) -> None:
        self._server: _Server | None = None
        self._lock = Lock()

    @staticmethod
    def is_possible() -> bool:
        """Whether this system can fork and send file descriptors."""
        return hasattr(os, "fork") and hasattr(socket, "send_fds")

    @property
    def pid(self) -> int | None:
        """The number of the warm process; None if it is not running."""
        return self._server.process.pid if self._server is not None else None

    def start(self, request: int, results: int, traces: int) -> _ForkedProcess:
        """See `tutor.sandbox.processes.Starter.start`."""
        with self._lock:
            server = self._running()
            try:
                pid = server.ask(RUN, 0, (request, results, traces))
            except ConnectionError:
                self._end()
                server = self._running()
                pid = server.ask(RUN, 0, (request, results, traces))
            return _ForkedProcess(pid, server)

    def close(self) -> None:
        """End the warm process."""
        with self._lock:
            self._end()

    def _running(self) -> _Server:
        if self._server is not None and self._server.process.poll() is not None:
            self._end()
        if self._server is None:
            self._server = _Server()
        return self._server

    def _end(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
