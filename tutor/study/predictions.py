"""Predict-then-run questions: which facts of the runs decide, and how a learner reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from tutor.course.conditions import Fact, Facts
from tutor.course.lesson import LabFence, Question
from tutor.foundation.translate import translate

_NAMES = {
    "diverged": "study.fact-diverged",
    "epochs": "study.fact-epochs",
    "updates": "study.fact-updates",
    "parameters": "study.fact-parameters",
    "learning_rate": "study.fact-learning-rate",
    "first.train_loss": "study.fact-first-train-loss",
    "first.valid_loss": "study.fact-first-valid-loss",
    "first.train_accuracy": "study.fact-first-train-accuracy",
    "first.valid_accuracy": "study.fact-first-valid-accuracy",
    "final.train_loss": "study.fact-final-train-loss",
    "final.valid_loss": "study.fact-final-valid-loss",
    "final.train_accuracy": "study.fact-final-train-accuracy",
    "final.valid_accuracy": "study.fact-final-valid-accuracy",
    "final.gradient_norm": "study.fact-final-gradient-norm",
    "final.gradient_angle": "study.fact-final-gradient-angle",
    "final.gradient_difference": "study.fact-final-gradient-difference",
    "final.max_error": "study.fact-final-max-error",
    "final.copied": "writing.fact-copied",
    "final.precision": "study.fact-final-precision",
    "final.recall": "study.fact-final-recall",
    "final.f1": "study.fact-final-f1",
    "final.auc": "study.fact-final-auc",
    "final.false_positives": "study.fact-final-false-positives",
    "final.false_negatives": "study.fact-final-false-negatives",
    "final.calibration_gap": "study.fact-final-calibration-gap",
    "final.dead_units": "study.fact-final-dead-units",
    "final.decoded_accuracy": "study.fact-final-decoded-accuracy",
    "best.valid_loss": "study.fact-best-valid-loss",
    "best.epoch": "study.fact-best-epoch",
    "worst.train_loss": "study.fact-worst-train-loss",
    "worst.epoch": "study.fact-worst-epoch",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that decided a prediction, as text.

    Args:
        name: Its name in the interface language, such as ``validation loss at the end``.
        value: Its value, such as ``0.4803``.
    """

    name: str
    value: str


def facts_of_runs(labs: Sequence[LabFence], facts: Sequence[Facts]) -> dict[str, Fact]:
    """The facts of a question's runs under the names that its conditions use.

    If there is only one run, its facts keep their names. If a fence has a ``name``, the facts of its run get it as a
    prefix, as in ``b.final.valid_loss``.

    Args:
        labs: The lab fences of the question.
        facts: The facts of their runs, in the same order.
    """
    together: dict[str, Fact] = {}
    for fence, of_run in zip(labs, facts, strict=True):
        if fence.name:
            together.update({f"{fence.name}.{name}": value for name, value in of_run.items()})
        if len(labs) == 1:
            together.update(of_run)
    return together


def deciding_figures(question: Question, facts: Facts) -> tuple[Figure, ...]:
    """The figures that decided the answer: the facts that conditions and ``figure`` of the question name, each once."""
    asked = [question.figure] if question.figure else []
    for option in question.options:
        if option.when is not None:
            asked.extend(sorted(option.when.names))
    return tuple(_figure(name, facts[name], question.labs) for name in dict.fromkeys(asked) if name in facts)


def _figure(name: str, value: Fact, labs: Sequence[LabFence]) -> Figure:
    run, _, rest = name.partition(".")
    named = {fence.name for fence in labs if fence.name}
    if run in named and rest:
        return Figure(translate("study.fact-of-run", run=run, fact=fact_name(rest)), shown_fact(value))
    return Figure(fact_name(name), shown_fact(value))


def fact_name(fact: str) -> str:
    """What a fact is called in the interface language, such as "validation loss at the end"."""
    if fact in _NAMES:
        return translate(_NAMES[fact])
    if fact.startswith("final."):
        return translate("study.fact-at-the-end", name=fact.removeprefix("final."))
    return fact


def shown_fact(value: Fact) -> str:
    """A fact as a learner reads it: ``yes``, ``0.4803``, ``1.2e+08``, ``200``."""
    if isinstance(value, bool):
        return translate("study.yes") if value else translate("study.no")
    if isinstance(value, str):
        return value
    if not isfinite(value):
        return translate("study.not-finite")
    if value == int(value) and abs(value) < 1e6:
        shown = str(int(value))
    else:
        shown = f"{value:.4g}" if 1e-3 <= abs(value) < 1e6 else f"{value:.2e}"
    return shown.replace("-", "−")
