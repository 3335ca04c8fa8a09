"""Calls functions of one learner's program again and again: the other side of `function_process`.

The first message is the length of a JSON object and that object: see `serve`. After that a call is five bytes: the
number of its plan, and how many rows its arrays have. Numbers and arrays lie in shared memory. The answer is one byte;
after a failure the length of a JSON object and that object follow, and this process ends. Without shared memory, its
whole content follows each call and each answer that is no failure.
"""

from __future__ import annotations

import faulthandler
import json
import mmap
import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.sandbox import audit, limits
from tutor.sandbox.child import CappedOutput, failure_of, line_of, load
from tutor.sandbox.protocol import CALL, DONE, FAILED, LENGTH, NOT_SHARED, READY
from tutor.sandbox.values import decode

_MOST_CPU_SECONDS = 12 * 3600
"""Ends a process that nobody watches any more. A run that learns for longer is stopped by its own limits before."""

Array = NDArray[Any]
Call = Callable[[int], None]


class WrongResultError(Exception):
    """What the function returned does not fit. The text says what it was and what it should have been."""


def main(control: int, traces: int, memory: int) -> None:
    """Serve one program, and end without any of Python's own cleaning up."""
    with socket.socket(fileno=control) as channel:
        serve(channel, traces, memory)
    os._exit(0)


def serve(channel: socket.socket, traces: int, memory: int) -> None:
    """Load a program, and make the calls that are asked for until the other side closes its end.

    Args:
        channel: Takes messages and gives answers. The first message has ``source``, its ``files``, ``plans`` (see
            `tutor.sandbox.function_process.Plan`), ``size`` in bytes of the memory, ``memory_bytes``, and ``random``,
            which is the state of a generator, encoded, or None.
        traces: Takes the line at which a signal ended the process, from `faulthandler`.
        memory: The descriptor of the shared memory, or `NOT_SHARED`.
    """
    asked = json.loads(_received(channel, LENGTH.unpack(_received(channel, LENGTH.size))[0]))
    is_shared = memory != NOT_SHARED
    shared = mmap.mmap(memory, asked["size"])
    if is_shared:
        os.close(memory)
    faulthandler.enable(traces, all_threads=False)
    sys.dont_write_bytecode = True
    sys.setrecursionlimit(1_000)
    limits.confine(asked["memory_bytes"], _MOST_CPU_SECONDS)
    forbidden: list[list[object]] = []
    sys.stdout = CappedOutput(0)
    sys.stderr = CappedOutput(0)
    audit.watch(lambda what: forbidden.append([what.value, line_of(sys._getframe(1))]))  # noqa: SLF001 - the program's
    function = ""
    channel.sendall(READY)
    try:
        namespace: dict[str, object] = {"__name__": "exercise", "np": np}
        load(asked["source"], asked["files"], namespace)
        random = _generator(asked["random"])
        calls = [_Plan(plan, namespace, shared, random).call for plan in asked["plans"]]
        while not forbidden:  # The program may have caught the exception.
            channel.sendall(DONE if is_shared else DONE + shared[:])
            number, rows = CALL.unpack(_received(channel, CALL.size))
            if not is_shared:
                shared[:] = _received(channel, len(shared))
            function = asked["plans"][number]["function"]
            calls[number](rows)
        failure: dict[str, object] = {"kind": "Forbidden", "message": forbidden[0][0], "line": forbidden[0][1]}
    except MemoryError as error:
        limits.use_reserve()
        failure = failure_of(error)
    except WrongResultError as error:
        failure = {"kind": "WrongResult", "message": str(error), "line": _line_of_function(namespace.get(function))}
    except BaseException as error:
        failure = failure_of(error)
    text = json.dumps(failure).encode()
    channel.sendall(FAILED + LENGTH.pack(len(text)) + text)


def _received(channel: socket.socket, size: int) -> bytes:
    """Receive so many bytes. If the other side has closed its end, this process is no longer needed."""
    chunks = bytearray()
    while len(chunks) < size:
        chunk = channel.recv(size - len(chunks))
        if not chunk:
            os._exit(0)
        chunks += chunk
    return bytes(chunks)


def _generator(state: list[object] | None) -> np.random.Generator:
    generator = np.random.default_rng(0)
    if state is not None:
        known = decode(state)
        assert isinstance(known, dict)  # noqa: S101 - it was encoded by the other side, which is trusted
        generator.bit_generator.state = known
    return generator


def _line_of_function(function: object) -> int:
    return int(getattr(getattr(function, "__code__", None), "co_firstlineno", 0))


class _Plan:
    """One way to call a function: which values go in, and where its results go.

    Args:
        plan: See `tutor.sandbox.function_process.Plan`.
        namespace: What the program has defined.
        shared: The shared memory.
        random: What the function gets for an argument that is a generator.
    """

    def __init__(
        self, plan: dict[str, Any], namespace: dict[str, object], shared: mmap.mmap, random: np.random.Generator
    ) -> None:
        function = namespace.get(plan["function"])
        if not callable(function):
            raise WrongResultError(f"{plan['function']} is missing")
        self._function = function
        self._random = random
        self._state: dict[str, object] = {}
        self._arguments = [self._reader(each, shared) for each in plan["arguments"]]
        self._results = [self._writer(each, shared) for each in plan["results"]]
        self._is_alone = len(self._results) == 1
        self._yielded: Iterator[object] | None = None
        self.call: Call = self._call_each if plan["each"] else self._take_next if plan["yields"] else self._call

    def _call(self, rows: int) -> None:
        value = self._function(*[argument(rows) for argument in self._arguments])
        if self._is_alone:
            self._results[0](value, rows)
            return
        self._write_all(self._several(value, len(self._results)), rows)

    def _several(self, value: object, count: int) -> list[object]:
        if not isinstance(value, tuple | list) or len(value) != count:
            returned = len(value) if isinstance(value, tuple | list) else type(value).__name__
            raise WrongResultError(f"{count} results, not {returned}")
        return list(value)

    def _write_all(self, values: Sequence[object], rows: int) -> None:
        for write, each in zip(self._results, values, strict=True):
            write(each, rows)

    def _take_next(self, rows: int) -> None:
        """Take what the generator yields next; the last result says whether it has ended."""
        if self._yielded is None:
            found = self._function(*[argument(rows) for argument in self._arguments])
            if not isinstance(found, Iterator):
                raise WrongResultError(f"{type(found).__name__}, not a generator: use yield")
            self._yielded = found
        try:
            value = next(self._yielded)
        except StopIteration:
            self._write_all([*[0.0] * (len(self._results) - 1), 1.0], rows)
            return
        self._write_all([*self._several(value, len(self._results) - 1), 0.0], rows)

    def _call_each(self, rows: int) -> None:
        """Call the function once for each number of the first argument."""
        numbers, *others = [argument(rows) for argument in self._arguments]
        assert isinstance(numbers, np.ndarray)  # noqa: S101 - the plan says so
        values = [_one_number(self._function(each, *others)) for each in numbers.tolist()]
        self._results[0](np.array(values), rows)

    def _reader(self, value: dict[str, Any], shared: mmap.mmap) -> Callable[[int], object]:
        if value["kind"] == "random":
            return lambda _: self._random
        if value["kind"] == "state":
            name = value["name"]
            self._state[name] = np.zeros(value["shape"], value["dtype"])
            return lambda _: self._state[name]
        view = _view(value, shared)
        if value["kind"] == "number":
            return lambda _: view.item()
        if value["varies"]:
            return lambda rows: view[:rows].copy()
        return lambda _: view.copy()

    def _writer(self, value: dict[str, Any], shared: mmap.mmap) -> Callable[[object, int], None]:
        if value["kind"] == "state":
            return lambda result, _: self._keep(value, result)
        view = _view(value, shared)
        if value["kind"] == "number":
            return lambda result, _: view.__setitem__((), _one_number(result))
        if value["kind"] == "pieces":
            return lambda result, rows: _write_pieces(result, view[:, :rows])
        if value["kind"] == "sides":
            return lambda result, _: _write_sides(result, view)
        if value["varies"]:
            return lambda result, rows: _write(result, view[:rows])
        return lambda result, _: _write(result, view)

    def _keep(self, value: dict[str, Any], result: object) -> None:
        shape = tuple(value["shape"])
        self._state[value["name"]] = _checked(result, shape)


def _view(value: dict[str, Any], shared: mmap.mmap) -> Array:
    shape = tuple(value["shape"])
    return np.ndarray(shape, value["dtype"], shared, value["offset"])


def _checked(result: object, shape: tuple[int, ...]) -> Array:
    array = np.asarray(result)
    if array.dtype.kind not in "biuf":
        raise WrongResultError(f"{type(result).__name__}, not numbers")
    if array.shape != shape:
        raise WrongResultError(f"{array.shape}, not {shape}")
    return array


def _write(result: object, view: Array) -> None:
    view[...] = _checked(result, view.shape)


def _one_number(result: object) -> float:
    return float(_checked(result, ()))


def _write_pieces(result: object, view: Array) -> None:
    """Write a list of arrays of whole numbers: one after the other, and below them their lengths."""
    if not isinstance(result, tuple | list):
        result = list(result) if hasattr(result, "__iter__") else [result]
    pieces = [np.asarray(each) for each in result]
    if any(each.ndim != 1 or each.dtype.kind not in "iu" for each in pieces):
        raise WrongResultError("not a list of arrays of whole numbers")
    if sum(map(len, pieces)) != view.shape[1] or len(pieces) > view.shape[1]:
        raise WrongResultError(f"{sum(map(len, pieces))} rows, not {view.shape[1]}")
    view[0] = np.concatenate(pieces) if pieces else 0
    view[1] = 0
    view[1, : len(pieces)] = [len(each) for each in pieces]


def _write_sides(result: object, view: Array) -> None:
    """Write pairs of arrays of row numbers as the side of each row, or a single pair if ``view`` has one dimension."""
    pairs = [result] if view.ndim == 1 else list(result) if hasattr(result, "__iter__") else [result]
    sides = view[None] if view.ndim == 1 else view
    if len(pairs) != len(sides):
        raise WrongResultError(f"{len(pairs)} pairs, not {len(sides)}")
    for pair, side in zip(pairs, sides, strict=True):
        if not isinstance(pair, tuple | list) or len(pair) != len(("train", "valid")):
            raise WrongResultError(f"{type(pair).__name__}, not a pair of arrays")
        side[...] = 2
        for number, each in enumerate(map(np.asarray, pair)):
            if each.ndim != 1 or not len(each) or each.dtype.kind not in "iu":
                raise WrongResultError(f"array {each.shape} of {each.dtype}, not the numbers of some rows")
            if each.min() < 0 or each.max() >= len(side):
                raise WrongResultError(f"rows {each.min()} to {each.max()} of {len(side)}")
            if (side[each] != 2).any():
                raise WrongResultError(f"row {each[side[each] != 2][0]} on both sides")
            side[each] = number
