"""Run a job in a process that may do no harm, watch its time, and collect what it answers."""

from __future__ import annotations

import json
import os
import selectors
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import FileIO
from types import TracebackType
from typing import Any, Self

from tutor.foundation.clock import Deadline
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.sandbox.fresh import FreshInterpreter
from tutor.sandbox.job import Failure, Job, Outcome, ProgramReport, Report, Stop, lines_in_trace
from tutor.sandbox.prefork import PreforkServer
from tutor.sandbox.processes import JobProcess, Starter, signal_group
from tutor.sandbox.protocol import FILENAME

_STARTING_SECONDS = 60.0
"""Importing NumPy on a busy machine; the program has not begun then."""
_LAST_WORDS_SECONDS = 0.4
"""For naming the line after the time is up."""
_MOST_ANSWER_BYTES = 64 << 20
_MOST_TRACE_BYTES = 64 << 10
_CHUNK = 1 << 16
_SHOWN_TEXT = 400


class Sandbox:
    """Runs jobs. Use it as a context manager, or call `close`.

    Args:
        starter: How processes are started; by default forks of a warm process if possible, else fresh interpreters.
    """

    def __init__(self, starter: Starter | None = None) -> None:
        self._starter = starter or (PreforkServer() if PreforkServer.is_possible() else FreshInterpreter())

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """End the warm process, if there is one."""
        self._starter.close()

    def run(self, job: Job) -> Report:
        """Run a job and wait for its end. Whatever the programs do, this returns, and no process is left.

        It can take `Job.seconds` for each call. Several threads may call it at the same time. If the machine has no
        memory, no process or no file descriptor left, the report says that the programs were not started.
        """
        try:
            return self._run(job)
        except (OSError, MemoryError) as error:
            return _not_started(error)

    def _run(self, job: Job) -> Report:
        with tempfile.TemporaryFile() as request:
            request.write(job.to_json())
            request.seek(0)
            with _pipe() as (results, results_end), _pipe() as (traces, traces_end):
                process = self._starter.start(request.fileno(), results_end.fileno(), traces_end.fileno())
                results_end.close()
                traces_end.close()
                return _Watch(job, process, results.fileno(), traces.fileno()).report()


@contextmanager
def _pipe() -> Iterator[tuple[FileIO, FileIO]]:
    """Give both ends of a pipe, the end to read from first. They are closed at the end, if that has not been done."""
    ours, theirs = os.pipe()
    with FileIO(ours) as first, FileIO(theirs, "w") as second:
        yield first, second


def _not_started(error: OSError | MemoryError) -> Report:
    failure = Failure(Stop.NOT_STARTED, harmless_line(str(error))[:_SHOWN_TEXT])
    return Report((ProgramReport(Outcome(failure=failure)),))


@dataclass
class _Collected:
    """The outcomes of one program so far."""

    loaded: Outcome | None = None
    outcomes: list[Outcome] = field(default_factory=list)


class _Watch:
    """Reads what a process answers until it ends, its time is up, or it answers too much."""

    def __init__(self, job: Job, process: JobProcess, results: int, traces: int) -> None:
        self._job = job
        self._process = process
        self._results = results
        self._traces = traces
        self._programs: list[_Collected] = []
        self._given: frozenset[str] | None = None
        self._is_done = False
        self._buffer = bytearray()
        self._trace = bytearray()
        self._answered = 0

    def report(self) -> Report:
        """Watch the process to its end and return what came of the job."""
        try:
            is_late = not self._read_all()
        finally:
            signal_group(self._process.pid, signal.SIGKILL)
            try:
                code: int | None = self._process.wait()
            except OSError:
                code = None
        if not self._is_done:
            self._read_rest_of_trace()
            self._add(self._stopped(code, is_late=is_late))
        programs = [ProgramReport(each.loaded or Outcome(), tuple(each.outcomes)) for each in self._programs]
        return Report(tuple(programs), self._given or frozenset())

    def _read_all(self) -> bool:
        """Read until the process is done or gone. Return False if its time was up first."""
        deadline = Deadline(_STARTING_SECONDS)
        is_warned = False
        with selectors.DefaultSelector() as selector:
            selector.register(self._results, selectors.EVENT_READ)
            selector.register(self._traces, selectors.EVENT_READ)
            while not self._is_done and selector.get_map():
                for key, _ in selector.select(deadline.remaining):
                    chunk = os.read(key.fd, _CHUNK)
                    if not chunk:
                        selector.unregister(key.fd)
                    elif key.fd == self._traces:
                        self._trace += chunk[: _MOST_TRACE_BYTES - len(self._trace)]
                    elif self._take(chunk) and not is_warned:
                        deadline = Deadline(self._job.seconds)
                if self._answered > _MOST_ANSWER_BYTES:
                    return True
                # Asked after every round, because a flood of answers would keep the pipes ready for ever.
                if deadline.has_passed and not self._is_done:
                    if is_warned:
                        return False
                    # The answer to this signal is a traceback, even from within C code.
                    signal_group(self._process.pid, signal.SIGABRT)
                    deadline, is_warned = Deadline(_LAST_WORDS_SECONDS), True
        return not is_warned

    def _read_rest_of_trace(self) -> None:
        os.set_blocking(self._traces, False)
        with suppress(BlockingIOError):
            self._trace += os.read(self._traces, _CHUNK)[: max(0, _MOST_TRACE_BYTES - len(self._trace))]

    def _take(self, chunk: bytes) -> bool:
        """Take what was answered. Return whether a whole answer was in it, which starts the time anew."""
        self._answered += len(chunk)
        self._buffer += chunk
        if b"\n" not in chunk:
            return False
        *lines, rest = bytes(self._buffer).split(b"\n")
        self._buffer = bytearray(rest)
        taken = [self._take_line(line) for line in lines]
        return any(taken)

    def _take_line(self, line: bytes) -> bool:
        """Take one answer. What is not one is ignored: the program may have written to the pipe itself."""
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            return False
        if not isinstance(answer, dict):
            return False
        if "started" in answer and self._given is None:
            self._given = frozenset(each for each in _listed(answer["started"]) if isinstance(each, str))
            return True
        if "ended" in answer:
            self._is_done = self._is_complete()
            return self._is_done
        return self._is_expected(answer) and self._add(_outcome(answer))

    def _is_expected(self, answer: dict[str, Any]) -> bool:
        """Whether it is the answer to the next step, so that a forged one never takes the place of another."""
        program, call = self._next()
        return program < len(self._job.programs) and answer.get("program") == program and answer.get("call") == call

    def _next(self) -> tuple[int, int | None]:
        """Return the indices of the program and the call that are being run; the call is None while it is loaded."""
        if not self._programs or self._is_finished(len(self._programs) - 1):
            return len(self._programs), None
        return len(self._programs) - 1, len(self._programs[-1].outcomes)

    def _is_finished(self, number: int) -> bool:
        collected = self._programs[number]
        if collected.loaded is not None and collected.loaded.failure is not None:
            return True
        return len(collected.outcomes) >= len(self._job.programs[number].calls)

    def _is_complete(self) -> bool:
        return self._next() == (len(self._job.programs), None)

    def _add(self, outcome: Outcome) -> bool:
        program, call = self._next()
        if program == len(self._programs):
            self._programs.append(_Collected())
        if call is None:
            self._programs[program].loaded = outcome
        else:
            self._programs[program].outcomes.append(outcome)
        return True

    def _stopped(self, code: int | None, *, is_late: bool) -> Outcome:
        """Return the outcome of the step in which the process ended."""
        trace = bytes(self._trace).decode(errors="replace")
        line = next(iter(lines_in_trace(trace, FILENAME)), 0)
        if self._given is None:
            return Outcome(failure=Failure(Stop.NOT_STARTED))
        if is_late:
            return Outcome(failure=Failure(Stop.HANG, f"{self._job.seconds:g}", line))
        if self._answered > _MOST_ANSWER_BYTES:
            return Outcome(failure=Failure(Stop.TOO_LARGE, line=line))
        if code is not None and code < 0 and code != -signal.SIGKILL:
            return Outcome(failure=Failure(Stop.CRASH, _signal_name(-code), line))
        if code == -signal.SIGKILL:
            return Outcome(failure=Failure(Stop.KILLED, line=line))
        return Outcome(failure=Failure(Stop.QUIT, line=line))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _number(value: object) -> int:
    return value if type(value) is int and 0 <= value < 1 << 62 else 0


def _outcome(answer: dict[str, Any]) -> Outcome:
    """Return an answer as a value, whatever is in it."""
    failure = answer.get("failure")
    value = answer.get("value")
    pairs = [each for each in _listed(answer.get("changed")) if isinstance(each, list) and len(each) == 2]
    denied = [each for each in _listed(answer.get("forbidden")) if isinstance(each, list) and len(each) == 2]
    return Outcome(
        value=value if isinstance(value, list) and not isinstance(failure, dict) else None,
        changed=tuple((str(name)[:60], each) for name, each in pairs if isinstance(each, list)),
        failure=failure_from(failure) if isinstance(failure, dict) else None,
        printed=harmless(str(answer.get("printed", ""))),
        printed_count=_number(answer.get("printed_count")),
        forbidden=tuple((harmless_line(str(what))[:20], _number(line)) for what, line in denied),
    )


def failure_from(failure: dict[str, Any]) -> Failure:
    """Return what a process said of a failure as a value, whatever is in it."""
    shapes = [each for each in _listed(failure.get("shapes")) if isinstance(each, list) and len(each) == 2]
    return Failure(
        kind=harmless_line(str(failure.get("kind", "")))[:60],
        message=harmless_line(str(failure.get("message", "")))[:_SHOWN_TEXT],
        line=_number(failure.get("line")),
        columns=tuple(_number(each) for each in _listed(failure.get("columns"))[:2]),
        shapes=tuple((harmless_line(str(name))[:60], harmless_line(str(shape))[:100]) for name, shape in shapes),
    )
