"""Whether a run bears out what a question claims about it.

The answer keys of predict-then-run questions are claims about training. Here they are held against the facts
of the run itself: exactly the ticked options must be true, and a numeric answer must hold the run's figure.
"""

from __future__ import annotations

from collections.abc import Mapping

from tutor.course.lesson import Fault, Option, Question, QuestionKind
from tutor.foundation.translate import translate

Facts = Mapping[str, float | bool | str]


def faults_of_claim(question: Question, facts: Facts) -> list[Fault]:
    """Hold a question's answer key against the facts of its runs.

    Args:
        question: a question with labs.
        facts: of all its runs; with several runs, each name has the run's name before it, such as ``a.diverged``.

    Returns:
        One fault for every option or figure that the run does not bear out, in the file's order.
    """
    if question.kind is QuestionKind.NUMERIC:
        return _faults_of_figure(question, facts)
    if question.kind not in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}:
        return [
            Fault(
                question.place,
                translate("check.not-predictable", kind=question.kind.value),
                translate("check.not-predictable-hint"),
            )
        ]
    return [fault for option in question.options for fault in _faults_of_option(option, facts)]


def _faults_of_option(option: Option, facts: Facts) -> list[Fault]:
    condition = option.when
    if condition is None:
        return [Fault(option.place, translate("check.no-condition"), translate("check.no-condition-hint"))]
    unknown = sorted(name for name in condition.names if name not in facts)
    if unknown:
        return [
            Fault(
                option.place,
                translate("check.unknown-fact", name=unknown[0]),
                translate("check.unknown-fact-hint", known=", ".join(sorted(facts))),
            )
        ]
    holds = condition.holds(facts)
    if holds == option.ticked:
        return []
    key = "check.holds-too" if holds else "check.holds-not"
    return [Fault(option.place, translate(key, condition=condition.text))]


def _faults_of_figure(question: Question, facts: Facts) -> list[Fault]:
    if not question.figure:
        return [Fault(question.place, translate("check.no-figure"), translate("check.no-figure-hint"))]
    value = facts.get(question.figure)
    if not isinstance(value, int | float):
        return [
            Fault(
                question.place,
                translate("check.unknown-fact", name=question.figure),
                translate("check.unknown-fact-hint", known=", ".join(sorted(facts))),
            )
        ]
    answer = question.answer
    if answer is not None and answer.low <= value <= answer.high:
        return []
    shown = answer.shown if answer is not None else "–"
    return [
        Fault(
            question.place,
            translate("check.figure-off", answer=shown, figure=question.figure, value=f"{value:.6g}"),
        )
    ]
