"""The goal of a lab: how much of it a run meets, and which of two attempts is the better one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite

from tutor.course.conditions import Condition, ConditionError, parse
from tutor.progress.activity import LabAttempt

Facts = Mapping[str, float | bool | str]

_MEASURE = re.compile(r"(?P<name>[a-z_]+(?:\.[a-z_0-9]+)*)\s*(?P<sign><=|>=|<|>)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run stands towards a goal.

    Args:
        met: Whether all of it is met.
        held: How many of its conditions are.
        value: What its first condition is about; None where that is no number.
    """

    met: bool
    held: int
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal, cut into the conditions that ``and`` joins.

    Args:
        text: As the lab has it.
        parts: Its conditions; a single one where it is more than a chain of ``and``.
        measure: The fact that its first condition compares; empty where that compares something else.
        lower: Whether less of it is better.
    """

    text: str
    parts: tuple[Condition, ...]
    measure: str = ""
    lower: bool = True

    def holding(self, facts: Facts) -> list[bool | None]:
        """Of each condition whether it holds; None where the run cannot tell yet."""
        return [_holds(part, facts) for part in self.parts]

    def verdict(self, facts: Facts) -> Verdict | None:
        """How a run with ``facts`` stands; None where it cannot tell yet."""
        held = self.holding(facts)
        if None in held:
            return None
        value = facts.get(self.measure)
        number = float(value) if isinstance(value, int | float) and isfinite(value) else None
        return Verdict(all(held), sum(each is True for each in held), number)

    def is_better(self, new: Verdict, old: Verdict | None) -> bool:
        """Whether ``new`` is better than ``old``: by what is met, then by the measure."""
        return old is None or self._rank(new) > self._rank(old)

    def _rank(self, verdict: Verdict) -> tuple[bool, int, float]:
        value = -inf if verdict.value is None else -verdict.value if self.lower else verdict.value
        return verdict.met, verdict.held, value


def read_goal(text: str) -> Goal | None:
    """The goal that ``text`` says; None where it says none, or nothing that can be read."""
    pieces = " ".join(text.split()).split(" and ")
    try:
        parts = tuple(parse(piece) for piece in pieces)
    except ConditionError:
        parts = ()
    # What "or" or a bracket binds is one condition, not several.
    if not parts or re.search(r"\bor\b", text):
        try:
            parts = (parse(text),)
        except ConditionError:
            return None
    found = _MEASURE.match(text.strip())
    if found is None:
        return Goal(text, parts)
    return Goal(text, parts, found["name"], found["sign"].startswith("<"))


class Challenge:
    """A lab's goal, and the best attempt at it so far.

    Args:
        lab: The lab's id.
        text: Its goal; empty where it has none.
    """

    def __init__(self, lab: str, text: str) -> None:
        self._lab = lab
        self.goal = read_goal(text) if text.strip() else None
        self.best: LabAttempt | None = None
        """The best attempt; whoever knows the learner's memory puts in what that holds."""
        self.beaten: LabAttempt | None = None
        """The one that `best` took the place of while the lab was open."""

    def judge(self, run: str, facts: Facts, settings: Mapping[str, object]) -> LabAttempt | None:
        """The attempt that a run with ``facts`` is, where it is the best one now; it is `best` from then on."""
        verdict = self.goal.verdict(facts) if self.goal is not None else None
        if self.goal is None or verdict is None:
            return None
        old = Verdict(self.best.met, self.best.held, self.best.value) if self.best is not None else None
        if not self.goal.is_better(verdict, old):
            return None
        attempt = LabAttempt(self._lab, self.goal.text, verdict.met, verdict.held, verdict.value, dict(settings), run)
        if self.best is None or self.best.run != run:
            self.beaten = self.best
        self.best = attempt
        return attempt


def _holds(part: Condition, facts: Facts) -> bool | None:
    try:
        return part.holds(facts)
    except KeyError:
        return None
