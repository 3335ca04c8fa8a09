"""What single and multiple choice share: options with ticks, conditions and feedback."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence, Set
from math import inf
from typing import ClassVar, Literal

from tutor.course.conditions import Facts
from tutor.course.lesson import Fault, Option, Options, Question
from tutor.course.option_reader import read_options
from tutor.course.questions.base import (
    AnswerRow,
    Draft,
    Given,
    Margin,
    QuestionParts,
    QuestionType,
    Solution,
    Verdict,
    shuffled,
    unknown_fact,
)
from tutor.course.source import Element, Source
from tutor.foundation.translate import translate

_FORMULA = re.compile(r"\$[^$]{1,1000}\$")


def _as_shown(text: str) -> str:
    """The text of an option without differences that no screen shows: runs of spaces, entities, spaces in formulas."""
    if "`" in text:
        return text
    text = _FORMULA.sub(lambda found: "".join(found[0].split()), html.unescape(text))
    return " ".join(text.split())


class ChoiceQuestion(QuestionType[Options]):
    """Options of which some are right."""

    content_class = Options
    interaction = "choose"
    not_ready = "quiz.tick-one-first"
    row_kind: ClassVar[Literal["one", "many"]]
    list_kind: ClassVar[str]
    """The kind of list that makes a question of this type."""

    wrong_ticks: ClassVar[tuple[str, str]]
    """Translation keys: what is wrong if too many or too few options are ticked, and what to do."""

    def recognise(self, parts: QuestionParts) -> Element | None:
        """The first list with ticks, if it is of the right kind."""
        return parts.ticks[0] if parts.ticks and parts.ticks[0].kind == self.list_kind else None

    def ambiguous(self, parts: QuestionParts) -> bool:
        """Whether there are two lists with ticks."""
        return len(parts.ticks) > 1

    def read(self, source: Source, parts: QuestionParts, answering: Element) -> Options:
        """The options, with faults for ticks that are missing or too many."""
        options, unclear = read_options(source, answering, ticked=True)
        parts.gives_away |= unclear
        place = source.place(answering.start)
        ticked = sum(option.ticked for option in options)
        if not self.right_number_of_ticks(ticked) and not unclear:  # A tick that cannot be read may be the right one.
            message, hint = self.wrong_ticks
            source.fault(place, translate(message, count=ticked), translate(hint))
        if len({_as_shown(option.text) for option in options}) < len(options):
            source.fault(place, translate("course.same-options"))
        return Options(options)

    @staticmethod
    def right_number_of_ticks(ticked: int) -> bool:
        """Return whether this number of options may be right."""
        return ticked > 0

    def answerable(self, question: Question) -> bool:
        """Whether there are options, and as many right ones as there may be."""
        options = self.content(question).options
        return len(options) > 1 and self.right_number_of_ticks(sum(option.ticked for option in options))

    def texts(self, question: Question) -> tuple[str, ...]:
        """The options and the feedback."""
        return tuple(text for option in self.content(question).options for text in (option.text, option.feedback))

    def differences(self, ours: Question, theirs: Question, other: str) -> Iterator[str]:
        """Another number of options, or else other ticks and conditions."""
        one, two = self.content(ours).options, self.content(theirs).options
        if len(one) != len(two):
            counts = {"count": len(two), "other": other, "other_count": len(one)}
            yield translate("course.parity-options", id=ours.id, **counts)
            return
        if [option.ticked for option in one] != [option.ticked for option in two]:
            yield translate("course.parity-ticks", id=ours.id, other=other)
        if list(map(_condition_of, one)) != list(map(_condition_of, two)):
            yield translate("course.parity-conditions", id=ours.id, other=other)

    def size(self, question: Question) -> int:
        """How many options."""
        return len(self.content(question).options)

    def shown(self, question: Question, seed: int) -> tuple[int, ...]:
        """The options shuffled."""
        return shuffled(question, seed, self.size(question), never_sorted=False)

    def empty(self, question: Question, shown: Sequence[int]) -> Draft:
        """Nothing ticked."""
        return Draft()

    def fits(self, question: Question, draft: Draft) -> bool:
        """Whether only options that exist are ticked."""
        size = self.size(question)
        return not draft.order and not draft.texts and all(0 <= index < size for index in draft.chosen)

    def ready(self, draft: Draft) -> bool:
        """Whether anything is ticked."""
        return bool(draft.chosen)

    def grade(self, question: Question, draft: Draft, facts: Facts | None = None) -> Verdict:
        """Right if the options are chosen that their author ticked, or that the runs bear out."""
        options = self.content(question).options
        if not ChoiceQuestion.fits(self, question, draft):
            msg = "no such option"
            raise ValueError(msg)
        right = right_options(options, facts)
        correct = self.is_right(draft.chosen, right)
        feedback = tuple(
            option.feedback
            for index, option in enumerate(options)
            if option.feedback and index in draft.chosen and (index not in right or correct)
        )
        parts = tuple(correct or (index in draft.chosen) == (index in right) for index in range(len(options)))
        score, notes = (1.0, ()) if correct else self.worth_of_wrong(draft.chosen, right)
        return Verdict(correct, score, feedback, notes, tuple(sorted(right)), parts, nearly=0 < score < 1)

    @staticmethod
    def is_right(chosen: frozenset[int], right: frozenset[int]) -> bool:
        """Whether all of the answer is right."""
        return chosen == right

    @staticmethod
    def worth_of_wrong(chosen: frozenset[int], right: frozenset[int]) -> tuple[float, tuple[str, ...]]:
        """The score of an answer that is not all right, and what is noted about it."""
        return 0.0, ()

    def given(self, draft: Draft) -> Given:
        """The options, in the file's order."""
        return tuple(sorted(draft.chosen))

    def restore(self, question: Question, given: Sequence[int | str]) -> Draft | None:
        """The options that were chosen, if they still exist."""
        draft = Draft(chosen=frozenset(each for each in given if isinstance(each, int)))
        return draft if len(draft.chosen) == len(given) and self.fits(question, draft) else None

    def rows(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> list[AnswerRow]:
        """The options under the numbers by which they are chosen."""
        options = self.content(question).options
        return [
            self._row(options[index], index, str(place), index in draft.chosen, verdict)
            for place, index in enumerate(shown, 1)
        ]

    def _row(self, option: Option, index: int, label: str, chosen: bool, verdict: Verdict | None) -> AnswerRow:
        if verdict is None:
            return AnswerRow(self.row_kind, option.text, label, index, chosen)
        is_right = index in verdict.right_options
        told = chosen or is_right
        feedback = option.feedback if told else ""
        return AnswerRow(self.row_kind, option.text, label, index, chosen, is_right if told else None, feedback)

    def solution(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> Solution:
        """The right options under the numbers that they are shown with."""
        right = verdict.right_options if verdict is not None else ()
        lines = tuple(row for row in self.rows(question, shown, draft, verdict) if row.index in right)
        return Solution(translate("quiz.answer"), lines, marked=True)

    def faults_of_claim(self, question: Question, facts: Facts) -> list[Fault]:
        """Exactly the ticked options must be true of the runs."""
        return [fault for option in self.content(question).options for fault in _faults_of_option(option, facts)]

    def faults_of_facts(self, question: Question, known: Set[str]) -> list[Fault]:
        """Each option needs a condition over known facts."""
        return [fault for option in self.content(question).options for fault in _faults_of_condition(option, known)]

    def margin_of_claim(self, question: Question, facts: Facts) -> Margin:
        """The least margin of an option."""
        return min((_margin_of_option(each, facts) for each in self.content(question).options), default=Margin(-inf))

    def mistakes(self, question: Question, given: Given) -> tuple[Option, ...]:
        """The wrong options that were chosen."""
        options = self.content(question).options
        chosen = (options[each] for each in given if isinstance(each, int) and 0 <= each < len(options))
        return tuple(option for option in chosen if not option.ticked)

    def distractors(self, question: Question) -> tuple[Option, ...]:
        """Every option that is not ticked."""
        return tuple(option for option in self.content(question).options if not option.ticked)


def right_options(options: Sequence[Option], facts: Facts | None) -> frozenset[int]:
    """The options that are right: by the facts of the runs, or by their author's ticks if there are none."""
    whens = [option.when for option in options]
    # A run that lacks a fact (its lab was changed since) decides nothing; then the author's ticks stand.
    if facts is None or any(when is not None and not when.names <= facts.keys() for when in whens):
        whens = [None] * len(options)
    rights = (
        option.ticked if when is None or facts is None else when.holds(facts)
        for option, when in zip(options, whens, strict=True)
    )
    return frozenset(index for index, is_right in enumerate(rights) if is_right)


def _condition_of(option: Option) -> str:
    return option.when.text if option.when is not None else ""


def _margin_of_option(option: Option, facts: Facts) -> Margin:
    if option.when is None or not option.when.names <= facts.keys():
        return Margin(-inf, option.when.text if option.when is not None else "")
    margin = option.when.margin(facts)
    return Margin(margin if option.ticked else -margin, option.when.text)


def _faults_of_condition(option: Option, known: Set[str]) -> list[Fault]:
    if option.when is None:
        return [Fault(option.place, translate("check.no-condition"), translate("check.no-condition-hint"))]
    unknown = min(option.when.names - known, default=None)
    return [] if unknown is None else [unknown_fact(option.place, unknown, known)]


def _faults_of_option(option: Option, facts: Facts) -> list[Fault]:
    condition = option.when
    if condition is None or condition.names - facts.keys():
        return _faults_of_condition(option, facts.keys())
    holds = condition.holds(facts)
    if holds == option.ticked:
        return []
    key = "check.holds-too" if holds else "check.holds-not"
    return [Fault(option.place, translate(key, condition=condition.text))]
