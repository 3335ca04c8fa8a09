"""A function of a learner's program that is called many times, in a process of its own that may do no harm.

`Sandbox` starts a process for each job, which is too slow for the updates of a training. Here the process stays, arrays
lie in memory that it shares with this one, and a call is five bytes there and one byte back.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tutor.foundation.program_files import files_of
from tutor.foundation.safe_text import harmless_line
from tutor.sandbox.function_server import CALL, DONE, FAILED, LENGTH
from tutor.sandbox.job import Failure, Stop, lines_in_trace
from tutor.sandbox.processes import command, environment, signal_group
from tutor.sandbox.sandbox import FILENAME, failure_from
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
        seconds: How long one call may take.
        memory_bytes: How much data the program may hold.
        readable: The only folders that may be read; None does not limit reading.

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
        readable: tuple[str, ...] | None = None,
    ) -> None:
        layout = _Layout()
        for plan in plans:
            layout.add(plan)
        self._seconds = seconds
        descriptor = _memory(max(_ALIGNMENT, layout.size))
        try:
            shared = mmap.mmap(descriptor, 0)
            self.arguments = [_views(plan["arguments"], shared) for plan in layout.plans]
            """For each plan, its arguments in the shared memory, to be written before a call."""
            self.results = [_views(plan["results"], shared) for plan in layout.plans]
            """For each plan, its results, to be read after a call. What they hold is the program's doing."""
            self._start(descriptor)
        finally:
            os.close(descriptor)
        request = {
            "source": source,
            "files": files_of(source),
            "plans": layout.plans,
            "memory_bytes": memory_bytes,
            "readable": readable,
            "random": encode(random.bit_generator.state) if random is not None else None,
        }
        text = json.dumps(request).encode()
        self._channel.settimeout(_STARTING_SECONDS)
        try:
            self._channel.sendall(LENGTH.pack(len(text)) + text)
            self._take_answer(is_loaded=False)
        except OSError:
            self._fail(Failure(Stop.NOT_STARTED))
        self._channel.settimeout(seconds)

    def _start(self, memory: int) -> None:
        self._channel, theirs = socket.socketpair()
        self._traces, traces_end = os.pipe()
        numbers = theirs.fileno(), traces_end, memory
        try:
            self._process = subprocess.Popen(
                command("tutor.sandbox.function_server", *numbers),
                pass_fds=numbers,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment(),
                cwd="/",
                start_new_session=True,
            )
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
        try:
            self._channel.sendall(CALL.pack(plan, rows))
            self._take_answer()
        except OSError:
            self._fail(self._last_words(Stop.QUIT))

    def _take_answer(self, *, is_loaded: bool = True) -> None:
        try:
            answer = self._channel.recv(1)
        except TimeoutError:
            # The answer to this signal is a traceback, even from within C code.
            signal_group(self.pid, signal.SIGABRT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_LAST_WORDS_SECONDS)
            self._fail(self._last_words(Stop.HANG, f"{self._seconds:g}"))
            return
        if answer == DONE:
            return
        if answer == FAILED:
            self._fail(self._received_failure())
        self._fail(self._last_words(Stop.QUIT if is_loaded else Stop.NOT_STARTED))

    def _received_failure(self) -> Failure:
        """Read why the call failed. Whatever was sent becomes a failure."""
        self._channel.settimeout(_LAST_WORDS_SECONDS)
        try:
            size = LENGTH.unpack(self._received(LENGTH.size))[0]
            said = json.loads(self._received(min(size, _LONGEST_FAILURE)))
        except (OSError, ValueError, RecursionError):
            return Failure(Stop.QUIT)
        return failure_from(said) if isinstance(said, dict) else Failure(Stop.QUIT)

    def _received(self, size: int) -> bytes:
        chunks = bytearray()
        while len(chunks) < size:
            chunk = self._channel.recv(size - len(chunks))
            if not chunk:
                raise OSError
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

    def _fail(self, failure: Failure) -> None:
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


def _memory(size: int) -> int:
    """Return the descriptor of memory without a name."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("tutor")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, size)
    return descriptor


def _views(values: object, shared: mmap.mmap) -> list[NDArray[Any]]:
    assert isinstance(values, list)  # noqa: S101 - made above
    return [
        np.ndarray(value["shape"], value["dtype"], shared, value["offset"])
        for value in values
        if value["kind"] not in {"state", "random"}
    ]
