"""The page of symbols: every symbol of a formula is in its table, under the lesson that uses it first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lessons.test_lessons import FILES
from tutor.course.reader import read_lesson

MANUAL = Path(__file__).resolve().parents[2] / "tutor" / "manual"
LANGUAGES = ("en", "zh")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]*(?:\n[^$\n]+)?)\$", re.DOTALL)
WORDS = {"ReLU", "TP", "FP", "TN", "FN", "KL", "Var", "batch", "train", "test", "deep", "shallow", "in", "sum", "mean"}
"""Names of several letters, which the page explains or which explain themselves; ``min`` and ``max`` are below."""
WORDS |= {"min", "max"}
GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon eta theta kappa lambda mu sigma".split()  # noqa: SIM905
)

each_language = pytest.mark.parametrize("language", LANGUAGES)


def formulas(text: str) -> list[str]:
    """The formulas of a text, without its fences and without formulas whose numbers are drawn."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    found = [block or inline for block, inline in FORMULA.findall(text)]
    return [each for each in found if not re.search(r"(?<![_^}])\{[a-z]{2,}\}", each)]


def symbols(formula: str) -> set[str]:
    """The letters of a formula, Latin and Greek, without words and commands."""
    formula = re.sub(r"\\(?:text|mathrm)\{[^}]*\}", "", formula)
    found = {name for name in re.findall(r"\\([A-Za-z]+)", formula) if name in GREEK}
    rest = re.sub(r"\\[A-Za-z]+", " ", formula)
    runs = [run for run in re.findall(r"[A-Za-z]+", rest) if run not in WORDS]
    return found | {letter for run in runs for letter in run}


def first_uses(language: str) -> dict[str, str]:
    """The id of the lesson in which each symbol stands first."""
    first: dict[str, str] = {}
    for path in (path for path in FILES if path.parent.name == language):
        lesson = read_lesson(path, language).lesson
        assert lesson is not None
        for formula in formulas(path.read_text(encoding="utf-8")):
            for symbol in symbols(formula):
                first.setdefault(symbol, lesson.id)
    return first


def rows(language: str) -> dict[str, str]:
    """The lesson that the page names for each symbol; no symbol has two rows."""
    page = (MANUAL / language / "notation.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| \$\\?([A-Za-z]+)\$ \| .+ \| ([a-z0-9-]+) \|$", page, re.MULTILINE)
    assert len(dict(found)) == len(found)
    return dict(found)


@each_language
def test_every_symbol_of_a_formula_is_in_the_table_with_its_first_lesson(language: str) -> None:
    assert rows(language) == first_uses(language)


def test_both_languages_name_the_same_lessons() -> None:
    assert rows("en") == rows("zh")


@each_language
def test_no_superscript_counts_updates(language: str) -> None:
    # θ¹ would be read as a power or as an index. A star, a T and powers of numbers are what superscripts are for.
    wrong = []
    for path in (path for path in FILES if path.parent.name == language):
        for formula in formulas(path.read_text(encoding="utf-8")):
            wrong += [f"{path.stem}: {formula}" for _ in re.findall(r"\\theta\^(?!\*)|[a-zA-Z]\^\{?\(", formula)]
            wrong += [f"{path.stem}: {formula}" for _ in re.findall(r"(?:\bg|\bv|\\theta)\^\{?[01t]\b", formula)]
    assert wrong == []


def test_letters_of_a_formula_are_found() -> None:
    assert symbols(r"\theta_t \leftarrow w_{ij} x^2 + \mathrm{ReLU}(z)") == {"theta", "t", "w", "i", "j", "x", "z"}
    assert formulas("a $x$ b $$y\nz$$ ```c``` $e^{2}$") == ["x", "y\nz", "e^{2}"]
