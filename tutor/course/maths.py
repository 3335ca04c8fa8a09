r"""LaTeX maths as Unicode that reads right in a terminal: ``\hat y = b + w x_1`` becomes ``ŷ = b + w x₁``.

Parsed by pylatexenc; the spelling in Unicode is ours, because a fraction, a subscript or a hat must stay
readable where Unicode has no such character: then it becomes ``a/b``, ``x_(i,j)`` or ``hat(abc)``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tutor.course.maths_symbols import ACCENTS, OPERATORS, SUBSCRIPTS, SUPERSCRIPTS, SYMBOLS, double_struck
from tutor.foundation.safe_text import harmless_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 2_000
_DEEPEST = 30


@lru_cache(maxsize=4_096)
def to_unicode(tex: str) -> str:
    """The maths in ``tex`` (without its dollars) as one line of Unicode.

    Never raises: what cannot be read is shown as it was written.
    """
    if len(tex) > _LONGEST:
        return harmless_line(tex)
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    try:
        nodes, _, _ = LatexWalker(tex, tolerant_parsing=False).get_latex_nodes()
        text = _Speller().spell(nodes)
    except (LatexWalkerError, RecursionError, _TooDeepError, IndexError, AttributeError):
        return harmless_line(tex)
    return harmless_line(unicodedata.normalize("NFC", _tidy(text)))


def _tidy(text: str) -> str:
    """One space where there were several, none inside parentheses or before a comma."""
    text = " ".join(_BEFORE_SUM.sub(r" \1", text).split())
    for wide, narrow in (("( ", "("), (" )", ")"), (" ,", ","), ("[ ", "["), (" ]", "]")):
        text = text.replace(wide, narrow)
    return text


class _TooDeepError(ValueError):
    """Nested deeper than anybody writes by hand."""


_BEFORE_SUM = re.compile(r"(?<=[^\s(\[{−-])([∑∏∫])")
_TIGHT = frozenset({"partial", "nabla", "sum", "prod", "int"})
_SPACED = frozenset("=<>≤≥≈≠←→↦∈×∓±⟵⟶⇒⇔∝∼≡≪≫")


def _is_atom(text: str) -> bool:
    """Whether ``text`` can stand over or under a fraction bar without parentheses."""
    if not text or " " in text.strip():
        return False
    depth = 0
    for each in text:
        depth += (each in "([{") - (each in ")]}")
        if depth == 0 and each in "+-−/·":
            return False
    return True


class _Speller:
    """Spells a list of parsed nodes. One for each formula."""

    def __init__(self) -> None:
        self._depth = 0

    def spell(self, nodes: Sequence[Any]) -> str:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _TooDeepError
        pieces: list[str] = []
        index = 0
        while index < len(nodes):
            index = self._take(nodes, index, pieces)
        self._depth -= 1
        return "".join(pieces)

    def _take(self, nodes: Sequence[Any], index: int, pieces: list[str]) -> int:
        """Spell the node at ``index`` into ``pieces``. Returns the index behind what was used."""
        node = nodes[index]
        kind = type(node).__name__
        if kind == "LatexCharsNode":
            return self._chars(nodes, index, pieces)
        if kind == "LatexSpecialsNode" and node.specials_chars in {"^", "_"}:
            return self._script(node.specials_chars, nodes, index + 1, pieces)
        if kind == "LatexMacroNode":
            pieces.append(self._macro(node))
        elif kind in {"LatexGroupNode", "LatexMathNode"}:
            pieces.append(self.spell(node.nodelist))
        elif kind == "LatexEnvironmentNode":
            pieces.append(self._environment(node))
        elif kind == "LatexSpecialsNode":
            pieces.append(" " if node.specials_chars in {"~", "&"} else node.specials_chars)
        return index + 1

    def _chars(self, nodes: Sequence[Any], index: int, pieces: list[str]) -> int:
        """Plain characters; ``x_1`` and ``x^2`` arrive inside them when no braces are used."""
        text: str = nodes[index].chars
        position = 0
        while position < len(text):
            each = text[position]
            position += 1
            if each in "_^":
                rest = text[position:].lstrip()
                if rest:
                    operator = bool(pieces) and pieces[-1].rstrip() in OPERATORS
                    if operator:
                        pieces[-1] = pieces[-1].rstrip()
                    pieces.append(_script(each, rest[0]) + (" " if operator else ""))
                    position = len(text) - len(rest) + 1
                    continue
                return self._script(each, nodes, index + 1, pieces)
            pieces.append(_character(each))
        return index + 1

    def _script(self, sign: str, nodes: Sequence[Any], index: int, pieces: list[str]) -> int:
        if index >= len(nodes):
            pieces.append(sign)
            return index
        # \min_w: the space behind an operator's name belongs behind its script.
        operator = bool(pieces) and pieces[-1].rstrip() in OPERATORS
        if operator:
            pieces[-1] = pieces[-1].rstrip()
        pieces.append(_script(sign, self.spell([nodes[index]]).strip()) + (" " if operator else ""))
        return index + 1

    def _arguments(self, node: Any) -> list[str]:
        arguments = node.nodeargd.argnlist if node.nodeargd is not None else []
        return [self.spell([each]).strip() for each in arguments or [] if each is not None]

    def _macro(self, node: Any) -> str:
        name: str = node.macroname
        arguments = self._arguments(node)
        first = arguments[0] if arguments else ""
        if name in {"frac", "dfrac", "tfrac"} and len(arguments) == 2:
            return _fraction(first, arguments[1])
        if name == "sqrt":
            return f"√{arguments[-1]}" if len(arguments[-1]) == 1 else f"√({arguments[-1]})"
        if name in ACCENTS and arguments:
            return first + ACCENTS[name] if len(first) == 1 else f"{name}({first})"
        if name == "mathbb":
            return double_struck(first)
        if name in SYMBOLS:
            after = " " if node.macro_post_space and name not in _TIGHT else ""
            return _character(SYMBOLS[name]) + "".join(arguments) + after
        if name in OPERATORS:
            return f"{OPERATORS[name]} "
        if name in {"\\", "newline"}:
            return "; "
        if name == "operatorname":
            return ""  # its argument follows as a group
        return "".join(arguments) if arguments else name

    def _environment(self, node: Any) -> str:
        """Rows apart by semicolons: a matrix as ``[0 −2; −2 0]``."""
        inner = self.spell(node.nodelist).strip().rstrip(";").strip()
        name = node.environmentname.rstrip("*")
        if name in {"pmatrix", "bmatrix", "matrix", "array", "vmatrix"}:
            return f"[{inner}]"
        return f"{{{inner}}}" if name == "cases" else inner


def _character(each: str) -> str:
    if each == "-":
        return "−"
    if each == "*":
        return "·"
    if each == "'":
        return "′"
    return f" {each} " if each in _SPACED else each


def _script(sign: str, text: str) -> str:
    """``text`` raised or lowered: by Unicode where all of it can be, else in parentheses behind ``^`` or ``_``."""
    table = SUPERSCRIPTS if sign == "^" else SUBSCRIPTS
    compact = text.replace(" ", "")
    if sign == "^" and compact and set(compact) <= {"′"}:
        return compact
    wrapped = compact[:1] == "(" and ")" not in compact[:-1]
    if compact and all(each in table for each in compact) and ("(" not in compact or wrapped):
        return "".join(table[each] for each in compact)
    if len(compact) == 1:
        return f"{sign}{compact}"
    return f"{sign}({text.strip()})"


def _fraction(over: str, under: str) -> str:
    over = over if _is_atom(over) else f"({over})"
    under = under if _is_atom(under) else f"({under})"
    return f"{over}/{under}"
