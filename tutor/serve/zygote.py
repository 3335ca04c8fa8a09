"""The process that has everything imported and forks itself for each session, so that none waits for imports.

It has a single thread when it forks: a lock that another thread held would stay locked in the child for ever. It does
nothing else, and it ends when the server is gone. Sessions that are forked do not need it any more.
"""

from __future__ import annotations

import fcntl
import gc
import io
import os
import random
import selectors
import signal
import socket
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec

from tutor.serve.confine import confine
from tutor.serve.messages import LENGTH, MOST_BYTES, MOST_DESCRIPTORS, Answer, Ended, Forked, Kind, SessionOrder

_FIRST_OTHER_DESCRIPTOR = 3


def serve_forks(control: int, carry_out: Callable[[list[str]], int], ahead: Iterator[None]) -> int:
    """Fork a process for each order until the server closes its end.

    Args:
        control: The descriptor of a socket to the server.
        carry_out: Carries out a command line in a session's process, and returns the exit code.
        ahead: Work that later sessions are spared; it is done in steps while there are no orders.

    Returns:
        The exit code: 0 in the zygote, that of the session in a forked process.
    """
    forked = _Zygote(socket.socket(fileno=control), ahead).run()
    if forked is None:
        return 0
    order, descriptors = forked
    return _Session(order, descriptors).run(carry_out)


class _Zygote:
    """Reads orders, forks, and reports which processes have ended."""

    def __init__(self, channel: socket.socket, ahead: Iterator[None]) -> None:
        self._channel = channel
        self._ahead: Iterator[None] | None = ahead
        _freeze()
        self._ended, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._wakes = wakes
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)

    def run(self) -> tuple[SessionOrder, list[int]] | None:
        """Fork until the server is gone, then return None; in a forked process, return what it has to do."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._channel, selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select(None if self._ahead is None else 0):
                    if key.fd == self._ended:
                        self._report_ended()
                        continue
                    received = self._receive()
                    if received is None:
                        return None
                    if (order := self._fork(*received)) is not None:
                        return order, received[1]
                self._work_ahead()

    def _work_ahead(self) -> None:
        if self._ahead is None:
            return
        try:
            next(self._ahead)
        except StopIteration:
            self._ahead = None
            _freeze()

    def _receive(self) -> tuple[SessionOrder, list[int]] | None:
        """Return the next order and its descriptors; None if the server is gone or says what cannot be."""
        try:
            head, descriptors, _, _ = socket.recv_fds(self._channel, LENGTH.size, MOST_DESCRIPTORS)
            if len(head) < LENGTH.size:
                return None
            size = LENGTH.unpack(head)[0]
            body = self._channel.recv(size, socket.MSG_WAITALL) if size <= MOST_BYTES else b""
            return msgspec.json.decode(body, type=SessionOrder), list(descriptors)
        except (OSError, msgspec.MsgspecError):
            return None

    def _fork(self, order: SessionOrder, descriptors: list[int]) -> SessionOrder | None:
        """Fork. Return the order in the child, None in the zygote."""
        try:
            pid = os.fork()
        except OSError:
            pid = -1
        if pid == 0:
            self._forget()
            return order
        for each in descriptors:
            os.close(each)
        self._tell(Forked(order.number, max(0, pid)))
        return None

    def _forget(self) -> None:
        """Drop, in a child, what belongs to the zygote."""
        signal.set_wakeup_fd(-1)
        for number, handler in ((signal.SIGCHLD, signal.SIG_DFL), (signal.SIGINT, signal.default_int_handler)):
            signal.signal(number, handler)
        for each in (self._ended, self._wakes):
            os.close(each)
        self._channel.close()

    def _report_ended(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._ended, 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._tell(Ended(pid, os.waitstatus_to_exitcode(status)))

    def _tell(self, answer: Answer) -> None:
        body = msgspec.json.encode(answer)
        with suppress(OSError):  # the next order finds that the server is gone
            self._channel.sendall(LENGTH.pack(len(body)) + body)


class _Session:
    """A forked process that becomes a learner's session."""

    def __init__(self, order: SessionOrder, descriptors: list[int]) -> None:
        self._order = order
        self._descriptors = descriptors

    def run(self, carry_out: Callable[[list[str]], int]) -> int:
        order = self._order
        answers = self._take_terminal()
        self._take_environment()
        confine(order.bounds)
        _reseed()
        if order.kind is Kind.TUTOR:
            return carry_out(list(order.arguments))
        from tutor.serve.joining import join, say, speak

        speak()
        if order.kind is Kind.JOIN:
            with socket.socket(fileno=answers) as channel:
                return join(channel, order.values)
        return say(order.arguments[0], order.values, order.exit_code)

    def _take_terminal(self) -> int:
        """Make the descriptors those of a program. Return the one that is left over; -1 if none is."""
        os.setsid()
        order, descriptors = self._order, self._descriptors
        given = [descriptors[0]] * 3 if order.has_terminal else descriptors[:3]
        if order.has_terminal:
            fcntl.ioctl(descriptors[0], termios.TIOCSCTTY, 0)
        rest = descriptors[1:] if order.has_terminal else descriptors[3:]
        # Out of the way first, so that no descriptor is overwritten before it is used.
        kept = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 16) for each in (*given, *rest)]
        for target, each in enumerate(kept[:3]):
            os.dup2(each, target)
        answers = fcntl.fcntl(kept[3], fcntl.F_DUPFD_CLOEXEC, 64) if rest else -1
        os.closerange(_FIRST_OTHER_DESCRIPTOR, 64)
        for each in descriptors:
            if each >= 64:
                os.close(each)
        return answers

    def _take_environment(self) -> None:
        order = self._order
        os.environ.clear()
        os.environ.update(order.environment)
        os.umask(0o077)
        os.chdir(order.folder)
        encoding = order.environment.get("PYTHONIOENCODING", "utf-8")
        # The zygote's streams were made for /dev/null and its log. What they have buffered is nothing.
        stdin = _text_from(0, encoding)
        stdout = _text_to(1, encoding, "strict", by_line=order.has_terminal)
        stderr = _text_to(2, encoding, "backslashreplace", by_line=True)
        vars(sys).update(stdin=stdin, stdout=stdout, stderr=stderr)
        vars(sys).update(__stdin__=stdin, __stdout__=stdout, __stderr__=stderr)


def _text_from(descriptor: int, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(open(descriptor, "rb", closefd=False), encoding, "replace")


def _text_to(descriptor: int, encoding: str, errors: str, *, by_line: bool) -> io.TextIOWrapper:
    return io.TextIOWrapper(open(descriptor, "wb", closefd=False), encoding, errors, line_buffering=by_line)


def _freeze() -> None:
    """Keep collections in the children from visiting what is there now, because that would copy all its pages."""
    gc.collect()
    gc.freeze()


def _reseed() -> None:
    """Give this process random numbers of its own; otherwise every learner's quiz would be shuffled alike."""
    random.seed()
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed(int.from_bytes(os.urandom(4)))
