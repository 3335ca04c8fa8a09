"""A teacher's side of a class: everything is read here, and what the teacher does is written. Any number may do so."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tutor.classroom.events import (
    Again,
    Closed,
    Exported,
    Follow,
    LearnerEvent,
    Opened,
    Picked,
    PutAway,
    Running,
    Tally,
    TeacherEvent,
)
from tutor.classroom.logs import ClassLog, ClassWriter, learner_log, teacher_log
from tutor.classroom.polls import tally_of
from tutor.classroom.room import LearnerState, Poll, Room
from tutor.runs.processes import hold, release
from tutor.runs.registry import Runs

if TYPE_CHECKING:
    from tutor.classroom.folder import ClassFolder
    from tutor.course.catalogue import Course
    from tutor.course.lesson import Question

_NAMES_EVERY = 1.0
"""Seconds between two looks for new learners."""
_TALLY_EVERY = 0.3
"""Seconds between two tallies of a poll that is open."""
_PIECES = 8
"""How many pieces of learners' logs are read at once, so that the screens go on meanwhile."""


class Desk:
    """A teacher's view of a class.

    Args:
        folder: The class.
        clock: Seconds since 1970.
        anonymous: Whether polls that this teacher opens leave names out.
    """

    def __init__(self, folder: ClassFolder, clock: Callable[[], float] = time.time, *, anonymous: bool = False) -> None:
        self.folder = folder
        self.anonymous = anonymous
        self.room = Room()
        self.runs = Runs(folder.runs)
        """The runs that the class watches."""
        self._clock = clock
        self._log = teacher_log(folder.log)
        self._logs: dict[str, ClassLog[LearnerEvent]] = {}
        self._writer: ClassWriter[TeacherEvent] = ClassWriter(folder.log)
        self._lock: int | None = None
        self._named_at = self._tallied_at = 0.0

    @property
    def problem(self) -> str:
        """Why the log of the class cannot be read; empty if it can."""
        return self._log.problem

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return self._clock()

    # -- looking ------------------------------------------------------------------------------------------

    def look(self) -> bool:
        """Read what is new, a bounded piece of it. Return whether anything was."""
        changed = False
        for event in self._log.events():
            self.room.state.take(event)
            changed = True
        now = self._clock()
        if now - self._named_at >= _NAMES_EVERY or now < self._named_at:
            self._named_at = now
            changed |= self._find_learners()
        pieces = _PIECES
        for name, log in self._logs.items():
            if pieces and self._read(self.room.learners[name], log):
                changed, pieces = True, pieces - 1
        return changed

    @property
    def behind(self) -> bool:
        """Whether there is more to read, as there is at first."""
        return self._log.behind or any(log.behind for log in self._logs.values())

    def catch_up(self) -> None:
        """Read everything that there is."""
        self.look()
        while self.behind:
            self.look()

    def _find_learners(self) -> bool:
        names = self.folder.names()
        gone = self._logs.keys() - set(names)
        for name in gone:
            del self._logs[name], self.room.learners[name]
        new = [name for name in names if name not in self._logs]
        for name in new:
            self._logs[name] = learner_log(self.folder.learner_log(name))
            self.room.learners[name] = LearnerState()
        return bool(gone or new)

    @staticmethod
    def _read(learner: LearnerState, log: ClassLog[LearnerEvent]) -> bool:
        """Read on in a learner's log. Return whether anything was new."""
        changed = False
        for event in log.events():
            learner.take(event)
            changed = True
        before = (learner.problem, learner.skipped)
        learner.seen_at, learner.problem, learner.skipped = log.changed_at, log.problem, log.skipped
        return changed or before != (log.problem, log.skipped)

    def tally(self, options: int) -> None:
        """Write how the poll stands if that has changed and no other teacher's process does so.

        Args:
            options: How many options the poll has: see `tutor.classroom.polls.option_count`.
        """
        poll, now = self.room.state.poll, self._clock()
        if poll is None or (poll.open and 0 <= now - self._tallied_at < _TALLY_EVERY) or not self._counts():
            return
        tally = tally_of(poll, self.room.votes(poll).values(), options, self.room.count_here(now), now)
        if not _says_the_same(tally, poll.tally):
            self._tallied_at = now
            with suppress(OSError):
                self._writer.write(tally)

    def _counts(self) -> bool:
        """Whether this process writes the tallies. If the one that does is killed, the kernel frees the lock."""
        if self._lock is None:
            with suppress(OSError):
                self._lock = hold(self.folder.counting_lock)
        return self._lock is not None

    # -- acting: each returns when it is on the disk -------------------------------------------------------

    def pick(self, lesson_id: str) -> None:
        """Say from which lesson a poll may come next. It is no harm if that cannot be written."""
        if self.room.state.picked != lesson_id:
            with suppress(OSError):
                self._writer.write(Picked(at=self._clock(), lesson=lesson_id[:120]))

    def open_question(self, question: Question) -> str:
        """Put a question to everybody. Return the poll's id.

        Raises:
            OSError: It could not be written.
        """
        opened = Opened(
            at=self._clock(), poll=secrets.token_hex(6), lesson=question.lesson_id, question=question.id,
            anonymous=self.anonymous,
        )  # fmt: skip
        self._act(opened)
        return opened.poll

    def open_lab(self, lab: str, choices: Sequence[str]) -> str:
        """Ask everybody what they would turn in a lab. Return the poll's id.

        Args:
            lab: The lab.
            choices: The keys of its controls.

        Raises:
            OSError: It could not be written.
        """
        opened = Opened(
            at=self._clock(), poll=secrets.token_hex(6), lab=lab, choices=tuple(choices)[:24], anonymous=self.anonymous
        )
        self._act(opened)
        return opened.poll

    def close_poll(self, poll: Poll) -> None:
        """Stop asking for answers. Raises OSError."""
        self._act(Closed(at=self._clock(), poll=poll.id, round=poll.round))

    def vote_again(self, poll: Poll) -> None:
        """Ask the same once more. Raises OSError."""
        self._act(Again(at=self._clock(), poll=poll.id, round=poll.round + 1))

    def put_away(self, poll: Poll) -> None:
        """Take a poll off the screens. Raises OSError."""
        self._act(PutAway(at=self._clock(), poll=poll.id))

    def follow(self, *, lesson: str = "", anchor: str = "", lab: str = "") -> None:
        """Ask everybody to a place; without one, nobody any more. Raises OSError."""
        self._act(Follow(at=self._clock(), lesson=lesson, anchor=anchor[:120], lab=lab))

    def exported(self, file: str, answers: int) -> None:
        """Note that the answers were written into a file. Raises OSError."""
        self._act(Exported(at=self._clock(), file=file[:120], answers=min(answers, 1_000_000)))

    def run(self, poll: Poll, question: Question | None, course: Course | None) -> tuple[str, ...]:
        """Start the runs that decide a poll, for everybody to watch. It starts processes, so call it in a thread.

        Args:
            poll: The poll.
            question: Its question.
            course: Has the labs.

        Returns:
            The ids of the runs; hand them to `started`.

        Raises:
            TutorError: A lab cannot be read, or its run cannot be started.
        """
        from tutor.labs.lab_files import load_lab
        from tutor.runs.predictions import PredictionRuns

        if question is not None and not poll.opened.lab:
            return PredictionRuns.begin(self.runs, course, question.labs).ids
        if course is None:
            return ()
        return (self.runs.start(load_lab(poll.opened.lab, course.labs), data_folder=course.data_folder),)

    def started(self, poll: Poll, runs: Sequence[str]) -> None:
        """Let everybody watch the runs of a poll. Raises OSError."""
        self._act(Running(at=self._clock(), poll=poll.id, runs=tuple(runs)))

    def _act(self, event: TeacherEvent) -> None:
        self._writer.write(event, lasting=True)
        self.look()

    def close(self) -> None:
        """Let another teacher's process write the tallies."""
        self._writer.close()
        if self._lock is not None:
            release(self._lock)
            self._lock = None


def _says_the_same(one: Tally, other: Tally | None) -> bool:
    def said(tally: Tally) -> tuple[object, ...]:
        return tally.round, tally.answered, tally.present, tally.counts, tally.texts

    return other is not None and said(one) == said(other)
