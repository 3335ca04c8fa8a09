"""A number: ``**Answer:** 0.72 ± 0.01``, a range, or one exact value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction

from tutor.course.conditions import Facts
from tutor.course.lesson import Content, Fault, Question
from tutor.course.questions.base import (
    AnswerRow,
    Draft,
    Margin,
    QuestionParts,
    Solution,
    TypedAnswer,
    Verdict,
    unknown_fact,
)
from tutor.course.questions.drawing import (
    DrawError,
    Drawing,
    Values,
    filled,
    is_finite,
    names_in,
    read_drawing,
    said,
)
from tutor.course.questions.numbers import as_fraction, read_number
from tutor.course.questions.typed import TypedQuestion
from tutor.course.source import Element, Source
from tutor.foundation.translate import translate

_TOLERANCES = ("±", "+/-", "+-")
_RANGES = ("...", "..", "…")
_PERCENT = ("%", "％")
_LONGEST_ANSWER = 80
"""Characters that are quoted of an answer that cannot be read."""

_MOST_DRAWS = 2_000
"""So many draws a check tries; most questions have fewer."""

_NEAR = Fraction(1, 20)
"""How far a number that is near may lie from the range, as a share of the range's nearer end."""


@dataclass(frozen=True, slots=True)
class Template:
    """A question before its numbers are drawn: its texts, with ``{a}`` for the value of a."""

    drawing: Drawing
    answer: str
    prompt: str
    hints: tuple[str, ...]
    explanation: str
    decimal: str
    """The decimal mark of its language."""

    def filled(self, text: str, values: Values) -> str:
        """``text`` with the values of a draw."""
        return filled(text, values, self.decimal)

    def put(self, question: Question, values: Values, limits: tuple[float, float]) -> Question:
        """``question`` with the values of a draw, and the range of its answer."""
        return replace(
            question,
            prompt=self.filled(self.prompt, values),
            hints=tuple(self.filled(hint, values) for hint in self.hints),
            explanation=self.filled(self.explanation, values),
            content=NumericAnswer(*limits, self.filled(self.answer, values), self),
        )

    def limits(self, values: Values) -> tuple[float, float] | None:
        """The range of the answer; None if this draw makes no question."""
        return _finite_limits(self.filled(self.answer, values), self.decimal) if is_finite(values) else None


@dataclass(frozen=True, slots=True)
class NumericAnswer(Content):
    """A number from `low` to `high`, both included; `shown` is the number as the author wrote it.

    `template` is set if numbers are drawn. Then the other fields belong to one draw.
    """

    low: float
    high: float
    shown: str
    template: Template | None = None


class Numeric(TypedQuestion[NumericAnswer]):
    """A number that lies in the author's range."""

    name = "numeric"
    content_class = NumericAnswer
    how, how_in_lines = "quiz.type-number", "quiz.type-number"
    not_ready, not_ready_in_lines = "quiz.number-first", "quiz.number-first"
    not_typed = "?"

    def recognise(self, parts: QuestionParts) -> Element | None:
        """The first paragraph that is named an answer."""
        return parts.answers[0][0] if parts.answers else None

    def ambiguous(self, parts: QuestionParts) -> bool:
        """Whether there are two answers."""
        return len(parts.answers) > 1

    def read(self, source: Source, parts: QuestionParts, answering: Element) -> NumericAnswer | None:
        """The range; what stands before it in its paragraph belongs to the prompt."""
        if parts.draw is not None:
            return _read_drawn(source, parts)
        return read_numeric_answer(source, *parts.answers[0])

    def drawn(self, question: Question, seed: int) -> Question:
        """The question with the numbers that ``seed`` draws, skipping draws that make no question."""
        template = self.content(question).template
        if template is None:
            return question
        draws = template.drawing.draws(f"{seed} {question.id}")
        found = next(((values, limits) for values in draws if (limits := template.limits(values)) is not None), None)
        return template.put(question, *found) if found is not None else question

    def faults_of_draws(self, question: Question) -> Iterator[Fault]:
        """The first draw without a finite answer in an accepted form."""
        template = self.content(question).template
        for values in template.drawing.many(_MOST_DRAWS) if template is not None else ():
            if template is not None and template.limits(values) is None:
                message = translate("course.draw-fails", values=said(values))
                yield Fault(question.place, message, translate("course.draw-fails-hint"))
                return

    def answerable(self, question: Question) -> bool:
        """Always, once the range could be read."""
        return True

    def differences(self, ours: Question, theirs: Question, other: str) -> Iterator[str]:
        """Another range, or another figure of the run."""
        one, two = self.content(ours), self.content(theirs)
        drawn = [each.template and (each.template.drawing.text, each.template.answer) for each in (one, two)]
        limits = [(one.low, one.high), (two.low, two.high)] if drawn == [None, None] else drawn
        if limits[0] != limits[1] or ours.figure != theirs.figure:
            yield translate("course.parity-answer", id=ours.id, other=other)

    def size(self, question: Question) -> int:
        """One number."""
        return 1

    def ready(self, draft: Draft) -> bool:
        """Whether what is typed is a number."""
        return read_number(draft.texts[0]) is not None

    def grade(self, question: Question, draft: Draft, facts: Facts | None = None) -> Verdict:
        """Right if the number lies in the range, which reaches out to the run's figure if there is one."""
        expected = self.content(question)
        if len(draft.texts) != 1:
            msg = "one text answers a number"
            raise ValueError(msg)
        typed = read_number(draft.texts[0])
        if typed is None:
            return Verdict(False, 0.0, notes=(translate("course.not-a-number"),), parts=(False,))
        low, high = expected.low, expected.high
        figure = facts.get(question.figure) if facts is not None and question.figure else None
        if isinstance(figure, int | float) and math.isfinite(figure) and not low <= figure <= high:
            half = (as_fraction(high) - as_fraction(low)) / 2
            low, high = min(low, float(as_fraction(figure) - half)), max(high, float(as_fraction(figure) + half))
        correct = _lies_in(typed, low, high)
        notes: tuple[str, ...] = ()
        if not correct and _lies_in(-typed, low, high):
            notes = (translate("course.sign-is-off"),)
        elif not correct and _is_near(typed, low, high):
            notes = (translate("course.number-is-near"),)
        return Verdict(correct, float(correct), notes=notes, parts=(correct,), nearly=bool(notes))

    def rows(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> list[AnswerRow]:
        """The field to type in, until there is a verdict."""
        return [] if verdict is not None else [AnswerRow("field", self.note(question))]

    def solution(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> Solution:
        """The learner's number, and the author's once there is a verdict."""
        is_right = None if verdict is None else verdict.correct
        own = TypedAnswer(translate("quiz.your-answer"), draft.texts[0], own=True, right=is_right)
        if verdict is None:
            return Solution(typed=(own,))
        shown_answer = self.content(question).shown.replace("-", "−")
        return Solution(typed=(own, TypedAnswer(translate("quiz.answer"), shown_answer)))

    def note(self, question: Question) -> str:
        """How near the number has to be."""
        answer = self.content(question)
        half = (answer.high - answer.low) / 2
        return translate("quiz.within", half=f"{half:.3g}") if half else translate("quiz.exactly")

    def faults_of_claim(self, question: Question, facts: Facts) -> list[Fault]:
        """The run's figure must lie in the range."""
        value = facts.get(question.figure)
        if not isinstance(value, int | float):
            return self.faults_of_facts(question, {name for name, each in facts.items() if not isinstance(each, str)})
        answer = self.content(question)
        if answer.low <= value <= answer.high:
            return []
        said = {"answer": answer.shown, "figure": question.figure, "value": f"{value:.6g}"}
        return [Fault(question.place, translate("check.figure-off", **said))]

    def faults_of_facts(self, question: Question, known: Set[str]) -> list[Fault]:
        """Its figure must be one of the facts."""
        if not question.figure:
            return [Fault(question.place, translate("check.no-figure"), translate("check.no-figure-hint"))]
        return [] if question.figure in known else [unknown_fact(question.place, question.figure, known)]

    def margin_of_claim(self, question: Question, facts: Facts) -> Margin:
        """How far the run's figure lies inside the range."""
        value, answer = facts.get(question.figure), self.content(question)
        if not isinstance(value, int | float) or not math.isfinite(value):
            return Margin(-math.inf, question.figure)
        size = max(abs(value), abs(answer.low), abs(answer.high), 1e-12)
        return Margin(min(value - answer.low, answer.high - value) / size, question.figure)


NUMERIC = Numeric()


def read_numeric_answer(source: Source, element: Element, text: str) -> NumericAnswer | None:
    """``0.72 ± 0.01``, ``0.71..0.73`` or one exact number; None and a fault for anything else."""
    text = text.strip().rstrip(".。").strip() if not text.strip().endswith("..") else text.strip()
    limits = _finite_limits(text, source.words.decimal)
    if limits is None:
        quoted = text if len(text) <= _LONGEST_ANSWER else f"{text[:_LONGEST_ANSWER]}…"
        message = translate("course.bad-answer", answer=quoted)
        source.fault(source.place(element.start), message, translate("course.bad-answer-hint"))
        return None
    return NumericAnswer(limits[0], limits[1], text)


def _read_drawn(source: Source, parts: QuestionParts) -> NumericAnswer | None:
    """An answer in which numbers are drawn, with those of the first draw; None and a fault if there is none."""
    element, answer = parts.answers[0]
    place = source.find(parts.heading.start, len(source.lines), "draw")
    try:
        drawing = read_drawing(parts.draw or "")
    except DrawError as error:
        source.fault(place, str(error), translate("course.draw-hint"))
        return None
    prompt = "\n\n".join(text for _, text in parts.prompt)
    if hidden := [each.name for each in drawing.ranges if each.name not in names_in(prompt)]:
        source.fault(place, translate("course.draw-not-shown", name=hidden[0]))
    template = Template(
        drawing, answer.rstrip(".。 "), prompt, tuple(parts.hints), parts.explanation, source.words.decimal
    )  # fmt: skip
    draws = drawing.draws("")
    limits = next((found for values in draws if (found := template.limits(values)) is not None), None)
    if limits is None:
        message = translate("course.draw-fails", values=said(drawing.values(0)))
        source.fault(source.place(element.start), message, translate("course.draw-fails-hint"))
        return None
    return NumericAnswer(*limits, template.answer, template)


def _finite_limits(text: str, decimal: str) -> tuple[float, float] | None:
    """Return the range that ``text`` describes, or None if it is not a range of finite numbers."""
    try:
        limits = _limits(text, decimal)
    except OverflowError:  # a number that is exact, but too large to be a float
        return None
    if limits is None or not all(math.isfinite(limit) for limit in limits) or limits[0] > limits[1]:
        return None
    return limits


def _limits(text: str, decimal: str) -> tuple[float, float] | None:
    if apart := _apart(text, _TOLERANCES):
        if apart[1].endswith(_PERCENT) and not apart[0].endswith(_PERCENT):
            return None  # 50 ± 10 % may mean 5 or 0.1
        middle, half = (read_number(each, decimal) for each in apart)
        if middle is None or half is None or half < 0:
            return None
        return float(middle - half), float(middle + half)
    if apart := _apart(text, _RANGES):
        low, high = (read_number(each, decimal) for each in apart)
        return None if low is None or high is None else (float(low), float(high))
    exact = read_number(text, decimal)
    return None if exact is None else (float(exact), float(exact))


def _apart(text: str, signs: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the text before and after the first of ``signs`` in ``text``, or None if there is none."""
    for sign in signs:
        before, found, behind = text.partition(sign)
        if found:
            return before.strip(), behind.strip()
    return None


def _is_near(typed: Fraction, low: float, high: float) -> bool:
    """Return whether a number lies just outside a range."""
    end = min((as_fraction(low), as_fraction(high)), key=lambda each: abs(each - typed))
    return abs(end - typed) <= _NEAR * abs(end)


def _lies_in(typed: Fraction, low: float, high: float) -> bool:
    """Whether a number lies in a range, by the decimals of its ends, or is an end that no float is, such as 1/3."""
    if as_fraction(low) <= typed <= as_fraction(high):
        return True
    try:
        return float(typed) in {low, high}
    except OverflowError:
        return False
