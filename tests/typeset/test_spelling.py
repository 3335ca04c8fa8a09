"""Formulas on terminals that draw ASCII alone."""

from __future__ import annotations

import pytest

from tutor.typeset.page import typeset
from tutor.typeset.spelling import spelled


@pytest.mark.parametrize(
    ("text", "ascii"),
    [
        ("θ ← θ − η·g", "theta <- theta − eta·g"),
        ("2ησ", "2eta sigma"),
        ("ŷ = b + w₁x₁₂²", "y^ = b + w_1x_12^2"),
        ("∂L/∂w, ∇f", "dL/dw, grad f"),
        ("Δw ≤ 10⁻³", "Delta w <= 10^-3"),
        ("½ of √2", "1/2 of sqrt2"),
        ("学习率 η，naïve", "学习率 eta，naïve"),
        ("plain words", "plain words"),
    ],
)
def test_letters_and_figures_are_spelled_out(text: str, ascii: str) -> None:
    assert spelled(text) == ascii


def test_a_page_in_ascii_is_spelled_before_it_is_broken() -> None:
    table = "| θ | η |\n|---|---|\n| σ² | 1 |\n"
    markdown = f"# The rate η\n\nThe rate $\\eta$ and θ₁.\n\n{table}\n- λ\n\n> ŷ\n\n$$\\theta_1 = 2$$\n"
    lines = [line.text for line in typeset(markdown, 24, ascii=True)]
    page = "\n".join(lines)
    for word in ("The rate eta", "theta_1", "sigma^2", "lambda", "y^"):
        assert word in page
    assert all(len(line) <= 24 for line in lines)
    assert "η" in "".join(line.text for line in typeset(markdown, 24))
