"""What was meant: the nearest right name for a wrong one, and whether a word is another one but for a typo."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 80
"""Characters. Comparing takes time with the square of the length, and nobody mistypes a longer name."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like ``name``, or None if none is similar enough."""
    if len(name) > _LONGEST:
        return None
    from difflib import get_close_matches

    by_folded = {each.casefold(): each for each in known}
    matches = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def is_one_typo(left: str, right: str) -> bool:
    """Whether one letter changed, added, left out, or two neighbours swapped, make ``left`` into ``right``."""
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
