"""One terminal or command of a learner: an SSH channel on one side, a process of its own on the other."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import struct
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import asyncssh
import msgspec

from tutor.foundation.clock import monotonic_seconds
from tutor.foundation.errors import ExitCode
from tutor.serve.commands import RefusedCommandError, allowed_arguments
from tutor.serve.environment import checked_environment, terminal_name
from tutor.serve.forks import NoProcessError
from tutor.serve.joining import Asked, Decided
from tutor.serve.messages import Bounds, Kind, SessionOrder
from tutor.serve.pipes import Inlet, Outlet

if TYPE_CHECKING:
    from tutor.serve.forks import Zygotes

_GRACE_SECONDS = 4.0
"""In which a session can end by itself after its line is gone."""
_LATE_SECONDS = 1.0
"""After which the exit code of a process that has ended comes no more, because the zygote is gone."""
_LARGEST_SIDE = 1000
_MOST_EARLY = 1 << 16
_END_OF_INPUT = b"\x04"


@dataclass(frozen=True, slots=True)
class Place:
    """A learner's place in the class, for one session.

    Args:
        name: The learner.
        home: The learner's folder.
        environment: What the session is told, besides the client's terminal and locale.
        bounds: What it may use.
        leave: Called when the session has ended.
    """

    name: str
    home: Path
    environment: Mapping[str, str]
    bounds: Bounds
    leave: Callable[[], None]


class Hall(Protocol):
    """What a session needs of the server."""

    zygotes: Zygotes

    def name_of(self, key: str) -> str | None:
        """Return whose key it is."""

    def admit(self, name: str, session: LearnerSession) -> Place | str:
        """Return a place, or the key of the sentence that says why there is none."""

    def join(self, asked: Asked, key: str, address: str) -> str:
        """Take somebody into the class. Return the key of the sentence that says why not; empty if it is done."""


class LearnerSession(asyncssh.SSHServerSession[bytes]):
    """A terminal with the course, or one command.

    Args:
        hall: The server.
        key: The learner's public key, which the connection has verified.
        user: The name that was given to ssh.
        address: Where the connection comes from.
    """

    _channel: asyncssh.SSHServerChannel[bytes]

    def __init__(self, hall: Hall, key: str, user: str, address: str) -> None:
        self._hall = hall
        self._key = key
        self._user = user
        self._address = address
        self._command: str | None = None
        self._has_terminal = False
        self._size = (80, 24)
        self._term = "dumb"
        self._master = self._slave = -1
        self._inlet: Inlet | None = None
        self._early = b""
        self._ends_early = False
        self._outlets: list[Outlet] = []
        self._process: _Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_gone = False
        self._ended_by = ""
        self.last_input = monotonic_seconds()
        """When the learner typed last, or the session began."""

    # -- what the client asks for ------------------------------------------------------------------------

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def pty_requested(
        self, term_type: str, term_size: tuple[int, int, int, int], term_modes: Mapping[int, int]
    ) -> bool:
        self._has_terminal = True
        self._term = terminal_name(term_type)
        self._size = term_size[:2]
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        self._command = command
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        return False

    def session_started(self) -> None:
        self._task = asyncio.create_task(self._run_guarded())

    # -- the learner's side ------------------------------------------------------------------------------

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        self.last_input = monotonic_seconds()
        if self._inlet is not None:
            self._inlet.write(data)
        else:
            self._early = (self._early + data)[:_MOST_EARLY]

    def eof_received(self) -> bool:
        """The client will send nothing more, but may still read."""
        if self._inlet is None:
            self._ends_early = True
        elif not self._has_terminal:
            self._inlet.end()
        elif self._command:
            self._inlet.write(_END_OF_INPUT)
        else:
            self._hang_up()  # nobody could leave the screens any more
        return True

    def _take_early(self) -> None:
        """Pass on what came before there was anything to take it."""
        early, self._early = self._early, b""
        if early and self._inlet is not None:
            self._inlet.write(early)
        if self._ends_early:
            self._ends_early = False
            self.eof_received()

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        self._size = width, height
        self._set_size()

    def pause_writing(self) -> None:
        for each in self._outlets:
            each.pause()

    def resume_writing(self) -> None:
        for each in self._outlets:
            each.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_gone = True
        self._hang_up()

    # -- the process's side ------------------------------------------------------------------------------

    def end(self, sentence: str) -> None:
        """End the session if it has begun, and show the sentence of a key."""
        if not self._ended_by and self._process is not None:
            self._ended_by = sentence
            self._process.hang_up()

    @property
    def pid(self) -> int | None:
        """The process of the session; None if none runs."""
        return self._process.pid if self._process is not None else None

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is left."""
        return self._task is not None and self._task.done()

    async def wait(self) -> None:
        """Wait until nothing of it is left."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def hang_up(self) -> None:
        """Close its line. Its process ends, by itself or not."""
        self._is_gone = True
        self._hang_up()

    async def _run_guarded(self) -> None:
        code = int(ExitCode.RUN_FAILED)
        try:
            code = await self._run()
        except NoProcessError:
            self._write_error(b"tutor: no process can be started\r\n")
        finally:
            self._close()
            if not self._is_gone:
                self._channel.exit(code)

    async def _run(self) -> int:
        self._open()
        name = self._hall.name_of(self._key)
        if name is None:
            if not self._has_terminal or self._command:
                return await self._say("serve.unknown-key")
            if await self._join() != 0:
                return 1
            name = self._hall.name_of(self._key)
            if name is None or self._is_gone:
                return 1
        place = self._hall.admit(name, self)
        if isinstance(place, str):
            return await self._say(place)
        try:
            return await self._run_at(place)
        finally:
            place.leave()

    async def _run_at(self, place: Place) -> int:
        try:
            arguments = allowed_arguments(self._command or "")
        except RefusedCommandError:
            return await self._say("serve.refused-command", place)
        if not self._has_terminal and not any(not each.startswith("-") for each in arguments):
            return await self._say("serve.needs-terminal", place)
        code = await self._carry_out(self._order(Kind.TUTOR, place, arguments=tuple(arguments)))
        if self._ended_by and not self._is_gone:
            await self._say(self._ended_by, place)
        return code

    def _order(
        self,
        kind: Kind,
        place: Place | None = None,
        *,
        arguments: tuple[str, ...] = (),
        values: dict[str, str | int] | None = None,
        exit_code: int = 0,
    ) -> SessionOrder:
        client = checked_environment(self._channel.get_environment_bytes()) | {"TERM": self._term}
        return SessionOrder(
            number=self._hall.zygotes.next_number(),
            kind=kind,
            has_terminal=self._has_terminal,
            arguments=arguments,
            values=values or {},
            exit_code=exit_code,
            environment={**client, **(place.environment if place is not None else {"PATH": os.defpath})},
            folder=str(place.home) if place is not None else "/",
            bounds=place.bounds if place is not None else Bounds(),
        )

    async def _say(self, key: str, place: Place | None = None) -> int:
        order = self._order(Kind.SAY, place, arguments=(key,), exit_code=int(ExitCode.USAGE))
        return await self._carry_out(order)

    async def _join(self) -> int:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            answering = asyncio.create_task(self._answer(ours))
            try:
                order = self._order(Kind.JOIN, values={"name": self._user})
                return await self._carry_out(order, theirs.fileno())
            finally:
                answering.cancel()
                with suppress(asyncio.CancelledError):
                    await answering

    async def _answer(self, channel: socket.socket) -> None:
        """Decide on what the process asks that shows the questions."""
        loop = asyncio.get_running_loop()
        with suppress(OSError, msgspec.MsgspecError):
            while data := await loop.sock_recv(channel, 4096):
                problem = self._hall.join(msgspec.json.decode(data, type=Asked), self._key, self._address)
                await loop.sock_sendall(channel, msgspec.json.encode(Decided(problem)))

    async def _carry_out(self, order: SessionOrder, *more: int) -> int:
        """Start a process for an order, and wait for its end. Return its exit code."""
        if self._has_left():
            return int(ExitCode.INTERRUPTED)
        process = _Process()
        theirs = [self._slave] if self._has_terminal else self._open_pipes()
        try:
            pid = await self._hall.zygotes.fork(order, [*theirs, *more], process.ended)
        finally:
            if not self._has_terminal:
                for each in theirs:
                    os.close(each)
        process.watch(pid)
        self._process = process
        self.last_input = monotonic_seconds()
        if self._has_left():
            process.hang_up()
        code = await process.wait()
        for outlet in self._outlets:
            while outlet.read():
                pass
        return code

    # -- descriptors -------------------------------------------------------------------------------------

    def _open(self) -> None:
        if not self._has_terminal:
            return
        self._master, self._slave = os.openpty()
        self._set_size()
        self._inlet = self._inlet_to(os.dup(self._master))
        self._outlets = [Outlet(self._master, self._write)]
        self._take_early()

    def _open_pipes(self) -> list[int]:
        """Return the process's ends of new pipes for input, output and errors."""
        self._close()
        (their_in, our_in), (our_out, their_out), (our_errors, their_errors) = os.pipe(), os.pipe(), os.pipe()
        self._inlet = self._inlet_to(our_in)
        self._outlets = [Outlet(our_out, self._write), Outlet(our_errors, self._write_error)]
        self._take_early()
        return [their_in, their_out, their_errors]

    def _inlet_to(self, descriptor: int) -> Inlet:
        return Inlet(descriptor, self._channel.pause_reading, self._channel.resume_reading)

    def _set_size(self) -> None:
        if self._master >= 0 and not self._is_gone:
            width, height = (max(0, min(each, _LARGEST_SIDE)) for each in self._size)
            with suppress(OSError):
                fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def _write(self, data: bytes) -> None:
        if not self._is_gone:
            self._channel.write(data)

    def _write_error(self, data: bytes) -> None:
        if not self._is_gone:
            self._channel.write_stderr(data)

    def _has_left(self) -> bool:
        return self._is_gone

    def _hang_up(self) -> None:
        """Close the line to the process."""
        self._close()
        if self._process is not None:
            self._process.hang_up()

    def _close(self) -> None:
        if self._inlet is not None:
            self._inlet.close()
        for each in self._outlets:
            each.close()
        self._inlet, self._outlets, self._master = None, [], -1
        if self._slave >= 0:
            os.close(self._slave)
            self._slave = -1


class _Process:
    """A forked process, which is no child of ours. A descriptor stands for it, so no other can take its place."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._code: asyncio.Future[int] = self._loop.create_future()
        self._descriptor = -1
        self.pid: int | None = None

    def watch(self, pid: int) -> None:
        """Notice its end, even if the zygote is gone by then."""
        if self._code.done():
            return
        try:
            self._descriptor = os.pidfd_open(pid)
        except OSError:
            return  # it has ended, and the zygote says how
        self.pid = pid
        self._loop.add_reader(self._descriptor, self._notice)

    def _notice(self) -> None:
        self._loop.remove_reader(self._descriptor)
        self._loop.call_later(_LATE_SECONDS, self.ended, int(ExitCode.OK))

    def ended(self, code: int) -> None:
        """It has ended with an exit code, which is negative for a signal."""
        if not self._code.done():
            self._code.set_result(code if code >= 0 else 128 - code)

    def hang_up(self) -> None:
        """Ask it to end, and end it if it does not."""
        self._send(signal.SIGHUP)
        self._loop.call_later(_GRACE_SECONDS, self._send, signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self._descriptor >= 0:
            with suppress(OSError):
                signal.pidfd_send_signal(self._descriptor, number)

    async def wait(self) -> int:
        """Wait for its end and return its exit code."""
        try:
            return await self._code
        finally:
            self.pid = None
            if self._descriptor >= 0:
                self._loop.remove_reader(self._descriptor)
                os.close(self._descriptor)
                self._descriptor = -1
