"""Runs pinned for comparison with the present one. A mark in their folders brings them back next time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from tutor.charts.loss_history import LossHistory
from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.runs.session.runs import FollowedRun, RunStore
from tutor.runs.summary import RunSummary

MAX_PINNED = 4
_PIECE = 1 << 16


@dataclass(slots=True, eq=False)
class Pinned:
    """An earlier run that is compared with the present one."""

    number: int
    run_id: str
    spec: LabConfig
    follower: FollowedRun
    history: LossHistory
    """Its validation loss; its training loss if there is no validation."""

    @property
    def summary(self) -> RunSummary:
        """The state of the run."""
        return self.follower.summary

    @property
    def final(self) -> float | None:
        """Its last finite loss."""
        return self.history.latest()

    def poll(self) -> bool:
        """Read on if the run had not ended. Return whether there was anything new."""
        if self.summary.ended or self.summary.state == "died":
            return False
        before = self.summary.version
        self.follower.poll(_PIECE)
        self.catch_up()
        return self.summary.version != before

    def catch_up(self) -> None:
        """Bring the history up to date with the summary."""
        self.history.follow(self.summary.valid_losses or self.summary.train_losses)


class Pins:
    """The pinned runs of a session.

    Args:
        runs: The learner's runs.
        lasting: Whether they stay pinned when the lab is left.
    """

    def __init__(self, runs: RunStore, *, lasting: bool = True) -> None:
        self._runs = runs
        self.lasting = lasting
        self.all: list[Pinned] = []
        """In the order in which they were pinned."""

    def without(self, run_id: str) -> list[Pinned]:
        """All except that run."""
        return [each for each in self.all if each.run_id != run_id]

    def toggle(self, run_id: str, spec: LabConfig, follower: FollowedRun | None, history: LossHistory) -> Pinned | None:
        """Pin a run, or unpin it if it is pinned. Return it if it is pinned now; a run without a loss cannot be.

        Raises:
            TutorError: that cannot be written to the disk. It holds in this session nevertheless.
        """
        if any(each.run_id == run_id for each in self.all):
            self.release(run_id)
            return None
        if follower is None or history.latest() is None:
            return None
        return self.keep(run_id, spec, follower, history)

    def keep(self, run_id: str, spec: LabConfig, follower: FollowedRun, history: LossHistory) -> Pinned:
        """Pin a run under the lowest free number; if there are too many, unpin the first one.

        Raises:
            TutorError: that cannot be written to the disk. It holds in this session nevertheless.
        """
        if len(self.all) >= MAX_PINNED:
            self.release(self.all[0].run_id)
        pinned = Pinned(self._free({each.number for each in self.all}), run_id, spec, follower, history)
        self.all = [*self.all, pinned]
        self._write(run_id, pinned.number)
        return pinned

    def release(self, run_id: str) -> None:
        """Unpin a run.

        Raises:
            TutorError: that cannot be written to the disk.
        """
        self.all = self.without(run_id)
        self._write(run_id, None)

    def release_all(self) -> int:
        """Unpin all runs, and return how many there were.

        Raises:
            TutorError: that cannot be written to the disk.
        """
        gone = [each.run_id for each in self.all]
        for run_id in gone:
            self.release(run_id)
        return len(gone)

    def poll(self, present: str) -> bool:
        """Read on in the logs of all runs that had not ended, except ``present``. Return whether anything was new."""
        news = [each.poll() for each in self.all if each.run_id != present]
        return any(news)

    def drop_gone(self) -> None:
        """Drop runs that were deleted meanwhile."""
        self.all = [each for each in self.all if each.follower.folder.is_dir()]

    def recall(self, spec: LabConfig, stopped: Callable[[], bool] = lambda: False) -> list[Pinned]:
        """Read the runs that were pinned in this lab before, and unpin those without a loss. Call it in a thread.

        Args:
            spec: The lab.
            stopped: Returns whether to stop reading.
        """
        found: list[Pinned] = []
        for number, run_id in self._runs.compared(spec):
            try:
                follower = self._runs.follow(run_id)
            except TutorError:
                continue  # removed meanwhile
            follower.catch_up(stopped=stopped)
            pinned = Pinned(number, run_id, follower.summary.spec or spec, follower, LossHistory())
            pinned.catch_up()
            if pinned.final is not None:
                found.append(pinned)
            elif not stopped():
                with suppress(TutorError):
                    self._runs.keep_compared(run_id, None)
        return found

    def adopt(self, recalled: Iterable[Pinned]) -> None:
        """Add what `recall` found, in front of those that were pinned meanwhile."""
        later, self.all = self.all, []
        taken = {each.number for each in later}
        known = {each.run_id for each in later}
        for each in recalled:
            if each.run_id in known or len(self.all) + len(later) >= MAX_PINNED:
                continue
            if each.number in taken or not 1 <= each.number <= MAX_PINNED:
                each.number = self._free(taken)
            taken.add(each.number)
            self.all.append(each)
        self.all += later

    @staticmethod
    def _free(taken: Collection[int]) -> int:
        return next(number for number in range(1, MAX_PINNED + 2) if number not in taken)

    def _write(self, run_id: str, number: int | None) -> None:
        if self.lasting:
            self._runs.keep_compared(run_id, number)
