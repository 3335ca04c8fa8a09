"""Trainings run to their end, each distinct one once and in parallel, and remembered for the next check."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import msgspec

from tutor.course.catalogue import Course
from tutor.foundation.processes import ONE_THREAD
from tutor.foundation.translate import sentences
from tutor.labs.lab_config import LabConfig
from tutor.plain.run_cache import Facts, RunCache
from tutor.runs.in_process import run_to_end
from tutor.runs.predictions import DECIDES


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a training: its facts, or why there are none that decide anything."""

    facts: Facts
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Training:
    """A training to run.

    Args:
        spec: Its configuration as JSON.
        perturbation: Which rounding to try: see `tutor.ml.diagnostics.perturb`. None: that of this machine.
    """

    spec: bytes
    perturbation: int | None = None

    @classmethod
    def of(cls, config: LabConfig, perturbation: int | None = None) -> Training:
        """The training of ``config``."""
        return cls(msgspec.json.encode(config), perturbation)

    @property
    def key(self) -> bytes:
        """By which it is remembered."""
        return self.spec if self.perturbation is None else self.spec + f"\nperturbation {self.perturbation}".encode()


def _run(training: Training, data_folder: Path) -> Outcome:
    """In a process of the pool: train to the end and bring the facts home."""
    spec = msgspec.json.decode(training.spec, type=LabConfig)
    summary = run_to_end(spec, data_folder, perturbation=training.perturbation)
    problem = "" if summary.state in DECIDES else sentences(summary.message, summary.hint)
    return Outcome(dict(summary.facts()), problem)


@dataclass
class Trainings:
    """Runs trainings of a course.

    Args:
        course: Whose data are used.
        jobs: Processes at a time.
        fresh: Run also what an earlier check has run with the same code and data.
        cache_file: Where they are remembered; by default among the learner's caches.
    """

    course: Course
    jobs: int
    fresh: bool = False
    cache_file: Path | None = None
    outcomes: dict[Training, Outcome] = field(default_factory=dict, init=False)
    """What came of all that were run or remembered so far."""
    count: int = field(default=0, init=False)
    """How many trainings were asked for."""
    known: int = field(default=0, init=False)
    """How many of them were remembered from an earlier check."""

    def missing(self, wanted: Mapping[Training, object]) -> list[Training]:
        """Those that have to be run; what is remembered of the others is there from now on."""
        new = [each for each in wanted if each not in self.outcomes]
        self.count += len(new)
        if new and not self.fresh:
            cache = RunCache(self.course.data_folder, self.cache_file)
            remembered = {each: facts for each in new if (facts := cache.get(each.key)) is not None}
            self.known += len(remembered)
            self.outcomes |= {each: Outcome(facts) for each, facts in remembered.items()}
        return [each for each in new if each not in self.outcomes]

    def run(self, wanted: list[Training]) -> None:
        """Run trainings, and remember what came of them; if this is interrupted, of those that have ended."""
        if not wanted:
            return
        # Set before the processes start, so before NumPy is imported in them: two BLAS threads beside a
        # second process lose more than they gain. And spawned, not forked: a fork would inherit our threads.
        os.environ |= ONE_THREAD
        ended: dict[Training, Outcome] = {}
        try:
            with ProcessPoolExecutor(min(self.jobs, len(wanted)), mp_context=get_context("spawn")) as pool:
                folders = [self.course.data_folder] * len(wanted)
                chunk = max(1, min(8, len(wanted) // (4 * self.jobs)))
                # An update keeps what has come when it is interrupted.
                ended.update(zip(wanted, pool.map(_run, wanted, folders, chunksize=chunk), strict=True))
        finally:
            self.outcomes |= ended
            found = {each.key: outcome.facts for each, outcome in ended.items() if not outcome.problem}
            RunCache(self.course.data_folder, self.cache_file).keep(found)
