"""Names of terms in running text: found in one pass, however many terms there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FIRST_OF_CJK = 0x2E80
_AS_SPACE = str.maketrans(dict.fromkeys("\n\t-\u2010\u2011\u00a0", " "))
_IN_PARENTHESES = re.compile(r"\s*[(（].*?[)）]\s*")


@dataclass(frozen=True, slots=True)
class Mention:
    """A term's name in a text: characters ``start`` up to but without ``end``."""

    start: int
    end: int
    term_id: str


Names = Mapping[str, list[tuple[str, str]]]
"""By the first two letters: names, the longest first, and the ids of their terms."""


def names_of(named: Iterable[tuple[str, str]]) -> Names:
    """Prepare pairs of a name and an id for `find_names`. Where two terms share a name, the first keeps it."""
    ids: dict[str, str] = {}
    for name, term_id in named:
        plain = _alike(_IN_PARENTHESES.sub("", name)).strip()
        for each in (plain, _plural(plain)):
            # A lone letter such as w is a symbol in nearly every sentence; underlining it would help nobody.
            if len(each) > 1:
                ids.setdefault(each, term_id)
    names: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(ids, key=len, reverse=True):
        names.setdefault(name[:2], []).append((name, ids[name]))
    return names


def find_names(text: str, names: Names) -> list[Mention]:
    """The names in ``text``, in order: the longest at each place, and only the first place of each term.

    Case is of no matter, a hyphen or a line's end is as good as a space, and a name in letters must be a word of its
    own; Chinese has no spaces between words, so there a name may stand anywhere.
    """
    alike = _alike(text)
    found: list[Mention] = []
    seen: set[str] = set()
    start = 0
    while start < len(alike) - 1:
        hit = next(
            (each for each in names.get(alike[start : start + 2], ()) if _stands_at(each[0], alike, start)), None
        )
        if hit is None:
            start += 1
            continue
        name, term_id = hit
        if term_id not in seen:
            seen.add(term_id)
            found.append(Mention(start, start + len(name), term_id))
        start += len(name)
    return found


def _stands_at(name: str, text: str, start: int) -> bool:
    if not text.startswith(name, start):
        return False
    end = start + len(name)
    cut_before = start > 0 and _is_letter(name[0]) and _is_letter(text[start - 1])
    cut_behind = end < len(text) and _is_letter(name[-1]) and _is_letter(text[end])
    return not (cut_before or cut_behind)


def _is_letter(each: str) -> bool:
    """Whether a word of an alphabet goes on with this."""
    return each == "_" or (ord(each) < _FIRST_OF_CJK and each.isalnum())


def _alike(text: str) -> str:
    """``text`` in small letters with spaces for hyphens, of exactly the same length."""
    small = text.lower()
    if len(small) != len(text):  # İ becomes two characters
        small = "".join(lower if len(lower := each.lower()) == 1 else each for each in text)
    return small.translate(_AS_SPACE)


def _plural(name: str) -> str:
    """The English plural of a name; empty where it has none."""
    if not name.isascii() or not name[-1:].isalpha():
        return ""
    if name.endswith(("s", "x", "ch", "sh")):
        return f"{name}es"
    if name.endswith("y") and name[-2:-1] not in set("aeiou"):
        return f"{name[:-1]}ies"
    return f"{name}s"
