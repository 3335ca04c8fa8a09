"""The line: one frame at a time, nobody waits, and an end whatever the terminal does."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.tui.terminal.line import ANSWER, QUESTION, Answers, Line


class Bench:
    """A line over a pipe."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        self.freed = threading.Event()
        self.lost = threading.Event()
        self.now = 100.0
        self.line = Line(self.writer, self.freed.set, self.lost.set, lambda: self.now)

    def close_reader(self) -> None:
        if self.reader >= 0:
            os.close(self.reader)
            self.reader = -1

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += os.read(self.reader, count - len(data))
        return data


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def stalled(bench: Bench) -> bool:
    return bench.line.stalled


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close_reader()
    made.line.finish(b"", 5.0)  # a thread that still writes would write into whatever is opened next
    os.close(made.writer)


def test_what_is_sent_arrives_and_frees_the_line(bench: Bench) -> None:
    assert bench.line.free
    bench.line.send(b"frame")
    assert bench.read(5) == b"frame"
    assert bench.freed.wait(20)
    until(lambda: bench.line.free)
    assert bench.line.sent == 5


def test_a_terminal_that_does_not_read_blocks_nobody(bench: Bench) -> None:
    huge = b"x" * (1 << 20)
    bench.line.send(huge)
    assert not bench.line.free
    bench.line.finish(b"bye", 0.05)
    assert bench.read(len(huge) + len(QUESTION) + 3).endswith(b"bye")


def test_after_many_bytes_the_terminal_is_asked_and_waited_for(bench: Bench) -> None:
    bench.line.send(b"x" * 3000)
    assert bench.read(3000 + len(QUESTION)).endswith(QUESTION)
    assert bench.freed.wait(20)
    assert not bench.line.free
    bench.now += 0.02
    bench.freed.clear()
    bench.line.answered()
    assert bench.freed.wait(0)
    until(lambda: bench.line.free)
    assert not bench.line.slow
    assert bench.line.budget is None
    bench.line.send(b"y" * 100)
    assert bench.read(100) == b"y" * 100


def test_a_slow_line_is_asked_after_every_frame_and_gets_small_ones(bench: Bench) -> None:
    bench.line.send(b"x" * 4000)
    bench.now += 2.0
    bench.line.answered()
    assert bench.line.slow
    assert bench.line.budget is not None
    assert 256 <= bench.line.budget < 1000
    bench.line.send(b"y")
    assert bench.read(4000 + 1 + 2 * len(QUESTION)).endswith(b"y" + QUESTION)
    until(lambda: bench.line.patience > 0)
    assert not bench.line.free


def test_a_terminal_that_never_answers_is_asked_no_more(bench: Bench) -> None:
    bench.line.send(b"x" * 3000)
    bench.read(3000 + len(QUESTION))
    bench.now += 0.6
    until(lambda: bench.line.free)
    bench.line.send(b"y" * 5000)
    assert bench.read(5000) == b"y" * 5000
    assert bench.line.answers is False
    bench.line.answered()
    assert bench.line.answers is True


def test_an_answer_that_is_overdue_is_not_waited_for_for_ever(bench: Bench) -> None:
    bench.line.answers = True
    bench.line.send(b"x" * 3000)
    bench.read(3000 + len(QUESTION))
    bench.now += 4.9
    assert not bench.line.free
    bench.now += 0.2
    until(lambda: bench.line.free)


def test_a_terminal_that_takes_nothing_has_stalled_until_it_takes_something(bench: Bench) -> None:
    bench.line.answers = True
    assert not stalled(bench)
    bench.line.send(b"x" * 3000)
    bench.read(3000 + len(QUESTION))
    assert not stalled(bench)
    bench.now += 1.5
    assert stalled(bench)
    bench.now += 5.0  # the answer may have been lost: a frame is risked
    until(lambda: bench.line.free)
    assert not stalled(bench)
    bench.line.send(b"y")
    until(lambda: not bench.line.free)
    assert stalled(bench)  # still without a sign of life
    bench.line.answered(2)
    until(lambda: bench.line.free)
    assert not stalled(bench)


def test_a_terminal_that_never_answers_stalls_only_where_a_write_waits(bench: Bench) -> None:
    bench.line.answers = False
    bench.line.send(b"x" * (1 << 20))
    bench.now += 1.5
    assert stalled(bench)
    bench.read(1 << 20)
    until(lambda: bench.line.free)
    bench.now += 60.0
    assert not stalled(bench)


def test_a_terminal_that_is_gone_is_told_once_and_nothing_blocks(bench: Bench) -> None:
    bench.close_reader()
    bench.line.send(b"frame")
    assert bench.lost.wait(20)
    assert bench.line.gone
    bench.line.send(b"more" * 100_000)
    bench.line.finish(b"bye", 5.0)
    bench.line.settle(5.0)
    assert bench.line.free


def test_the_last_words_come_last(bench: Bench) -> None:
    bench.line.send(b"frame")
    bench.line.finish(b"bye", 5.0)
    assert bench.read(8) == b"framebye"
    bench.line.send(b"never")
    assert bench.line.sent == 8


# -- answers --------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([b"a", b"\x1b[A", b"\xe5\xad\xa6", ANSWER, b"0n", b"["]), max_size=12), st.data())
def test_answers_are_taken_out_however_they_are_cut(parts: list[bytes], data: st.DataObject) -> None:
    answers = Answers()
    answers.expected = True
    whole = b"".join(parts)
    keys, count = b"", 0
    while whole:
        cut = data.draw(st.integers(1, len(whole)))
        typed, found = answers.strip(whole[:cut])
        keys, count, whole = keys + typed, count + found, whole[cut:]
    keys += answers.strip(b"")[0]
    assert count == b"".join(parts).count(ANSWER)
    assert keys == b"".join(parts).replace(ANSWER, b"")


def test_the_escape_key_is_never_held_back_where_no_answer_is_due() -> None:
    answers = Answers()
    assert answers.strip(b"\x1b") == (b"\x1b", 0)
    answers.expected = True
    assert answers.strip(b"\x1b") == (b"", 0)
    assert answers.strip(b"") == (b"\x1b", 0)
