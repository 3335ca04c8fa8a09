"""Fractions on one line: ``a/b``, with parentheses only where they would else be read wrongly."""

from __future__ import annotations

import re

from tutor.typeset.maths_symbols import SCRIPTS

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Mark where a fraction begins and ends until its neighbours are known. Private characters of Unicode."""

_LETTER = "\\w)\\]}\u0300-\u036f\u20d7"
_BEFORE = re.compile(rf"(?<=[{_LETTER}]){_OPEN}")
_BEHIND = re.compile(rf"{_CLOSE}{_OPEN}?(?=[\w([{{√∛∜])")
_WRITTEN_SCRIPT = re.compile(r"[_^](?:\([^()]*\)|\S)")
_SINGLE = re.compile(r"[\d.]+|[∂dΔ]?[^\W\d_][\u0300-\u036f\u20d7]?|[^\W\d_]{3,}|∞")
_CALL = re.compile(r"[^\W\d_]*\((?P<inner>.*)\)")


def fraction(over: str, under: str) -> str:
    """``over/under``, marked so that `parted` can keep it apart from its neighbours."""
    over = over if _holds_together(over) else f"({over})"
    under = under if _is_single(under) else f"({under})"
    return f"{_OPEN}{over}/{under}{_CLOSE}"


def parted(text: str) -> str:
    """``text`` with a space between a fraction and what it is multiplied with: ``1/2 x`` is not 1/(2x)."""
    if _OPEN not in text and _CLOSE not in text:
        return text
    text = _BEHIND.sub(" ", _BEFORE.sub(" ", text))
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def _holds_together(text: str) -> bool:
    """Whether ``text`` can stand before a slash as it is: no sum and no other fraction; a minus may lead."""
    depth = 0
    for index, each in enumerate(text):
        depth += (each in "([{") - (each in ")]}")
        if depth == 0 and (each in "+/· " or (each in "-−" and index)):
            return False
    return bool(text)


def _is_single(text: str) -> bool:
    """Whether ``text`` can stand behind a slash as it is: one number, letter, word, ``∂w``, or one parenthesis."""
    core = _WRITTEN_SCRIPT.sub("", text)
    core = "".join(each for each in core if each not in SCRIPTS)
    if _SINGLE.fullmatch(core):
        return True
    found = _CALL.fullmatch(core)
    return found is not None and _is_balanced(found["inner"])


def _is_balanced(text: str) -> bool:
    """Whether every parenthesis of ``text`` is closed in it: so ``(a)(b)`` is not taken for one."""
    depth = 0
    for each in text:
        depth += (each == "(") - (each == ")")
        if depth < 0:
            return False
    return depth == 0
