"""Suggestions for mistyped names, and whether two words differ by one typo."""

from __future__ import annotations

from collections.abc import Iterable

_MAX_LENGTH = 80
"""Longer names get no suggestion, because the time of a comparison grows with the square of the length."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like ``name``, or None if none is similar enough."""
    if len(name) > _MAX_LENGTH:
        return None
    from difflib import get_close_matches

    by_folded = {each.casefold(): each for each in known}
    matches = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def is_one_typo(left: str, right: str) -> bool:
    """Whether ``left`` becomes ``right`` by changing, adding or dropping one letter, or swapping two neighbours."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    one, two = left[start:], right[start:]
    if not one or not two:
        return len(one) + len(two) <= 1
    swapped = one[:2] == two[:2][::-1] and one[2:] == two[2:] and len(one) == len(two)
    return one[1:] == two[1:] or one[1:] == two or one == two[1:] or swapped
