"""Whether the course's claims about training hold: every predict question under many seeds, and other rounding.

    python -m tests.bench.claims [--seeds 10] [--draws 3] [--jobs N] [--lessons FOLDER] [--narrow Z] [QUESTION ...]

Each question's runs are repeated with ``train.seed`` from 1 on, as this machine rounds and with the initial parameters
perturbed by each of some draws (`tutor.ml.diagnostics`), as another processor might round. A row of the table:

- held: in how many of the repetitions exactly the ticked options were true, or the figure lay in the answer's range;
- margin: the least, over the repetitions, of how far the narrowest option was from turning over, as
  `tutor.course.conditions.Condition.margin` measures it;
- sigmas: the mean distance of the narrowest option in standard deviations of that distance between repetitions;
- narrowest: the condition that was closest to turning over.

``tutor check --run --seeds N`` tells the same without sigmas, changing one thing at a time, and over drawn data too.

A claim is narrow, and marked with ``!``, if it failed once, or if it stands fewer than ``--narrow`` sigmas (3) from
failing with a margin below a tenth. The exit code is 1 if one is narrow.
"""

from __future__ import annotations

import os

# Before NumPy is imported: two BLAS threads beside a second process lose more than they gain.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import statistics
import sys
from collections.abc import Sequence
from math import inf, isfinite
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.lesson import Question
from tutor.plain.claim_trials import ClaimTrials, Trial, TrialResult, questions_that_claim
from tutor.plain.trainings import Trainings

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
_WIDE = 0.1
"""A margin that no spread makes narrow: distributions with a long tail on the safe side have few sigmas."""


def row(question: Question, results: Sequence[TrialResult], narrow: float) -> tuple[str, bool]:
    """One line of the table, and whether the claim is narrow."""
    held = sum(each.holds for each in results)
    least = min(each.margin for each in results)
    apart = [each.margin.value for each in results]
    if any(not isfinite(each) for each in apart):
        sigmas = inf if held == len(results) else 0.0
    else:
        spread = statistics.pstdev(apart)
        sigmas = statistics.fmean(apart) / spread if spread > 1e-9 else inf
    is_narrow = held < len(results) or (sigmas < narrow and least.value < _WIDE)
    text = (
        f"{'!' if is_narrow else ' '} {question.id:28} {held:3}/{len(results):<3} {least.value:8.3f} {sigmas:7.1f}"
        f"  {least.condition.strip()}"
    )
    return text, is_narrow


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="*", help="ids; all of the course if none is given")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--lessons", type=Path, default=LESSONS)
    parser.add_argument("--narrow", type=float, default=3.0)
    given = parser.parse_args(arguments)
    course = Course(given.lessons)
    lessons = [lesson for lesson in course.lessons() if lesson.language == "en"]
    questions = [each for each in questions_that_claim(lessons) if not given.questions or each.id in given.questions]
    draws = (None, *range(1, given.draws + 1))
    repetitions = [Trial(seed, perturbation=draw) for seed in range(given.seeds) for draw in draws]
    trials = ClaimTrials(course, Trainings(course, given.jobs), [(each, repetitions) for each in questions])
    print(f"{trials.count} trainings, of which {len(trials.missing)} have to be run", file=sys.stderr)
    trials.run()
    print(f"  {'question':28} {'held':>7} {'margin':>8} {'sigmas':>7}  narrowest")
    rows = [
        row(question, [trials.result(question, trial) for trial in repetitions], given.narrow) for question in questions
    ]
    print("\n".join(text for text, _ in rows))
    print(f"{sum(each for _, each in rows)} of {len(rows)} narrow")
    return int(any(each for _, each in rows))


if __name__ == "__main__":
    sys.exit(main())
