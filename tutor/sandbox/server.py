"""The other side of `prefork`: a process that has NumPy imported and forks itself for each job.

Messages are five bytes, a letter and a number: ``r`` with three file descriptors starts a job and is answered with the
number of its process, ``w`` with that number waits for its end and is answered with its exit code.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import struct
from contextlib import suppress

from tutor.sandbox.child import run_request

MESSAGE = struct.Struct("!ci")
ANSWER = struct.Struct("!i")
RUN, WAIT = b"r", b"w"
FAILED = -(2**31)
"""The answer if there is no process, or nobody knows how it ended."""


def main(control: int) -> None:
    """Serve until the other side closes its end; then end every process that is left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # A collection in a child would copy the pages of all these objects.
    running: set[int] = set()
    with socket.socket(fileno=control) as channel:
        while True:
            try:
                message, descriptors, _, _ = socket.recv_fds(channel, MESSAGE.size, 3)
            except OSError:
                break
            if len(message) < MESSAGE.size:
                break
            letter, number = MESSAGE.unpack(message)
            channel.sendall(ANSWER.pack(_start(channel, descriptors, running) if letter == RUN else _wait(number)))
            running.discard(number)
    for pid in running:
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def _start(channel: socket.socket, descriptors: list[int], running: set[int]) -> int:
    try:
        pid = os.fork()
    except OSError:
        pid = FAILED
    if pid == 0:
        try:
            os.setsid()
            channel.close()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            run_request(*descriptors)
        finally:
            os._exit(0)
    for each in descriptors:
        os.close(each)
    if pid > 0:
        running.add(pid)
    return pid


def _wait(pid: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except (OSError, ValueError):
        return FAILED
