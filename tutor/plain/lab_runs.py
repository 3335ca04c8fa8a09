"""The trainings behind a course, run once each and in parallel, and what they say of the lessons."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import msgspec

from tutor.course.catalogue import Course
from tutor.course.lesson import Fault, LabFence, Lesson
from tutor.course.questions import question_type
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import sentences, translate
from tutor.labs.check import fences_of, spec_of_fence
from tutor.labs.lab_config import LabConfig
from tutor.plain.run_cache import RunCache
from tutor.runs.in_process import run_to_end
from tutor.runs.predictions import DECIDES
from tutor.study.predictions import facts_of_runs

Facts = dict[str, float | bool | str]


@dataclass(frozen=True, slots=True)
class _Outcome:
    facts: Facts
    problem: str = ""


def _run(spec: LabConfig, data_folder: Path) -> _Outcome:
    """In a process of the pool: train to the end and bring the facts home."""
    summary = run_to_end(spec, data_folder)
    problem = "" if summary.state in DECIDES else sentences(summary.message, summary.hint)
    return _Outcome(dict(summary.facts()), problem)


@dataclass
class LabRuns:
    """Runs each distinct training of a course once.

    Args:
        course: whose labs and data are used.
        jobs: processes at a time.
        fresh: run also what an earlier check has run with the same code and data.
    """

    course: Course
    jobs: int
    fresh: bool = False
    count: int = field(default=0, init=False)
    """How many trainings are relied on."""
    known: int = field(default=0, init=False)
    """How many of them an earlier check had run."""

    def check(self, lessons: list[Lesson]) -> tuple[list[Fault], int]:
        """Run what the lessons rely on.

        Returns:
            The faults, and how many questions were held against runs.
        """
        wanted: dict[bytes, LabConfig] = {}
        fences: dict[tuple[Path, int], bytes] = {}
        for lesson in lessons:
            for fence in fences_of(lesson):
                try:
                    spec = spec_of_fence(fence, self.course.labs_folder)
                except TutorError:
                    continue  # told of by `faults_of_fences`
                key = msgspec.json.encode(spec)
                wanted[key] = spec
                fences[fence.place.path, fence.place.line] = key
        outcomes = self._run_all(wanted)
        return self._judge(lessons, fences, outcomes)

    def _run_all(self, wanted: dict[bytes, LabConfig]) -> dict[bytes, _Outcome]:
        self.count = len(wanted)
        if not wanted:
            return {}
        cache = RunCache(self.course.data_folder)
        remembered = {} if self.fresh else {key: facts for key in wanted if (facts := cache.get(key)) is not None}
        self.known = len(remembered)
        outcomes = self._run_anew({key: spec for key, spec in wanted.items() if key not in remembered})
        cache.keep({key: outcome.facts for key, outcome in outcomes.items() if not outcome.problem})
        return outcomes | {key: _Outcome(facts) for key, facts in remembered.items()}

    def _run_anew(self, wanted: dict[bytes, LabConfig]) -> dict[bytes, _Outcome]:
        if not wanted:
            return {}
        # Set before the processes start, so before NumPy is imported in them: two BLAS threads beside a
        # second process lose more than they gain. And spawned, not forked: a fork would inherit our threads.
        os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        with ProcessPoolExecutor(min(self.jobs, len(wanted)), mp_context=get_context("spawn")) as pool:
            futures = {key: pool.submit(_run, spec, self.course.data_folder) for key, spec in wanted.items()}
            return {key: future.result() for key, future in futures.items()}

    def _judge(
        self, lessons: list[Lesson], fences: dict[tuple[Path, int], bytes], outcomes: dict[bytes, _Outcome]
    ) -> tuple[list[Fault], int]:
        faults: list[Fault] = []
        questions = 0

        def outcome_of(fence: LabFence) -> _Outcome | None:
            key = fences.get((fence.place.path, fence.place.line))
            return None if key is None else outcomes[key]

        for lesson in lessons:
            for fence in fences_of(lesson):
                outcome = outcome_of(fence)
                if outcome is not None and outcome.problem:
                    faults.append(Fault(fence.place, translate("check.run-fails", reason=outcome.problem)))
            for question in lesson.questions:
                found = [outcome_of(fence) for fence in question.labs]
                ready = [outcome.facts for outcome in found if outcome is not None and not outcome.problem]
                if question.predicts and len(ready) == len(found):
                    questions += 1
                    facts = facts_of_runs(question.labs, ready)
                    faults += question_type(question.kind).faults_of_claim(question, facts)
        return faults, questions
