"""The nearest right name for a wrong one."""

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
