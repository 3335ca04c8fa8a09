r"""LaTeX maths as Unicode that reads right in a terminal: ``\hat y = b + w x_1`` becomes ``ŷ = b + w x₁``.

Parsed by pylatexenc; the spelling in Unicode is ours, because a fraction, a subscript or a hat must stay
readable where Unicode has no such character: then it becomes ``a/b``, ``x_(i,j)`` or ``hat(abc)``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from tutor.foundation.safe_text import harmless_line
from tutor.typeset.maths_fractions import fraction, parted
from tutor.typeset.maths_symbols import (
    ACCENTS,
    ARGUMENTS,
    CLOSING,
    OPENING,
    OPERATORS,
    ROOTS,
    SCRIPTS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SYMBOLS,
    double_struck,
)

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
        nodes, _, _ = LatexWalker(tex, tolerant_parsing=False, latex_context=_macros()).get_latex_nodes()
        text = _tidy(_Speller().spell(nodes))
    except (LatexWalkerError, RecursionError, _TooDeepError, LookupError, AttributeError, TypeError, ValueError):
        text = ""
    return harmless_line(unicodedata.normalize("NFC", text or tex))


@cache
def _macros() -> Any:
    """The macros that pylatexenc knows and their arguments, with those of amsmath that it lacks."""
    from pylatexenc.latexwalker import get_default_latex_context_db
    from pylatexenc.macrospec import std_macro

    known = get_default_latex_context_db()
    known.add_context_category(
        "tutor", macros=[std_macro(name, "{" * count) for name, count in ARGUMENTS.items()], prepend=True
    )
    return known


def _tidy(text: str) -> str:
    """One space where there were several; none inside parentheses, before a comma, or in ``exp(x)``."""
    text = " ".join(_BEFORE_SUM.sub(r" \1", text).split())
    for wide, narrow in (("( ", "("), (" )", ")"), (" ,", ","), (" ;", ";"), ("[ ", "["), (" ]", "]")):
        text = text.replace(wide, narrow)
    return _CALL.sub(r"\1(", text)


class _TooDeepError(ValueError):
    """Nested deeper than anybody writes by hand."""


_BEFORE_SUM = re.compile(r"(?<=[^\s(\[{−-])([∑∏∫])")
_DERIVATIVE = re.compile(r"([∂∇][⁰¹²³⁴-⁹ₐ-ₜᵢ-ᵪ₀-₉]+) (?=\w)")
_CALL = re.compile(rf"(?<!\w)({'|'.join(OPERATORS)}) \(")
_TIGHT = frozenset({"partial", "nabla", "sum", "prod", "int"}) | OPENING
_SPACED = frozenset("=<>≤≥≈≠←→↦∈∉·×∓±⟵⟶⇒⇔∝∼≡≪≫")
_TEXT = frozenset({"text", "textrm", "mbox", "textbf", "textit", "emph"})


class _Speller:
    """Spells a list of parsed nodes. One for each formula."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_words = False
        self._in_cases = False

    def spell(self, nodes: Sequence[Any]) -> str:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _TooDeepError
        pieces: list[str] = []
        index = 0
        while index < len(nodes):
            index = self._take(nodes, index, pieces)
        self._depth -= 1
        return _DERIVATIVE.sub(r"\1", parted("".join(pieces)))

    def _take(self, nodes: Sequence[Any], index: int, pieces: list[str]) -> int:
        """Spell the node at ``index`` into ``pieces``. Returns the index behind what was used."""
        node = nodes[index]
        kind = type(node).__name__
        if kind == "LatexCharsNode":
            return self._chars(nodes, index, pieces)
        if kind == "LatexSpecialsNode" and node.specials_chars in {"^", "_"}:
            return self._script(node.specials_chars, nodes, index + 1, pieces)
        if kind == "LatexMacroNode":
            if node.macroname in CLOSING and pieces:
                pieces[-1] = pieces[-1].rstrip()
            pieces.append(self._macro(node))
        elif kind in {"LatexGroupNode", "LatexMathNode"}:
            pieces.append(self.spell(node.nodelist))
        elif kind == "LatexEnvironmentNode":
            pieces.append(self._environment(node))
        elif kind == "LatexSpecialsNode":
            column = ", " if self._in_cases else " "
            pieces.append({"~": " ", "&": column}.get(node.specials_chars, node.specials_chars))
        return index + 1

    def _chars(self, nodes: Sequence[Any], index: int, pieces: list[str]) -> int:
        """Plain characters; ``x_1`` and ``x^2`` arrive inside them when no braces are used."""
        text: str = nodes[index].chars
        if self._in_words:
            pieces.append(text)
            return index + 1
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

    def _words(self, node: Any) -> str:
        """Running text inside a formula: its hyphens are no minus signs, its underscores no subscripts."""
        before, self._in_words = self._in_words, True
        arguments = node.nodeargd.argnlist if node.nodeargd is not None else []
        text = "".join(self.spell([each]) for each in arguments or [] if each is not None)
        self._in_words = before
        return text

    def _macro(self, node: Any) -> str:
        name: str = node.macroname
        if name in _TEXT:
            return self._words(node)
        arguments = self._arguments(node)
        first = arguments[0] if arguments else ""
        if name in {"frac", "dfrac", "tfrac", "cfrac"} and len(arguments) == 2:
            return fraction(first, arguments[1])
        if name == "sqrt" and arguments:
            return _root(first if len(arguments) == 2 else "", arguments[-1])
        if name in ACCENTS and first:
            return _accented(name, first)
        if name == "mathbb":
            return double_struck(first)
        return self._named(name, arguments, node)

    def _named(self, name: str, arguments: list[str], node: Any) -> str:
        """A macro that stands for characters."""
        if name in SYMBOLS:
            after = " " if node.macro_post_space and name not in _TIGHT else ""
            return _character(SYMBOLS[name]) + "".join(arguments) + after
        if name in OPERATORS:
            return f"{OPERATORS[name]} "
        if name in {"\\", "newline"}:
            return "; "
        if name == "operatorname":
            return "".join(arguments)
        return "".join(arguments) if arguments else name

    def _environment(self, node: Any) -> str:
        """Rows apart by semicolons: a matrix as ``[0 −2; −2 0]``."""
        name = node.environmentname.rstrip("*")
        before, self._in_cases = self._in_cases, name == "cases"
        inner = self.spell(node.nodelist).strip().rstrip(";").strip()
        self._in_cases = before
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


def _root(degree: str, text: str) -> str:
    """``√2``, ``√(x+1)``, ``∛x``; a degree without a sign of its own is raised before the root."""
    sign = ROOTS.get(degree) or f"{_script('^', degree)}√"
    bare = text.isdecimal() or len(text.rstrip(SCRIPTS)) == 1
    return f"{sign}{text}" if bare else f"{sign}({text})"


def _accented(name: str, text: str) -> str:
    """A letter with its accent; ``hat(abc)`` over more than one."""
    letter = text.rstrip(SCRIPTS)
    return letter + ACCENTS[name] + text[len(letter) :] if len(letter) == 1 else f"{name}({text})"
