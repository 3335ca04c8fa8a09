"""The runs of a prediction: started when the answer is locked, and followed until they decide it.

Every front end that asks questions uses this. A run continues when its viewer leaves, and is joined again later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tutor.course.lesson import LabFence
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.runs.follower import RunFollower
    from tutor.runs.registry import Runs
    from tutor.runs.summary import RunSummary

DECIDES = frozenset({"finished", "diverged"})
"""States of a run that decide a prediction."""


class PredictionRuns:
    """The runs of one question, one for each of its fences.

    Args:
        followers: A follower of each run, in the order of the fences.
        ids: The runs' ids.
    """

    def __init__(self, followers: Sequence[RunFollower], ids: Sequence[str]) -> None:
        self.followers = tuple(followers)
        self.ids = tuple(ids)
        self._seen: list[int] = []

    @classmethod
    def begin(
        cls,
        runs: Runs,
        course: Course | None,
        fences: Sequence[LabFence],
        known: Sequence[str] = (),
        *,
        changes: Mapping[str, object] | None = None,
    ) -> PredictionRuns:
        """Join the runs ``known`` if all of them still exist; otherwise start new ones.

        Args:
            runs: The learner's runs.
            course: Has the labs.
            fences: The question's labs.
            known: Ids of the runs that were started for it before.
            changes: Settings in addition to those of the fences, such as the pace.

        Raises:
            TutorError: a lab cannot be read, or its run cannot be started.
        """
        if len(known) == len(fences):
            try:
                return cls([runs.follow(run_id) for run_id in known], known)
            except TutorError:
                pass  # one was deleted since: start again
        if course is None:
            raise TutorError(translate("quiz.no-course"))
        from tutor.labs.lab_files import load_lab

        specs = [load_lab(each.lab, course.labs, {**each.overrides, **(changes or {})}) for each in fences]
        ids = [runs.start(spec, data_folder=course.data_folder) for spec in specs]
        return cls([runs.follow(run_id) for run_id in ids], ids)

    def poll(self) -> bool:
        """Read on in the logs. Return whether there was anything new."""
        for follower in self.followers:
            follower.poll()
        before, self._seen = self._seen, [summary.version for summary in self.summaries]
        return before != self._seen

    @property
    def summaries(self) -> tuple[RunSummary, ...]:
        """The present states of the runs."""
        return tuple(follower.summary for follower in self.followers)

    @property
    def ended(self) -> bool:
        """Whether every run has ended."""
        return all(summary.ended for summary in self.summaries)

    @property
    def problem(self) -> str:
        """Why a run cannot decide the prediction, in a sentence; empty if all can."""
        for summary in self.summaries:
            if summary.ended and summary.state not in DECIDES:
                return summary.message or translate(_WHY[summary.state])
        return ""


_WHY = {
    "failed": "quiz.run-failed",
    "died": "quiz.run-died",
    "stopped": "quiz.run-stopped",
}
