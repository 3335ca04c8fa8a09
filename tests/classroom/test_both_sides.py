"""A teacher's desk and learners' seats on one folder, as processes of their own would use it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stores import open_store
from tests.study.samples import SINGLE
from tutor.classroom.desk import Desk
from tutor.classroom.folder import ClassFolder, Membership, membership_of_environment
from tutor.classroom.polls import counts_in
from tutor.classroom.seat import Seat
from tutor.progress.records import Answer


class Time:
    """A clock that stands still until it is told otherwise."""

    now = 1e9

    def __call__(self) -> float:
        return self.now


def seat_of(folder: ClassFolder, name: str, clock: Time) -> Seat:
    home = folder.learners / name
    home.mkdir(parents=True, exist_ok=True)
    seat = Seat(Membership(folder, name, home), clock)
    seat.open()
    return seat


def test_a_poll_from_its_opening_to_its_second_round(tmp_path: Path) -> None:
    folder, clock = ClassFolder(tmp_path), Time()
    desk, other = Desk(folder, clock), Desk(folder, clock)
    anna, bo = seat_of(folder, "anna", clock), seat_of(folder, "bo", clock)
    for seat in (anna, bo):
        seat.be_at("map")
    desk.open_question(SINGLE)
    assert anna.look()
    assert not anna.look()
    poll = anna.state.poll
    assert poll is not None
    assert poll.open
    anna.vote(poll, (1,), "k1")
    anna.vote(poll, (2,), "k2")
    clock.now += 2
    for each in (desk, other):
        each.catch_up()
        each.tally(4)
    bo.look()
    told = bo.state.poll
    assert told is not None
    assert told.tally is not None
    assert (told.tally.answered, told.tally.counts) == (1, ())
    other.close_poll(poll)
    desk.look()
    bo.vote(told, (2,), "k3")  # it was on its way when the poll was closed, and counts
    desk.catch_up()
    desk.tally(4)
    bo.look()
    told = bo.state.poll
    assert told is not None
    counts = counts_in(told.tally)
    assert counts is not None
    assert counts.options == (0, 0, 2, 0)
    desk.vote_again(told)
    other.look()
    assert other.room.state.poll is not None
    assert other.room.state.poll.round == 2
    assert not other.room.votes(other.room.state.poll)
    desk.close()
    other.tally(4)  # the other one counts from now on
    assert other.room.state.poll.tallies[1].counts == (0, 0, 2, 0)
    for seat in (anna, bo):
        seat.leave()
    other.close()


def test_answers_reach_the_class_and_leaving_is_seen(tmp_path: Path) -> None:
    folder, clock = ClassFolder(tmp_path), Time()
    seat = seat_of(folder, "anna", clock)
    store = open_store(folder.learners / "anna" / "progress.sqlite3").store
    store.listener = seat
    store.record_answer(Answer("l", "q", "single", (1,), None, key="k", hints=1))
    store.settle_answer("k", correct=True, score=1.0)
    store.mark_unsure("k", True)
    seat.be_at("lesson", "l", 3)
    clock.now += 0.5
    seat.be_at("lesson", "l", 4)  # too soon after the last: turning pages fast writes little
    desk = Desk(folder, clock)
    desk.catch_up()
    anna = desk.room.learners["anna"]
    (answer,) = anna.answers.values()
    assert (answer.correct, answer.unsure, answer.hints) == (True, True, 1)
    assert anna.present is not None
    assert anna.present.section == 3
    seat.leave()
    desk.catch_up()
    assert not anna.is_here(clock.now)
    assert not anna.here
    store.close()


_TEACHER = """
import sys
from tutor.classroom.desk import Desk
from tutor.classroom.folder import ClassFolder
from tests.study.samples import SINGLE
from pathlib import Path
desk = Desk(ClassFolder(Path(sys.argv[1])))
desk.open_question(SINGLE)
desk.tally(4)
print(desk.room.state.current, flush=True)
sys.stdin.read()
"""
_LEARNER = """
import sys
from tutor.classroom.folder import membership_of_environment
from tutor.classroom.seat import Seat
seat = Seat(membership_of_environment())
seat.open()
for index in range(1000):
    seat.vote(seat.state.poll, (index % 4,), str(index))
    print(index, flush=True)
"""


def test_who_is_killed_in_the_middle_of_a_poll_loses_nothing_that_was_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ClassFolder(tmp_path)
    home = folder.learners / "anna"
    home.mkdir(parents=True)
    root = str(Path(__file__).resolve().parents[2])
    environment = {
        **os.environ, "PYTHONPATH": root, "TUTOR_HOME": str(home), "TUTOR_CLASS": str(tmp_path),
        "TUTOR_CLASS_NAME": "anna",
    }  # fmt: skip

    def started(program: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    with started(_TEACHER) as teacher:
        assert teacher.stdout is not None
        assert teacher.stdout.readline()
        with started(_LEARNER) as learner:
            assert learner.stdout is not None
            said = [learner.stdout.readline() for _ in range(40)]
            for process in (learner, teacher):
                process.send_signal(signal.SIGKILL)
            said += learner.stdout.readlines()
    acknowledged = [int(line) for line in said if line.endswith("\n")]
    desk = Desk(folder)
    desk.catch_up()
    poll = desk.room.state.poll
    assert poll is not None
    assert poll.open
    (vote,) = desk.room.votes(poll).values()
    assert int(vote.key) >= acknowledged[-1]
    assert not desk.room.learners["anna"].skipped
    desk.tally(4)  # the lock died with its holder
    desk.look()
    assert desk.room.state.poll is not None
    assert desk.room.state.poll.tally is not None
    assert desk.room.state.poll.tally.answered == 1
    desk.close()


def test_a_seat_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert membership_of_environment() is None
    monkeypatch.setenv("TUTOR_CLASS", str(tmp_path))
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "learners" / "anna"))
    found = membership_of_environment()
    assert found is not None
    assert (found.name, found.log) == ("anna", tmp_path / "learners" / "anna" / "class.jsonl")
