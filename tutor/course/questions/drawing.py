"""Numbers drawn by a seed: ``<!-- draw: a = 2..9; b = 0.5..2 step 0.5; answer = a * b + 1 -->``.

A name is drawn from a range, or worked out from the names before it by a formula of `tutor.course.conditions`. ``{a}``
in the question stands for its value. The same seed draws the same numbers, so an answer is shown as it was asked.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tutor.course.conditions import WORDS, ConditionError, Formula, parse_formula
from tutor.course.questions.numbers import read_number
from tutor.foundation.translate import translate

_DEFINITION = re.compile(r"\s*(?P<name>[a-z][a-z0-9_]{0,19})\s*=(?P<value>.*)\Z", re.DOTALL)
_PLACE = re.compile(r"\{(?P<name>[a-z][a-z0-9_]{0,19})\}")
_STEP = re.compile(r"\bstep\b")
_MOST_NAMES = 12
_MOST_VALUES = 10_000
_TRIES = 50
"""How many draws are tried before there is held to be none that can be asked."""

Values = Mapping[str, float]


class DrawError(ValueError):
    """The drawing cannot be read. The message is for the author."""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers ``low``, ``low + step`` and so on, ``count`` in all."""

    name: str
    low: Fraction
    step: Fraction
    count: int

    def value(self, index: int) -> float:
        """Return the number at ``index``, from 0."""
        return float(self.low + index * self.step)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The names that are drawn and those calculated from them, in the order of the text.

    Args:
        text: The text as the author wrote it.
        ranges: The range of each drawn name.
        formulas: The formula of each calculated name.
    """

    text: str
    ranges: tuple[Range, ...]
    formulas: tuple[tuple[str, Formula], ...]

    @property
    def count(self) -> int:
        """The number of possible draws."""
        return math.prod(each.count for each in self.ranges)

    def values(self, number: int) -> dict[str, float]:
        """Return the values of draw ``number``, from 0 to before `count`. Some may not be finite."""
        found: dict[str, float] = {}
        for each in self.ranges:
            number, index = divmod(number, each.count)
            found[each.name] = each.value(index)
        for name, formula in self.formulas:
            found[name] = formula.value(found)
        return found

    def draws(self, seed: str) -> Iterator[dict[str, float]]:
        """Yield the draws for a seed, one after the other, up to a fixed limit of attempts."""
        source = random.Random(seed)  # noqa: S311 - an exercise, not a secret
        return (self.values(source.randrange(self.count)) for _ in range(_TRIES))

    def many(self, most: int) -> Iterator[dict[str, float]]:
        """Yield every draw if there are at most ``most``, otherwise the first, the last and a sample of the others."""
        if self.count <= most:
            return map(self.values, range(self.count))
        source = random.Random(0)  # noqa: S311 - the same draws at every check
        return map(self.values, (0, self.count - 1, *(source.randrange(self.count) for _ in range(most - 2))))


def is_finite(values: Values) -> bool:
    """Whether every value is a finite number."""
    return all(map(math.isfinite, values.values()))


def filled(text: str, values: Values, decimal: str = ".") -> str:
    """Return ``text`` with each known name replaced by its value. Unknown names stay."""

    def put(found: re.Match[str]) -> str:
        return shown(values[found["name"]]).replace(".", decimal) if found["name"] in values else found[0]

    return _PLACE.sub(put, text)


def shown(value: float) -> str:
    """Format a value for a text: at most ten digits, and no sign before zero."""
    return f"{value + 0.0:.10g}" if value else "0"


def said(values: Values) -> str:
    """Format values for a message: ``a = 2, b = 0.5``."""
    return ", ".join(f"{name} = {shown(value)}" for name, value in values.items())


def names_in(text: str) -> set[str]:
    """Return the names that have placeholders in ``text``."""
    return {found["name"] for found in _PLACE.finditer(text)}


def read_drawing(text: str) -> Drawing:
    """Read the text of a comment after ``draw:``.

    Raises:
        DrawError: The text cannot be read.
    """
    ranges: list[Range] = []
    formulas: list[tuple[str, Formula]] = []
    known: set[str] = set()
    parts = [part for part in re.split("[;；]", text) if part.strip()]
    if len(parts) > _MOST_NAMES:
        raise DrawError(translate("course.draw-too-many", most=_MOST_NAMES))
    for part in parts:
        found = _DEFINITION.match(part)
        if found is None or found["name"] in WORDS or found["name"] in known:
            raise DrawError(translate("course.draw-not-a-name", part=part.strip()[:60]))
        name, value = found["name"], found["value"].strip()
        if ".." in value:
            ranges.append(_range(name, value))
        else:
            formulas.append((name, _formula(name, value, known)))
        known.add(name)
    if not ranges:
        raise DrawError(translate("course.draw-no-range"))
    return Drawing(text.strip(), tuple(ranges), tuple(formulas))


def _range(name: str, value: str) -> Range:
    limits, *steps = _STEP.split(value)
    low, _, high = (part.strip() for part in limits.partition(".."))
    numbers = [read_number(each, ".") for each in (low, high, *steps)]
    if len(steps) > 1 or any(number is None for number in numbers):
        raise DrawError(translate("course.draw-not-a-range", name=name, value=value[:60]))
    first, last, step = (*(number for number in numbers if number is not None), Fraction(1))[:3]
    if step <= 0 or last < first or (last - first) / step >= _MOST_VALUES or abs(first) + abs(last) > 10**12:
        raise DrawError(translate("course.draw-wrong-range", name=name, value=value[:60], most=_MOST_VALUES))
    return Range(name, first, step, int((last - first) / step) + 1)


def _formula(name: str, value: str, known: set[str]) -> Formula:
    try:
        formula = parse_formula(value)
    except ConditionError as error:
        raise DrawError(translate("course.draw-not-a-formula", name=name, reason=error.message)) from error
    if unknown := sorted(formula.names - known):
        raise DrawError(translate("course.draw-unknown-name", name=name, unknown=unknown[0]))
    return formula
