"""Answers that are typed: a number with its tolerance, and blanks with the words that fill them."""

from __future__ import annotations

import math
import re

from tutor.course.code_spans import code_apart
from tutor.course.lesson import BLANK, Blank, NumericAnswer
from tutor.course.questions.numbers import read_number
from tutor.course.source import Element, Source
from tutor.foundation.translate import translate

_TOLERANCES = ("±", "+/-", "+-")
_RANGES = ("...", "..", "…")
_BLANK = re.compile(r"(?<!\\)\[\[(?P<accepted>[^\[\]\n]{1,400})\]\]")
_OR = re.compile(r"\\?\||｜")
_MOST_BLANKS = 12
_LONGEST_ANSWER = 80
"""Characters of an answer that cannot be read, as far as it is told."""


def read_numeric_answer(source: Source, element: Element, text: str) -> NumericAnswer | None:
    """``0.72 ± 0.01``, ``0.71..0.73`` or one exact number; None and a fault for anything else."""
    text = text.strip().rstrip(".。").strip() if not text.strip().endswith("..") else text.strip()
    try:
        limits = _limits(text, source.words.decimal)
    except OverflowError:  # a number that is exact, but too large to be a float
        limits = None
    if limits is None or not all(math.isfinite(limit) for limit in limits) or limits[0] > limits[1]:
        source.fault(
            source.place(element.start),
            translate(
                "course.bad-answer", answer=text if len(text) <= _LONGEST_ANSWER else f"{text[:_LONGEST_ANSWER]}…"
            ),
            translate("course.bad-answer-hint"),
        )
        return None
    return NumericAnswer(limits[0], limits[1], text)


def _limits(text: str, decimal: str) -> tuple[float, float] | None:
    if apart := _apart(text, _TOLERANCES):
        middle, half = (read_number(each, decimal) for each in apart)
        if middle is None or half is None or half < 0:
            return None
        return float(middle - half), float(middle + half)
    if apart := _apart(text, _RANGES):
        low, high = (read_number(each, decimal) for each in apart)
        return None if low is None or high is None else (float(low), float(high))
    exact = read_number(text, decimal)
    return None if exact is None else (float(exact), float(exact))


def _apart(text: str, signs: tuple[str, ...]) -> tuple[str, str] | None:
    """What stands before and behind the first of ``signs`` in ``text``."""
    for sign in signs:
        before, found, behind = text.partition(sign)
        if found:
            return before.strip(), behind.strip()
    return None


def has_blank(text: str) -> bool:
    """Whether ``text``, the Markdown of one block, has a blank outside code."""
    return any(_BLANK.search(piece) for is_code, piece in code_apart(text) if not is_code)


def read_blanks(source: Source, prompt: list[tuple[str, bool]], heading: Element) -> tuple[str, tuple[Blank, ...]]:
    r"""Cut ``[[bias\|偏置]]`` out of a prompt, but not out of code.

    Args:
        source: takes the faults.
        prompt: the Markdown of its blocks, and whether each is code.
        heading: the question's.

    Returns:
        The prompt with `BLANK` for each blank, and the blanks in order.
    """
    blanks: list[Blank] = []
    at = heading.start

    def cut(found: re.Match[str]) -> str:
        accepted = tuple(each.strip() for each in _OR.split(found["accepted"]) if each.strip())
        if not accepted:
            nonlocal at
            place = source.find(at, len(source.lines), found[0])
            at = place.line - 1
            source.fault(place, translate("course.empty-blank"))
            return found[0]
        blanks.append(Blank(accepted))
        return BLANK

    # A stray replacement character of the author's own must not be taken for a blank.
    blocks = [
        text
        if is_code
        else "".join(
            piece if inside else _BLANK.sub(cut, piece) for inside, piece in code_apart(text.replace(BLANK, "\ufffd"))
        )
        for text, is_code in prompt
    ]
    if len(blanks) > _MOST_BLANKS:
        source.fault(source.place(heading.start), translate("course.too-many-blanks", most=_MOST_BLANKS))
    return "\n\n".join(blocks), tuple(blanks)
