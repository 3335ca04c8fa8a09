"""Labels of an axis: ticks that differ have labels that do, whatever their size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.charts.numbers import count, tick_labels
from tutor.foundation.translate import use_language


@pytest.mark.parametrize(
    "ticks",
    [
        (50331648.0, 50331648.5, 50331649.0), (50331647.0, 50331648.0), (1e6, 1.5e6, 2e6), (1e-9, 1.0000001e-9),
        (0.5, 0.5 + 1e-12, 0.5 + 2e-12), (1e12, 1e12 + 0.25), (-50331648.5, -50331648.0), (1e300, 1.0000000001e300),
        (0.0, 1e7), (0.25, 0.5),
    ],
)  # fmt: skip
def test_labels_of_different_ticks_differ_and_are_narrow(ticks: tuple[float, ...]) -> None:
    for ascii in (False, True):
        labels = tick_labels(ticks, ascii=ascii)
        assert len(set(labels)) == len(ticks)
        assert max(map(len, labels)) <= 12


@given(st.floats(-1e15, 1e15), st.floats(1e-12, 1e6), st.integers(2, 6))
def test_labels_of_any_even_ticks_differ(low: float, gap: float, size: int) -> None:
    ticks = tuple(low + gap * index for index in range(size))
    if len(set(ticks)) == size:
        assert len(set(tick_labels(ticks))) == size


@pytest.mark.parametrize(
    ("number", "english", "chinese"), [(956, "956", "956"), (3956, "3,956", "3956"), (12956, "12,956", "12,956")]
)
def test_thousands_are_separated_as_the_language_does(number: int, english: str, chinese: str) -> None:
    assert count(number) == english
    use_language("zh")
    assert count(number) == chinese
