r"""LaTeX maths written in Unicode, for a terminal: ``\hat y = b + w x_1`` becomes ``ŷ = b + w x₁``.

pylatexenc parses the LaTeX. Writing it in Unicode is done here, because a fraction, a subscript or a hat must stay
readable even if Unicode has no such character: then it becomes ``a/b``, ``x_(i,j)`` or ``hat(abc)``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from tutor.foundation.safe_text import harmless_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_GREEK = (
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ "
    "mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ "
    "Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω"
)
_SIGNS = (
    "cdot · times × div ÷ pm ± mp ∓ leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ sim ∼ equiv ≡ propto ∝ ll ≪ gg ≫ "
    "leftarrow ← gets ← rightarrow → to → mapsto ↦ Rightarrow ⇒ Leftrightarrow ⇔ longrightarrow → "
    "infty ∞ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ in ∈ notin ∉ subset ⊂ cup ∪ cap ∩ forall ∀ exists ∃ "
    "ldots … dots … cdots ⋯ prime ′ top ᵀ ast ∗ star ⋆ circ ∘ bullet • mid | vert | Vert ‖ lVert ‖ rVert ‖ "
    "lvert | rvert | langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ ell ℓ odot ⊙ oplus ⊕ otimes ⊗ "
    "{ { } } % % & & # # _ _ $ $"
)
OPENING = frozenset({"lVert", "lvert", "langle", "lfloor", "lceil"})
CLOSING = frozenset({"rVert", "rvert", "rangle", "rfloor", "rceil"})
"""Macros that act as parentheses: no space on their inner side."""

_SPACES = dict.fromkeys((",", ";", ":", " ", "quad", "qquad", "~"), " ")
_NOTHING = dict.fromkeys(("!", "left", "right", "big", "Big", "bigl", "bigr", "displaystyle", "limits", "nolimits"), "")


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


SYMBOLS: dict[str, str] = _pairs(_GREEK) | _pairs(_SIGNS) | _SPACES | _NOTHING
"""Macros without arguments."""

OPERATORS: dict[str, str] = {
    name: name for name in ("log", "ln", "exp", "max", "min", "sin", "cos", "tan", "tanh", "det", "dim", "lim", "arg")
} | {"argmin": "argmin", "argmax": "argmax", "softmax": "softmax"}
"""Names of functions, written with a space behind them."""

ACCENTS: dict[str, str] = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303",
    "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7",
}  # fmt: skip
"""Combining characters, which follow a single letter."""

SUBSCRIPTS: dict[str, str] = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)
SUPERSCRIPTS: dict[str, str] = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθᵀ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵀ",
        strict=True,
    )
) | {"∗": "*", "·": "*", "*": "*"}

SCRIPTS = "".join({*SUBSCRIPTS.values(), *SUPERSCRIPTS.values()} - {"*"}) + "′"
"""The characters that may follow a letter and still leave it a single one."""

ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}

ARGUMENTS = dict.fromkeys(
    ("boldsymbol", "bm", "pmb", "mathscr", "operatorname", "underbrace", "overbrace", "boxed", "substack", "mathop"), 1
) | dict.fromkeys(("dfrac", "tfrac", "cfrac"), 2)
"""Macros of amsmath and similar packages, and how many arguments each takes."""

_DOUBLE_STRUCK = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ", "E": "𝔼", "P": "ℙ"}


FONTS = frozenset({"mathbf", "mathrm", "mathcal", "mathit", "mathsf", "mathfrak", "mathtt", "mathnormal"})
"""Macros of typefaces, which a terminal does not have: their arguments are written plainly."""
ENVIRONMENTS = frozenset(
    {"pmatrix", "bmatrix", "matrix", "array", "vmatrix", "cases", "aligned", "align", "gathered", "split"}
)
"""The environments whose rows are written side by side."""
_MACRO = re.compile(r"\\(?:([A-Za-z]+)|.)", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s?\{([^{}]{0,40})\}")

_LONGEST = 2_000
_DEEPEST = 30


@lru_cache(maxsize=4_096)
def to_unicode(tex: str) -> str:
    """Return the maths in ``tex`` (without its dollar signs) as one line of Unicode.

    Never raises: LaTeX that cannot be read is returned as it was written.
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


def known_macros() -> frozenset[str]:
    """The names of the macros that `to_unicode` writes as their author means them."""
    special = {"frac", "sqrt", "mathbb", "newline", "begin", "end"}
    named = (SYMBOLS, OPERATORS, ACCENTS, ARGUMENTS, _TEXT, FONTS, special)
    return frozenset(name for names in named for name in names if name.isalpha())


def unread_macros(tex: str) -> list[str]:
    r"""Return what ``tex`` contains of LaTeX that `to_unicode` would write as something else, in order.

    Macros begin with a backslash; the names of environments stand in ``\begin{}``.
    """
    known = known_macros()
    names = dict.fromkeys(found[1] for found in _MACRO.finditer(tex) if found[1])
    environments = dict.fromkeys(found[1] for found in _ENVIRONMENT.finditer(tex))
    return [
        *(f"\\{name}" for name in names if name not in known),
        *(f"\\begin{{{name}}}" for name in environments if name.rstrip("*") not in ENVIRONMENTS),
    ]


def is_balanced(tex: str) -> bool:
    """Whether each brace in ``tex`` has its counterpart."""
    depth = 0
    for each in _BRACE.findall(tex):
        depth += {"{": 1, "}": -1}.get(each, 0)
        if depth < 0:
            return False
    return depth == 0


@cache
def _macros() -> Any:
    """Return the macros that pylatexenc knows and their arguments, with those of amsmath that it lacks."""
    from pylatexenc.latexwalker import get_default_latex_context_db
    from pylatexenc.macrospec import std_macro

    known = get_default_latex_context_db()
    known.add_context_category(
        "tutor", macros=[std_macro(name, "{" * count) for name, count in ARGUMENTS.items()], prepend=True
    )
    return known


def _tidy(text: str) -> str:
    """Make several spaces one, and remove those inside parentheses, before a comma, and in ``exp (x)``."""
    text = " ".join(_BEFORE_SUM.sub(r" \1", text).split())
    for wide, narrow in (("( ", "("), (" )", ")"), (" ,", ","), (" ;", ";"), ("[ ", "["), (" ]", "]")):
        text = text.replace(wide, narrow)
    return _CALL.sub(r"\1(", text)


class _TooDeepError(ValueError):
    """The formula is nested deeper than anybody writes by hand."""


_BEFORE_SUM = re.compile(r"(?<=[^\s(\[{−-])([∑∏∫])")
_DERIVATIVE = re.compile(r"([∂∇][⁰¹²³⁴-⁹ₐ-ₜᵢ-ᵪ₀-₉]+) (?=\w)")
_CALL = re.compile(rf"(?<!\w)({'|'.join(OPERATORS)}) \(")
_TIGHT = frozenset({"partial", "nabla", "sum", "prod", "int"}) | OPENING
_SPACED = frozenset("=<>≤≥≈≠←→↦∈∉·×∓±⟵⟶⇒⇔∝∼≡≪≫")
_TEXT = frozenset({"text", "textrm", "mbox", "textbf", "textit", "emph"})


class _Speller:
    """Writes the parsed nodes of one formula in Unicode."""

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
        """Write the node at ``index`` into ``pieces``, and return the index of the next node to write."""
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
        """Write plain characters. They contain ``x_1`` and ``x^2`` if no braces are used."""
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
        # \min_w: the space behind the name of an operator belongs behind its subscript.
        operator = bool(pieces) and pieces[-1].rstrip() in OPERATORS
        if operator:
            pieces[-1] = pieces[-1].rstrip()
        pieces.append(_script(sign, self.spell([nodes[index]]).strip()) + (" " if operator else ""))
        return index + 1

    def _arguments(self, node: Any) -> list[str]:
        arguments = node.nodeargd.argnlist if node.nodeargd is not None else []
        return [self.spell([each]).strip() for each in arguments or [] if each is not None]

    def _words(self, node: Any) -> str:
        """Write running text inside a formula: its hyphens are no minus signs, its underscores no subscripts."""
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
            return "".join(_DOUBLE_STRUCK.get(each, each) for each in first)
        return self._named(name, arguments, node)

    def _named(self, name: str, arguments: list[str], node: Any) -> str:
        """Write a macro that stands for characters."""
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
        """Write rows separated by semicolons: a matrix as ``[0 −2; −2 0]``."""
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
    """Write a superscript or subscript: in Unicode if all of it can be, else in parentheses behind ``^`` or ``_``."""
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
    """Write ``√2``, ``√(x+1)`` or ``∛x``; a degree without a sign of its own becomes a superscript before the root."""
    sign = ROOTS.get(degree) or f"{_script('^', degree)}√"
    bare = text.isdecimal() or len(text.rstrip(SCRIPTS)) == 1
    return f"{sign}{text}" if bare else f"{sign}({text})"


def _accented(name: str, text: str) -> str:
    """Write a letter with its accent; over several letters it becomes ``hat(abc)``."""
    letter = text.rstrip(SCRIPTS)
    return letter + ACCENTS[name] + text[len(letter) :] if len(letter) == 1 else f"{name}({text})"


_OPEN, _CLOSE = "\ue000", "\ue001"
"""Private characters of Unicode that mark where a fraction begins and ends until its neighbours are known."""

_LETTER = "\\w)\\]}\u0300-\u036f\u20d7"
_BEFORE = re.compile(rf"(?<=[{_LETTER}]){_OPEN}")
_BEHIND = re.compile(rf"{_CLOSE}{_OPEN}?(?=[\w([{{√∛∜])")
_WRITTEN_SCRIPT = re.compile(r"[_^](?:\([^()]*\)|\S)")
_SINGLE = re.compile(r"[\d.]+|[∂dΔ]?[^\W\d_][\u0300-\u036f\u20d7]?|[^\W\d_]{3,}|∞")
_CALL_BEHIND = re.compile(r"[^\W\d_]*\((?P<inner>.*)\)")


def fraction(over: str, under: str) -> str:
    """Return ``over/under``, marked so that `parted` can separate it from its neighbours."""
    over = over if _holds_together(over) else f"({over})"
    under = under if _is_single(under) else f"({under})"
    return f"{_OPEN}{over}/{under}{_CLOSE}"


def parted(text: str) -> str:
    """Put a space between a fraction and what it is multiplied by: ``1/2 x`` is not 1/(2x)."""
    if _OPEN not in text and _CLOSE not in text:
        return text
    text = _BEHIND.sub(" ", _BEFORE.sub(" ", text))
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def _holds_together(text: str) -> bool:
    """Return whether ``text`` needs no parentheses before a slash: it is no sum or fraction; a minus may lead."""
    depth = 0
    for index, each in enumerate(text):
        depth += (each in "([{") - (each in ")]}")
        if depth == 0 and (each in "+/· " or (each in "-−" and index)):
            return False
    return bool(text)


def _is_single(text: str) -> bool:
    """Return whether ``text`` needs no parentheses behind a slash: one number, letter, word, ``∂w`` or parenthesis."""
    core = _WRITTEN_SCRIPT.sub("", text)
    core = "".join(each for each in core if each not in SCRIPTS)
    if _SINGLE.fullmatch(core):
        return True
    found = _CALL_BEHIND.fullmatch(core)
    return found is not None and _is_balanced(found["inner"])


def _is_balanced(text: str) -> bool:
    """Return whether every parenthesis in ``text`` closes one that was opened in it, so that ``(a)(b)`` is two."""
    depth = 0
    for each in text:
        depth += (each == "(") - (each == ")")
        if depth < 0:
            return False
    return depth == 0
