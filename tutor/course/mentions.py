"""Find the names of terms in running text, in one pass, however many terms there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FIRST_OF_CJK = 0x2E80
_AS_SPACE = str.maketrans(dict.fromkeys("\n\t-\u2010\u2011\u00a0", " "))
_OPENING = re.compile("[(（]")
_CLOSING = re.compile("[)）]")


@dataclass(frozen=True, slots=True)
class Mention:
    """The name of a term in a text: the characters from ``start`` to before ``end``."""

    start: int
    end: int
    term_id: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names to look for.

    Args:
        ids: The id of the term for each name.
        lengths: For the first two letters of a name, the lengths of all names that begin with them, longest first.
    """

    ids: Mapping[str, str]
    lengths: Mapping[str, list[int]]


def without_parentheses(name: str) -> str:
    """Return ``name`` without text in parentheses and the spaces around it."""
    kept, at = "", 0
    while (opening := _OPENING.search(name, at)) and (closing := _CLOSING.search(name, opening.end())):
        kept += name[at : opening.start()].rstrip()
        at = closing.end()
        while at < len(name) and name[at].isspace():
            at += 1
    return kept + name[at:]


def names_of(named: Iterable[tuple[str, str]]) -> Names:
    """Prepare pairs of a name and an id for `find_names`. If two terms share a name, the first keeps it."""
    ids: dict[str, str] = {}
    for name, term_id in named:
        plain = _alike(without_parentheses(name)).strip()
        for each in (plain, _plural(plain)):
            # A single letter such as w is a symbol in nearly every sentence, so underlining it would not help.
            if len(each) > 1:
                ids.setdefault(each, term_id)
    lengths: dict[str, set[int]] = {}
    for name in ids:
        lengths.setdefault(name[:2], set()).add(len(name))
    return Names(ids, {head: sorted(found, reverse=True) for head, found in lengths.items()})


def find_names(text: str, names: Names) -> list[Mention]:
    """Return the names in ``text``, in order: the longest at each place, and only the first mention of each term.

    Case does not matter, and a hyphen or a line break is a space. A name in letters must be a whole word. Chinese
    has no spaces between words, so a Chinese name may occur anywhere.
    """
    alike = _alike(text)
    found: list[Mention] = []
    seen: set[str] = set()
    start = 0
    while start < len(alike) - 1:
        lengths = names.lengths.get(alike[start : start + 2])
        end = _end_of_name(alike, start, lengths, names.ids) if lengths else 0
        if not end:
            start += 1
            continue
        term_id = names.ids[alike[start:end]]
        if term_id not in seen:
            seen.add(term_id)
            found.append(Mention(start, end, term_id))
        start = end
    return found


def _end_of_name(text: str, start: int, lengths: list[int], ids: Mapping[str, str]) -> int:
    """Return the end of the longest name that begins at ``start``, or 0 if none does."""
    if start and _is_inside_word(text, start):
        return 0
    for length in lengths:
        end = start + length
        if end <= len(text) and text[start:end] in ids and not (end < len(text) and _is_inside_word(text, end)):
            return end
    return 0


def _is_inside_word(text: str, index: int) -> bool:
    """Return whether the character at ``index`` continues the alphabetic word before it."""
    return _is_letter(text[index]) and _is_letter(text[index - 1])


def _is_letter(each: str) -> bool:
    """Return whether ``each`` is a letter in a script that separates words with spaces."""
    return each == "_" or (ord(each) < _FIRST_OF_CJK and each.isalnum())


def _alike(text: str) -> str:
    """Return ``text`` in lower case with spaces for hyphens, of exactly the same length."""
    small = text.lower()
    if len(small) != len(text):  # İ becomes two characters.
        small = "".join(lower if len(lower := each.lower()) == 1 else each for each in text)
    return small.translate(_AS_SPACE)


def _plural(name: str) -> str:
    """Return the English plural of a name, or an empty string if it has none."""
    if not name.isascii() or not name[-1:].isalpha():
        return ""
    if name.endswith(("s", "x", "ch", "sh")):
        return f"{name}es"
    if name.endswith("y") and name[-2:-1] not in set("aeiou"):
        return f"{name[:-1]}ies"
    return f"{name}s"
