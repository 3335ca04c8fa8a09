"""The characters behind LaTeX's names."""

from __future__ import annotations

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
"""Parentheses of a kind: no space on their inner side."""

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
"""Upright names, with a space behind them."""

ACCENTS: dict[str, str] = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303",
    "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7",
}  # fmt: skip
"""Combining characters that go behind a single letter."""

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
"""What may stand behind a letter without making it two."""

ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}

ARGUMENTS = dict.fromkeys(
    ("boldsymbol", "bm", "pmb", "mathscr", "operatorname", "underbrace", "overbrace", "boxed", "substack", "mathop"), 1
) | dict.fromkeys(("dfrac", "tfrac", "cfrac"), 2)
"""Macros of amsmath and its kin, and how many arguments each takes."""

_DOUBLE_STRUCK = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ", "E": "𝔼", "P": "ℙ"}


def double_struck(text: str) -> str:
    """The letters of ``text`` as those of number sets, where there are such."""
    return "".join(_DOUBLE_STRUCK.get(each, each) for each in text)
