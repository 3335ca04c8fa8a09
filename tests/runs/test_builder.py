"""A curve built by hand: units are moved, and a run starts exactly where they stand."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.foundation.errors import TutorError
from tutor.labs.curve_builder import MAX_HIDDEN_UNITS, CurveBuilder, HiddenUnit
from tutor.labs.draft import LabDraft
from tutor.labs.faults import LabError
from tutor.labs.lab_files import load_lab, with_overrides
from tutor.runs.in_process import initial_views

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
SPEC = load_lab("curve-builder", LESSONS / "labs")
X = [index / 20 for index in range(21)]
Y = [math.sin(2 * math.pi * x) for x in X]
ACTS = ["choose", "shift", "widen", "lift", "level", "add", "remove"]


def a_builder(hard: bool = True) -> CurveBuilder:
    return CurveBuilder((X, Y), [HiddenUnit(0.0, 0.5, 1.0), HiddenUnit(0.5, 1.0, -1.0)], 0.25, hard=hard)


def test_a_hard_bend_is_a_ramp_from_its_left_end_to_its_right_one() -> None:
    builder = CurveBuilder((X, Y), [HiddenUnit(0.2, 0.6, 3.0)], 1.0, hard=True)
    assert [builder.total(x) for x in (0.0, 0.2, 0.4, 0.6, 1.0)] == pytest.approx([1.0, 1.0, 2.5, 4.0, 4.0])


def test_what_the_keys_do() -> None:
    builder = a_builder()
    builder.shift(2)
    assert builder.unit == HiddenUnit(pytest.approx(0.05), pytest.approx(0.55), 1.0)  # type: ignore[arg-type]
    builder.lift(-1)
    assert builder.units[0].rise == pytest.approx(0.95)
    builder.widen(1)
    assert builder.units[0].right - builder.units[0].left == pytest.approx(0.525)
    builder.choose(-1)
    assert builder.chosen == 1
    builder.level(1)
    assert builder.constant == pytest.approx(0.3)
    builder.add()
    assert (len(builder.units), builder.chosen) == (3, 2)
    before = builder.errors
    assert before[0] >= before[1] > 0
    builder.remove()
    builder.remove()
    builder.remove()
    assert len(builder.units) == 1, "the last unit stays"


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from([-1, 1])), max_size=60), st.booleans())
def test_whatever_is_pressed_bends_have_a_width_and_everything_is_finite(
    acts: list[tuple[str, int]], hard: bool
) -> None:
    builder = a_builder(hard)
    for name, steps in acts:
        act = getattr(builder, name)
        act() if name in {"add", "remove"} else act(steps)
    assert 1 <= len(builder.units) <= MAX_HIDDEN_UNITS
    assert all(unit.right > unit.left for unit in builder.units)
    assert all(map(math.isfinite, builder.errors))
    assert 0 <= builder.chosen < len(builder.units)
    numbers = builder.settings()["model.pieces"]
    assert isinstance(numbers, list)
    assert len(numbers) == 3 * len(builder.units) + 1


@pytest.mark.parametrize("activation", ["hard-sigmoid", "sigmoid"])
def test_a_run_starts_from_the_bends_as_they_were_placed(activation: str) -> None:
    spec = with_overrides(SPEC, {"model.activation": activation})
    opening = initial_views(spec, LESSONS / "data")["pieces"]
    builder = CurveBuilder.of_panel(opening.scene, opening.frame)
    assert builder.errors[0] == pytest.approx(float(opening.frame["max_error"]), rel=0.02)  # type: ignore[arg-type]
    builder.shift(3)
    builder.lift(2)
    builder.level(-1)
    builder.add()
    builder.lift(4)
    setup = LabDraft(spec)
    setup.place(builder.settings())
    started = initial_views(setup.spec, LESSONS / "data")["pieces"]
    again = CurveBuilder.of_panel(started.scene, started.frame)
    assert len(again.units) == len(builder.units)
    for x in X:
        assert again.total(x) == pytest.approx(builder.total(x), abs=0.01)
    assert float(started.frame["max_error"]) == pytest.approx(builder.errors[0], abs=0.01)  # type: ignore[arg-type]


def test_a_bend_that_falls_is_one_that_climbs_downwards() -> None:
    frame = {"pieces": [[-8.0, 4.0, 2.0]], "constant": 0.5, "hard": True}
    builder = CurveBuilder.of_panel({"x": X, "y": Y}, frame)
    for x in X:
        assert builder.total(x) == pytest.approx(0.5 + 2.0 * min(1.0, max(0.0, 0.5 + (4 - 8 * x) / 4)))


def test_a_log_that_says_nonsense_is_a_sentence() -> None:
    for scene, frame in (({}, {}), ({"x": [1], "y": [1]}, {"pieces": [], "constant": 0, "hard": True})):
        with pytest.raises(TutorError, match="no curve"):
            CurveBuilder.of_panel(scene, frame)


def test_other_numbers_than_the_bends_need_are_refused_and_another_k_forgets_them() -> None:
    with pytest.raises(LabError):
        with_overrides(SPEC, {"model.pieces": [0.0, 1.0, 1.0]})
    setup = LabDraft(with_overrides(SPEC, {"optimizer.name": "none"}))
    setup.place(a_builder().settings())
    assert setup.spec.model.hidden == (2,)
    assert setup.spec.optimizer.name == "adam"
    setup.set("hidden", (6,))
    assert setup.spec.model.pieces == ()
