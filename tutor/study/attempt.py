"""One attempt at one question: a draft of an answer, hints, perhaps a miss, then the locked answer and its verdict.

It reads no clock and stores nothing. `attempt_state` and `restore_attempt` turn it into JSON values and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeGuard

from tutor.course.conditions import Facts
from tutor.course.lesson import Question
from tutor.course.questions import question_type
from tutor.course.questions.base import AnswerRow, Draft, Given, QuestionType, Verdict
from tutor.course.questions.typed import LONGEST_TEXT
from tutor.foundation.translate import translate


class Stage(StrEnum):
    """How far an attempt has come."""

    OPEN = "open"
    WAITING = "waiting"
    """Committed; a run will decide whether it is right."""
    DEFERRED = "deferred"
    """Committed; the end of the lesson tells whether it is right."""
    SETTLED = "settled"
    UNCOUNTED = "uncounted"
    """Committed, but its run is not available."""


def facts_needed(question: Question) -> frozenset[str]:
    """The facts of a run that the grading of a prediction needs."""
    in_options = [option.when.names for option in question.options if option.when is not None]
    return frozenset({question.figure} if question.figure else ()).union(*in_options)


TRIES = 2
"""How often the learner may answer where a wrong answer is no test of memory: in lessons and quizzes."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A wrong answer after which there is another try."""

    draft: Draft
    verdict: Verdict


class Attempt:
    """One attempt at a question.

    Args:
        question: The question.
        seed: Decides the order in which options are shown, and the numbers that are drawn.
        tries: How often the learner may answer. A prediction has one try, because its run decides, and so has a
            question whose answer is plain after a miss.
        hints: Whether the learner can have hints.
    """

    def __init__(self, question: Question, seed: int = 0, *, tries: int = 1, hints: bool = True) -> None:
        self.type: QuestionType[Any] = question_type(question.kind)
        self.seed = seed
        self._with_hints = hints
        self.question = question = self._drawn(question)
        self.tries = tries if self.type.worth_another_try(question) and not question.predicts else 1
        self.missed: Miss | None = None
        """The wrong answer before, if there is another try or was one."""
        self.shown = self.type.shown(question, seed)
        """The options as indices in the lesson file, in the order in which they are shown first."""
        self.stage = Stage.OPEN
        self.verdict: Verdict | None = None
        self.facts: Facts | None = None
        self.reason = ""
        """Why the run is not available; empty if it is."""
        self.hints_shown = 0
        self.unsure = False
        self.confidence: float | None = None
        """How probable the learner thinks it is to be right, from 0.5 to 1; None if not asked or not answered."""
        self.deferred = False
        """Whether the verdict waits for the end of the lesson, because the lesson opens with the question."""
        self.waits_with = ""
        """The translation key of what is said while it waits, if that is not the usual sentence."""
        self.given_up = False
        """Whether the learner asked for the answer instead of giving one, which counts as wrong."""
        self.unanswered = False
        """Whether it was given up because an exam was handed in without an answer to it."""
        self._draft = self.type.empty(question, self.shown)
        self._history: list[Draft] = []
        self._typing_in: int | None = None

    # -- what is shown -----------------------------------------------------------------------------------

    @property
    def draft(self) -> Draft:
        """The answer so far."""
        return self._draft

    @property
    def locked(self) -> bool:
        """Whether the answer is committed, so that it cannot be changed any more."""
        return self.stage is not Stage.OPEN

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints shown so far."""
        return self.question.hints[: self.hints_shown]

    @property
    def hints_left(self) -> int:
        """How many hints have not been shown."""
        return len(self.question.hints) - self.hints_shown

    @property
    def ready(self) -> bool:
        """Whether the answer can be committed: a number must be readable, and one filled blank is enough."""
        return not self.locked and self.type.ready(self._draft) and not self.repeats_miss

    @property
    def repeats_miss(self) -> bool:
        """Whether the answer so far is the one that was wrong already."""
        return self.missed is not None and self._draft == self.missed.draft

    @property
    def trying_again(self) -> bool:
        """Whether the learner has missed once and may answer again."""
        return self.missed is not None and not self.locked

    def rows(self) -> list[AnswerRow]:
        """What there is to tick, order, pair or type, with what is known of it: the verdict, or what a miss has told.

        A miss tells of what was chosen and nothing of the rest, so that there is still something to find.
        """
        rows = self.type.rows(self.question, self.shown, self._draft, self.verdict)
        if self.missed is None or self.locked:
            return rows
        before = self.type.rows(self.question, self.shown, self.missed.draft, self.missed.verdict)
        told = {(row.kind, row.index): row for row in before if row.chosen}
        return [_as_told(row, told.get((row.kind, row.index))) for row in rows]

    @property
    def answered(self) -> bool:
        """Whether there is an answer: one that was committed, or a draft of the learner's own that could be."""
        empty = self.type.empty(self.question, self.shown)
        return (self.locked and not self.given_up) or (self.ready and self._draft != empty)

    @property
    def can_undo(self) -> bool:
        """Whether `undo` would change anything."""
        return bool(self._history) and not self.locked

    def translate(self, question: Question) -> bool:
        """Continue with the same question in another language. Returns False if the two questions do not match."""
        old = self.question
        same = (question.id, question.kind) == (old.id, old.kind)
        if not same or self.type.size(question) != self.type.size(old):
            return False
        self.question = question = self._drawn(question)
        self.hints_shown = min(self.hints_shown, len(question.hints))
        if self.missed is not None:
            self.missed = replace(self.missed, verdict=self.type.grade(question, self.missed.draft))
        if self.stage is Stage.SETTLED:
            self._settle(self.facts)
        return True

    # -- answering ---------------------------------------------------------------------------------------

    def choose(self, index: int, place: int = 0) -> bool:
        """Choose an option or a partner. What that does depends on the type of the question.

        Args:
            index: The option to choose, tick or untick, or the partner; its index in the lesson file.
            place: The line that gets the partner.

        Returns:
            Whether anything changed. Nothing changes once the answer is locked, or if there is no such option.
        """
        return self._change(self.type.choose(self.question, self._draft, index, place))

    def move(self, place: int, to: int) -> bool:
        """Move the line at ``place`` of the learner's order to ``to``. Returns whether anything changed."""
        order = list(self._draft.order)
        if self.type.interaction != "arrange" or not (0 <= place < len(order) and 0 <= to < len(order)):
            return False
        order.insert(to, order.pop(place))
        return self._change(replace(self._draft, order=tuple(order)))

    def write(self, text: str, blank: int = 0) -> bool:
        """Replace the text of a blank, or of the number. Returns whether anything changed.

        `undo` takes back everything that was typed into one blank without a break.
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
        """Replace the whole answer by ``draft``. Returns False if it does not fit the question."""
        if not self.type.fits(self.question, draft):
            return False
        self._change(draft)
        return True

    def undo(self) -> bool:
        """Undo the last change. Returns whether there was one; there is none once the answer is locked."""
        if not self.can_undo:
            return False
        self._draft = self._history.pop()
        self._typing_in = None
        return True

    def hint(self) -> bool:
        """Show one more hint. Returns whether there was one; there is none once the answer is locked."""
        if self.locked or not self.hints_left:
            return False
        self.hints_shown += 1
        return True

    # -- the lock ----------------------------------------------------------------------------------------

    def commit(self) -> bool:
        """Submit the answer. Returns whether that was possible.

        It is locked, and the verdict follows at once, except for a prediction, which waits for its run, and a deferred
        question. A wrong answer with a try left is not locked: it becomes `missed`, and the next hint is shown.
        """
        if not self.ready:
            return False
        if self.deferred:
            self.stage = Stage.DEFERRED
        elif self.question.predicts:
            self.stage = Stage.WAITING
        elif not self._miss():
            self._settle(None)
        return True

    def _drawn(self, question: Question) -> Question:
        """The question with its numbers. A draw fills in the hints too, so they are taken away after it."""
        drawn = self.type.drawn(question, self.seed)
        return drawn if self._with_hints else replace(drawn, hints=())

    def _miss(self) -> bool:
        """Note a wrong answer if there is a try left. Returns whether that is so."""
        if self.missed is not None or self.tries < TRIES:
            return False
        verdict = self.type.grade(self.question, self._draft)
        if verdict.correct:
            return False
        self.missed = Miss(self._draft, verdict)
        self._history.clear()
        self._typing_in = None
        self.hint()
        return True

    def give_up(self) -> bool:
        """Ask for the answer, which counts as wrong. Returns whether that was possible.

        It is not possible for a prediction, because a guess costs nothing there.
        """
        if self.locked or self.question.predicts:
            return False
        self._draft = self.type.empty(self.question, self.shown)
        self.given_up = True
        self._settle(None)
        return True

    def settle(self, facts: Facts | None) -> bool:
        """Grade by the facts of a run, or the answer key if ``facts`` is None. Returns whether the attempt was waiting.

        If the run does not report a fact that the question depends on, the prediction is not counted.
        """
        if self.stage not in {Stage.WAITING, Stage.DEFERRED}:
            return False
        missing = sorted(facts_needed(self.question) - facts.keys()) if facts is not None else []
        if missing:
            return self.cannot_run(translate("study.facts-missing", names=", ".join(missing)))
        self._settle(facts)
        return True

    def cannot_run(self, reason: str) -> bool:
        """Do not count the prediction, because its run is not available. Returns whether the attempt was waiting."""
        if self.stage is not Stage.WAITING:
            return False
        self.stage = Stage.UNCOUNTED
        self.reason = reason
        return True

    def given(self) -> Given:
        """The answer in the form that is stored: indices in the lesson file, or texts."""
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


def attempt_state(attempt: Attempt) -> dict[str, object]:
    """Everything that `restore_attempt` needs to continue ``attempt`` later, as JSON values."""
    draft = attempt.draft
    return {
        "seed": attempt.seed,
        "tries": attempt.tries,
        "missed": _draft_state(attempt.missed.draft) if attempt.missed is not None else None,
        "stage": attempt.stage.value,
        "hints": attempt.hints_shown,
        "unsure": attempt.unsure,
        "given_up": attempt.given_up,
        "confidence": attempt.confidence,
        **_draft_state(draft),
        "facts": dict(attempt.facts) if attempt.facts is not None else None,
        "reason": attempt.reason,
    }


def restore_attempt(question: Question, state: Mapping[str, object], *, hints: bool = True) -> Attempt | None:
    """The attempt that `attempt_state` described, or None if it does not fit the question any more.

    Without ``hints``, the learner can have none.
    """
    seed, shown, stage = state.get("seed"), state.get("hints"), state.get("stage")
    draft = _draft_in(state)
    if not (_is_int(seed) and _is_int(shown) and isinstance(stage, str)) or draft is None:
        return None
    tries, missed = state.get("tries"), state.get("missed")
    attempt = Attempt(question, seed, tries=tries if _is_int(tries) else 1, hints=hints)
    if isinstance(missed, dict):
        attempt.tries = max(attempt.tries, TRIES)  # an attempt that was locked and restored has no try left
        before = _draft_in(missed)
        if before is None or not attempt.put(before) or not attempt.commit() or attempt.locked:
            return None
    if not attempt.put(draft):
        return None
    if stage != Stage.OPEN:
        attempt.tries = 1  # what was locked stays locked, even if the question has changed since
    attempt.hints_shown = max(0, min(shown, len(attempt.question.hints)))
    attempt.unsure = state.get("unsure") is True
    confidence = state.get("confidence")
    attempt.confidence = confidence if isinstance(confidence, float) else None
    if stage != Stage.OPEN and state.get("given_up") is True:
        attempt.give_up()
    elif stage != Stage.OPEN and attempt.commit():
        if stage == Stage.SETTLED:
            facts = state.get("facts")
            attempt.settle(facts if _is_facts(facts) else None)
        elif stage == Stage.UNCOUNTED:
            attempt.cannot_run(str(state.get("reason", "")))
    return attempt


def attempt_from_answer(question: Question, seed: int, given: Given, *, deferred: bool = False) -> Attempt | None:
    """An attempt made from a stored answer, or None if the answer does not fit the question any more.

    It is settled, or waits for the end of the lesson if it is ``deferred``.
    """
    attempt = Attempt(question, seed)
    attempt.deferred = deferred
    draft = attempt.type.restore(question, given)
    if draft is None or not attempt.put(draft):
        return None
    is_blank = not any(str(each).strip() for each in given)
    if not attempt.commit() and not (is_blank and attempt.give_up()):
        return None
    if not deferred:
        attempt.settle(None)
    return attempt


def _as_told(row: AnswerRow, before: AnswerRow | None) -> AnswerRow:
    """``row`` with what a miss has told of it; of a pair, only while it has the same partner."""
    if before is None or before.partner != row.partner:
        return row
    return replace(row, right=before.right, feedback=before.feedback)


def _draft_state(draft: Draft) -> dict[str, object]:
    return {"chosen": sorted(draft.chosen), "order": list(draft.order), "texts": list(draft.texts)}


def _draft_in(state: Mapping[str, object]) -> Draft | None:
    chosen, order, texts = state.get("chosen"), state.get("order"), state.get("texts")
    if not (isinstance(chosen, list) and isinstance(order, list) and isinstance(texts, list)):
        return None
    if not (all(map(_is_int, [*chosen, *order])) and all(isinstance(text, str) for text in texts)):
        return None
    return Draft(frozenset(chosen), tuple(order), tuple(texts))


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_facts(value: object) -> TypeGuard[Facts]:
    return isinstance(value, dict) and all(
        isinstance(name, str) and isinstance(fact, bool | int | float | str) for name, fact in value.items()
    )
