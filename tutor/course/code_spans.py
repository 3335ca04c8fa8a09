"""Find the code in a Markdown text: fences and backtick spans. One pass is enough, however many there are."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator

_FENCE = re.compile(r"[ >]*(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_TICKS = re.compile("`+")


def code_apart(text: str) -> Iterator[tuple[bool, str]]:
    """Split ``text`` into pieces, in order, each with whether it is code. Joined, the pieces give ``text``."""
    words: list[str] = []
    fence: list[str] = []
    mark = ""
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if mark:
            fence.append(line)
            if found and found["mark"].startswith(mark) and not found["info"].strip():
                yield True, "".join(fence)
                mark, fence = "", []
        elif found and not ("`" in found["mark"] and "`" in found["info"]):
            yield from _spans_apart("".join(words))
            mark, fence, words = found["mark"], [line], []
        elif not line.strip(" >\n"):  # A code span never continues after a blank line.
            yield from _spans_apart("".join([*words, line]))
            words = []
        else:
            words.append(line)
    if fence:
        yield True, "".join(fence)
    yield from _spans_apart("".join(words))


def without_code(text: str) -> str:
    """Return ``text`` with spaces in place of its code. Line ends stay, so positions do not change."""
    if "`" not in text and "~~~" not in text:
        return text
    return "".join(_blank(piece) if is_code else piece for is_code, piece in code_apart(text))


def _blank(code: str) -> str:
    return "\n".join(" " * len(line) for line in code.split("\n"))


def _spans_apart(text: str) -> Iterator[tuple[bool, str]]:
    """Split a paragraph at its code spans. A span opens and closes with the same number of backticks."""
    runs = [found.span() for found in _TICKS.finditer(text)]
    by_length: defaultdict[int, deque[int]] = defaultdict(deque)
    for index, (start, end) in enumerate(runs):
        by_length[end - start].append(index)
    at = index = 0
    while index < len(runs):
        start, end = runs[index]
        start += _is_escaped(text, start)
        closing = by_length[end - start]
        while closing and closing[0] <= index:
            closing.popleft()
        if start < end and closing:
            index = closing.popleft()
            if start > at:
                yield False, text[at:start]
            yield True, text[start : runs[index][1]]
            at = runs[index][1]
        index += 1
    if at < len(text):
        yield False, text[at:]


def _is_escaped(text: str, index: int) -> bool:
    start = index
    while start and text[start - 1] == "\\":
        start -= 1
    return (index - start) % 2 == 1
