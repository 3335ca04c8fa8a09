"""Whether the course's claims about training hold: every predict question under many seeds, and other rounding.

    python -m tests.bench.claims [--seeds 10] [--draws 3] [--jobs N] [--lessons FOLDER] [--narrow Z] [QUESTION ...]

Each question's runs are repeated with ``train.seed`` from 1 on, as this machine rounds and with the initial parameters
perturbed by each of some draws (`tutor.ml.diagnostics`), as another processor might round. A row of the table:

- held: in how many of the repetitions exactly the ticked options were true, or the figure lay in the answer's range;
- margin: the least, over the repetitions, of how far the narrowest option was from turning over. It is the difference
  of both sides of a comparison, by the larger one: 0.1 means a tenth of it. It is below zero if the claim failed;
- sigmas: the mean distance of the narrowest option in standard deviations of that distance between repetitions;
- narrowest: the condition that was closest to turning over.

A claim is narrow, and marked with ``!``, if it failed once, or if it stands fewer than ``--narrow`` sigmas (3) from
failing with a margin below a tenth. The exit code is 1 if one is narrow.
"""

from __future__ import annotations

import os

# Before NumPy is imported: two BLAS threads beside a second process lose more than they gain.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import ast
import operator
import statistics
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from math import inf, isfinite
from multiprocessing import get_context
from pathlib import Path

import msgspec

from tutor.course.lesson import Question
from tutor.course.questions import question_type
from tutor.course.questions.numeric import NUMERIC
from tutor.course.reader import read_lesson
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.runs.in_process import run_to_end
from tutor.study.predictions import facts_of_runs

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
_WIDE = 0.1
"""A margin that no spread makes narrow: distributions with a long tail on the safe side have few sigmas."""
Facts = dict[str, float | bool | str]
_ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def predictions(lessons: Path) -> list[Question]:
    """Every question of a course that a run settles, in English."""
    read = [read_lesson(path, "en").lesson for path in sorted((lessons / "en").glob("*.md"))]
    return [question for lesson in read if lesson is not None for question in lesson.questions if question.predicts]


def distance(question: Question, facts: Facts) -> tuple[float, str]:
    """How far a claim is from failing, below zero if it fails, and the condition that is closest to it."""
    if question.kind == "numeric":
        value, answer = float(facts[question.figure]), NUMERIC.content(question)
        size = max(abs(value), abs(answer.low), abs(answer.high), 1e-12)
        return min(value - answer.low, answer.high - value) / size, question.figure
    found = []
    for option in question.options:
        if option.when is not None:
            # Conditions are, as far as their form goes, expressions of Python; they are read and never evaluated.
            true_by = _distance(ast.parse(option.when.text.strip(), mode="eval").body, facts)
            found.append((true_by if option.ticked else -true_by, option.when.text))
    return min(found)


def _distance(node: ast.expr, facts: Facts) -> float:
    """How far a condition is from turning over: above zero if it is true, below if it is not."""
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return min(_distance(each, facts) for each in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return max(_distance(each, facts) for each in values)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return -_distance(inner, facts)
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            a, b = _value(left, facts), _value(right, facts)
            if not (isfinite(a) and isfinite(b)):
                return -inf
            apart = (a - b) / max(abs(a), abs(b), 1e-12)
            if isinstance(sign, ast.Lt | ast.LtE):
                apart = -apart
            elif isinstance(sign, ast.Eq | ast.NotEq):
                apart = -abs(apart) if a != b else inf
                apart = -apart if isinstance(sign, ast.NotEq) else apart
            return apart
    return inf if _value(node, facts) else -inf


def _value(node: ast.expr, facts: Facts) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, facts)
        case ast.BinOp(left=left, op=op, right=right):
            return float(_ARITHMETIC[type(op)](_value(left, facts), _value(right, facts)))
        case ast.Call(args=[inner]):
            return abs(_value(inner, facts))
        case ast.Name() | ast.Attribute():
            return float(facts[ast.unparse(node)])
    raise ValueError(ast.unparse(node))


def _run(spec: LabConfig, data: Path, draw: int | None) -> Facts:
    return dict(run_to_end(spec, data, perturbation=draw).facts())


class Trials:
    """The runs of some questions, each distinct one once.

    Args:
        lessons: The course's folder.
        seeds: How many values of ``train.seed`` are tried, from 1 on.
        draws: How many perturbations, besides none.
    """

    def __init__(self, lessons: Path, seeds: int, draws: int) -> None:
        self._lessons = lessons
        self.repetitions = [(seed, draw) for seed in range(1, seeds + 1) for draw in (None, *range(1, draws + 1))]
        self._facts: dict[tuple[bytes, int | None], Facts] = {}

    def _specs(self, question: Question, seed: int) -> list[LabConfig]:
        settings = {"train.seed": seed, "train.pace": 0.0}
        return [load_lab(each.lab, self._lessons / "labs", {**each.overrides, **settings}) for each in question.labs]

    def run(self, questions: Sequence[Question], jobs: int) -> None:
        """Run all that the questions need, in so many processes."""
        wanted = {
            (msgspec.json.encode(spec), draw): spec
            for question in questions
            for seed, draw in self.repetitions
            for spec in self._specs(question, seed)
        }
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            found = pool.map(
                _run, wanted.values(), [self._lessons / "data"] * len(wanted), [draw for _, draw in wanted], chunksize=8
            )
            self._facts = dict(zip(wanted, found, strict=True))

    def facts(self, question: Question) -> list[Facts]:
        """What the runs of ``question`` say, one for each repetition."""
        return [
            facts_of_runs(
                question.labs,
                [self._facts[msgspec.json.encode(spec), draw] for spec in self._specs(question, seed)],
            )
            for seed, draw in self.repetitions
        ]


def row(question: Question, all_facts: Sequence[Facts], narrow: float) -> tuple[str, bool]:
    """One line of the table, and whether the claim is narrow."""
    held = sum(not question_type(question.kind).faults_of_claim(question, facts) for facts in all_facts)
    found = [distance(question, facts) for facts in all_facts]
    least, narrowest = min(found)
    apart = [each for each, _ in found]
    if any(not isfinite(each) for each in apart):
        sigmas = inf if held == len(all_facts) else 0.0
    else:
        spread = statistics.pstdev(apart)
        sigmas = statistics.fmean(apart) / spread if spread > 1e-9 else inf
    is_narrow = held < len(all_facts) or (sigmas < narrow and least < _WIDE)
    text = (
        f"{'!' if is_narrow else ' '} {question.id:28} {held:3}/{len(all_facts):<3} {least:8.3f} {sigmas:7.1f}"
        f"  {narrowest.strip()}"
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
    questions = [each for each in predictions(given.lessons) if not given.questions or each.id in given.questions]
    trials = Trials(given.lessons, given.seeds, given.draws)
    trials.run(questions, given.jobs)
    print(f"  {'question':28} {'held':>7} {'margin':>8} {'sigmas':>7}  narrowest")
    rows = [row(question, trials.facts(question), given.narrow) for question in questions]
    print("\n".join(text for text, _ in rows))
    print(f"{sum(each for _, each in rows)} of {len(rows)} narrow")
    return int(any(each for _, each in rows))


if __name__ == "__main__":
    sys.exit(main())
