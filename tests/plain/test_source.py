"""``tutor source``: the very code that trains."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tutor.cli import run
from tutor.foundation.errors import ExitCode
from tutor.ml.source import source_names, source_of

ROOT = Path(__file__).resolve().parents[2]
NAMES = [name for names in source_names().values() for name in names]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shown_stands_where_it_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["source", name]) == ExitCode.OK
    shown, lines = capsys.readouterr().out, []
    for line in shown.splitlines():
        if place := re.fullmatch(r"(tutor/\S+\.py):\d+", line):
            lines = (ROOT / place[1]).read_text(encoding="utf-8").splitlines()
        elif row := re.match(r" *(\d+)(?:  (.*))?$", line):
            assert lines[int(row[1]) - 1].strip() == (row[2] or "").strip()
    assert lines


@pytest.mark.parametrize("name", source_names()["part"])
def test_a_part_of_a_network_is_shown_without_the_tape(name: str) -> None:
    assert not [passage for passage in source_of(name) if re.search(r"\b(step|steps|unroll|out=)\b", passage.text)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("adam", ["class Adam(Optimizer):", "m ← β₁ m + (1 − β₁) g"]),
        ("adamw", ["class Adam(Optimizer):", "class AdamW(Adam):"]),
        ("cross-entropy", ["def softmax", "def cross_entropy(", "def cross_entropy_gradient("]),
        ("tanh", ['Activation("tanh"']),
        ("sigmoid", ["never overflows", 'Activation("sigmoid"']),
        ("cosine", ["def _cosine"]),
        ("linear", ["class Linear(Layer):", "∂L/∂W = ∂L/∂z xᵀ", "def backward(self, gradient"]),
        ("residual", ["class Sequential(Layer):", "class Residual(Sequential):", "smaller by\n    1 / √depth"]),
        ("batch-norm", ["class BatchNorm(Layer):", "(g − mean(g) − ẑ mean(g ẑ))"]),
        ("dropout", ["class Dropout(Layer):", "1 / (1 − p)"]),
        ("backward", ["def backpropagate(", "for layer in reversed(self.layers)", "class Linear(Layer):"]),
        ("softmax", ["def softmax("]),
    ],
)
def test_the_formula_is_there(name: str, said: list[str]) -> None:
    text = "\n".join(passage.text for passage in source_of(name))
    assert [each for each in said if each not in text] == []


def test_without_a_name_all_names_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["source"]) == ExitCode.OK
    assert set(NAMES) <= set(capsys.readouterr().out.split())


def test_a_slip_is_answered_with_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["source", "adm"]) == ExitCode.USAGE
    assert "Did you mean adam?" in capsys.readouterr().err
