"""How well a name fits what was typed."""

from __future__ import annotations

import unicodedata

EXACT, PREFIX, WORD, INSIDE, SCATTERED = 5, 4, 3, 2, 1


def folded(text: str) -> str:
    """``text`` with case, width and accents folded, so that ``Ａdam`` is found by ``adam``."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(character)
    )


def match(query: str, name: str) -> int:
    """How well ``name`` fits ``query``, 5 best; 0 where it does not. Every word of the query must fit."""
    name = folded(name)
    scores = [_match_word(word, name) for word in folded(query).split()]
    if not scores:
        return INSIDE
    return EXACT if folded(query) == name else min(scores)


def _match_word(word: str, name: str) -> int:
    if name.startswith(word):
        return PREFIX
    place = name.find(word)
    if place > 0:
        return INSIDE if name[place - 1].isalnum() and name[place - 1].isascii() else WORD
    letters = iter(name)
    return SCATTERED if len(word) > 2 and all(letter in letters for letter in word) else 0
