"""The state of a class, folded from its logs. The same lines give the same state, however often they are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tutor.classroom.events import (
    Again,
    Answered,
    Closed,
    Exported,
    Follow,
    Help,
    LearnerEvent,
    Left,
    Opened,
    Picked,
    Present,
    PutAway,
    Running,
    Seen,
    Settled,
    Tally,
    TeacherEvent,
    Unsure,
    Vote,
)

FRESH = 35.0
"""Seconds without a sign of life after which a learner counts as gone."""
_MOST_POLLS = 500
_MOST_VOTES = 2000
_MOST_ANSWERS = 50_000
_MOST_SEEN = 500
_MOST_SESSIONS = 8

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll as it stands.

    Args:
        opened: How it was opened.
        round: The round, from 1.
        open: Whether answers are wanted.
        revealed: Whether it is decided: by its runs, or by the answer key if it has none.
        runs: Its runs, in the class's folder of runs.
        gone: Whether it has been put away.
        tallies: The newest tally of each round.
    """

    opened: Opened
    round: int = 1
    open: bool = True
    revealed: bool = False
    runs: tuple[str, ...] = ()
    gone: bool = False
    tallies: dict[int, Tally] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its id."""
        return self.opened.poll

    @property
    def tally(self) -> Tally | None:
        """The tally of this round; None if there is none yet."""
        return self.tallies.get(self.round)


@dataclass(slots=True)
class ClassState:
    """What the teachers have done: the fold of the log of the class.

    Args:
        polls: Every poll, by id.
        current: The id of the poll that is on the screens; empty if there is none.
        follow: Where everybody is asked to; None if nobody is.
        picked: The lesson from which a poll is about to be opened.
        exported: The last export; None if there was none.
    """

    polls: dict[str, Poll] = field(default_factory=dict)
    current: str = ""
    follow: Follow | None = None
    picked: str = ""
    exported: Exported | None = None

    @property
    def poll(self) -> Poll | None:
        """The poll that is on the screens; None if there is none."""
        return self.polls.get(self.current)

    def take(self, event: TeacherEvent) -> None:
        """Fold one event. What does not fit the state, because two teachers did the same at once, changes nothing."""
        match event:
            case Follow():
                self.follow = event if event.lesson or event.lab else None
            case Picked():
                self.picked = event.lesson
            case Exported():
                self.exported = event
            case Opened():
                if event.poll not in self.polls:
                    _put(self.polls, event.poll, Poll(event), _MOST_POLLS)
                    self.current = event.poll
            case _:
                if (poll := self.polls.get(event.poll)) is not None:
                    self.polls[event.poll] = _after(poll, event)
                    if event.poll == self.current and self.polls[event.poll].gone:
                        self.current = ""


def _after(poll: Poll, event: Closed | Again | Running | PutAway | Tally) -> Poll:
    """Return the poll after an event."""
    match event:
        case Closed() if event.round == poll.round:
            return replace(poll, open=False)
        case Again() if event.round == poll.round + 1 and not poll.revealed:
            return replace(poll, round=event.round, open=True)
        case Running() if not poll.revealed:
            return replace(poll, runs=event.runs, revealed=True, open=False)
        case PutAway():
            return replace(poll, gone=True, open=False)
        case Tally() if 0 < event.round <= poll.round:
            return replace(poll, tallies=poll.tallies | {event.round: event})
        case _:
            return poll


@dataclass(slots=True)
class LearnerState:
    """What one learner has done: the fold of the learner's log.

    Args:
        here: Where each of the learner's terminals is.
        help_since: Since when the learner has asked for help, in seconds since 1970; 0 if they do not.
        votes: The newest answer to each round of a poll.
        seen: What the learner has seen.
        answers: The answers outside of polls, by key, the oldest first.
        seen_at: When the log was last changed or touched, in seconds since 1970.
        problem: Why the log cannot be read; empty if it can.
        skipped: How many of its lines were not events.
    """

    here: dict[str, Present] = field(default_factory=dict)
    help_since: float = 0.0
    votes: dict[tuple[str, int], Vote] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Answered] = field(default_factory=dict)
    seen_at: float = 0.0
    problem: str = ""
    skipped: int = 0

    def take(self, event: LearnerEvent) -> None:
        """Fold one event."""
        match event:
            case Present():
                self.here.pop(event.session, None)  # the newest is the last
                _put(self.here, event.session, event, _MOST_SESSIONS)
            case Left():
                self.here.pop(event.session, None)
            case Help():
                self.help_since = event.at if event.wanted else 0.0
            case Vote():
                _put(self.votes, (event.poll, event.round), event, _MOST_VOTES)
            case Seen():
                _put(self.seen, event.what, event.at, _MOST_SEEN)
            case Answered():
                if event.key not in self.answers:
                    _put(self.answers, event.key, event, _MOST_ANSWERS)
            case Settled():
                self._change(event.key, correct=event.correct)
            case Unsure():
                self._change(event.key, unsure=event.unsure)

    def _change(self, key: str, **changes: bool) -> None:
        if (answer := self.answers.get(key)) is not None:
            from msgspec.structs import replace as changed

            self.answers[key] = changed(answer, **changes)

    def is_here(self, now: float) -> bool:
        """Return whether the learner is at a terminal, at a time in seconds since 1970."""
        return bool(self.here) and now - self.seen_at < FRESH

    @property
    def present(self) -> Present | None:
        """Where the learner was last; None if that is not known."""
        return next(reversed(self.here.values()), None)


@dataclass(slots=True)
class Room:
    """A class: its teachers' state, and each learner's by name."""

    state: ClassState = field(default_factory=ClassState)
    learners: dict[str, LearnerState] = field(default_factory=dict)

    def votes(self, poll: Poll, round_: int | None = None) -> dict[str, Vote]:
        """Return the answers to a round of a poll, by learner; None is the present round."""
        key = (poll.id, poll.round if round_ is None else round_)
        return {name: vote for name, each in self.learners.items() if (vote := each.votes.get(key)) is not None}

    def count_here(self, now: float) -> int:
        """Return how many learners are at a terminal."""
        return sum(each.is_here(now) for each in self.learners.values())


def fold_class(events: Iterable[TeacherEvent]) -> ClassState:
    """Return the state after ``events``."""
    state = ClassState()
    for event in events:
        state.take(event)
    return state


def fold_learner(events: Iterable[LearnerEvent]) -> LearnerState:
    """Return a learner's state after ``events``."""
    state = LearnerState()
    for event in events:
        state.take(event)
    return state


def _put(kept: dict[K, V], key: K, value: V, most: int) -> None:
    """Keep a value, and let the oldest one go if there are more than ``most``."""
    kept[key] = value
    if len(kept) > most:
        del kept[next(iter(kept))]
