"""The state of a class is the fold of its logs, whatever two teachers do at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tutor.classroom.events import (
    Again,
    Closed,
    Event,
    Follow,
    LearnerEvent,
    Opened,
    Present,
    PutAway,
    Running,
    Tally,
    TeacherEvent,
    Vote,
    parts_of,
)
from tutor.classroom.polls import count_votes, tally_of
from tutor.classroom.room import ClassState, LearnerState, Poll, Room, fold_class, fold_learner
from tutor.runs.log import ATOMIC_LINE_BYTES, LogReader

T = TypeVar("T", bound=Event)

IDS = st.sampled_from(("a", "b", "c"))
ROUNDS = st.integers(0, 4)


def of(kind: Callable[..., T], **fields: st.SearchStrategy[object]) -> st.SearchStrategy[T]:
    return st.builds(kind, at=st.floats(0, 1e10), **fields)


ACTS: st.SearchStrategy[TeacherEvent] = st.one_of(
    of(Opened, poll=IDS, lesson=st.just("l"), question=st.just("q")),
    of(Closed, poll=IDS, round=ROUNDS),
    of(Again, poll=IDS, round=ROUNDS),
    of(Running, poll=IDS, runs=st.just(("20260101-100000-aaaa",))),
    of(PutAway, poll=IDS),
    of(Tally, poll=IDS, round=ROUNDS, answered=st.integers(0, 9), present=st.integers(0, 9)),
    of(Follow, lesson=st.sampled_from(("", "l"))),
)


@given(st.lists(ACTS, max_size=30))
def test_a_poll_goes_only_where_a_poll_can_go(acts: list[TeacherEvent]) -> None:
    state = ClassState()
    for act in acts:
        before = state.polls.copy()
        state.take(act)
        for poll in before.values():
            after = state.polls[poll.id]
            assert after.round in {poll.round, poll.round + 1}
            assert not (poll.runs and (after.runs != poll.runs or after.open)), "what runs is decided once"
            assert not poll.gone or after.gone
        current = state.poll
        assert current is None or not current.gone
    assert fold_class(acts) == state


@given(st.lists(ACTS, max_size=20))
def test_what_two_teachers_did_at_once_counts_once(acts: list[TeacherEvent]) -> None:
    twice = [act for act in acts for _ in range(2)]
    assert fold_class(twice).polls == fold_class(acts).polls


@given(st.lists(ACTS, max_size=12))
def test_events_come_back_from_their_lines(acts: list[TeacherEvent]) -> None:
    reader: LogReader[TeacherEvent] = LogReader(TeacherEvent)
    lines = b"".join(msgspec.json.encode(act) + b"\n" for act in acts)
    assert list(reader.events(lines)) == acts
    assert not reader.skipped


@given(
    st.lists(st.tuples(st.sampled_from(("anna", "bo", "cy")), IDS, st.integers(1, 2), st.integers(0, 5)), max_size=30)
)
def test_of_each_learner_the_last_answer_to_a_round_counts(cast: list[tuple[str, str, int, int]]) -> None:
    room = Room(learners={name: LearnerState() for name in ("anna", "bo", "cy")})
    last: dict[tuple[str, str, int], int] = {}
    for at, (name, poll, round_, index) in enumerate(cast):
        room.learners[name].take(Vote(at=at, poll=poll, round=round_, indices=(index,)))
        last[name, poll, round_] = index
    for poll in "abc":
        for round_ in (1, 2):
            votes = room.votes(Poll(Opened(at=0, poll=poll)), round_)
            expected = [
                index for (_, of_poll, of_round), index in last.items() if (of_poll, of_round) == (poll, round_)
            ]
            assert len(votes) == len(expected)
            counts = count_votes(votes.values(), 4)
            assert counts.options == tuple(expected.count(index) for index in range(4))


@given(st.lists(st.text(max_size=300), max_size=20).map(tuple))
def test_every_answer_fits_a_line(given_: tuple[str, ...]) -> None:
    indices, texts = parts_of(given_)
    vote = Vote(at=1e10, poll="p" * 120, round=1, indices=indices, texts=texts, key="k" * 16)
    line = msgspec.json.encode(vote)
    assert len(line) < ATOMIC_LINE_BYTES
    reader: LogReader[LearnerEvent] = LogReader(LearnerEvent, max_bytes=ATOMIC_LINE_BYTES)
    assert len(list(reader.events(line + b"\n"))) == 1


def test_an_open_poll_does_not_say_what_was_answered() -> None:
    poll = Poll(Opened(at=0, poll="p"))
    votes = [Vote(at=1, poll="p", round=1, indices=(1,)), Vote(at=1, poll="p", round=1, indices=(1,))]
    assert tally_of(poll, votes, 3, 5, 2.0) == Tally(at=2.0, poll="p", round=1, answered=2, present=5)
    closed = Poll(Opened(at=0, poll="p"), open=False)
    assert tally_of(closed, votes, 3, 5, 2.0).counts == (0, 2, 0)
    typed = [Vote(at=1, poll="p", round=1, texts=(text,)) for text in ("0.1", "0.1", "1")]
    assert tally_of(closed, typed, 0, 5, 2.0).texts == ("0.1", "1")


def test_a_learner_is_here_as_long_as_there_is_a_sign_of_life() -> None:
    learner = fold_learner([Present(at=1, session="one", place="map"), Present(at=2, session="two", place="lesson")])
    learner.seen_at = 100.0
    assert learner.is_here(101.0)
    assert not learner.is_here(500.0)
    assert learner.present is not None
    assert learner.present.place == "lesson"
