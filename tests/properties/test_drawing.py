"""Whatever stands in a draw comment: it is refused in the one way, or every draw of it makes numbers quickly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.course.questions.drawing import DrawError, Drawing, filled, read_drawing

TOKENS = st.sampled_from(
    ["a", "b", "answer", "=", "..", "step", "1", "9", "0.5", "-", "+", "*", "/", "(", ")", ";", "；", " ", "sqrt",
     "log", "exp", "abs", "1e300", "<", "and", "{a}", "\n", "１"]
)  # fmt: skip


def drawing_or_none(text: str) -> Drawing | None:
    try:
        return read_drawing(text)
    except DrawError:
        return None


@given(st.one_of(st.text(max_size=80), st.lists(TOKENS, max_size=30).map("".join)), st.integers())
def test_any_text_is_drawn_from_or_refused(text: str, seed: int) -> None:
    drawing = drawing_or_none(text)
    if drawing is None:
        return
    for values in [next(drawing.draws(str(seed))), *drawing.many(20)]:
        assert all(isinstance(value, float) for value in values.values())
        assert {each.name for each in drawing.ranges} <= values.keys()


@given(st.integers(-50, 50), st.integers(0, 50), st.integers(1, 7), st.integers())
def test_every_draw_lies_on_the_steps_of_its_range(low: int, length: int, step: int, seed: int) -> None:
    drawing = read_drawing(f"a = {low}..{low + length} step {step}; b = 2 * a")
    for values in drawing.draws(str(seed)):
        assert low <= values["a"] <= low + length
        assert (values["a"] - low) % step == 0
        assert values["b"] == 2 * values["a"]
    assert {values["a"] for values in drawing.many(100)} == set(map(float, range(low, low + length + 1, step)))


@given(st.text(max_size=60))
def test_only_names_that_are_drawn_are_filled_in(text: str) -> None:
    assert filled(text, {}) == text
    assert filled(f"{{a}}{text}", {"a": 0.30000000000000004}).startswith("0.3")
