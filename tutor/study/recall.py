"""Attempts put into JSON values and made again from them, whatever happened to the lesson in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from tutor.course.conditions import Facts
from tutor.course.lesson import Question
from tutor.course.questions.base import Draft, Given
from tutor.study.attempt import Attempt, Stage


def state_of(attempt: Attempt) -> dict[str, object]:
    """Everything needed to go on with ``attempt`` later, as JSON values."""
    draft = attempt.draft
    return {
        "seed": attempt.seed,
        "stage": attempt.stage.value,
        "hints": attempt.hints_shown,
        "unsure": attempt.unsure,
        "given_up": attempt.given_up,
        "confidence": attempt.confidence,
        "chosen": sorted(draft.chosen),
        "order": list(draft.order),
        "texts": list(draft.texts),
        "facts": dict(attempt.facts) if attempt.facts is not None else None,
        "reason": attempt.reason,
    }


def attempt_from(question: Question, state: Mapping[str, object]) -> Attempt | None:
    """The attempt that `state_of` described; None where it does not fit the question any more."""
    seed, hints, stage = state.get("seed"), state.get("hints"), state.get("stage")
    draft = _draft_in(state)
    if not (_is_int(seed) and _is_int(hints) and isinstance(stage, str)) or draft is None:
        return None
    attempt = Attempt(question, seed)
    if not attempt.put(draft):
        return None
    attempt.hints_shown = max(0, min(hints, len(question.hints)))
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


def attempt_given(question: Question, seed: int, given: Given) -> Attempt | None:
    """A settled attempt from the answer that was given; None where that does not fit the question any more."""
    attempt = Attempt(question, seed)
    draft = attempt.type.restore(question, given)
    if draft is None or not attempt.put(draft):
        return None
    nothing = not any(str(each).strip() for each in given)
    if not attempt.commit() and not (nothing and attempt.give_up()):
        return None
    attempt.settle(None)
    return attempt


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
