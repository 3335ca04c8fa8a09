"""Letters and digits of formulas spelled out for terminals that have only ASCII: θ₁² becomes theta_1^2.

Chinese characters and accents stay. A terminal without UTF-8 cannot show a Chinese lesson in any way, and a terminal
that has UTF-8 although its locale does not say so shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from tutor.typeset.elements import (
    CodeBlock,
    DisplayMaths,
    Element,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Runs,
    Table,
    ThematicBreak,
)

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ϑ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "ϕ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
GREEK |= {letter.upper(): name.capitalize() for letter, name in GREEK.items() if len(letter.upper()) == 1}
_RAISED, _LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀⁿⁱ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼₖₙₜₘ"
_PLAIN = str.maketrans(_RAISED + _LOWERED, "0123456789+-=()Tni0123456789+-=()ijkntm")
_SIGNS = {
    "∂": "d", "∇": "grad ", "√": "sqrt", "∞": "inf", "∥": "||", "‖": "||", "∑": "sum ", "∏": "prod ", "∈": " in ",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~=", "→": "->", "←": "<-", "↦": "|->", "⇒": "=>", "±": "+-", "′": "'",
    "½": "1/2", "¼": "1/4", "¾": "3/4", "…": "...", "⋅": "*", "∘": "o", "⊙": "*", "∼": "~", "∝": "~",
    "ŷ": "y^", "\u0302": "^", "\u0304": "_mean", "\u0303": "~",
}  # fmt: skip
_SCRIPTS = re.compile(f"[{_RAISED}]+|[{_LOWERED}]+")
_LETTERS = re.compile(f"(?<=[^\\W\\d_])(?=[{''.join(GREEK)}])|(?<=[{''.join(GREEK)}])(?=[^\\W\\d_])")
"""Places where a Greek letter touches another letter; without a space, their names would run together."""
_TABLE = str.maketrans({**GREEK, **_SIGNS})


def spelled(text: str) -> str:
    """Return ``text`` with Greek letters, superscripts, subscripts and the signs of formulas in ASCII."""
    if text.isascii():
        return text
    text = _SCRIPTS.sub(lambda found: ("^" if found[0][0] in _RAISED else "_") + found[0].translate(_PLAIN), text)
    return _LETTERS.sub(" ", text).translate(_TABLE)


def spell(elements: Iterable[Element]) -> tuple[Element, ...]:
    """Return ``elements`` with their words `spelled`."""
    return tuple(map(_spell_one, elements))


def _spell_one(element: Element) -> Element:
    match element:
        case Paragraph() | Heading():
            return replace(element, runs=_runs(element.runs))
        case CodeBlock() | DisplayMaths():
            return replace(element, lines=tuple(map(spelled, element.lines)))
        case Quote():
            return replace(element, children=spell(element.children))
        case Listing():
            return replace(element, items=tuple(map(spell, element.items)))
        case Table():
            return Table(
                tuple(map(_runs, element.head)), tuple(tuple(map(_runs, row)) for row in element.rows), element.sides
            )
        case ThematicBreak():
            return element


def _runs(runs: Runs) -> Runs:
    return tuple(run._replace(text=spelled(run.text)) for run in runs)
