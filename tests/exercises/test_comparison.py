"""When two values are equal, and where they differ."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tutor.exercises.comparison import difference
from tutor.sandbox.values import Unknown

FLOATS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.floats(-1e6, 1e6))
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | FLOATS,
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        (1, 1.0), (1.0, True), (2.0, np.array(2)), ([1, 2], np.array([1.0, 2.0])), (np.array([1.0, 2.0]), [1, 2]),
        ((1.0, 2.0), [1, 2]), ((np.array([1.0]), 2.0), (np.array([1]), 2)), (nan, nan), (inf, inf), (0.0, -0.0),
        (1.0, 1.0 + 1e-9), (0.0, 1e-17), ("a", "a"), (None, None), ({"a": 1}, {"a": 1.0}),
    ],
)  # fmt: skip
def test_equal(wanted: object, got: object) -> None:
    assert difference(wanted, got, 1e-7) is None


@pytest.mark.parametrize(
    ("wanted", "got", "kind"),
    [
        (1.0, 1.001, "value"), (inf, -inf, "value"), (nan, 0.0, "value"), (0.0, nan, "value"), (1.0, None, "type"),
        (np.ones(2), np.ones(3), "shape"), (1.0, np.ones(1), "shape"), (np.ones((2, 1)), np.ones(2), "shape"),
        ((1.0, 2.0), (1.0,), "length"), ("a", "b", "type"), ("1", 1, "type"), (None, 0.0, "type"),
        ({"a": 1}, {"b": 1}, "type"),
        (1.0, Unknown("function"), "type"), ((1.0, 2.0), 1.0, "type"), (0.0, 1e-8, "value"),
    ],
)  # fmt: skip
def test_different(wanted: object, got: object, kind: str) -> None:
    found = difference(wanted, got, 1e-7)
    assert found is not None
    assert found.kind == kind


def test_the_place_of_the_largest_error_is_told() -> None:
    wanted = np.ones((2, 3))
    got = wanted.copy()
    got[0, 1], got[1, 2] = 1.1, 1.5
    found = difference((0.0, wanted), (0.0, got), 1e-7)
    assert found is not None
    assert (found.result, found.index) == (2, (1, 2))
    assert found.error == pytest.approx(0.2)


@given(ANY)
def test_everything_equals_itself(value: object) -> None:
    assert difference(value, value, 0.0) is None


@given(ANY, ANY)
def test_two_values_of_any_kind_can_be_compared(wanted: object, got: object) -> None:
    found = difference(wanted, got, 1e-7)
    assert found is None or found.error > 1e-7


@given(FLOATS, FLOATS)
def test_the_order_does_not_matter(left: object, right: object) -> None:
    assert (difference(left, right, 1e-7) is None) == (difference(right, left, 1e-7) is None)


@given(FLOATS, st.floats(1e-5, 1e-2))
def test_an_error_larger_than_the_tolerance_is_found(values: np.ndarray, error: float) -> None:
    changed = values * (1 + error)
    is_large = bool((np.abs(values) > 1e-6).any())
    assert not is_large or difference(values, changed, 1e-7) is not None
    assert difference(values, changed, error) is None
