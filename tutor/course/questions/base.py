"""What a question type is: how its questions are read, answered, graded and described, independent of any screen.

A type holds no state. It takes a question and a draft of an answer and returns values, which the interfaces typeset and
colour. Indices refer to the lesson file, so shuffling what the learner sees never changes a verdict.
"""

from __future__ import annotations

import math
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Literal, TypeVar

from tutor.course.conditions import Facts, hint_for_name
from tutor.course.lesson import Content, Fault, LabFence, Option, Place, Question
from tutor.course.source import Element, Source
from tutor.foundation.text import narrow
from tutor.foundation.translate import translate

C = TypeVar("C", bound=Content)

Given = tuple[int, ...] | tuple[str, ...]
"""An answer as the learner's memory keeps it: indices or texts."""

_BETWEEN = re.compile(r"[\s,，、;；]+")


def unknown_fact(place: Place, name: str, known: Set[str]) -> Fault:
    """The fault of a condition or a figure that asks for ``name``, which no run reports."""
    return Fault(place, translate("check.unknown-fact", name=name), hint_for_name(name, known))


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished answer. Saved quizzes store its three fields.

    Args:
        chosen: The options that are ticked.
        order: Every option in the learner's order. For pairs, the partner index of each line, or `NO_PARTNER`.
        texts: The text typed into each blank, or a single text for a number.
    """

    chosen: frozenset[int] = frozenset()
    order: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()


NO_PARTNER = -1
"""Stands in `Draft.order` for a line that has no partner yet."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth.

    Args:
        correct: Whether all of it is right.
        score: The fraction that is right, 0 to 1; 1 only if ``correct``.
        feedback: The author's Markdown on the wrong options that were chosen, in the file's order.
        notes: Remarks by the program: a typo that was accepted, how many lines are in place, the figure that decided.
        right_options: The options that were right to choose, or the true order.
        parts: For each option, blank, line or pair, whether it was right.
        nearly: Whether it is not right but some of it is: lines, blanks, more right options than wrong ones, a number
            that is near. It decides what is said, never what the answer is worth.
    """

    correct: bool
    score: float
    feedback: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    right_options: tuple[int, ...] = ()
    parts: tuple[bool, ...] = ()
    nearly: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Margin:
    """How far a claim is from failing. Negative if it fails.

    Args:
        value: Relative to the figures that are compared: 0.1 means a tenth of the larger one.
        condition: The condition that is closest to changing.
    """

    value: float
    condition: str = ""


RowKind = Literal["one", "many", "line", "head", "pair", "partner", "field"]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One thing to tick, order, pair or type, as a value.

    Args:
        kind: ``one`` and ``many`` are options, of which one or several are chosen; a ``line`` is put in order; a
            ``pair`` is given one of the ``partner`` rows; a number is typed into a ``field``; a ``head`` is the title
            of the rows behind it.
        text: Inline Markdown; of a field, what is said beside it.
        label: What the row is called: a number, or the letter of a pair. Empty if it has no name.
        index: In the lesson file.
        chosen: Whether it is part of the learner's answer.
        right: Whether that is right, once there is a verdict; None if there is nothing to say of it.
        feedback: The author's Markdown on it, if it is to be shown.
        partner: Of a pair, the label of the partner that it was given.
    """

    kind: RowKind
    text: str
    label: str = ""
    index: int = 0
    chosen: bool = False
    right: bool | None = None
    feedback: str = ""
    partner: str = ""


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """A text that was typed or should have been, and what it is called; ``own`` is the learner's."""

    name: str
    text: str
    own: bool = False
    right: bool | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """What would have been right.

    Args:
        title: What the lines are, in the interface language.
        lines: The right options, the true order, the pairs.
        typed: What had to be typed.
        marked: Whether the rows of the question show it with their signs, so that a screen need not repeat it.
    """

    title: str = ""
    lines: tuple[AnswerRow, ...] = ()
    typed: tuple[TypedAnswer, ...] = ()
    marked: bool = False


@dataclass
class QuestionParts:
    """What has been found in a question so far.

    Args:
        heading: The question's heading.
        word: What its comment says behind the id, such as ``match``.
        prompt: Its blocks in order with their Markdown, plain lists and tables among them. A type takes its answer
            out of it.
        ticks: The lists with ticks.
        answers: The paragraphs with an answer, and the answer.
        gives_away: Whether something that cannot be read may be the answer: then the question must not be shown.
        draw: The text of its ``draw:`` comment, or None.
        lost_lab: Whether a lab cannot be read, which has been reported.
        unread: Whether what looks like an answer, a hint or an explanation cannot be read, which has been reported.
        is_explained: Whether there has been an answer and its explanation: what follows belongs to another section.
        told_below: Whether text below the answer has already been reported.
    """

    heading: Element
    word: str = ""
    prompt: list[tuple[Element, str]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    explanation: str = ""
    ticks: list[Element] = field(default_factory=list)
    answers: list[tuple[Element, str]] = field(default_factory=list)
    labs: list[LabFence] = field(default_factory=list)
    figure: str = ""
    draw: str | None = None
    gives_away: bool = False
    lost_lab: bool = False
    unread: bool = False
    is_explained: bool = False
    told_below: bool = False

    def take(self, element: Element) -> None:
        """Remove ``element`` from the prompt, because it is the answer."""
        self.prompt = [(each, text) for each, text in self.prompt if each is not element]


class QuestionType(ABC, Generic[C]):
    """A way to answer.

    Subclasses define how an answer is given and graded. This class holds what most types share.
    """

    name: ClassVar[str]
    """Kept in the learner's memory, in exports and in saved quizzes: never renamed."""

    word: ClassVar[str] = ""
    """What an author writes behind the id, if the shape alone does not say that a question is of this type."""

    content_class: type[C]

    interaction: ClassVar[Literal["choose", "arrange", "pair", "type"]]
    """What a front with keys offers."""

    enter_chooses: ClassVar[bool] = False
    """Whether committing first chooses what is in front."""

    not_typed: ClassVar[str] = ""
    """Characters that are never part of a typed answer, so that they stay keys."""

    how: ClassVar[str]
    how_in_lines: ClassVar[str]
    """Translation keys: how it is answered with keys, and with lines of text."""

    not_ready: ClassVar[str]
    not_ready_in_lines: ClassVar[str]
    """Translation keys: what is missing before the answer can be committed."""

    # -- reading a lesson ----------------------------------------------------------------------------------------

    certain: ClassVar[bool] = True
    """Whether its shape is an answer wherever it stands; if not, it is one only if nothing else is."""

    ends_prompt: ClassVar[bool] = True
    """Whether nothing may follow its answer but feedback, hints and the explanation."""

    missing: ClassVar[tuple[str, str]] = ("course.no-answer", "course.no-answer-hint")
    """Translation keys: what is wrong if the question has no answer of this type, and what to do."""

    @abstractmethod
    def recognise(self, parts: QuestionParts) -> Element | None:
        """Return the block whose form makes this a question of this type, or None if there is none."""

    def ambiguous(self, parts: QuestionParts) -> bool:
        """Return whether several blocks have that form, so that it is unclear which one is the answer."""
        return False

    @abstractmethod
    def read(self, source: Source, parts: QuestionParts, answering: Element) -> C | None:
        """Read the answer in ``answering``. Add faults to ``source`` and remove what is not prompt from ``parts``.

        Returns:
            None if it cannot be read.
        """

    @abstractmethod
    def answerable(self, question: Question) -> bool:
        """Whether any answer can be right. A question that is not answerable is never put to a learner."""

    def worth_another_try(self, question: Question) -> bool:
        """Whether a first wrong answer leaves something to think about: of two options, only one is left."""
        return self.interaction == "type" or self.size(question) > 2

    def drawn(self, question: Question, seed: int) -> Question:
        """Return the question with the numbers drawn by ``seed``, or unchanged if it draws none."""
        return question

    def faults_of_draws(self, question: Question) -> Iterator[Fault]:
        """Yield a fault if some draws do not give a valid question."""
        yield from ()

    def texts(self, question: Question) -> tuple[str, ...]:
        """The Markdown in its content, in which links may stand."""
        return ()

    @abstractmethod
    def differences(self, ours: Question, theirs: Question, other: str) -> Iterator[str]:
        """What differs between a question and the same one in another language, a sentence each.

        Args:
            ours: In the first language.
            theirs: The question in the other language; the message is for its author.
            other: The file of ``ours``.
        """

    def content(self, question: Question) -> C:
        """The content of ``question``.

        Raises:
            ValueError: The question is of another type.
        """
        if not isinstance(question.content, self.content_class):
            msg = f"a {question.kind} question is not a {self.name} question"
            raise ValueError(msg)
        return question.content

    def with_names(self, question: Question, others: Callable[[str], Sequence[str]]) -> Question:
        """The question as it also accepts the other names of the terms that answer it.

        Args:
            question: The question.
            others: Everything that the term is called that is called so; nothing if there is no such term.
        """
        return question

    # -- answering -----------------------------------------------------------------------------------------------

    @abstractmethod
    def size(self, question: Question) -> int:
        """How many options, lines, pairs, blanks or numbers there are."""

    @abstractmethod
    def shown(self, question: Question, seed: int) -> tuple[int, ...]:
        """The order in which things are shown, as original indices: the same for the same seed."""

    @abstractmethod
    def empty(self, question: Question, shown: Sequence[int]) -> Draft:
        """The draft that an attempt begins with."""

    @abstractmethod
    def fits(self, question: Question, draft: Draft) -> bool:
        """Whether ``draft``, which may come from a file, can be an answer to ``question``."""

    @abstractmethod
    def ready(self, draft: Draft) -> bool:
        """Whether there is something to commit."""

    def full(self, draft: Draft) -> bool:
        """Whether nothing more can be filled in."""
        return self.ready(draft)

    def choose(self, question: Question, draft: Draft, index: int, place: int = 0) -> Draft:
        """Return the draft after option or partner ``index`` is chosen, with line ``place`` selected."""
        return draft

    @abstractmethod
    def grade(self, question: Question, draft: Draft, facts: Facts | None = None) -> Verdict:
        """Judge an answer.

        Args:
            question: What was asked.
            draft: The answer.
            facts: What the finished runs say, if runs settle the question. They have the last word: an option is
                right if its condition holds, whatever its author ticked.

        Raises:
            ValueError: The answer does not fit the question.
        """

    @abstractmethod
    def given(self, draft: Draft) -> Given:
        """The answer as the memory keeps it."""

    @abstractmethod
    def restore(self, question: Question, given: Sequence[int | str]) -> Draft | None:
        """Return the stored draft, or None if it no longer fits the question."""

    # -- telling -------------------------------------------------------------------------------------------------

    @abstractmethod
    def rows(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> list[AnswerRow]:
        """What there is to tick, order, pair or type below the prompt."""

    def rows_without_attempt(self, question: Question) -> list[AnswerRow]:
        """The same for a reader who cannot answer, such as on a card; their order tells nothing about the answer."""
        shown = tuple(range(self.size(question)))
        return self.rows(question, shown, self.empty(question, shown), None)

    @abstractmethod
    def solution(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> Solution:
        """What would have been right; before the verdict, at most what the learner answered."""

    def note(self, question: Question) -> str:
        """What has to be known before answering, such as how near a number has to be; empty if there is nothing."""
        return ""

    # -- lines of text -------------------------------------------------------------------------------------------

    def steps(self, question: Question) -> tuple[str, ...]:
        """Inline Markdown that asks for each part of the answer, a line each; empty if one line is the answer."""
        return ()

    @abstractmethod
    def read_line(
        self, question: Question, shown: Sequence[int], draft: Draft, line: str, step: int = 0
    ) -> Draft | None:
        """``draft`` with what ``line`` answers to ``step``; None if that is no answer."""

    # -- claims and mistakes -------------------------------------------------------------------------------------

    def faults_of_claim(self, question: Question, facts: Facts) -> list[Fault]:
        """Hold the answer key of a question with labs against the facts of its runs.

        Args:
            question: A question with labs.
            facts: Of all its runs; with several runs, each name begins with the run's name, such as ``a.diverged``.

        Returns:
            One fault for every option or figure that the runs do not bear out, in the file's order.
        """
        return self.faults_of_facts(question, facts.keys())

    def faults_of_facts(self, question: Question, known: Set[str]) -> list[Fault]:
        """Check that a question with labs asks for facts that its runs report.

        Args:
            question: A question with labs.
            known: The names of the facts that its runs report, or may report.

        Returns:
            One fault for every option or figure that no run could decide.
        """
        message = translate("check.not-predictable", kind=self.name)
        return [Fault(question.place, message, translate("check.not-predictable-hint"))]

    def margin_of_claim(self, question: Question, facts: Facts) -> Margin:
        """Return how far the answer key of a question with labs is from failing; see `faults_of_claim`.

        If a fact is missing, the key fails by an infinite margin.
        """
        return Margin(-math.inf)

    def mistakes(self, question: Question, given: Given) -> tuple[Option, ...]:
        """Return what a wrong, stored answer confused: wrong options, or wrong pairs in the form of options."""
        return ()

    def distractors(self, question: Question) -> tuple[Option, ...]:
        """Return the wrong options written by the author. Each of them should attract some learners."""
        return ()


def shuffled(question: Question, seed: int, count: int, *, never_sorted: bool) -> tuple[int, ...]:
    """Return the numbers below ``count`` in an order that depends only on the seed and the question.

    Args:
        question: Its id and the seed decide the order.
        seed: The same seed gives the same order.
        count: The number of items.
        never_sorted: Whether the order of the file is the answer, so that the result must differ from it.
    """
    order = list(range(count))
    random.Random(f"{seed} {question.id}").shuffle(order)  # noqa: S311 - a shuffle, not a secret
    if never_sorted and count > 1 and order == sorted(order):
        order = order[1:] + order[:1]
    return tuple(order)


def places_in(line: str, count: int) -> list[int] | None:
    """Return the numbers from 1 to ``count`` in a line as indices from 0, or None if it contains anything else."""
    line = narrow(line)
    words = [word.rstrip(".。") for word in _BETWEEN.split(line.strip()) if word.strip(".。")]
    if len(words) == 1 and count < 10 and words[0].isascii() and words[0].isdigit():
        words = list(words[0])  # 312 is 3 1 2 if no option has two figures
    if not words or not all(word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= count for word in words):
        return None
    return [int(word) - 1 for word in words]
