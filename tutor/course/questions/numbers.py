"""Numbers as people type them: 0.5, 1/2, 1 1/2, ½, 5e-1, −0.28, １２, 1,000, 12 %."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from tutor.course.questions.chinese_numbers import in_western_signs
from tutor.foundation.translate import translate

_LONGEST = 60
_LARGEST_EXPONENT = 300

_DECIMAL = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?"
_NUMBER = re.compile(rf"(?P<over>{_DECIMAL})(?:/(?P<under>{_DECIMAL}))?(?P<percent>%)?")
_MIXED = re.compile(r"(?P<sign>[+-]?)\s*(?P<whole>[0-9]+)\s+(?P<over>[1-9][0-9]*)\s*/\s*(?P<under>[0-9]+)")
_THOUSANDS = re.compile(r"(?<![0-9.])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9,])")
_DECIMAL_COMMA = re.compile(r"(?<![0-9.,])(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]*),[0-9]+(?![0-9.,])")
_GROUPS = re.compile(r"(?<![0-9.])[1-9][0-9]{0,2}(?:[\s_][0-9]{3})+(?![0-9])")
_APART = re.compile(r"[0-9][\s_]+[0-9]")
_RAISED = re.compile("[⁺⁻]?[⁰¹²³⁴-⁹]+")
_TIMES_TEN = re.compile(r"[*x·×⋅∙]10\^(?P<exponent>[+-]?[0-9]{1,3})$")
_TEN = re.compile(r"^(?P<sign>[+-]?)10\^(?P<exponent>[+-]?[0-9]{1,3})$")
_COUNTED = re.compile(
    r"(?<=[0-9.])\s*(?:epochs?|updates?|steps?|parameters?|weights?|examples?|batch(?:es)?|layers?|units?|neurons?"
    r"|class(?:es)?|features?|rows?|times)$",
    re.IGNORECASE,
)
"""What the course counts, behind a number: 3 epochs."""
_DASHES = str.maketrans(dict.fromkeys("−–‐‑", "-") | {"⁄": "/", "∕": "/", "÷": "/"})


def read_number(text: str, decimal: str = "") -> Fraction | None:
    """Return the exact number that ``text`` represents, or None if it is not a number.

    It reads decimals, fractions, scientific notation (``5e-1``, ``5·10^-1``, ``5·10⁻¹``), percentages, wide digits, a
    typographic minus, words for what the course counts (``3 epochs``), commas between thousands, and what
    `chinese_numbers` reads. Any other comma is rejected, unless it is the decimal mark.

    Args:
        text: What was typed.
        decimal: The decimal mark besides the point: a comma, or a point if there is no other. If empty, that of the
            current language.
    """
    if len(text) > _LONGEST:
        return None
    text = _COUNTED.sub("", in_western_signs(text.strip().removeprefix("=")))
    # Before the folding, which would make 102 of 10² and 11/2 of 1½.
    raised = _RAISED.sub(lambda found: f"^{found[0]}", text)
    apart = "".join(
        f" {each}" if unicodedata.category(each) == "No" and "⁄" in _folded(each) else each for each in raised
    )
    folded = _folded(apart).translate(_DASHES).casefold().strip()
    if (mixed := _MIXED.fullmatch(folded)) and int(mixed["over"]) < int(mixed["under"]):
        value = int(mixed["whole"]) + Fraction(int(mixed["over"]), int(mixed["under"]))
        return -value if mixed["sign"] == "-" else value
    folded = _GROUPS.sub(lambda found: re.sub(r"[\s_]", "", found[0]), folded)
    if _APART.search(folded):
        return None  # two numbers, such as the lines of an ordering, are none
    folded = re.sub(r"[\s_]+", "", folded)
    if (decimal or translate("language.decimal")) == ",":
        folded = _DECIMAL_COMMA.sub(lambda found: found[0].replace(".", "").replace(",", "."), folded)
    folded = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), folded)
    folded = _TIMES_TEN.sub(lambda found: f"e{found['exponent']}", folded)
    folded = _TEN.sub(lambda found: f"{found['sign']}1e{found['exponent']}", folded)
    found = _NUMBER.fullmatch(folded)
    if found is None:
        return None
    quotient = _fraction(found["over"], found["under"] or "1")
    return quotient / 100 if quotient is not None and found["percent"] else quotient


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _fraction(over: str, under: str) -> Fraction | None:
    for each in (over, under):
        _, _, exponent = each.partition("e")
        if exponent and abs(int(exponent)) > _LARGEST_EXPONENT:
            return None
    bottom = Fraction(under)
    return Fraction(over) / bottom if bottom else None


def as_fraction(value: float) -> Fraction:
    """The decimal that ``value`` is written as: 0.1 is one tenth, not the nearest binary fraction."""
    return Fraction(repr(float(value)))
