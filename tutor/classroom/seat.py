"""A learner's side of a class: what the teachers do is read here, and what the learner does is written."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tutor.classroom.events import (
    Answered,
    Help,
    LearnerEvent,
    Left,
    Present,
    Seen,
    Settled,
    Unsure,
    Vote,
    parts_of,
)
from tutor.classroom.logs import ClassWriter, learner_log, teacher_log
from tutor.classroom.room import ClassState, LearnerState, Poll
from tutor.foundation.translate import language
from tutor.progress.records import Answer
from tutor.study.attempt import Stage

if TYPE_CHECKING:
    from tutor.classroom.folder import Membership
    from tutor.progress.records import Given
    from tutor.progress.store import ProgressStore
    from tutor.study.attempt import Attempt

ALIVE_EVERY = 10.0
"""Seconds between two signs of life."""
_PLACE_EVERY = 2.0
"""Seconds between two lines about where the learner is, however fast they turn pages."""
WHAT_IS_SEEN = "what-a-teacher-sees"
"""The page that says what a teacher sees, as `Seen` names it."""

Clock = Callable[[], float]
"""Returns seconds since 1970."""


class Seat:
    """A learner in a class.

    Args:
        place: Where the class and the learner's home are.
        clock: For the times in the log.
    """

    def __init__(self, place: Membership, clock: Clock = time.time) -> None:
        self.place = place
        self.state = ClassState()
        """What the teachers have done so far."""
        self.me = LearnerState()
        """What the learner has done so far."""
        self._clock = clock
        self._log = teacher_log(place.folder.log)
        self._writer: ClassWriter[LearnerEvent] = ClassWriter(place.log)
        self._session = secrets.token_hex(4)
        self._said: Present | None = None
        self._said_at = self._alive_at = 0.0

    @property
    def problem(self) -> str:
        """Why the log of the class cannot be read; empty if it can."""
        return self._log.problem

    @property
    def name(self) -> str:
        """The learner's name."""
        return self.place.name

    def open(self) -> None:
        """Read what there is already. It may take a while, so call it in a thread."""
        own = learner_log(self.place.log)
        for event in own.events():
            self.me.take(event)
        while own.behind:
            for event in own.events():
                self.me.take(event)
        self.look()
        while self._log.behind:
            self.look()

    def look(self) -> bool:
        """Read what is new in the log of the class, at most a piece of it. Return whether anything was."""
        changed = False
        for event in self._log.events():
            self.state.take(event)
            changed = True
        return changed

    # -- what the learner does ---------------------------------------------------------------------------

    def vote(self, poll: Poll, given: Given, key: str) -> None:
        """Answer a poll. When this returns, the answer is on the disk.

        Args:
            poll: The poll; its present round is answered.
            given: The answer.
            key: The answer's key in the learner's progress.

        Raises:
            OSError: It could not be saved, so it does not count.
        """
        indices, texts = parts_of(given)
        vote = Vote(
            at=self._clock(), poll=poll.id, round=poll.round, indices=indices, texts=texts, key=key,
            nameless=self.is_nameless(poll),
        )  # fmt: skip
        self._writer.write(vote, lasting=True)
        self.me.take(vote)

    def is_nameless(self, poll: Poll) -> bool:
        """Return whether names are left out of a poll, because its teacher or whoever serves the class wants that."""
        return poll.opened.anonymous or self.place.nameless

    def vote_in(self, poll: Poll) -> Vote | None:
        """Return the learner's answer to the present round of a poll; None if there is none."""
        return self.me.votes.get((poll.id, poll.round))

    def last_vote(self, poll: Poll) -> Vote | None:
        """Return the learner's answer to the latest round of a poll that they answered; None if they answered none."""
        rounds = range(poll.round, 0, -1)
        return next((vote for each in rounds if (vote := self.me.votes.get((poll.id, each)))), None)

    def ask_for_help(self, wanted: bool) -> None:
        """Ask for help, or say that it is not needed any more.

        Raises:
            OSError: It could not be written.
        """
        self._write(Help(at=self._clock(), wanted=wanted), lasting=True)

    def keep_decided(self, store: ProgressStore, poll: Poll, attempt: Attempt) -> None:
        """Keep a decided answer with the learner's progress, once, unless names are left out.

        Args:
            store: The learner's progress.
            poll: What was decided.
            attempt: The learner's answer to it; nothing is kept unless it is settled.
        """
        verdict, vote, mark = attempt.verdict, self.last_vote(poll), f"decided:{poll.id}"
        if verdict is None or vote is None or attempt.stage is not Stage.SETTLED:
            return
        if self.is_nameless(poll) or mark in self.me.seen:
            return
        self.see(mark)
        question = attempt.question
        store.record_answer(
            Answer(
                question.lesson_id, question.id, question.kind, attempt.given(), verdict.correct, verdict.score,
                language=language(), seed=attempt.seed, key=vote.key,
            )
        )  # fmt: skip

    def see(self, what: str) -> None:
        """Note that the learner has seen something. It is no harm if that cannot be written."""
        if what not in self.me.seen:
            with suppress(OSError):
                self._write(Seen(at=self._clock(), what=what))

    def be_at(self, place: str, lesson: str = "", section: int = 0, lab: str = "", idle_since: float = 0.0) -> None:
        """Say where the learner is, if that has changed, and that they are still there.

        Call it as often as you like. Nothing happens if it cannot be written.

        Args:
            place: The kind of screen.
            lesson: The lesson; may be empty.
            section: The number of its section; 0 if that says nothing.
            lab: The lab; may be empty.
            idle_since: When the last key was pressed, in seconds since 1970, if that is a while ago; else 0.
        """
        now = self._clock()
        here = Present(
            at=now, session=self._session, place=place[:120], lesson=lesson[:120], section=section, lab=lab[:120],
            idle_since=idle_since,
        )  # fmt: skip
        with suppress(OSError):
            if now - self._said_at >= _PLACE_EVERY and not _same_place(here, self._said):
                self._write(here)
                self._said, self._said_at, self._alive_at = here, now, now
            elif now - self._alive_at >= ALIVE_EVERY:
                self._alive_at = now
                self._writer.touch()

    def leave(self) -> None:
        """Say that the learner leaves."""
        if self._said is not None:
            with suppress(OSError):
                self._write(Left(at=self._clock(), session=self._session))
        self._writer.close()

    # -- what the learner's progress keeps -----------------------------------------------------------------

    def answered(self, answer: Answer) -> None:
        """Note an answer that the learner's progress has saved, but not one that a poll keeps without names."""
        indices, texts = parts_of(answer.given)
        event = Answered(
            at=answer.at.timestamp(), key=answer.key[:120], lesson=answer.lesson_id[:120],
            question=answer.question_id[:120], kind=answer.kind[:120], indices=indices, texts=texts,
            correct=answer.correct, unsure=answer.unsure, hints=answer.hints, seconds=min(answer.seconds, 1e7),
        )  # fmt: skip
        with suppress(OSError):
            self._write(event)

    def settled(self, key: str, *, correct: bool) -> None:
        """Note that a run has decided an answer."""
        with suppress(OSError):
            self._write(Settled(at=self._clock(), key=key[:120], correct=correct))

    def marked_unsure(self, key: str, unsure: bool) -> None:
        """Note whether the learner was unsure of an answer."""
        with suppress(OSError):
            self._write(Unsure(at=self._clock(), key=key[:120], unsure=unsure))

    def _write(self, event: LearnerEvent, *, lasting: bool = False) -> None:
        self._writer.write(event, lasting=lasting)
        self.me.take(event)


def _same_place(one: Present, other: Present | None) -> bool:
    return other is not None and all(
        getattr(one, name) == getattr(other, name) for name in ("place", "lesson", "section", "lab", "idle_since")
    )
