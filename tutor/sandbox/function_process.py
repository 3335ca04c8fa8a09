"""A function of a learner's program that is called many times, in a process of its own that may do no harm.

`Sandbox` starts a process for each job, which is too slow for the updates of a training. Here the process stays, arrays
lie in memory that it shares with this one, and a call is five bytes there and one byte back. The memory is sealed, so
that the program cannot make it smaller, which would end this process too. Where a system has no seals, nothing is
shared, and the arrays are sent with each call.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from tutor.foundation.clock import Deadline
from tutor.foundation.program_files import files_of
from tutor.foundation.safe_text import harmless_line
from tutor.sandbox.job import Failure, Stop, lines_in_trace
from tutor.sandbox.processes import signal_group, started_python
from tutor.sandbox.protocol import CALL, DONE, FAILED, FILENAME, LENGTH, NOT_SHARED, READY
from tutor.sandbox.sandbox import failure_from
from tutor.sandbox.values import encode

SECONDS = 3.0
"""How long one call may take."""
_STARTING_SECONDS = 60.0
_LAST_WORDS_SECONDS = 0.4
_LONGEST_FAILURE = 64 << 10
_MOST_TRACE_BYTES = 64 << 10
_ALIGNMENT = 64


@dataclass(frozen=True, slots=True)
class Value:
    """An argument or a result of a function.

    Args:
        kind: ``array``; ``number``, a single one; ``state``, an array of zeros at first, which is a result and, in the
            next call, an argument; ``random``, a generator; ``pieces``, a list of arrays of whole numbers, which
            arrive one after the other in row 0 of an array (2, rows), with their lengths in row 1; or ``sides``, a list
            of pairs of arrays of row numbers. Each pair arrives in a row of an array (pairs, rows), which has 0 for the
            rows in its first array, 1 for those in its second, and 2 for all others.
        shape: Of the array. If it varies, the first number (for ``pieces``, the second) is the most rows. ``sides`` of
            shape (rows,) are those of one pair alone.
        dtype: NumPy's name of the type.
        varies: Whether each call says how many rows there are.
        name: Of the state.
    """

    kind: Literal["array", "number", "state", "random", "pieces", "sides"]
    shape: tuple[int, ...] = ()
    dtype: str = "float64"
    varies: bool = False
    name: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether it lies in the shared memory."""
        return self.kind not in {"state", "random"}


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to call a function of the program.

    Args:
        function: Its name.
        arguments: What it gets, by position. Arrays are copies.
        results: What it returns; a tuple if there are several.
        each: Whether it is called once for each number of its first argument, which is an array.
        yields: Whether it is a generator. It is made at the first call, and each call takes what it yields next. One
            more result, a number, is then 1 once it has ended, and 0 before.
    """

    function: str
    arguments: tuple[Value, ...]
    results: tuple[Value, ...]
    each: bool = False
    yields: bool = False


class FunctionFailedError(Exception):
    """A call gave no result. The process has ended."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind)
        self.failure = failure


@dataclass
class _Layout:
    """Where the values of plans lie in the shared memory."""

    size: int = 0
    plans: list[dict[str, object]] = field(default_factory=list)

    def add(self, plan: Plan) -> None:
        self.plans.append({
            "function": plan.function,
            "each": plan.each,
            "yields": plan.yields,
            "arguments": [self._place(each) for each in plan.arguments],
            "results": [self._place(each) for each in plan.results],
        })  # fmt: skip

    def _place(self, value: Value) -> dict[str, Any]:
        placed = {**asdict(value), "offset": self.size}
        if value.is_shared:
            bytes_needed = int(np.prod(value.shape, dtype=np.int64)) * np.dtype(value.dtype).itemsize
            self.size += -(-bytes_needed // _ALIGNMENT) * _ALIGNMENT
        return placed


class FunctionProcess:
    """A process that has loaded a learner's program and waits for calls.

    Args:
        source: The program.
        plans: The calls that will be made.
        random: The generator whose state the function's own one begins with; None if it gets none.
        seconds: How long loading the program or one call may take.
        memory_bytes: How much data the program may hold.

    Raises:
        FunctionFailedError: The program cannot be loaded.
        OSError: No process can be started.
    """

    def __init__(
        self,
        source: str,
        plans: Sequence[Plan],
        *,
        random: np.random.Generator | None = None,
        seconds: float = SECONDS,
        memory_bytes: int = 256 << 20,
    ) -> None:
        layout = _Layout()
        for plan in plans:
            layout.add(plan)
        self._seconds = seconds
        size = max(_ALIGNMENT, layout.size)
        descriptor = sealed_memory(size)
        try:
            self._memory = mmap.mmap(descriptor, size)  # Without a descriptor, memory of this process alone.
            self.arguments = [_views(plan["arguments"], self._memory) for plan in layout.plans]
            """For each plan, its arguments in the shared memory, to be written before a call."""
            self.results = [_views(plan["results"], self._memory) for plan in layout.plans]
            """For each plan, its results, to be read after a call. What they hold is the program's doing."""
            self._start(descriptor)
        finally:
            if descriptor != NOT_SHARED:
                os.close(descriptor)
        self._is_shared = descriptor != NOT_SHARED
        request = {
            "source": source,
            "files": files_of(source),
            "plans": layout.plans,
            "size": size,
            "memory_bytes": memory_bytes,
            "random": encode(random.bit_generator.state) if random is not None else None,
        }
        text = json.dumps(request).encode()
        self._exchange(LENGTH.pack(len(text)) + text, _STARTING_SECONDS, READY)
        self._exchange(b"", seconds)  # Now the program is loaded.

    def _start(self, memory: int) -> None:
        self._channel, theirs = socket.socketpair()
        self._traces, traces_end = os.pipe()
        try:
            self._process = started_python("tutor.sandbox.function_server", theirs.fileno(), traces_end, memory)
        except OSError:
            self._channel.close()
            os.close(self._traces)
            raise
        finally:
            theirs.close()
            os.close(traces_end)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def call(self, plan: int = 0, rows: int = 0) -> None:
        """Call the function of a plan with the arguments in the shared memory.

        Args:
            plan: Its place among the plans.
            rows: How many rows the arrays that vary have.

        Raises:
            FunctionFailedError: It raised, hung, crashed, or returned what does not fit.
        """
        message = CALL.pack(plan, rows)
        self._exchange(message if self._is_shared else message + self._memory[:], self._seconds)

    def _exchange(self, message: bytes, seconds: float, wanted: bytes = DONE) -> None:
        """Send a message, and take the answer to it."""
        ended = Stop.NOT_STARTED if wanted == READY else Stop.QUIT
        deadline = Deadline(seconds)
        try:
            if self._channel.gettimeout() != seconds:  # Setting it asks the system, at each of many calls.
                self._channel.settimeout(seconds)
            if message:  # Sending nothing to a process that has just ended would fail before its answer is read.
                self._channel.sendall(message)
            answer = self._channel.recv(1)
            if answer == DONE and not self._is_shared:
                self._memory[:] = self._received(len(self._memory), deadline)
        except TimeoutError:
            if ended is Stop.NOT_STARTED:
                self._fail(Failure(ended))
            # The answer to this signal is a traceback, even from within C code.
            signal_group(self.pid, signal.SIGABRT)
            self._fail(self._last_words(Stop.HANG, f"{seconds:g}"))
        except OSError:
            self._fail(self._last_words(ended))
        if answer == FAILED:
            self._fail(self._received_failure())
        if answer != wanted:
            self._fail(self._last_words(ended))

    def _received_failure(self) -> Failure:
        """Read why the call failed. Whatever was sent becomes a failure."""
        deadline = Deadline(_LAST_WORDS_SECONDS)
        try:
            size = LENGTH.unpack(self._received(LENGTH.size, deadline))[0]
            said = json.loads(self._received(min(size, _LONGEST_FAILURE), deadline))
        except (OSError, ValueError, RecursionError):
            return Failure(Stop.QUIT)
        return failure_from(said) if isinstance(said, dict) else Failure(Stop.QUIT)

    def _received(self, size: int, deadline: Deadline) -> bytes:
        """Receive so many bytes, however slowly they drip, by a deadline.

        Raises:
            OSError: The other side is gone, or it is too late (`TimeoutError`).
        """
        chunks = bytearray()
        while len(chunks) < size:
            remaining = deadline.remaining
            if not remaining:  # As a timeout, 0 would mean not to wait at all.
                raise TimeoutError
            self._channel.settimeout(remaining)
            chunk = self._channel.recv(size - len(chunks))
            if not chunk:
                raise ConnectionError
            chunks += chunk
        return bytes(chunks)

    def _last_words(self, stop: Stop, message: str = "") -> Failure:
        """Say what ended the process, and at which line."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_WORDS_SECONDS)
        os.set_blocking(self._traces, False)
        try:
            trace = os.read(self._traces, _MOST_TRACE_BYTES).decode(errors="replace")
        except BlockingIOError:
            trace = ""
        line = next(iter(lines_in_trace(trace, FILENAME)), 0)
        code = self._process.poll()
        if stop is Stop.QUIT and code is not None and code < 0:
            if code == -signal.SIGKILL:
                return Failure(Stop.KILLED, line=line)
            with suppress(ValueError):
                return Failure(Stop.CRASH, harmless_line(signal.Signals(-code).name), line)
        return Failure(stop, message, line)

    def _fail(self, failure: Failure) -> NoReturn:
        self.close()
        raise FunctionFailedError(failure)

    def close(self) -> None:
        """End the process. Closing twice does no harm."""
        if self._channel.fileno() < 0:
            return
        self._channel.close()
        signal_group(self.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._traces)


def sealed_memory(size: int) -> int:
    """Return the descriptor of memory that nobody can make smaller or larger; `NOT_SHARED` if the system has none."""
    if not hasattr(os, "memfd_create") or not hasattr(fcntl, "F_ADD_SEALS"):
        return NOT_SHARED
    try:
        descriptor = os.memfd_create("tutor", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except OSError:
        return NOT_SHARED
    try:
        os.ftruncate(descriptor, size)
        # Reading or writing behind the end of a file that was cut off ends a process, without any exception.
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    except OSError:
        os.close(descriptor)
        return NOT_SHARED
    return descriptor


def _views(values: object, shared: mmap.mmap) -> list[NDArray[Any]]:
    assert isinstance(values, list)  # noqa: S101 - made above
    return [
        np.ndarray(value["shape"], value["dtype"], shared, value["offset"])
        for value in values
        if value["kind"] not in {"state", "random"}
    ]
