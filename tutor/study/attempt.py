"""One attempt at one question: ticking, ordering, typing, hints, and then the lock. Pure: no memory, no clock."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tutor.course.grading import Answer, Chosen, Ordered, Typed, Verdict, grade
from tutor.course.lesson import Question, QuestionKind
from tutor.course.questions.numbers import read_number
from tutor.foundation.translate import translate

Fact = float | bool | str
Facts = Mapping[str, Fact]
"""What a finished run says: see `RunSummary.facts`."""


class Stage(StrEnum):
    """How far an attempt is."""

    OPEN = "open"
    WAITING = "waiting"
    """Committed; a run will settle it."""
    SETTLED = "settled"
    UNCOUNTED = "uncounted"
    """Committed, but its run could not be had."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer in the making. Indices are those of the lesson file, whatever order is shown.

    Args:
        chosen: Options ticked.
        order: All options in the learner's order (of an ordering question).
        texts: What was typed in each blank; one text for a number.
    """

    chosen: frozenset[int] = frozenset()
    order: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()


LONGEST_TEXT = 200
"""Characters that a blank or a number takes."""


def shown_order(question: Question, seed: int) -> tuple[int, ...]:
    """The options of ``question`` shuffled: the same for the same seed, another one for the next attempt.

    An ordering question never starts out solved.
    """
    order = list(range(len(question.options)))
    generator = random.Random(f"{seed} {question.id}")  # noqa: S311 - a shuffle, not a secret
    generator.shuffle(order)
    if question.kind is QuestionKind.ORDERING and len(order) > 1 and order == sorted(order):
        order = order[1:] + order[:1]
    return tuple(order)


def facts_needed(question: Question) -> frozenset[str]:
    """The facts of its runs that a prediction hangs on, by name."""
    named = [option.when.names for option in question.options if option.when is not None]
    return frozenset({question.figure} if question.figure else ()).union(*named)


class Attempt:
    """One attempt at a question.

    Args:
        question: The question.
        seed: Decides the order in which options are shown.
    """

    def __init__(self, question: Question, seed: int = 0) -> None:
        self.question = question
        self.seed = seed
        self.shown = shown_order(question, seed)
        """Original indices of the options in the order they are shown (of an ordering: at the start)."""
        self.stage = Stage.OPEN
        self.verdict: Verdict | None = None
        self.facts: Facts | None = None
        self.reason = ""
        """Why the run could not be had, where it could not."""
        self.hints_shown = 0
        self.unsure = False
        self.confidence: float | None = None
        """What the learner gives for being right, from 0.5 to 1; None where it was not asked or not told."""
        self.given_up = False
        """Whether the answer was asked for instead of given; it counts as not known."""
        self._draft = self._empty_draft()
        self._history: list[Draft] = []
        self._typing_in: int | None = None

    # -- what is shown -----------------------------------------------------------------------------------

    @property
    def kind(self) -> QuestionKind:
        """The question's kind."""
        return self.question.kind

    @property
    def draft(self) -> Draft:
        """The answer as it stands."""
        return self._draft

    @property
    def locked(self) -> bool:
        """Whether the answer is committed and cannot be changed any more."""
        return self.stage is not Stage.OPEN

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints shown so far."""
        return self.question.hints[: self.hints_shown]

    @property
    def hints_left(self) -> int:
        """How many hints there still are."""
        return len(self.question.hints) - self.hints_shown

    @property
    def ready(self) -> bool:
        """Whether there is something to commit: a number must be one, and of several blanks one is enough."""
        if self.locked:
            return False
        if self.kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}:
            return bool(self._draft.chosen)
        if self.kind is QuestionKind.NUMERIC:
            return read_number(self._draft.texts[0]) is not None
        return self.kind is QuestionKind.ORDERING or any(text.strip() for text in self._draft.texts)

    @property
    def can_undo(self) -> bool:
        """Whether `undo` would change anything."""
        return bool(self._history) and not self.locked

    def retell(self, question: Question) -> bool:
        """Go on with the same question in another language; False where the two are not alike."""
        old = self.question
        alike = (question.id, question.kind) == (old.id, old.kind)
        if not alike or (len(question.options), len(question.blanks)) != (len(old.options), len(old.blanks)):
            return False
        self.question = question
        self.hints_shown = min(self.hints_shown, len(question.hints))
        if self.stage is Stage.SETTLED:
            self._settle(self.facts)
        return True

    # -- answering ---------------------------------------------------------------------------------------

    def choose(self, index: int) -> bool:
        """Tick an option by original index: the only one of a single choice, on and off of a multiple one.

        Returns:
            Whether anything changed. Nothing does once the answer is locked or where there is no such option.
        """
        if not 0 <= index < len(self.question.options):
            return False
        if self.kind is QuestionKind.SINGLE:
            return self._change(replace(self._draft, chosen=frozenset({index})))
        if self.kind is QuestionKind.MULTIPLE:
            return self._change(replace(self._draft, chosen=self._draft.chosen ^ {index}))
        return False

    def move(self, place: int, to: int) -> bool:
        """Take the line at ``place`` of the learner's order out and put it in at ``to``; whether anything changed."""
        order = list(self._draft.order)
        if not (0 <= place < len(order) and 0 <= to < len(order)):
            return False
        order.insert(to, order.pop(place))
        return self._change(replace(self._draft, order=tuple(order)))

    def write(self, text: str, blank: int = 0) -> bool:
        """Replace the text of a blank, or of the number; whether anything changed.

        What is typed in one go is undone in one go.
        """
        texts = list(self._draft.texts)
        if not 0 <= blank < len(texts):
            return False
        texts[blank] = text[:LONGEST_TEXT]
        draft = replace(self._draft, texts=tuple(texts))
        if self._typing_in == blank and not self.locked:
            changed = draft != self._draft
            self._draft = draft
            return changed
        changed = self._change(draft)
        self._typing_in = blank if changed else None
        return changed

    def put(self, draft: Draft) -> bool:
        """Replace the whole answer by one made before; False where it does not fit the question."""
        if not self._fits(draft):
            return False
        self._change(draft)
        return True

    def undo(self) -> bool:
        """Take the last change back; whether there was one. Never after the lock."""
        if not self.can_undo:
            return False
        self._draft = self._history.pop()
        self._typing_in = None
        return True

    def hint(self) -> bool:
        """Show one more hint; whether there was one. Never after the lock."""
        if self.locked or not self.hints_left:
            return False
        self.hints_shown += 1
        return True

    # -- the lock ----------------------------------------------------------------------------------------

    def commit(self) -> bool:
        """Lock the answer; whether it could be. The verdict is there at once, but for a prediction."""
        if not self.ready:
            return False
        if self.question.predicts:
            self.stage = Stage.WAITING
        else:
            self._settle(None)
        return True

    def give_up(self) -> bool:
        """Ask for the answer: it counts as not known. Never of a prediction, which one can always venture."""
        if self.locked or self.question.predicts:
            return False
        self._draft = self._empty_draft()
        self.given_up = True
        self._settle(None)
        return True

    def settle(self, facts: Facts | None) -> bool:
        """Let a finished run decide, or the answer key where None; whether it was waited for.

        A run that does not tell what the question hangs on cannot decide it: then it is not counted.
        """
        if self.stage is not Stage.WAITING:
            return False
        missing = sorted(facts_needed(self.question) - facts.keys()) if facts is not None else []
        if missing:
            return self.cannot_run(translate("study.facts-missing", names=", ".join(missing)))
        self._settle(facts)
        return True

    def cannot_run(self, reason: str) -> bool:
        """The run cannot be had: the prediction is not counted. Whether it was waited for."""
        if self.stage is not Stage.WAITING:
            return False
        self.stage = Stage.UNCOUNTED
        self.reason = reason
        return True

    def given(self) -> tuple[int, ...] | tuple[str, ...]:
        """The answer in the form that is remembered: original indices, or texts."""
        if self.kind is QuestionKind.ORDERING:
            return self._draft.order
        return tuple(sorted(self._draft.chosen)) or self._draft.texts

    def answer(self) -> Answer:
        """The answer in the form that is graded."""
        if self.kind is QuestionKind.ORDERING:
            return Ordered(self._draft.order)
        if self.kind in {QuestionKind.FILL_IN, QuestionKind.NUMERIC}:
            return Typed(self._draft.texts)
        return Chosen(self._draft.chosen)

    def _settle(self, facts: Facts | None) -> None:
        self.facts = facts
        self.verdict = grade(self.question, self.answer(), facts)
        if self.given_up:
            self.verdict = replace(self.verdict, correct=False, score=0.0, notes=())
        self.stage = Stage.SETTLED

    def _empty_draft(self) -> Draft:
        if self.kind is QuestionKind.ORDERING:
            return Draft(order=self.shown)
        if self.kind is QuestionKind.FILL_IN:
            return Draft(texts=("",) * len(self.question.blanks))
        return Draft(texts=("",)) if self.kind is QuestionKind.NUMERIC else Draft()

    def _fits(self, draft: Draft) -> bool:
        empty = self._empty_draft()
        most = {QuestionKind.SINGLE: 1, QuestionKind.MULTIPLE: len(self.question.options)}.get(self.kind, 0)
        return (
            len(draft.chosen) <= most
            and all(0 <= index < len(self.question.options) for index in draft.chosen)
            and sorted(draft.order) == sorted(empty.order)
            and len(draft.texts) == len(empty.texts)
            and all(len(text) <= LONGEST_TEXT for text in draft.texts)
        )

    def _change(self, draft: Draft) -> bool:
        if self.locked or draft == self._draft:
            return False
        self._history.append(self._draft)
        self._draft = draft
        self._typing_in = None
        return True
