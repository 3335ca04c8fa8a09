"""One attempt at one question: an answer in the making, hints, and then the lock. Pure: no memory, no clock."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from tutor.course.conditions import Facts
from tutor.course.lesson import Question
from tutor.course.questions import question_type
from tutor.course.questions.base import Draft, Given, QuestionType, Verdict
from tutor.course.questions.typed import LONGEST_TEXT
from tutor.foundation.translate import translate


class Stage(StrEnum):
    """How far an attempt is."""

    OPEN = "open"
    WAITING = "waiting"
    """Committed; a run will settle it."""
    SETTLED = "settled"
    UNCOUNTED = "uncounted"
    """Committed, but its run could not be had."""


def facts_needed(question: Question) -> frozenset[str]:
    """The facts of its runs that a prediction hangs on, by name."""
    named = [option.when.names for option in question.options if option.when is not None]
    return frozenset({question.figure} if question.figure else ()).union(*named)


class Attempt:
    """One attempt at a question.

    Args:
        question: The question.
        seed: Decides the order in which options are shown, and the numbers that are drawn.
    """

    def __init__(self, question: Question, seed: int = 0) -> None:
        self.type: QuestionType[Any] = question_type(question.kind)
        self.question = question = self.type.drawn(question, seed)
        self.seed = seed
        self.shown = self.type.shown(question, seed)
        """Original indices of what is shuffled, in the order that is shown (of an ordering: at the start)."""
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
        self._draft = self.type.empty(question, self.shown)
        self._history: list[Draft] = []
        self._typing_in: int | None = None

    # -- what is shown -----------------------------------------------------------------------------------

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
        return not self.locked and self.type.ready(self._draft)

    @property
    def can_undo(self) -> bool:
        """Whether `undo` would change anything."""
        return bool(self._history) and not self.locked

    def retell(self, question: Question) -> bool:
        """Go on with the same question in another language; False where the two are not alike."""
        old = self.question
        alike = (question.id, question.kind) == (old.id, old.kind)
        if not alike or self.type.size(question) != self.type.size(old):
            return False
        self.question = question = self.type.drawn(question, self.seed)
        self.hints_shown = min(self.hints_shown, len(question.hints))
        if self.stage is Stage.SETTLED:
            self._settle(self.facts)
        return True

    # -- answering ---------------------------------------------------------------------------------------

    def choose(self, index: int, place: int = 0) -> bool:
        """Choose an option or a partner by original index: what that does is up to the question's type.

        Args:
            index: The only option of a single choice, one to turn on and off of a multiple one, or a partner.
            place: The line that is given the partner.

        Returns:
            Whether anything changed. Nothing does once the answer is locked or if there is no such option.
        """
        return self._change(self.type.choose(self.question, self._draft, index, place))

    def move(self, place: int, to: int) -> bool:
        """Take the line at ``place`` of the learner's order out and put it in at ``to``; whether anything changed."""
        order = list(self._draft.order)
        if self.type.interaction != "arrange" or not (0 <= place < len(order) and 0 <= to < len(order)):
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
        if not self.type.fits(self.question, draft):
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
        self._draft = self.type.empty(self.question, self.shown)
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

    def given(self) -> Given:
        """The answer in the form that is remembered: original indices, or texts."""
        return self.type.given(self._draft)

    def _settle(self, facts: Facts | None) -> None:
        self.facts = facts
        self.verdict = self.type.grade(self.question, self._draft, facts)
        if self.given_up:
            self.verdict = replace(self.verdict, correct=False, score=0.0, notes=())
        self.stage = Stage.SETTLED

    def _change(self, draft: Draft) -> bool:
        if self.locked or draft == self._draft:
            return False
        self._history.append(self._draft)
        self._draft = draft
        self._typing_in = None
        return True
