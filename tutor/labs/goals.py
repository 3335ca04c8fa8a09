"""The goal of a lab: how many of its conditions a run meets, and which of two attempts is better."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING

from tutor.course.conditions import Condition, ConditionError, parse
from tutor.labs.mine import OWN_LOOP
from tutor.progress.activity import LabAttempt

if TYPE_CHECKING:
    from tutor.labs.lab_config import LabConfig

Facts = Mapping[str, float | bool | str]

_MEASURE = re.compile(r"(?P<name>[a-z_]+(?:\.[a-z_0-9]+)*)\s*(?P<sign><=|>=|<|>)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a run meets a goal.

    Args:
        met: Whether all of its conditions hold.
        held: How many of them hold.
        value: The value of the fact in its first condition; None if that is not a number.
    """

    met: bool
    held: int
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal, split into the conditions that ``and`` joins.

    Args:
        text: The goal as the lab has it.
        parts: Its conditions; a goal with ``or`` or brackets is one condition.
        measures: The fact that each condition compares; empty for a condition of another form.
        lower_is_better: Whether a smaller value of the first of them is better.
    """

    text: str
    parts: tuple[Condition, ...]
    measures: tuple[str, ...] = ()
    lower_is_better: bool = True

    @property
    def measure(self) -> str:
        """The fact that the first condition compares; empty if that condition has another form."""
        return self.measures[0] if self.measures else ""

    def holding(self, facts: Facts) -> list[bool | None]:
        """For each condition, whether it holds; None if it depends on a fact that the run does not have yet."""
        return [_holds(part, facts) for part in self.parts]

    def verdict(self, facts: Facts) -> Verdict | None:
        """How far a run with ``facts`` meets the goal; None if a fact is missing."""
        held = self.holding(facts)
        if None in held:
            return None
        value = facts.get(self.measure)
        number = float(value) if isinstance(value, int | float) and isfinite(value) else None
        return Verdict(all(held), sum(each is True for each in held), number)

    def is_better(self, new: Verdict, old: Verdict | None) -> bool:
        """Whether ``new`` is better than ``old``: by the conditions that hold, then by the measure."""
        return old is None or self._rank(new) > self._rank(old)

    def _rank(self, verdict: Verdict) -> tuple[bool, int, float]:
        value = -inf if verdict.value is None else -verdict.value if self.lower_is_better else verdict.value
        return verdict.met, verdict.held, value


def read_goal(text: str) -> Goal | None:
    """The goal in ``text``; None if it cannot be read."""
    pieces = " ".join(text.split()).split(" and ")
    try:
        parts = tuple(parse(piece) for piece in pieces)
    except ConditionError:
        parts = ()
    # If it has an "or" or brackets, the whole goal is one condition.
    if not parts or re.search(r"\bor\b", text):
        try:
            parts = (parse(text),)
        except ConditionError:
            return None
        pieces = [text.strip()]
    found = [_MEASURE.match(piece) for piece in pieces]
    measures = tuple(each["name"] if each is not None else "" for each in found)
    return Goal(text, parts, measures, found[0] is None or found[0]["sign"].startswith("<"))


def goal_of_run(spec: LabConfig) -> Goal | None:
    """The goal of a run; None if it has none, or if a loop of the learner's own trains it, in which it means nothing.

    Args:
        spec: The configuration of the run, whose ``mine`` says what the learner's functions fill.
    """
    text = spec.challenge.goal
    return read_goal(text) if text.strip() and OWN_LOOP not in spec.mine else None


class Challenge:
    """The goal of a lab, and the best attempt at it so far.

    Args:
        lab: The id of the lab.
        text: Its goal; empty if it has none.
    """

    def __init__(self, lab: str, text: str) -> None:
        self._lab = lab
        self.goal = read_goal(text) if text.strip() else None
        self.best: LabAttempt | None = None
        """The best attempt; the caller sets it to the best one in the progress file."""
        self.beaten: LabAttempt | None = None
        """The attempt that `best` replaced while the lab was open."""

    def judge(self, run: str, facts: Facts, settings: Mapping[str, object]) -> LabAttempt | None:
        """The attempt of a run with ``facts`` if it is the best so far, which makes it `best`; else None."""
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
