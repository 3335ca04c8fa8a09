"""A function in a process of its own: many calls, and every way to end it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from tutor.sandbox import function_process
from tutor.sandbox.explain import explain
from tutor.sandbox.function_process import FunctionFailedError, FunctionProcess, Plan, Value
from tutor.sandbox.job import Failure, Stop
from tutor.sandbox.protocol import NOT_SHARED

NUMBER = Value("number")
COLUMN = Value("array", (4,), "<f4", varies=True)


@contextmanager
def function(source: str, plan: Plan, seconds: float = 20.0, random: int | None = None) -> Iterator[FunctionProcess]:
    generator = np.random.default_rng(random) if random is not None else None
    process = FunctionProcess(source, [plan], seconds=seconds, random=generator)
    try:
        yield process
    finally:
        process.close()


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def failure_of(body: str, *, seconds: float = 20.0, plan: Plan | None = None) -> tuple[Failure, str]:
    """What ends ``f(t)`` when it is called with 1, 2, 3; the first two calls return."""
    source = f"import numpy as np\n\n\ndef f(t):\n    if t < 3:\n        return t\n    {body}\n"
    with function(source, plan or Plan("f", (NUMBER,), (NUMBER,)), seconds) as process:
        for number in (1, 2):
            process.arguments[0][0][...] = number
            process.call()
            assert process.results[0][0] == number
        process.arguments[0][0][...] = 3
        with pytest.raises(FunctionFailedError) as error:
            process.call()
        assert is_gone(process.pid)
    return error.value.failure, explain(error.value.failure, source).in_one


def test_state_stays_in_the_process_and_arrays_are_copies() -> None:
    source = "def f(x, total):\n    total = total + x\n    x[:] = 99\n    return total, total\n"
    state = Value("state", (2,), "<f8", name="total")
    array = Value("array", (2,), "<f8")
    with function(source, Plan("f", (array, state), (array, state))) as process:
        (x,), (total,) = process.arguments[0], process.results[0]
        for number in (1, 2, 3):
            x[:] = number, 10
            process.call()
            assert x.tolist() == [number, 10]
        assert total.tolist() == [6, 30]


def check_rows() -> None:
    """Call a function with arrays of other lengths each time."""
    with function("def f(x):\n    return x.mean(), 2 * x\n", Plan("f", (COLUMN,), (NUMBER, COLUMN))) as process:
        for rows in (4, 1, 3):
            process.arguments[0][0][:rows] = np.arange(rows)
            process.call(0, rows)
            assert process.results[0][0] == (rows - 1) / 2
            assert process.results[0][1][:rows].tolist() == [2 * each for each in range(rows)]


def test_a_call_says_how_many_rows_there_are() -> None:
    check_rows()


def test_a_function_of_one_number_is_called_for_each() -> None:
    whole = Value("array", (4,), "<i8", varies=True)
    source = "def f(t, last):\n    return 1 if t < 2 else 1 / (t + last)\n"
    with function(source, Plan("f", (whole, NUMBER), (COLUMN,), each=True)) as process:
        process.arguments[0][0][:3] = 1, 2, 3
        process.arguments[0][1][...] = 1
        process.call(0, 3)
        assert process.results[0][0][:3].tolist() == pytest.approx([1, 1 / 3, 1 / 4])


def test_its_generator_goes_on_where_the_given_one_stands() -> None:
    pieces = Value("pieces", (2, 6), "<i8")
    source = "def f(random):\n    order = random.permutation(6)\n    return [order[:4], order[4:]]\n"
    here = np.random.default_rng(8)
    with function(source, Plan("f", (Value("random"),), (pieces,)), random=8) as process:
        for _ in range(3):
            process.call(0, 6)
            rows, lengths = process.results[0][0]
            assert rows.tolist() == here.permutation(6).tolist()
            assert lengths.tolist() == [4, 2, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("body", "kind", "line", "says"),
    [
        ("return np.ones(2)", Stop.WRONG_RESULT, 4, "(2,)"),
        ("return 'three'", Stop.WRONG_RESULT, 4, "str"),
        ("return None", Stop.WRONG_RESULT, 4, "NoneType"),
        ("return np.ones((2, 3)) + np.ones(2)", "ValueError", 7, "(2, 3) and (2,)"),
        ("return np.ones((100_000, 100_000))", "MemoryError", 7, "more memory"),
        ("import os; os._exit(0)", Stop.QUIT, 0, "ended Python"),
        ("raise SystemExit", "SystemExit", 7, "ended Python"),
        ("import os; os.abort()", Stop.CRASH, 7, "crashed"),
        ("import os; os.kill(os.getpid(), 9)", Stop.FORBIDDEN, 7, "process"),
        ("open('/tmp/never', 'w')", Stop.FORBIDDEN, 7, "file"),
        ("import socket; socket.socket()", Stop.FORBIDDEN, 7, "network"),
    ],
)
def test_what_ends_it_has_a_sentence_and_a_line(body: str, kind: str, line: int, says: str) -> None:
    failure, sentence = failure_of(body)
    assert (failure.kind, failure.line) == (kind, line)
    assert says in sentence


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="nothing is shared here")
@pytest.mark.parametrize("way", ["os.ftruncate(fd, 1)", "mmap.mmap(fd, 0).resize(1)"])
def test_the_shared_memory_cannot_be_cut_off(way: str) -> None:
    """Otherwise the next look at a result would end this process."""
    body = (
        f"import mmap, os\n    for fd in range(3, 64):\n        try: {way}\n        except Exception: pass\n    1 / 0"
    )
    failure, sentence = failure_of(body)
    assert failure.kind in {Stop.FORBIDDEN, "ZeroDivisionError"}
    assert "line" in sentence.lower()


def test_without_seals_nothing_is_shared_and_the_results_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function_process, "sealed_memory", lambda _size: NOT_SHARED)
    check_rows()
    assert failure_of("return np.ones(2)")[0].kind == Stop.WRONG_RESULT


def test_a_caught_exception_of_what_is_forbidden_ends_it_too() -> None:
    body = "try:\n        open('/tmp/never', 'w')\n    except Exception:\n        return t"
    assert failure_of(body)[0].kind == Stop.FORBIDDEN


@pytest.mark.parametrize("body", ["while True: pass", "sum(iter(int, 1))"])
def test_a_hang_is_ended_with_its_line(body: str) -> None:
    failure, sentence = failure_of(body, seconds=0.5)
    assert (failure.kind, failure.line) == (Stop.HANG, 7)
    assert "never ends" in sentence


def test_memory_that_grows_is_refused() -> None:
    assert failure_of("x = []\n    while True: x.append(np.ones(1_000_000))")[0].kind == "MemoryError"


def test_forged_answers_are_no_results() -> None:
    forged = (
        "import os, gc, socket\n    for s in gc.get_objects():\n        if isinstance(s, socket.socket): s.sendall({})"
    )
    failure, _ = failure_of(forged.format("b'\\x01\\xff\\xff\\xff\\xff{}'") + "\n    while True: pass")
    assert failure.kind == Stop.QUIT
    failure, _ = failure_of(forged.format("b'x'") + "\n    while True: pass")
    assert failure.kind == Stop.QUIT
    drip = "\n        if isinstance(s, socket.socket):\n            while True: s.sendall(b' '); time.sleep(0.05)"
    begin = forged.format("b'\\x01\\x00\\x00\\xff\\xff'")
    failure, _ = failure_of(f"import time\n    {begin}\n    for s in gc.get_objects():{drip}")
    assert failure.kind == Stop.QUIT


@pytest.mark.parametrize(
    ("source", "line"), [("def f(:", 1), ("x = 1\n1 / 0", 2), ("import os\nos._exit(1)", 0), ("def g(): pass", 0)]
)
def test_a_program_that_cannot_be_loaded_says_so(source: str, line: int) -> None:
    with pytest.raises(FunctionFailedError) as error:
        FunctionProcess(source, [Plan("f", (NUMBER,), (NUMBER,))])
    assert error.value.failure.line == line
    assert explain(error.value.failure, source).sentence


def test_a_program_that_never_ends_loading_says_at_which_line() -> None:
    source = "import numpy as np\nx = 1\nwhile True: pass\n"
    with pytest.raises(FunctionFailedError) as error:
        FunctionProcess(source, [Plan("f", (NUMBER,), (NUMBER,))], seconds=0.5)
    assert (error.value.failure.kind, error.value.failure.line) == (Stop.HANG, 3)
    assert explain(error.value.failure, source).in_one.startswith("Line 3: Still running after 0.5 s")


def test_printing_without_end_takes_no_memory() -> None:
    with function(
        "def f(t):\n    print('x' * 1000 * int(t))\n    return t\n", Plan("f", (NUMBER,), (NUMBER,))
    ) as process:
        process.arguments[0][0][...] = 1000
        for _ in range(20):
            process.call()
