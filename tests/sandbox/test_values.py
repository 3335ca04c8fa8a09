"""Values travel exactly, and nothing that is sent can make the other side fail."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tutor.sandbox.values import MOST_BYTES, TooLargeError, Unknown, decode, encode

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.text(max_size=20)
)  # fmt: skip
ARRAYS = hnp.arrays(
    st.one_of(hnp.floating_dtypes(), hnp.integer_dtypes(), hnp.boolean_dtypes(), hnp.complex_number_dtypes()),
    hnp.array_shapes(min_dims=0, min_side=0, max_side=3),
)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=20,
)


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal bit for bit, types and shapes too."""
    if isinstance(left, np.ndarray | np.generic):
        left = np.asarray(left)
        return isinstance(right, np.ndarray) and left.dtype == right.dtype and left.shape == right.shape and (
            left.tobytes() == right.tobytes()
        )  # fmt: skip
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float | complex):
        return repr(left) == repr(right)
    return bool(left == right)


@given(VALUES)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    assert same(value, decode(json.loads(json.dumps(encode(value)))))


@given(JSON | st.lists(st.sampled_from(["a", "l", "t", "d", "<f8", "i", "f", "c", "AAAA", 3, [], [2], -1, "0x1p9999"])))
def test_whatever_is_sent_becomes_a_value_or_a_value_error(sent: object) -> None:
    try:
        decode(sent)
    except ValueError:
        return
    assert isinstance(sent, list)


@pytest.mark.parametrize(
    "sent",
    [
        ["a", "<f8", [10**9, 10**9], ""],
        ["a", "O", [1], "AAAAAAAAAAA="],
        ["a", "<f8", [-1], "AAAAAAAAAAA="],
        ["a", "<f8", [2], "AAAAAAAAAAA="],
        ["a", "V8", [1], "AAAAAAAAAAA="],
        ["a", "<f8", [True], "AAAAAAAAAAA="],
        ["i", "0x" + "f" * 100_000],
        ["d", [[["l", []], ["n"]]]],
    ],
)
def test_arrays_that_are_none_are_refused(sent: object) -> None:
    with pytest.raises(ValueError, match=r"not a|no hash"):
        decode(sent)


def test_a_value_that_is_too_large_is_refused_before_it_is_copied() -> None:
    for value in (np.zeros(MOST_BYTES // 8 + 1), [0] * 200_000, "a" * (MOST_BYTES + 1)):
        with pytest.raises(TooLargeError):
            encode(value)


def test_nesting_without_an_end_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(TooLargeError):
        encode(endless)


def test_what_cannot_travel_leaves_its_type() -> None:
    assert decode(encode(print)) == Unknown("builtin_function_or_method")
    assert decode(encode([{1}])) == [Unknown("set")]
    assert decode(encode(np.array(["a"]))) == Unknown("array of str32")
