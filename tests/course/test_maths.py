"""Maths in Unicode: it must read as the formula does."""

from __future__ import annotations

import unicodedata

import pytest

from tutor.typeset.maths import to_unicode


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\hat y = b + w x_1", "ŷ = b + w x₁"),
        (r"\theta \leftarrow \theta - \eta\, g", "θ ← θ − η g"),
        (r"\mathbf{W}x + \boldsymbol{b}", "Wx + b"),
        (r"\nabla L(\theta)", "∇L(θ)"),
        (r"x \in \mathbb{R}^{d}", "x ∈ ℝᵈ"),
        (r"a\cdot b", "a · b"),
        (r"f'(w)", "f′(w)"),
        (r"\lVert w \rVert_2^2", "‖w‖₂²"),
        (r"\arg\min_\theta L", "arg min_θ L"),
        (r"\operatorname{softmax}(z)_i", "softmax(z)ᵢ"),
        (r"\operatorname{ReLU}(x)", "ReLU(x)"),
        (r"50\%", "50%"),
        (r"y \in \{0,1\}", "y ∈ {0,1}"),
        (r"p(y \mid x)", "p(y | x)"),
    ],
)
def test_symbols_and_names_read_as_the_formula_does(tex: str, expected: str) -> None:
    assert to_unicode(tex) == unicodedata.normalize("NFC", expected)


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"x^2_1", "x²₁"),
        (r"a_{n+1}", "aₙ₊₁"),
        (r"10^{-3}", "10⁻³"),
        (r"1.2^{100}", "1.2¹⁰⁰"),
        (r"w^*", "w*"),
        (r"x_{i,j}^{(l)}", "x_(i,j)⁽ˡ⁾"),
        (r"\mathbb{R}^{n \times m}", "ℝ^(n × m)"),
        (r"\partial_w L", "∂_w L"),
        (r"e^{-(x-\mu)^2}", "e^(−(x−μ)²)"),
        (r"\sum_{n=1}^{N} x_n", "∑ₙ₌₁ᴺ xₙ"),
    ],
)
def test_scripts_fall_back_to_parentheses_where_unicode_has_none(tex: str, expected: str) -> None:
    assert to_unicode(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\frac{1}{N}", "1/N"),
        (r"\frac12", "1/2"),
        (r"\dfrac{1}{1+e^{-x}}", "1/(1+e⁻ˣ)"),
        (r"\frac{\partial L}{\partial w}", "∂L/∂w"),
        (r"\frac{\partial^2 L}{\partial w^2}", "∂²L/∂w²"),
        (r"\frac{dy}{dx}", "dy/dx"),
        (r"\frac{a+b}{c-d}", "(a+b)/(c−d)"),
        (r"\frac{-1}{2}", "−1/2"),
        (r"\frac{1}{2\sigma^2}", "1/(2σ²)"),
        (r"\frac{a}{bc}", "a/(bc)"),
        (r"\frac{a/b}{c}", "(a/b)/c"),
        (r"\frac{n}{f(x)}", "n/f(x)"),
        (r"\frac{a}{(b)(c)}", "a/((b)(c))"),
        (r"\frac{\text{right}}{\text{all}}", "right/all"),
        (r"\frac{e^{z_i}}{\sum_j e^{z_j}}", "e^(zᵢ)/(∑ⱼ e^(zⱼ))"),
    ],
)
def test_a_fraction_has_parentheses_only_where_it_would_be_misread(tex: str, expected: str) -> None:
    assert to_unicode(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\frac{1}{2}x", "1/2 x"),
        (r"2\frac{a}{b}", "2 a/b"),
        (r"\frac{1}{2}(x+1)", "1/2 (x+1)"),
        (r"-\frac12", "−1/2"),
        (r"\left(\frac{a}{b}\right)^2", "(a/b)²"),
        (r"\frac{1}{N}\sum_n x_n", "1/N ∑ₙ xₙ"),
    ],
)
def test_a_fraction_keeps_apart_from_what_it_is_multiplied_with(tex: str, expected: str) -> None:
    assert to_unicode(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [(r"\sqrt2", "√2"), (r"\sqrt{10}", "√10"), (r"\sqrt{x_1}", "√x₁"), (r"\sqrt{x+1}", "√(x+1)"),
     (r"\sqrt[3]{x}", "∛x"), (r"\sqrt[n]{x}", "ⁿ√x")],
)  # fmt: skip
def test_roots(tex: str, expected: str) -> None:
    assert to_unicode(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [(r"\hat{y}_n", "ŷₙ"), (r"\bar{x}", "x̄"), (r"\hat{x_1}", "x̂₁"), (r"\hat{\boldsymbol{y}}", "ŷ"),
     (r"\hat{abc}", "hat(abc)")],
)  # fmt: skip
def test_accents_go_on_one_letter_and_are_named_over_more(tex: str, expected: str) -> None:
    assert to_unicode(tex) == unicodedata.normalize("NFC", expected)


def test_running_text_in_a_formula_stays_text() -> None:
    assert to_unicode(r"\text{one-hot * of} - y") == "one-hot * of − y"
    assert to_unicode(r"\log_2 x") == "log₂ x"


def test_rows_are_parted_by_semicolons() -> None:
    assert to_unicode(r"\begin{pmatrix} 0 & -2 \\ -2 & 0 \end{pmatrix}") == "[0 −2; −2 0]"
    assert to_unicode(r"\begin{cases} x & x>0 \\ 0 & \text{else} \end{cases}") == "{x, x > 0; 0, else}"


@pytest.mark.parametrize("tex", [r"\frac{1}", "a}", "{a", r"\begin{foo}x", r"\end{foo}", r"\left(", "x^", "_", "\\"])
def test_what_cannot_be_read_is_still_shown(tex: str) -> None:
    assert to_unicode(tex).strip()


def test_nesting_without_end_is_shown_as_it_was_written() -> None:
    tex = r"\sqrt{" * 200 + "x" + "}" * 200
    assert to_unicode(tex) == tex


def test_control_characters_never_come_through() -> None:
    assert "\x1b" not in to_unicode("x\x1b[31m")
    assert "\n" not in to_unicode("a\nb")
