"""The runs of a lab kept beside the present one. They say so in their folders, and are there again next time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from tutor.charts.loss_history import LossHistory
from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.runs.session.runs import FollowedRun, RunStore
from tutor.runs.summary import RunSummary

MOST_PINNED = 4
_PIECE = 1 << 16


@dataclass(slots=True, eq=False)
class Pinned:
    """An earlier run kept beside the present one."""

    number: int
    run_id: str
    spec: LabConfig
    follower: FollowedRun
    history: LossHistory
    """Its validation loss; its training loss where there is no validation."""

    @property
    def summary(self) -> RunSummary:
        """The run as its log tells."""
        return self.follower.summary

    @property
    def final(self) -> float | None:
        """Its last finite loss."""
        return self.history.latest()

    def poll(self) -> bool:
        """Read on where the run had not ended; whether there was anything new."""
        if self.summary.ended or self.summary.state == "died":
            return False
        before = self.summary.version
        self.follower.poll(_PIECE)
        self.catch_up()
        return self.summary.version != before

    def catch_up(self) -> None:
        """Let the history have what the log has told."""
        self.history.follow(self.summary.valid_losses or self.summary.train_losses)


class Pins:
    """The runs that are kept.

    Args:
        runs: Where they lie.
        lasting: Whether they are kept when the lab is left.
    """

    def __init__(self, runs: RunStore, *, lasting: bool = True) -> None:
        self._runs = runs
        self.lasting = lasting
        self.all: list[Pinned] = []
        """The one kept first at the front."""

    def without(self, run_id: str) -> list[Pinned]:
        """All but that run."""
        return [each for each in self.all if each.run_id != run_id]

    def toggle(self, run_id: str, spec: LabConfig, follower: FollowedRun | None, history: LossHistory) -> Pinned | None:
        """Keep a run, or let go of it where it is kept. Returns it when kept now; a run without a loss is not.

        Raises:
            TutorError: that cannot be written down. It holds here nevertheless.
        """
        if any(each.run_id == run_id for each in self.all):
            self.release(run_id)
            return None
        if follower is None or history.latest() is None:
            return None
        return self.keep(run_id, spec, follower, history)

    def keep(self, run_id: str, spec: LabConfig, follower: FollowedRun, history: LossHistory) -> Pinned:
        """Keep a run, by the lowest number that is free; with too many kept the first of them goes.

        Raises:
            TutorError: that cannot be written down. It is kept here nevertheless.
        """
        if len(self.all) >= MOST_PINNED:
            self.release(self.all[0].run_id)
        pinned = Pinned(self._free({each.number for each in self.all}), run_id, spec, follower, history)
        self.all = [*self.all, pinned]
        self._write(run_id, pinned.number)
        return pinned

    def release(self, run_id: str) -> None:
        """Let go of a run.

        Raises:
            TutorError: that cannot be written down.
        """
        self.all = self.without(run_id)
        self._write(run_id, None)

    def release_all(self) -> int:
        """Let go of all. Returns how many they were.

        Raises:
            TutorError: that cannot be written down.
        """
        gone = [each.run_id for each in self.all]
        for run_id in gone:
            self.release(run_id)
        return len(gone)

    def poll(self, present: str) -> bool:
        """Read on in the logs of those that had not ended, but the ``present`` run; whether there was anything new."""
        news = [each.poll() for each in self.all if each.run_id != present]
        return any(news)

    def drop_gone(self) -> None:
        """Let go of runs that were deleted meanwhile."""
        self.all = [each for each in self.all if each.follower.folder.is_dir()]

    def recall(self, spec: LabConfig, stopped: Callable[[], bool] = lambda: False) -> list[Pinned]:
        """Read the runs that were kept in this lab before: for a thread. Those without a loss are kept no longer.

        Args:
            spec: The lab.
            stopped: Whether nobody wants them any more.
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
        """Take in what `recall` found, before those that were kept meanwhile."""
        later, self.all = self.all, []
        taken = {each.number for each in later}
        known = {each.run_id for each in later}
        for each in recalled:
            if each.run_id in known or len(self.all) + len(later) >= MOST_PINNED:
                continue
            if each.number in taken or not 1 <= each.number <= MOST_PINNED:
                each.number = self._free(taken)
            taken.add(each.number)
            self.all.append(each)
        self.all += later

    @staticmethod
    def _free(taken: Collection[int]) -> int:
        return next(number for number in range(1, MOST_PINNED + 2) if number not in taken)

    def _write(self, run_id: str, number: int | None) -> None:
        if self.lasting:
            self._runs.keep_compared(run_id, number)
