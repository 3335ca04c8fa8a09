"""Answers that are typed: a number with its tolerance, and blanks with the words that fill them."""

from __future__ import annotations

import math
import re

from tutor.course.lesson import BLANK, Blank, NumericAnswer
from tutor.course.numbers import read_number
from tutor.course.source import Element, Source
from tutor.foundation.translate import translate

_RANGE = re.compile(r"^(?P<low>.+?)\s*(?:\.\.\.?|…)\s*(?P<high>.+)$")
_TOLERANCE = re.compile(r"^(?P<middle>.+?)\s*(?:±|\+/-|\+-)\s*(?P<half>.+)$")
_BLANK = re.compile(r"(?P<ticks>`+).+?(?P=ticks)|\[\[(?P<accepted>[^\[\]\n]{1,400}?)\]\]", re.DOTALL)
_FENCE = re.compile(r"^[ >]*(`{3,}|~{3,})")
_MOST_BLANKS = 12


def read_numeric_answer(source: Source, element: Element, text: str) -> NumericAnswer | None:
    """``0.72 ± 0.01``, ``0.71..0.73`` or one exact number; None and a fault for anything else."""
    text = text.strip().rstrip(".。").strip() if not text.strip().endswith("..") else text.strip()
    try:
        limits = _limits(text)
    except OverflowError:  # a number that is exact, but too large to be a float
        limits = None
    if limits is None or not all(math.isfinite(limit) for limit in limits) or limits[0] > limits[1]:
        source.fault(
            source.place(element.start),
            translate("course.bad-answer", answer=text),
            translate("course.bad-answer-hint"),
        )
        return None
    return NumericAnswer(limits[0], limits[1], text)


def _limits(text: str) -> tuple[float, float] | None:
    if found := _TOLERANCE.match(text):
        middle, half = read_number(found["middle"]), read_number(found["half"])
        if middle is None or half is None or half < 0:
            return None
        return float(middle - half), float(middle + half)
    if found := _RANGE.match(text):
        low, high = read_number(found["low"]), read_number(found["high"])
        return None if low is None or high is None else (float(low), float(high))
    exact = read_number(text)
    return None if exact is None else (float(exact), float(exact))


def has_blank(text: str) -> bool:
    """Whether ``text``, the Markdown of one block, has a blank outside code."""
    return any(
        found["accepted"] is not None
        for is_code, piece in _code_apart(text)
        if not is_code
        for found in _BLANK.finditer(piece)
    )


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
        if found["accepted"] is None:
            return found[0]
        accepted = tuple(each.strip() for each in re.split(r"\\?\|", found["accepted"]) if each.strip())
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
        else "\n".join(
            piece if inside else _BLANK.sub(cut, piece) for inside, piece in _code_apart(text.replace(BLANK, "\ufffd"))
        )
        for text, is_code in prompt
    ]
    if len(blanks) > _MOST_BLANKS:
        source.fault(source.place(heading.start), translate("course.too-many-blanks", most=_MOST_BLANKS))
    return "\n\n".join(blocks), tuple(blanks)


def _code_apart(text: str) -> list[tuple[bool, str]]:
    """The text in pieces of whole lines, and whether each is a code fence."""
    pieces: list[tuple[bool, list[str]]] = [(False, [])]
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence = mark[1]
            pieces.append((True, [line]))
            continue
        pieces[-1][1].append(line)
        if fence and mark and mark[1].startswith(fence):
            fence = ""
            pieces.append((False, []))
    return [(is_code, "\n".join(lines)) for is_code, lines in pieces if lines]
