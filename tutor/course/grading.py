"""Whether an answer is right, and what to say to it. Pure: no screen, no memory, no shuffling.

Options are named by their index in the file, so that shuffling them for the learner never changes a verdict.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tutor.course.lesson import Blank, Option, Question, QuestionKind
from tutor.course.questions.numbers import as_fraction, read_number
from tutor.foundation.translate import translate

Facts = Mapping[str, float | bool | str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options ticked, by their index in the file. Of single and multiple choice."""

    options: frozenset[int]


@dataclass(frozen=True, slots=True)
class Ordered:
    """Every option, by its index in the file, in the learner's order."""

    options: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: one text for each blank, or the one number."""

    texts: tuple[str, ...]


Answer = Chosen | Ordered | Typed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth.

    Args:
        correct: Whether all of it is right.
        score: The share that is right, 0 to 1; 1 exactly where ``correct``.
        feedback: Markdown of the author's, for the wrong options chosen, in the file's order.
        notes: Sentences of ours: a typo forgiven, how many lines are in place, the figure that decided.
        right_options: The options that were right to choose, or the true order.
        parts: For each blank or line, whether it was right.
        nearly: Whether it is not right but some of it is: lines, blanks, more right options than wrong ones, a number
            that is near. Decides what is said, never what it is worth.
    """

    correct: bool
    score: float
    feedback: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    right_options: tuple[int, ...] = ()
    parts: tuple[bool, ...] = ()
    nearly: bool = False


def grade(question: Question, answer: Answer, facts: Facts | None = None) -> Verdict:
    """Judge an answer.

    Args:
        question: what was asked.
        answer: of the question's kind.
        facts: of the finished run or runs, where a run settles the question. The run has the last word: an option
            is right where its condition holds, whatever its author ticked.

    Raises:
        ValueError: the answer is not of the question's kind, or names an option that is not there.
    """
    if question.kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE} and isinstance(answer, Chosen):
        return _grade_choice(question, answer, facts)
    if question.kind is QuestionKind.ORDERING and isinstance(answer, Ordered):
        return _grade_order(question, answer)
    if question.kind is QuestionKind.NUMERIC and isinstance(answer, Typed):
        return _grade_number(question, answer, facts)
    if question.kind is QuestionKind.FILL_IN and isinstance(answer, Typed):
        return _grade_blanks(question, answer)
    msg = f"{type(answer).__name__} does not answer a {question.kind} question"
    raise ValueError(msg)


def _right_options(options: tuple[Option, ...], facts: Facts | None) -> frozenset[int]:
    whens = [option.when for option in options]
    # A run that lacks a fact (its lab was changed since) decides nothing; then the author's ticks stand.
    if facts is None or any(when is not None and not when.names <= facts.keys() for when in whens):
        whens = [None] * len(options)
    rights = (
        option.ticked if when is None or facts is None else when.holds(facts)
        for option, when in zip(options, whens, strict=True)
    )
    return frozenset(index for index, is_right in enumerate(rights) if is_right)


def _grade_choice(question: Question, answer: Chosen, facts: Facts | None) -> Verdict:
    if any(not 0 <= index < len(question.options) for index in answer.options):
        msg = "no such option"
        raise ValueError(msg)
    right = _right_options(question.options, facts)
    # Of a single choice one option is chosen; where a run bears out two, either is right.
    single = question.kind is QuestionKind.SINGLE
    correct = (len(answer.options) == 1 and answer.options <= right) if single else answer.options == right
    feedback = tuple(
        option.feedback
        for index, option in enumerate(question.options)
        if option.feedback and index in answer.options and (index not in right or correct)
    )
    parts = tuple(correct or (index in answer.options) == (index in right) for index in range(len(question.options)))
    notes: tuple[str, ...] = ()
    score = float(correct)
    if question.kind is QuestionKind.MULTIPLE and not correct:
        # Each wrong tick takes one right tick away, so that ticking everything is worth nothing.
        found, wrong = len(answer.options & right), len(answer.options - right)
        score = max(0.0, (found - wrong) / len(right)) if right else 0.0
        score = min(score, 0.99)
        key = "course.right-ones-chosen" if not wrong else "course.right-and-wrong-chosen"
        notes = (translate(key, found=found, all=len(right), wrong=wrong),) if found else ()
    return Verdict(correct, score, feedback, notes, tuple(sorted(right)), parts, nearly=0 < score < 1)


def _grade_order(question: Question, answer: Ordered) -> Verdict:
    true_order = tuple(range(len(question.options)))
    if tuple(sorted(answer.options)) != true_order:
        msg = "an ordering names every line once"
        raise ValueError(msg)
    # Lines that read the same may stand for each other.
    texts = [question.options[index].text for index in answer.options]
    parts = tuple(text == option.text for text, option in zip(texts, question.options, strict=True))
    correct = all(parts)
    key = {0: "course.no-line-in-place", 1: "course.one-line-in-place"}.get(sum(parts), "course.lines-in-place")
    notes = () if correct else (translate(key, count=sum(parts), all=len(parts)),)
    score = sum(parts) / len(parts) if parts else 1.0
    return Verdict(correct, score, (), notes, true_order, parts, nearly=any(parts) and not correct)


def _grade_number(question: Question, answer: Typed, facts: Facts | None) -> Verdict:
    expected = question.answer
    if expected is None:
        msg = "a numeric question without an answer"
        raise ValueError(msg)
    typed = read_number(answer.texts[0]) if answer.texts else None
    if typed is None:
        return Verdict(False, 0.0, notes=(translate("course.not-a-number"),), parts=(False,))
    low, high = expected.low, expected.high
    figure = facts.get(question.figure) if facts is not None and question.figure else None
    if isinstance(figure, int | float) and math.isfinite(figure) and not low <= figure <= high:
        # The run has the last word: the author's range reaches out to where the run's figure lies.
        half = (as_fraction(high) - as_fraction(low)) / 2
        low, high = min(low, float(as_fraction(figure) - half)), max(high, float(as_fraction(figure) + half))
    correct = _lies_in(typed, low, high)
    notes: tuple[str, ...] = ()
    if not correct and _lies_in(-typed, low, high):
        notes = (translate("course.sign-is-off"),)
    elif not correct and _is_near(typed, low, high):
        notes = (translate("course.number-is-near"),)
    return Verdict(correct, float(correct), notes=notes, parts=(correct,), nearly=bool(notes))


_NEAR = Fraction(1, 20)
"""How far a number that is near may lie from the range, as a share of the range's nearer end."""


def _is_near(typed: Fraction, low: float, high: float) -> bool:
    """Whether a number lies a little beside a range."""
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


def _grade_blanks(question: Question, answer: Typed) -> Verdict:
    if len(answer.texts) != len(question.blanks):
        msg = "one text for each blank"
        raise ValueError(msg)
    parts, notes = [], []
    for typed, blank in zip(answer.texts, question.blanks, strict=True):
        meant = _meant(typed, blank)
        parts.append(meant is not None)
        if meant is not None and fold(meant) != fold(typed):
            notes.append(translate("course.typo-forgiven", meant=meant))
    correct = all(parts)
    if sum(parts) and not correct:
        key = "course.one-blank-right" if sum(parts) == 1 else "course.blanks-right"
        notes.insert(0, translate(key, count=sum(parts), all=len(parts)))
    score = sum(parts) / len(parts) if parts else 1.0
    return Verdict(correct, score, notes=tuple(notes), parts=tuple(parts), nearly=any(parts) and not correct)


_SHORTEST_TYPO = 6
_HYPHENS = re.compile(r"(?<=[^\W\d_])[\s·・-]+(?=[^\W\d_])")
_QUOTES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("‘’'`\"“”", ""))


def fold(text: str) -> str:
    """``text`` without what does not matter in an answer: case, width, spaces, quotes, hyphens between letters.

    A minus in front of a figure matters and stays.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_QUOTES)
    return "".join(_HYPHENS.sub("", folded).split())


def _meant(typed: str, blank: Blank) -> str | None:
    """The accepted answer that ``typed`` is, or is but for one typo; None where it is none."""
    folded = fold(typed)
    if not folded or len(folded) > 200:
        return None
    for accepted in blank.accepted:
        if fold(accepted) == folded:
            return accepted
    number = read_number(typed)
    if number is not None:
        # 1/2 fills the blank of 0.5; what is a number is never a typo.
        return typed if any(read_number(accepted) == number for accepted in blank.accepted) else None
    for accepted in blank.accepted:
        wanted = fold(accepted)
        is_long_word = wanted.isascii() and wanted.isalpha() and len(wanted) >= _SHORTEST_TYPO
        if is_long_word and is_one_typo(folded, wanted) and not _are_opposites(folded, wanted):
            return accepted
    return None


def _are_opposites(left: str, right: str) -> bool:
    """Whether one letter makes the opposite: typical and atypical, symmetric and asymmetric."""
    return f"a{left}" == right or f"a{right}" == left


def is_one_typo(left: str, right: str) -> bool:
    """Whether one letter changed, added, left out, or two neighbours swapped, make ``left`` into ``right``."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    one, two = left[start:], right[start:]
    if not one or not two:
        return len(one) + len(two) <= 1
    swapped = one[:2] == two[:2][::-1] and one[2:] == two[2:] and len(one) == len(two)
    return one[1:] == two[1:] or one[1:] == two or one == two[1:] or swapped
