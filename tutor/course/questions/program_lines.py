"""The lines of a program to put in order, among them some that do not belong.

No author writes such a question: `tutor.course.exercises.line_order` makes it of an exercise. A divider stands among
the lines. What is below it is left out, and there the order does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from tutor.course.conditions import Facts
from tutor.course.lesson import Options, Question
from tutor.course.questions.base import AnswerRow, Draft, QuestionParts, Solution, Verdict, places_in, shuffled
from tutor.course.questions.ordering import Ordering
from tutor.course.source import Element
from tutor.foundation.translate import translate

_DIVIDER = "—"
"""Stands where the other lines have their numbers."""


@dataclass(frozen=True, slots=True)
class ProgramLines(Options):
    """The lines of a program in order, then the divider, then lines that do not belong, with feedback.

    Args:
        count: How many lines the program has; the divider has this index.
        exchangeable: Pairs of lines, the smaller index first, that may stand in either order.
    """

    count: int
    exchangeable: frozenset[tuple[int, int]]


class LineOrdering(Ordering):
    """An ordering in which some lines are left out, and lines that do not depend on each other may change places."""

    name = "program-lines"
    how, how_in_lines = "quiz.put-program-in-order", "ask.put-program-in-order"
    not_ready_in_lines = "ask.some-lines"

    def recognise(self, parts: QuestionParts) -> Element | None:
        """Nothing: no author writes one."""
        return None

    def shown(self, question: Question, seed: int) -> tuple[int, ...]:
        """The lines shuffled, with the divider at the end, so that nothing is left out yet."""
        divider = _lines(question).count
        others = [index for index in range(self.size(question)) if index != divider]
        order = shuffled(question, seed, len(others), never_sorted=True)
        return (*(others[place] for place in order), divider)

    def grade(self, question: Question, draft: Draft, facts: Facts | None = None) -> Verdict:
        """Right if exactly the lines of the program stand above the divider, in an order in which it does the same.

        Lines that read the same may stand for each other.
        """
        if not self.fits(question, draft):
            msg = "an ordering names every line once"
            raise ValueError(msg)
        lines = _lines(question)
        order = _renamed(lines, draft.order)
        above = order[: order.index(lines.count)]
        correct = sorted(above) == list(range(lines.count)) and all(
            before < after or (after, before) in lines.exchangeable for before, after in combinations(above, 2)
        )
        parts = tuple(
            correct or (index == place if place <= lines.count else index > lines.count)
            for place, index in enumerate(order)
        )
        stray = [index for index in above if index > lines.count]
        feedback = tuple(lines.options[index].feedback for index in stray)
        in_place = sum(parts[: lines.count])
        key = {0: "course.no-line-in-place", 1: "course.one-line-in-place"}.get(in_place, "course.lines-in-place")
        notes = () if correct else (translate(key, count=in_place, all=lines.count),)
        if stray:
            notes = (*notes, translate("course.stray-lines", count=len(stray)))
        score = 1.0 if correct else min(in_place / lines.count, 1 - 1 / len(parts))
        return Verdict(correct, score, feedback, notes, tuple(range(lines.count)), parts, in_place > 0 and not correct)

    def rows(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> list[AnswerRow]:
        """The lines in the learner's order. A line that does not belong has its feedback once there is a verdict."""
        lines = _lines(question)
        rows = super().rows(question, shown, draft, verdict)
        cut = draft.order.index(lines.count)
        for place, row in enumerate(rows):
            if row.index == lines.count:
                rows[place] = replace(row, label=_DIVIDER)
            elif verdict is not None and place < cut and row.index > lines.count:
                rows[place] = replace(row, chosen=True, feedback=lines.options[row.index].feedback)
        return rows

    def rows_without_attempt(self, question: Question) -> list[AnswerRow]:
        """The lines by their letters, without the divider."""
        lines = _lines(question)
        texts = sorted(option.text for index, option in enumerate(lines.options) if index != lines.count)
        return [AnswerRow("line", text, "•") for text in texts]

    def solution(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> Solution:
        """The lines of the program in their order."""
        lines = _lines(question)
        rows = [
            AnswerRow("line", option.text, str(index + 1), index)
            for index, option in enumerate(lines.options[: lines.count])
        ]
        return Solution(translate("quiz.true-order"), tuple(rows))

    def read_line(
        self, question: Question, shown: Sequence[int], draft: Draft, line: str, step: int = 0
    ) -> Draft | None:
        """The numbers of the lines that belong, in their order; the others are left out."""
        places = places_in(line, len(shown))
        if places is None or len(set(places)) < len(places):
            return None
        divider = _lines(question).count
        chosen = [shown[place] for place in places]
        above = chosen[: chosen.index(divider)] if divider in chosen else chosen
        rest = [index for index in shown if index not in above and index != divider]
        return Draft(order=(*above, divider, *rest))


def _renamed(lines: ProgramLines, order: Sequence[int]) -> list[int]:
    """Return an order in which lines that read the same come in the order of the program, the first one first."""
    left: dict[str, list[int]] = {}
    for index, option in enumerate(lines.options):
        left.setdefault(option.text, []).append(index)
    return [left[lines.options[index].text].pop(0) for index in order]


def _lines(question: Question) -> ProgramLines:
    if not isinstance(question.content, ProgramLines):
        msg = f"a {question.kind} question is not a {LineOrdering.name} question"
        raise ValueError(msg)
    return question.content


PROGRAM_LINES = LineOrdering()
