"""Runs programs that nobody has read, in a process that gave up its rights. See `tutor.sandbox`.

The request is one line of JSON. Each answer is one line of JSON, written as soon as it is known, so that a program that
hangs later loses nothing of what was done before.
"""

from __future__ import annotations

import faulthandler
import gc
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from tutor.sandbox import audit, limits
from tutor.sandbox.program_modules import File, ProgramModules
from tutor.sandbox.protocol import FILENAME
from tutor.sandbox.values import TooLargeError, decode, encode

_PRELOADED = tuple(
    map(
        import_module,
        (
            "bisect", "cmath", "copy", "decimal", "fractions", "heapq", "numpy.char", "numpy.dtypes",
            "numpy.exceptions", "numpy.fft", "numpy.linalg", "numpy.ma", "numpy.polynomial", "numpy.random",
            "numpy.rec", "numpy.strings", "random", "statistics", "string", "unicodedata",
        ),
    )
)  # fmt: skip
"""What exercises use, loaded early: an account without rights may not be able to read the files of Python."""
RANDOM = "random"
"""An argument of this name is a seed; the function gets a NumPy generator made of it."""
LAMBDA = "lambda "
"""A text that begins so is a function, written as Python; the program gets the function."""
_MOST_YIELDED = 10_000
"""Values that are taken from a generator."""
_MOST_NAMES = 16
_LONGEST_MESSAGE = 400
_MOST_PRINTED = 64 << 10
"""Characters that are kept of all that the programs of a request print."""


def run_request(request: int, results: int, traces: int) -> None:
    """Read one request from a file descriptor, run it, and write what came of it.

    Args:
        request: Holds one JSON object: see `tutor.sandbox.job.Job`.
        results: Takes the answers.
        traces: Takes the line at which a signal ended the process, from `faulthandler`.
    """
    with open(request, encoding="utf-8") as file:
        asked = json.loads(file.read())
    faulthandler.enable(traces, all_threads=False)
    sys.dont_write_bytecode = True
    sys.setrecursionlimit(1_000)
    given = limits.confine(asked["memory_bytes"], asked["cpu_seconds"])
    runner = _Runner(results)
    runner.tell({"started": sorted(given)})
    audit.watch(runner.notice)
    for number, program in enumerate(asked["programs"]):
        runner.run(number, program)
    runner.tell({"ended": True})


class CappedOutput(io.TextIOBase):
    """Keeps the beginning of what is printed and counts the rest, so that a flood of it costs nothing."""

    def __init__(self, most: int) -> None:
        self._room = most
        self._kept: list[str] = []
        self.count = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):
            raise TypeError("write() argument must be str")
        self.count += len(text)
        if self._room > 0:
            self._kept.append(text[: self._room])
            self._room -= len(text)
        return len(text)

    def take(self) -> str:
        """Return what was printed and kept since the last call."""
        kept = "".join(self._kept)
        self._kept.clear()
        return kept


class _Runner:
    """Runs the programs of one request.

    Args:
        results: The file descriptor that takes the answers.
    """

    def __init__(self, results: int) -> None:
        self._results = results
        self._output = CappedOutput(_MOST_PRINTED)
        self._noticed: list[list[object]] = []
        sys.stdout = self._output
        sys.stderr = CappedOutput(0)  # Warnings of NumPy are not what the learner printed.

    def tell(self, answer: dict[str, object]) -> None:
        """Write one answer."""
        line = memoryview(json.dumps(answer).encode() + b"\n")
        while line:
            line = line[os.write(self._results, line) :]

    def notice(self, what: audit.Forbidden) -> None:
        """Remember that the program tried what it may not do, even if it catches the exception."""
        if len(self._noticed) < _MOST_NAMES:
            self._noticed.append([what.value, line_of(sys._getframe(1))])  # noqa: SLF001 - the frame of the program

    def run(self, number: int, program: dict[str, Any]) -> None:
        """Run one program and the calls of its functions, and tell what came of each."""
        namespace: dict[str, object] = {"__name__": "exercise", "np": np}
        loaded = self._outcome(lambda: load(program["source"], program["files"], namespace))
        self.tell({"program": number, **loaded})
        if "failure" in loaded:
            return
        for place, call in enumerate(program["calls"]):
            outcome = self._outcome(lambda call=call: _call(namespace, call))  # type: ignore[misc]
            self.tell({"program": number, "call": place, **outcome})

    def _outcome(self, work: Callable[[], dict[str, object]]) -> dict[str, object]:
        self._noticed.clear()
        before = self._output.count
        found: dict[str, object]
        try:
            found = work()
        except MemoryError as error:
            limits.use_reserve()
            found = {"failure": failure_of(error)}
            error.__traceback__ = None
            gc.collect()
        except TooLargeError:
            found = {"failure": {"kind": "TooLargeError"}}
        except BaseException as error:
            found = {"failure": failure_of(error)}
        found["printed"] = self._output.take()
        found["printed_count"] = self._output.count - before
        found["forbidden"] = list(self._noticed)
        return found


def load(source: str, files: list[list[Any]], namespace: dict[str, object]) -> dict[str, object]:
    """Run a program, which fills ``namespace``. The answer has no more to say.

    Args:
        source: The program.
        files: Its files, if it has several: see `program_modules.File`. The last one is run; it may import the others.
        namespace: What the program defines goes there.
    """
    if files:
        modules = ProgramModules([File(*each) for each in files], _execute)
        modules.install()
        modules.run(files[-1][0], namespace)
    else:
        _execute(source, namespace)
    return {}


def _execute(source: str, namespace: dict[str, object]) -> None:
    namespace.setdefault("np", np)
    exec(compile(source, FILENAME, "exec", dont_inherit=True), namespace)  # noqa: S102 - what this process is for


def _call(namespace: dict[str, object], call: dict[str, Any]) -> dict[str, object]:
    """Call a function of the program, and return its encoded value and the arguments that it changed."""
    function = namespace.get(call["function"])
    if not callable(function):
        return {"failure": {"kind": "MissingFunction", "message": call["function"]}}
    arguments = {name: decode(each) for name, each in call["arguments"]}
    given = {name: _given(name, each) for name, each in arguments.items()}
    before = {name: encode(each) for name, each in given.items()}
    value = function(**given) if call["by_name"] else function(*given.values())
    encoded = encode(_settled(value))
    after = {name: encode(each) for name, each in given.items()}
    return {"value": encoded, "changed": [[name, after[name]] for name in given if after[name] != before[name]]}


def _given(name: str, value: object) -> object:
    """Return what a function gets for an argument: a generator for a seed, a function for the text of one."""
    if name == RANDOM and isinstance(value, int):
        return np.random.default_rng(value)
    if isinstance(value, str) and value.startswith(LAMBDA):
        return eval(compile(value, "argument", "eval", dont_inherit=True), {"np": np})  # noqa: S307 - as for a program
    return value


def _settled(value: object) -> object:
    """Return a value of which nothing is left to compute: a generator's values as a list."""
    if isinstance(value, Iterator):
        return [_settled(each) for each in islice(value, _MOST_YIELDED)]
    return value


def failure_of(error: BaseException) -> dict[str, object]:
    """Say what an exception was, where in the program it was raised, and the shapes of the arrays at that place."""
    failure: dict[str, object] = {"kind": type(error).__name__, "message": _text_of(error)}
    if isinstance(error, audit.ForbiddenError):
        failure |= {"kind": "Forbidden", "message": str(error.what)}
    if isinstance(error, SyntaxError) and error.filename == FILENAME:
        first, last = error.offset or 1, error.end_offset or 0
        return failure | {"line": error.lineno or 1, "columns": [first - 1, max(first, last - 1)]}
    found = _innermost(error.__traceback__)
    if found is None:
        return failure
    frame, line, columns = found
    return failure | {"line": line, "columns": columns, "shapes": _shapes_at(frame)}


def _text_of(error: BaseException) -> str:
    try:
        return str(error)[:_LONGEST_MESSAGE]
    except Exception:
        return ""


def _innermost(trace: TracebackType | None) -> tuple[FrameType, int, list[int]] | None:
    """Return the innermost frame of the program, its line, and the columns of the expression, from 0."""
    found = None
    for frame, line in traceback.walk_tb(trace):
        if frame.f_code.co_filename == FILENAME:
            found = frame, line
    if found is None:
        return None
    frame, line = found
    columns: list[int] = []
    while trace is not None:
        if trace.tb_frame is frame:
            start_line, end_line, first, last = next(islice(frame.f_code.co_positions(), trace.tb_lasti // 2, None))
            if start_line is not None and first is not None and last is not None:
                line = start_line
                columns = [first, last if end_line == start_line else 1_000]
        trace = trace.tb_next
    return frame, line, columns


def line_of(frame: FrameType | None) -> int:
    """Return the line of the program that ``frame`` is in or was called from; 0 if there is none."""
    while frame is not None:
        if frame.f_code.co_filename == FILENAME:
            return frame.f_lineno
        frame = frame.f_back
    return 0


def _shapes_at(frame: FrameType) -> list[list[str]]:
    """Return the names of the arrays at a place, and their shapes, such as ``["z", "(2, 3)"]``."""
    # A class of the learner's could do anything when it is asked for its shape.
    arrays = ((name, value) for name, value in frame.f_locals.items() if type(value) is np.ndarray)
    return [[name, str(value.shape)] for name, value in islice(arrays, _MOST_NAMES)]


def main(request: int, results: int, traces: int) -> None:
    """Run one request in a fresh interpreter, and end it without any of Python's own cleaning up."""
    run_request(request, results, traces)
    os._exit(0)
