"""The other side of `prefork`: a process that has NumPy imported and forks itself for each job.

Messages are five bytes, a letter and a number: ``r`` with three file descriptors starts a job and is answered with the
number of its process, ``w`` with that number waits for its end and is answered with its exit code.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
from contextlib import suppress

from tutor.sandbox.child import run_request
from tutor.sandbox.protocol import JOB_ANSWER, JOB_MESSAGE, NO_PROCESS, RUN


def main(control: int) -> None:
    """Serve until the other side closes its end; then end every process that is left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # A collection in a child would copy the pages of all these objects.
    running: set[int] = set()
    with socket.socket(fileno=control) as channel:
        while True:
            try:
                message, descriptors, _, _ = socket.recv_fds(channel, JOB_MESSAGE.size, 3)
            except OSError:
                break
            if len(message) < JOB_MESSAGE.size:
                break
            letter, number = JOB_MESSAGE.unpack(message)
            channel.sendall(JOB_ANSWER.pack(_start(channel, descriptors, running) if letter == RUN else _wait(number)))
            running.discard(number)
    for pid in running:
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def _start(channel: socket.socket, descriptors: list[int], running: set[int]) -> int:
    try:
        pid = os.fork()
    except OSError:
        pid = NO_PROCESS
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
        return NO_PROCESS
