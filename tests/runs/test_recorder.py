"""Rounding to nine digits: many at once give what each gives alone, bit for bit."""

from __future__ import annotations

import subprocess
import sys
from math import inf, nan

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.runs.worker.recorder import nine_digits

assert "numpy" in sys.modules
TIES = st.builds(lambda whole, places: (whole + 0.5) / 10**places, st.integers(10**8, 10**9 - 1), st.integers(0, 20))
SHORT = st.builds(lambda whole, places: whole / 10**places, st.integers(-(10**6), 10**6), st.integers(0, 9))
NUMBERS = st.one_of(st.floats(width=64), st.floats(width=32), TIES, SHORT, st.none())


@given(st.lists(NUMBERS, min_size=1, max_size=90))
@example([999999999.5, 999999999.7, 99999999.95, 1e8, 1e9, 1e22, 1e23, 1e-14, 1e-15, 5e-324, 0.0, -0.0, nan, inf, -inf])
def test_many_together_are_rounded_as_each_alone(values: list[float | None]) -> None:
    many = values * (-(-64 // len(values)))
    alone = [nine_digits([each])[0] for each in many]
    assert [repr(each) for each in nine_digits(many)] == [repr(each) for each in alone]


def test_a_float32_survives_and_what_is_not_finite_is_none() -> None:
    values = np.random.default_rng(1).standard_normal(1000).astype(np.float32)
    kept = nine_digits(values.astype(np.float64).tolist())
    assert np.array_equal(np.array(kept, dtype=np.float32), values)
    assert nine_digits([nan, inf, -inf, None, 0.1234567891]) == [None, None, None, None, 0.123456789]
    assert nine_digits([nan, None] * 50) == [None] * 100


def test_a_program_without_numpy_needs_none() -> None:
    code = (
        "import sys; from tutor.runs.worker.recorder import nine_digits; "
        "print(set(nine_digits([1 / 3] * 100)), 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["{0.333333333}", "False"]
