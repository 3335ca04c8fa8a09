"""Numbers as people type them: 0.5, 1/2, 5e-1, −0.28, １２, 1,000, 12 %."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

_LONGEST = 60
_LARGEST_EXPONENT = 300

_DECIMAL = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?"
_NUMBER = re.compile(rf"(?P<over>{_DECIMAL})(?:/(?P<under>{_DECIMAL}))?(?P<percent>%)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_POWER_OF_TEN = re.compile(r"[*x·×]10\^?(?P<sign>[+-]?)(?P<digits>\d{1,3})$")


def read_number(text: str) -> Fraction | None:
    """The number that ``text`` says, exactly, or None where it says none.

    Decimals, fractions, scientific notation (``5e-1``, ``5·10^-1``), percent, full-width digits, a typographic
    minus and thousands commas are all read.
    """
    if len(text) > _LONGEST:
        return None
    folded = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").replace("⁄", "/")
    folded = re.sub(r"[\s_]+", "", folded).casefold()
    folded = _THOUSANDS.sub("", folded)
    folded = _POWER_OF_TEN.sub(lambda found: f"e{found['sign']}{found['digits']}", folded)
    found = _NUMBER.fullmatch(folded)
    if found is None:
        return None
    over, under = _fraction(found["over"]), _fraction(found["under"] or "1")
    if over is None or under is None or under == 0:
        return None
    value = over / under
    return value / 100 if found["percent"] else value


def _fraction(text: str) -> Fraction | None:
    _, _, exponent = text.partition("e")
    if exponent and abs(int(exponent)) > _LARGEST_EXPONENT:
        return None
    return Fraction(text)


def as_fraction(value: float) -> Fraction:
    """The decimal that ``value`` is written as: 0.1 is one tenth, not the nearest binary fraction."""
    return Fraction(repr(float(value)))
