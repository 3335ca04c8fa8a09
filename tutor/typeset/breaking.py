"""Runs of words broken into lines: between words and between Chinese characters, by the rules of both scripts.

No line begins with closing punctuation or ends with opening punctuation. Words, numbers and short formulas stay whole,
and spaces at a break disappear. Only what is wider than a whole line is cut inside.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from rich.cells import get_character_cell_size

from tutor.typeset.elements import Run, Span

_CLOSING = frozenset(
    "，。、；：？！）】》」』”’〉］｝〕…—％‰℃°・ー々.,;:!?)]}%\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
)
_OPENING = frozenset("（【《「『“‘〈［｛〔([{")
_SHORT = 24
"""A formula of at most this many cells stays whole even if it fills a narrow column."""
_SPACES = " \u3000"
_JOINER = "\u200d"
_VARIATION = "\ufe0f"


@lru_cache(maxsize=8192)
def _cells(character: str) -> int:
    # A variation selector may widen the character before it, and a sequence of joined emoji may be narrower than its
    # parts. Each is counted at its widest, so no line can be wider than measured.
    return 1 if character == _VARIATION else get_character_cell_size(character)


def _measure(text: str) -> Sequence[int]:
    """Return the cells before each index of ``text``, and before its end."""
    if text.isascii():
        return range(len(text) + 1)
    return list(accumulate(map(_cells, text), initial=0))


def _may_break(text: str, index: int) -> bool:
    """Return whether a line may end before ``text[index]``, which is not a space."""
    before, after = text[index - 1], text[index]
    if before in _SPACES:
        # A closing mark behind a space still belongs to what it closes, but ".5" is a number.
        return after not in _CLOSING or text[index + 1 : index + 2].isalnum()
    if after in _CLOSING or before in _OPENING or not _cells(after) or before == _JOINER:
        return False
    if _cells(before) == 2 or _cells(after) == 2 or before == "—":
        return True
    return before == "-" and after.isalpha() and text[index - 2 : index - 1].isalpha()


def _hide_solid(runs: Iterable[Run], width: int) -> str:
    """Return the text of ``runs`` for the search for breaks, in which everything that must stay whole is one word."""
    parts: list[str] = []
    for run in runs:
        text = run.text
        if run.solid and _measure(text)[-1] <= max(width // 2, min(width, _SHORT)):
            text = "x" * len(text)
        parts.append(text)
    return "".join(parts)


def _cut(text: str, cells: Sequence[int], start: int, width: int) -> int:
    """Return where the line that begins at ``start`` ends, which is always after ``start``."""
    furthest = bisect_right(cells, cells[start] + width) - 1
    if furthest >= len(text):
        return len(text)
    if text[furthest] in _SPACES:
        # The space itself may be outside the line, because it is dropped.
        following = furthest
        while following < len(text) and text[following] in _SPACES:
            following += 1
        if following == len(text) or _may_break(text, following):
            return furthest
        furthest -= 1
    for index in range(furthest, start, -1):
        if text[index] not in _SPACES and _may_break(text, index):
            return index
    return _force(text, cells, start, max(furthest, start + 1))


def _force(text: str, cells: Sequence[int], start: int, end: int) -> int:
    """Return a cut inside a word, the last resort; it is never between a letter and its accent."""
    index = end
    while index > start + 1 and (cells[index + 1] == cells[index] or text[index - 1] == _JOINER):
        index -= 1
    if cells[index] == cells[start]:  # one endless cluster
        return end
    closes = index > start + 2 and text[index] in _CLOSING and text[index - 1] not in _CLOSING
    return index - 1 if closes else index


def _ranges(text: str, cells: Sequence[int], first: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` of every line of ``text``; the first line has a width of its own."""
    start, length, room = 0, len(text), first
    while True:
        while start < length and text[start] in _SPACES:
            start += 1
        if start >= length:
            return
        end = _cut(text, cells, start, room)
        stop = end
        while text[stop - 1] in _SPACES:
            stop -= 1
        yield start, stop
        start, room = end, width


def _slices(runs: Sequence[Run], ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[Span, ...]]:
    """Yield the spans of each of ``ranges`` of the joined text."""
    ends = list(accumulate(len(run.text) for run in runs))
    for start, end in ranges:
        at = bisect_right(ends, start)
        spans: list[Span] = []
        reached = start
        while reached < end:
            run, begin, stop = runs[at], ends[at] - len(runs[at].text), min(end, ends[at])
            spans.append(Span(run.text[reached - begin : stop - begin], run.role, run.target))
            reached, at = stop, at + 1
        yield tuple(spans)


def _forced_lines(runs: Iterable[Run]) -> list[list[Run]]:
    """Split ``runs`` at their newlines."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        if "\n" not in run.text:
            lines[-1].append(run)
            continue
        first, *others = run.text.split("\n")
        lines[-1].append(run._replace(text=first))
        lines.extend([run._replace(text=piece)] for piece in others)
    return lines


def break_lines(runs: Iterable[Run], width: int, *, hang: int = 0) -> list[tuple[Span, ...]]:
    """Break ``runs`` into lines of at most ``width`` cells.

    Args:
        runs: The words, in order.
        width: The width of a line in cells. One character may take two, so below 2 it counts as 2.
        hang: How many cells shorter every line but the first is, for callers that indent those lines.

    Returns:
        The spans of each line; at least one line, which is empty if there are no words.
    """
    width, narrow = max(2, width), max(2, width - hang)
    lines: list[tuple[Span, ...]] = []
    for part in _forced_lines(runs):
        words = [run for run in part if run.text]
        text = _hide_solid(words, width)
        room = width if not lines else narrow
        broken = list(_slices(words, _ranges(text, _measure("".join(run.text for run in words)), room, narrow)))
        lines.extend(broken or [()])
    return lines


def widths_of(runs: Iterable[Run], width: int) -> tuple[int, int]:
    """Return the least and the natural width of ``runs``: the widest piece that stays whole, and the widest line.

    Args:
        runs: The words, in order.
        width: The width of the page, which decides which formulas are short enough to stay whole.
    """
    least = natural = 0
    for part in _forced_lines(runs):
        words = [run for run in part if run.text]
        text, cells = _hide_solid(words, width), _measure("".join(run.text for run in words))
        natural = max(natural, cells[-1])
        start = 0
        for index in range(1, len(text) + 1):
            if index == len(text) or (text[index] not in _SPACES and _may_break(text, index)):
                stop = index
                while stop > start and text[stop - 1] in _SPACES:
                    stop -= 1
                least = max(least, cells[stop] - cells[start])
                start = index
    return least, natural
