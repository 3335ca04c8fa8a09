"""The language of conditions is closed: any text is one, or is refused in the one way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.course.conditions import Condition, ConditionError, parse

TOKENS = st.sampled_from(
    ["a", "b.final.loss", "and", "or", "not", "abs", "(", ")", "<", "<=", ">", ">=", "==", "!=", "+", "-", "*", "/",
     "0", "1",
     "2.5", "1e9", "1e999", ".5", " ", "\n", "=", "&", "'", "²", "１"]
)  # fmt: skip
VALUES = st.one_of(st.floats(), st.booleans(), st.text(max_size=5), st.integers())


def parsed(text: str) -> Condition | ConditionError:
    try:
        return parse(text)
    except ConditionError as error:
        return error


@given(st.one_of(st.text(max_size=80), st.lists(TOKENS, max_size=30).map(" ".join)), st.data())
def test_any_text_is_a_condition_that_can_be_asked_or_is_refused(text: str, data: st.DataObject) -> None:
    condition = parsed(text)
    if isinstance(condition, ConditionError):
        assert 1 <= condition.column <= max(1000, len(text)) + 1
        assert condition.message
    else:
        facts = data.draw(st.fixed_dictionaries(dict.fromkeys(sorted(condition.names), VALUES)))
        assert condition.holds(facts) in {True, False}


COMPARISONS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


@st.composite
def terms(draw: st.DrawFn) -> str:
    first = draw(st.sampled_from(["a", "b", "1.5", "abs(a - b)", "-b", "(a + 2) * b"]))
    return f"{first} {draw(COMPARISONS)} {draw(st.sampled_from(['a', 'b', '0', '2 * a - 1']))}"


FIGURES = st.fixed_dictionaries({"a": st.floats(-9, 9), "b": st.floats(-9, 9)})


@given(terms(), terms(), FIGURES)
def test_and_or_not_mean_what_they_mean_in_logic(left: str, right: str, facts: dict[str, float]) -> None:
    one, two = parse(left).holds(facts), parse(right).holds(facts)
    assert parse(f"{left} and {right}").holds(facts) == (one and two)
    assert parse(f"{left} or {right}").holds(facts) == (one or two)
    assert parse(f"not {left}").holds(facts) == (not one)
    assert parse(f"not ({left} or {right})").holds(facts) == (not one and not two)


@given(terms(), FIGURES)
def test_a_comparison_means_what_it_means_in_python(text: str, facts: dict[str, float]) -> None:
    assert parse(text).holds(facts) == eval(text, {"abs": abs}, facts)


@given(st.one_of(terms(), st.tuples(terms(), st.sampled_from(["and", "or"]), terms()).map(" ".join)), FIGURES)
def test_a_margin_is_above_zero_if_it_holds_and_below_if_not(text: str, facts: dict[str, float]) -> None:
    for each in (text, f"not ({text})"):
        margin = parse(each).margin(facts)
        assert margin >= 0 if parse(each).holds(facts) else margin <= 0
