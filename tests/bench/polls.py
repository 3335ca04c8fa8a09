"""A poll on 20 terminals: from its opening to the question on every screen, and one run that plays on all of them.

    python -m tests.bench.polls [--terminals 20] [--polls 5]

Each terminal is the installed program in a pseudo-terminal, in a class of its own; the teacher's acts are made by this
process. A screen counts as shown when the title of the question is in what was sent to it. The aim is 0.2 s for 95 of
100. Of the run it is measured what is sent to a terminal, and what the processes of the learners use of a core.
"""

from __future__ import annotations

import argparse
import os
import select
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.terminal import Terminal
from tutor.classroom.desk import Desk
from tutor.classroom.folder import ClassFolder
from tutor.classroom.polls import option_count
from tutor.course.catalogue import Course
from tutor.course.lesson import Question
from tutor.foundation.paths import lessons_folder

_LESSON, _QUESTION, _SHOWN = "model-and-loss", "beats-naive", b"Better than"
_NOTICE = b"You are in a class as"
_PATIENCE = 60.0
_LONGEST_START = 90.0
_QUIET = 0.015
"""The share of a core below which a process is at rest."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Learner:
    """A learner's terminal, which answers what the program asks it and keeps what it was sent."""

    def __init__(self, folder: ClassFolder, name: str) -> None:
        home = folder.learners / name
        home.mkdir(parents=True)
        self.terminal = Terminal(
            TUTOR_HOME=str(home), TUTOR_CLASS=str(folder.path), TUTOR_CLASS_NAME=name, COLORTERM="truecolor"
        )
        self.sent = b""
        self.bytes = 0

    @property
    def seconds(self) -> float:
        """The processor time of its process."""
        fields = Path(f"/proc/{self.terminal.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def read(self) -> None:
        chunk = os.read(self.terminal.master, 1 << 16)
        self.bytes += len(chunk)
        self.sent += chunk
        for _ in range(chunk.count(b"\x1b[5n")):
            os.write(self.terminal.master, b"\x1b[0n")


def read_until(learners: list[Learner], wanted: Callable[[Learner], bool], most: float = _PATIENCE) -> list[float]:
    """The times at which each learner's terminal had what is ``wanted``."""
    found: dict[int, float] = {}
    by_master = {each.terminal.master: each for each in learners}
    end = time.monotonic() + most
    while len(found) < len(learners) and time.monotonic() < end:
        for master in select.select(list(by_master), [], [], 0.05)[0]:
            learner = by_master[master]
            learner.read()
            if master not in found and wanted(learner):
                found[master] = time.monotonic()
    return list(found.values())


def rest(learners: list[Learner], seconds: float) -> None:
    """Read for some seconds, and forget what was sent."""
    read_until(learners, lambda _: False, seconds)
    for each in learners:
        each.sent = b""


def come_to_rest(learners: list[Learner]) -> None:
    """Wait until the processes have imported what they import in advance."""
    end = time.monotonic() + _LONGEST_START
    while time.monotonic() < end:
        before = sum(each.seconds for each in learners)
        rest(learners, 2.0)
        if sum(each.seconds for each in learners) - before < 2.0 * _QUIET * len(learners):
            return


def percentile(values: list[float], part: float) -> float:
    """The value that a part of the others does not exceed."""
    return sorted(values)[min(len(values) - 1, round(part * (len(values) - 1)))]


def polls(desk: Desk, learners: list[Learner], question: Question, count: int) -> tuple[list[float], list[float]]:
    """Seconds until the question is on each screen: of the first poll, and of the others."""
    used = -sum(each.seconds for each in learners)
    first: list[float] = []
    others: list[float] = []
    for number in range(count):
        rest(learners, 2.0)
        began = time.monotonic()
        desk.open_question(question)
        times = read_until(learners, lambda each: _SHOWN in each.sent)
        if len(times) < len(learners):
            print(f"poll {number + 1}: only {len(times)} of {len(learners)} screens showed it")
        (others if number else first).extend(each - began for each in times)
        if number + 1 < count:
            poll = desk.room.state.poll
            assert poll is not None
            desk.put_away(poll)
    used += sum(each.seconds for each in learners)
    print(f"each poll takes {used / count / len(learners):.3f} s of a core on each terminal, opened and put away")
    return first, others


def run_on_all(desk: Desk, learners: list[Learner], question: Question, course: Course) -> None:
    """Let one run play on every terminal, and print what that costs."""
    poll = desk.room.state.poll
    assert poll is not None
    desk.close_poll(poll)
    desk.tally(option_count(question))
    rest(learners, 2.0)
    before = [each.seconds for each in learners]
    sent = [each.bytes for each in learners]
    began = time.monotonic()
    desk.started(poll, desk.run(poll, question, course))
    read_until(learners, lambda each: "✓".encode() in each.sent and b"finished" in each.sent, 60.0)
    ended = time.monotonic()
    rest(learners, 1.0)
    took = ended - began
    cpu = [each.seconds - was for each, was in zip(learners, before, strict=True)]
    line = [each.bytes - was for each, was in zip(learners, sent, strict=True)]
    print(
        f"one run on {len(learners)} terminals, {took:.1f} s: {statistics.median(line):,.0f} bytes to each"
        f" ({statistics.median(line) / took:,.0f} a second), {statistics.median(cpu):.2f} s of a core each,"
        f" {sum(cpu):.1f} s together"
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--terminals", type=int, default=20)
    parser.add_argument("--polls", type=int, default=5)
    chosen = parser.parse_args()
    course = Course(lessons_folder())
    question = course.question(_QUESTION, "en")
    assert question is not None
    with tempfile.TemporaryDirectory() as temporary:
        folder = ClassFolder(Path(temporary))
        desk, learners = Desk(folder), []
        try:
            began = time.monotonic()
            learners = [Learner(folder, f"learner-{number:02}") for number in range(chosen.terminals)]
            read_until(learners, lambda each: _NOTICE in each.sent)
            print(f"{len(learners)} terminals are in the class after {time.monotonic() - began:.1f} s")
            for each in learners:
                os.write(each.terminal.master, b"\r")
            desk.pick(_LESSON)
            come_to_rest(learners)
            idle = [each.seconds for each in learners]
            rest(learners, 5.0)
            used = sum(each.seconds - was for each, was in zip(learners, idle, strict=True)) / 5.0
            print(f"while nothing happens: {used / len(learners):.1%} of a core each")
            first, others = polls(desk, learners, question, chosen.polls)
            for name, times in (("the first poll", first), ("the others", others)):
                if times:
                    print(
                        f"{name}: on the screen after {statistics.median(times):.3f} s in the middle,"
                        f" {percentile(times, 0.95):.3f} s for 95 of 100, {max(times):.3f} s at most"
                    )
            run_on_all(desk, learners, question, course)
        finally:
            for each in learners:
                each.terminal.close()
            desk.close()


if __name__ == "__main__":
    main()
