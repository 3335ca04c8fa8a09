from __future__ import annotations

import math

import pytest

from tests.course.writing import said
from tutor.course.conditions import ConditionError, parse

FACTS: dict[str, float | bool | str] = {
    "diverged": False, "epochs": 40, "final.train_loss": 0.5, "final.valid_loss": 0.7, "b.final.w": -1.3,
    "a_1": 2.0, "nan": math.nan, "inf": math.inf, "state": "finished", "whole": 10**400, "minus": -(10**400),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("diverged", False), ("not diverged", True), ("not not diverged", False), ("epochs", True),
        ("final.train_loss < 0.6", True), ("final.train_loss <= .5", True), ("final.train_loss > 0.5", False),
        ("final.train_loss >= 5e-1", True), ("epochs == 40", True), ("epochs != 40", False),
        ("not diverged and final.train_loss < 0.6", True), ("diverged or epochs > 39", True),
        ("diverged or diverged and epochs", False), ("(diverged or epochs) and not diverged", True),
        ("not (diverged or epochs)", False), ("not diverged == diverged", False),
        ("1 + 2 * 3 == 7", True), ("(1 + 2) * 3 == 9", True), ("8 / 4 / 2 == 1", True), ("8 - 4 - 2 == 2", True),
        ("-b.final.w > 1", True), ("--b.final.w < 0", True), ("2 - -3 == 5", True), ("-2 * -3 == 6", True),
        ("abs(b.final.w) > 1", True), ("abs(b.final.w + 1.3) < 0.001", True), ("abs(-(1 - 3)) == 2", True),
        ("0.74 - a_1 > 2 * (0.68 - a_1)", True), ("1. < 1.5e0", True), ("final.train_loss<final.valid_loss", True),
        ("  diverged\n or\tepochs ", True),
    ],
)  # fmt: skip
def test_what_a_condition_means(text: str, holds: bool) -> None:
    assert parse(text).holds(FACTS) is holds


@pytest.mark.parametrize(
    "text",
    ["nan", "nan < 1", "nan > 1", "nan == nan", "nan != nan and diverged", "state", "state < 1", "1 / 0", "1 / 0 > 0",
     "epochs / diverged > 0", "inf - inf", "0 * inf", "abs(nan) > 0", "-state > 0"],
)  # fmt: skip
def test_a_figure_that_is_no_number_is_no_reason_to_believe_anything(text: str) -> None:
    assert parse(text).holds(FACTS) is False


@pytest.mark.parametrize(
    ("text", "holds"),
    [("inf > 1e300", True), ("whole > 1e308", True), ("minus < -1e308", True), ("1e999 == inf", True)],
)
def test_figures_beyond_all_numbers_compare(text: str, holds: bool) -> None:
    assert parse(text).holds(FACTS) is holds


def test_the_facts_it_asks_for_are_named() -> None:
    assert parse("not a.diverged and abs(b.final.w) < 2 or epochs > 3").names == {"a.diverged", "b.final.w", "epochs"}


def test_a_missing_fact_is_named() -> None:
    with pytest.raises(KeyError, match=r"final\.z"):
        parse("final.z > 1 or epochs").holds(FACTS)


def test_conditions_with_the_same_text_are_the_same() -> None:
    assert parse("a < 1") == parse(" a < 1 ")
    assert hash(parse("a < 1")) == hash(parse("a < 1"))
    assert parse("a < 1") != parse("a < 2")


@pytest.mark.parametrize(
    ("text", "column", "key", "values"),
    [
        ("", 1, "condition-ends", {"expected": "a number or a fact such as final.train_loss"}),
        ("a <", 4, "condition-ends", {"expected": "a number or a fact such as final.train_loss"}),
        ("(a", 3, "condition-ends", {"expected": "“)”"}),
        ("a < b < c", 7, "condition-expected", {"expected": "the end", "found": "<"}),
        ("a b", 3, "condition-expected", {"expected": "the end", "found": "b"}),
        ("a = 1", 3, "condition-expected", {"expected": "the end", "found": "="}),
        ("a and or b", 7, "condition-expected",
         {"expected": "a number or a fact such as final.train_loss", "found": "or"}),
        ("abs a", 5, "condition-expected", {"expected": "“(”", "found": "a"}),
        ("a < 'x'", 5, "condition-expected",
         {"expected": "a number or a fact such as final.train_loss", "found": "'"}),
        ("a && b", 3, "condition-expected", {"expected": "the end", "found": "&"}),
        ("a)", 2, "condition-expected", {"expected": "the end", "found": ")"}),
    ],
)  # fmt: skip
def test_what_is_no_condition_is_told_with_its_column(text: str, column: int, key: str, values: dict[str, str]) -> None:
    with pytest.raises(ConditionError) as told:
        parse(text)
    assert (told.value.message, told.value.column) == (said(key, **values), column)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.__class__",
        "a[0]",
        "lambda: 1",
        "a if b else c",
        "a ** 2",
        "f(x)",
        "a; b",
        "1_000",
        "0x10",
    ],
)
def test_python_is_no_condition(text: str) -> None:
    if text == "a.__class__":
        assert parse(text).names == {"a.__class__"}  # only the name of a fact that no run has
        return
    with pytest.raises(ConditionError):
        parse(text)


def test_a_condition_is_short_and_shallow() -> None:
    with pytest.raises(ConditionError, match="1000 characters"):
        parse("a" * 1001)
    with pytest.raises(ConditionError, match="parentheses"):
        parse("(" * 41 + "a" + ")" * 41)
    assert parse("(" * 39 + "epochs" + ")" * 39).holds(FACTS)


@pytest.mark.parametrize(
    "text", ["1+" * 499 + "1", "a_1 and " * 120 + "a_1", "a_1 or " * 140 + "a_1", "1*" * 499 + "1", "-" * 999 + "1"]
)
def test_a_long_condition_is_worked_out_without_deep_calls(text: str) -> None:
    condition = parse(text)
    assert condition.holds(FACTS)


@pytest.mark.parametrize(
    ("text", "margin"),
    [
        ("final.train_loss < 1", 0.5), ("final.train_loss > 1", -0.5), ("epochs >= 40", 0.0),
        ("epochs == 40", math.inf), ("epochs != 50", 0.2), ("epochs == 50", -0.2), ("not epochs > 50", 0.2),
        ("diverged", -math.inf), ("not diverged and epochs > 30", 0.25), ("diverged or epochs > 30", 0.25),
        ("epochs > 30 and epochs < 41", 1 / 41), ("inf > 1", math.inf), ("nan > 1", -math.inf),
        ("not nan > 1", math.inf), ("1e308 > -1e308", 2.0),
    ],
)  # fmt: skip
def test_a_margin_is_the_distance_from_turning_over(text: str, margin: float) -> None:
    assert parse(text).margin(FACTS) == pytest.approx(margin)
